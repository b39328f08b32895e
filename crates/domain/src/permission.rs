//! Who may see what. One function for the feed, the snapshot, reads, search, clips and links, so that no
//! path can leak what another hides.

use crate::{
    clip::Clip,
    desk::Desk,
    id::PersonId,
    person::{Person, Role},
    request::Request,
    row::{Row, State},
};

/// Somebody who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Who.
    pub person: PersonId,
    /// With which rights.
    pub role: Role,
}

impl Viewer {
    /// The viewer that `person` is.
    pub fn of(person: &Person) -> Self {
        Self { person: person.id, role: person.role }
    }
}

/// Whether `viewer` may see `row`. `state` must hold the rows that `row` leads to; what is missing there
/// hides the row.
pub fn may_see(viewer: &Viewer, row: &Row, state: &State) -> bool {
    let request = |id| state.request(id).is_ok_and(|request| sees_request(viewer.person, request, state));
    match row {
        Row::Org(_) | Row::Person(_) => true,
        Row::Desk(desk) => sees_desk(viewer, desk),
        Row::Request(row) => sees_request(viewer.person, row, state),
        Row::Message(message) => request(message.request),
        Row::Attachment(attachment) => request(attachment.request),
        Row::Clip(clip) => {
            is_let_in(viewer, clip) || (is_known_to_others(clip) && clip.request.is_some_and(request))
        }
        Row::Call(call) => {
            call.caller == viewer.person
                || call.callee == viewer.person
                || call.before.iter().any(|(person, _)| *person == viewer.person)
                || call.request.is_some_and(request)
        }
        Row::Invite(_) => viewer.role == Role::Admin,
        Row::Secret(_) => false,
    }
}

/// Whether the pictures and sound of `clip` may be watched by `viewer`: until Stop only by its recorder
/// and by those let in, afterwards by whoever sees its request.
pub fn may_watch(viewer: &Viewer, clip: &Clip, state: &State) -> bool {
    !clip.is_gone()
        && (is_let_in(viewer, clip) || (clip.is_shown() && may_see(viewer, &Row::Clip(clip.clone()), state)))
}

/// Whether `row` belongs into feeds and snapshots at all: an archived request and all that belongs to it is
/// found by search and by its address only. `state` must hold the rows that `row` leads to.
pub fn in_feed(row: &Row, state: &State) -> bool {
    match row {
        Row::Request(request) => !request.archived,
        other => other.request().is_none_or(|id| state.request(id).is_ok_and(|request| !request.archived)),
    }
}

/// Whether `person` sees `request`. Desks that `state` does not hold show nothing.
pub(crate) fn sees_request(person: PersonId, request: &Request, state: &State) -> bool {
    request.is_asked_by(person)
        || request.owner == Some(person)
        || is_offered_to(person, request, state)
        || match &request.private_with {
            Some(people) => people.contains(&person),
            None => {
                state.desk(request.desk).is_ok_and(|desk| !desk.is_private() || desk.is_helped_by(person))
            }
        }
}

/// Whether `person` could take over what is on offer: nobody takes what they have not seen.
pub(crate) fn is_offered_to(person: PersonId, request: &Request, state: &State) -> bool {
    request.care.hand_over.as_ref().is_some_and(|offer| match offer.person {
        Some(to) => to == person,
        None => state.desk(offer.desk).is_ok_and(|desk| desk.is_helped_by(person)),
    })
}

fn sees_desk(viewer: &Viewer, desk: &Desk) -> bool {
    // An admin sees that a private desk exists (somebody must be able to repair it), not what is asked there.
    !desk.is_private() || desk.is_helped_by(viewer.person) || viewer.role == Role::Admin
}

fn is_let_in(viewer: &Viewer, clip: &Clip) -> bool {
    clip.recorder == viewer.person || clip.watchers.contains(&viewer.person)
}

/// A clip that is being recorded is its recorder's alone. A tombstone keeps its place in the thread: one that
/// no message ever showed has lost its request (`decide/clip`), so nobody learns of it.
fn is_known_to_others(clip: &Clip) -> bool {
    clip.is_shown() || clip.is_gone()
}
