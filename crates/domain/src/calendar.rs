//! A desk's opening hours as something to count with: what is open when, how much open time lies between two
//! instants, when a promise made in open time falls due.
//!
//! One rule decides everything: *an instant belongs to the opening hours if the clock on the desk's wall shows
//! a minute that is in them.* Instants are UTC, and the wall clock follows the zone's rules; so an hour that a
//! change of the clocks skips is never open, and one that it repeats is open twice. Hours come in versions:
//! each stretch of time is counted with the version that was in force in it, and the past is never priced
//! anew (rules.md 3.4). Where the hours come from, and who may change them, is not here.

mod date;
mod hours;
mod spans;
mod zone;

pub use date::Date;
pub use hours::{Hours, Impossible, SpecialDay, Stretch, until_next_day};
pub use spans::Span;
pub use zone::{Zone, zones_like};

use std::sync::Arc;

use crate::time::{DAY, HOUR, MINUTE, Time};

/// How far ahead anything is looked for: a desk that is open ten minutes a year is not looked at for ever.
pub const HORIZON: i64 = 10 * 366 * DAY;

/// Opening hours, checked and ready to count with. Made of what a desk's row keeps; cheap to make and to clone.
#[derive(Clone, Debug)]
pub struct Calendar {
    versions: Arc<[hours::Version]>,
}

/// What the clock on the desk's wall shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Local {
    /// The day.
    pub date: Date,
    /// Milliseconds since the wall clock showed midnight.
    pub millis: i64,
}

impl Calendar {
    /// The calendar of these versions, in the order in which they came into force. The first one holds for
    /// all time before it too.
    ///
    /// # Errors
    /// What no desk can keep to, and what to do about it.
    pub fn new(versions: &[Hours]) -> Result<Self, Impossible> {
        hours::check_order(versions)?;
        let versions: Result<Vec<_>, _> = versions.iter().map(hours::Version::new).collect();
        Ok(Self { versions: versions?.into() })
    }

    /// Open around the clock in `zone`: what a desk without hours of its own would be.
    ///
    /// # Errors
    /// [`Impossible::UnknownZone`].
    pub fn always(zone: &str) -> Result<Self, Impossible> {
        Self::new(&[Hours::always(zone)])
    }

    /// Whether the desk is open at this instant. A desk is open at the first instant of a stretch and no
    /// longer at its last.
    pub fn is_open(&self, at: Time) -> bool {
        self.spans(at, at.plus(1)).next().is_some()
    }

    /// Open time from `from` to `to`, in milliseconds; none if `to` is not later.
    pub fn between(&self, from: Time, to: Time) -> i64 {
        self.spans(from, to).map(|span| span.to.since(span.from)).sum()
    }

    /// The first instant by which `open_ms` of open time have passed since `from`: the end of a day rather
    /// than the beginning of the next, and `from` itself if nothing has to pass. `None`: not within
    /// [`HORIZON`].
    pub fn deadline(&self, from: Time, open_ms: i64) -> Option<Time> {
        if open_ms <= 0 {
            return Some(from);
        }
        let mut left = open_ms;
        for span in self.pieces(from, from.plus(HORIZON)) {
            let length = span.to.since(span.from);
            if left <= length {
                return Some(span.from.plus(left));
            }
            left -= length;
        }
        None
    }

    /// When the desk is open next: `at` itself if it is open then.
    pub fn next_open(&self, at: Time) -> Option<Time> {
        self.pieces(at, at.plus(HORIZON)).next().map(|span| span.from)
    }

    /// When the desk, open or not, closes next. `None`: it never does.
    pub fn next_close(&self, at: Time) -> Option<Time> {
        let span = self.spans(at, at.plus(HORIZON)).next()?;
        (span.to < at.plus(HORIZON)).then_some(span.to)
    }

    /// Stretches of opening between two instants, in order, none touching the next.
    pub fn spans(&self, from: Time, to: Time) -> impl Iterator<Item = Span> + '_ {
        spans::joined(self.pieces(from, to))
    }

    /// What the clock on the desk's wall shows.
    pub fn local(&self, at: Time) -> Local {
        let local = at.0 + self.version_at(at).zone.offset_at(at.0);
        Local { date: Date::of_day(local.div_euclid(DAY)), millis: local.rem_euclid(DAY) }
    }

    /// *By the end of hours today*: when the desk closes for the last time on the wall's day of `at`. If that
    /// is past, or there are no hours today, the same of the next day that has some. A desk that is open past
    /// midnight closes in the morning; one that is open all through the next day ends today at midnight.
    pub fn end_of_hours(&self, at: Time) -> Option<Time> {
        let first = self.next_open(at)?;
        let midnight = self.end_of_day(first);
        let last = self.spans(first, midnight.plus(DAY)).take_while(|span| span.from < midnight).last()?;
        Some(if last.to.since(midnight) >= DAY - HOUR { midnight } else { last.to })
    }

    /// One business day after `at`: the same time on the wall on the next day that has opening hours, and if
    /// the desk is closed at that time, when it opens next. From a moment outside the hours the day is counted
    /// from when the desk opens.
    pub fn business_day_after(&self, at: Time) -> Option<Time> {
        let from = self.next_open(at)?;
        let time = self.local(from).millis;
        let next = self.next_open(self.end_of_day(from))?;
        let morning = self.start_of_day(next);
        // Minutes go by one by one only where the clocks change: everywhere else the first try is right.
        let mut same = morning.plus(time);
        let date = self.local(next).date;
        while self.local(same) > (Local { date, millis: time }) {
            same = same.plus(-MINUTE);
        }
        while self.local(same) < (Local { date, millis: time }) {
            same = same.plus(MINUTE);
        }
        self.next_open(same)
    }

    /// The first instant of the wall's day of `at`.
    pub fn start_of_day(&self, at: Time) -> Time {
        let date = self.local(at).date;
        self.first_of(at.plus(-self.local(at).millis), date)
    }

    /// The first instant of the wall's day after that of `at`.
    pub fn end_of_day(&self, at: Time) -> Time {
        let Local { date, millis } = self.local(at);
        self.first_of(at.plus(DAY - millis), date.next())
    }

    /// The first instant whose date on the wall is `date` or later, near `guess`. Clocks are changed by whole
    /// minutes, and by less than a day except where a whole date was skipped.
    fn first_of(&self, guess: Time, date: Date) -> Time {
        let mut at = Time(guess.0 - guess.0.rem_euclid(MINUTE));
        while self.local(at).date >= date {
            at = at.plus(-15 * MINUTE);
        }
        while self.local(at).date < date {
            at = at.plus(MINUTE);
        }
        at
    }

    fn version_at(&self, at: Time) -> &hours::Version {
        let later = self.versions.partition_point(|version| version.in_force_from <= at);
        &self.versions[later.saturating_sub(1)]
    }

    fn pieces(&self, from: Time, to: Time) -> spans::Pieces<'_> {
        spans::Pieces::new(&self.versions, from, to)
    }
}
