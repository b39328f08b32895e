//! When a picture leaves for the encoder, and what the encoder is to know of it.
//!
//! The camera of a recording and the programs that measure encoders ask the same rules here; times are arguments. A screen
//! on which nothing happens costs a byte a second and a keyframe a minute. Keyframes are placed where they are worth their
//! bytes: where all of the picture is made anew in any case, where the pictures since the last one are as dear, and
//! never so late that whoever seeks or cuts has to wait for the next one longer than a minute.

use std::time::Duration;

use deskside_frame::{Rect, Time};

use crate::{ActiveMap, Motion, Warmth};

/// A still screen sends a picture this often, so that players and watchers know that it is still.
const HEARTBEAT: Duration = Duration::from_millis(950);
/// Soon after the last change comes one picture more, in which the encoder makes sharp what it had no time for.
const SETTLE: Duration = Duration::from_millis(200);
/// Pictures after the last change in which the encoder still looks everywhere; what is sharp after these stays so.
const SHARPENING: u32 = 3;
/// Pictures for which a changed block stays marked: the encoder improves it in each.
const WARM: u8 = 4;
/// Keyframes are no nearer to each other.
const SHORTEST: Duration = Duration::from_secs(10);
/// Keyframes are no farther from each other, also where nothing changes: a cut can begin only there.
const LONGEST: Duration = Duration::from_secs(60);
/// After so many pictures that had to be decoded one after the other, somebody who seeks would notice.
const MOST_PICTURES: u32 = 600;
/// Bytes per second that keyframes may cost in any case: so few that a minute that has two of them, at its begin and at
/// its end, is less than a megabyte with a voice.
const ALLOWANCE: u64 = 6_500;
/// Beyond that, of what is spent on the other pictures keyframes may cost this part.
const PART: u64 = 8;
/// Where more of the picture than this is made anew, a keyframe is not dearer.
const WHOLE: f32 = 0.5;

/// Bytes of the pictures that were encoded so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// The last keyframe.
    pub keyframe: u64,
    /// Everything after it.
    pub since: u64,
}

impl Spent {
    /// Adds a frame.
    pub fn add(&mut self, bytes: usize, keyframe: bool) {
        let bytes = bytes as u64;
        *self = if keyframe {
            Spent { keyframe: bytes, since: 0 }
        } else {
            Spent { since: self.since.saturating_add(bytes), ..*self }
        };
    }
}

/// What a picture that leaves is to be.
#[derive(Clone, Debug)]
pub struct Next {
    /// Whether decoding must be able to begin here.
    pub keyframe: bool,
    /// Where it differs from the one before; `None` lets the encoder look everywhere.
    pub changed: Option<ActiveMap>,
    /// Whether it is one of a motion, in which nothing can be read.
    pub moving: bool,
    /// Whether the screen changed, so that something would be lost without it.
    pub fresh: bool,
}

/// What must be remembered of a picture that left, see [`Next::without_marks`].
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    keyframe: bool,
    moving: bool,
    /// Whether there was anything to do for the encoder.
    work: bool,
}

impl Next {
    /// What [`Cadence::sent`] is to know once it has left.
    pub fn without_marks(&self) -> Sent {
        let work = self.changed.as_ref().is_none_or(|changed| !changed.is_empty());
        Sent { keyframe: self.keyframe, moving: self.moving, work }
    }
}

/// Decides at each look at the screen.
#[derive(Clone, Debug)]
pub struct Cadence {
    size: (u32, u32),
    warmth: Warmth,
    motion: Motion,
    /// Whether something changed since the last picture that left.
    dirty: bool,
    last_change: Time,
    last_sent: Option<Time>,
    last_key: Option<Time>,
    /// Pictures since the last keyframe that were more than a heartbeat.
    pictures: u32,
    /// Pictures since the last change.
    settled: u32,
}

impl Cadence {
    /// For pictures of that size. The first picture leaves at once.
    pub fn new(width: u32, height: u32) -> Cadence {
        Cadence {
            size: (width, height),
            warmth: Warmth::new(width, height, WARM),
            motion: Motion::default(),
            dirty: false,
            last_change: Time::ZERO,
            last_sent: None,
            last_key: None,
            pictures: 0,
            settled: 0,
        }
    }

    /// Notes what a look found changed.
    pub fn touch(&mut self, changed: &[Rect], now: Time) {
        if !changed.is_empty() {
            self.warmth.touch(changed);
            self.last_change = now;
            self.settled = 0;
            self.dirty = true;
        }
    }

    /// Whether something changed that has not left yet.
    pub fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// Whether a picture has left since the beginning or the last [`Cadence::begin_anew`].
    pub fn has_sent(&self) -> bool {
        self.last_sent.is_some()
    }

    /// The next picture leaves at once and can be decoded without those before: after a pause.
    pub fn begin_anew(&mut self) {
        self.last_sent = None;
        self.last_key = None;
    }

    /// Whether a picture is to leave now.
    pub fn is_due(&self, now: Time) -> bool {
        let Some(sent) = self.last_sent else { return true };
        let settles = self.settled == 0 && now.since(self.last_change) >= SETTLE && !self.motion.lasts(now);
        self.dirty || settles || now.since(sent) >= HEARTBEAT
    }

    /// What the picture that leaves now is to be. Nothing is settled by asking; see [`Cadence::sent`].
    pub fn next(&mut self, now: Time, spent: Spent) -> Next {
        let moving = self.motion.look(self.warmth.fresh(), now);
        let keyframe = self.wants_keyframe(now, spent, moving);
        let changed = if keyframe {
            None
        } else if self.dirty || moving {
            Some(self.warmth.map(moving))
        } else {
            // Once everything is sharp, nothing is to be looked at any more.
            let all_done = self.settled >= SHARPENING;
            all_done.then(|| ActiveMap::empty(self.size.0, self.size.1))
        };
        Next { keyframe, changed, moving, fresh: self.dirty }
    }

    fn wants_keyframe(&self, now: Time, spent: Spent, moving: bool) -> bool {
        let Some(last) = self.last_key else { return true };
        let since = now.since(last);
        let made_anew = !moving && self.warmth.anew(false) >= WHOLE;
        if since < SHORTEST || !(self.dirty || made_anew) {
            return since >= LONGEST;
        }
        let allowed = ALLOWANCE * since.as_secs();
        since >= LONGEST
            || made_anew
            || spent.keyframe <= allowed + spent.since / PART
            || self.pictures >= MOST_PICTURES
    }

    /// That picture has left.
    pub fn sent(&mut self, picture: Sent, now: Time) {
        if picture.keyframe {
            self.warmth.sent_whole(picture.moving);
            self.last_key = Some(now);
            self.pictures = 0;
        } else {
            self.warmth.sent(picture.moving);
            self.pictures += u32::from(picture.work);
        }
        self.settled = if self.dirty || picture.moving { 0 } else { self.settled + 1 };
        self.dirty = false;
        self.last_sent = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks 30 times a second at a screen that changes as told, until that second; gives when keyframes left.
    fn keyframes(until: u64, spent: Spent, changed: impl Fn(u64) -> Option<Rect>) -> Vec<(u64, bool)> {
        let mut cadence = Cadence::new(320, 160);
        let mut keyframes = Vec::new();
        for look in 0..until * 30 {
            let now = Time::from_micros(look * 1_000_000 / 30);
            cadence.touch(changed(look).as_slice(), now);
            if cadence.is_due(now) {
                let next = cadence.next(now, spent);
                if next.keyframe {
                    keyframes.push((now.micros() / 1_000_000, next.moving));
                }
                cadence.sent(next.without_marks(), now);
            }
        }
        keyframes
    }

    const LETTER: Rect = Rect { x: 40, y: 40, width: 8, height: 12 };
    const PAGE: Rect = Rect { x: 0, y: 0, width: 320, height: 160 };

    #[test]
    fn nothing_new_means_a_keyframe_a_minute() {
        let still = |look| (look == 0).then_some(PAGE);
        assert_eq!(keyframes(130, Spent::default(), still), [(0, false), (60, false), (121, false)]);
    }

    #[test]
    fn a_keyframe_comes_when_it_is_paid_for() {
        let types = |look: u64| look.is_multiple_of(3).then_some(LETTER);
        let seconds =
            |spent| keyframes(62, spent, types).iter().map(|(second, _)| *second).collect::<Vec<_>>();
        assert_eq!(seconds(Spent { keyframe: 1_000, since: 0 }), [0, 10, 20, 30, 40, 50, 60], "small ones");
        assert_eq!(seconds(Spent { keyframe: 200_000, since: 0 }), [0, 31]);
        assert_eq!(seconds(Spent { keyframe: 200_000, since: 1_600_000 })[1], 10, "others are as dear");
        assert_eq!(seconds(Spent { keyframe: 9_000_000, since: 0 }), [0, 60]);
        let busy = |look: u64| look.is_multiple_of(2).then_some(LETTER);
        let dear = Spent { keyframe: 9_000_000, since: 0 };
        assert_eq!(keyframes(62, dear, busy).len(), 2, "after {MOST_PICTURES} pictures in any case");
        assert!(keyframes(62, dear, busy)[1].0 < 45);
    }

    #[test]
    fn a_page_that_comes_anew_is_a_keyframe_and_a_page_that_moves_waits_for_its_rest() {
        let dear = Spent { keyframe: 9_000_000, since: 0 };
        let turns = |look: u64| look.is_multiple_of(120).then_some(PAGE);
        assert_eq!(keyframes(30, dear, turns).iter().map(|(at, _)| *at).collect::<Vec<_>>(), [0, 12, 24]);
        let scrolls = |look: u64| (look / 30 % 17 > 6 && look / 30 % 17 < 14).then_some(PAGE);
        let found = keyframes(40, dear, scrolls);
        assert_eq!(found, [(0, false), (14, false), (31, false)], "each where it had come to rest");
        let film = |look: u64| Some(PAGE).filter(|_| look > 0);
        let found = keyframes(45, dear, film);
        assert_eq!(found, [(0, false), (20, true), (40, true)], "a film never rests");
    }
}
