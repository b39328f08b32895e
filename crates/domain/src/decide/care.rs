//! Looking after a request: what happens next and until when, whom it waits for, promises to call back; and what
//! happens when nobody acts in time. When something falls due is derived in `vigil`.

use crate::{
    Read, Refusal, Row, Time,
    care::{AlarmStep, CALLBACK_OWNER_AFTER, Callback, CareStep, Late, Stall, Stalled},
    command::{CallbackDone, GoOn, Plan, PromiseCallback, UseDetail, WaitForOther},
    decide::{
        Change, Decide, alarm,
        request::{self, helper_only, open_seen, row, touch},
        vigil::{self, Moment},
        words,
    },
    desk::{Deputy, Desk, Helpers},
    id::{DeskId, PersonId, RequestId},
    permission::sees_request,
    person::Person,
    place::Met,
    request::{Request, RequestState},
    row::Key,
    time::DAY,
};

/// The asker, or a third party, is waited for too long.
const WAITS_LONG: i64 = 3 * DAY;
/// How far ahead anything is promised.
const FARTHEST: i64 = 90 * DAY;

impl Decide for Plan {
    fn reads(&self) -> Vec<Read> {
        with_org(self.request)
    }

    /// What happens next, for the asker to read; the next update moves with it.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = owned(change, by, self.request)?;
        if !request.is_in_work() {
            return Err(Refusal::WrongState("it is the asker's turn"));
        }
        let text = words::line(change.state, "plan", &self.text)?;
        if text.is_empty() && self.update_by.is_none() {
            return Err(Refusal::Empty("plan"));
        }
        let update_by = ahead(change, "update_by", self.update_by)?;
        if !text.is_empty() {
            request.care.plan.clone_from(&text);
        }
        request.care.next_update_by = update_by.or_else(|| default_update(change, &request));
        let by_when = request.care.next_update_by.unwrap_or(change.now);
        change.step(request.id, Some(by.id), CareStep::Planned(by_when), &text);
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

impl Decide for WaitForOther {
    fn reads(&self) -> Vec<Read> {
        with_org(self.request)
    }

    /// The owner waits for a third party, and says for whom and what.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = owned(change, by, self.request)?;
        let what = words::line(change.state, "what", &self.what)?;
        if what.is_empty() {
            return Err(Refusal::Empty("what"));
        }
        let until = ahead(change, "until", self.until)?;
        request.state = RequestState::WaitingOther;
        request.care.waiting_for.clone_from(&what);
        request.care.next_update_by = until.or_else(|| default_update(change, &request));
        let by_when = request.care.next_update_by.unwrap_or(change.now);
        change.step(request.id, Some(by.id), CareStep::WaitsForOther(by_when), &what);
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

impl Decide for GoOn {
    fn reads(&self) -> Vec<Read> {
        with_org(self.request)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = owned(change, by, self.request)?;
        if request.state != RequestState::WaitingOther {
            return Ok(());
        }
        request.state = RequestState::Accepted;
        request.care.waiting_for.clear();
        request.care.next_update_by = None;
        change.step(request.id, Some(by.id), CareStep::GoesOn, "");
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

impl Decide for PromiseCallback {
    fn reads(&self) -> Vec<Read> {
        with_org(self.request)
    }

    /// The asker is called at this time: taken up by the desk if the asker chose it, else by who promises.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = open_seen(change, by, self.request)?;
        let at = ahead(change, "at", Some(self.at))?.unwrap_or(change.now);
        let desk = change.state.desk(request.desk)?;
        if !desk.calendar(change.state.org()?).is_open(at) {
            return Err(Refusal::Invalid { field: "at", why: "the desk is closed then" });
        }
        let promised = (!request.is_asked_by(by.id)).then_some(by.id);
        request.care.callback = Some(Callback { at, by: promised, paged: Vec::new(), next_at: at });
        change.step(request.id, Some(by.id), CareStep::CallbackPromised(at), "");
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

impl Decide for CallbackDone {
    fn reads(&self) -> Vec<Read> {
        row(self.request)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = open_seen(change, by, self.request)?;
        if request.care.callback.is_none() {
            return Ok(());
        }
        if request.is_asked_by(by.id) && self.called {
            return Err(Refusal::NotAllowed("whoever called the asker"));
        }
        if !request.is_asked_by(by.id) && !self.called {
            return Err(Refusal::NotAllowed("the asker, who need not be called any more"));
        }
        if self.called {
            kept(change, &mut request, by.id);
            request.first_response_at.get_or_insert(change.now);
            request.taken_by_if_unclaimed(by.id);
        } else {
            request.care.callback = None;
            change.step(request.id, Some(by.id), CareStep::CallbackDropped, "");
        }
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

impl Decide for UseDetail {
    fn reads(&self) -> Vec<Read> {
        row(self.request)
    }

    /// A helper made use of what the asker filled in: so that a desk learns which questions it can drop.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = change.request_seen(by, self.request)?;
        helper_only(by, &request)?;
        let detail = request.care.details.iter_mut().find(|detail| detail.name == self.name);
        detail.ok_or(Refusal::Unknown("detail"))?.used = true;
        change.put(Row::Request(request));
        Ok(())
    }
}

/// The asker has been called: what was promised is kept.
pub(crate) fn kept(change: &mut Change<'_>, request: &mut Request, by: PersonId) {
    if request.care.callback.take().is_some() {
        change.step(request.id, Some(by), CareStep::CallbackKept, "");
    }
}

/// What was promised should be kept by now. The row is looked after like any that is changed, and what was missed is
/// found by that.
pub(crate) fn clocks_due(change: &mut Change<'_>, id: RequestId) {
    let Some((request, _)) = due(change, id) else { return };
    if request.care.clocks_look_at.is_some_and(|at| at <= change.now) {
        change.put(Row::Request(request));
    }
}

/// What an alarm reads: whoever may be called.
pub(crate) fn reads_of_alarm(request: RequestId) -> Vec<Read> {
    vec![Read::Row(Key::Org), Read::Row(Key::Request(request)), Read::People, Read::Desks, Read::ActiveCalls]
}

/// Nobody took it: the next step of its alarm.
pub(crate) fn alarm_due(change: &mut Change<'_>, id: RequestId) {
    let Some((mut request, moment)) = due(change, id) else { return };
    let Some(mut alarm) = request.care.alarm.clone() else { return };
    if alarm.next_at > change.now {
        return;
    }
    let opens = alarm.step == AlarmStep::Closed;
    match alarm.step {
        AlarmStep::Closed => {
            let begins_at = alarm.begins_at;
            alarm = alarm::begin(&moment, &request);
            if alarm.step == AlarmStep::Duty {
                alarm.begins_at = begins_at;
            }
        }
        AlarmStep::Duty => {
            alarm.step = AlarmStep::Members;
            alarm.cards = free_members(change, &moment, &request, &alarm.rings);
        }
        AlarmStep::Members => {
            alarm.step = AlarmStep::Leads;
            alarm.call_now = alarm::leads(moment.desk, &request);
            alarm.call_now.retain(|person| change.active_person(*person).is_ok());
            alarm.rings = alarm::with(&alarm.rings, &called_last(change, &moment, &request));
            if request.private_with.is_none() && moment.desk.service.deputy == Deputy::Members {
                alarm.rings = match (&alarm.rings, &moment.desk.helpers) {
                    (_, Helpers::Everyone) => Helpers::Everyone,
                    (rings, Helpers::These(people)) => alarm::with(rings, people),
                };
            }
        }
        AlarmStep::Leads => alarm.step = AlarmStep::Stuck,
        AlarmStep::Stuck => {}
    }
    let begins = opens && alarm.step != AlarmStep::Closed;
    if request.care.alarm.as_ref().is_some_and(|before| before.step != alarm.step) {
        alarm.since = change.now;
        change.step(request.id, None, CareStep::Alarm(alarm.step), "");
    }
    if !begins || alarm.step != AlarmStep::Leads {
        alarm.next_at = alarm::step_ends(&moment, &request, &alarm);
    }
    request.care.alarm = Some(alarm);
    change.put(Row::Request(request));
}

/// Members who could come: not rung already, available, not talking.
fn free_members(change: &Change<'_>, moment: &Moment<'_>, request: &Request, rung: &Helpers) -> Helpers {
    let Helpers::These(rung) = rung else { return Helpers::NOBODY };
    if request.private_with.is_some() {
        return Helpers::NOBODY;
    }
    let is_free = |person: &&Person| {
        person.watches()
            && person.id != request.asker
            && moment.desk.is_helped_by(person.id)
            && !rung.contains(&person.id)
            && !change.state.calls().any(|call| call.occupies(person.id))
    };
    Helpers::These(change.state.people().filter(is_free).map(|person| person.id).collect())
}

/// Deputy and owner, and whoever is on duty at the desk that this one escalates to, if they may see it.
fn called_last(change: &Change<'_>, moment: &Moment<'_>, request: &Request) -> Vec<PersonId> {
    let mut called = alarm::leads(moment.desk, request);
    let above = moment.desk.service.escalation.and_then(|desk| change.state.desk(desk).ok());
    if let Some(above) = above {
        match above.on_duty(&above.calendar(moment.org), change.now) {
            Helpers::These(people) => called.extend(people),
            Helpers::Everyone => called.push(above.owner),
        }
    }
    called.retain(|person| {
        *person != request.asker
            && change.active_person(*person).is_ok()
            && sees_request(*person, request, change.state)
    });
    called
}

/// The next update should be there: first its owner is reminded, then the desk is told.
pub(crate) fn update_due(change: &mut Change<'_>, id: RequestId) {
    let Some((mut request, moment)) = due(change, id) else { return };
    if !request.is_in_work() || request.care.update_look_at.is_none_or(|at| at > change.now) {
        return;
    }
    match request.care.update_late {
        Late::No => {
            request.care.update_late = Late::OwnerReminded;
            change.step(request.id, None, CareStep::UpdateLate, "");
        }
        Late::OwnerReminded => {
            request.care.update_late = Late::DeskTold;
            change.step(request.id, None, CareStep::UpdateLateAtDesk, "");
        }
        Late::DeskTold => {}
    }
    request.care.update_look_at = Some(vigil::look_again(&moment, &request));
    change.put(Row::Request(request));
}

/// The asker was silent for a working day: an answer counts as right, though not confirmed; of a question back
/// they are reminded, and after three days the desk is told that it does not move.
pub(crate) fn silence_due(change: &mut Change<'_>, id: RequestId) {
    let Some((mut request, moment)) = due(change, id) else { return };
    if request.care.silence_at.is_none_or(|at| at > change.now) {
        return;
    }
    match request.state {
        RequestState::Answered => request::solved_by_silence(change, request),
        RequestState::WaitingAsker => {
            match stall(change.now, &request) {
                Some(why) => {
                    request.care.stalled.get_or_insert(Stalled { why, since: change.now });
                }
                None => change.step(request.id, None, CareStep::AskerReminded, ""),
            }
            request.care.silence_at = Some(moment.day_later());
            change.put(Row::Request(request));
        }
        _ => {}
    }
}

/// The asker should have been called by now: deputy, then owner are paged, and nobody drops it.
pub(crate) fn callback_due(change: &mut Change<'_>, id: RequestId) {
    let Some((mut request, moment)) = due(change, id) else { return };
    let Some(mut callback) = request.care.callback.clone() else { return };
    if callback.next_at > change.now {
        return;
    }
    // Whoever promised it comes first.
    let promised = callback.by.filter(|_| callback.paged.is_empty());
    let leads = promised.into_iter().chain(alarm::leads(moment.desk, &request));
    let next = leads
        .filter(|person| change.active_person(*person).is_ok())
        .find(|person| !callback.paged.contains(person));
    match next {
        Some(person) => {
            callback.paged.push(person);
            callback.next_at = change.now.plus(CALLBACK_OWNER_AFTER);
            change.step(request.id, None, CareStep::CallbackLate(person), "");
        }
        None => callback.next_at = moment.next_day(),
    }
    request.care.callback = Some(callback);
    change.put(Row::Request(request));
}

/// What a question met when it was asked: written once.
pub(crate) fn placed(change: &mut Change<'_>, id: RequestId, met: Met) {
    let Ok(request) = change.state.request(id) else { return };
    if request.care.met.is_none() {
        let mut request = request.clone();
        request.care.met = Some(met);
        change.put(Row::Request(request));
    }
}

/// A working day begins: what does not move is listed, and so is who is missing tomorrow.
pub(crate) fn sweep(change: &mut Change<'_>, desk: DeskId) {
    let Ok(desk) = change.state.desk(desk) else { return };
    change.put(Row::Desk(desk.clone()));
    let at_desk: Vec<Request> =
        change.state.requests().filter(|row| row.desk == desk.id && row.is_open()).cloned().collect();
    for mut request in at_desk {
        request.care.stalled = stall(change.now, &request).map(|why| Stalled {
            why,
            since: request
                .care
                .stalled
                .filter(|known| known.why == why)
                .map_or(change.now, |known| known.since),
        });
        change.put(Row::Request(request));
    }
}

pub(crate) fn reads_of_sweep(desk: DeskId) -> Vec<Read> {
    vec![Read::Row(Key::Org), Read::Row(Key::Desk(desk)), Read::OpenAt(desk)]
}

fn stall(now: Time, request: &Request) -> Option<Stall> {
    let care = &request.care;
    let stuck = care.alarm.as_ref().is_some_and(|alarm| alarm.step >= AlarmStep::Leads);
    let waits = matches!(request.state, RequestState::WaitingAsker | RequestState::WaitingOther)
        && now.since(request.touched_at) > WAITS_LONG;
    if request.is_unclaimed() && (stuck || care.first_response_by.is_some_and(|by| by < now)) {
        Some(Stall::NoOwner)
    } else if care.next_update_by.is_some_and(|by| by < now) {
        Some(Stall::NoUpdate)
    } else if waits {
        Some(Stall::WaitsTooLong)
    } else {
        None
    }
}

/// An open request with what is needed to look after it; `None` if the world has moved on.
fn due<'a>(change: &Change<'a>, id: RequestId) -> Option<(Request, Moment<'a>)> {
    let request = change.state.request(id).ok().filter(|request| request.is_open())?;
    let desk: &'a Desk = change.state.desk(request.desk).ok()?;
    Some((request.clone(), Moment::new(change.now, desk, change.state.org().ok()?)))
}

/// When the next update would be owed by itself.
pub(crate) fn default_update(change: &Change<'_>, request: &Request) -> Option<Time> {
    let (desk, org) = (change.state.desk(request.desk).ok()?, change.state.org().ok()?);
    Some(Moment::new(change.now, desk, org).next_update(request.urgency))
}

/// A time that somebody promises: in the future by the server's clock, which may differ from theirs.
fn ahead(change: &Change<'_>, field: &'static str, at: Option<Time>) -> Result<Option<Time>, Refusal> {
    match at {
        Some(at) if at <= change.now => Err(Refusal::Invalid { field, why: "past by the server's clock" }),
        Some(at) if at.since(change.now) > FARTHEST => {
            Err(Refusal::Invalid { field, why: "more than 90 days ahead" })
        }
        at => Ok(at),
    }
}

/// The open request, if `by` owns it.
pub(crate) fn owned(change: &Change<'_>, by: &Person, id: RequestId) -> Result<Request, Refusal> {
    let request = open_seen(change, by, id)?;
    if request.owner == Some(by.id) { Ok(request) } else { Err(Refusal::NotAllowed("the request's owner")) }
}

pub(crate) fn with_org(request: RequestId) -> Vec<Read> {
    vec![Read::Row(Key::Org), Read::Row(Key::Request(request))]
}
