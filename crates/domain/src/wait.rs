//! How long a first response takes, said as a range and never as one number (rules.md 4.4).
//!
//! It is learned from the last first responses of the same desk and urgency. Each of them is first divided by
//! the load it met, so that a long wait in a long queue says little about an empty one, and the result is scaled
//! by the load of now. How far the upper end reaches is corrected after every answer, so that most people are
//! answered inside it at every desk (docs/decisions). Waits are open time of the desk, as its clock counts.

use crate::{
    queue::Staff,
    time::{DAY, HOUR, MINUTE, SECOND, Time},
};

/// So many first responses are looked at, at most …
pub const LOOKED_AT: usize = 30;
/// … and no older ones than this.
pub const NO_OLDER: i64 = 28 * DAY;
/// With fewer, nothing but the standard is said.
pub const FEWEST: usize = 8;
/// A new estimate is said at most this often.
pub const ANEW_AFTER: i64 = 15 * SECOND;

/// What a question meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Situation {
    /// Requests that are served before it.
    pub ahead: u16,
    /// Who works at the desk.
    pub staff: Staff,
}

/// A first response that was given, and what was said before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response {
    /// When.
    pub at: Time,
    /// Open time from asking to it, in milliseconds.
    pub waited_ms: i64,
    /// What it met when it was asked.
    pub met: Situation,
    /// The upper end that was shown when it was asked, if a range was.
    pub shown_ms: Option<i64>,
}

/// What a desk has learned about its first responses to one urgency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The newest first responses, oldest first.
    pub responses: Vec<Response>,
    /// How far the upper end reaches beyond the samples, in thousandths.
    pub reach: i64,
}

/// What can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Nobody is on duty: the deputy, another desk or a callback.
    Nobody,
    /// Too little is known: *usually within* the standard.
    Usually {
        /// The standard of the first response, in milliseconds of open time.
        within_ms: i64,
    },
    /// About from … to …, in milliseconds of open time, as they are said.
    About {
        /// Half of all are answered by then.
        from_ms: i64,
        /// Most are answered by then.
        to_ms: i64,
    },
}

/// Of a hundred people so many shall be answered inside what they were shown; 75 to 90 are allowed.
const INSIDE: i64 = 82;
/// How much one answer moves the reach, in thousandths of it: fast enough for a week of a desk of one.
const STEP: i64 = 100;

impl Default for Pace {
    fn default() -> Self {
        Self { responses: Vec::new(), reach: 1_000 }
    }
}

impl Pace {
    /// A first response was given.
    pub fn learn(&mut self, response: Response) {
        if let Some(shown) = response.shown_ms {
            let late = response.waited_ms > shown;
            let by = if late { STEP * INSIDE } else { -STEP * (100 - INSIDE) } / 100;
            self.reach = (self.reach + self.reach * by / 1_000).clamp(100, 20_000);
        }
        self.responses.push(response);
        let surplus = self.responses.len().saturating_sub(LOOKED_AT);
        self.responses.drain(..surplus);
    }

    /// What can be said to somebody who meets this now.
    pub fn wait(&self, meets: Situation, respond_ms: i64, now: Time) -> Wait {
        if meets.staff.on_duty == 0 {
            return Wait::Nobody;
        }
        let fresh = self.responses.iter().filter(|response| now.since(response.at) <= NO_OLDER);
        let mut waits: Vec<i64> =
            fresh.map(|response| scaled(response.waited_ms, response.met, meets)).collect();
        if waits.len() < FEWEST {
            return Wait::Usually { within_ms: respond_ms };
        }
        waits.sort_unstable();
        let to_ms = rounded_up(percentile(&waits, 80) * self.reach / 1_000);
        let from_ms = rounded_up(percentile(&waits, 50)).min(to_ms);
        Wait::About { from_ms, to_ms }
    }
}

/// The load that a question meets: those before it and itself, for each who has room; if nobody has, for each
/// who will have.
fn load(met: Situation) -> (i64, i64) {
    let helpers = if met.staff.with_room > 0 { met.staff.with_room } else { met.staff.on_duty };
    (i64::from(met.ahead) + 1, i64::from(helpers.max(1)))
}

/// A wait that met one load, as it would be with another.
fn scaled(waited_ms: i64, met: Situation, meets: Situation) -> i64 {
    let ((met_ahead, met_helpers), (ahead, helpers)) = (load(met), load(meets));
    waited_ms * met_helpers * ahead / (met_ahead * helpers)
}

/// The smallest of sorted values that at least `percent` of a hundred do not exceed.
fn percentile(sorted: &[i64], percent: usize) -> i64 {
    sorted[(sorted.len() * percent).div_ceil(100).max(1) - 1]
}

/// As people say it: tens of seconds up to two minutes, then halves of minutes, minutes, fives and quarters.
pub fn rounded_up(ms: i64) -> i64 {
    let steps = [
        (2 * MINUTE, 10 * SECOND),
        (5 * MINUTE, 30 * SECOND),
        (15 * MINUTE, MINUTE),
        (HOUR, 5 * MINUTE),
        (4 * HOUR, 15 * MINUTE),
    ];
    let step = steps.iter().find(|(below, _)| ms < *below).map_or(HOUR, |(_, step)| *step);
    (ms.max(1) + step - 1) / step * step
}
