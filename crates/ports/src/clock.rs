//! Time and chance, so that tests turn the clock and replay the dice.

use async_trait::async_trait;
use deskside_domain::Time;

/// What time it is.
#[async_trait]
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Time;
    /// Returns at `time` or at once if that is past.
    async fn sleep_until(&self, time: Time);
}

/// Fresh random bits.
pub trait Chance: Send + Sync + 'static {
    /// 128 bits fit for secrets.
    fn bits(&self) -> u128;
}
