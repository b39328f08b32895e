//! Whether a desk that is open is watched: whether anybody on duty is there. A fact of the desk, put together from its
//! rota, from what people say of themselves, and from who is connected, which the server sees and nobody stores. Who went,
//! and since when, is not kept: what is warned about is a desk, never a person.

use crate::{
    State, Time,
    calendar::Calendar,
    decide::on_the_wall,
    desk::{Desk, Helpers},
    id::PersonId,
    time::MINUTE,
};

/// A desk is unwatched this long before those who answer for it are told. Long enough for a lid that was closed, a change
/// of rooms, a machine that starts again and the minute between two shifts; and no longer than a waiting customer needs
/// until deputy and owner are called anyway ([`crate::care::LEADS_AFTER`]), so that they hear of the desk first.
pub const UNWATCHED_AFTER: i64 = 2 * MINUTE;

/// What the server sees of a desk's people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Some of those on duty who are connected; nobody, if none of them is.
    pub here: Vec<PersonId>,
    /// Since when the server looks. Who has not come back yet after a restart has not gone.
    pub since: Time,
}

/// Who shall be there at `now`; `None` while the desk is closed. Without a rota all who help are, its owner too.
pub fn on_duty(desk: &Desk, calendar: &Calendar, now: Time) -> Option<Helpers> {
    if desk.closed || !calendar.is_open(now) {
        return None;
    }
    Some(match desk.on_duty(calendar, now) {
        Helpers::These(mut people) if desk.rota.is_empty() => {
            if !people.contains(&desk.owner) {
                people.push(desk.owner);
            }
            Helpers::These(people)
        }
        on_duty => on_duty,
    })
}

/// Whether somebody of `on_duty` is there: by their own word, and connected, as far as that was `seen`.
pub fn is_watched(state: &State, on_duty: &Helpers, seen: Option<&Seen>, now: Time) -> bool {
    let is_here = |person: PersonId| seen.is_none_or(|seen| seen.here.contains(&person));
    state.people().any(|person| on_duty.includes(person.id) && is_here(person.id) && person.works(now))
}

/// Whether a desk that has just been looked at shows what was found.
pub fn is_as_found(desk: &Desk, is_watched: bool) -> bool {
    desk.unwatched.is_none() == is_watched
}

/// When time alone changes who shall be there next, or the day ends: then the desk is looked at again.
pub fn next_turn(desk: &Desk, calendar: &Calendar, now: Time) -> Time {
    let turns = if calendar.is_open(now) { calendar.next_close(now) } else { calendar.next_open(now) };
    let (midnight, weekday) = (calendar.start_of_day(now), calendar.local(now).date.weekday());
    let today = desk.rota.iter().filter(|slot| slot.weekday == weekday);
    let edges = today.flat_map(|slot| [slot.from, slot.to]);
    let edges = edges.map(|minute| on_the_wall(calendar, midnight, i64::from(minute) * MINUTE));
    let day_ends = calendar.end_of_day(now);
    edges.chain(turns).filter(|at| *at > now).min().map_or(day_ends, |at| at.min(day_ends))
}
