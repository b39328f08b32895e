//! A team of named people around one server.

mod clock;
mod house;
mod person;
mod recording;

pub use clock::TurnedClock;
pub use house::House;
pub use person::{Person, question};
pub use recording::{png, recording};

use std::time::Duration;

/// Whatever a story waits for must have happened by then.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// Waits for `what`, or fails saying what was waited for.
pub async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    match tokio::time::timeout(DEADLINE, work).await {
        Ok(done) => done,
        Err(_) => panic!("waited {} s for: {what}", DEADLINE.as_secs()),
    }
}
