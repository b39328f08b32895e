//! How much of what is asked at a desk is a waiting customer (rules.md 4.5): a fact of the process, so that a desk sees
//! when "customer waiting" is said of everything. Computed from the requests themselves when somebody asks, kept nowhere,
//! and without a person in it: whole weeks only, and nothing where fewer than five people asked (rules.md 3.5).

use std::collections::BTreeSet;

use crate::{
    Read, Refusal, State, Time,
    calendar::Calendar,
    desk::Desk,
    id::DeskId,
    request::{RequestState, Urgency},
    row::Key,
    time::HOUR,
};

/// So many whole weeks are looked at, the newest that are over.
pub const WEEKS: usize = 4;
/// Fewer people than these could be told apart.
pub const FEWEST_ASKERS: usize = 5;
/// With fewer requests a share says little: it is marked.
pub const SMALL_N: u32 = 20;

/// The share of waiting customers at one desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveShare {
    /// From this Monday on, on the desk's wall.
    pub from: Time,
    /// Before this Monday.
    pub to: Time,
    /// What was asked meanwhile; `None`: by too few people.
    pub counted: Option<Counted>,
}

/// Requests of a desk, as they were said to be last: one that "can wait" after all is no waiting customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// All of them; what went on in another request is counted there.
    pub asked: u32,
    /// Those with a customer waiting.
    pub live: u32,
}

/// The weeks that are looked at, if it is `now` on the desk's wall.
pub fn weeks(calendar: &Calendar, now: Time) -> (Time, Time) {
    // Days are stepped over one by one, because some have 23 hours.
    let day_before = |midnight: Time| calendar.start_of_day(midnight.plus(-HOUR));
    let mut monday = calendar.start_of_day(now);
    while calendar.local(monday).date.weekday() != 1 {
        monday = day_before(monday);
    }
    let first = (0..WEEKS * 7).fold(monday, |day, _| day_before(day));
    (first, monday)
}

/// What [`live_share`] needs, of this desk.
pub fn reads(desk: &Desk, calendar: &Calendar, now: Time) -> Vec<Read> {
    let (from, to) = weeks(calendar, now);
    vec![Read::Row(Key::Org), Read::Row(Key::Desk(desk.id)), Read::AskedAt(desk.id, from, to)]
}

/// The share at `desk` in the weeks before this one.
///
/// # Errors
/// If the desk or the organisation is not there.
pub fn live_share(state: &State, desk: DeskId, now: Time) -> Result<LiveShare, Refusal> {
    let desk = state.desk(desk)?;
    let (from, to) = weeks(&desk.calendar(state.org()?), now);
    let asked = || {
        state.requests().filter(|row| {
            row.desk == desk.id && (from..to).contains(&row.asked_at) && row.state != RequestState::Merged
        })
    };
    let askers: BTreeSet<_> = asked().map(|row| row.asker).collect();
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let counted = (askers.len() >= FEWEST_ASKERS).then(|| Counted {
        asked: count(asked().count()),
        live: count(asked().filter(|row| row.urgency == Urgency::Live).count()),
    });
    Ok(LiveShare { from, to, counted })
}
