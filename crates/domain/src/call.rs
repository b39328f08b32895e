//! A call: one attempt to talk, a state machine owned by the server. Who carries the media is a provider;
//! with a link, *joined* means the link was opened and the end is said by a person.

pub mod link;

use crate::{
    id::{CallId, PersonId, RequestId},
    time::{MINUTE, SECOND, Time},
};

/// One attempt to talk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Name of this row.
    pub id: CallId,
    /// What it is about; `None`: a quick screen share without a request.
    pub request: Option<RequestId>,
    /// Who wants to talk.
    pub caller: PersonId,
    /// Who is being rung, or has answered.
    pub callee: PersonId,
    /// Who is rung next if this one can't, in order.
    pub then: Vec<PersonId>,
    /// Who was rung before and why not: `(person, step)`.
    pub before: Vec<(PersonId, CallStep)>,
    /// Where it stands.
    pub state: CallState,
    /// True: the callee gets a silent card (on a call, or their customer waits), no ring.
    pub silent: bool,
    /// True: "can you call me?": the one who accepts is the one who opens the link first.
    pub wants_callback: bool,
    /// 128 random bits in base32, the room where the provider makes rooms.
    pub room: String,
    /// Who opened the link.
    pub joined: Vec<PersonId>,
    /// One line: what came out of it.
    pub outcome: String,
    /// When it began to ring (for the present callee).
    pub rang_at: Time,
    /// When it was accepted.
    pub accepted_at: Option<Time>,
    /// When the link was first opened.
    pub joined_at: Option<Time>,
    /// When it was over, in whatever way.
    pub ended_at: Option<Time>,
    /// When Deskside asked "still talking?", unless somebody has said yes since.
    pub still_asked_at: Option<Time>,
}

/// Where a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallState {
    /// The callee is rung.
    Ringing,
    /// The callee said "in two minutes".
    Soon,
    /// Accepted, nobody has opened the link yet.
    Accepted,
    /// At least one has opened the link.
    Joined,
    /// Over after it had been accepted.
    Ended,
    /// Nobody answered in time.
    Missed,
    /// The callee said no, and nobody was next.
    Declined,
    /// The caller gave up before an answer.
    Cancelled,
}

/// A step of a call on the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallStep {
    /// The author rings this person.
    Rang(PersonId),
    /// The author asks this person to call.
    AskedToCall(PersonId),
    /// In two minutes.
    Soon,
    /// Yes.
    Accepted,
    /// No, because.
    Declined(DeclineReason),
    /// Nobody answered in time.
    Missed,
    /// It went on to this person.
    PassedOn(PersonId),
    /// The author opened the link.
    Joined,
    /// Over; lasted this many seconds since the first join (0: nobody joined).
    Ended(u32),
    /// The caller gave up.
    Cancelled,
}

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeclineReason {
    /// With a customer.
    OnCall,
    /// Someone else is better for this; pass it on.
    NotMine,
    /// In these words.
    Said(String),
}

/// Who carries the media (live.md 1a).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provider {
    /// The link of whoever hosts: each person's own `call_link` (Zoom, Meet, Webex).
    PersonalLink,
    /// `tel:` with the callee's phone.
    Phone,
    /// A Teams call to the other's e-mail address.
    Teams,
    /// A Slack huddle in this channel.
    SlackHuddle {
        /// Workspace id, `T…`.
        team: String,
        /// Channel id, `C…`.
        channel: String,
    },
    /// An address with placeholders; scheme and host are checked when it is set.
    Template {
        /// e.g. `https://meet.example.com/{room}`.
        address: String,
    },
    /// One's own Jitsi Meet; with `app_id` a JWT is signed with the secret `jitsi`.
    Jitsi {
        /// Host name.
        host: String,
        /// JWT app id; empty: no JWT.
        app_id: String,
    },
    /// LiveKit Meet; the token is signed with the secret `livekit`.
    LiveKit {
        /// Address of the Meet page.
        meet: String,
        /// wss address of the server.
        server: String,
        /// API key.
        key: String,
    },
}

/// A ring lasts this long, then the next is rung or it is missed.
pub const RING_FOR: i64 = 45 * SECOND;
/// "In two minutes".
pub const SOON: i64 = 2 * MINUTE;
/// After this long Deskside asks "still talking?".
pub const STILL_TALKING_AFTER: i64 = 60 * MINUTE;

impl Call {
    /// Not over yet.
    pub fn is_active(&self) -> bool {
        matches!(self.state, CallState::Ringing | CallState::Soon | CallState::Accepted | CallState::Joined)
    }

    /// Somebody has answered and nobody has said that it is over.
    pub fn is_answered(&self) -> bool {
        matches!(self.state, CallState::Accepted | CallState::Joined)
    }

    /// Whether `person` is talking in this call. An end that nobody said is taken as said while Deskside's
    /// "still talking?" goes unanswered, so that a forgotten call leaves nobody busy for ever.
    pub fn occupies(&self, person: PersonId) -> bool {
        self.is_answered()
            && (self.caller == person || self.callee == person)
            && self.still_asked_at.is_none()
    }

    /// Who opens the room first: the caller, or with "can you call me?" the one who was asked to call.
    pub fn host(&self) -> PersonId {
        if self.wants_callback { self.callee } else { self.caller }
    }
}
