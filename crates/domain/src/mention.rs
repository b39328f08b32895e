//! Mentions: whom the words of a thread name with `@`, and who is told because of it. A message carries them beside its
//! words, so that nobody has to read names out of a text; who is told is decided once, when it is written
//! (`decide/mention`), and stands on the message. When and how loudly they are told follows their quiet hours and their
//! status, as with everything else.

use crate::{desk::Helpers, id::PersonId};

/// One `@` in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mention {
    /// This person.
    Person(PersonId),
    /// Who is on duty at the request's desk at that moment.
    Desk,
    /// Every member of the request's desk.
    All,
}

/// What a writer says about whom their words name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewMentions {
    /// Who is named, in any order.
    pub whom: Vec<Mention>,
    /// Why so many have to be told; needed past [`MANY`] people.
    pub reason: String,
}

/// Whom a message names, and who is told because of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mentions {
    /// Who is named, each once.
    pub whom: Vec<Mention>,
    /// Why so many were told; empty where nobody asked.
    pub reason: String,
    /// Who is told: everybody but its author, where it says everyone.
    pub tells: Helpers,
    /// How many people that were when it was written.
    pub told: u32,
}

impl Default for Mentions {
    fn default() -> Self {
        Self { whom: Vec::new(), reason: String::new(), tells: Helpers::NOBODY, told: 0 }
    }
}

/// More people than this are not told at once without a reason (requirement 19, S2: needless distraction).
pub const MANY: usize = 12;
/// Most that one text names.
pub const MOST_MENTIONS: usize = 50;
