//! The two clocks of a request, side by side: the *customer's* runs on the wall since the question was asked,
//! the *desk's* in open time, and what the desk promised (a first response, a solution, a reply) is counted on
//! it (rules.md 3.4).
//!
//! [`Clocks`] is the fold over what happened to a request: small, kept with its row, moved by [`Clocks::step`].
//! Time is counted up to each step with the calendar version that was in force, and never counted again.
//! What happened is read off the rows in `decide/vigil`; [`Clocks::next_miss`] says when to look again, and what
//! the clocks show at a moment is in `reading`.

mod counter;
mod earlier;
mod reading;
mod standard;

pub use counter::Counter;
pub use earlier::Counted;
pub use reading::{Reading, Standing};
pub use standard::{Standard, Standards, next_update_by};

use crate::{calendar::Calendar, id::DeskId, time::Time};

/// Whose turn it is while a request is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The desk's: nobody has it yet, or somebody is at it.
    Desk,
    /// The asker's: a helper asked back. The only thing that pauses, and it pauses the solution alone.
    Asker,
    /// A third party's. The desk promised, so its clock runs.
    Other,
    /// The asker's, to say whether the answer is right. An answer that stands keeps the promise, so nobody is
    /// told of it; the clock runs on, because an answer that was wrong has solved nothing.
    Confirming,
}

/// What happened to a request, as far as its clocks are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Words, a clip or an answered call by the asker, by any path. Thanks are none.
    AskerSpoke,
    /// Words, a clip or an answered call by a person who helps, by any path. Taking it is none, a bot's
    /// words neither.
    HelperSpoke,
    /// Whose turn it is from now on.
    Turn(Turn),
    /// Another urgency, or the desk promises something else now: time already used stays used.
    Standard(Standard),
    /// Another desk has taken it over. Nothing begins anew.
    Moved {
        /// Which.
        desk: DeskId,
        /// What that desk promises for this urgency.
        standard: Standard,
    },
    /// The asker said solved, or said nothing for long enough (`silently`).
    Solved {
        /// Nobody said so: it was over when the answer was given.
        silently: bool,
    },
    /// The asker took it back.
    Withdrawn,
    /// It was not solved: all the time since counts, and is nobody's pause.
    Reopened,
}

/// What is promised to the asker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Promise {
    /// First words by a person who helps.
    Response,
    /// A solution.
    Solution,
    /// A reply after the asker spoke again.
    Reply,
}

/// A promise that was not kept in time. It belongs to the request, not to whoever held it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missed {
    /// Which.
    pub promise: Promise,
    /// When its time was over.
    pub due_at: Time,
}

/// Who the asker waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waited {
    /// A desk, or whom it waited for.
    ForDesk(DeskId),
    /// The asker's own turn.
    ForAsker,
    /// An answer stood, or it was taken for solved.
    ForConfirmation,
}

/// A share of the wait; all shares of a request add up to the customer's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// For whom.
    pub waited: Waited,
    /// On the wall, in milliseconds.
    pub wall_ms: i64,
    /// In open time of the desk that had it, in milliseconds.
    pub open_ms: i64,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Over {
    /// When.
    pub at: Time,
    /// What the desk's clock showed when it stopped.
    pub used_ms: i64,
    /// When the solution came: with the answer that was right, or when the asker said so. `None`: it never did.
    pub kept_at: Option<Time>,
}

/// The clocks of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clocks {
    /// T0.
    pub asked_at: Time,
    /// The desk that has it: its calendar counts.
    pub desk: DeskId,
    /// Whose turn it is; of a request that is over, whose it was.
    pub turn: Turn,
    /// Up to when time is in what stands below.
    pub counted_to: Time,
    /// Until the first response. Nothing pauses it.
    pub response: Counter,
    /// When that was given.
    pub responded_at: Option<Time>,
    /// The desk's clock, and its promise of a solution.
    pub solution: Counter,
    /// What the desk allows itself for a reply.
    pub reply_target: Option<i64>,
    /// The reply that the asker waits for: after the first response, when they spoke last.
    pub reply: Option<Counter>,
    /// The answer that stands: when it was given, and what the desk's clock showed.
    pub answer: Option<(Time, i64)>,
    /// How it ended, if it has.
    pub over: Option<Over>,
    /// Who was waited for, in the order of first turns.
    pub shares: Vec<Share>,
    /// What was missed, as it was noticed.
    pub missed: Vec<Missed>,
}

impl Clocks {
    /// A request was asked.
    pub fn start(asked_at: Time, desk: DeskId, standard: Standard) -> Self {
        Self {
            asked_at,
            desk,
            turn: Turn::Desk,
            counted_to: asked_at,
            response: Counter::of(standard.respond_ms),
            responded_at: None,
            solution: Counter::of(standard.solve_ms),
            reply_target: standard.reply_ms,
            reply: None,
            answer: None,
            over: None,
            shares: Vec::new(),
            missed: Vec::new(),
        }
    }

    /// All that happened, in order. `calendar` is asked for the calendar of the desk that had the request.
    pub fn fold<'a>(
        mut self,
        steps: impl IntoIterator<Item = (Time, Step)>,
        calendar: impl Fn(DeskId) -> &'a Calendar,
    ) -> Self {
        for (at, step) in steps {
            let calendar = calendar(self.desk);
            self.step(at, step, calendar);
        }
        self
    }

    /// Something happened at `at`. `calendar` is that of [`Clocks::desk`] as it is before this step, also where
    /// the request moves to another. A step that comes late is taken to have come now.
    pub fn step(&mut self, at: Time, step: Step, calendar: &Calendar) {
        let at = at.max(self.counted_to);
        if self.over.is_some() && step != Step::Reopened {
            // What is over has no clocks; words alone do not open it again.
            return;
        }
        self.count(at, calendar);
        self.note_missed();
        match step {
            Step::AskerSpoke => {
                let waits = self.responded_at.is_some() && self.reply.is_none();
                if waits && self.reply_target.is_some() {
                    self.reply = Some(Counter::of(self.reply_target));
                }
            }
            Step::HelperSpoke => {
                self.responded_at = self.responded_at.or(Some(at));
                self.reply = None;
            }
            Step::Turn(turn) => self.turn_to(turn),
            Step::Standard(standard) => self.retarget(standard),
            Step::Moved { desk, standard } => {
                self.desk = desk;
                self.retarget(standard);
            }
            Step::Solved { silently } => {
                let answered = self.answer.filter(|_| self.turn == Turn::Confirming);
                let used_ms = answered.filter(|_| silently).map_or(self.solution.used_ms, |(_, used)| used);
                let kept_at = Some(answered.map_or(at, |(answered_at, _)| answered_at));
                self.reply = None;
                self.over = Some(Over { at, used_ms, kept_at });
            }
            Step::Withdrawn => {
                self.reply = None;
                self.over = Some(Over { at, used_ms: self.solution.used_ms, kept_at: None });
            }
            Step::Reopened => {
                self.over = None;
                self.turn_to(Turn::Desk);
            }
        }
        self.note_missed();
    }

    /// A request that asks the same was joined to this one: whoever has waited longer counts.
    pub fn join(&mut self, other: &Self, at: Time, calendar: &Calendar, others: &Calendar) {
        let mut other = other.clone();
        other.count(at.max(other.counted_to), others);
        self.count(at.max(self.counted_to), calendar);
        if other.asked_at < self.asked_at {
            self.asked_at = other.asked_at;
            self.shares = other.shares;
        }
        if self.responded_at.is_none() {
            self.response.take_longer(other.response, self.counted_to);
        }
        self.solution.take_longer(other.solution, self.counted_to);
        self.note_missed();
    }

    /// When a promise that is not kept by then is missed next, if nothing happens any more; what was noticed is past.
    /// `calendar` is that of [`Clocks::desk`]. A change of that desk's hours may move it.
    pub fn next_miss(&self, calendar: &Calendar) -> Option<Missed> {
        if self.over.is_some() {
            return None;
        }
        let response = self.responded_at.is_none().then_some((Promise::Response, &self.response));
        let runs = matches!(self.turn, Turn::Desk | Turn::Other);
        let solution = runs.then_some((Promise::Solution, &self.solution));
        let reply = self.reply.as_ref().map(|reply| (Promise::Reply, reply));
        let missed = [response, solution, reply].into_iter().flatten().filter_map(|(promise, counter)| {
            let due_at = counter.due_at(self.counted_to, calendar)?;
            Some(Missed { promise, due_at })
        });
        missed
            .filter(|missed| !self.missed.contains(missed))
            .min_by_key(|missed| (missed.due_at, missed.promise))
    }

    /// When the first response comes near its standard: orders the queue, and calls more people. `None` once it was
    /// given, and where nothing is promised.
    pub fn response_near_at(&self, calendar: &Calendar) -> Option<Time> {
        if self.over.is_some() || self.responded_at.is_some() {
            return None;
        }
        self.response.near_at(self.counted_to, calendar)
    }

    /// Counts the time from where it was counted to up to `to`.
    fn count(&mut self, to: Time, calendar: &Calendar) {
        let from = self.counted_to;
        let (wall_ms, open_ms) = (to.since(from), calendar.between(from, to));
        self.counted_to = to;
        if self.responded_at.is_none() {
            self.response.count(open_ms, from, calendar);
        }
        // What was taken for solved was no pause, whoever's turn it was.
        if self.turn != Turn::Asker || self.over.is_some() {
            self.solution.count(open_ms, from, calendar);
        }
        if let Some(reply) = &mut self.reply {
            reply.count(open_ms, from, calendar);
        }
        let waited = match self.turn {
            _ if self.over.is_some() => Waited::ForConfirmation,
            Turn::Desk | Turn::Other => Waited::ForDesk(self.desk),
            Turn::Asker => Waited::ForAsker,
            Turn::Confirming => Waited::ForConfirmation,
        };
        match self.shares.iter_mut().find(|share| share.waited == waited) {
            Some(share) => {
                share.wall_ms += wall_ms;
                share.open_ms += open_ms;
            }
            None if wall_ms == 0 => {}
            None => self.shares.push(Share { waited, wall_ms, open_ms }),
        }
    }

    fn turn_to(&mut self, turn: Turn) {
        self.answer = match turn {
            Turn::Confirming => self.answer.or(Some((self.counted_to, self.solution.used_ms))),
            _ => None,
        };
        self.turn = turn;
    }

    fn retarget(&mut self, standard: Standard) {
        if self.responded_at.is_none() {
            self.response.retarget(standard.respond_ms, self.counted_to);
        }
        self.solution.retarget(standard.solve_ms, self.counted_to);
        self.reply_target = standard.reply_ms;
        self.reply = self.reply.take().and_then(|mut reply| {
            reply.retarget(standard.reply_ms, self.counted_to);
            standard.reply_ms.and(Some(reply))
        });
    }

    /// Keeps what was missed, so that a later change of the promise does not undo it.
    fn note_missed(&mut self) {
        let now = self.counted_to;
        let came_late = |counter: &Counter, kept_at: Option<Time>| {
            counter.due.filter(|due| kept_at.unwrap_or(now) > *due)
        };
        let response = came_late(&self.response, self.responded_at);
        let kept_at = match (&self.over, self.answer) {
            (Some(over), _) => over.kept_at,
            (None, answer) => answer.map(|(at, _)| at),
        };
        let solution = came_late(&self.solution, kept_at);
        let reply = self.reply.as_ref().and_then(|reply| came_late(reply, None));
        let found = [(Promise::Response, response), (Promise::Solution, solution), (Promise::Reply, reply)];
        for (promise, due_at) in found {
            let Some(due_at) = due_at else { continue };
            let missed = Missed { promise, due_at };
            if !self.missed.contains(&missed) {
                self.missed.push(missed);
            }
        }
    }
}
