//! A desk is looked at: is anybody on duty there? When nobody is and stays away, those who answer for the desk are told,
//! once; when somebody is there again it is over. The server looks whenever somebody comes or goes, and time makes it look
//! by what falls due here: so nothing is asked again and again, and a restart forgets nothing.

use crate::{
    Read, Row, Time,
    attendance::{Seen, UNWATCHED_AFTER, is_watched, next_turn, on_duty},
    command::System,
    decide::{Change, Due},
    desk::{Desk, Unwatched},
    id::{DeskId, PersonId},
    org::Org,
    row::Key,
};

/// The clock of a desk that is watched.
const WATCH: &str = "watch";

pub(crate) fn reads(desk: DeskId, seen: Option<&Seen>) -> Vec<Read> {
    let mut reads = vec![Read::Row(Key::Org), Read::Row(Key::Desk(desk))];
    match seen {
        Some(seen) => reads.extend(seen.here.iter().map(|person| Read::Row(Key::Person(*person)))),
        None => reads.push(Read::People),
    }
    reads
}

/// Looks at the desk as it is now, and says when it is looked at again.
pub(crate) fn look(change: &mut Change<'_>, id: DeskId, seen: Option<&Seen>) {
    let (Ok(desk), Ok(org)) = (change.state.desk(id), change.state.org()) else { return };
    let (calendar, now) = (desk.calendar(org), change.now);
    let is_unwatched =
        on_duty(desk, &calendar, now).is_some_and(|on_duty| !is_watched(change.state, &on_duty, seen, now));
    let unwatched = is_unwatched.then(|| still_unwatched(desk, seen, now));
    match unwatched.as_ref().and_then(|unwatched| unwatched.tell_at) {
        _ if desk.closed => change.not_due(Key::Desk(id), WATCH),
        Some(at) => change.due(Key::Desk(id), WATCH, at, again(id)),
        None => change.due(Key::Desk(id), WATCH, next_turn(desk, &calendar, now), again(id)),
    }
    if unwatched != desk.unwatched {
        change.put(Row::Desk(Desk { unwatched, ..desk.clone() }));
    }
}

/// Nobody is there: those who answer for the desk are told once it has lasted.
fn still_unwatched(desk: &Desk, seen: Option<&Seen>, now: Time) -> Unwatched {
    let Some(tell_at) =
        desk.unwatched.as_ref().map_or(Some(now.plus(UNWATCHED_AFTER)), |known| known.tell_at)
    else {
        return Unwatched { tell_at: None, tells: answerers(desk) };
    };
    let tell_at = seen.map_or(tell_at, |seen| tell_at.max(seen.since.plus(UNWATCHED_AFTER)));
    match tell_at > now {
        true => Unwatched { tell_at: Some(tell_at), tells: Vec::new() },
        false => Unwatched { tell_at: None, tells: answerers(desk) },
    }
}

/// After a change of the desk: who is told answers for it now, and whoever shall be there from now on is looked for at
/// once.
pub(crate) fn keep(now: Time, before: Option<(&Desk, &Org)>, org: &Org, desk: &mut Desk) -> Option<Due> {
    if desk.closed {
        desk.unwatched = None;
    }
    let told = answerers(desk);
    if let Some(unwatched) = desk.unwatched.as_mut().filter(|unwatched| unwatched.tell_at.is_none()) {
        unwatched.tells = told;
    }
    let is_as_it_was = before.is_some_and(|(before, org_was)| {
        (&before.helpers, &before.rota, before.owner, before.closed)
            == (&desk.helpers, &desk.rota, desk.owner, desk.closed)
            && before.present_hours(org_was) == desk.present_hours(org)
    });
    (!is_as_it_was).then(|| Due { key: Key::Desk(desk.id), slot: WATCH, at: Some((now, again(desk.id))) })
}

/// Who answers for the desk: the deputy, if it is one person, and the owner.
fn answerers(desk: &Desk) -> Vec<PersonId> {
    desk.deputy().into_iter().chain([desk.owner]).collect()
}

/// Whoever fires it says who is connected.
fn again(desk: DeskId) -> System {
    System::LookAtDesk { desk, seen: None }
}
