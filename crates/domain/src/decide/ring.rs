//! Ringing: whom a call rings, whether it is heard, and who is next when it is not taken.
//!
//! Nobody is rung who could not talk (`can_be_rung`), and nobody twice in one call. What follows the answer is
//! `call.rs`.

use crate::{
    Read, Refusal, Row,
    call::{Call, CallState, CallStep, DeclineReason, Provider, RING_FOR, SOON, link},
    command::{AnswerSoon, CancelCall, DeclineCall, PassOnCall, Ring, System},
    decide::{
        Change, Decide,
        call::{RING, about, end, is_waiting, party_only, record, seen, system_reads, touch},
        words,
    },
    id::{CallId, PersonId},
    permission::sees_request,
    person::{Person, Status},
    request::{Request, RequestState, Urgency},
    row::Key,
};

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

pub(crate) fn over(change: &mut Change<'_>, id: CallId, callee: PersonId, rang_at: i64) {
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

pub(super) fn missed(change: &mut Change<'_>, mut call: Call) {
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

fn waiting_only(call: &Call) -> Result<(), Refusal> {
    if is_waiting(call) { Ok(()) } else { Err(Refusal::WrongState("call")) }
}

pub(super) fn callee_only(by: &Person, call: &Call) -> Result<(), Refusal> {
    if call.callee == by.id { Ok(()) } else { Err(Refusal::NotAllowed("whoever is rung")) }
}

/// All 128 bits in base32 (RFC 4648, lower case): a room nobody guesses.
fn room(chance: u128) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    (0..26).map(|at| char::from(LETTERS[((chance >> (5 * at)) & 31) as usize])).collect()
}
