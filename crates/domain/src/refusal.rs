//! Why a command was refused: a code the program acts on. The sentence and the next step for the person
//! are looked up by code in the UI's text, so wording lives in one place.

/// A rule of the desk says no. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such row, or the actor may not see it: deliberately the same answer.
    #[error("there is no such {0}")]
    Unknown(&'static str),
    /// The actor sees it but may not do this.
    #[error("this needs another role or another person: {0}")]
    NotAllowed(&'static str),
    /// The actor was deactivated.
    #[error("this account is deactivated")]
    Deactivated,
    /// An id that is already used for something else.
    #[error("this id is already taken")]
    IdTaken,
    /// The request is over; the words were not added.
    #[error("the request is closed")]
    RequestClosed,
    /// Solved more than seven days ago: ask anew, linked.
    #[error("the request was solved too long ago to reopen")]
    TooLateToReopen,
    /// Somebody else owns it; taking it needs their release (or the desk's owner).
    #[error("somebody else already has this request")]
    AlreadyTaken,
    /// The desk takes no requests any more.
    #[error("the desk is closed for good")]
    DeskClosed,
    /// The step does not fit where the thing stands (a call that is over, a clip that is finished).
    #[error("that does not fit the present state: {0}")]
    WrongState(&'static str),
    /// The desk takes only clips that their recorder watched before anything of them was uploaded.
    #[error("this desk takes only clips that were watched before upload")]
    NotReviewed,
    /// The desk takes no clips that hold what the computer played.
    #[error("this desk takes no clips with system sound")]
    NoSystemSound,
    /// The other one is in a call.
    #[error("the other person is on a call")]
    Busy,
    /// Nobody answered "how do you call each other?" yet.
    #[error("no way to call has been set up")]
    NoProvider,
    /// The provider lacks what it needs of this person (a link, a phone number, an address).
    #[error("the provider needs something: {0}")]
    ProviderIncomplete(&'static str),
    /// The one waits for the other already: both would wait for ever.
    #[error("they would wait for each other")]
    WaitInCircle,
    /// A text or list is empty where it must not be.
    #[error("{0} must not be empty")]
    Empty(&'static str),
    /// Longer or more than allowed.
    #[error("{field} is over the limit of {limit}")]
    TooLong {
        /// Which field.
        field: &'static str,
        /// Most characters, items or bytes.
        limit: u64,
    },
    /// A value of the wrong form, e.g. an address with a forbidden scheme.
    #[error("{field} is not valid: {why}")]
    Invalid {
        /// Which field.
        field: &'static str,
        /// What is wrong, in words for a log.
        why: &'static str,
    },
    /// Something that can't be, in words that say what to do about it.
    #[error("{field}: {why}")]
    Impossible {
        /// Which field.
        field: &'static str,
        /// What is wrong, and what to do.
        why: String,
    },
    /// Somebody who is mentioned may not see what they would be told of.
    #[error("{name} can't see this: leave them out, or open it to the desk first")]
    CannotSee {
        /// Who.
        name: String,
    },
    /// So many people are not told at once without a reason.
    #[error("this tells {told} people: past {limit} it needs a reason")]
    ReasonNeeded {
        /// How many.
        told: usize,
        /// How many need none.
        limit: usize,
    },
    /// The desk takes questions from this role while it is open, which it is not.
    #[error("the desk takes this question only in its opening hours: {instead}")]
    OutsideHours {
        /// Where to turn.
        instead: Instead,
    },
    /// The desk takes no questions from this role.
    #[error("the desk takes no questions from this role: {instead}")]
    MayNotAsk {
        /// Where to turn.
        instead: Instead,
    },
    /// The last admin can't leave or lose the role.
    #[error("the last admin must stay")]
    LastAdmin,
    /// An invitation that is used up, expired or taken back.
    #[error("this invitation can't be used any more")]
    InviteSpent,
    /// The e-mail address is already somebody's.
    #[error("this e-mail address is already in use")]
    EmailTaken,
}

/// Where to turn when one may not ask at a desk now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instead {
    /// The desk of this name takes the question.
    Desk(String),
    /// The person of this name answers for the desk.
    Person(String),
    /// Nobody else: the desk itself, when it opens.
    Later,
}

impl std::fmt::Display for Instead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Desk(name) => write!(f, "ask {name}"),
            Self::Person(name) => write!(f, "ask {name} privately"),
            Self::Later => f.write_str("ask when it opens"),
        }
    }
}
