//! What is asked of a desk and never stored: a place in its queue with the wait from there, and whom a change of it
//! would affect.

use deskside_domain as domain;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Mirror, id::PersonId, mirror::Millis};

/// `GET /api/v1/requests/ID/place` and `GET /api/v1/desks/ID/place?urgency=…` (for a question not asked yet). Ask
/// again when a request of the desk changes, at most every two seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Place {
    /// 1: next.
    pub place: u16,
    /// People on duty at the desk now; 0 with `opens_at` null: nobody is there although it is open.
    pub on_duty: u16,
    /// Whether somebody of them has room for another request; else all are at the limit.
    pub has_room: bool,
    /// How long it takes from now, in working time of the desk.
    pub wait: Wait,
    /// The desk is closed until then.
    pub opens_at: Option<Millis>,
    /// Closed, and a customer waits: so many of its people are connected and available, and are shown it without a
    /// sound. Open: 0 if people are on duty and none of them is connected. Null otherwise: nobody is shown it before
    /// the desk opens, or somebody on duty is there.
    pub here: Option<u16>,
}

/// What can be said of a wait: a range, never one number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Wait {
    /// Nobody is on duty: offer the deputy, another desk or a callback.
    Nobody,
    /// Too little is known: "usually within".
    Usually {
        /// The desk's standard in milliseconds.
        within_ms: i64,
    },
    /// "About from to to".
    About {
        /// Milliseconds.
        from_ms: i64,
        /// Milliseconds.
        to_ms: i64,
    },
}

impl From<domain::place::Place> for Place {
    fn from(place: domain::place::Place) -> Self {
        Self {
            place: place.place,
            on_duty: place.staff.on_duty,
            has_room: place.staff.with_room > 0,
            wait: match place.wait {
                domain::wait::Wait::Nobody => Wait::Nobody,
                domain::wait::Wait::Usually { within_ms } => Wait::Usually { within_ms },
                domain::wait::Wait::About { from_ms, to_ms } => Wait::About { from_ms, to_ms },
            },
            opens_at: place.opens_at.map(Mirror::from_domain),
            here: None,
        }
    }
}

mirror_struct! {
    /// `GET /api/v1/desks/ID/live-share`: how much of what was asked at a desk in the last four whole weeks was a waiting
    /// customer. A fact of the desk; there is no such thing of a person.
    LiveShare = domain::share::LiveShare {
        /// From this Monday on, on the desk's wall.
        from: Millis,
        /// Before this Monday.
        to: Millis,
        /// Null: fewer than five people asked, who could be told apart.
        counted: Option<Counted>,
    }
}
mirror_struct! {
    /// Requests, by what they were said to be last.
    Counted = domain::share::Counted {
        /// All of them.
        asked: u32,
        /// Those with a customer waiting.
        live: u32,
    }
}
mirror_struct! {
    /// `POST /api/v1/desks/ID/affected` with an `edit_desk`, `arrange_desk` or `set_rota` command: whom it would
    /// affect. Nothing is changed; what would be refused is refused here too.
    Affected = domain::place::Affected {
        /// Open requests whose promises are counted anew.
        requests: u32,
        /// Who sees the desk from then on.
        gain_sight: Vec<PersonId>,
        /// Who does not any more.
        lose_sight: Vec<PersonId>,
        /// Who is called about its requests from then on.
        become_helpers: Vec<PersonId>,
        /// Who is not any more.
        are_helpers_no_more: Vec<PersonId>,
        /// Who may ask there at more hours from then on.
        #[serde(default)] ask_more: Vec<PersonId>,
        /// Who may ask there at fewer hours, or not at all.
        #[serde(default)] ask_less: Vec<PersonId>,
    }
}
