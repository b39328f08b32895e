//! Random lives of requests, and a slow model of their clocks that goes through them minute by minute: in each
//! minute it looks at the wall, at whose turn it is, and adds one where one belongs.

use deskside_domain::{
    Time,
    calendar::{Calendar, Hours},
    clock::{Clocks, Missed, Promise, Reading, Share, Standard, Standing, Step, Turn, Waited},
    id::DeskId,
    time::MINUTE,
};
use uuid::Uuid;

use super::{
    chance::Chance,
    wall::{CHANGES, Walls, instant, random_hours},
};

pub struct History {
    change: usize,
    desks: [Vec<Hours>; 2],
    asked_at: i64,
    standard: Standard,
    steps: Vec<(i64, Step)>,
    /// When the clocks are looked at.
    now: i64,
}

/// All that is compared.
#[derive(Debug, PartialEq)]
pub struct Shown {
    reading: Reading,
    next_miss: Option<(Time, Promise)>,
    shares: Vec<Share>,
    missed: Vec<Missed>,
}

/// A moment beyond the walls' table.
const BEYOND: Time = Time(i64::MAX);

const PROMISES: [Promise; 3] = [Promise::Response, Promise::Solution, Promise::Reply];

fn desk(number: usize) -> DeskId {
    DeskId(Uuid::from_u128(number as u128))
}

impl History {
    pub fn of(seed: u64) -> Self {
        let mut chance = Chance::of(seed);
        let change = chance.below(CHANGES.len() as i64) as usize;
        let mut desks = [random_hours(&mut chance, change), random_hours(&mut chance, change)];
        if chance.percent(30) {
            let zone = chance.one_of(CHANGES).0;
            desks[1].iter_mut().for_each(|hours| hours.zone = zone.to_owned());
        }
        let asked_at = instant(CHANGES[change].1).0 + chance.between(-3 * 1440, 1440) * MINUTE;
        let standard = standard(&mut chance);
        let mut steps = Vec::new();
        let mut at = asked_at;
        for _ in 0..chance.below(14) {
            at += later(&mut chance);
            steps.push((at, step(&mut chance)));
        }
        let now = at + later(&mut chance);
        Self { change, desks, asked_at, standard, steps, now }
    }

    /// As the product counts.
    pub fn fast(&self) -> Shown {
        let calendars = self.desks.each_ref().map(|hours| Calendar::new(hours).expect("hours"));
        let calendar = |id: DeskId| &calendars[usize::from(id != desk(0))];
        let steps = self.steps.iter().map(|(at, step)| (Time(*at), *step));
        let clocks = Clocks::start(Time(self.asked_at), desk(0), self.standard).fold(steps, calendar);
        let calendar = calendar(clocks.desk);
        let mut shares = clocks.shares.clone();
        shares.retain(|share| share.wall_ms > 0);
        let mut missed = clocks.missed.clone();
        missed.sort_by_key(|missed| (missed.due_at, missed.promise));
        Shown {
            reading: clocks.read(Time(self.now), calendar),
            next_miss: clocks.next_miss(calendar).map(|missed| (missed.due_at, missed.promise)),
            shares,
            missed,
        }
    }

    /// As anybody would count who had the time.
    pub fn slow(&self) -> Shown {
        let mut slow = Slow::new(self);
        let last = self.steps.last().map_or(self.asked_at, |(at, _)| *at);
        slow.walk(last);
        let (next_miss, mut shares, mut missed) =
            (slow.next_miss(), slow.shares.clone(), slow.missed.clone());
        shares.retain(|share| share.wall_ms > 0);
        missed.sort_by_key(|missed| (missed.due_at, missed.promise));
        slow.walk(self.now);
        Shown { reading: slow.read(), next_miss, shares, missed }
    }
}

fn standard(chance: &mut Chance) -> Standard {
    // Three quarters of fours are whole minutes.
    let mut fours = |most| chance.below(most) * 4 * MINUTE;
    let (respond_ms, solve_ms, reply) = (fours(30), fours(5 * 60), fours(45));
    let promised = |ms: i64| (ms > 10 * MINUTE).then_some(ms);
    let solve_ms = if solve_ms % 9 == 0 { None } else { Some(solve_ms) };
    Standard { respond_ms: Some(respond_ms), solve_ms, reply_ms: promised(reply) }
}

fn later(chance: &mut Chance) -> i64 {
    MINUTE
        * match chance.below(8) {
            0 => 0,
            1..=4 => chance.below(60),
            5 | 6 => chance.below(300),
            _ => chance.below(1200),
        }
}

fn step(chance: &mut Chance) -> Step {
    match chance.below(20) {
        0..=2 => Step::AskerSpoke,
        3..=5 => Step::HelperSpoke,
        6 | 7 => Step::Turn(Turn::Asker),
        8 => Step::Turn(Turn::Other),
        9 | 10 => Step::Turn(Turn::Desk),
        11 => Step::Turn(Turn::Confirming),
        12 | 13 => Step::Standard(standard(chance)),
        14 => Step::Moved { desk: desk(chance.below(2) as usize), standard: standard(chance) },
        15 => Step::Solved { silently: chance.percent(50) },
        16 if chance.percent(20) => Step::Withdrawn,
        16 | 17 => Step::Reopened,
        // Nothing happens, but time is counted.
        _ => Step::Turn(Turn::Desk),
    }
}

/// Minutes of one promise.
#[derive(Clone, Copy)]
struct Count {
    used: i64,
    target: Option<i64>,
    near: Option<i64>,
    due: Option<i64>,
}

impl Count {
    fn of(target: Option<i64>) -> Self {
        Self { used: 0, target, near: None, due: None }
    }

    /// Marks what is reached at this instant.
    fn reached(&mut self, at: i64) {
        let Some(target) = self.target else { return };
        if self.near.is_none() && self.used * 4 >= target * 3 {
            self.near = Some(at);
        }
        if self.due.is_none() && self.used >= target {
            self.due = Some(at);
        }
    }

    fn retarget(&mut self, target: Option<i64>, at: i64) {
        self.target = target;
        self.near = self.near.filter(|_| target.is_some_and(|target| self.used * 4 >= target * 3));
        self.due = self.due.filter(|_| target.is_some_and(|target| self.used >= target));
        self.reached(at);
    }
}

struct Slow<'a> {
    history: &'a History,
    walls: &'static Walls,
    at: i64,
    next: usize,
    desk: usize,
    turn: Turn,
    counts: [Count; 3],
    responded_at: Option<i64>,
    reply_target: Option<i64>,
    awaits_reply: bool,
    answer: Option<(i64, i64)>,
    /// When, what the desk's clock showed, when it was kept.
    over: Option<(i64, i64, Option<i64>)>,
    shares: Vec<Share>,
    missed: Vec<Missed>,
}

impl<'a> Slow<'a> {
    fn new(history: &'a History) -> Self {
        let Standard { respond_ms, solve_ms, reply_ms } = history.standard;
        Self {
            history,
            walls: Walls::around(history.change),
            at: history.asked_at,
            next: 0,
            desk: 0,
            turn: Turn::Desk,
            counts: [respond_ms, solve_ms, None].map(Count::of),
            responded_at: None,
            reply_target: reply_ms,
            awaits_reply: false,
            answer: None,
            over: None,
            shares: Vec::new(),
            missed: Vec::new(),
        }
    }

    /// Goes on to `until`, with all that happens at that very instant.
    fn walk(&mut self, until: i64) {
        loop {
            self.look();
            while let Some((at, step)) = self.history.steps.get(self.next).filter(|(at, _)| *at == self.at) {
                self.next += 1;
                self.happens(*at, *step);
                self.look();
            }
            if self.at >= until {
                return;
            }
            self.minute();
            self.at += MINUTE;
        }
    }

    /// Whether this promise is one that time is counted for now.
    fn is_counted(&self, promise: Promise) -> bool {
        match promise {
            Promise::Response => self.responded_at.is_none(),
            Promise::Solution => self.turn != Turn::Asker || self.over.is_some(),
            Promise::Reply => self.awaits_reply,
        }
    }

    fn minute(&mut self) {
        if self.over.is_some() && !self.opens_again() {
            return;
        }
        let open = i64::from(self.walls.is_open(&self.history.desks[self.desk], self.at)) * MINUTE;
        for promise in PROMISES {
            if self.is_counted(promise) {
                self.counts[promise as usize].used += open;
                self.counts[promise as usize].reached(self.at + MINUTE);
            }
        }
        let waited = match self.turn {
            _ if self.over.is_some() => Waited::ForConfirmation,
            Turn::Desk | Turn::Other => Waited::ForDesk(desk(self.desk)),
            Turn::Asker => Waited::ForAsker,
            Turn::Confirming => Waited::ForConfirmation,
        };
        if !self.shares.iter().any(|share| share.waited == waited) {
            self.shares.push(Share { waited, wall_ms: 0, open_ms: 0 });
        }
        let share = self.shares.iter_mut().find(|share| share.waited == waited).expect("it was added");
        share.wall_ms += MINUTE;
        share.open_ms += open;
    }

    /// Looks what is reached and what is missed at this instant.
    fn look(&mut self) {
        if self.over.is_some_and(|(at, ..)| at < self.at) && !self.opens_again() {
            return;
        }
        let kept_at = match self.over {
            Some((_, _, kept_at)) => [self.responded_at, kept_at, None],
            None => [self.responded_at, self.answer.map(|(at, _)| at), None],
        };
        for promise in PROMISES {
            let index = promise as usize;
            if self.is_counted(promise) && self.over.is_none() {
                self.counts[index].reached(self.at);
            }
            let awaited = promise != Promise::Reply || self.awaits_reply;
            if let Some(due) = self.counts[index].due.filter(|_| awaited)
                && kept_at[index].unwrap_or(self.at) > due
            {
                let missed = Missed { promise, due_at: Time(due) };
                if !self.missed.contains(&missed) {
                    self.missed.push(missed);
                }
            }
        }
    }

    /// Whether it turns out later not to have been over: until then nobody can know, but the clocks count.
    fn opens_again(&self) -> bool {
        self.history.steps[self.next..].iter().any(|(_, step)| *step == Step::Reopened)
    }

    fn happens(&mut self, at: i64, step: Step) {
        if self.over.is_some() && step != Step::Reopened {
            return;
        }
        match step {
            Step::AskerSpoke => {
                if let (Some(_), Some(_), false) = (self.reply_target, self.responded_at, self.awaits_reply) {
                    self.awaits_reply = true;
                    self.counts[2] = Count::of(self.reply_target);
                }
            }
            Step::HelperSpoke => {
                self.responded_at = self.responded_at.or(Some(at));
                self.awaits_reply = false;
            }
            Step::Turn(turn) => self.turn_to(turn),
            Step::Standard(standard) => self.retarget(standard),
            Step::Moved { desk: to, standard } => {
                self.desk = usize::from(to != desk(0));
                self.retarget(standard);
            }
            Step::Solved { silently } => {
                let answer = self.answer.filter(|_| self.turn == Turn::Confirming);
                let used = self.counts[1].used;
                self.over = Some(match answer {
                    Some((answered_at, then)) => (at, if silently { then } else { used }, Some(answered_at)),
                    None => (at, used, Some(at)),
                });
                self.awaits_reply = false;
            }
            Step::Withdrawn => {
                self.over = Some((at, self.counts[1].used, None));
                self.awaits_reply = false;
            }
            Step::Reopened => {
                self.over = None;
                self.turn_to(Turn::Desk);
            }
        }
    }

    fn turn_to(&mut self, turn: Turn) {
        if turn != Turn::Confirming {
            self.answer = None;
        } else if self.answer.is_none() {
            self.answer = Some((self.at, self.counts[1].used));
        }
        self.turn = turn;
    }

    fn retarget(&mut self, standard: Standard) {
        if self.responded_at.is_none() {
            self.counts[0].retarget(standard.respond_ms, self.at);
        }
        self.counts[1].retarget(standard.solve_ms, self.at);
        self.reply_target = standard.reply_ms;
        match standard.reply_ms {
            target @ Some(_) if self.awaits_reply => self.counts[2].retarget(target, self.at),
            _ => self.awaits_reply = false,
        }
    }

    /// When all of the target is used if nothing happens any more: minute by minute into the future.
    fn reaches(&self, promise: Promise) -> Option<Time> {
        let count = self.counts[promise as usize];
        let (mut used, mut at) = (count.used, self.at);
        let target = count.target?;
        while used < target {
            if !self.walls.knows(at) {
                return Some(BEYOND);
            }
            used += i64::from(self.walls.is_open(&self.history.desks[self.desk], at)) * MINUTE;
            at += MINUTE;
        }
        Some(Time(at))
    }

    fn next_miss(&self) -> Option<(Time, Promise)> {
        if self.over.is_some() {
            return None;
        }
        let runs = |promise: &Promise| match promise {
            Promise::Response => self.responded_at.is_none(),
            Promise::Solution => matches!(self.turn, Turn::Desk | Turn::Other),
            Promise::Reply => self.awaits_reply,
        };
        let due = |promise: Promise| {
            let due_at = self.counts[promise as usize].due.map(Time).or_else(|| self.reaches(promise))?;
            (!self.missed.contains(&Missed { promise, due_at })).then_some((due_at, promise))
        };
        PROMISES.into_iter().filter(runs).filter_map(due).min()
    }

    fn read(&self) -> Reading {
        let standing = |promise: Promise| {
            let count = self.counts[promise as usize];
            match count.due {
                Some(due) if self.at > due => Standing::Late { due_at: Time(due) },
                _ => Standing::Running {
                    due_at: count.due.map(Time).or_else(|| self.reaches(promise)),
                    near: count.near.is_some(),
                },
            }
        };
        let kept = |promise: Promise, at: i64| match self.counts[promise as usize].due {
            Some(due) if at > due => Standing::KeptLate,
            _ => Standing::Kept,
        };
        let response = match self.responded_at {
            Some(at) => kept(Promise::Response, at),
            None if self.over.is_some() => Standing::Void,
            None => standing(Promise::Response),
        };
        let left_ms = self.counts[1].target.map(|target| target - self.counts[1].used);
        let solution = match self.over {
            Some((_, _, Some(kept_at))) => kept(Promise::Solution, kept_at),
            Some((_, _, None)) => Standing::Void,
            None => match self.answer {
                Some((at, _)) => kept(Promise::Solution, at),
                None if self.turn == Turn::Asker && self.counts[1].due.is_none() => {
                    Standing::Paused { left_ms }
                }
                None => standing(Promise::Solution),
            },
        };
        let (until, desk_ms) = self.over.map_or((self.at, self.counts[1].used), |(at, used, _)| (at, used));
        let is_open = self.walls.is_open(&self.history.desks[self.desk], self.at);
        Reading {
            customer_ms: until - self.history.asked_at,
            desk_ms,
            ticks: self.over.is_none() && self.turn != Turn::Asker && is_open,
            response,
            solution,
            reply: (self.awaits_reply && self.over.is_none()).then(|| standing(Promise::Reply)),
        }
    }
}

/// What differs, if anything does. What lies beyond the walls' table is not compared but for lying there.
pub fn difference(seed: u64) -> Option<String> {
    let history = History::of(seed);
    let (mut fast, mut slow) = (history.fast(), history.slow());
    let walls = Walls::around(history.change);
    // The last minute of the table ends with it.
    let is_beyond = |at: Time| !walls.knows(at.0 - 1);
    for reading in [&mut fast.reading, &mut slow.reading] {
        let promises = [Some(&mut reading.response), Some(&mut reading.solution), reading.reply.as_mut()];
        for standing in promises.into_iter().flatten() {
            if let Standing::Running { due_at, .. } = standing {
                *due_at = due_at.filter(|at| !is_beyond(*at));
            }
        }
    }
    let both_beyond = matches!((fast.next_miss, slow.next_miss),
        (Some((at, _)), Some((BEYOND, _))) if is_beyond(at));
    if both_beyond {
        fast.next_miss = slow.next_miss;
    }
    (fast != slow).then(|| format!("seed {seed}\nfast {fast:#?}\nslow {slow:#?}\nsteps {:#?}", history.steps))
}
