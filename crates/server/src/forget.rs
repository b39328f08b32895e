//! Forgets what is too old to be kept: log rows, answers under old keys, links that are over, old wrong tries,
//! uploads that nobody finished. Twice a day by the clock, and at start.

use deskside_domain::time::HOUR;
use tokio_util::sync::CancellationToken;

use crate::{parts::Shared, uploads};

/// Between two rounds.
const EVERY: i64 = 12 * HOUR;

/// Forgets until `stop`.
pub(crate) async fn run(server: Shared, stop: CancellationToken) {
    loop {
        let now = server.now();
        let forgotten = async {
            server.parts.store.forget_old(now).await?;
            server.parts.accounts.forget_old(now).await?;
            uploads::expire(&server).await
        };
        if let Err(error) = forgotten.await {
            tracing::error!(error = format!("{error:#}"), "what is old could not be forgotten");
        }
        tokio::select! {
            () = server.parts.clock.sleep_until(now.plus(EVERY)) => {}
            () = stop.cancelled() => return,
        }
    }
}
