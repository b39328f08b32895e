//! A request: one question or problem, one thread, exactly one owner (its desk while unclaimed).
//!
//! States and words follow product.md 0; people see four of them (ui.md 7). What the desk owes the asker while
//! it is open (clocks, promises, who was called) is its `care`.

use crate::{
    care::Care,
    clock::{Clocks, Counted, Standard, Turn},
    id::{DeskId, PersonId, RequestId},
    time::Time,
};

/// One question or problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Name of this row.
    pub id: RequestId,
    /// Where it was asked.
    pub desk: DeskId,
    /// Who asked.
    pub asker: PersonId,
    /// The one accountable person; `None`: the desk, while nobody has taken it.
    pub owner: Option<PersonId>,
    /// The words asked, masked (rules.md 4.6). Empty once the asker deleted them.
    pub text: String,
    /// How soon.
    pub urgency: Urgency,
    /// The customer's ticket, if known.
    pub ticket: Option<Ticket>,
    /// `Some`: only the asker and these people see it. `None`: whoever the desk's audience is.
    pub private_with: Option<Vec<PersonId>>,
    /// Where it stands.
    pub state: RequestState,
    /// T0: when the server had it first.
    pub asked_at: Time,
    /// First words, clip or answered call by a human other than the asker; a bare claim is none.
    pub first_response_at: Option<Time>,
    /// When the newest answer was given.
    pub answered_at: Option<Time>,
    /// When it was last solved.
    pub solved_at: Option<Time>,
    /// Newest change a person made; orders lists.
    pub touched_at: Time,
    /// A helper asked for a clip and has none yet: who asked.
    pub clip_wanted_by: Option<PersonId>,
    /// The asker said thanks. Restarts nothing.
    pub thanked: bool,
    /// True: out of the feed, found by search and by its address only.
    pub archived: bool,
    /// How it is looked after.
    pub care: Care,
}

/// How soon an answer is needed (rules.md 4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// A customer is waiting on the line now.
    Live,
    /// Today.
    Today,
    /// Whenever there is time.
    Whenever,
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestState {
    /// Nobody has taken it: the desk owns it.
    Open,
    /// Somebody has it.
    Accepted,
    /// The helper asked back; the asker's turn.
    WaitingAsker,
    /// The owner waits for a third party.
    WaitingOther,
    /// A helper proposed an answer; the asker confirms.
    Answered,
    /// The asker said it is solved.
    Solved,
    /// The asker took it back.
    Withdrawn,
    /// It went on in another request.
    Merged,
}

/// A ticket in the customer's ticket tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// What stands on the chip, e.g. `ZD 4711`.
    pub label: String,
    /// Where it is (https); empty if only the label is known.
    pub url: String,
}

/// Words after a solved request reopen it for this long; after that a new, linked one is offered.
pub const REOPEN_WINDOW: i64 = 7 * crate::time::DAY;
/// Closed requests leave the feed after this long without a change.
pub const ARCHIVE_AFTER: i64 = 14 * crate::time::DAY;

impl Request {
    /// Neither solved nor withdrawn nor merged.
    pub fn is_open(&self) -> bool {
        !matches!(self.state, RequestState::Solved | RequestState::Withdrawn | RequestState::Merged)
    }

    /// Whether nobody has it and the desk has to find somebody.
    pub fn is_unclaimed(&self) -> bool {
        self.state == RequestState::Open
    }

    /// Whether it is the owner's turn, or somebody's the owner waits for.
    pub fn is_in_work(&self) -> bool {
        matches!(self.state, RequestState::Accepted | RequestState::WaitingOther)
    }

    /// Whether `person` waits for the answer: who asked, and who joined.
    pub fn is_asked_by(&self, person: PersonId) -> bool {
        self.asker == person || self.care.joined.contains(&person)
    }

    /// Its clocks. A row of a version that kept only what they showed is taken up from there, at a desk that promises
    /// `standard`.
    pub fn clocks(&self, standard: Standard) -> Clocks {
        self.care.clocks.clone().unwrap_or_else(|| {
            let ended_at = self.solved_at.filter(|_| self.state == RequestState::Solved);
            let counted = Counted {
                asked_at: self.asked_at,
                desk: self.desk,
                turn: self.turn(),
                to: self.care.counted_at.unwrap_or(self.asked_at),
                waited_ms: self.care.waited,
                worked_ms: self.care.worked,
                respond_by: self.care.first_response_by,
                solve_by: self.care.solve_by,
                responded_at: self.first_response_at,
                answered_at: self.answered_at,
                over: (!self.is_open()).then(|| (ended_at.unwrap_or(self.touched_at), ended_at.is_some())),
            };
            counted.clocks(standard)
        })
    }

    /// Whose turn it is while it is open.
    pub(crate) fn turn(&self) -> Turn {
        match self.state {
            RequestState::WaitingAsker => Turn::Asker,
            RequestState::WaitingOther => Turn::Other,
            RequestState::Answered => Turn::Confirming,
            _ => Turn::Desk,
        }
    }
}
