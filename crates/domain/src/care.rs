//! How a request is looked after: whose turn it is and until when, who has been told, what was promised. A
//! request is never only a state: while it is open, something here names a moment at which the desk is
//! reminded of it (`decide/vigil` sees to that after every change).

use crate::{
    clock::{Clocks, Promise},
    desk::Helpers,
    id::{DeskId, PersonId, RequestId},
    place::Met,
    time::{MINUTE, SECOND, Time},
};

/// What the desk owes the asker of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Care {
    /// One line: what happens next, for the asker to read. Empty until the owner says it.
    pub plan: String,
    /// While it waits for a third party: what is awaited and from whom, in words.
    pub waiting_for: String,
    /// When the owner owes the asker the next word. Set on every accepted request, by itself if nobody says.
    pub next_update_by: Option<Time>,
    /// That word is late: who has been reminded.
    pub update_late: Late,
    /// When the next update is looked at again.
    pub update_look_at: Option<Time>,
    /// When the asker's silence means something: about an answer that it was right, about a question back that
    /// the asker is reminded.
    pub silence_at: Option<Time>,
    /// Its clocks; `None` in a row of a version that kept only what they show ([`crate::request::Request::clocks`]).
    pub clocks: Option<Clocks>,
    /// When a promise is missed next unless it is kept before.
    pub clocks_look_at: Option<Time>,
    /// What they show: when the first response is due by the desk's standard, or was; `None` without a standard.
    pub first_response_by: Option<Time>,
    /// When it shall be solved by the desk's standard; `None` while the asker's turn stops the clock.
    pub solve_by: Option<Time>,
    /// The desk's clock: working milliseconds so far, without the asker's turns, counted at `counted_at`.
    pub worked: i64,
    /// Working milliseconds until the first response, which nothing pauses, counted at `counted_at`.
    pub waited: i64,
    /// Up to when the clocks were counted; of a request that is over, when it ended.
    pub counted_at: Option<Time>,
    /// While nobody has it: who has been called, and who is next.
    pub alarm: Option<Alarm>,
    /// A promise to call back at a certain time.
    pub callback: Option<Callback>,
    /// It is on offer to another desk or person; the giver is its owner until it is taken over.
    pub hand_over: Option<HandOver>,
    /// What the next one must know; written by whoever handed it over or forwarded it last.
    pub card: Option<Card>,
    /// How often another desk took it over.
    pub desk_changes: u16,
    /// How often another person became its owner after the first.
    pub owner_changes: u16,
    /// Many customers or safety: everybody concerned was called at once.
    pub critical: Option<Critical>,
    /// True: asked at a vetted desk and not forwarded by one of its vetters yet.
    pub to_vet: bool,
    /// Who else waits for the same answer.
    pub joined: Vec<PersonId>,
    /// The request it was merged into.
    pub merged_into: Option<RequestId>,
    /// What must be over before it can be solved, oldest first; empty once it is over itself.
    pub blocked_by: Vec<RequestId>,
    /// What waits for it, so that they are told. The server's alone: who sees this one may not see them. It may name some
    /// that do not wait any more.
    pub blocks: Vec<RequestId>,
    /// When the last thing it waited for was over, until somebody goes on with it: who has it and who asked are told.
    pub unblocked_at: Option<Time>,
    /// Found by the daily sweep: it does not move.
    pub stalled: Option<Stalled>,
    /// True: solved because the asker was silent, not because they said so.
    pub unconfirmed: bool,
    /// True: the asker is to be asked "Solved?" now. At most one request a day and person.
    pub asks_solved: bool,
    /// What the asker said about the answer.
    pub verdict: Option<Verdict>,
    /// The asker said "not solved": who calls them, and until when.
    pub follow_up: Option<FollowUp>,
    /// Who is told that they owe something here, or that it is late: what apps show to whoever looks elsewhere.
    pub reminders: Vec<Reminder>,
    /// "Next time": where the answer is found without asking.
    pub next_time: String,
    /// What it met when it was asked: the desk learns how long things take from it.
    pub met: Option<Met>,
    /// What the desk asks for besides the words, as the asker filled it in.
    pub details: Vec<Detail>,
}

/// How far a late update has been pursued.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Late {
    /// Not late.
    #[default]
    No,
    /// The owner was reminded.
    OwnerReminded,
    /// The desk was told.
    DeskTold,
}

/// Who has been called about a request that nobody has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// How far it has gone.
    pub step: AlarmStep,
    /// When this step was reached.
    pub since: Time,
    /// When the alarm began: when it was asked, or when the desk opens next.
    pub begins_at: Time,
    /// Who is rung now.
    pub rings: Helpers,
    /// Who gets a card without a sound.
    pub cards: Helpers,
    /// Whom the asker is offered to call, in this order. Empty before the last step.
    pub call_now: Vec<PersonId>,
    /// When the next step is taken unless somebody has it by then.
    pub next_at: Time,
}

/// How far an alarm has gone (rules.md 4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlarmStep {
    /// The desk is closed: the alarm begins when it opens. About a customer who waits its people have a card till then.
    Closed,
    /// Whoever is on duty is rung.
    Duty,
    /// Members who are free get a silent card.
    Members,
    /// Deputy and owner are rung, and the asker may call them.
    Leads,
    /// Nobody came: the asker is asked whether it is still live, and the daily sweep lists it.
    Stuck,
}

/// A promise to call back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// When the asker is called.
    pub at: Time,
    /// Who promised; `None`: the desk did.
    pub by: Option<PersonId>,
    /// Who has been paged because it is late, in the order they were paged.
    pub paged: Vec<PersonId>,
    /// When it is looked at next.
    pub next_at: Time,
}

/// A request on offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOver {
    /// Who gives it, and is its owner until it is taken.
    pub from: PersonId,
    /// To which desk.
    pub desk: DeskId,
    /// To which person there; `None`: whoever takes it.
    pub person: Option<PersonId>,
    /// Since when.
    pub at: Time,
}

/// What the next one must know, so that nobody asks the asker twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Who wrote it.
    pub by: PersonId,
    /// What it is about.
    pub summary: String,
    /// What was tried so far.
    pub tried: String,
    /// What it means for the customer.
    pub impact: String,
    /// What is needed.
    pub needed: String,
    /// When.
    pub at: Time,
}

/// Many customers, or safety.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Critical {
    /// Who said so.
    pub by: PersonId,
    /// Why, in their words.
    pub reason: String,
    /// When.
    pub at: Time,
    /// The after-review: who, when, and what was learnt. `None`: still to be reviewed.
    pub review: Option<Review>,
}

/// What was learnt from something critical.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Who reviewed.
    pub by: PersonId,
    /// When.
    pub at: Time,
    /// In words.
    pub text: String,
}

/// Why the daily sweep lists a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stall {
    /// Nobody has it.
    NoOwner,
    /// The next update is late.
    NoUpdate,
    /// The asker or a third party has been waited for too long.
    WaitsTooLong,
}

/// A finding of the daily sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stalled {
    /// Why.
    pub why: Stall,
    /// Found first at.
    pub since: Time,
}

/// "Solved?" yes or no, and one optional line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Yes or no.
    pub solved: bool,
    /// In the asker's words; may be empty.
    pub line: String,
    /// When.
    pub at: Time,
}

/// Somebody will call the asker about an answer that did not help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// Who.
    pub by: PersonId,
    /// Until when.
    pub until: Time,
    /// It was not done in time, and those who answer for the desk were told.
    pub late: bool,
    /// What came out of it; `None`: still to be done.
    pub done: Option<Review>,
}

/// Something that somebody owes an asker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owed {
    /// A promised call, which is late.
    Callback,
    /// The next word, which is late.
    Update,
    /// A call about an answer that did not help.
    FollowUp,
    /// The same, and it is late.
    LateFollowUp,
}

/// Somebody is told what they owe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// Who.
    pub person: PersonId,
    /// What.
    pub of: Owed,
}

/// One thing that the desk asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// The desk's name for it.
    pub name: String,
    /// What the asker filled in.
    pub value: String,
    /// A helper made use of it.
    pub used: bool,
}

/// An unclaimed live request: members get a card after this long.
pub const MEMBERS_AFTER: i64 = 45 * SECOND;
/// An unclaimed live request: deputy and owner are rung after this long.
pub const LEADS_AFTER: i64 = 2 * MINUTE;
/// An unclaimed live request: is it still live?
pub const STILL_LIVE_AFTER: i64 = 10 * MINUTE;
/// Most requests that one waits for.
pub const MOST_BLOCKERS: usize = 5;
/// A late callback pages the desk's owner this long after the deputy.
pub const CALLBACK_OWNER_AFTER: i64 = 10 * MINUTE;

impl Alarm {
    /// Whether `person` is rung or has a card.
    pub fn tells(&self, person: PersonId) -> bool {
        self.rings.includes(person) || self.cards.includes(person)
    }
}

impl Care {
    /// Whether a follow-up or a review is still to be done although the request is closed.
    pub fn owes_something(&self) -> bool {
        self.follow_up.as_ref().is_some_and(|follow_up| follow_up.done.is_none())
            || self.critical.as_ref().is_some_and(|critical| critical.review.is_none())
    }
}

/// A step of looking after a request, on its timeline. Words that go with a step stand in the message's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CareStep {
    /// Nobody took it: this is done about it.
    Alarm(AlarmStep),
    /// The author said what happens next (in the text), and until when there is an update.
    Planned(Time),
    /// The author waits for somebody else (in the text).
    WaitsForOther(Time),
    /// What was awaited is there.
    GoesOn,
    /// What the desk promised is not kept in time.
    Missed(Promise),
    /// The next update is late: the owner was reminded.
    UpdateLate,
    /// The next update is still late: the desk was told.
    UpdateLateAtDesk,
    /// The asker was reminded that it is their turn.
    AskerReminded,
    /// The author promised that the asker is called at this time.
    CallbackPromised(Time),
    /// The callback is late: this person was paged.
    CallbackLate(PersonId),
    /// The asker was called as promised.
    CallbackKept,
    /// The callback is not needed any more.
    CallbackDropped,
    /// The author offers it to this desk, or this person there.
    Offered(DeskId, Option<PersonId>),
    /// The author took it over from this person, at this desk. The one thing the asker is told of a hand-over.
    TakenOver(PersonId, DeskId),
    /// The author does not take it over, because (in the text).
    OfferDeclined,
    /// The author took the offer back.
    OfferTakenBack,
    /// The author says it is critical, because (in the text).
    Critical,
    /// The author wrote down what was learnt (in the text).
    CriticalReviewed,
    /// A vetter sent it on to the desk.
    Vetted,
    /// The author waits for the same answer.
    Joined,
    /// The author does not wait for it any more.
    Left,
    /// This request was merged into this one by the author.
    MergedIn(RequestId),
    /// It went on in this request.
    MergedInto(RequestId),
    /// It waits for this request.
    BlockedBy(RequestId),
    /// It does not wait for this one, says the author.
    BlockTakenBack(RequestId),
    /// What it waited for is over.
    BlockOver(RequestId),
    /// Silence: taken as solved, not confirmed.
    SolvedBySilence,
    /// The asker says the answer did not help; this person will call them.
    NotSolved(PersonId),
    /// That call is late: whoever shall make it was reminded, and those who answer for the desk were told.
    FollowUpLate,
    /// The author has called the asker; what came out of it (in the text).
    FollowedUp,
    /// The author says where the answer is found next time (in the text).
    NextTime,
}
