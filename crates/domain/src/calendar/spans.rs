//! The walk along the opening hours. Time is cut where the version or the zone's offset changes; within such a
//! piece the wall runs beside UTC at a fixed distance, so a stretch of the day is an interval of UTC.

use super::hours::Version;
use crate::time::{DAY, Time};

/// A stretch of opening between two instants; `to` is no longer in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first instant.
    pub from: Time,
    /// The first instant that is not in it.
    pub to: Time,
}

/// Open pieces from one instant to another, in order; two may touch.
pub(super) struct Pieces<'a> {
    versions: &'a [Version],
    /// Up to where everything was said, or is being said by what stands below.
    at: i64,
    to: i64,
    /// The version in force, the offset on the wall, and where the first of them changes.
    version: usize,
    offset: i64,
    until: i64,
    /// The wall's day, and which of its stretches comes next.
    day: i64,
    stretch: usize,
}

impl<'a> Pieces<'a> {
    pub fn new(versions: &'a [Version], from: Time, to: Time) -> Self {
        let later = versions.partition_point(|version| version.in_force_from <= from);
        let version = later.saturating_sub(1);
        let mut pieces =
            Self { versions, at: from.0, to: to.0, version, offset: 0, until: 0, day: 0, stretch: 0 };
        pieces.settle();
        pieces
    }

    /// Finds offset, limit and day for where the walk is.
    fn settle(&mut self) {
        let (offset, until) = self.versions[self.version].zone.offset_until(self.at);
        let next = self.versions.get(self.version + 1).map_or(i64::MAX, |next| next.in_force_from.0);
        self.offset = offset;
        self.until = until.min(next).min(self.to);
        self.day = self.at.saturating_add(offset).div_euclid(DAY);
        self.stretch = 0;
    }
}

impl Iterator for Pieces<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        while self.at < self.to {
            let midnight = self.day * DAY - self.offset;
            if midnight >= self.until {
                self.at = self.until;
                if self.versions.get(self.version + 1).is_some_and(|next| next.in_force_from.0 <= self.at) {
                    self.version += 1;
                }
                self.settle();
                continue;
            }
            let Some((from, to)) = self.versions[self.version].day(self.day).get(self.stretch) else {
                self.day += 1;
                self.stretch = 0;
                continue;
            };
            self.stretch += 1;
            let (from, to) = ((midnight + from).max(self.at), (midnight + to).min(self.until));
            if from < to {
                return Some(Span { from: Time(from), to: Time(to) });
            }
        }
        None
    }
}

/// Pieces that touch as one.
pub(super) fn joined<'a>(mut pieces: Pieces<'a>) -> impl Iterator<Item = Span> + 'a {
    let mut held = pieces.next();
    std::iter::from_fn(move || {
        let mut span = held.take()?;
        for next in pieces.by_ref() {
            if next.from > span.to {
                held = Some(next);
                break;
            }
            span.to = next.to;
        }
        Some(span)
    })
}
