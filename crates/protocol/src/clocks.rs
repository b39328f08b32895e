//! The clocks of a request as its row keeps them. Mirrors `domain::clock`. They cross no wire: a client is given what
//! they show (`Care::worked` and its neighbours), because to go on counting it would need every version of the hours.

use deskside_domain as domain;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Mirror, id::DeskId, mirror::Millis};

mirror_enum! {
    /// What is promised to the asker.
    Promise = clock::Promise {
        /// First words by a person who helps.
        Response,
        /// A solution.
        Solution,
        /// A reply after the asker spoke again.
        Reply,
    }
}
mirror_enum! {
    /// Whose turn it is.
    Turn = clock::Turn {
        /// The desk's.
        Desk,
        /// The asker's.
        Asker,
        /// A third party's.
        Other,
        /// The asker's, to say whether the answer is right.
        Confirming,
    }
}
mirror_struct! {
    /// Open time used of what a promise allows.
    Counter = domain::clock::Counter {
        /// Milliseconds.
        used_ms: i64,
        /// Milliseconds allowed; null: nothing is promised.
        target_ms: Option<i64>,
        /// When most of them were used.
        near: Option<Millis>,
        /// When all of them were.
        due: Option<Millis>,
    }
}
mirror_struct! {
    /// A promise that was not kept in time.
    Missed = domain::clock::Missed {
        /// Which.
        promise: Promise,
        /// When its time was over.
        due_at: Millis,
    }
}
mirror_struct! {
    /// How a request ended.
    Over = domain::clock::Over {
        /// When.
        at: Millis,
        /// What the desk's clock showed.
        used_ms: i64,
        /// When the solution came; null: never.
        kept_at: Option<Millis>,
    }
}

/// Who the asker waited for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "for", content = "desk", rename_all = "snake_case")]
pub enum Waited {
    /// A desk, or whom it waited for.
    Desk(DeskId),
    /// The asker's own turn.
    Asker,
    /// An answer stood.
    Confirmation,
}

impl Mirror for Waited {
    type Domain = domain::clock::Waited;
    fn from_domain(domain: Self::Domain) -> Self {
        match domain {
            domain::clock::Waited::ForDesk(desk) => Self::Desk(Mirror::from_domain(desk)),
            domain::clock::Waited::ForAsker => Self::Asker,
            domain::clock::Waited::ForConfirmation => Self::Confirmation,
        }
    }
    fn into_domain(self) -> Self::Domain {
        match self {
            Self::Desk(desk) => domain::clock::Waited::ForDesk(desk.into_domain()),
            Self::Asker => domain::clock::Waited::ForAsker,
            Self::Confirmation => domain::clock::Waited::ForConfirmation,
        }
    }
}

mirror_struct! {
    /// A share of the wait.
    Share = domain::clock::Share {
        /// For whom.
        waited: Waited,
        /// Milliseconds on the wall.
        wall_ms: i64,
        /// Milliseconds of open time.
        open_ms: i64,
    }
}

/// The answer that stands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct StandingAnswer {
    /// When it was given.
    pub at: Millis,
    /// What the desk's clock showed.
    pub used_ms: i64,
}

impl Mirror for StandingAnswer {
    type Domain = (domain::Time, i64);
    fn from_domain((at, used_ms): Self::Domain) -> Self {
        Self { at: Mirror::from_domain(at), used_ms }
    }
    fn into_domain(self) -> Self::Domain {
        (self.at.into_domain(), self.used_ms)
    }
}

mirror_struct! {
    /// The clocks of one request.
    Clocks = domain::clock::Clocks {
        /// T0.
        asked_at: Millis,
        /// Whose calendar counts.
        desk: DeskId,
        /// Whose turn it is.
        turn: Turn,
        /// Up to when time is counted.
        counted_to: Millis,
        /// Until the first response.
        response: Counter,
        /// When that was given.
        responded_at: Option<Millis>,
        /// The desk's clock.
        solution: Counter,
        /// What the desk allows itself for a reply.
        reply_target: Option<i64>,
        /// The reply that the asker waits for.
        reply: Option<Counter>,
        /// The answer that stands.
        answer: Option<StandingAnswer>,
        /// How it ended.
        over: Option<Over>,
        /// Who was waited for.
        shares: Vec<Share>,
        /// What was missed.
        missed: Vec<Missed>,
    }
}
