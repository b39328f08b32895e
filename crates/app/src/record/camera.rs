//! The thread that looks at the screen: at even times, only when something may have changed, never waiting for anyone.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError};
use std::time::{Duration, Instant};

use deskside_capture::{CaptureError, Source, View};
use deskside_codec::ActiveMap;
use deskside_frame::{I420, Rect, Time};

use super::event::Note;
use super::recorder::Shared;

/// Pictures that may be on their way to the encoder. A keyframe of a full screen takes as long as three.
const ON_THE_WAY: usize = 6;
/// A still screen sends a picture this often, so that players and watchers know that it is still.
const HEARTBEAT: Duration = Duration::from_millis(950);
/// Soon after the last change comes one picture more, in which the encoder makes sharp what it had no time for.
const SETTLE: Duration = Duration::from_millis(200);
/// Heartbeats in which the encoder still looks everywhere; what is sharp after these stays so.
const SHARPENING: u32 = 3;
/// Pictures for which a changed block stays marked: the encoder improves it in each.
const WARM: u8 = 4;
/// Seconds between keyframes while pictures change.
const KEYFRAME: Duration = Duration::from_millis(4_000);

/// A picture on its way to the encoder.
pub struct Shown {
    /// The picture.
    pub picture: I420,
    /// When it was on the screen.
    pub time: Time,
    /// Where it differs from the one before; `None` lets the encoder look everywhere.
    pub changed: Option<ActiveMap>,
    /// Whether decoding must be able to begin here.
    pub keyframe: bool,
}

/// Opens the source, tells its size, waits for the word, and looks until told to stop.
pub fn run(
    open: impl FnOnce() -> Result<Box<dyn Source>, CaptureError>,
    opened: &SyncSender<Result<(u32, u32), CaptureError>>,
    go: &Receiver<SyncSender<Shown>>,
    back: &Receiver<I420>,
    shared: &Shared,
) {
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
    back: &'a Receiver<I420>,
    /// The picture that the source keeps up to date.
    canvas: I420,
    made: usize,
    /// For each block, for how many pictures it is still marked.
    warm: Vec<u8>,
    /// What changed since the last picture that left.
    pending: ActiveMap,
    /// Whether anything did.
    dirty: bool,
    last_sent: Option<Instant>,
    last_change: Instant,
    last_key: Option<Time>,
    last_time: Option<Time>,
    settled: u32,
}

impl<'a> Camera<'a> {
    fn new(
        size: (u32, u32),
        back: &'a Receiver<I420>,
        shared: &'a Shared,
    ) -> Result<Camera<'a>, deskside_frame::Malformed> {
        let pending = ActiveMap::empty(size.0, size.1);
        Ok(Camera {
            shared,
            back,
            canvas: I420::black(size.0, size.1)?,
            made: 0,
            warm: vec![0; pending.marks().len()],
            pending,
            dirty: false,
            last_sent: None,
            last_change: Instant::now(),
            last_key: None,
            last_time: None,
            settled: 0,
        })
    }

    fn watch(&mut self, source: &mut dyn Source, shown: &SyncSender<Shown>) {
        let mut next = Instant::now();
        let mut was_paused = false;
        while !self.shared.is_stopping() {
            let interval = self.shared.interval();
            if self.shared.is_paused() {
                // Nothing is looked at while paused.
                self.shared.wait_for_word(Instant::now() + Duration::from_secs(1));
                (was_paused, next) = (true, Instant::now());
                continue;
            }
            if std::mem::take(&mut was_paused) {
                self.last_key = None;
                self.last_sent = None;
            }
            let now = Instant::now();
            if now < next {
                self.shared.wait_for_word(next);
                continue;
            }
            // Ticks that passed while the last look took too long, or while this thread got no time.
            let late = now.duration_since(next).as_micros() / interval.as_micros().max(1);
            next += interval * (late as u32 + 1);
            if !self.look(source, shown, now, late as u64) {
                return;
            }
        }
        self.last_picture(shown);
    }

    /// The picture of the end, so that the clip ends when it was stopped and not a heartbeat later. None after a
    /// pause: what is on the canvas may have come there since.
    fn last_picture(&mut self, shown: &SyncSender<Shown>) {
        let end = self.shared.end_time();
        let time = Time::from(end.as_duration().saturating_sub(self.shared.interval()));
        if self.shared.is_paused() || self.dirty || self.last_time.is_none_or(|last| time <= last) {
            return;
        }
        if let Some(mut picture) = self.spare() {
            picture.clone_from(&self.canvas);
            let nothing = ActiveMap::empty(self.canvas.width(), self.canvas.height());
            let _ = shown.try_send(Shown { picture, time, changed: Some(nothing), keyframe: false });
        }
    }

    /// One look, after `late` ticks that passed unused. False when there is nothing left to look for.
    fn look(&mut self, source: &mut dyn Source, shown: &SyncSender<Shown>, now: Instant, late: u64) -> bool {
        let update = match source.update(&mut self.canvas) {
            Ok(update) => update,
            Err(error) => {
                self.shared.fail(error.into());
                return false;
            }
        };
        for notice in update.notices {
            self.shared.note(Note::Screen(notice));
        }
        if !update.changed.is_empty() {
            // On a screen that did not change there was nothing to lose.
            if self.last_sent.is_some() {
                self.shared.lost.fetch_add(late, Ordering::Relaxed);
            }
            self.mark(&update.changed);
            self.last_change = now;
            self.settled = 0;
            self.dirty = true;
        }
        let since_sent = self.last_sent.map(|sent| now.duration_since(sent));
        let settle = self.settled == 0 && now.duration_since(self.last_change) >= SETTLE;
        let send = match since_sent {
            None => true,
            Some(since) => self.dirty || settle || since >= HEARTBEAT,
        };
        if send { self.send(shown, now) } else { true }
    }

    fn mark(&mut self, changed: &[Rect]) {
        let mut fresh = ActiveMap::empty(self.canvas.width(), self.canvas.height());
        for rect in changed {
            fresh.mark(*rect);
        }
        for (warm, mark) in self.warm.iter_mut().zip(fresh.marks()) {
            if *mark != 0 {
                *warm = WARM;
            }
        }
        self.pending.merge(&fresh);
    }

    fn send(&mut self, shown: &SyncSender<Shown>, now: Instant) -> bool {
        let mut course = self.shared.course();
        course.begin(now);
        // A pause that began while the picture was taken may have begun before it was: it does not leave.
        let taken = course.at(Instant::now());
        let (Some(time), Some(_)) = (course.at(now), taken) else { return true };
        drop(course);
        if self.last_time.is_some_and(|last| time <= last) {
            return true;
        }
        let Some(mut picture) = self.spare() else {
            self.shared.lost.fetch_add(u64::from(self.dirty), Ordering::Relaxed);
            return true;
        };
        picture.clone_from(&self.canvas);
        let keyframe = match self.last_key {
            None => true,
            Some(last) => self.dirty && time.since(last) >= KEYFRAME,
        };
        let changed = if keyframe {
            None
        } else if self.dirty {
            Some(self.warm_map())
        } else {
            self.settled += 1;
            // Once everything is sharp, nothing is to be looked at any more.
            let all_done = self.settled > SHARPENING;
            all_done.then(|| ActiveMap::empty(self.canvas.width(), self.canvas.height()))
        };
        match shown.try_send(Shown { picture, time, changed, keyframe }) {
            Ok(()) => {
                self.pending.clear();
                for warm in &mut self.warm {
                    *warm = warm.saturating_sub(1);
                }
                if keyframe {
                    self.last_key = Some(time);
                }
                self.dirty = false;
                self.last_sent = Some(now);
                self.last_time = Some(time);
                true
            }
            // There are as many places in the queue as pictures, so it is never full; a lost one is marked anyway.
            Err(TrySendError::Full(_)) => {
                self.shared.lost.fetch_add(1, Ordering::Relaxed);
                true
            }
            Err(TrySendError::Disconnected(_)) => false,
        }
    }

    fn warm_map(&self) -> ActiveMap {
        let mut map = self.pending.clone();
        map.mark_where(|block| self.warm[block] > 0);
        map
    }

    /// A picture to copy into: one that the encoder gave back, or a new one while there are few.
    fn spare(&mut self) -> Option<I420> {
        if let Ok(picture) = self.back.try_recv() {
            return Some(picture);
        }
        if self.made < ON_THE_WAY {
            self.made += 1;
            return Some(self.canvas.clone());
        }
        None
    }
}

/// The queue from camera to encoder.
pub fn queue() -> (SyncSender<Shown>, Receiver<Shown>) {
    std::sync::mpsc::sync_channel(ON_THE_WAY)
}
