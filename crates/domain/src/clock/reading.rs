//! What the clocks of a request show at a moment: both clocks, and how each promise stands.

use super::{Clocks, Counter, Turn};
use crate::{calendar::Calendar, time::Time};

/// What the clocks show at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The customer's clock, in milliseconds on the wall.
    pub customer_ms: i64,
    /// The desk's clock, in milliseconds of open time.
    pub desk_ms: i64,
    /// Whether the desk's clock ticks at this moment.
    pub ticks: bool,
    /// The first response.
    pub response: Standing,
    /// The solution.
    pub solution: Standing,
    /// The reply, while the asker waits for one.
    pub reply: Option<Standing>,
}

/// How a promise stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is being kept, so far.
    Running {
        /// When its time is over; `None`: nothing is promised, or the desk is not open long enough within ten
        /// years.
        due_at: Option<Time>,
        /// Most of its time is used.
        near: bool,
    },
    /// The asker's turn: so much open time is left when it is the desk's again.
    Paused {
        /// Milliseconds; `None`: nothing is promised.
        left_ms: Option<i64>,
    },
    /// Its time is over.
    Late {
        /// Since when.
        due_at: Time,
    },
    /// Kept in time.
    Kept,
    /// Kept, but late.
    KeptLate,
    /// Never to be kept any more: the request was taken back.
    Void,
}

impl Clocks {
    /// What the clocks show at `now`. `calendar` is that of [`Clocks::desk`].
    pub fn read(&self, now: Time, calendar: &Calendar) -> Reading {
        let mut counted = self.clone();
        if self.over.is_none() {
            counted.count(now.max(self.counted_to), calendar);
        }
        counted.read_here(now, calendar)
    }

    fn read_here(&self, now: Time, calendar: &Calendar) -> Reading {
        let over = self.over.as_ref();
        let desk_ms = over.map_or(self.solution.used_ms, |over| over.used_ms);
        let customer_ms = over.map_or(now.max(self.asked_at), |over| over.at).since(self.asked_at);
        let withdrawn = over.is_some_and(|over| over.kept_at.is_none());
        let kept = |counter: &Counter, at: Time| {
            if counter.due.is_some_and(|due| at > due) { Standing::KeptLate } else { Standing::Kept }
        };
        let running = |counter: &Counter| match counter.due {
            Some(due_at) if self.counted_to > due_at => Standing::Late { due_at },
            _ => Standing::Running {
                due_at: counter.due_at(self.counted_to, calendar),
                near: counter.near.is_some(),
            },
        };
        let response = match self.responded_at {
            Some(at) => kept(&self.response, at),
            None if over.is_some() => Standing::Void,
            None => running(&self.response),
        };
        let solution = match (over.and_then(|over| over.kept_at), self.answer, self.turn) {
            _ if withdrawn => Standing::Void,
            (Some(at), ..) | (None, Some((at, _)), _) => kept(&self.solution, at),
            (None, None, Turn::Asker) if self.solution.due.is_none() => Standing::Paused {
                left_ms: self.solution.target_ms.map(|target| target - self.solution.used_ms),
            },
            (None, None, _) => running(&self.solution),
        };
        Reading {
            customer_ms,
            desk_ms,
            ticks: over.is_none() && self.turn != Turn::Asker && calendar.is_open(now),
            response,
            solution,
            reply: self.reply.as_ref().filter(|_| over.is_none()).map(running),
        }
    }
}
