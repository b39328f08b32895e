//! "Blocked by": a request that can't be solved before another one is. A fact beside its state, which it changes in no
//! way but one: whoever has it and says so waits for somebody else. Clocks go on, and it stays in its place in the queue
//! (docs/decisions/0018). What it waits for keeps, for the server alone, who waits for it: so that they are told when it is
//! over, and nobody learns of a request they may not see.

use crate::{
    Read, Refusal, Row, State,
    care::{CareStep, MOST_BLOCKERS},
    command::{BlockBy, System, Unblock},
    decide::{
        Change, Decide, Due,
        care::default_update,
        request::{open_seen, touch},
    },
    id::RequestId,
    person::Person,
    request::{Request, RequestState},
    row::Key,
};

/// The clock of a request whose blocker is over: at once.
const BLOCKER: &str = "blocker";

impl Decide for BlockBy {
    fn reads(&self) -> Vec<Read> {
        of(self.request, self.blocker)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = open_seen(change, by, self.request)?;
        may_say(change, by, &request)?;
        let mut blocker = open_seen(change, by, self.blocker)?;
        if request.care.blocked_by.contains(&blocker.id) {
            return Ok(());
        }
        if waits_for(change.state, blocker.id, request.id) {
            return Err(Refusal::WaitInCircle);
        }
        if request.care.blocked_by.len() >= MOST_BLOCKERS {
            return Err(Refusal::TooLong { field: "blocked_by", limit: MOST_BLOCKERS as u64 });
        }
        request.care.blocked_by.push(blocker.id);
        if !blocker.care.blocks.contains(&request.id) {
            blocker.care.blocks.push(request.id);
        }
        change.step(request.id, Some(by.id), CareStep::BlockedBy(blocker.id), "");
        if request.owner == Some(by.id) && request.state == RequestState::Accepted {
            request.state = RequestState::WaitingOther;
            request.care.next_update_by = default_update(change, &request);
        }
        touch(change, &mut request);
        change.put(Row::Request(blocker));
        change.put(Row::Request(request));
        Ok(())
    }
}

impl Decide for Unblock {
    fn reads(&self) -> Vec<Read> {
        of(self.request, self.blocker)
    }

    /// Also of what they may not see: the link is the request's own.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = open_seen(change, by, self.request)?;
        may_say(change, by, &request)?;
        if !request.care.blocked_by.contains(&self.blocker) {
            return Ok(());
        }
        request.care.blocked_by.retain(|id| *id != self.blocker);
        goes_on(&mut request);
        if let Ok(blocker) = change.state.request(self.blocker) {
            let mut blocker = blocker.clone();
            blocker.care.blocks.retain(|id| *id != request.id);
            change.put(Row::Request(blocker));
        }
        change.step(request.id, Some(by.id), CareStep::BlockTakenBack(self.blocker), "");
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

/// What of `request`'s blockers is over waits for nothing any more; one that was merged goes on where it went. Whoever has
/// or asked it is told once nothing holds it up.
pub(crate) fn blocker_over(change: &mut Change<'_>, id: RequestId) {
    let Ok(request) = change.state.request(id) else { return };
    if !request.is_open() {
        return;
    }
    let mut request = request.clone();
    let mut left: Vec<RequestId> = Vec::new();
    for blocker in std::mem::take(&mut request.care.blocked_by) {
        match goes_on_as(change.state, blocker) {
            Some(now) if now == blocker => left.push(blocker),
            Some(now) if now != id && !left.contains(&now) && !waits_for(change.state, now, id) => {
                let Ok(target) = change.state.request(now) else { continue };
                let mut target = target.clone();
                if !target.care.blocks.contains(&id) {
                    target.care.blocks.push(id);
                    change.put(Row::Request(target));
                }
                change.step(id, None, CareStep::BlockedBy(now), "");
                left.push(now);
            }
            _ => change.step(id, None, CareStep::BlockOver(blocker), ""),
        }
    }
    if left.is_empty() && state_of(change, id).is_some_and(|before| !before.care.blocked_by.is_empty()) {
        request.care.unblocked_at = Some(change.now);
    }
    request.care.blocked_by = left;
    goes_on(&mut request);
    change.put(Row::Request(request));
}

pub(crate) fn reads_of_over(request: RequestId) -> Vec<Read> {
    vec![Read::Row(Key::Org), Read::Row(Key::Request(request)), Read::BlockersOf(request)]
}

/// What waits for a request that is over looks at it at once.
pub(crate) fn dues(before: Option<&Request>, after: &Request) -> Vec<Due> {
    if after.is_open() || before.is_none_or(|before| !before.is_open()) {
        return Vec::new();
    }
    let over = |id: &RequestId| Due {
        key: Key::Request(*id),
        slot: BLOCKER,
        at: Some((after.touched_at, System::BlockerOver { request: *id })),
    };
    after.care.blocks.iter().map(over).collect()
}

/// Whether `request` waits for `other`, or is it, straight or through what it waits for.
pub(crate) fn waits_for(state: &State, request: RequestId, other: RequestId) -> bool {
    let mut seen = vec![request];
    let mut next = 0;
    while let Some(id) = seen.get(next).copied() {
        if id == other {
            return true;
        }
        next += 1;
        for blocker in state.request(id).iter().flat_map(|row| leads_on(row)) {
            if !seen.contains(&blocker) {
                seen.push(blocker);
            }
        }
    }
    false
}

/// What it waits for; where it was merged, where it went on.
pub(crate) fn leads_on(request: &Request) -> impl Iterator<Item = RequestId> + '_ {
    request.care.blocked_by.iter().copied().chain(request.care.merged_into)
}

/// The open request that `id` is now, if there is one.
fn goes_on_as(state: &State, id: RequestId) -> Option<RequestId> {
    let mut now = id;
    let mut passed = Vec::new();
    loop {
        let row = state.request(now).ok()?;
        if row.is_open() {
            return Some(now);
        }
        passed.push(now);
        now = row.care.merged_into.filter(|into| !passed.contains(into))?;
    }
}

/// Its owner waited for nothing else.
fn goes_on(request: &mut Request) {
    let waited = request.state == RequestState::WaitingOther && request.care.waiting_for.is_empty();
    if waited && request.care.blocked_by.is_empty() {
        request.state = RequestState::Accepted;
        request.care.next_update_by = None;
    }
}

fn state_of<'a>(change: &Change<'a>, id: RequestId) -> Option<&'a Request> {
    change.state.request(id).ok()
}

/// Whoever waits for the answer, has it, or could take it.
fn may_say(change: &Change<'_>, by: &Person, request: &Request) -> Result<(), Refusal> {
    let is_asked = match &request.private_with {
        Some(people) => people.contains(&by.id),
        None => change.state.desk(request.desk)?.is_helped_by(by.id),
    };
    if is_asked || request.owner == Some(by.id) || request.is_asked_by(by.id) {
        Ok(())
    } else {
        Err(Refusal::NotAllowed("who asked it, has it, or helps at its desk"))
    }
}

fn of(request: RequestId, blocker: RequestId) -> Vec<Read> {
    vec![
        Read::Row(Key::Org),
        Read::Row(Key::Request(request)),
        Read::Row(Key::Request(blocker)),
        Read::BlockersOf(blocker),
    ]
}
