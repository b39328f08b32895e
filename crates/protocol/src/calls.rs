//! Calls on the wire: where they stand, who carries them, what happened in them. Mirrors `domain::call`.

use deskside_domain as domain;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Mirror, id::PersonId};

mirror_enum! {
    /// Where a call stands.
    CallState = call::CallState {
        /// Being rung.
        Ringing,
        /// "In two minutes".
        Soon,
        /// Accepted, link not opened yet.
        Accepted,
        /// Link opened.
        Joined,
        /// Over.
        Ended,
        /// Nobody answered.
        Missed,
        /// The callee said no.
        Declined,
        /// The caller gave up.
        Cancelled,
    }
}

/// Who carries the media of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "documented at domain::call::Provider")]
pub enum Provider {
    /// Each person's own meeting link.
    PersonalLink,
    /// `tel:` with the callee's phone.
    Phone,
    /// A Teams call to the other's e-mail address.
    Teams,
    /// A Slack huddle.
    SlackHuddle { team: String, channel: String },
    /// An address with placeholders.
    Template { address: String },
    /// One's own Jitsi Meet.
    Jitsi { host: String, app_id: String },
    /// LiveKit Meet.
    LiveKit { meet: String, server: String, key: String },
}

impl Mirror for Provider {
    type Domain = domain::call::Provider;
    fn from_domain(domain: Self::Domain) -> Self {
        use domain::call::Provider as P;
        match domain {
            P::PersonalLink => Self::PersonalLink,
            P::Phone => Self::Phone,
            P::Teams => Self::Teams,
            P::SlackHuddle { team, channel } => Self::SlackHuddle { team, channel },
            P::Template { address } => Self::Template { address },
            P::Jitsi { host, app_id } => Self::Jitsi { host, app_id },
            P::LiveKit { meet, server, key } => Self::LiveKit { meet, server, key },
        }
    }
    fn into_domain(self) -> Self::Domain {
        use domain::call::Provider as P;
        match self {
            Self::PersonalLink => P::PersonalLink,
            Self::Phone => P::Phone,
            Self::Teams => P::Teams,
            Self::SlackHuddle { team, channel } => P::SlackHuddle { team, channel },
            Self::Template { address } => P::Template { address },
            Self::Jitsi { host, app_id } => P::Jitsi { host, app_id },
            Self::LiveKit { meet, server, key } => P::LiveKit { meet, server, key },
        }
    }
}

/// Why a call was declined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DeclineReason {
    /// With a customer.
    OnCall,
    /// Someone else is better for this.
    NotMine,
    /// In these words.
    Said {
        /// The words.
        text: String,
    },
}

impl Mirror for DeclineReason {
    type Domain = domain::call::DeclineReason;
    fn from_domain(domain: Self::Domain) -> Self {
        use domain::call::DeclineReason as R;
        match domain {
            R::OnCall => Self::OnCall,
            R::NotMine => Self::NotMine,
            R::Said(text) => Self::Said { text },
        }
    }
    fn into_domain(self) -> Self::Domain {
        use domain::call::DeclineReason as R;
        match self {
            Self::OnCall => R::OnCall,
            Self::NotMine => R::NotMine,
            Self::Said { text } => R::Said(text),
        }
    }
}

/// A step of a call on the timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
#[allow(missing_docs, reason = "documented at domain::call::CallStep")]
pub enum CallStep {
    /// The author rings this person.
    Rang { person: PersonId },
    /// The author asks this person to call.
    AskedToCall { person: PersonId },
    /// In two minutes.
    Soon,
    /// Yes.
    Accepted,
    /// No, because.
    Declined { reason: DeclineReason },
    /// Nobody answered in time.
    Missed,
    /// It went on to this person.
    PassedOn { person: PersonId },
    /// The author opened the link.
    Joined,
    /// Over.
    Ended { seconds: u32 },
    /// The caller gave up.
    Cancelled,
}

impl Mirror for CallStep {
    type Domain = domain::call::CallStep;
    fn from_domain(domain: Self::Domain) -> Self {
        use domain::call::CallStep as S;
        match domain {
            S::Rang(person) => Self::Rang { person: Mirror::from_domain(person) },
            S::AskedToCall(person) => Self::AskedToCall { person: Mirror::from_domain(person) },
            S::Soon => Self::Soon,
            S::Accepted => Self::Accepted,
            S::Declined(reason) => Self::Declined { reason: Mirror::from_domain(reason) },
            S::Missed => Self::Missed,
            S::PassedOn(person) => Self::PassedOn { person: Mirror::from_domain(person) },
            S::Joined => Self::Joined,
            S::Ended(seconds) => Self::Ended { seconds },
            S::Cancelled => Self::Cancelled,
        }
    }
    fn into_domain(self) -> Self::Domain {
        use domain::call::CallStep as S;
        match self {
            Self::Rang { person } => S::Rang(person.into_domain()),
            Self::AskedToCall { person } => S::AskedToCall(person.into_domain()),
            Self::Soon => S::Soon,
            Self::Accepted => S::Accepted,
            Self::Declined { reason } => S::Declined(reason.into_domain()),
            Self::Missed => S::Missed,
            Self::PassedOn { person } => S::PassedOn(person.into_domain()),
            Self::Joined => S::Joined,
            Self::Ended { seconds } => S::Ended(seconds),
            Self::Cancelled => S::Cancelled,
        }
    }
}

/// One person rung before, and how it went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct RungBefore {
    /// Who.
    pub person: PersonId,
    /// How it went.
    pub step: CallStep,
}

impl Mirror for RungBefore {
    type Domain = (domain::id::PersonId, domain::call::CallStep);
    fn from_domain((person, step): Self::Domain) -> Self {
        Self { person: Mirror::from_domain(person), step: Mirror::from_domain(step) }
    }
    fn into_domain(self) -> Self::Domain {
        (self.person.into_domain(), self.step.into_domain())
    }
}
