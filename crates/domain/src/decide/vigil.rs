//! Nothing sleeps. After every change of a request this derives, from the row before and after, what its clocks
//! say and what falls due next; so no decision can forget it. What then happens is in `decide/care`.
//!
//! What falls due is a function of the row alone (`dues`): every open request has a clock that looks at it
//! again, whatever was commanded.

use crate::{
    Time,
    calendar::Calendar,
    care::Late,
    clock::{self, Clocks, Promise, Standard, Standing, Step},
    command::System,
    decide::{Due, alarm, remind::reminders},
    desk::{Desk, Gap},
    id::PersonId,
    org::Org,
    request::{Request, RequestState, Urgency},
    row::Key,
    time::{DAY, HOUR, MINUTE},
};

/// What the desk promised.
const CLOCKS: &str = "clocks";
/// The clock of a request that nobody has.
pub(crate) const ALARM: &str = "alarm";
/// The clock of the next word that its owner owes.
const UPDATE: &str = "update";
/// The clock of the asker's silence.
const SILENCE: &str = "silence";
/// The clock of a promised callback.
const CALLBACK: &str = "callback";
/// The clock of the call after a "no".
const FOLLOW_UP: &str = "follow_up";
/// The clock of a desk's daily sweep.
const SWEEP: &str = "sweep";

/// A live update is late at the desk this long after its owner was reminded.
const LIVE_GRACE: i64 = 5 * MINUTE;
/// The same for others, in working time.
pub(crate) const GRACE: i64 = 2 * HOUR;

/// The time and place in which a request is looked after.
pub(crate) struct Moment<'a> {
    pub now: Time,
    pub desk: &'a Desk,
    pub org: &'a Org,
    pub calendar: Calendar,
    /// What counted until now: the hours as they were, of the desk that had it.
    pub counted: Calendar,
    /// True: the desk's hours, people or standards have just changed.
    pub repriced: bool,
    /// Who owned the desk until now, if somebody else does from now on.
    pub owner_was: Option<PersonId>,
}

impl<'a> Moment<'a> {
    pub fn new(now: Time, desk: &'a Desk, org: &'a Org) -> Self {
        let calendar = desk.calendar(org);
        Self { now, desk, org, counted: calendar.clone(), calendar, repriced: false, owner_was: None }
    }

    /// What is promised for `request` here.
    pub fn standard(&self, request: &Request) -> Standard {
        self.desk.service.standards.of(request.urgency)
    }

    /// When the desk's next working day begins.
    pub fn next_day(&self) -> Time {
        let tomorrow = self.calendar.end_of_day(self.now);
        self.calendar.next_open(tomorrow).unwrap_or(self.now.plus(DAY))
    }

    /// One working day later.
    pub fn day_later(&self) -> Time {
        self.calendar.business_day_after(self.now).unwrap_or(self.now.plus(DAY))
    }

    /// When this much working time has passed from now.
    pub fn after(&self, working: i64) -> Time {
        self.calendar.deadline(self.now, working).unwrap_or(self.now.plus(DAY.max(working)))
    }

    /// When the owner of a request owes the next word, if nobody says.
    pub fn next_update(&self, urgency: Urgency) -> Time {
        clock::next_update_by(urgency, self.now, &self.calendar)
    }
}

/// Who spoke in a decision, about one request. Taking it, a tap and what Deskside writes are no words.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spoke {
    /// Somebody who waits for the answer.
    pub asker: bool,
    /// A person who helps.
    pub helper: bool,
}

/// Brings what is derived of `request` up to date; answers what was found to be missed.
pub(crate) fn keep(
    moment: &Moment<'_>,
    before: Option<&Request>,
    request: &mut Request,
    spoke: Spoke,
) -> Vec<Promise> {
    let touched = before.is_some_and(|before| before.touched_at != request.touched_at);
    if touched {
        request.care.stalled = None;
        request.care.unblocked_at = None;
    }
    let missed = count(moment, before, request, spoke);
    if request.is_open() {
        alarm::keep(moment, before, request);
        update(moment, before, request);
        silence(moment, before, request);
    } else {
        rest(request);
    }
    request.care.reminders = reminders(moment, request);
    missed
}

/// What is over with the request. What was promised until when stays, to be looked at later.
fn rest(request: &mut Request) {
    let care = &mut request.care;
    care.alarm = None;
    care.callback = None;
    care.hand_over = None;
    care.next_update_by = None;
    care.update_look_at = None;
    care.update_late = Late::No;
    care.silence_at = None;
    care.stalled = None;
    care.blocked_by.clear();
    care.unblocked_at = None;
    care.waiting_for.clear();
}

/// Tells the clocks what happened between the row before and after, and says on the row what they show.
fn count(moment: &Moment<'_>, before: Option<&Request>, request: &mut Request, spoke: Spoke) -> Vec<Promise> {
    if before.is_some_and(|before| !before.is_open()) && !request.is_open() {
        return Vec::new();
    }
    let standard = moment.standard(request);
    let mut clocks = match (before, request.care.clocks.take()) {
        (None, _) => Clocks::start(request.asked_at, request.desk, standard),
        (Some(_), Some(clocks)) => clocks,
        (Some(before), None) => before.clocks(standard),
    };
    let known = clocks.missed.len();
    let happened = before.map(|before| steps(before, request, &clocks, standard, spoke)).unwrap_or_default();
    for step in happened {
        clocks.step(moment.now, step, &moment.counted);
    }
    let missed = clocks.missed.iter().skip(known).map(|missed| missed.promise).collect();
    show(moment, request, clocks);
    missed
}

/// What happened to the clocks, read off the rows. Where nothing did they are counted up to now all the same.
fn steps(before: &Request, after: &Request, clocks: &Clocks, standard: Standard, spoke: Spoke) -> Vec<Step> {
    let mut steps = Vec::new();
    // Helpers who call each other are no response: the row knows whether there was one.
    let responded = before.first_response_at != after.first_response_at;
    if responded || (spoke.helper && after.first_response_at.is_some()) {
        steps.push(Step::HelperSpoke);
    }
    match (before.is_open(), after.is_open()) {
        (true, false) if after.state == RequestState::Solved => {
            steps.push(Step::Solved { silently: after.care.unconfirmed });
        }
        // What went on in another request is not to be kept here any more either.
        (true, false) => steps.push(Step::Withdrawn),
        (false, true) => {
            steps.push(Step::Reopened);
            // Words after the end were a response although no clock ran then.
            if after.first_response_at.is_some() && clocks.responded_at.is_none() {
                steps.push(Step::HelperSpoke);
            }
        }
        _ => {}
    }
    if !after.is_open() {
        return steps;
    }
    if spoke.asker {
        steps.push(Step::AskerSpoke);
    }
    let is_promised = clocks.solution.target_ms == standard.solve_ms
        && clocks.reply_target == standard.reply_ms
        && (clocks.responded_at.is_some() || clocks.response.target_ms == standard.respond_ms);
    if clocks.desk != after.desk {
        steps.push(Step::Moved { desk: after.desk, standard });
    } else if !is_promised {
        steps.push(Step::Standard(standard));
    }
    steps.push(Step::Turn(after.turn()));
    steps
}

/// What the clocks show, for whoever has no calendar at hand. What was promised until when stays once it is kept.
fn show(moment: &Moment<'_>, request: &mut Request, clocks: Clocks) {
    let reading = clocks.read(clocks.counted_to, &moment.calendar);
    let care = &mut request.care;
    care.worked = reading.desk_ms;
    care.waited = clocks.response.used_ms;
    care.counted_at = Some(clocks.counted_to);
    let stand = |standing, by: &mut Option<Time>| match standing {
        Standing::Running { due_at, .. } => *by = due_at,
        Standing::Late { due_at } => *by = Some(due_at),
        Standing::Paused { .. } => *by = None,
        Standing::Kept | Standing::KeptLate | Standing::Void => {}
    };
    stand(reading.response, &mut care.first_response_by);
    stand(reading.solution, &mut care.solve_by);
    // A promise is missed when its time is over, which it is not yet at that very moment.
    care.clocks_look_at = clocks.next_miss(&moment.calendar).map(|missed| missed.due_at.plus(1));
    care.clocks = Some(clocks);
}

/// Two that become one: whoever has waited longer counts, for T0 and for both clocks.
pub(crate) fn count_as_one(moment: &Moment<'_>, into: &mut Request, merged: &Request) {
    let standard = moment.standard(into);
    let mut clocks = into.clocks(standard);
    clocks.join(&merged.clocks(standard), moment.now, &moment.counted, &moment.counted);
    into.asked_at = clocks.asked_at;
    into.care.clocks = Some(clocks);
}

/// The next word that the owner owes.
fn update(moment: &Moment<'_>, before: Option<&Request>, request: &mut Request) {
    if !request.is_in_work() {
        request.care.next_update_by = None;
        request.care.update_look_at = None;
        request.care.update_late = Late::No;
        return;
    }
    let goes_on = before.is_some_and(|before| {
        before.is_in_work() && before.owner == request.owner && before.urgency == request.urgency
    });
    let said = before.and_then(|before| before.care.next_update_by) != request.care.next_update_by;
    if request.care.next_update_by.is_none() || !(goes_on || said) {
        request.care.next_update_by = Some(moment.next_update(request.urgency));
    }
    let is_new = before.and_then(|before| before.care.next_update_by) != request.care.next_update_by;
    if is_new || request.care.update_look_at.is_none() {
        request.care.update_late = Late::No;
        request.care.update_look_at = request.care.next_update_by;
    }
}

/// When a late update is looked at again.
pub(crate) fn look_again(moment: &Moment<'_>, request: &Request) -> Time {
    match (request.care.update_late, request.urgency) {
        (Late::No, _) => request.care.next_update_by.unwrap_or(moment.now),
        (Late::OwnerReminded, Urgency::Live) => moment.now.plus(LIVE_GRACE),
        (Late::OwnerReminded, _) => moment.after(GRACE),
        (Late::DeskTold, _) => moment.next_day(),
    }
}

/// The asker's turn: an answer to confirm, a question to answer.
fn silence(moment: &Moment<'_>, before: Option<&Request>, request: &mut Request) {
    if !matches!(request.state, RequestState::Answered | RequestState::WaitingAsker) {
        request.care.silence_at = None;
        return;
    }
    let goes_on = before
        .is_some_and(|before| before.state == request.state && before.answered_at == request.answered_at);
    if !goes_on || request.care.silence_at.is_none() {
        request.care.silence_at = Some(moment.day_later());
    }
}

/// What falls due about `request` as it is.
fn dues(request: &Request) -> [(&'static str, Option<(Time, System)>); 6] {
    let (care, id) = (&request.care, request.id);
    let open = request.is_open();
    let at = |time: Option<Time>, command| time.filter(|_| open).map(|time| (time, command));
    // Owed although the request is closed.
    let follow_up = care.follow_up.as_ref().filter(|follow_up| follow_up.done.is_none() && !follow_up.late);
    [
        (CLOCKS, at(care.clocks_look_at, System::ClocksDue { request: id })),
        (ALARM, at(care.alarm.as_ref().map(|alarm| alarm.next_at), System::AlarmDue { request: id })),
        (UPDATE, at(care.update_look_at, System::UpdateDue { request: id })),
        (SILENCE, at(care.silence_at, System::SilenceDue { request: id })),
        (CALLBACK, at(care.callback.as_ref().map(|due| due.next_at), System::CallbackDue { request: id })),
        (FOLLOW_UP, follow_up.map(|follow_up| (follow_up.until, System::FollowUpDue { request: id }))),
    ]
}

/// What falls due otherwise than before.
pub(crate) fn new_dues(before: Option<&Request>, after: &Request) -> impl Iterator<Item = Due> {
    let known = before.map(dues);
    let key = Key::Request(after.id);
    dues(after).into_iter().enumerate().filter_map(move |(n, (slot, at))| {
        let before = known.as_ref().and_then(|known| known[n].1.clone());
        (before != at).then(|| Due { key: key.clone(), slot, at })
    })
}

/// Brings what is derived of a desk up to date; answers when it is swept next.
pub(crate) fn keep_desk(now: Time, org: &Org, desk: &mut Desk) -> Due {
    let calendar = desk.calendar(org);
    desk.gaps = gaps(desk, &calendar, now);
    // Before today's opening it is today's: what changes a desk in the night costs it no sweep.
    let opens = calendar.next_open(calendar.start_of_day(now)).filter(|opens| *opens > now);
    let next = opens.unwrap_or_else(|| Moment::new(now, desk, org).next_day());
    Due { key: Key::Desk(desk.id), slot: SWEEP, at: Some((next, System::Sweep { desk: desk.id })) }
}

/// Opening hours of the next open day in which nobody is on duty; none without a rota.
fn gaps(desk: &Desk, calendar: &Calendar, now: Time) -> Vec<Gap> {
    let Some(day) = calendar.next_open(calendar.end_of_day(now)) else { return Vec::new() };
    if desk.rota.is_empty() || desk.closed {
        return Vec::new();
    }
    let (midnight, weekday) = (calendar.start_of_day(day), calendar.local(day).date.weekday());
    // Slots are said on the wall: where the clocks change in the night the minutes since midnight differ.
    let at = |minute: u16| on_the_wall(calendar, midnight, i64::from(minute) * MINUTE);
    let mut slots: Vec<(Time, Time)> = desk
        .rota
        .iter()
        .filter(|slot| slot.weekday == weekday)
        .map(|slot| (at(slot.from), at(slot.to)))
        .collect();
    slots.sort_unstable();
    let mut gaps = Vec::new();
    for span in calendar.spans(day, calendar.end_of_day(day)) {
        let mut from = span.from;
        for (begins, ends) in &slots {
            if *begins > from && from < span.to {
                gaps.push(Gap { from, to: (*begins).min(span.to) });
            }
            from = from.max(*ends);
        }
        if from < span.to {
            gaps.push(Gap { from, to: span.to });
        }
    }
    gaps
}

/// The instant of this day at which the wall clock shows `millis`.
pub(crate) fn on_the_wall(calendar: &Calendar, midnight: Time, millis: i64) -> Time {
    if millis >= DAY {
        return calendar.end_of_day(midnight);
    }
    let guess = midnight.plus(millis);
    guess.plus(millis - calendar.local(guess).millis)
}
