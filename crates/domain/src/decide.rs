//! `decide`: rows, a command, the time and some chance in; rows, or a refusal, out. One submodule per noun.

use crate::{
    Command, Read, Refusal, Row, Scope, State, Time,
    command::System,
    id::{AttachmentId, ClipId, PersonId},
    row::Key,
};

/// Who wants the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in person.
    Person(PersonId),
    /// The server: what falls due, what it saw.
    System,
}

/// What a decision may depend on besides rows: time and chance are arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Circumstances {
    /// The server's time.
    pub now: Time,
    /// 128 fresh random bits.
    pub chance: u128,
}

/// What becomes of a command.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    /// Rows as they shall be: new ones and changed ones. Rows are never removed, they are emptied.
    pub rows: Vec<Row>,
    /// What falls due later, or no longer does.
    pub due: Vec<Due>,
    /// Who gains or loses sight of what.
    pub access: Vec<Access>,
    /// What the server does once the decision is stored; each is idempotent.
    pub effects: Vec<Effect>,
}

/// A command that falls due. There is at most one per `(key, slot)`: a later one replaces it.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    /// What it is about.
    pub key: Key,
    /// Which of the thing's clocks, e.g. `ring`.
    pub slot: &'static str,
    /// When, and what; `None`: no longer.
    pub at: Option<(Time, System)>,
}

/// Somebody gains or loses sight of a scope with this decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// What.
    pub scope: Scope,
    /// Who; `None`: everyone.
    pub person: Option<PersonId>,
}

/// What the server does after the transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// End every session and socket of this person at once.
    EndSessions(PersonId),
    /// Erase the bytes of an attachment: blob, thumbnails, upload.
    EraseAttachment(AttachmentId),
    /// Erase the bytes of a clip: blob, prefix, poster, upload.
    EraseClip(ClipId),
}

/// Decides a person's command. `state` holds what [`crate::reads`] named and the actor's own row.
pub fn decide(_state: &State, _actor: Actor, _command: &Command, _at: Circumstances) -> Result<Decision, Refusal> {
    Err(Refusal::NotAllowed("not decided yet"))
}

/// Decides a system command.
pub fn decide_system(_state: &State, _command: &System, _at: Circumstances) -> Result<Decision, Refusal> {
    Err(Refusal::NotAllowed("not decided yet"))
}

pub(crate) fn person_reads(_command: &Command) -> Vec<Read> {
    Vec::new()
}

pub(crate) fn system_reads(_command: &System) -> Vec<Read> {
    Vec::new()
}
