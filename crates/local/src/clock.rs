//! The machine's own clock and randomness; the one place of the server that asks for either.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use deskside_domain::Time;
use deskside_ports::{Chance, Clock};

/// Longest sleep in one piece: the wall clock may be set, and a suspended machine counts no time.
const STEP: Duration = Duration::from_secs(20);

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Time {
        let now = SystemTime::now();
        let millis = match now.duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
        };
        Time(millis)
    }

    async fn sleep_until(&self, time: Time) {
        loop {
            let left = time.since(self.now());
            let Ok(left @ 1..) = u64::try_from(left) else { return };
            tokio::time::sleep(Duration::from_millis(left).min(STEP)).await;
        }
    }
}

/// The system's random bits.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn bits(&self) -> u128 {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the operating system has random bits once it has started");
        u128::from_le_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sleeping_ends_at_its_time_and_not_before() {
        let until = SystemClock.now().plus(30);
        SystemClock.sleep_until(until).await;
        assert!(SystemClock.now() >= until);
        SystemClock.sleep_until(Time(0)).await;
    }

    #[test]
    fn chance_is_not_constant() {
        assert_ne!(SystemChance.bits(), SystemChance.bits());
    }
}
