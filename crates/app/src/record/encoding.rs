//! The thread that encodes: pictures in, packets out, and the first to give way when the machine is busy.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, SyncSender};
use std::time::{Duration, Instant};

use deskside_codec::{Hints, VideoEncoder};
use deskside_frame::I420;

use super::camera::Shown;
use super::event::Note;
use super::keeping::Piece;
use super::poster;
use super::recorder::Shared;

/// Speeds of the encoder: careful, and hasty.
const CAREFUL: u32 = 8;
const HASTY: u32 = 9;
/// Pictures later than this make the encoder hasty.
const LATE: Duration = Duration::from_millis(90);
/// Pictures later than this, though it is hasty, make the camera take fewer.
const TOO_LATE: Duration = Duration::from_millis(150);
/// When no picture was late for so long, one of the two is taken back.
const IN_TIME: Duration = Duration::from_secs(3);
/// A picture that shows nothing is taken as the poster after this many, for want of a better one.
const NO_BETTER: u64 = 60;

/// Encodes until the camera stops.
pub fn run(
    mut encoder: Box<dyn VideoEncoder>,
    shown: &Receiver<Shown>,
    back: &Sender<I420>,
    pieces: &SyncSender<Piece>,
    shared: &Shared,
) {
    let mut packets = Vec::new();
    let mut haste = Haste::none();
    let mut best: Option<I420> = None;
    let mut chosen = false;
    while let Ok(Shown { picture, time, changed, keyframe }) = shown.recv() {
        if !chosen {
            let shows = poster::shows_something(&picture);
            if shows || best.is_none() {
                best = Some(picture.clone());
            }
            chosen = shows || shared.pictures.load(Ordering::Relaxed) > NO_BETTER;
        }
        let hints = Hints { keyframe, changed: changed.as_ref() };
        let encoded = encoder.encode(&picture, time, hints, &mut packets);
        let _ = back.send(picture);
        shared.pictures.fetch_add(1, Ordering::Relaxed);
        let late = shared.course().reached(Instant::now()).since(time);
        // A keyframe takes its time on every machine; the queue is long enough for it.
        let adapted = if keyframe { Ok(()) } else { haste.adapt(late, shared, encoder.as_mut()) };
        if let Err(error) = encoded.and(adapted) {
            shared.fail(error.into());
            break;
        }
        for packet in packets.drain(..) {
            if pieces.send(Piece::Frame(packet)).is_err() {
                return;
            }
        }
    }
    match encoder.flush(&mut packets) {
        Ok(()) => packets.drain(..).for_each(|packet| drop(pieces.send(Piece::Frame(packet)))),
        Err(error) => shared.fail(error.into()),
    }
    *shared.poster() = best;
    let _ = pieces.send(Piece::NoMorePictures);
}

/// Gives way under load: speed first, then the frame rate, and takes both back when there is time again.
struct Haste {
    hasty: bool,
    slow: bool,
    /// When a picture was late, or when something was taken back.
    since: Instant,
}

impl Haste {
    fn none() -> Haste {
        Haste { hasty: false, slow: false, since: Instant::now() }
    }

    fn adapt(
        &mut self,
        late: Duration,
        shared: &Shared,
        encoder: &mut dyn VideoEncoder,
    ) -> Result<(), deskside_codec::CodecError> {
        let in_time = late < LATE;
        if in_time && self.since.elapsed() < IN_TIME {
            return Ok(());
        }
        self.since = Instant::now();
        match (in_time, self.hasty, self.slow) {
            (true, _, true) => {
                self.slow = false;
                shared.note(Note::Slower { fps: shared.set_slow(false) });
            }
            (true, true, false) => {
                self.hasty = false;
                encoder.set_speed(CAREFUL)?;
            }
            (false, false, _) => {
                self.hasty = true;
                encoder.set_speed(HASTY)?;
            }
            (false, true, false) if late >= TOO_LATE => {
                self.slow = true;
                shared.note(Note::Slower { fps: shared.set_slow(true) });
            }
            _ => {}
        }
        Ok(())
    }
}
