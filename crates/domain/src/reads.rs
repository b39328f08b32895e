//! Which rows a command needs before it can be decided. A store loads them, and whatever they lead to
//! (`Row::leads_to`), in one read.

use crate::{
    command::{Command, System},
    id::{ClipId, PersonId, RequestId},
    row::Key,
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
    /// Every open request owned by this person.
    OpenOwnedBy(PersonId),
    /// Every call that is not over.
    ActiveCalls,
    /// Every message, attachment, clip and call of this request.
    Thread(RequestId),
    /// Every message that shows or comments on this clip.
    MessagesOfClip(ClipId),
}

/// The rows `command` needs. The actor's own person row is always loaded besides.
pub fn reads(command: &Command) -> Vec<Read> {
    crate::decide::person_reads(command)
}

/// The rows a system command needs.
pub fn system_reads(command: &System) -> Vec<Read> {
    crate::decide::system_reads(command)
}
