//! Calls: answering, joining, ending. Each step stands on the request's timeline; what comes before the answer is
//! `ring.rs`.
//!
//! A call never gets stuck: while somebody is rung something is due, and an end nobody said stops counting as
//! busy by itself (`Call::occupies`). Answering a call with the asker is a first response, and takes the
//! request if nobody has it.

use crate::{
    Read, Refusal, Row, Viewer,
    call::{Call, CallState, CallStep, STILL_TALKING_AFTER},
    command::{AcceptCall, EndCall, JoinCall, StillTalking, System},
    decide::{
        Change, Decide, care, request,
        ring::{callee_only, missed},
        words,
    },
    id::{CallId, PersonId},
    message::Event,
    permission::may_see,
    person::Person,
    request::Request,
    row::Key,
    time::SECOND,
};

/// The clock of a call that waits for an answer.
pub(super) const RING: &str = "ring";
/// The clock of a call that was answered.
const TALK: &str = "talk";

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

pub(super) fn end(change: &mut Change<'_>, call: &mut Call, state: CallState) {
    call.state = state;
    call.silent = false;
    call.ended_at = Some(change.now);
    call.still_asked_at = None;
    change.not_due(Key::Call(call.id), RING);
    if call.accepted_at.is_some() {
        change.not_due(Key::Call(call.id), TALK);
    }
}

pub(super) fn record(change: &mut Change<'_>, call: &Call, author: Option<PersonId>, step: CallStep) {
    if let Some(request) = call.request {
        change.event(request, author, Event::Call(call.id, step));
    }
}

pub(super) fn touch(change: &mut Change<'_>, call: &Call) {
    if let Some(mut request) = about(change, call) {
        request::touch(change, &mut request);
        change.put(Row::Request(request));
    }
}

pub(super) fn about(change: &Change<'_>, call: &Call) -> Option<Request> {
    change.state.request(call.request?).ok().cloned()
}

pub(super) fn seen(change: &Change<'_>, by: &Person, id: CallId) -> Result<Call, Refusal> {
    let call = change.state.call(id)?;
    if may_see(&Viewer::of(by), &Row::Call(call.clone()), change.state) {
        Ok(call.clone())
    } else {
        Err(Refusal::Unknown("call"))
    }
}

pub(super) fn is_waiting(call: &Call) -> bool {
    matches!(call.state, CallState::Ringing | CallState::Soon)
}

fn answered_only(call: &Call) -> Result<(), Refusal> {
    if call.is_answered() { Ok(()) } else { Err(Refusal::WrongState("call")) }
}

pub(super) fn party_only(by: &Person, call: &Call) -> Result<(), Refusal> {
    if call.callee == by.id || call.caller == by.id {
        Ok(())
    } else {
        Err(Refusal::NotAllowed("a party of the call"))
    }
}
