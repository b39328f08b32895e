//! The thread that encodes: pictures in, packets out, and the first to give way when the machine is busy.
//!
//! Pictures may wait. While they do, the encoder is hasty; when they would wait too long, two become one, which is the
//! only way in which a picture that the camera took is lost; and when that goes on, the camera takes fewer.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, SyncSender};
use std::time::{Duration, Instant};

use deskside_codec::{CodecError, Hints, Next, VideoEncoder};
use deskside_frame::I420;

use super::camera::Shown;
use super::event::Note;
use super::keeping::Piece;
use super::poster;
use super::recorder::Shared;
use super::strip::Strip;

/// Speeds of the encoder: careful, and hasty.
const CAREFUL: u32 = 8;
const HASTY: u32 = 9;
/// A picture later than this makes the encoder hasty.
const LATE: Duration = Duration::from_millis(150);
/// A picture that waits longer than this is shown together with the next.
const TOO_LATE: Duration = Duration::from_millis(600);
/// As many pictures shown together before there was time again make the camera take fewer.
const TOO_MANY: u32 = 10;
/// When no picture was late for so long, what was given up last is taken back.
const IN_TIME: Duration = Duration::from_secs(3);
/// A picture that shows nothing is taken as the poster after this many, for want of a better one.
const NO_BETTER: u64 = 60;

/// Encodes until the camera stops. `canvas` is a black picture of the camera's size.
pub fn run(
    mut encoder: Box<dyn VideoEncoder>,
    mut canvas: I420,
    shown: &Receiver<Shown>,
    back: &Sender<Vec<u8>>,
    pieces: &SyncSender<Piece>,
    shared: &Shared,
) {
    let mut packets = Vec::new();
    let mut haste = Haste::none();
    let mut poster = Poster { best: None, chosen: false };
    let mut strip = Strip::default();
    let mut waiting = VecDeque::new();
    while let Some(next) = take(&mut waiting, shown) {
        let next = catch_up(next, &mut waiting, &mut haste, &mut canvas, back, shared);
        let Shown { time, left, next: Next { keyframe, changed, moving, .. }, .. } = next;
        poster.consider(&canvas, shared);
        strip.consider(&canvas, time);
        let result = haste.adapt(left.elapsed(), Instant::now(), shared, encoder.as_mut()).and_then(|()| {
            encoder.encode(&canvas, time, Hints { keyframe, changed: changed.as_ref(), moving }, &mut packets)
        });
        shared.encoded.store(time.micros(), Ordering::Release);
        shared.pictures.fetch_add(1, Ordering::Relaxed);
        if let Err(error) = result {
            shared.fail(error.into());
            break;
        }
        for packet in packets.drain(..) {
            shared.spent().add(packet.bytes.len(), packet.keyframe);
            if pieces.send(Piece::Frame(packet)).is_err() {
                return;
            }
        }
    }
    match encoder.flush(&mut packets) {
        Ok(()) => packets.drain(..).for_each(|packet| drop(pieces.send(Piece::Frame(packet)))),
        Err(error) => shared.fail(error.into()),
    }
    *shared.poster() = poster.best;
    *shared.strip() = Some(strip);
    let _ = pieces.send(Piece::NoMorePictures);
}

/// The next picture, and everything else that waits. `None` when the camera has stopped and nothing waits.
fn take(waiting: &mut VecDeque<Shown>, shown: &Receiver<Shown>) -> Option<Shown> {
    if waiting.is_empty() {
        waiting.push_back(shown.recv().ok()?);
    }
    waiting.extend(shown.try_iter());
    waiting.pop_front()
}

/// Brings the canvas to a picture that is not too late, if there is one, and gives the rest of that picture. What is
/// passed over is in the picture that comes of it.
fn catch_up(
    mut next: Shown,
    waiting: &mut VecDeque<Shown>,
    haste: &mut Haste,
    canvas: &mut I420,
    back: &Sender<Vec<u8>>,
    shared: &Shared,
) -> Shown {
    loop {
        let patch = std::mem::take(&mut next.patch);
        patch.paint(canvas);
        shared.waiting.fetch_sub(patch.len(), Ordering::AcqRel);
        let _ = back.send(patch.into_bytes());
        if next.left.elapsed() < TOO_LATE {
            return next;
        }
        let Some(later) = waiting.pop_front() else { return next };
        let (passed, late) = (next.next, later.next);
        shared.lost.fetch_add(u64::from(passed.fresh), Ordering::Relaxed);
        haste.passed_over += u32::from(passed.fresh);
        let changed = match (passed.changed, late.changed) {
            (Some(mut changed), Some(also)) => {
                changed.merge(&also);
                Some(changed)
            }
            _ => None,
        };
        let keyframe = passed.keyframe || late.keyframe;
        next = Shown { next: Next { changed, keyframe, ..late }, ..later };
    }
}

/// The picture that stands for the clip: the first that shows something.
struct Poster {
    best: Option<I420>,
    chosen: bool,
}

impl Poster {
    fn consider(&mut self, picture: &I420, shared: &Shared) {
        if self.chosen {
            return;
        }
        let shows = poster::shows_something(picture);
        if shows || self.best.is_none() {
            self.best = Some(picture.clone());
        }
        self.chosen = shows || shared.pictures.load(Ordering::Relaxed) > NO_BETTER;
    }
}

/// Gives way under load, and takes back what was given up when there is time again.
struct Haste {
    hasty: bool,
    slow: bool,
    /// Pictures that were shown together with the next since `since`.
    passed_over: u32,
    /// When a picture was late, or when something was taken back.
    since: Instant,
}

impl Haste {
    fn none() -> Haste {
        Haste { hasty: false, slow: false, passed_over: 0, since: Instant::now() }
    }

    /// Chooses the encoder's speed for a picture that is so late already.
    fn adapt(
        &mut self,
        late: Duration,
        now: Instant,
        shared: &Shared,
        encoder: &mut dyn VideoEncoder,
    ) -> Result<(), CodecError> {
        if late >= LATE {
            self.since = now;
            if !std::mem::replace(&mut self.hasty, true) {
                encoder.set_speed(HASTY)?;
            }
            if self.passed_over >= TOO_MANY && !std::mem::replace(&mut self.slow, true) {
                shared.note(Note::Slower { fps: shared.set_slow(true) });
            }
        } else if now.duration_since(self.since) >= IN_TIME {
            self.since = now;
            self.passed_over = 0;
            if std::mem::take(&mut self.slow) {
                shared.note(Note::Slower { fps: shared.set_slow(false) });
            } else if std::mem::take(&mut self.hasty) {
                encoder.set_speed(CAREFUL)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{channel, sync_channel};
    use std::sync::{Arc, Mutex};
    use std::thread;

    use deskside_capture::{Area, CaptureError, Source, Update};
    use deskside_frame::{Encoded, Rect, Time, VideoFormat};

    use super::*;
    use crate::record::camera;

    /// A screen on which every look finds the next shade of grey.
    struct Shades(Arc<Mutex<Vec<u8>>>);

    impl Source for Shades {
        fn size(&self) -> (u32, u32) {
            (64, 64)
        }

        fn update(&mut self, picture: &mut I420) -> Result<Update, CaptureError> {
            let mut shown = self.0.lock().unwrap();
            let shade = shown.last().copied().unwrap_or_default().wrapping_add(1);
            shown.push(shade);
            picture.planes_mut().0.fill(shade);
            Ok(Update { changed: vec![Rect::whole(64, 64)], ..Update::default() })
        }

        fn set_masks(&mut self, _: &[Area]) {}
    }

    /// Notes the shade of each picture, and takes its time.
    struct Slow {
        seen: Arc<Mutex<Vec<(u8, Time)>>>,
        time: fn(usize) -> Duration,
        speeds: Arc<Mutex<Vec<u32>>>,
    }

    impl VideoEncoder for Slow {
        fn format(&self) -> VideoFormat {
            unreachable!("nobody asks it here")
        }

        fn encode(
            &mut self,
            picture: &I420,
            time: Time,
            _: Hints<'_>,
            _: &mut Vec<Encoded>,
        ) -> Result<(), CodecError> {
            let number = {
                let mut seen = self.seen.lock().unwrap();
                seen.push((picture.y()[0], time));
                seen.len()
            };
            thread::sleep((self.time)(number));
            Ok(())
        }

        fn set_speed(&mut self, speed: u32) -> Result<(), CodecError> {
            self.speeds.lock().unwrap().push(speed);
            Ok(())
        }

        fn flush(&mut self, _: &mut Vec<Encoded>) -> Result<(), CodecError> {
            Ok(())
        }
    }

    /// What the camera sent, what was encoded, the speeds asked for and the pictures counted as lost.
    struct Ran {
        shown: Vec<u8>,
        encoded: Vec<(u8, Time)>,
        speeds: Vec<u32>,
        lost: u64,
        notes: usize,
    }

    /// Runs camera and encoder until so many pictures were encoded.
    fn ran(pictures: usize, time: fn(usize) -> Duration) -> Ran {
        let notes = Arc::new(Mutex::new(0));
        let noted = notes.clone();
        let shared = Shared::new(30, Box::new(move |_| *noted.lock().unwrap() += 1));
        let shades: Arc<Mutex<Vec<u8>>> = Arc::default();
        let seen: Arc<Mutex<Vec<(u8, Time)>>> = Arc::default();
        let speeds: Arc<Mutex<Vec<u32>>> = Arc::default();
        let (opened, _opens) = sync_channel(1);
        let (go, goes) = sync_channel(1);
        let (give_back, back) = channel();
        let (shown, arrives) = camera::queue();
        let (pieces, _kept) = sync_channel(1_000);
        go.send(shown).unwrap();
        thread::scope(|scope| {
            let shared = &shared;
            let screen = shades.clone();
            let open = move || Ok(Box::new(Shades(screen)) as Box<dyn Source>);
            scope.spawn(move || camera::run(open, &opened, &goes, &back, shared));
            let encoder = Box::new(Slow { seen: seen.clone(), time, speeds: speeds.clone() });
            let canvas = I420::black(64, 64).unwrap();
            scope.spawn(move || run(encoder, canvas, &arrives, &give_back, &pieces, shared));
            let deadline = Instant::now() + Duration::from_secs(60);
            while seen.lock().unwrap().len() < pictures {
                assert!(Instant::now() < deadline, "the encoder does not get on");
                thread::park_timeout(Duration::from_millis(5));
            }
            shared.stop();
        });
        let lost = shared.lost.load(Ordering::Relaxed);
        let take = |list: &Mutex<Vec<u8>>| list.lock().unwrap().clone();
        let (encoded, speeds) = (seen.lock().unwrap().clone(), speeds.lock().unwrap().clone());
        let notes = *notes.lock().unwrap();
        Ran { shown: take(&shades), encoded, speeds, lost, notes }
    }

    #[test]
    fn an_encoder_that_stalls_for_half_a_second_costs_no_picture() {
        let ran = ran(60, |number| Duration::from_millis(if number == 20 { 500 } else { 0 }));
        let encoded: Vec<u8> = ran.encoded.iter().map(|(shade, _)| *shade).collect();
        // The picture of the end shows the last shade once more.
        let mut fresh = encoded.clone();
        fresh.dedup();
        assert_eq!(fresh, ran.shown[..fresh.len()], "every look is in the clip, in order");
        assert!(ran.encoded.windows(2).all(|pair| pair[0].1 < pair[1].1), "each at a time of its own");
        assert_eq!(ran.speeds.first(), Some(&HASTY), "it hurried to catch up");
        assert_eq!(ran.notes, 0, "and nobody need know");
    }

    #[test]
    fn under_load_speed_gives_way_first_then_the_frame_rate_and_they_come_back_in_turn() {
        let notes: Arc<Mutex<Vec<String>>> = Arc::default();
        let told = notes.clone();
        let shared = Shared::new(30, Box::new(move |event| told.lock().unwrap().push(format!("{event:?}"))));
        let speeds: Arc<Mutex<Vec<u32>>> = Arc::default();
        let mut encoder = Slow { seen: Arc::default(), time: |_| Duration::ZERO, speeds: speeds.clone() };
        let mut haste = Haste::none();
        let began = haste.since;
        let mut adapt = |millis: u64, late: Duration, passed_over: u32| {
            haste.passed_over += passed_over;
            haste.adapt(late, began + Duration::from_millis(millis), &shared, &mut encoder).unwrap();
            (speeds.lock().unwrap().clone(), notes.lock().unwrap().len(), shared.ticks_per_look())
        };
        let on_time = Duration::from_millis(20);
        assert_eq!(adapt(0, on_time, 0), (vec![], 0, 1));
        assert_eq!(adapt(100, LATE, 0), (vec![HASTY], 0, 1), "the encoder hurries");
        assert_eq!(
            adapt(3_000, LATE, TOO_MANY - 1),
            (vec![HASTY], 0, 1),
            "single pictures are no reason yet"
        );
        assert_eq!(
            adapt(3_100, LATE, 1),
            (vec![HASTY], 1, 2),
            "it goes on: half the pictures, and that is told"
        );
        assert_eq!(adapt(3_200, LATE, 1), (vec![HASTY], 1, 2), "once");
        assert_eq!(adapt(6_100, on_time, 0), (vec![HASTY], 1, 2), "not at the first sign of ease");
        assert_eq!(adapt(6_200, on_time, 0), (vec![HASTY], 2, 1), "the pictures come back first");
        assert_eq!(adapt(9_100, on_time, 0), (vec![HASTY], 2, 1));
        assert_eq!(adapt(9_200, on_time, 0), (vec![HASTY, CAREFUL], 2, 1), "then care");
        assert!(notes.lock().unwrap()[0].contains("fps: 15"), "{:?}", notes.lock().unwrap());
        assert_eq!(adapt(9_300, LATE, 0), (vec![HASTY, CAREFUL, HASTY], 2, 1), "and it begins anew");
    }

    #[test]
    fn an_encoder_that_is_always_too_slow_loses_counted_pictures_and_never_lags_behind() {
        let ran = ran(60, |_| Duration::from_millis(70));
        let mut fresh: Vec<u8> = ran.encoded.iter().map(|(shade, _)| *shade).collect();
        fresh.dedup();
        let passed_over = ran.shown.len() - fresh.len();
        assert!(passed_over > 5, "{passed_over} of {} pictures were passed over", ran.shown.len());
        assert!(
            ran.lost >= passed_over as u64,
            "{passed_over} were passed over, {} are said to be lost",
            ran.lost
        );
        assert_eq!(fresh.last(), ran.shown.last(), "the last picture is never lost");
        assert_eq!(ran.speeds, [HASTY]);
        assert!(ran.notes >= 1, "the camera takes fewer pictures, and that is told");
    }
}
