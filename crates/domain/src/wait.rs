//! How long a first response takes, said as a range and never as one number (rules.md 4.4).
//!
//! It is learned from the last first responses of the same desk and urgency. Each of them is first divided by
//! the load it met, so that a long wait in a long queue says little about an empty one, and the result is scaled
//! by the load of now. How far the upper end reaches is corrected after every answer, so that most people are
//! answered inside it at every desk (docs/decisions/0008). Waits are open time of the desk, as its clock counts.

use crate::{
    queue::Staff,
    time::{DAY, HOUR, MINUTE, SECOND, Time},
};

/// So many first responses are looked at, at most; as many of those that found somebody with room, and of those
/// that did not …
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
    /// How far the upper end reaches beyond what the responses say, in millionths.
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

/// Which of a hundred sorted waits are the ends of the range for somebody who asks …
const ASKS: (usize, usize) = (50, 80);
/// … and for somebody who still waits: among those are more of the long waits.
const WAITS: (usize, usize) = (65, 90);
/// Of a hundred people so many shall be answered inside what they were shown; 75 to 90 are allowed.
const INSIDE: i64 = 84;
/// How much one answer moves the reach, in hundredths of it: a week of a desk of one is enough to get it right,
/// and a bad hour does not make everybody expect the worst.
const STEP: i64 = 3;
/// A reach of one, and the least and most it can be. Beyond them the samples are at fault, and they are replaced
/// soon enough.
const ONE: i64 = 1_000_000;
const LEAST: i64 = ONE / 2;
const MOST: i64 = 2 * ONE;

impl Default for Pace {
    fn default() -> Self {
        Self { responses: Vec::new(), reach: ONE }
    }
}

impl Pace {
    /// A first response was given.
    pub fn learn(&mut self, response: Response) {
        if let Some(shown) = response.shown_ms {
            let late = response.waited_ms > shown;
            let hundredths = if late { STEP * INSIDE } else { -STEP * (100 - INSIDE) };
            self.reach = (self.reach + self.reach * hundredths / 10_000).clamp(LEAST, MOST);
        }
        self.responses.push(response);
        // Both kinds are kept by themselves: a week of rush does not forget how a quiet hour is.
        let kind = response.met.somebody_has_room();
        let same = |other: &Response| other.met.somebody_has_room() == kind;
        if self.responses.iter().filter(|other| same(other)).count() > LOOKED_AT
            && let Some(oldest) = self.responses.iter().position(same)
        {
            self.responses.remove(oldest);
        }
    }

    /// What can be said to somebody who asks, and meets this now.
    pub fn wait(&self, meets: Situation, respond_ms: i64, now: Time) -> Wait {
        self.range(meets, respond_ms, now, ASKS)
    }

    /// What can be said to somebody who has waited for a while, and meets this now: how long it still takes.
    pub fn still(&self, meets: Situation, respond_ms: i64, now: Time) -> Wait {
        self.range(meets, respond_ms, now, WAITS)
    }

    fn range(&self, meets: Situation, respond_ms: i64, now: Time, (half, most): (usize, usize)) -> Wait {
        if meets.staff.on_duty == 0 {
            return Wait::Nobody;
        }
        let mut waits = self.waits(meets, now);
        if waits.len() < FEWEST {
            return Wait::Usually { within_ms: respond_ms };
        }
        waits.sort_unstable();
        let reaching = i128::from(percentile(&waits, most)) * i128::from(self.reach) / i128::from(ONE);
        let to_ms = rounded_up(i64::try_from(reaching).unwrap_or(i64::MAX));
        let from_ms = rounded_up(percentile(&waits, half)).min(to_ms);
        Wait::About { from_ms, to_ms }
    }

    /// What those waited who met the same, whether somebody had room or nobody; if they are too few, what
    /// everybody did. Each as it would have been with the load of now.
    fn waits(&self, meets: Situation, now: Time) -> Vec<i64> {
        let fresh = || self.responses.iter().filter(|response| now.since(response.at) <= NO_OLDER);
        let same = |response: &&Response| response.met.somebody_has_room() == meets.somebody_has_room();
        let scaled = |response: &Response| scaled(response.waited_ms, response.met, meets);
        let waits: Vec<i64> = fresh().filter(same).map(scaled).collect();
        if waits.len() >= FEWEST {
            return waits;
        }
        let surplus = fresh().count().saturating_sub(LOOKED_AT);
        fresh().skip(surplus).map(scaled).collect()
    }
}

impl Situation {
    fn somebody_has_room(self) -> bool {
        self.staff.with_room > 0
    }

    /// How much there is to do for each who does it: those ahead and the question itself, for each who has
    /// room, or if nobody has, for each on duty. Nobody is quicker than the one who takes it at once.
    fn load(self) -> (i64, i64) {
        let work = i64::from(self.ahead) + 1;
        if self.somebody_has_room() {
            let helpers = i64::from(self.staff.with_room);
            (work.max(helpers), helpers)
        } else {
            (work, i64::from(self.staff.on_duty).max(1))
        }
    }
}

/// A wait that met one load, as it would be with another.
fn scaled(waited_ms: i64, met: Situation, meets: Situation) -> i64 {
    let ((met_work, met_helpers), (work, helpers)) = (met.load(), meets.load());
    let scaled = i128::from(waited_ms) * i128::from(met_helpers * work) / i128::from(met_work * helpers);
    i64::try_from(scaled).unwrap_or(i64::MAX)
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
    let ms = ms.clamp(1, NO_OLDER);
    let step = steps.iter().find(|(below, _)| ms < *below).map_or(HOUR, |(_, step)| *step);
    (ms + step - 1) / step * step
}
