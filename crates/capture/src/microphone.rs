//! What is heard: the microphone, or what the computer plays, as blocks with the moment at which they were heard.
//!
//! A device is opened as it is: its own rate, its own channels. Asking a headset for another format is how recorders
//! fail on call-centre hardware; [`Track`] brings everything to 48 kHz. Opening happens on a thread of its own, because
//! a device may take its time or never answer, and a recording must begin without it.
//!
//! Nobody is heard by accident. Where a device is pulled out, a sound server quietly gives its listeners another: a
//! microphone's may be what the computer plays, and the other way round. So Deskside binds itself to its device, and a
//! block is handed on only after that device was seen to be there still, for a server that knows no such bond. What a
//! loudspeaker plays is never opened as a microphone. The system's choices are looked at and never changed.

mod host;
mod level;
mod mixer;
#[cfg(target_os = "linux")]
mod pulse;
mod resample;
mod track;

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait as _, HostTrait as _, StreamTrait as _};
use cpal::{Data, HostId, InputCallbackInfo, SampleFormat, StreamConfig};

use crate::CaptureError;

pub(crate) use host::host;
pub use level::{Level, Meter};
pub use mixer::Mixer;
pub use track::Track;

/// Blocks that may wait; at 10 ms each this is more than any hiccup of the recorder.
const QUEUE: usize = 500;
/// Blocks wait at most this long until their device was seen to be there.
#[cfg(target_os = "linux")]
const CHECK: Duration = Duration::from_millis(100);
/// The same where no device is ever given to listeners of another.
const BEAT: Duration = Duration::from_millis(20);
/// A device that failed is looked for this often.
const AGAIN: Duration = Duration::from_secs(1);

/// A device that gives sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The system's name for it, which `--mic` takes.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// Whether the system uses it when nobody chooses.
    pub default: bool,
    /// Whether it is what a loudspeaker plays, and no microphone.
    pub monitor: bool,
}

/// Which device to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The system's choice among the microphones.
    Default,
    /// The device with that name or label.
    Named(String),
    /// What the system's chosen loudspeaker plays, also when the choice changes.
    Loudspeaker,
}

/// Sound as the device gave it.
#[derive(Clone, Debug)]
pub struct Block {
    /// When its first sample was heard.
    pub heard: Instant,
    /// Samples per second of each channel.
    pub rate: u32,
    /// Channels in `samples`.
    pub channels: u16,
    /// Interleaved.
    pub samples: Vec<f32>,
}

/// What an open device says.
#[derive(Debug)]
pub enum Event {
    /// The device answered, at first or again; blocks follow.
    Opened {
        /// What people call it.
        label: String,
    },
    /// Sound.
    Sound(Block),
    /// The device failed or was pulled out. If it had answered before, it is looked for, and when it is back it is
    /// opened anew; else nothing follows.
    Failed(CaptureError),
}

/// Whether a device of this name is what a loudspeaker plays. PulseAudio and PipeWire name them so.
pub fn is_monitor(name: &str) -> bool {
    name.ends_with(MONITOR)
}

const MONITOR: &str = ".monitor";

/// The devices that give sound, the default one first.
pub fn inputs() -> Result<Vec<Input>, CaptureError> {
    let host = host();
    let default = host.default_input_device().and_then(|device| device.id().ok());
    let devices = host.input_devices().map_err(failed)?;
    let mut inputs: Vec<Input> = devices
        .filter_map(|device| {
            let id = device.id().ok()?;
            let name = id.id().to_owned();
            let label = label(&device).unwrap_or_else(|| name.clone());
            let monitor = is_monitor(&name);
            Some(Input { default: Some(&id) == default.as_ref(), name, label, monitor })
        })
        .collect();
    inputs.sort_by_key(|input| (!input.default, input.monitor, input.label.clone()));
    Ok(inputs)
}

/// An opened device, or one that is being opened. Dropping it closes the device.
pub struct Device {
    /// Dropped with the device, which its thread notices.
    words: SyncSender<Flush>,
}

/// What was heard so far is wanted now.
struct Flush;

impl Device {
    /// Begins to open a device and returns at once; `tell` is told how it went, on a thread of the device's own. It must
    /// not wait. Its answer is whether anybody listens still.
    pub fn open(choice: Choice, tell: impl Fn(Event) -> bool + Send + Clone + 'static) -> Device {
        let (words, heard) = sync_channel(1);
        let spawned = thread::Builder::new().name("sound device".to_owned()).spawn({
            let tell = tell.clone();
            move || Listening { choice, tell: Box::new(tell), words: heard, found: None }.run()
        });
        if let Err(error) = spawned {
            tell(Event::Failed(CaptureError::Microphone(error.to_string())));
        }
        Device { words }
    }

    /// What was heard until now is told soon, and not only at the next look at the device.
    pub fn flush(&self) {
        let _ = self.words.try_send(Flush);
    }
}

/// A device with a queue of its own, for whoever listens to one only.
pub struct Microphone {
    events: Receiver<Event>,
    _device: Device,
}

impl Microphone {
    /// Begins to open a device and returns at once; [`Microphone::next`] tells how it went.
    pub fn open(choice: Choice) -> Microphone {
        let (sender, events) = sync_channel(QUEUE);
        let device = Device::open(choice, move |event| into(&sender, event));
        Microphone { events, _device: device }
    }

    /// The next event, if one comes in time.
    pub fn next(&self, patience: Duration) -> Option<Event> {
        self.events.recv_timeout(patience).ok()
    }
}

/// Puts an event into a queue without waiting: what is lost is silence like any other gap. False when nobody listens.
pub fn into<T>(queue: &SyncSender<T>, event: T) -> bool {
    match queue.try_send(event) {
        Ok(()) => true,
        Err(TrySendError::Full(_)) => {
            tracing::warn!("sound was lost: the recorder does not keep up");
            true
        }
        Err(TrySendError::Disconnected(_)) => false,
    }
}

/// The thread of a device.
struct Listening {
    choice: Choice,
    tell: Box<dyn Fn(Event) -> bool>,
    words: Receiver<Flush>,
    /// Which device was opened, by the system's name, and through what.
    found: Option<(HostId, String)>,
}

/// Why a device is listened to no more, if it did not fail.
enum End {
    /// Nobody listens.
    Closed,
    /// The system plays somewhere else now.
    Moved,
}

impl Listening {
    fn run(&mut self) {
        let mut is_lost = false;
        loop {
            match self.listen(&mut is_lost) {
                Ok(End::Closed) => return,
                Ok(End::Moved) => continue,
                Err(error) => {
                    let hopeless = self.found.is_none();
                    if !std::mem::replace(&mut is_lost, true) && !(self.tell)(Event::Failed(error))
                        || hopeless
                    {
                        return;
                    }
                }
            }
            let again = Instant::now() + AGAIN;
            loop {
                match self.words.recv_timeout(again.saturating_duration_since(Instant::now())) {
                    Ok(Flush) => {}
                    Err(RecvTimeoutError::Timeout) => break,
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        }
    }

    /// Which device is meant now. One that was opened before is meant again, and no other in its place.
    fn choose(&self, host: &cpal::Host) -> Result<cpal::Device, CaptureError> {
        let named = |wanted: &str, by_label: bool| {
            let mut devices = host.input_devices().map_err(failed)?;
            let device = devices.find(|device| {
                device.id().is_ok_and(|id| id.id() == wanted)
                    || by_label && label(device).is_some_and(|label| label.eq_ignore_ascii_case(wanted))
            });
            device.ok_or_else(|| CaptureError::Microphone(format!("there is none called {wanted}")))
        };
        match (&self.choice, &self.found) {
            #[cfg(target_os = "linux")]
            (Choice::Loudspeaker, _) => {
                let monitor = monitor(host)?;
                named(&monitor, false)
                    .map_err(|_| CaptureError::SystemSound(format!("there is no {monitor}")))
            }
            // Windows and macOS let a loudspeaker itself be listened to.
            #[cfg(not(target_os = "linux"))]
            (Choice::Loudspeaker, _) => loudspeaker(host),
            (Choice::Default | Choice::Named(_), Some((_, name))) => named(name, false),
            (Choice::Named(name), None) => named(name, true),
            // Without a microphone a sound server gives what the computer plays instead.
            (Choice::Default, None) => host
                .default_input_device()
                .filter(|device| device.id().is_ok_and(|id| !is_monitor(id.id())))
                .ok_or_else(|| CaptureError::Microphone("there is none".to_owned())),
        }
    }

    /// Whether the device that was opened is there, and still the one that is meant.
    #[cfg(target_os = "linux")]
    fn is_there(
        &self,
        lookout: &pulse::Server,
        name: &str,
        opened: u32,
    ) -> Result<Option<End>, CaptureError> {
        if self.choice == Choice::Loudspeaker {
            let speaker = lookout.loudspeaker().map_err(|error| self.error(error.to_string()))?;
            if speaker.is_none_or(|speaker| format!("{speaker}{MONITOR}") != name) {
                return Ok(Some(End::Moved));
            }
        }
        // One that is back is another, and nobody hears it yet.
        match lookout.source(name) {
            Ok(source) if source.index == opened => Ok(None),
            _ => Err(self.error("it was unplugged".to_owned())),
        }
    }

    /// Listens to a device of a sound server, and looks at it over a connection of its own: on that of a listener,
    /// questions wait until no sound comes any more, which is seconds on a busy machine.
    #[cfg(target_os = "linux")]
    fn bind(
        &self,
        name: &str,
        blocks: &SyncSender<Block>,
        broken: &SyncSender<String>,
    ) -> Result<Ear, CaptureError> {
        let bound = || {
            let server = pulse::Server::connect()?;
            let source = server.source(name)?;
            if source.monitor && self.choice != Choice::Loudspeaker {
                return Ok(None);
            }
            let listener = server.listen(&source, blocks.clone(), broken.clone())?;
            Ok(Some(Ear::Bound {
                lookout: pulse::Server::connect()?,
                opened: source.index,
                _listener: listener,
            }))
        };
        let bound: Result<Option<Ear>, pulseaudio::ClientError> = bound();
        bound
            .map_err(|error| self.error(error.to_string()))?
            .ok_or_else(|| self.error(format!("{name} is what a loudspeaker plays")))
    }

    /// Listens to a device of the system, as it is.
    fn hold(
        &self,
        device: &cpal::Device,
        blocks: &SyncSender<Block>,
        broken: &SyncSender<String>,
    ) -> Result<Ear, cpal::Error> {
        let config = match self.choice {
            Choice::Loudspeaker => device.default_output_config()?,
            Choice::Default | Choice::Named(_) => device.default_input_config()?,
        };
        let stream = open(device, &config, blocks, broken)?;
        stream.play()?;
        Ok(Ear::Held { _stream: stream })
    }

    fn error(&self, why: String) -> CaptureError {
        match self.choice {
            Choice::Loudspeaker => CaptureError::SystemSound(why),
            Choice::Default | Choice::Named(_) => CaptureError::Microphone(why),
        }
    }

    /// Runs until nobody listens or the device fails.
    fn listen(&mut self, is_lost: &mut bool) -> Result<End, CaptureError> {
        // Not through another: what hangs on a sound server is not to be found beside it, where it would be taken away
        // from everybody else.
        let host = match &self.found {
            Some((host, _)) => cpal::host_from_id(*host).map_err(|error| self.error(error.to_string()))?,
            None => host(),
        };
        let device = self.choose(&host)?;
        let name = device.id().map(|id| id.id().to_owned()).unwrap_or_default();
        let (blocks, heard) = sync_channel(QUEUE);
        let (broken, breaks) = sync_channel(1);
        let ear = match is_sound_server(host.id()) {
            #[cfg(target_os = "linux")]
            true => self.bind(&name, &blocks, &broken)?,
            _ => self.hold(&device, &blocks, &broken).map_err(|error| self.error(error.to_string()))?,
        };
        drop((blocks, broken));
        self.found = Some((host.id(), name.clone()));
        *is_lost = false;
        if !(self.tell)(Event::Opened { label: label(&device).unwrap_or_default() }) {
            return Ok(End::Closed);
        }
        #[cfg(not(target_os = "linux"))]
        let mut looked = Instant::now();
        loop {
            if let Err(RecvTimeoutError::Disconnected) = self.words.recv_timeout(ear.patience()) {
                return Ok(End::Closed);
            }
            let broke = breaks.try_recv();
            // These came while the device was there, if it is there now.
            let came: Vec<Block> = heard.try_iter().collect();
            #[cfg(target_os = "linux")]
            if let Ear::Bound { lookout, opened, .. } = &ear
                && let Some(end) = self.is_there(lookout, &name, *opened)?
            {
                return Ok(end);
            }
            #[cfg(not(target_os = "linux"))]
            if self.choice == Choice::Loudspeaker && looked.elapsed() > AGAIN {
                looked = Instant::now();
                let plays = loudspeaker(&host)?.id().map(|id| id.id().to_owned());
                if plays.is_ok_and(|plays| plays != name) {
                    return Ok(End::Moved);
                }
            }
            if let Ok(error) = broke {
                return Err(self.error(error));
            }
            for block in came {
                if !(self.tell)(Event::Sound(block)) {
                    return Ok(End::Closed);
                }
            }
        }
    }
}

/// What listens to the device that was opened.
enum Ear {
    /// A sound server's device, which may be taken away and replaced by another.
    #[cfg(target_os = "linux")]
    Bound { lookout: pulse::Server, opened: u32, _listener: pulse::Listener },
    /// A device of the system.
    Held { _stream: cpal::Stream },
}

impl Ear {
    /// Blocks are handed on this often.
    fn patience(&self) -> Duration {
        match self {
            #[cfg(target_os = "linux")]
            Ear::Bound { .. } => CHECK,
            Ear::Held { .. } => BEAT,
        }
    }
}

/// The system's chosen loudspeaker.
#[cfg(not(target_os = "linux"))]
fn loudspeaker(host: &cpal::Host) -> Result<cpal::Device, CaptureError> {
    host.default_output_device()
        .ok_or_else(|| CaptureError::SystemSound("there is no loudspeaker".to_owned()))
}

/// The name of what the system's chosen loudspeaker plays.
#[cfg(target_os = "linux")]
fn monitor(host: &cpal::Host) -> Result<String, CaptureError> {
    if !is_sound_server(host.id()) {
        return Err(CaptureError::SystemSound("it needs PulseAudio or PipeWire".to_owned()));
    }
    let speaker = host.default_output_device().and_then(|device| device.id().ok());
    let speaker = speaker.ok_or_else(|| CaptureError::SystemSound("there is no loudspeaker".to_owned()))?;
    Ok(format!("{}{MONITOR}", speaker.id()))
}

/// Whether this is PulseAudio, or PipeWire in its place.
fn is_sound_server(host: HostId) -> bool {
    #[cfg(target_os = "linux")]
    return host == HostId::PulseAudio;
    #[cfg(not(target_os = "linux"))]
    {
        let _ = host;
        false
    }
}

/// Opens a device as it is. What it gives comes to `blocks`, its end to `broken`.
fn open(
    device: &cpal::Device,
    config: &cpal::SupportedStreamConfig,
    blocks: &SyncSender<Block>,
    broken: &SyncSender<String>,
) -> Result<cpal::Stream, cpal::Error> {
    let format = config.sample_format();
    let config: StreamConfig = (*config).into();
    // 20 ms, one packet: larger blocks come late and are timed less well. Not every device can do it.
    let small = StreamConfig { buffer_size: cpal::BufferSize::Fixed(config.sample_rate / 50), ..config };
    let start = |config: StreamConfig| {
        let (blocks, broken) = (blocks.clone(), broken.clone());
        // Some devices hand over a few samples at a time; each hand-over wakes the recorder.
        let enough = config.sample_rate as usize / 100 * usize::from(config.channels);
        let mut waiting = Vec::new();
        let mut since = Instant::now();
        let hear = move |data: &Data, info: &InputCallbackInfo| {
            if waiting.is_empty() {
                let times = info.timestamp();
                let age = times.callback.saturating_duration_since(times.capture);
                let now = Instant::now();
                since = now.checked_sub(age).unwrap_or(now);
            }
            waiting.append(&mut samples(data));
            if waiting.len() < enough {
                return;
            }
            let (heard, samples) = (since, std::mem::take(&mut waiting));
            // The device's thread must not wait.
            into(&blocks, Block { heard, rate: config.sample_rate, channels: config.channels, samples });
        };
        let fail = move |error: cpal::Error| match error.kind() {
            // The stream goes on.
            cpal::ErrorKind::Xrun | cpal::ErrorKind::DeviceChanged | cpal::ErrorKind::RealtimeDenied => {
                tracing::warn!(%error, "sound device")
            }
            _ => drop(broken.try_send(error.to_string())),
        };
        device.build_input_stream_raw(config, format, hear, fail, Some(Duration::from_secs(3)))
    };
    start(small).or_else(|_| start(config))
}

fn label(device: &cpal::Device) -> Option<String> {
    Some(device.description().ok()?.name().to_owned())
}

fn failed(error: cpal::Error) -> CaptureError {
    CaptureError::Microphone(error.to_string())
}

/// Samples of any format as -1.0 to 1.0.
fn samples(data: &Data) -> Vec<f32> {
    fn all<T: cpal::SizedSample>(data: &Data) -> Vec<f32>
    where
        f32: cpal::FromSample<T>,
    {
        data.as_slice::<T>().unwrap_or_default().iter().map(|sample| sample.to_sample()).collect()
    }
    match data.sample_format() {
        SampleFormat::I8 => all::<i8>(data),
        SampleFormat::I16 => all::<i16>(data),
        SampleFormat::I24 => all::<cpal::I24>(data),
        SampleFormat::I32 => all::<i32>(data),
        SampleFormat::I64 => all::<i64>(data),
        SampleFormat::U8 => all::<u8>(data),
        SampleFormat::U16 => all::<u16>(data),
        SampleFormat::U32 => all::<u32>(data),
        SampleFormat::U64 => all::<u64>(data),
        SampleFormat::F32 => all::<f32>(data),
        SampleFormat::F64 => all::<f64>(data),
        // Formats for other worlds: one-bit audio and what a later cpal adds are heard as silence.
        _ => vec![0.0; data.len()],
    }
}
