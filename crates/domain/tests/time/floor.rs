//! A support floor for a week, simulated: questions come as on a floor with rush hours, helpers come and go in
//! shifts and at lunch, have one or two requests in hand, and take the next as the queue says. Whoever asks is
//! shown a wait, and what became of it is kept.
//!
//! Time is open time: Monday to Friday, 08:00 to 18:00, one day after the other.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use deskside_domain::{
    Time,
    clock::Standards,
    id::RequestId,
    queue::{self, Staff, Waiting, has_room},
    request::Urgency,
    time::{HOUR, MINUTE, SECOND},
    wait::{FEWEST, LOOKED_AT, Pace, Response, Situation, Wait, rounded_up},
};
use uuid::Uuid;

use super::chance::Chance;

const DAY: i64 = 10 * HOUR;
/// How many requests a helper has in hand at most.
const LIMIT: u16 = 2;

/// What is shown to those who ask.
pub trait Estimator {
    fn wait(&self, urgency: Urgency, meets: Situation, respond_ms: i64, now: Time) -> Wait;
    fn still(&self, urgency: Urgency, meets: Situation, respond_ms: i64, now: Time) -> Wait;
    fn learn(&mut self, urgency: Urgency, response: Response);
}

/// What somebody was shown, and what they got.
pub struct Outcome {
    /// Shown when they asked, or again while they waited.
    pub again: bool,
    pub shown: Wait,
    /// From then on.
    pub waited_ms: i64,
}

/// The floor of one desk.
struct Floor<'a, E> {
    chance: Chance,
    helpers: Vec<Helper>,
    /// Those who wait, with what they met and were shown.
    queue: Vec<(Waiting, Situation, Wait)>,
    /// What happens when: the end of work on a request, a look at the queue.
    ends: BinaryHeap<Reverse<(i64, usize)>>,
    estimator: &'a mut E,
    standards: Standards,
    outcomes: Vec<Outcome>,
    shown_again: BTreeMap<u64, Vec<(Time, Wait)>>,
    now: i64,
    /// First responses that were begun: they are learned when they are given.
    given: BinaryHeap<Reverse<(i64, u64)>>,
    begun: BTreeMap<u64, (Urgency, Response)>,
}

struct Helper {
    from: i64,
    to: i64,
    lunch: i64,
    in_hand: u16,
}

impl Helper {
    fn is_on_duty(&self, at: i64) -> bool {
        let time = at % DAY;
        let lunch = self.lunch..self.lunch + 30 * MINUTE;
        self.from <= time && time < self.to && !lunch.contains(&time)
    }
}

/// How many questions come for each helper and hour if nothing rushes.
#[derive(Clone, Copy, Debug)]
pub enum Load {
    /// A third of the time is idle, and queues are rare.
    Quiet,
    /// Three quarters of the time is work; rush hours queue.
    Usual,
    /// More comes than can be done, and the queue goes away only in the evening.
    Rushed,
}

/// A week at a desk of `size` helpers.
pub fn week<E: Estimator>(seed: u64, size: usize, load: Load, estimator: &mut E) -> Vec<Outcome> {
    let mut chance = Chance::of(seed.wrapping_mul(1_000).wrapping_add(size as u64));
    let helpers: Vec<Helper> = (0..size)
        .map(|number| {
            let shift = match number % 5 {
                _ if size == 1 => (0, DAY),
                0 | 2 => (0, DAY - 90 * MINUTE),
                1 | 3 => (90 * MINUTE, DAY),
                _ => (HOUR, DAY - HOUR),
            };
            let lunch = 3 * HOUR + 30 * MINUTE + chance.below(4) * 30 * MINUTE;
            Helper { from: shift.0, to: shift.1, lunch, in_hand: 0 }
        })
        .collect();
    let mut floor = Floor {
        chance,
        helpers,
        queue: Vec::new(),
        ends: BinaryHeap::new(),
        estimator,
        standards: Standards::default(),
        outcomes: Vec::new(),
        shown_again: BTreeMap::new(),
        now: 0,
        given: BinaryHeap::new(),
        begun: BTreeMap::new(),
    };
    let mut number = 0;
    let mut at = 0;
    let questions = match load {
        Load::Quiet => 2.8,
        Load::Usual => 4.0,
        Load::Rushed => 4.7,
    };
    let busiest = size as f64 * questions * 1.5 / HOUR as f64;
    while at < 5 * DAY {
        at += (-floor.unit().ln() / busiest) as i64 + 1;
        if floor.unit() > rush(at) / 1.5 {
            continue;
        }
        floor.work_until(at);
        number += 1;
        floor.ask(number, at);
    }
    floor.work_until(6 * DAY);
    floor.outcomes
}

/// How many more questions than usual come at this time.
fn rush(at: i64) -> f64 {
    let of_day = match at % DAY / HOUR {
        0 => 0.8,
        1..=3 => 1.3,
        4 | 5 => 0.8,
        6 | 7 => 1.15,
        _ => 0.7,
    };
    let of_week = match at / DAY {
        0 => 1.15,
        4 => 0.85,
        _ => 1.0,
    };
    of_day * of_week
}

impl<E: Estimator> Floor<'_, E> {
    fn unit(&mut self) -> f64 {
        ((self.chance.bits() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Times of people's work: most near the median, a few far above.
    fn lognormal(&mut self, median_ms: i64, spread: f64) -> i64 {
        let (one, two) = (self.unit(), self.unit());
        let normal = (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * two).cos();
        (median_ms as f64 * (normal * spread).exp()) as i64
    }

    fn staff(&self, at: i64) -> Staff {
        let on_duty = self.helpers.iter().filter(|helper| helper.is_on_duty(at));
        Staff::of(on_duty.map(|helper| usize::from(helper.in_hand)), Some(LIMIT))
    }

    fn ask(&mut self, number: u64, at: i64) {
        let urgency = match self.chance.below(100) {
            0..25 => Urgency::Live,
            25..80 => Urgency::Today,
            _ => Urgency::Whenever,
        };
        let now = Time(at);
        let respond_ms = self.standards.of(urgency).respond_ms.unwrap_or(0);
        let waiting = Waiting {
            request: RequestId(Uuid::from_u128(number.into())),
            critical: false,
            urgency,
            asked_at: now,
            near_at: Some(now.plus(respond_ms * 3 / 4)),
        };
        self.show_again(now);
        let queue = self.waiting();
        let ahead = queue::ahead(&queue, &waiting, now) as u16;
        let meets = Situation { ahead, staff: self.staff(at) };
        let shown = self.estimator.wait(urgency, meets, respond_ms, now);
        self.queue.push((waiting, meets, shown));
        self.take(at);
    }

    fn waiting(&self) -> Vec<Waiting> {
        self.queue.iter().map(|(waiting, ..)| *waiting).collect()
    }

    /// Somebody who waits looks at it again.
    fn show_again(&mut self, now: Time) {
        let queue = self.waiting();
        if queue.is_empty() {
            return;
        }
        let mine = *self.chance.one_of(&queue);
        let meets = Situation { ahead: queue::ahead(&queue, &mine, now) as u16, staff: self.staff(now.0) };
        let respond_ms = self.standards.of(mine.urgency).respond_ms.unwrap_or(0);
        let shown = self.estimator.still(mine.urgency, meets, respond_ms, now);
        self.shown_again.entry(mine.request.0.as_u128() as u64).or_default().push((now, shown));
    }

    /// Whoever has room takes what is next.
    fn take(&mut self, at: i64) {
        while !self.queue.is_empty() {
            // The one with the least in hand looks up first.
            let free = (0..self.helpers.len())
                .filter(|index| self.helpers[*index].is_on_duty(at))
                .filter(|index| has_room(self.helpers[*index].in_hand.into(), Some(LIMIT)))
                .min_by_key(|index| self.helpers[*index].in_hand);
            let Some(helper) = free else { return };
            let now = Time(at);
            self.queue.sort_by(|(one, ..), (other, ..)| one.order(other, now));
            let (waiting, met, shown) = self.queue.remove(0);
            // To finish the sentence, read the question, and write first words.
            let glance = if waiting.urgency == Urgency::Live { 20 } else { 40 } * SECOND;
            let in_hand = i64::from(self.helpers[helper].in_hand);
            let response = self.lognormal(glance * (1 + in_hand), 0.5);
            let work = self.lognormal(5 * MINUTE, 0.8) * (2 + in_hand);
            self.helpers[helper].in_hand += 1;
            self.ends.push(Reverse((at + response + work, helper)));
            let answered_at = now.plus(response);
            let waited_ms = answered_at.since(waiting.asked_at);
            let shown_ms = if let Wait::About { to_ms, .. } = shown { Some(to_ms) } else { None };
            let number = waiting.request.0.as_u128() as u64;
            self.given.push(Reverse((answered_at.0, number)));
            self.begun
                .insert(number, (waiting.urgency, Response { at: answered_at, waited_ms, met, shown_ms }));
            self.outcomes.push(Outcome { again: false, shown, waited_ms });
            for (at, shown) in self.shown_again.remove(&number).into_iter().flatten() {
                self.outcomes.push(Outcome { again: true, shown, waited_ms: answered_at.since(at) });
            }
        }
    }

    /// Everything that happens up to `until`. People come and go at full and half hours.
    fn work_until(&mut self, until: i64) {
        loop {
            let end = self.ends.peek().map_or(i64::MAX, |Reverse((at, _))| *at);
            let given = self.given.peek().map_or(i64::MAX, |Reverse((at, _))| *at);
            let half_hour = (self.now / (30 * MINUTE) + 1) * 30 * MINUTE;
            let shift = if self.queue.is_empty() { i64::MAX } else { half_hour };
            let next = end.min(given).min(shift);
            if next > until {
                self.now = until;
                return;
            }
            self.now = next;
            if next == given {
                let Some(Reverse((_, number))) = self.given.pop() else { return };
                if let Some((urgency, response)) = self.begun.remove(&number) {
                    self.estimator.learn(urgency, response);
                }
            } else {
                if next == end
                    && let Some(Reverse((_, helper))) = self.ends.pop()
                {
                    self.helpers[helper].in_hand -= 1;
                }
                self.take(next);
            }
        }
    }
}

/// The estimate of the product: one pace for each urgency.
#[derive(Default)]
pub struct Learned(BTreeMap<Urgency, Pace>);

impl Estimator for Learned {
    fn wait(&self, urgency: Urgency, meets: Situation, respond_ms: i64, now: Time) -> Wait {
        let unknown = Pace::default();
        self.0.get(&urgency).unwrap_or(&unknown).wait(meets, respond_ms, now)
    }

    fn still(&self, urgency: Urgency, meets: Situation, respond_ms: i64, now: Time) -> Wait {
        let unknown = Pace::default();
        self.0.get(&urgency).unwrap_or(&unknown).still(meets, respond_ms, now)
    }

    fn learn(&mut self, urgency: Urgency, response: Response) {
        self.0.entry(urgency).or_default().learn(response);
    }
}

/// The formula as it is written down first (rules.md 4.4): waits as they were, times the load of now. Kept to
/// show why the product does more.
#[derive(Default)]
pub struct Plain(BTreeMap<Urgency, Vec<i64>>);

impl Estimator for Plain {
    fn wait(&self, urgency: Urgency, meets: Situation, respond_ms: i64, _: Time) -> Wait {
        if meets.staff.on_duty == 0 {
            return Wait::Nobody;
        }
        let waits = self.0.get(&urgency).map(Vec::as_slice).unwrap_or_default();
        if waits.len() < FEWEST {
            return Wait::Usually { within_ms: respond_ms };
        }
        let mut waits = waits[waits.len().saturating_sub(LOOKED_AT)..].to_vec();
        waits.sort_unstable();
        let load = |wait: i64| wait * (i64::from(meets.ahead) + 1) / i64::from(meets.staff.with_room.max(1));
        let at = |percent: usize| rounded_up(load(waits[(waits.len() * percent).div_ceil(100) - 1]));
        Wait::About { from_ms: at(50), to_ms: at(80) }
    }

    fn still(&self, urgency: Urgency, meets: Situation, respond_ms: i64, now: Time) -> Wait {
        self.wait(urgency, meets, respond_ms, now)
    }

    fn learn(&mut self, urgency: Urgency, response: Response) {
        self.0.entry(urgency).or_default().push(response.waited_ms);
    }
}

/// Of those who were shown a range when they asked (or again, while they waited): how many there were, and how
/// many of a hundred were answered inside it.
pub fn inside(outcomes: &[Outcome], again: bool) -> (usize, f64) {
    let mut shown = 0;
    let mut inside = 0;
    for outcome in outcomes.iter().filter(|outcome| outcome.again == again) {
        if let Wait::About { to_ms, .. } = outcome.shown {
            shown += 1;
            inside += usize::from(outcome.waited_ms <= to_ms);
        }
    }
    (shown, 100.0 * inside as f64 / shown.max(1) as f64)
}
