//! May this be asked here now? A refusal names where to turn instead: the desk that this one escalates to, if it may be
//! asked, else whoever answers for the desk.

use crate::{
    Refusal, Row, Time, Viewer,
    decide::Change,
    desk::Desk,
    id::DeskId,
    permission::may_see,
    person::Person,
    posting::{Posting, When},
    refusal::Instead,
};

/// Refuses what `by` may not ask at `desk` now, and did not ask in time either.
pub(crate) fn may_ask(change: &Change<'_>, by: &Person, desk: &Desk, asked_at: Time) -> Result<(), Refusal> {
    if takes(change, by, desk, asked_at)? {
        return Ok(());
    }
    let instead = instead(change, by, desk, asked_at)?;
    Err(match desk.service.posting.of(by.role) {
        When::Never => Refusal::MayNotAsk { instead },
        When::Always | When::WhileOpen => Refusal::OutsideHours { instead },
    })
}

fn takes(change: &Change<'_>, by: &Person, desk: &Desk, asked_at: Time) -> Result<bool, Refusal> {
    let posting: &Posting = &desk.service.posting;
    if !posting.is_restricted() {
        return Ok(true);
    }
    let calendar = desk.calendar(change.state.org()?);
    Ok(posting.allows(by.role, &calendar, asked_at, change.now))
}

fn instead(change: &Change<'_>, by: &Person, desk: &Desk, asked_at: Time) -> Result<Instead, Refusal> {
    let mut passed: Vec<DeskId> = vec![desk.id];
    let mut next = desk.service.escalation;
    while let Some(id) = next.filter(|id| !passed.contains(id)) {
        let Ok(above) = change.state.desk(id) else { break };
        let is_seen = may_see(&Viewer::of(by), &Row::Desk(above.clone()), change.state);
        if is_seen && !above.closed && takes(change, by, above, asked_at)? {
            return Ok(Instead::Desk(above.name.clone()));
        }
        passed.push(id);
        next = above.service.escalation;
    }
    let people = desk.deputy().into_iter().chain([desk.owner]).filter(|person| *person != by.id);
    let person = people.into_iter().find_map(|person| change.active_person(person).ok());
    Ok(person.map_or(Instead::Later, |person| Instead::Person(person.name.clone())))
}
