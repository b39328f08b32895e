//! How a request is looked after, on the wire. Mirrors `domain::care`.

use deskside_domain as domain;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    Mirror,
    clocks::{Clocks, Promise},
    id::{DeskId, PersonId, RequestId},
    mirror::Millis,
    values::Helpers,
};

mirror_enum! {
    /// How far a late update has been pursued.
    Late = care::Late {
        /// Not late.
        No,
        /// The owner was reminded.
        OwnerReminded,
        /// The desk was told.
        DeskTold,
    }
}
mirror_enum! {
    /// How far the alarm about an unclaimed request has gone.
    AlarmStep = care::AlarmStep {
        /// The desk is closed: it begins when the desk opens.
        Closed,
        /// Whoever is on duty is rung.
        Duty,
        /// Free members have a silent card.
        Members,
        /// Deputy and owner are rung; the asker may call them.
        Leads,
        /// Nobody came: is it still live?
        Stuck,
    }
}
mirror_enum! {
    /// Why the daily sweep lists a request.
    Stall = care::Stall {
        /// Nobody has it.
        NoOwner,
        /// The next update is late.
        NoUpdate,
        /// The asker or a third party is waited for too long.
        WaitsTooLong,
    }
}
mirror_enum! {
    /// Something that somebody owes an asker.
    Owed = care::Owed {
        /// A promised call, which is late.
        Callback,
        /// The next word, which is late.
        Update,
        /// A call about an answer that did not help.
        FollowUp,
        /// The same, and it is late.
        LateFollowUp,
    }
}
mirror_struct! {
    /// Somebody is told what they owe.
    Reminder = domain::care::Reminder {
        /// Who.
        person: PersonId,
        /// What.
        of: Owed,
    }
}
mirror_struct! {
    /// Who has been called about a request that nobody has.
    Alarm = domain::care::Alarm {
        /// How far it has gone.
        step: AlarmStep,
        /// When this step was reached.
        since: Millis,
        /// When it began, or begins: the desk may be closed.
        begins_at: Millis,
        /// Who is rung now.
        rings: Helpers,
        /// Who has a silent card.
        cards: Helpers,
        /// Whom the asker is offered to call ("Call Sid"), in order.
        call_now: Vec<PersonId>,
        /// When the next step is taken.
        next_at: Millis,
    }
}
mirror_struct! {
    /// A promise to call the asker.
    Callback = domain::care::Callback {
        /// When.
        at: Millis,
        /// Who promised; null: the desk.
        by: Option<PersonId>,
        /// Who was paged because it is late.
        paged: Vec<PersonId>,
        /// When it is looked at next.
        next_at: Millis,
    }
}
mirror_struct! {
    /// A request on offer; the giver owns it until it is taken over.
    HandOver = domain::care::HandOver {
        /// Who gives it.
        from: PersonId,
        /// To which desk.
        desk: DeskId,
        /// To whom there; null: whoever takes it.
        person: Option<PersonId>,
        /// Since when.
        at: Millis,
    }
}
mirror_struct! {
    /// What the next one must know.
    Card = domain::care::Card {
        /// Who wrote it.
        by: PersonId,
        /// What it is about.
        summary: String,
        /// What was tried.
        tried: String,
        /// What it means for the customer.
        impact: String,
        /// What is needed.
        needed: String,
        /// When.
        at: Millis,
    }
}
mirror_struct! {
    /// The same as its writer writes it.
    NewCard = domain::command::NewCard {
        /// What it is about.
        summary: String,
        /// What was tried.
        #[serde(default)] tried: String,
        /// What it means for the customer.
        #[serde(default)] impact: String,
        /// What is needed; one line.
        needed: String,
    }
}
mirror_struct! {
    /// What somebody wrote down afterwards.
    Review = domain::care::Review {
        /// Who.
        by: PersonId,
        /// When.
        at: Millis,
        /// In words.
        text: String,
    }
}
mirror_struct! {
    /// Many customers, or safety.
    Critical = domain::care::Critical {
        /// Who said so.
        by: PersonId,
        /// Why.
        reason: String,
        /// When.
        at: Millis,
        /// The after-review; null: still to be done.
        review: Option<Review>,
    }
}
mirror_struct! {
    /// A finding of the daily sweep.
    Stalled = domain::care::Stalled {
        /// Why.
        why: Stall,
        /// Since when.
        since: Millis,
    }
}
mirror_struct! {
    /// "Solved?" yes or no, and a line.
    Verdict = domain::care::Verdict {
        /// Yes or no.
        solved: bool,
        /// In the asker's words; may be empty.
        line: String,
        /// When.
        at: Millis,
    }
}
mirror_struct! {
    /// Somebody will call the asker about an answer that did not help.
    FollowUp = domain::care::FollowUp {
        /// Who.
        by: PersonId,
        /// Until when.
        until: Millis,
        /// It was not done in time.
        #[serde(default)]
        late: bool,
        /// What came out of it; null: still to be done.
        done: Option<Review>,
    }
}
mirror_struct! {
    /// One thing the desk asks for, as the asker filled it in.
    Detail = domain::care::Detail {
        /// The desk's name for it.
        name: String,
        /// Filled in.
        value: String,
        /// A helper made use of it.
        used: bool,
    }
}
mirror_struct! {
    /// One thing the desk asks for, filled in with the question.
    GivenDetail = domain::command::GivenDetail {
        /// The desk's name for it.
        name: String,
        /// Filled in.
        value: String,
    }
}
mirror_struct! {
    /// What a question met when it was asked.
    Met = domain::place::Met {
        /// Requests that were served before it.
        ahead: u16,
        /// People on duty.
        on_duty: u16,
        /// Of those, people who had room.
        with_room: u16,
        /// The upper end of the range that was shown, in working milliseconds.
        shown_ms: Option<i64>,
    }
}
mirror_struct! {
    /// What the desk owes the asker of a request, until when, and who was told.
    Care = domain::care::Care {
        /// What happens next, in the owner's words; may be empty.
        plan: String,
        /// What a third party is waited for; empty unless it waits for one.
        waiting_for: String,
        /// When the owner owes the next word.
        next_update_by: Option<Millis>,
        /// That word is late.
        update_late: Late,
        /// When the next update is looked at.
        update_look_at: Option<Millis>,
        /// When the asker's silence means something: an answer was right, a question is repeated.
        silence_at: Option<Millis>,
        /// When the first response is, or was, due by the desk's standard.
        first_response_by: Option<Millis>,
        /// When it shall be solved by the desk's standard; null while the asker's turn stops the clock.
        solve_by: Option<Millis>,
        /// The desk's clock at `counted_at`, in working milliseconds.
        worked: i64,
        /// Working milliseconds until the first response, at `counted_at`.
        waited: i64,
        /// Up to when the clocks were counted; of a request that is over, when it ended.
        counted_at: Option<Millis>,
        /// The clocks themselves, with which the server goes on counting. Clients are given what they show.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(skip)]
        #[schemars(skip)]
        clocks: Option<Clocks>,
        /// When a promise is missed next; the server's alone, too.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(skip)]
        #[schemars(skip)]
        clocks_look_at: Option<Millis>,
        /// While nobody has it: who was called.
        alarm: Option<Alarm>,
        /// A promised callback.
        callback: Option<Callback>,
        /// On offer to another desk or person.
        hand_over: Option<HandOver>,
        /// What the next one must know.
        card: Option<Card>,
        /// How often another desk took it over.
        desk_changes: u16,
        /// How often it changed hands after it was first taken.
        owner_changes: u16,
        /// Many customers, or safety.
        critical: Option<Critical>,
        /// Asked at a vetted desk and not forwarded yet.
        to_vet: bool,
        /// Who else waits for the answer.
        joined: Vec<PersonId>,
        /// Where it went on.
        merged_into: Option<RequestId>,
        /// What must be over before it can be solved. One that you do not hold is one you can't see.
        #[serde(default)]
        blocked_by: Vec<RequestId>,
        /// What waits for it; the server's alone: clients look for it among the requests they hold.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[ts(skip)]
        #[schemars(skip)]
        blocks: Vec<RequestId>,
        /// When the last thing it waited for was over, until somebody goes on with it.
        #[serde(default)]
        unblocked_at: Option<Millis>,
        /// Found by the daily sweep.
        stalled: Option<Stalled>,
        /// Solved by silence, not confirmed.
        unconfirmed: bool,
        /// Ask the asker "Solved?" now.
        asks_solved: bool,
        /// What the asker said.
        verdict: Option<Verdict>,
        /// Who will call the asker after a "no".
        follow_up: Option<FollowUp>,
        /// Who is told that they owe something, or that it is late. Apps show these, and decide nothing of it.
        #[serde(default)]
        reminders: Vec<Reminder>,
        /// Where the answer is found next time; may be empty.
        next_time: String,
        /// What it met when it was asked, and what its asker was told.
        met: Option<Met>,
        /// What the desk asked for.
        details: Vec<Detail>,
    }
}

impl Default for Care {
    fn default() -> Self {
        Mirror::from_domain(domain::care::Care::default())
    }
}

/// A step of looking after a request; words that go with it stand in the message's text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
#[allow(missing_docs, reason = "documented at domain::care::CareStep")]
pub enum CareStep {
    /// Nobody took it: this is done about it.
    Alarm { alarm: AlarmStep },
    /// What happens next (text), and until when there is an update.
    Planned { until: Millis },
    /// Waits for a third party (text).
    WaitsForOther { until: Millis },
    /// What was awaited is there.
    GoesOn,
    /// What the desk promised was not kept in time.
    Missed { promise: Promise },
    /// The owner was reminded of the next update.
    UpdateLate,
    /// The desk was told that it is late.
    UpdateLateAtDesk,
    /// The asker was reminded.
    AskerReminded,
    /// A callback was promised.
    CallbackPromised { at: Millis },
    /// It is late: this person was paged.
    CallbackLate { person: PersonId },
    /// The asker was called.
    CallbackKept,
    /// It is not needed any more.
    CallbackDropped,
    /// On offer to this desk, or this person there.
    Offered { desk: DeskId, person: Option<PersonId> },
    /// Taken over by the author from this person, at this desk: the one thing the asker is told.
    TakenOver { from: PersonId, desk: DeskId },
    /// Not taken over, because (text).
    OfferDeclined,
    /// The offer was taken back.
    OfferTakenBack,
    /// Critical, because (text).
    Critical,
    /// What was learnt (text).
    CriticalReviewed,
    /// A vetter sent it on to the desk.
    Vetted,
    /// The author waits for the same answer.
    Joined,
    /// The author does not any more.
    Left,
    /// This one was merged in.
    MergedIn { request: RequestId },
    /// It went on there.
    MergedInto { request: RequestId },
    /// It waits for this request.
    BlockedBy { request: RequestId },
    /// It does not wait for this one, says the author.
    BlockTakenBack { request: RequestId },
    /// What it waited for is over.
    BlockOver { request: RequestId },
    /// Taken as solved, not confirmed.
    SolvedBySilence,
    /// It did not help (text); this person will call.
    NotSolved { caller: PersonId },
    /// That call is late: whoever shall make it was reminded, and the desk was told.
    FollowUpLate,
    /// The author has called; what came out (text).
    FollowedUp,
    /// Where the answer is found next time (text).
    NextTime,
}

impl Mirror for CareStep {
    type Domain = domain::care::CareStep;
    fn from_domain(domain: Self::Domain) -> Self {
        use domain::care::CareStep as S;
        match domain {
            S::Alarm(step) => Self::Alarm { alarm: Mirror::from_domain(step) },
            S::Planned(until) => Self::Planned { until: Mirror::from_domain(until) },
            S::WaitsForOther(until) => Self::WaitsForOther { until: Mirror::from_domain(until) },
            S::GoesOn => Self::GoesOn,
            S::Missed(promise) => Self::Missed { promise: Mirror::from_domain(promise) },
            S::UpdateLate => Self::UpdateLate,
            S::UpdateLateAtDesk => Self::UpdateLateAtDesk,
            S::AskerReminded => Self::AskerReminded,
            S::CallbackPromised(at) => Self::CallbackPromised { at: Mirror::from_domain(at) },
            S::CallbackLate(person) => Self::CallbackLate { person: Mirror::from_domain(person) },
            S::CallbackKept => Self::CallbackKept,
            S::CallbackDropped => Self::CallbackDropped,
            S::Offered(desk, person) => {
                Self::Offered { desk: Mirror::from_domain(desk), person: Mirror::from_domain(person) }
            }
            S::TakenOver(from, desk) => {
                Self::TakenOver { from: Mirror::from_domain(from), desk: Mirror::from_domain(desk) }
            }
            S::OfferDeclined => Self::OfferDeclined,
            S::OfferTakenBack => Self::OfferTakenBack,
            S::Critical => Self::Critical,
            S::CriticalReviewed => Self::CriticalReviewed,
            S::Vetted => Self::Vetted,
            S::Joined => Self::Joined,
            S::Left => Self::Left,
            S::MergedIn(request) => Self::MergedIn { request: Mirror::from_domain(request) },
            S::MergedInto(request) => Self::MergedInto { request: Mirror::from_domain(request) },
            S::BlockedBy(request) => Self::BlockedBy { request: Mirror::from_domain(request) },
            S::BlockTakenBack(request) => Self::BlockTakenBack { request: Mirror::from_domain(request) },
            S::BlockOver(request) => Self::BlockOver { request: Mirror::from_domain(request) },
            S::SolvedBySilence => Self::SolvedBySilence,
            S::NotSolved(caller) => Self::NotSolved { caller: Mirror::from_domain(caller) },
            S::FollowUpLate => Self::FollowUpLate,
            S::FollowedUp => Self::FollowedUp,
            S::NextTime => Self::NextTime,
        }
    }
    fn into_domain(self) -> Self::Domain {
        use domain::care::CareStep as S;
        match self {
            Self::Alarm { alarm } => S::Alarm(alarm.into_domain()),
            Self::Planned { until } => S::Planned(until.into_domain()),
            Self::WaitsForOther { until } => S::WaitsForOther(until.into_domain()),
            Self::GoesOn => S::GoesOn,
            Self::Missed { promise } => S::Missed(promise.into_domain()),
            Self::UpdateLate => S::UpdateLate,
            Self::UpdateLateAtDesk => S::UpdateLateAtDesk,
            Self::AskerReminded => S::AskerReminded,
            Self::CallbackPromised { at } => S::CallbackPromised(at.into_domain()),
            Self::CallbackLate { person } => S::CallbackLate(person.into_domain()),
            Self::CallbackKept => S::CallbackKept,
            Self::CallbackDropped => S::CallbackDropped,
            Self::Offered { desk, person } => S::Offered(desk.into_domain(), person.into_domain()),
            Self::TakenOver { from, desk } => S::TakenOver(from.into_domain(), desk.into_domain()),
            Self::OfferDeclined => S::OfferDeclined,
            Self::OfferTakenBack => S::OfferTakenBack,
            Self::Critical => S::Critical,
            Self::CriticalReviewed => S::CriticalReviewed,
            Self::Vetted => S::Vetted,
            Self::Joined => S::Joined,
            Self::Left => S::Left,
            Self::MergedIn { request } => S::MergedIn(request.into_domain()),
            Self::MergedInto { request } => S::MergedInto(request.into_domain()),
            Self::BlockedBy { request } => S::BlockedBy(request.into_domain()),
            Self::BlockTakenBack { request } => S::BlockTakenBack(request.into_domain()),
            Self::BlockOver { request } => S::BlockOver(request.into_domain()),
            Self::SolvedBySilence => S::SolvedBySilence,
            Self::NotSolved { caller } => S::NotSolved(caller.into_domain()),
            Self::FollowUpLate => S::FollowUpLate,
            Self::FollowedUp => S::FollowedUp,
            Self::NextTime => S::NextTime,
        }
    }
}
