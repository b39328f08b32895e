//! How fast one session may give commands: far faster than any person, slow enough that a program gone wild does not
//! keep the others waiting. Kept in memory: after a restart everybody begins anew.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use axum::http::{HeaderValue, header};
use deskside_domain::{Time, time::SECOND};
use deskside_protocol::Code;

use crate::answer::{Answer, Oops};

/// Commands per second that go on for ever.
const PER_SECOND: i64 = 50;
/// Commands at once: what an app gives that comes back after days without a network, several times over.
const AT_ONCE: i64 = 3_000;
/// Sessions remembered before those that rest are forgotten.
const MANY: usize = 1_000;

/// The pace of every session.
#[derive(Default)]
pub(crate) struct Pace {
    /// By session: when all that was given would have been given at [`PER_SECOND`].
    settled: Mutex<HashMap<[u8; 32], Time>>,
}

impl Pace {
    /// Lets `session` give `commands` now, or says when to come back. What is refused counts for nothing.
    pub fn allow(&self, session: [u8; 32], commands: usize, now: Time) -> Answer<()> {
        let mut settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        if settled.len() >= MANY {
            settled.retain(|_, at| *at > now);
        }
        let cost = i64::try_from(commands).unwrap_or(AT_ONCE).min(AT_ONCE) * (SECOND / PER_SECOND);
        let at = settled.get(&session).copied().unwrap_or(now).max(now).plus(cost);
        let ahead = at.since(now) - AT_ONCE * (SECOND / PER_SECOND);
        if ahead > 0 {
            let seconds = (ahead + SECOND - 1) / SECOND;
            return Err(Oops::new(Code::SlowDown, "more commands than this server takes from one session")
                .detail(format!("wait {seconds} s; nothing of this was done"))
                .header(header::RETRY_AFTER, HeaderValue::from(seconds)));
        }
        settled.insert(session, at);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: [u8; 32] = [1; 32];
    const SAM: [u8; 32] = [2; 32];

    #[test]
    fn a_flood_is_told_when_to_come_back_and_others_go_on() {
        let pace = Pace::default();
        let now = Time(1_000_000);
        for _ in 0..AT_ONCE / 100 {
            pace.allow(ANA, 100, now).expect("a long backlog goes through at once");
        }
        let refused = pace.allow(ANA, 100, now).expect_err("no more");
        assert_eq!(refused.problem.status, 429);
        assert_eq!(refused.headers, [(header::RETRY_AFTER, HeaderValue::from(2))], "100 at 50 per second");
        pace.allow(SAM, 100, now).expect("another session");
        assert!(pace.allow(ANA, 100, now.plus(SECOND)).is_err(), "not yet: a second was enough for 50");
        pace.allow(ANA, 100, now.plus(2 * SECOND)).expect("as was said");
    }

    #[test]
    fn a_batch_of_any_size_can_get_through_once() {
        let pace = Pace::default();
        pace.allow(ANA, usize::MAX, Time(0)).expect("what is too large for a batch is refused elsewhere");
    }

    #[test]
    fn sessions_that_rest_are_forgotten() {
        let pace = Pace::default();
        for n in 0..=MANY {
            let mut session = ANA;
            session[..8].copy_from_slice(&n.to_le_bytes());
            pace.allow(session, 1, Time(n as i64 * SECOND)).expect("allowed");
        }
        assert!(pace.settled.lock().expect("no panic").len() < 10);
    }
}
