//! Hints between tasks and nodes. A lost hint costs time, never data: the log is the truth.

use std::sync::Arc;

use deskside_domain::id::{PersonId, RequestId};
use deskside_protocol::feed::FromServer;
use tokio::sync::broadcast;

/// Wakes tails and carries what is never stored.
pub trait Bus: Send + Sync + 'static {
    /// Says something.
    fn say(&self, hint: Hint);
    /// Hears everything said from now on.
    fn listen(&self) -> broadcast::Receiver<Hint>;
}

/// One thing said.
#[derive(Clone, Debug)]
pub enum Hint {
    /// The log has grown to here.
    Log(u64),
    /// Something falls due earlier than it was known.
    Due,
    /// Somebody has asked: what the question met is still to be written down.
    Asked(RequestId),
    /// This person has named a calendar that nobody has read yet, or none any more.
    Calendar(PersonId),
    /// Whether these people are there may have changed: they came or went, or said something of themselves.
    Whereabouts(Arc<[PersonId]>),
    /// Every session of this person has ended.
    Ended(PersonId),
    /// A frame that is never stored, for those who may see what it is about.
    Fleeting(FromServer),
    /// An upload has grown, or was closed.
    Upload(String),
}
