//! The queue of a desk: in which order it is worked through, and what place a request has in it.
//!
//! Critical first, then customers who wait, then what comes near its standard, then age since it was asked;
//! nothing else, so nobody gains by asking again, passing on or changing hands. Load is said of a desk, never
//! counted by person (rules.md 3.5): a helper has room or is at the limit.

use std::cmp::Ordering;

use crate::{id::RequestId, request::Urgency, time::Time};

/// A request that nobody has taken yet, as far as the queue looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Which.
    pub request: RequestId,
    /// Many customers, or safety.
    pub critical: bool,
    /// How soon.
    pub urgency: Urgency,
    /// T0.
    pub asked_at: Time,
    /// When its first response comes near its standard ([`crate::clock::Clocks::response_near_at`]).
    pub near_at: Option<Time>,
}

/// Who works at a desk right now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Staff {
    /// People on duty.
    pub on_duty: u16,
    /// Of those, people who have room for another request.
    pub with_room: u16,
}

impl Waiting {
    /// Which of two is served first at `now`. A total order: no two requests are equal in it.
    pub fn order(&self, other: &Self, now: Time) -> Ordering {
        self.rank(now).cmp(&other.rank(now))
    }

    fn rank(&self, now: Time) -> (bool, bool, bool, Time, RequestId) {
        let near = self.near_at.is_some_and(|near| near <= now);
        (!self.critical, self.urgency != Urgency::Live, !near, self.asked_at, self.request)
    }
}

/// Puts a queue into its order at `now`.
pub fn sort(queue: &mut [Waiting], now: Time) {
    queue.sort_by(|one, other| one.order(other, now));
}

/// How many of `queue` are served before `mine` at `now`; its place is one more. `mine` may stand in the queue,
/// or be a question that is only being written.
pub fn ahead(queue: &[Waiting], mine: &Waiting, now: Time) -> usize {
    queue.iter().filter(|other| other.request != mine.request && other.order(mine, now).is_lt()).count()
}

/// When the order of `queue` changes next by itself, after `now`: something comes near its standard.
pub fn next_change(queue: &[Waiting], now: Time) -> Option<Time> {
    queue.iter().filter_map(|waiting| waiting.near_at).filter(|near| *near > now).min()
}

/// Whether somebody with so many requests in hand has room for another. Without a limit there always is.
pub fn has_room(in_hand: usize, limit: Option<u16>) -> bool {
    limit.is_none_or(|limit| in_hand < usize::from(limit))
}

impl Staff {
    /// The people on duty, each given by how many requests they have in hand.
    pub fn of(in_hand: impl IntoIterator<Item = usize>, limit: Option<u16>) -> Self {
        let mut staff = Self::default();
        for in_hand in in_hand {
            staff.on_duty = staff.on_duty.saturating_add(1);
            staff.with_room = staff.with_room.saturating_add(u16::from(has_room(in_hand, limit)));
        }
        staff
    }
}
