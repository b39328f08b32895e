//! Which rows a command needs before it can be decided. A store loads them, and whatever they lead to
//! (`Row::leads_to`), in one read. What each command names stands beside its decision (`decide/*`); a
//! property test decides random commands with exactly these rows and with all rows, and compares.

use crate::{
    command::{Command, System},
    decide,
    id::{ClipId, DeskId, MessageId, PersonId, RequestId},
    request::{Request, Urgency},
    row::Key,
    time::Time,
};

/// One thing to load.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Read {
    /// The row at this key, if there is one.
    Row(Key),
    /// Every person.
    People,
    /// Every desk.
    Desks,
    /// Every invitation.
    Invites,
    /// Every open request owned by this person.
    OpenOwnedBy(PersonId),
    /// Every open request at this desk, or on offer to it.
    OpenAt(DeskId),
    /// Every open request.
    AllOpen,
    /// Every open request with a customer waiting (urgency live).
    LiveRequests,
    /// Every call that is not over.
    ActiveCalls,
    /// Every message, attachment, clip and call of this request.
    Thread(RequestId),
    /// The person who owns this request, if somebody does.
    OwnerOf(RequestId),
    /// The person who asked this request.
    AskerOf(RequestId),
    /// What this request waits for, what that waits for, and so on; and where any of it was merged into.
    BlockersOf(RequestId),
    /// Every request about this ticket, by its label, closed ones too.
    Ticket(String),
    /// Every request at this desk that was asked from the first of these times on and before the second.
    AskedAt(DeskId, Time, Time),
    /// The newest 60 requests at this desk, of this urgency, that were responded to after this time.
    Responses(DeskId, Urgency, Time),
    /// The attachments and the clip of this message.
    ShownBy(MessageId),
    /// Every message that shows or comments on this clip.
    MessagesOfClip(ClipId),
}

/// The rows `command` needs. The actor's own person row is always loaded besides.
pub fn reads(command: &Command) -> Vec<Read> {
    command.decision().reads()
}

/// Where [`Read::BlockersOf`] goes on from `request`.
pub fn blockers_of(request: &Request) -> Vec<RequestId> {
    decide::leads_on(request).collect()
}

/// The rows a system command needs.
pub fn system_reads(command: &System) -> Vec<Read> {
    decide::system_reads(command)
}
