//! The thread that listens: blocks from the microphone and of what the computer plays, each cut to the course and put into
//! even time, then mixed into one track and encoded in packets of 20 ms.
//!
//! The sound track is a promise to the file: once begun it goes on to the end, with silence where there is no sound. A
//! device that fails costs its own sound, never the other's, and never the recording.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use deskside_capture::microphone::{self, Block, Choice, Device, Event as Heard, Meter, Mixer, Track};
use deskside_codec::{AudioEncoder, CodecError, PACKET_SAMPLES};
use deskside_frame::{Pcm, Time};

use super::event::{Event, Note, Sound};
use super::keeping::Piece;
use super::plan::Plan;
use super::recorder::Shared;

/// The levels are told this often.
const METER: Duration = Duration::from_millis(100);
/// A block that did not come this long after its time is missing. Long, because a busy machine hands blocks over late and
/// what is given up as missing is lost when it comes; the file waits meanwhile (`keeping.rs`).
const PATIENCE: Duration = Duration::from_millis(1_000);
/// The same for a device that stands still.
const NO_PATIENCE: Duration = Duration::from_millis(250);
/// A device that gave nothing for so long has nothing on its way.
const QUIET: Duration = Duration::from_millis(150);
/// A device that gives nothing for so long stands still, and that is told. A device that wakes up takes a second or two.
const STILL: Duration = Duration::from_secs(3);
/// After the end, a device that gives nothing for so long has given everything.
const LAST: Duration = Duration::from_millis(200);
/// Nobody waits longer than this for the last blocks.
const LATEST: Duration = Duration::from_secs(2);
/// Events that may wait.
const QUEUE: usize = 1_000;

/// Everything that is listened to.
pub struct Ears {
    ears: Vec<Ear>,
    heard: Receiver<(Sound, Heard)>,
}

/// One sound.
struct Ear {
    sound: Sound,
    /// How much louder it is made, in decibels.
    gain: f32,
    device: Device,
    track: Track,
    packets: VecDeque<Pcm>,
    meter: Meter,
    /// What came before anybody was ready for it.
    early: Vec<Heard>,
    /// What people call its device.
    label: String,
    /// Whether it failed, for now at least.
    is_lost: bool,
    /// Whether it gives nothing, and that was told.
    is_still: bool,
    /// When it last gave something, or was opened.
    last: Instant,
}

impl Ears {
    /// Begins to open what the plan wants to hear; `None`: nothing.
    pub fn open(plan: &Plan) -> Option<Ears> {
        let (sender, heard) = sync_channel(QUEUE);
        let microphone = plan.mic.clone().map(|choice| (Sound::Microphone, choice, plan.gains.0));
        let system = plan.system_sound.then_some((Sound::System, Choice::Loudspeaker, plan.gains.1));
        let wanted: Vec<_> = microphone.into_iter().chain(system).collect();
        let ear = |(sound, choice, gain)| {
            let sender = sender.clone();
            let device = Device::open(choice, move |event| microphone::into(&sender, (sound, event)));
            Ear {
                sound,
                gain,
                device,
                track: Track::new(1),
                packets: VecDeque::new(),
                meter: Meter::default(),
                early: Vec::new(),
                label: String::new(),
                is_lost: false,
                is_still: false,
                last: Instant::now(),
            }
        };
        let ears: Vec<Ear> = wanted.into_iter().map(ear).collect();
        (!ears.is_empty()).then_some(Ears { ears, heard })
    }

    /// Gives the devices until `deadline` to say whether they work, because a clip's tracks are fixed before its first
    /// picture. Those that do not are left out; `None`: all of them.
    pub fn answered(mut self, deadline: Instant, shared: &Shared) -> Option<Ears> {
        let mut answers = 0;
        while answers < self.ears.len() {
            let patience = deadline.saturating_duration_since(Instant::now());
            // One that is slow joins later.
            let Ok((sound, event)) = self.heard.recv_timeout(patience) else { break };
            let Some(ear) = self.ears.iter_mut().find(|ear| ear.sound == sound) else { continue };
            match event {
                Heard::Failed(error) => {
                    answers += 1;
                    ear.is_lost = true;
                    shared.note(Note::NoSound { sound, why: error.to_string() });
                }
                Heard::Opened { label } => {
                    answers += 1;
                    ear.opened(label, shared);
                }
                Heard::Sound(_) => ear.early.push(event),
            }
        }
        self.ears.retain(|ear| !ear.is_lost);
        (!self.ears.is_empty()).then_some(self)
    }

    /// What may be heard.
    pub fn sounds(&self) -> Vec<Sound> {
        self.ears.iter().map(|ear| ear.sound).collect()
    }

    /// The next event, if one comes in time, and everything else that waits.
    fn take(&mut self, patience: Duration, shared: &Shared) {
        for ear in &mut self.ears {
            for event in std::mem::take(&mut ear.early) {
                ear.take(event, shared);
            }
        }
        let first = self.heard.recv_timeout(patience).ok();
        for (sound, event) in first.into_iter().chain(self.heard.try_iter()) {
            if let Some(ear) = self.ears.iter_mut().find(|ear| ear.sound == sound) {
                ear.take(event, shared);
            }
        }
    }
}

impl Ear {
    fn opened(&mut self, label: String, shared: &Shared) {
        (self.is_lost, self.is_still, self.last) = (false, false, Instant::now());
        self.label = label.clone();
        shared.note(Note::Heard { sound: self.sound, label });
    }

    fn take(&mut self, event: Heard, shared: &Shared) {
        let sound = self.sound;
        match event {
            Heard::Sound(block) => {
                self.last = Instant::now();
                if std::mem::take(&mut self.is_still) {
                    shared.note(Note::Heard { sound, label: self.label.clone() });
                }
                if !shared.is_paused() && !shared.mutes(sound).is_on() {
                    self.meter.add(&block.samples);
                }
                self.hear(&block, shared);
            }
            Heard::Opened { label } => self.opened(label, shared),
            Heard::Failed(error) => {
                self.is_lost = true;
                shared.note(Note::NoSound { sound, why: error.to_string() });
            }
        }
    }

    /// Puts the parts of a block that belong to the clip where they belong.
    fn hear(&mut self, block: &Block, shared: &Shared) {
        let frames = block.samples.len() / usize::from(block.channels.max(1));
        let rate = f64::from(block.rate.max(1));
        let length = Duration::from_secs_f64(frames as f64 / rate);
        let parts = shared.course().parts(block.heard, length);
        for (from, until, time) in parts {
            let sample = |at: Duration| ((at.as_secs_f64() * rate).round() as usize).min(frames);
            let range =
                sample(from) * usize::from(block.channels)..sample(until) * usize::from(block.channels);
            let mut samples = block.samples[range].to_vec();
            let mutes = shared.mutes(self.sound);
            mutes.silence(block.heard + from, block.rate, block.channels, &mut samples);
            drop(mutes);
            if !samples.is_empty() {
                self.track.push(time, &Block { heard: block.heard + from, samples, ..*block });
            }
        }
    }

    /// Says what time it is: what can't come any more is silence.
    fn pass(&mut self, now: Time, shared: &Shared) {
        let quiet = self.last.elapsed();
        if self.is_lost {
            // The other sound does not wait for it.
            self.track.pass(now, Duration::ZERO);
        } else if quiet >= QUIET {
            self.track.pass(now, if self.is_still { NO_PATIENCE } else { PATIENCE });
            if quiet >= STILL && !std::mem::replace(&mut self.is_still, true) {
                shared.note(Note::Still { sound: self.sound });
            }
        }
    }
}

/// Listens until told to stop.
pub fn run(mut ears: Ears, mut encoder: Box<dyn AudioEncoder>, pieces: &SyncSender<Piece>, shared: &Shared) {
    super::priority::raise();
    let gains: Vec<f32> = ears.ears.iter().map(|ear| ear.gain).collect();
    let mut mixer = Mixer::new(&gains);
    let mut told = Instant::now();
    while !shared.is_stopping() {
        ears.take(METER / 2, shared);
        let reached = shared.course().reached(Instant::now());
        for ear in &mut ears.ears {
            ear.pass(reached, shared);
        }
        let now = Instant::now();
        if now.duration_since(told) >= METER {
            told = now;
            for ear in ears.ears.iter_mut().filter(|ear| !ear.is_lost) {
                if !shared.is_paused() {
                    shared.tell(&Event::Level(ear.sound, ear.meter.read()));
                }
            }
        }
        mix(&mut ears, &mut mixer);
        if let Err(error) = send(&mut mixer, encoder.as_mut(), pieces, shared) {
            return shared.fail(error.into());
        }
    }
    // What was heard before the end and is still on its way.
    ears.ears.iter().for_each(|ear| ear.device.flush());
    let ended = Instant::now();
    while ended.elapsed() < LATEST && ears.ears.iter().any(|ear| ear.lacks(ended, shared)) {
        ears.take(Duration::from_millis(10), shared);
        ears.ears.iter().for_each(|ear| ear.device.flush());
    }
    for ear in &mut ears.ears {
        ear.track.end(shared.end_time());
    }
    mix(&mut ears, &mut mixer);
    mixer.end();
    if let Err(error) = send(&mut mixer, encoder.as_mut(), pieces, shared) {
        shared.fail(error.into());
    }
    let _ = pieces.send(Piece::NoMoreSound);
}

impl Ear {
    /// Whether something of before the end may still come.
    fn lacks(&self, ended: Instant, shared: &Shared) -> bool {
        let is_silent = self.last.max(ended).elapsed() > LAST;
        !self.is_lost && !self.is_still && !is_silent && self.track.reached() < shared.end_time()
    }
}

/// Mixes what every sound has reached.
fn mix(ears: &mut Ears, mixer: &mut Mixer) {
    for ear in &mut ears.ears {
        while let Some(packet) = ear.track.packet() {
            ear.packets.push_back(packet);
        }
    }
    while let Some(packets) =
        ears.ears.iter_mut().map(|ear| ear.packets.front().cloned()).collect::<Option<Vec<_>>>()
    {
        ears.ears.iter_mut().for_each(|ear| drop(ear.packets.pop_front()));
        mixer.push(&packets);
    }
}

fn send(
    mixer: &mut Mixer,
    encoder: &mut dyn AudioEncoder,
    pieces: &SyncSender<Piece>,
    shared: &Shared,
) -> Result<(), CodecError> {
    while let Some(packet) = mixer.packet(PACKET_SAMPLES) {
        let until = packet.time + packet.duration();
        let packet = encoder.encode(&packet)?;
        if pieces.send(Piece::Frame(packet)).is_err() {
            break;
        }
        shared.sounded.store(until.micros(), Ordering::Release);
    }
    Ok(())
}
