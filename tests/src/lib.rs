//! Whole-product tests; nothing depends on it. What several of them need: a real server in this process or in its own,
//! somebody who uses it, and a proxy that cuts connections.

pub mod chance;
pub mod cutting;
pub mod desksided;
pub mod person;
pub mod server;

use std::time::Duration;

/// Whatever a story waits for must have happened by then, however busy the machine is with other work.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Waits for `what`, or fails saying what was waited for.
pub async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    match tokio::time::timeout(DEADLINE, work).await {
        Ok(done) => done,
        Err(_) => panic!("waited {} s for: {what}", DEADLINE.as_secs()),
    }
}
