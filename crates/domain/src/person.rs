//! A person. One identity plays every role: everyone can ask and answer, roles are permissions.

use crate::{id::PersonId, time::Time};

/// Hours of every day in which a person wants to be left in peace, in minutes since midnight on the wall. From later
/// than `to`: over midnight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// First minute.
    pub from: u16,
    /// First minute after them.
    pub to: u16,
    /// IANA zone of the wall clock.
    pub zone: String,
}

/// A member of the organisation, also after leaving it (then `active` is false and sessions are gone).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Name of this row.
    pub id: PersonId,
    /// The name colleagues see.
    pub name: String,
    /// Sign-in name, lower case; unique in the organisation.
    pub email: String,
    /// What this person may change beyond asking and answering.
    pub role: Role,
    /// False once deactivated: no sessions, owns nothing.
    pub active: bool,
    /// What the person says of themselves. Whether they are connected or idle is never stored.
    pub status: Status,
    /// When the status was last said.
    pub status_at: Time,
    /// Phone extension or number, shown as "ext. 2041" where a message can't be delivered. May be empty.
    pub phone: String,
    /// Personal meeting link (https), for the provider *personal link*. May be empty.
    pub call_link: String,
    /// When the person wants to be left in peace; `None`: never.
    pub quiet: Option<QuietHours>,
    /// Whether these hours are now.
    pub quiet_now: bool,
}

impl Person {
    /// Whether a desk is not unwatched while this person helps there: here by their own word, and not in their quiet
    /// hours. Whether they are connected is known elsewhere.
    pub fn watches(&self) -> bool {
        self.active && self.status == Status::Available && !self.quiet_now
    }
}

/// Rights, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Asks and helps.
    Agent,
    /// Also sets up desks.
    Lead,
    /// Also people, invitations and the organisation.
    Admin,
}

/// What a person says of themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Can be rung.
    Available,
    /// With a customer: gets silent cards only.
    OnCall,
    /// Not at the desk.
    Away,
    /// Not working.
    Off,
}
