//! The share of waiting customers at a desk: whole weeks, enough people, and what counts.

use deskside_domain::{
    Row, State, Time,
    calendar::Calendar,
    id::{PersonId, RequestId},
    request::{Request, RequestState, Urgency},
    share::{Counted, live_share, weeks},
    time::{DAY, HOUR},
};
use uuid::Uuid;

use crate::world::{PAYROLL, PHONES, World};

/// Wednesday, 2026-11-11, 10:00 in Berlin; the weeks before begin on 2026-10-12 (summer) and end on 2026-11-09 (winter).
const NOW: Time = Time(1_794_387_600_000);
const FIRST: Time = Time(1_791_756_000_000);
const LAST: Time = Time(1_794_178_800_000);

/// Requests at Phones help in a row: who asked, how soon, and when.
fn asked(rows: &[(u128, Urgency, Time)]) -> State {
    let mut state = World::with_r1().state;
    let like = state.requests().next().expect("R1").clone();
    for (n, (who, urgency, at)) in rows.iter().enumerate() {
        let id = RequestId(Uuid::from_u128(600 + n as u128));
        let asker = PersonId(Uuid::from_u128(*who));
        state.put(Row::Request(Request { id, asker, urgency: *urgency, asked_at: *at, ..like.clone() }));
    }
    state
}

fn counted(state: &State) -> Option<(u32, u32)> {
    let share = live_share(state, PHONES, NOW).expect("the desk is there");
    share.counted.map(|Counted { asked, live }| (asked, live))
}

#[test]
fn the_weeks_are_whole_on_the_desk_s_wall_also_where_the_clocks_change() {
    let calendar = Calendar::always("Europe/Berlin").expect("a zone");
    assert_eq!(weeks(&calendar, NOW), (FIRST, LAST));
    assert_eq!(LAST.since(FIRST), 28 * DAY + HOUR, "the clocks were set back");
    assert_eq!(weeks(&calendar, LAST), (FIRST, LAST), "the first moment of a Monday");
    assert_eq!(weeks(&calendar, LAST.plus(-1)).1, Time(LAST.0 - 7 * DAY));
}

#[test]
fn only_what_was_asked_in_them_counts_to_the_moment() {
    use Urgency::{Live, Today};
    let mut rows: Vec<_> = (1..=5).map(|who| (who, Today, FIRST)).collect();
    rows.extend([(1, Live, LAST.plus(-1)), (1, Live, LAST), (1, Live, FIRST.plus(-1))]);
    assert_eq!(counted(&asked(&rows)), Some((6, 1)));
}

#[test]
fn four_people_are_too_few_however_much_they_ask() {
    let rows: Vec<_> = (0..200).map(|n| (1 + n % 4, Urgency::Live, FIRST)).collect();
    assert_eq!(counted(&asked(&rows)), None);
    assert_eq!(counted(&asked(&[])), None);
}

#[test]
fn what_went_on_elsewhere_and_other_desks_do_not_count() {
    let rows: Vec<_> = (1..=5).map(|who| (who, Urgency::Live, FIRST)).collect();
    let mut state = asked(&rows);
    let like = state.request(RequestId(Uuid::from_u128(600))).expect("asked").clone();
    let other = |n: u128| RequestId(Uuid::from_u128(700 + n));
    state.put(Row::Request(Request { id: other(1), desk: PAYROLL, ..like.clone() }));
    state.put(Row::Request(Request { id: other(2), state: RequestState::Merged, ..like.clone() }));
    state.put(Row::Request(Request { id: other(3), state: RequestState::Withdrawn, ..like }));
    assert_eq!(counted(&state), Some((6, 6)), "what was withdrawn was asked");
}
