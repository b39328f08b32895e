//! Pictures and files: their bytes arriving, being refused, deleted or past their time.

use crate::{
    Read, Refusal, Row,
    attachment::{Attachment, AttachmentState},
    command::DeleteAttachment,
    decide::{
        Change, Decide, Effect,
        message::{EXPIRY, attachment_expires},
        request,
    },
    id::AttachmentId,
    person::Person,
    row::Key,
};

impl Decide for DeleteAttachment {
    fn reads(&self) -> Vec<Read> {
        vec![Read::Row(Key::Attachment(self.attachment))]
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let row = change.attachment_seen(by, self.attachment)?;
        if row.owner != by.id {
            return Err(Refusal::NotAllowed("whoever attached it deletes it"));
        }
        erase(change, row, AttachmentState::Deleted);
        Ok(())
    }
}

/// Leaves a tombstone and has the bytes erased. What is gone already stays as it is.
pub(crate) fn erase(change: &mut Change<'_>, row: Attachment, state: AttachmentState) {
    if is_gone(&row) {
        return;
    }
    change.not_due(Key::Attachment(row.id), EXPIRY);
    change.effect(Effect::EraseAttachment(row.id));
    change.put(Row::Attachment(Attachment {
        name: String::new(),
        size: 0,
        width: 0,
        height: 0,
        state,
        ..row
    }));
}

pub(crate) fn stored(change: &mut Change<'_>, id: AttachmentId, size: u64, width: u32, height: u32) {
    let Ok(row) = change.state.attachment(id) else { return };
    if is_gone(row) {
        // Deleted while its bytes were on their way: nothing may stay.
        change.effect(Effect::EraseAttachment(id));
    } else if row.state == AttachmentState::Awaited {
        let state = AttachmentState::Stored;
        change.put(Row::Attachment(Attachment { size, width, height, state, ..row.clone() }));
    }
}

pub(crate) fn refused(change: &mut Change<'_>, id: AttachmentId) {
    let Ok(row) = change.state.attachment(id) else { return };
    if row.state == AttachmentState::Awaited {
        change.put(Row::Attachment(Attachment { state: AttachmentState::Refused, ..row.clone() }));
    }
}

pub(crate) fn expired(change: &mut Change<'_>, id: AttachmentId) {
    let (Ok(row), Ok(org)) = (change.state.attachment(id), change.state.org()) else { return };
    let Ok(request) = change.state.request(row.request) else { return };
    match request::media_expires_at(request, org) {
        Some(at) if at <= change.now => erase(change, row.clone(), AttachmentState::Expired),
        // The organisation keeps media longer than it did when this was planned.
        Some(at) if !is_gone(row) => attachment_expires(change, id, at),
        _ => {}
    }
}

/// Nothing is left of it but its place.
pub(crate) fn is_gone(row: &Attachment) -> bool {
    matches!(row.state, AttachmentState::Deleted | AttachmentState::Expired)
}
