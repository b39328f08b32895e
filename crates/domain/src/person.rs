//! A person. One identity plays every role: everyone can ask and answer, roles are permissions.

use crate::{
    desk::OpenInterval,
    id::PersonId,
    presence::{Known, Presence, Reach},
    time::Time,
};

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
    /// Until when the status holds, if the person said; then they are available again.
    pub status_until: Option<Time>,
    /// True: the status was said so long ago ([`crate::presence::STALE_AFTER`]) that nobody should rely on it.
    pub status_unconfirmed: bool,
    /// Until when they are in a meeting, by their calendar.
    pub busy_until: Option<Time>,
    /// The calendar they have named.
    pub calendar: CalendarFile,
    /// When this person was last asked "Solved?".
    pub asked_solved_at: Option<Time>,
    /// What the directory says of them.
    pub profile: Profile,
}

impl Person {
    /// Whether a desk is not unwatched while this person helps there: here by their own word, and not in their quiet
    /// hours. Whether they are connected is known elsewhere.
    pub fn watches(&self) -> bool {
        self.active && self.status == Status::Available && !self.quiet_now && self.busy_until.is_none()
    }

    /// Whether they do the desk's work now, by what is known without looking at their calls. Who is on a call works too.
    pub fn works(&self, now: Time) -> bool {
        self.active && matches!(self.presence(now).reach, Reach::Available | Reach::OnCall)
    }

    /// Whether they can be reached, by what is known without looking at their calls.
    pub fn presence(&self, now: Time) -> Presence {
        let known = Known {
            said: self.status,
            said_at: self.status_at,
            said_until: self.status_until,
            on_call: false,
            busy_until: self.busy_until,
        };
        known.presence(now)
    }
}

/// Under which name the address of somebody's calendar is kept, or the file itself: nobody is shown it.
pub fn calendar_secret(person: PersonId) -> String {
    format!("calendar:{person}")
}

/// Whose calendar is kept under this name, if it is that of one.
pub fn calendar_of(secret: &str) -> Option<PersonId> {
    secret.strip_prefix("calendar:")?.parse().ok().map(PersonId)
}

/// How it stands with the calendar that somebody has named, so that they are shown as busy in a meeting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CalendarFile {
    /// None is named.
    #[default]
    None,
    /// Not read yet.
    Unread,
    /// It was read.
    Read,
    /// Nothing answers at its address, or not with a file.
    Unreachable,
    /// What is there is no calendar, or too large.
    NotACalendar,
    /// An address that this server may not ask.
    NotAllowed,
}

/// What the directory says of a person; all of it said by themselves, any of it may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Team.
    pub team: String,
    /// What they do there.
    pub title: String,
    /// Languages they speak, e.g. `de`, `English`.
    pub languages: Vec<String>,
    /// What they can help with.
    pub topics: Vec<String>,
    /// Where they sit.
    pub site: String,
    /// IANA zone; empty: the organisation's.
    pub zone: String,
    /// When they work, in local time.
    pub hours: Vec<OpenInterval>,
    /// How they like to be reached, in words.
    pub reach_me_by: String,
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
