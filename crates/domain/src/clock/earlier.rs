//! Clocks of a request whose row was written by a version that kept only sums of them: taken up where that one
//! counted to. Who was waited for before is not known of such a request; nothing else is lost.

use super::{Clocks, Counter, Over, Share, Standard, Turn, Waited};
use crate::{id::DeskId, time::Time};

/// What such a row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// T0.
    pub asked_at: Time,
    /// The desk that has it.
    pub desk: DeskId,
    /// Whose turn it is, or was.
    pub turn: Turn,
    /// Up to when it was counted.
    pub to: Time,
    /// Open milliseconds until the first response.
    pub waited_ms: i64,
    /// Open milliseconds of the desk's clock.
    pub worked_ms: i64,
    /// When the first response was due.
    pub respond_by: Option<Time>,
    /// When the solution was due.
    pub solve_by: Option<Time>,
    /// The first response.
    pub responded_at: Option<Time>,
    /// The answer that stands.
    pub answered_at: Option<Time>,
    /// When it ended, and whether it was solved.
    pub over: Option<(Time, bool)>,
}

impl Counted {
    /// The clocks of this request at a desk that promises `standard`.
    pub fn clocks(&self, standard: Standard) -> Clocks {
        let counter = |used_ms, target_ms, due: Option<Time>| {
            let mut counter = Counter { used_ms, ..Counter::of(None) };
            counter.retarget(target_ms, self.to);
            counter.due = counter.due.map(|now| due.filter(|due| *due <= now).unwrap_or(now));
            counter
        };
        let waited = Waited::ForDesk(self.desk);
        let (wall_ms, open_ms) = (self.to.since(self.asked_at), self.worked_ms);
        let mut clocks = Clocks {
            turn: self.turn,
            counted_to: self.to,
            response: counter(self.waited_ms, standard.respond_ms, self.respond_by),
            responded_at: self.responded_at,
            solution: counter(self.worked_ms, standard.solve_ms, self.solve_by),
            answer: self.answered_at.filter(|_| self.turn == Turn::Confirming).map(|at| (at, self.worked_ms)),
            over: self.over.map(|(at, solved)| Over {
                at,
                used_ms: self.worked_ms,
                kept_at: solved.then(|| self.answered_at.unwrap_or(at)),
            }),
            shares: vec![Share { waited, wall_ms, open_ms }],
            ..Clocks::start(self.asked_at, self.desk, standard)
        };
        clocks.note_missed();
        clocks
    }
}
