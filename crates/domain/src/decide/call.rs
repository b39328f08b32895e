//! Calls: ringing, passing on, answering, joining, ending. Each step stands on the request's timeline.
//!
//! A call never gets stuck: while somebody is rung something is due, and an end nobody said stops counting as
//! busy by itself (`Call::occupies`). Answering a call with the asker is a first response, and takes the
//! request if nobody has it.

use crate::{
    Read, Refusal, Row, Viewer,
    call::{Call, CallState, CallStep, DeclineReason, Provider, RING_FOR, SOON, STILL_TALKING_AFTER, link},
    command::{
        AcceptCall, AnswerSoon, CancelCall, DeclineCall, EndCall, JoinCall, PassOnCall, Ring, StillTalking,
        System,
    },
    decide::{Change, Decide, care, request, words},
    id::{CallId, PersonId},
    message::Event,
    permission::{may_see, sees_request},
    person::{Person, Status},
    request::{Request, RequestState, Urgency},
    row::Key,
    time::SECOND,
};

/// The clock of a call that waits for an answer.
const RING: &str = "ring";
/// The clock of a call that was answered.
const TALK: &str = "talk";
/// Most people of one call's order, and most rung one after the other.
const MOST_IN_TURN: usize = 20;

impl Decide for Ring {
    fn reads(&self) -> Vec<Read> {
        let mut reads = system_reads(self.call);
        reads.extend(self.request.map(|request| Read::Row(Key::Request(request))));
        reads
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        change.is_free(&Key::Call(self.call))?;
        if let Some(request) = self.request {
            let request = change.request_seen(by, request)?;
            if request.archived || matches!(request.state, RequestState::Withdrawn | RequestState::Merged) {
                return Err(Refusal::RequestClosed);
            }
        }
        if self.callee == by.id {
            return Err(Refusal::Invalid { field: "callee", why: "the caller" });
        }
        if self.then.len() > MOST_IN_TURN {
            return Err(Refusal::TooLong { field: "then", limit: MOST_IN_TURN as u64 });
        }
        let mut call = Call {
            id: self.call,
            request: self.request,
            caller: by.id,
            callee: self.callee,
            then: Vec::new(),
            before: Vec::new(),
            state: CallState::Ringing,
            silent: false,
            wants_callback: self.wants_callback,
            room: room(change.chance()),
            joined: Vec::new(),
            outcome: String::new(),
            rang_at: change.now,
            accepted_at: None,
            joined_at: None,
            ended_at: None,
            still_asked_at: None,
        };
        for person in &self.then {
            change.state.person(*person)?;
            if *person != call.caller && *person != call.callee && !call.then.contains(person) {
                call.then.push(*person);
            }
        }
        if change
            .state
            .calls()
            .any(|other| is_waiting(other) && other.caller == by.id && other.callee == self.callee)
        {
            return Err(Refusal::WrongState("call"));
        }
        let first = if self.wants_callback {
            CallStep::AskedToCall(self.callee)
        } else {
            CallStep::Rang(self.callee)
        };
        record(change, &call, Some(by.id), first);
        match can_be_rung(change, &call, self.callee) {
            Ok(()) => start_ringing(change, &mut call),
            Err(Refusal::Busy) => {
                if !move_on(change, &mut call, CallStep::Declined(DeclineReason::OnCall)) {
                    return Err(Refusal::Busy);
                }
            }
            Err(refusal) => return Err(refusal),
        }
        touch(change, &call);
        change.put(Row::Call(call));
        Ok(())
    }
}

impl Decide for AcceptCall {
    fn reads(&self) -> Vec<Read> {
        system_reads(self.call)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut call = seen(change, by, self.call)?;
        callee_only(by, &call)?;
        match call.state {
            CallState::Ringing | CallState::Soon => {}
            CallState::Accepted | CallState::Joined => return Ok(()),
            _ => return Err(Refusal::WrongState("call")),
        }
        call.state = CallState::Accepted;
        call.silent = false;
        call.accepted_at = Some(change.now);
        change.not_due(Key::Call(call.id), RING);
        asks_again(change, &call);
        record(change, &call, Some(by.id), CallStep::Accepted);
        if let Some(mut request) = about(change, &call) {
            answered(change, &call, &mut request);
            request::touch(change, &mut request);
            change.put(Row::Request(request));
        }
        change.put(Row::Call(call));
        Ok(())
    }
}

impl Decide for AnswerSoon {
    fn reads(&self) -> Vec<Read> {
        system_reads(self.call)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut call = seen(change, by, self.call)?;
        callee_only(by, &call)?;
        match call.state {
            CallState::Ringing => {}
            CallState::Soon => return Ok(()),
            _ => return Err(Refusal::WrongState("call")),
        }
        call.state = CallState::Soon;
        let over = System::SoonOver { call: call.id };
        change.due(Key::Call(call.id), RING, change.now.plus(SOON), over);
        record(change, &call, Some(by.id), CallStep::Soon);
        touch(change, &call);
        change.put(Row::Call(call));
        Ok(())
    }
}

impl Decide for DeclineCall {
    fn reads(&self) -> Vec<Read> {
        system_reads(self.call)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut call = seen(change, by, self.call)?;
        callee_only(by, &call)?;
        waiting_only(&call)?;
        let reason = match &self.reason {
            DeclineReason::Said(text) => {
                let text = words::line(change.state, "reason", text)?;
                if text.is_empty() {
                    return Err(Refusal::Empty("reason"));
                }
                DeclineReason::Said(text)
            }
            reason => reason.clone(),
        };
        let declined = CallStep::Declined(reason);
        record(change, &call, Some(by.id), declined.clone());
        if !move_on(change, &mut call, declined) {
            end(change, &mut call, CallState::Declined);
        }
        touch(change, &call);
        change.put(Row::Call(call));
        Ok(())
    }
}

impl Decide for PassOnCall {
    fn reads(&self) -> Vec<Read> {
        system_reads(self.call)
    }

    /// The callee knows somebody better, or the caller tries the next.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut call = seen(change, by, self.call)?;
        party_only(by, &call)?;
        waiting_only(&call)?;
        let not_mine = CallStep::Declined(DeclineReason::NotMine);
        match self.to {
            Some(to) => {
                if to == call.caller || to == call.callee {
                    return Err(Refusal::Invalid { field: "to", why: "already in this call" });
                }
                if call.before.len() >= MOST_IN_TURN {
                    return Err(Refusal::TooLong { field: "to", limit: MOST_IN_TURN as u64 });
                }
                can_be_rung(change, &call, to)?;
                pass_on(change, &mut call, to, not_mine);
            }
            None => {
                if !move_on(change, &mut call, not_mine) {
                    return Err(Refusal::WrongState("nobody is next"));
                }
            }
        }
        touch(change, &call);
        change.put(Row::Call(call));
        Ok(())
    }
}

impl Decide for CancelCall {
    fn reads(&self) -> Vec<Read> {
        system_reads(self.call)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut call = seen(change, by, self.call)?;
        if call.caller != by.id {
            return Err(Refusal::NotAllowed("the caller"));
        }
        if call.state == CallState::Cancelled {
            return Ok(());
        }
        waiting_only(&call)?;
        record(change, &call, Some(by.id), CallStep::Cancelled);
        end(change, &mut call, CallState::Cancelled);
        touch(change, &call);
        change.put(Row::Call(call));
        Ok(())
    }
}

impl Decide for JoinCall {
    fn reads(&self) -> Vec<Read> {
        system_reads(self.call)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut call = seen(change, by, self.call)?;
        party_only(by, &call)?;
        answered_only(&call)?;
        if call.joined.contains(&by.id) {
            return Ok(());
        }
        call.state = CallState::Joined;
        call.joined.push(by.id);
        if call.joined_at.is_none() {
            call.joined_at = Some(change.now);
            asks_again(change, &call);
        }
        call.still_asked_at = None;
        record(change, &call, Some(by.id), CallStep::Joined);
        touch(change, &call);
        change.put(Row::Call(call));
        Ok(())
    }
}

impl Decide for EndCall {
    fn reads(&self) -> Vec<Read> {
        system_reads(self.call)
    }

    /// Either says it is over. Whoever comes second may still say what came out of it, if nobody did.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut call = seen(change, by, self.call)?;
        party_only(by, &call)?;
        let outcome = words::line(change.state, "outcome", &self.outcome)?;
        match call.state {
            CallState::Accepted | CallState::Joined => {
                call.outcome = outcome;
                hang_up(change, &mut call, Some(by.id));
            }
            CallState::Ended if outcome.is_empty() || outcome == call.outcome => return Ok(()),
            CallState::Ended if call.outcome.is_empty() => call.outcome = outcome,
            _ => return Err(Refusal::WrongState("call")),
        }
        touch(change, &call);
        change.put(Row::Call(call));
        Ok(())
    }
}

impl Decide for StillTalking {
    fn reads(&self) -> Vec<Read> {
        system_reads(self.call)
    }

    /// Yes: the next hour begins.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut call = seen(change, by, self.call)?;
        party_only(by, &call)?;
        answered_only(&call)?;
        if call.still_asked_at.take().is_some() {
            asks_again(change, &call);
            change.put(Row::Call(call));
        }
        Ok(())
    }
}

/// What every command about a call reads: whom it may ring next is known only from the call itself.
pub(crate) fn system_reads(call: CallId) -> Vec<Read> {
    let mut reads = reads_of_all();
    reads.push(Read::Row(Key::Call(call)));
    reads
}

/// The same for every call that is not over.
pub(crate) fn reads_of_all() -> Vec<Read> {
    vec![Read::Row(Key::Org), Read::People, Read::ActiveCalls, Read::LiveRequests]
}

pub(crate) fn ring_over(change: &mut Change<'_>, id: CallId, callee: PersonId, rang_at: i64) {
    let Ok(call) = change.state.call(id) else { return };
    if call.state != CallState::Ringing || call.callee != callee || call.rang_at.0 != rang_at {
        return;
    }
    missed(change, call.clone());
}

pub(crate) fn soon_over(change: &mut Change<'_>, id: CallId) {
    let Ok(call) = change.state.call(id) else { return };
    if call.state != CallState::Soon {
        return;
    }
    let mut call = call.clone();
    record(change, &call, None, CallStep::Rang(call.callee));
    start_ringing(change, &mut call);
    change.put(Row::Call(call));
}

pub(crate) fn ask_still_talking(change: &mut Change<'_>, id: CallId) {
    let Ok(call) = change.state.call(id) else { return };
    if call.is_answered() && call.still_asked_at.is_none() {
        change.put(Row::Call(Call { still_asked_at: Some(change.now), ..call.clone() }));
    }
}

/// After an hour from now both are asked whether they still talk.
fn asks_again(change: &mut Change<'_>, call: &Call) {
    let ask = System::AskStillTalking { call: call.id };
    change.due(Key::Call(call.id), TALK, change.now.plus(STILL_TALKING_AFTER), ask);
}

/// `person` leaves the organisation: their calls end, and what rings them goes on to the next.
pub(crate) fn leave_all(change: &mut Change<'_>, person: PersonId) {
    let calls: Vec<Call> = change.state.calls().filter(|call| call.is_active()).cloned().collect();
    for mut call in calls.into_iter().filter(|call| call.caller == person || call.callee == person) {
        if !is_waiting(&call) {
            hang_up(change, &mut call, None);
            change.put(Row::Call(call));
        } else if call.caller == person {
            record(change, &call, None, CallStep::Cancelled);
            end(change, &mut call, CallState::Cancelled);
            change.put(Row::Call(call));
        } else {
            missed(change, call);
        }
    }
}

fn missed(change: &mut Change<'_>, mut call: Call) {
    record(change, &call, None, CallStep::Missed);
    if !move_on(change, &mut call, CallStep::Missed) {
        end(change, &mut call, CallState::Missed);
    }
    change.put(Row::Call(call));
}

/// Rings the next who can be rung and says so; false if there is none, then nothing was changed.
fn move_on(change: &mut Change<'_>, call: &mut Call, why: CallStep) -> bool {
    let works_now = |person: PersonId| {
        change
            .state
            .person(person)
            .is_ok_and(|person| matches!(person.status, Status::Available | Status::OnCall))
    };
    let next =
        call.then.iter().copied().find(|next| works_now(*next) && can_be_rung(change, call, *next).is_ok());
    let Some(next) = next else { return false };
    // Those before the next could not be rung either; nobody waits for them twice.
    let skipped = call.then.iter().position(|person| *person == next).unwrap_or_default();
    call.then.drain(..skipped);
    pass_on(change, call, next, why);
    true
}

fn pass_on(change: &mut Change<'_>, call: &mut Call, next: PersonId, why: CallStep) {
    call.before.push((call.callee, why));
    call.then.retain(|person| *person != next);
    call.callee = next;
    record(change, call, None, CallStep::PassedOn(next));
    start_ringing(change, call);
}

fn start_ringing(change: &mut Change<'_>, call: &mut Call) {
    call.state = CallState::Ringing;
    call.rang_at = change.now;
    call.silent = rings_silently(change, call);
    let over = System::RingOver { call: call.id, callee: call.callee, rang_at: change.now.0 };
    change.due(Key::Call(call.id), RING, change.now.plus(RING_FOR), over);
}

/// Whoever talks with a customer, or whose customer waits, gets a silent card; and in quiet hours everybody, unless a
/// customer waits and nobody else watches the desk.
fn rings_silently(change: &Change<'_>, call: &Call) -> bool {
    let callee = call.callee;
    let on_call = change.state.person(callee).is_ok_and(|person| person.status == Status::OnCall);
    let customer_waits = change.state.requests().any(|request| {
        let asks = request.asker == callee;
        // The owner of the request the call is about is rung about nothing else than that customer.
        let helps = request.owner == Some(callee) && call.request != Some(request.id);
        request.is_open() && request.urgency == Urgency::Live && (asks || helps)
    });
    on_call || customer_waits || is_left_in_peace(change, call)
}

fn is_left_in_peace(change: &Change<'_>, call: &Call) -> bool {
    if !change.state.person(call.callee).is_ok_and(|person| person.quiet_now) {
        return false;
    }
    let Some(request) = about(change, call).filter(|request| request.urgency == Urgency::Live) else {
        return true;
    };
    let desk = change.state.desk(request.desk).ok();
    let helps = |person: &Person| match &request.private_with {
        Some(people) => people.contains(&person.id),
        None => desk.is_some_and(|desk| desk.is_helped_by(person.id)),
    };
    let mut others =
        change.state.people().filter(|person| person.id != call.callee && person.id != request.asker);
    others.any(|person| person.watches() && helps(person))
}

/// Whether `callee` can be rung in `call`: is here, may know what it is about, can be reached by the provider
/// and is not talking.
fn can_be_rung(change: &Change<'_>, call: &Call, callee: PersonId) -> Result<(), Refusal> {
    let person = change.active_person(callee)?;
    let request = about(change, call);
    if let Some(request) = &request
        && !sees_request(callee, request, change.state)
    {
        return Err(Refusal::NotAllowed("somebody who sees the request"));
    }
    let provider = provider(change, request.as_ref())?;
    let caller = change.state.person(call.caller)?;
    let (host, guest) = if call.wants_callback { (person, caller) } else { (caller, person) };
    if let Some(lacking) = link::lacks(provider, host, guest) {
        return Err(Refusal::ProviderIncomplete(lacking));
    }
    if change.state.calls().any(|other| other.id != call.id && other.occupies(callee)) {
        return Err(Refusal::Busy);
    }
    Ok(())
}

fn provider<'a>(change: &Change<'a>, request: Option<&Request>) -> Result<&'a Provider, Refusal> {
    let desk = request.and_then(|request| change.state.desk(request.desk).ok());
    let own = desk.and_then(|desk| desk.provider.as_ref());
    own.or(change.state.org()?.provider.as_ref()).ok_or(Refusal::NoProvider)
}

/// An answered call of the asker with somebody else is a response, and that person has the request now.
fn answered(change: &mut Change<'_>, call: &Call, request: &mut Request) {
    let helper = match request.asker {
        asker if asker == call.caller => call.callee,
        asker if asker == call.callee => call.caller,
        _ => return,
    };
    request.first_response_at.get_or_insert(change.now);
    care::kept(change, request, helper);
    if request.is_open() && request.owner.is_none() {
        request.taken_by(helper);
        change.event(request.id, Some(helper), Event::Taken);
    }
}

fn hang_up(change: &mut Change<'_>, call: &mut Call, author: Option<PersonId>) {
    let lasted = call.joined_at.map_or(0, |joined| change.now.since(joined).max(0) / SECOND);
    record(change, call, author, CallStep::Ended(u32::try_from(lasted).unwrap_or(u32::MAX)));
    end(change, call, CallState::Ended);
}

fn end(change: &mut Change<'_>, call: &mut Call, state: CallState) {
    call.state = state;
    call.silent = false;
    call.ended_at = Some(change.now);
    call.still_asked_at = None;
    change.not_due(Key::Call(call.id), RING);
    if call.accepted_at.is_some() {
        change.not_due(Key::Call(call.id), TALK);
    }
}

fn record(change: &mut Change<'_>, call: &Call, author: Option<PersonId>, step: CallStep) {
    if let Some(request) = call.request {
        change.event(request, author, Event::Call(call.id, step));
    }
}

fn touch(change: &mut Change<'_>, call: &Call) {
    if let Some(mut request) = about(change, call) {
        request::touch(change, &mut request);
        change.put(Row::Request(request));
    }
}

fn about(change: &Change<'_>, call: &Call) -> Option<Request> {
    change.state.request(call.request?).ok().cloned()
}

fn seen(change: &Change<'_>, by: &Person, id: CallId) -> Result<Call, Refusal> {
    let call = change.state.call(id)?;
    if may_see(&Viewer::of(by), &Row::Call(call.clone()), change.state) {
        Ok(call.clone())
    } else {
        Err(Refusal::Unknown("call"))
    }
}

fn is_waiting(call: &Call) -> bool {
    matches!(call.state, CallState::Ringing | CallState::Soon)
}

fn waiting_only(call: &Call) -> Result<(), Refusal> {
    if is_waiting(call) { Ok(()) } else { Err(Refusal::WrongState("call")) }
}

fn answered_only(call: &Call) -> Result<(), Refusal> {
    if call.is_answered() { Ok(()) } else { Err(Refusal::WrongState("call")) }
}

fn callee_only(by: &Person, call: &Call) -> Result<(), Refusal> {
    if call.callee == by.id { Ok(()) } else { Err(Refusal::NotAllowed("whoever is rung")) }
}

fn party_only(by: &Person, call: &Call) -> Result<(), Refusal> {
    if call.callee == by.id || call.caller == by.id {
        Ok(())
    } else {
        Err(Refusal::NotAllowed("a party of the call"))
    }
}

/// All 128 bits in base32 (RFC 4648, lower case): a room nobody guesses.
fn room(chance: u128) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    (0..26).map(|at| char::from(LETTERS[((chance >> (5 * at)) & 31) as usize])).collect()
}
