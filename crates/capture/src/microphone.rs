//! The microphone: what there is, and a stream of blocks with the moment at which they were heard.
//!
//! A device is opened as it is: its own rate, its own channels. Asking a headset for another format is how recorders
//! fail on call-centre hardware; [`Track`] brings everything to 48 kHz. Opening happens on a thread of its own, because
//! a device may take its time or never answer, and a recording must begin without it.

mod level;
mod resample;
mod track;

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait as _, HostTrait as _, StreamTrait as _};
use cpal::{Data, InputCallbackInfo, SampleFormat, StreamConfig};

use crate::CaptureError;

pub use level::{Level, Meter};
pub use track::Track;

/// Blocks that may wait; at 20 ms each this is more than any hiccup of the recorder.
const QUEUE: usize = 250;
/// A device that opens is watched this often for being dropped.
const BEAT: Duration = Duration::from_millis(50);

/// A device that gives sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The system's name for it, which `--mic` takes.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// Whether the system uses it when nobody chooses.
    pub default: bool,
    /// Whether it is what the loudspeakers play, and no microphone.
    pub monitor: bool,
}

/// Which device to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The system's choice.
    Default,
    /// The device with that name or label.
    Named(String),
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

/// What an open microphone says.
#[derive(Debug)]
pub enum Event {
    /// The device answered; blocks follow.
    Opened {
        /// What people call it.
        label: String,
    },
    /// Sound.
    Sound(Block),
    /// The device failed or was pulled out; nothing follows.
    Failed(CaptureError),
}

/// The devices that give sound, the default one first.
pub fn inputs() -> Result<Vec<Input>, CaptureError> {
    let host = cpal::default_host();
    let default = host.default_input_device().and_then(|device| device.id().ok());
    let devices = host.input_devices().map_err(failed)?;
    let mut inputs: Vec<Input> = devices
        .filter_map(|device| {
            let id = device.id().ok()?;
            let name = id.id().to_owned();
            let label = label(&device).unwrap_or_else(|| name.clone());
            let monitor = name.ends_with(".monitor");
            Some(Input { default: Some(&id) == default.as_ref(), name, label, monitor })
        })
        .collect();
    inputs.sort_by_key(|input| (!input.default, input.monitor, input.label.clone()));
    Ok(inputs)
}

/// An opened microphone, or one that is being opened. Dropping it closes the device.
pub struct Microphone {
    events: Receiver<Event>,
    /// Dropped with the microphone, which the device's thread notices.
    _open: SyncSender<()>,
}

impl Microphone {
    /// Begins to open a device and returns at once; [`Microphone::next`] tells how it went.
    pub fn open(choice: Choice) -> Microphone {
        let (sender, events) = sync_channel(QUEUE);
        let (open, closed) = sync_channel(0);
        let spawned = thread::Builder::new().name("microphone".to_owned()).spawn({
            let sender = sender.clone();
            move || {
                if let Err(error) = listen(&choice, &sender, &closed) {
                    let _ = sender.send(Event::Failed(error));
                }
            }
        });
        if let Err(error) = spawned {
            let _ = sender.try_send(Event::Failed(CaptureError::Microphone(error.to_string())));
        }
        Microphone { events, _open: open }
    }

    /// The next event, if one comes in time.
    pub fn next(&self, patience: Duration) -> Option<Event> {
        self.events.recv_timeout(patience).ok()
    }
}

/// Runs until the microphone is dropped or the device fails.
fn listen(choice: &Choice, events: &SyncSender<Event>, closed: &Receiver<()>) -> Result<(), CaptureError> {
    let host = cpal::default_host();
    let device = match choice {
        Choice::Default => host.default_input_device(),
        Choice::Named(name) => host.input_devices().map_err(failed)?.find(|device| {
            let is_name = device.id().is_ok_and(|id| id.id() == name);
            is_name || label(device).is_some_and(|label| label.eq_ignore_ascii_case(name))
        }),
    };
    let device = device.ok_or_else(|| {
        CaptureError::Microphone(match choice {
            Choice::Default => "there is none".to_owned(),
            Choice::Named(name) => format!("there is none called {name}"),
        })
    })?;
    let config = device.default_input_config().map_err(failed)?;
    let format = config.sample_format();
    let config: StreamConfig = config.into();
    // 20 ms, one packet: larger blocks come late and are timed less well. Not every device can do it.
    let small = StreamConfig { buffer_size: cpal::BufferSize::Fixed(config.sample_rate / 50), ..config };
    let (broken, breaks) = sync_channel(1);
    let start = |config: StreamConfig| {
        let (events, broken) = (events.clone(), broken.clone());
        // PulseAudio hands over a few samples at a time; each hand-over wakes the recorder.
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
            let block = Block { heard, rate: config.sample_rate, channels: config.channels, samples };
            // The device's thread must not wait. A full queue means that the recorder stopped; the gap is filled
            // with silence like any other.
            if let Err(TrySendError::Full(_)) = events.try_send(Event::Sound(block)) {
                tracing::warn!("sound was lost: the recorder does not keep up");
            }
        };
        let fail = move |error: cpal::Error| match error.kind() {
            // The stream goes on.
            cpal::ErrorKind::Xrun | cpal::ErrorKind::DeviceChanged | cpal::ErrorKind::RealtimeDenied => {
                tracing::warn!(%error, "microphone")
            }
            _ => drop(broken.try_send(error)),
        };
        device.build_input_stream_raw(config, format, hear, fail, Some(Duration::from_secs(3)))
    };
    let stream = start(small).or_else(|_| start(config)).map_err(failed)?;
    let label = label(&device).unwrap_or_default();
    let _ = events.try_send(Event::Opened { label });
    stream.play().map_err(failed)?;
    loop {
        if let Ok(error) = breaks.try_recv() {
            return Err(failed(error));
        }
        if let Err(RecvTimeoutError::Disconnected) = closed.recv_timeout(BEAT) {
            return Ok(());
        }
    }
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
