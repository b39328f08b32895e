//! Who may see what. One function for the feed, the snapshot, reads, search, clips and links, so that no
//! path can leak what another hides.

use crate::{
    desk::{Audience, Desk},
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
    let request = |id| state.request(id).is_ok_and(|request| sees_request(viewer, request, state));
    match row {
        Row::Org(_) | Row::Person(_) => true,
        Row::Desk(desk) => sees_desk(viewer, desk),
        Row::Request(row) => sees_request(viewer, row, state),
        Row::Message(message) => request(message.request),
        Row::Attachment(attachment) => request(attachment.request),
        Row::Clip(clip) => {
            clip.recorder == viewer.person
                || clip.watchers.contains(&viewer.person)
                || clip.request.is_some_and(request)
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
pub fn may_watch(viewer: &Viewer, clip: &crate::clip::Clip, state: &State) -> bool {
    let let_in = clip.recorder == viewer.person || clip.watchers.contains(&viewer.person);
    let_in || (clip.is_shown() && may_see(viewer, &Row::Clip(clip.clone()), state))
}

fn sees_desk(viewer: &Viewer, desk: &Desk) -> bool {
    // An admin sees that a private desk exists (somebody must be able to repair it), not what is asked there.
    desk.audience == Audience::Open || desk.is_helped_by(viewer.person) || viewer.role == Role::Admin
}

fn sees_request(viewer: &Viewer, request: &Request, state: &State) -> bool {
    if request.asker == viewer.person || request.owner == Some(viewer.person) {
        return true;
    }
    if let Some(people) = &request.private_with {
        return people.contains(&viewer.person);
    }
    state
        .desk(request.desk)
        .is_ok_and(|desk| desk.audience == Audience::Open || desk.is_helped_by(viewer.person))
}
