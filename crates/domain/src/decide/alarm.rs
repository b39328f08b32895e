//! Who is called about a request that nobody has, and who next (rules.md 4.5). What falls due of it is in `decide/vigil`,
//! what happens then in `decide/care`.

use crate::{
    Time,
    care::{Alarm, AlarmStep, LEADS_AFTER, MEMBERS_AFTER, STILL_LIVE_AFTER},
    decide::vigil::{GRACE, Moment},
    desk::{Desk, Helpers},
    id::PersonId,
    request::{Request, Urgency},
    time::DAY,
};

/// Begins, goes on or ends: after every change of a request.
pub(crate) fn keep(moment: &Moment<'_>, before: Option<&Request>, request: &mut Request) {
    if !request.is_unclaimed() {
        request.care.alarm = None;
        return;
    }
    let is_same = |before: &Request| {
        before.is_unclaimed()
            && before.urgency == request.urgency
            && before.desk == request.desk
            && before.private_with == request.private_with
            && before.care.to_vet == request.care.to_vet
            && before.care.critical.is_some() == request.care.critical.is_some()
    };
    let goes_on = before.is_some_and(is_same) && !moment.repriced;
    if request.care.alarm.is_none() || !goes_on {
        request.care.alarm = Some(begin(moment, request));
    } else if let Some(was) = moment.owner_was
        && let Some(alarm) = request.care.alarm.take()
    {
        request.care.alarm = Some(passed_to_owner(moment, request, alarm, was));
    }
}

/// The desk has another owner, and nothing else is new: the alarm goes on, and calls the one who owns it now where it
/// called the one before. Whoever does not help there any more is left alone.
fn passed_to_owner(moment: &Moment<'_>, request: &Request, mut alarm: Alarm, was: PersonId) -> Alarm {
    let desk = moment.desk;
    if request.private_with.is_some() {
        return alarm;
    }
    if alarm.step == AlarmStep::Closed {
        alarm.cards = behind_closed_doors(desk, request.urgency, request.care.to_vet, request.asker);
        return alarm;
    }
    let is_gone = !desk.is_helped_by(was) && desk.deputy() != Some(was);
    let was_rung = alarm.rings.includes(was);
    if is_gone {
        alarm.rings = without(alarm.rings, was);
        alarm.cards = without(alarm.cards, was);
    }
    if alarm.step >= AlarmStep::Leads {
        alarm.call_now = leads(desk, request);
        alarm.rings = with(&alarm.rings, &alarm.call_now);
    } else if is_gone && was_rung && desk.owner != request.asker {
        alarm.rings = with(&alarm.rings, &[desk.owner]);
    }
    alarm
}

/// An alarm from its beginning. A critical one calls everybody at once, at any hour.
pub(crate) fn begin(moment: &Moment<'_>, request: &Request) -> Alarm {
    let now = moment.now;
    let mut alarm = Alarm {
        step: AlarmStep::Duty,
        since: now,
        begins_at: now,
        rings: Helpers::NOBODY,
        cards: Helpers::NOBODY,
        call_now: Vec::new(),
        next_at: now,
    };
    if request.care.critical.is_some() {
        let called = leads(moment.desk, request);
        alarm.step = AlarmStep::Leads;
        alarm.rings = with(&with(&duty(moment, request), &called), &moment.desk.service.vetters);
        alarm.cards = moment.desk.helpers.clone();
        alarm.call_now = called;
        alarm.next_at = now.plus(STILL_LIVE_AFTER);
        return alarm;
    }
    if !moment.calendar.is_open(now) && request.private_with.is_none() {
        let opens = moment.calendar.next_open(now).unwrap_or(now.plus(DAY));
        let cards = behind_closed_doors(moment.desk, request.urgency, request.care.to_vet, request.asker);
        return Alarm { step: AlarmStep::Closed, begins_at: opens, next_at: opens, cards, ..alarm };
    }
    alarm.rings = duty(moment, request);
    alarm.next_at = members_at(moment, request);
    alarm
}

/// Who gets a card without a sound although the desk is closed: a customer waits, and whoever of its people happens to
/// be there may want to know. Nobody is rung, and nobody owes anything before it opens (docs/decisions/0011).
pub(crate) fn behind_closed_doors(desk: &Desk, urgency: Urgency, to_vet: bool, asker: PersonId) -> Helpers {
    if urgency != Urgency::Live {
        return Helpers::NOBODY;
    }
    let people = match to_vet {
        true => Helpers::These(desk.service.vetters.clone()),
        false => with(&desk.helpers, &[desk.owner]),
    };
    without(people, asker)
}

/// Who is called first: whoever was asked privately, the vetters of what is to be vetted, else who is on duty.
/// Where the rota has a gap, every member is; where nobody else is a member, the owner.
fn duty(moment: &Moment<'_>, request: &Request) -> Helpers {
    let desk = moment.desk;
    let mut candidates = match &request.private_with {
        Some(people) => vec![Helpers::These(people.clone())],
        None => {
            vec![
                desk.on_duty(&moment.calendar, moment.now),
                desk.helpers.clone(),
                Helpers::These(vec![desk.owner]),
            ]
        }
    };
    if request.care.to_vet && request.private_with.is_none() {
        candidates.insert(0, Helpers::These(desk.service.vetters.clone()));
    }
    let mut candidates = candidates.into_iter().map(|helpers| without(helpers, request.asker));
    candidates.find(|helpers| *helpers != Helpers::NOBODY).unwrap_or(Helpers::NOBODY)
}

/// Whom the asker may call themselves: the deputy, then the owner; of a private request those asked.
pub(crate) fn leads(desk: &Desk, request: &Request) -> Vec<PersonId> {
    let people = match &request.private_with {
        Some(people) => people.clone(),
        None => desk.deputy().into_iter().chain([desk.owner]).collect(),
    };
    let mut leads: Vec<PersonId> = Vec::new();
    for person in people {
        if person != request.asker && !leads.contains(&person) {
            leads.push(person);
        }
    }
    leads
}

/// These and those.
pub(crate) fn with(these: &Helpers, those: &[PersonId]) -> Helpers {
    let Helpers::These(people) = these else { return Helpers::Everyone };
    let mut all = people.clone();
    all.extend(those.iter().filter(|person| !people.contains(person)));
    Helpers::These(all)
}

fn without(helpers: Helpers, person: PersonId) -> Helpers {
    match helpers {
        Helpers::Everyone => Helpers::Everyone,
        Helpers::These(people) => Helpers::These(people.into_iter().filter(|one| *one != person).collect()),
    }
}

/// When members are told besides those on duty: live after 45 s, others near the desk's standard, and never before
/// those on duty had as long to come.
fn members_at(moment: &Moment<'_>, request: &Request) -> Time {
    let soonest = moment.now.plus(MEMBERS_AFTER);
    if request.urgency == Urgency::Live {
        return soonest;
    }
    let clocks = request.clocks(moment.standard(request));
    let near = clocks.response.near_at(clocks.counted_to, &moment.calendar);
    near.map_or_else(|| moment.next_day(), |near| near.max(soonest))
}

/// When the step after `step` is taken.
pub(crate) fn step_ends(moment: &Moment<'_>, request: &Request, alarm: &Alarm) -> Time {
    let is_live = request.urgency == Urgency::Live;
    match alarm.step {
        AlarmStep::Closed => alarm.begins_at,
        AlarmStep::Duty => members_at(&Moment::new(alarm.begins_at, moment.desk, moment.org), request),
        AlarmStep::Members if is_live => alarm.begins_at.plus(LEADS_AFTER),
        AlarmStep::Members => {
            let promised = request.care.first_response_by.filter(|by| *by > alarm.since);
            promised.unwrap_or_else(|| moment.after(GRACE))
        }
        AlarmStep::Leads if is_live => alarm.begins_at.plus(STILL_LIVE_AFTER),
        AlarmStep::Leads | AlarmStep::Stuck => moment.next_day(),
    }
}
