//! What a desk promises, by urgency, and how promises of a next word fill themselves.

use crate::{
    calendar::Calendar,
    request::Urgency,
    time::{HOUR, MINUTE, Time},
};

/// A promise comes near when three of four parts of all its time are used: of thirty minutes, seven and a half
/// are left to do something about it.
const NEAR: (i64, i64) = (3, 4);

/// What a desk keeps to, in milliseconds of its open time; `None`: nothing is promised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standard {
    /// Until the first response.
    pub respond_ms: Option<i64>,
    /// Until it is solved.
    pub solve_ms: Option<i64>,
    /// Until a reply, when the asker spoke last after the first response.
    pub reply_ms: Option<i64>,
}

/// A desk's standards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standards {
    /// A customer is waiting. Also for what is critical.
    pub live: Standard,
    /// Today.
    pub today: Standard,
    /// Whenever there is time.
    pub whenever: Standard,
}

impl Standards {
    /// The one of this urgency.
    pub fn of(&self, urgency: Urgency) -> Standard {
        match urgency {
            Urgency::Live => self.live,
            Urgency::Today => self.today,
            Urgency::Whenever => self.whenever,
        }
    }
}

impl Default for Standards {
    /// What a desk begins with: a first response within two minutes to a customer who waits, within thirty for today
    /// with a solution within four hours, within a day of eight hours for the rest with a solution within two.
    fn default() -> Self {
        let within =
            |respond_ms, solve_ms| Standard { respond_ms: Some(respond_ms), solve_ms, reply_ms: None };
        Self {
            live: within(2 * MINUTE, None),
            today: within(30 * MINUTE, Some(4 * HOUR)),
            whenever: within(8 * HOUR, Some(16 * HOUR)),
        }
    }
}

/// How much of a target is used when it comes near.
pub(super) fn near_ms(target_ms: i64) -> i64 {
    target_ms / NEAR.1 * NEAR.0 + target_ms % NEAR.1 * NEAR.0 / NEAR.1
}

/// Until when the next word is promised if nobody says otherwise: ten minutes to a customer who waits, the end
/// of hours for today, two business days for the rest. For a desk that never opens again: now, so that
/// somebody hears of it.
pub fn next_update_by(urgency: Urgency, now: Time, calendar: &Calendar) -> Time {
    let by = match urgency {
        Urgency::Live => Some(now.plus(10 * MINUTE)),
        Urgency::Today => calendar.end_of_hours(now),
        Urgency::Whenever => {
            calendar.business_day_after(now).and_then(|next| calendar.business_day_after(next))
        }
    };
    by.unwrap_or(now)
}
