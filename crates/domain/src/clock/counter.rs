//! Open time used of what a promise allows, and the moments at which most of it and all of it were used.

use super::standard::near_ms;
use crate::{calendar::Calendar, time::Time};

/// Counts open time against a target. The moments are kept when they are passed, so that nothing is looked up
/// in the past again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counter {
    /// Open milliseconds used.
    pub used_ms: i64,
    /// Open milliseconds that the promise allows; `None`: nothing is promised, it is only counted.
    pub target_ms: Option<i64>,
    /// When most of them were used, once they were.
    pub near: Option<Time>,
    /// When all of them were used, once they were. Whatever comes later than that is late.
    pub due: Option<Time>,
}

impl Counter {
    pub(super) fn of(target_ms: Option<i64>) -> Self {
        Self { used_ms: 0, target_ms, near: None, due: None }
    }

    /// When most of it is used, past or to come, if nothing pauses.
    pub fn near_at(&self, counted_to: Time, calendar: &Calendar) -> Option<Time> {
        self.near.or_else(|| calendar.deadline(counted_to, near_ms(self.target_ms?) - self.used_ms))
    }

    /// When all of it is used, past or to come, if nothing pauses.
    pub fn due_at(&self, counted_to: Time, calendar: &Calendar) -> Option<Time> {
        self.due.or_else(|| calendar.deadline(counted_to, self.target_ms? - self.used_ms))
    }

    /// `open_ms` more were used since `from`.
    pub(super) fn count(&mut self, open_ms: i64, from: Time, calendar: &Calendar) {
        let before = self.used_ms;
        self.used_ms += open_ms;
        let Some(target_ms) = self.target_ms else { return };
        let reached = |limit: i64| {
            if before + open_ms >= limit { calendar.deadline(from, limit - before) } else { None }
        };
        self.near = self.near.or_else(|| reached(near_ms(target_ms)));
        self.due = self.due.or_else(|| reached(target_ms));
    }

    /// Another target: what is used stays used. What is over by the new one is over now, unless it was before.
    pub(super) fn retarget(&mut self, target_ms: Option<i64>, now: Time) {
        self.target_ms = target_ms;
        let Some(target_ms) = target_ms else {
            (self.near, self.due) = (None, None);
            return;
        };
        let keep = |moment: Option<Time>, limit: i64| {
            if self.used_ms >= limit { moment.or(Some(now)) } else { None }
        };
        self.near = keep(self.near, near_ms(target_ms));
        self.due = keep(self.due, target_ms);
    }

    /// What `other` has used, if that is more, for the target this one has.
    pub(super) fn take_longer(&mut self, other: Self, now: Time) {
        if other.used_ms > self.used_ms {
            let target_ms = self.target_ms;
            *self = other;
            self.retarget(target_ms, now);
        }
    }
}
