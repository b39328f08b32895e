//! The thread that looks at the screen: at even times, only when something may have changed, never waiting for anyone.
//!
//! It keeps the whole picture and sends on what changed of it, so that half a second of pictures can wait for a busy
//! encoder in little memory. Only when that is not enough a picture is lost, and its changes come with the next one.
//!
//! Where it may turn out afterwards that a picture holds a secret, each waits as long as its source says and is covered
//! when that happens (decision 0025). The clip's time is what they wait by: a pause is no time in which anything can turn
//! out. Those that still wait at the end are in no clip.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError};
use std::time::{Duration, Instant};

use deskside_capture::{CaptureError, Source, View};
use deskside_codec::convert::Paint;
use deskside_codec::{ActiveMap, Cadence, Next};
use deskside_frame::{I420, Patch, Rect, Time};

use super::event::Note;
use super::priority;
use super::recorder::Shared;

/// Pictures that may be on their way to the encoder, whatever changed in them.
const ON_THE_WAY: usize = 128;
/// What may be on its way to the encoder, in whole pictures: a second of a video that fills the screen.
const ROOM: usize = 30;
/// Memory of so many pictures is kept for the next ones.
const SPARE: usize = 4;
/// More parts than this are sent as a whole picture.
const MOST_RECTS: usize = 64;
/// A picture on its way to the encoder.
pub struct Shown {
    /// What to paint over the picture before.
    pub patch: Patch,
    /// When it was on the screen.
    pub time: Time,
    /// When it went on its way to the encoder.
    pub left: Instant,
    /// What the encoder is to know of it.
    pub next: Next,
}

/// Opens the source, tells its size, waits for the word, and looks until told to stop.
pub fn run(
    open: impl FnOnce() -> Result<Box<dyn Source>, CaptureError>,
    opened: &SyncSender<Result<(u32, u32), CaptureError>>,
    go: &Receiver<SyncSender<Shown>>,
    back: &Receiver<Vec<u8>>,
    shared: &Shared,
) {
    priority::raise();
    let mut source = match open() {
        Ok(source) => source,
        Err(error) => return drop(opened.send(Err(error))),
    };
    let size = source.size();
    if opened.send(Ok(size)).is_err() {
        return;
    }
    let Ok(shown) = go.recv() else { return };
    match Camera::new(size, back, shared) {
        Ok(mut camera) => camera.watch(source.as_mut(), &shown),
        Err(error) => shared.fail(CaptureError::Gone(error.to_string()).into()),
    }
}

/// Opens the desktop of this session and a source on it.
pub fn open(view: &View) -> Result<Box<dyn Source>, CaptureError> {
    deskside_capture::desktop()?.open(view)
}

struct Camera<'a> {
    shared: &'a Shared,
    back: &'a Receiver<Vec<u8>>,
    memory: Vec<Vec<u8>>,
    /// The picture that the source keeps up to date.
    canvas: I420,
    /// When a picture leaves, and what it is to be.
    cadence: Cadence,
    /// What changed since the last picture that left.
    behind: Vec<Rect>,
    last_time: Option<Time>,
    /// Pictures that may not leave yet, the oldest first.
    held: VecDeque<Shown>,
    /// How long they may not.
    hindsight: Duration,
    /// Of the last picture that left.
    left_time: Option<Time>,
}

impl<'a> Camera<'a> {
    fn new(
        size: (u32, u32),
        back: &'a Receiver<Vec<u8>>,
        shared: &'a Shared,
    ) -> Result<Camera<'a>, deskside_frame::Malformed> {
        Ok(Camera {
            shared,
            back,
            memory: Vec::new(),
            canvas: I420::black(size.0, size.1)?,
            cadence: Cadence::new(size.0, size.1),
            behind: vec![Rect::whole(size.0, size.1)],
            last_time: None,
            held: VecDeque::new(),
            hindsight: Duration::ZERO,
            left_time: None,
        })
    }

    fn watch(&mut self, source: &mut dyn Source, shown: &SyncSender<Shown>) {
        let mut next = Instant::now();
        let mut was_paused = false;
        self.hindsight = source.hindsight();
        while !self.shared.is_stopping() {
            let interval = self.shared.interval();
            if self.shared.is_paused() {
                // Nothing is looked at while paused.
                self.shared.wait_for_word(Instant::now() + Duration::from_secs(1));
                (was_paused, next) = (true, Instant::now());
                continue;
            }
            if std::mem::take(&mut was_paused) {
                self.cadence.begin_anew();
            }
            let now = Instant::now();
            if now < next {
                self.shared.wait_for_word(next);
                continue;
            }
            // Ticks that passed while the last look took too long, or while this thread got no time, are over.
            let late = now.duration_since(next).as_micros() / interval.as_micros().max(1);
            next += interval * (late as u32 + 1);
            let missed = (late + 1) as u64 * u64::from(self.shared.ticks_per_look()) - 1;
            if !self.look(source, shown, now, missed) {
                return;
            }
        }
        self.first_picture(source, shown);
        self.last_picture(shown);
    }

    /// A clip that was stopped before any picture could leave waits for its first one: without a picture it is none.
    fn first_picture(&mut self, source: &mut dyn Source, shown: &SyncSender<Shown>) {
        if self.left_time.is_some() || self.held.is_empty() {
            return;
        }
        self.held.truncate(1);
        std::thread::sleep(self.hindsight);
        // What turned out meanwhile. The picture that it paints is not taken any more.
        let hidden = source.update(&mut self.canvas).map(|update| update.hidden);
        // Where nobody can be asked any more, nobody knows what the picture holds.
        let whole = Rect::whole(self.canvas.width(), self.canvas.height());
        self.cover(&hidden.unwrap_or_else(|_| vec![whole]));
        self.leave(shown, self.last_time.unwrap_or_default());
    }

    /// Paints over these parts in every picture that has not left.
    fn cover(&mut self, hidden: &[Rect]) {
        let Paint { y, u, v } = Paint::COVER;
        for part in hidden {
            for held in &mut self.held {
                held.patch.fill(*part, [y, u, v]);
            }
        }
    }

    /// Lets the pictures leave that were taken before `until`. False when nobody takes them any more.
    fn leave(&mut self, shown: &SyncSender<Shown>, until: Time) -> bool {
        while self.held.front().is_some_and(|held| held.time <= until) {
            let Some(held) = self.held.pop_front() else { break };
            let time = held.time;
            match shown.try_send(Shown { left: Instant::now(), ..held }) {
                Ok(()) => self.left_time = Some(time),
                Err(TrySendError::Full(held)) => {
                    self.held.push_front(held);
                    break;
                }
                Err(TrySendError::Disconnected(_)) => return false,
            }
        }
        true
    }

    /// The picture of the end, so that the clip ends when it was stopped and not a heartbeat later. None after a
    /// pause: what is on the canvas may have come there since.
    fn last_picture(&mut self, shown: &SyncSender<Shown>) {
        let end = self.shared.end_time();
        let time = Time::from(end.as_duration().saturating_sub(self.shared.interval()));
        let is_whole = !self.cadence.is_dirty() || !self.held.is_empty();
        if self.shared.is_paused() || !is_whole || self.left_time.is_none_or(|last| time <= last) {
            return;
        }
        let nothing = ActiveMap::empty(self.canvas.width(), self.canvas.height());
        let next = Next { keyframe: false, changed: Some(nothing), moving: false, fresh: false };
        let _ = shown.try_send(Shown { patch: Patch::default(), time, left: Instant::now(), next });
    }

    /// One look, after `missed` ticks without one. False when there is nothing left to look for.
    fn look(
        &mut self,
        source: &mut dyn Source,
        shown: &SyncSender<Shown>,
        now: Instant,
        missed: u64,
    ) -> bool {
        if let Some(masks) = self.shared.new_masks() {
            source.set_masks(&masks);
        }
        let update = match source.update(&mut self.canvas) {
            Ok(update) => update,
            Err(error) => {
                self.shared.fail(error.into());
                return false;
            }
        };
        self.cover(&update.hidden);
        for notice in update.notices {
            self.shared.note(Note::Screen(notice));
        }
        let fresh = !update.changed.is_empty();
        let reached = self.shared.course().reached(now);
        if fresh {
            // What changed may have changed at every tick without a look. Nothing can be lost before the first picture.
            if self.cadence.has_sent() {
                self.shared.lost.fetch_add(missed, Ordering::Relaxed);
            }
            self.cadence.touch(&update.changed, reached);
            self.behind.extend_from_slice(&update.changed);
            if self.behind.len() > MOST_RECTS {
                self.behind = vec![Rect::whole(self.canvas.width(), self.canvas.height())];
            }
        }
        if self.cadence.is_due(reached) {
            self.take(now, fresh);
        }
        self.leave(shown, Time::from(reached.as_duration().saturating_sub(self.hindsight)))
    }

    /// Takes a picture, if there is room for it.
    fn take(&mut self, now: Instant, fresh: bool) {
        let mut course = self.shared.course();
        course.begin(now);
        // A pause that began while the picture was taken may have begun before it was: it does not leave.
        let taken = course.at(Instant::now());
        let (Some(time), Some(_)) = (course.at(now), taken) else { return };
        drop(course);
        if self.last_time.is_some_and(|last| time <= last) {
            return;
        }
        let waiting = self.shared.waiting.load(Ordering::Acquire);
        if waiting > ROOM * self.canvas.bytes().len() || self.held.len() >= ON_THE_WAY {
            self.shared.lost.fetch_add(u64::from(fresh), Ordering::Relaxed);
            return;
        }
        let next = self.cadence.next(time, *self.shared.spent());
        let memory = self.memory();
        let patch = Patch::of(&self.canvas, &self.behind, memory);
        self.shared.waiting.fetch_add(patch.len(), Ordering::AcqRel);
        self.shared.shown.store(time.micros(), Ordering::Release);
        self.cadence.sent(next.without_marks(), time);
        self.behind.clear();
        self.last_time = Some(time);
        self.held.push_back(Shown { patch, time, left: now, next });
    }

    /// Memory that the encoder gave back, or none. What came back from a long queue is let go.
    fn memory(&mut self) -> Vec<u8> {
        while let Ok(bytes) = self.back.try_recv() {
            if self.memory.len() < SPARE {
                self.memory.push(bytes);
            }
        }
        self.memory.pop().unwrap_or_default()
    }
}

/// The queue from camera to encoder.
pub fn queue() -> (SyncSender<Shown>, Receiver<Shown>) {
    std::sync::mpsc::sync_channel(ON_THE_WAY)
}
