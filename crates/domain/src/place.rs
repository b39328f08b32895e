//! The place of a request in its desk's queue, and what can honestly be said about the wait: the queue and the
//! estimate (`queue`, `wait`) applied to rows. Said of a desk, never counted by person.

use std::cmp::Ordering;

use crate::{
    Read, Refusal, State, Time,
    calendar::Calendar,
    care::AlarmStep,
    decide::{behind_closed_doors, is_vetted},
    desk::{Desk, Helpers},
    id::{DeskId, PersonId, RequestId},
    permission::Viewer,
    person::Person,
    queue::{self, Staff, Waiting},
    request::{Request, Urgency},
    wait::{NO_OLDER, Pace, Response, Situation, Wait},
};

/// What a question met when it was asked: how much was before it, and what its asker was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Met {
    /// Requests that were served before it.
    pub ahead: u16,
    /// People on duty.
    pub on_duty: u16,
    /// Of those, people who had room.
    pub with_room: u16,
    /// The upper end of the range that was shown, in working milliseconds, if one was.
    pub shown_ms: Option<i64>,
}

/// A place in a queue, and the wait from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// 1: next. Critical ones, customers on the line and what comes near its standard are served first.
    pub place: u16,
    /// Who works at the desk now.
    pub staff: Staff,
    /// How long it still takes.
    pub wait: Wait,
    /// The desk is closed until then.
    pub opens_at: Option<Time>,
}

/// What [`place`] needs: everybody, what waits at the desk, and its newest first responses.
pub fn reads(desk: DeskId, urgency: Urgency, now: Time) -> Vec<Read> {
    vec![
        Read::Row(crate::Key::Org),
        Read::Row(crate::Key::Desk(desk)),
        Read::People,
        Read::OpenAt(desk),
        Read::Responses(desk, urgency, now.plus(-NO_OLDER)),
    ]
}

/// Where `request` stands at `desk`; `None`: where a question of this urgency would stand that is only being
/// written.
///
/// # Errors
/// If the desk is unknown, or the request does not wait for somebody to take it.
pub fn place(
    state: &State,
    desk: DeskId,
    urgency: Urgency,
    request: Option<RequestId>,
    now: Time,
) -> Result<Place, Refusal> {
    Look::new(state, desk, urgency, now)?.of(request)
}

/// A desk and what waits there, looked at once for all whose place is asked.
pub struct Look<'state> {
    desk: &'state Desk,
    waiting: Vec<Waiting>,
    urgency: Urgency,
    staff: Staff,
    pace: Pace,
    opens_at: Option<Time>,
    now: Time,
}

impl<'state> Look<'state> {
    /// Reads off `state` what everybody of this urgency meets at `desk`.
    ///
    /// # Errors
    /// If the desk is unknown.
    pub fn new(state: &'state State, desk: DeskId, urgency: Urgency, now: Time) -> Result<Self, Refusal> {
        let (desk, org) = (state.desk(desk)?, state.org()?);
        let calendar = desk.calendar(org);
        let waiting = state
            .requests()
            .filter(|row| row.desk == desk.id && row.is_unclaimed())
            .map(|row| as_waiting(row, desk, &calendar))
            .collect();
        let is_open = calendar.is_open(now);
        let on_duty = desk.on_duty(&calendar, now);
        Ok(Self {
            desk,
            waiting,
            urgency,
            staff: if is_open { staff(state, desk, &on_duty, now) } else { Staff::default() },
            pace: pace(state, desk.id, urgency),
            opens_at: if is_open { None } else { calendar.next_open(now) },
            now,
        })
    }

    /// The place of `request`, or of a question that is only being written.
    ///
    /// # Errors
    /// If the request does not wait for somebody to take it.
    pub fn of(&self, request: Option<RequestId>) -> Result<Place, Refusal> {
        let (staff, now) = (self.staff, self.now);
        let mine = match request {
            Some(id) => *self
                .waiting
                .iter()
                .find(|waiting| waiting.request == id)
                .ok_or(Refusal::WrongState("nobody waits"))?,
            None => Waiting {
                request: RequestId(uuid::Uuid::max()),
                critical: false,
                urgency: self.urgency,
                asked_at: now,
                near_at: None,
            },
        };
        let ahead = u16::try_from(queue::ahead(&self.waiting, &mine, now)).unwrap_or(u16::MAX);
        let meets = Situation { ahead, staff };
        let respond_ms = self.desk.service.standards.of(self.urgency).respond_ms.unwrap_or_default();
        let wait = match request {
            Some(_) => self.pace.still(meets, respond_ms, now),
            None => self.pace.wait(meets, respond_ms, now),
        };
        Ok(Place { place: ahead.saturating_add(1), staff, wait, opens_at: self.opens_at })
    }
}

impl Place {
    /// What a question that stands here meets.
    pub fn met(&self) -> Met {
        Met {
            ahead: self.place.saturating_sub(1),
            on_duty: self.staff.on_duty,
            with_room: self.staff.with_room,
            shown_ms: if let Wait::About { to_ms, .. } = self.wait { Some(to_ms) } else { None },
        }
    }
}

fn as_waiting(row: &Request, desk: &Desk, calendar: &Calendar) -> Waiting {
    let clocks = row.clocks(desk.service.standards.of(row.urgency));
    Waiting {
        request: row.id,
        critical: row.care.critical.is_some(),
        urgency: row.urgency,
        asked_at: row.asked_at,
        near_at: clocks.response_near_at(calendar),
    }
}

/// Who sees a waiting customer although the desk is closed, if they are connected: whoever has the card, and is there by
/// their own word. `None`: it is shown to nobody before the desk opens, or calls people as it would at any hour.
pub fn shown_to(state: &State, request: &Request) -> Option<Vec<PersonId>> {
    let alarm = request.care.alarm.as_ref().filter(|alarm| alarm.step == AlarmStep::Closed)?;
    (request.urgency == Urgency::Live).then(|| watching(state, &alarm.cards, request.asker))
}

/// The same of a question that `asker` is only writing, to the whole desk.
pub fn would_be_shown_to(
    state: &State,
    desk: &Desk,
    urgency: Urgency,
    asker: PersonId,
) -> Option<Vec<PersonId>> {
    let cards = behind_closed_doors(desk, urgency, is_vetted(desk, asker), asker);
    (urgency == Urgency::Live).then(|| watching(state, &cards, asker))
}

fn watching(state: &State, cards: &Helpers, asker: PersonId) -> Vec<PersonId> {
    let people = state.people().filter(|person| person.watches() && cards.includes(person.id));
    people.map(|person| person.id).filter(|person| *person != asker).collect()
}

/// People on duty who are here, and whether they have room.
fn staff(state: &State, desk: &Desk, on_duty: &Helpers, now: Time) -> Staff {
    let limit = (desk.service.wip_limit > 0).then_some(desk.service.wip_limit);
    let works = |person: &&Person| person.works(now) && on_duty.includes(person.id);
    let in_hand = |person: PersonId| {
        state
            .requests()
            .filter(|row| row.desk == desk.id && row.owner == Some(person) && row.is_in_work())
            .count()
    };
    Staff::of(state.people().filter(works).map(|person| in_hand(person.id)), limit)
}

/// What the desk has learned from its newest first responses.
fn pace(state: &State, desk: DeskId, urgency: Urgency) -> Pace {
    let mut responses: Vec<Response> = state
        .requests()
        .filter(|row| row.desk == desk && row.urgency == urgency)
        .filter_map(|row| {
            let met = row.care.met?;
            let staff = Staff { on_duty: met.on_duty, with_room: met.with_room };
            Some(Response {
                at: row.first_response_at?,
                waited_ms: row.care.waited,
                met: Situation { ahead: met.ahead, staff },
                shown_ms: met.shown_ms,
            })
        })
        .collect();
    responses.sort_by_key(|response| response.at);
    let mut pace = Pace::default();
    for response in responses {
        pace.learn(response);
    }
    pace
}

/// Whom a change of a desk affects, said before it is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Affected {
    /// Open requests whose promises are counted anew.
    pub requests: u32,
    /// Who sees the desk and what is asked there from then on.
    pub gain_sight: Vec<PersonId>,
    /// Who does not any more.
    pub lose_sight: Vec<PersonId>,
    /// Who is called about its requests from then on.
    pub become_helpers: Vec<PersonId>,
    /// Who is not any more.
    pub are_helpers_no_more: Vec<PersonId>,
    /// Who may ask there at more hours from then on.
    pub ask_more: Vec<PersonId>,
    /// Who may ask there at fewer hours, or not at all.
    pub ask_less: Vec<PersonId>,
}

/// Whom the step from `before` to `after` affects. `state` holds everybody and what is open at the desk.
pub fn affected(state: &State, before: &Desk, after: &Desk) -> Affected {
    let mut affected = Affected::default();
    let sees = |person: &Person, desk: &Desk| {
        crate::permission::may_see(&Viewer::of(person), &crate::Row::Desk(desk.clone()), state)
    };
    for person in state.people().filter(|person| person.active) {
        match (sees(person, before), sees(person, after)) {
            (false, true) => affected.gain_sight.push(person.id),
            (true, false) => affected.lose_sight.push(person.id),
            _ => {}
        }
        match (before.is_helped_by(person.id), after.is_helped_by(person.id)) {
            (false, true) => affected.become_helpers.push(person.id),
            (true, false) => affected.are_helpers_no_more.push(person.id),
            _ => {}
        }
        let when = |desk: &Desk| desk.service.posting.of(person.role);
        match when(after).cmp(&when(before)) {
            Ordering::Less => affected.ask_more.push(person.id),
            Ordering::Greater => affected.ask_less.push(person.id),
            Ordering::Equal => {}
        }
    }
    let counts_anew = before.service.standards != after.service.standards
        || before.service.special_days != after.service.special_days
        || (&before.hours, &before.zone) != (&after.hours, &after.zone);
    if counts_anew {
        let open = state.requests().filter(|row| row.is_open() && row.desk == before.id);
        affected.requests = u32::try_from(open.count()).unwrap_or(u32::MAX);
    }
    affected
}
