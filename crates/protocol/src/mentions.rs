//! Whom words name with `@`, and who is told because of it, on the wire. Mirrors `domain::mention`.

use deskside_domain as domain;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Mirror, id::PersonId, values::Helpers};

/// One `@` in a text.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Mention {
    /// One person.
    Person {
        /// Who.
        person: PersonId,
    },
    /// Who is on duty at the request's desk at that moment.
    Desk,
    /// Every member of the request's desk.
    All,
}

impl Mirror for Mention {
    type Domain = domain::mention::Mention;
    fn from_domain(domain: Self::Domain) -> Self {
        match domain {
            domain::mention::Mention::Person(person) => Self::Person { person: Mirror::from_domain(person) },
            domain::mention::Mention::Desk => Self::Desk,
            domain::mention::Mention::All => Self::All,
        }
    }
    fn into_domain(self) -> Self::Domain {
        match self {
            Self::Person { person } => domain::mention::Mention::Person(person.into_domain()),
            Self::Desk => domain::mention::Mention::Desk,
            Self::All => domain::mention::Mention::All,
        }
    }
}

mirror_struct! {
    /// Whom the words of a command name.
    #[derive(Default)]
    #[serde(deny_unknown_fields)]
    NewMentions = domain::mention::NewMentions {
        /// Who is named.
        #[serde(default)] whom: Vec<Mention>,
        /// Why so many have to be told: needed past twelve people, else empty.
        #[serde(default)] reason: String,
    }
}
mirror_struct! {
    /// Whom a message names, and who is told because of it.
    Mentions = domain::mention::Mentions {
        /// Who is named, each once.
        whom: Vec<Mention>,
        /// Why so many were told; may be empty.
        reason: String,
        /// Who is told: everybody but its author, where it says everyone.
        tells: Helpers,
        /// How many people that were when it was written.
        told: u32,
    }
}

impl Default for Mentions {
    fn default() -> Self {
        Mirror::from_domain(domain::mention::Mentions::default())
    }
}
