//! A clock that only the story turns.

use async_trait::async_trait;
use deskside_domain::Time;
use deskside_ports::Clock;
use tokio::sync::watch;

pub struct TurnedClock(watch::Sender<Time>);

impl TurnedClock {
    /// It is Friday, 2026-06-05, 08:45 UTC.
    pub fn new() -> Self {
        Self(watch::Sender::new(Time(1_780_649_100_000)))
    }

    /// Turns it forward.
    pub fn turn(&self, millis: i64) {
        self.0.send_modify(|time| *time = time.plus(millis));
    }
}

#[async_trait]
impl Clock for TurnedClock {
    fn now(&self) -> Time {
        *self.0.borrow()
    }

    async fn sleep_until(&self, time: Time) {
        let mut turned = self.0.subscribe();
        // The sender is borrowed for as long as this waits.
        let _ = turned.wait_for(|now| *now >= time).await;
    }
}
