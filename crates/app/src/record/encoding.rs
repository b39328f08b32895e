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
/// So many pictures in time, one after the other, make it careful again.
const IN_TIME: u32 = 90;
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
    let mut haste = Haste::default();
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
        let adapted = haste.adapt(late, shared, encoder.as_mut());
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
#[derive(Default)]
struct Haste {
    hasty: bool,
    slow: bool,
    in_time: u32,
}

impl Haste {
    fn adapt(
        &mut self,
        late: Duration,
        shared: &Shared,
        encoder: &mut dyn VideoEncoder,
    ) -> Result<(), deskside_codec::CodecError> {
        if late < LATE {
            self.in_time += 1;
            if self.in_time >= IN_TIME && (self.hasty || self.slow) {
                self.in_time = 0;
                if std::mem::take(&mut self.slow) {
                    shared.note(Note::Slower { fps: shared.set_slow(false) });
                } else {
                    self.hasty = false;
                    encoder.set_speed(CAREFUL)?;
                }
            }
            return Ok(());
        }
        self.in_time = 0;
        if !self.hasty {
            self.hasty = true;
            encoder.set_speed(HASTY)?;
        } else if late >= TOO_LATE && !self.slow {
            self.slow = true;
            shared.note(Note::Slower { fps: shared.set_slow(true) });
        }
        Ok(())
    }
}
