//! What falls due: one task fires it as commands of the system, once, also what fell due while the server
//! was down. The row is used up in the transaction of its command, so two nodes can't both fire it.

use std::time::Duration;

use deskside_ports::bus::Hint;
use tokio::{sync::broadcast::error::RecvError, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{decisions::Undecided, parts::Shared};

/// Without any hint the due rows are looked at this often: a lost hint costs this much time.
const LOOK: Duration = Duration::from_secs(30);
/// After something broke.
const PAUSE: Duration = Duration::from_secs(1);

/// Fires what falls due until `stop`.
pub(crate) async fn run(server: Shared, stop: CancellationToken) {
    let mut hints = server.parts.bus.listen();
    loop {
        let next = match fire(&server).await {
            Ok(next) => next,
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "what falls due could not be read");
                if timeout(PAUSE, stop.cancelled()).await.is_ok() {
                    return;
                }
                continue;
            }
        };
        let due = async {
            match next {
                Some(at) => server.parts.clock.sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        let hinted = async {
            loop {
                match hints.recv().await {
                    Ok(Hint::Due) | Err(RecvError::Lagged(_)) => break,
                    Err(RecvError::Closed) => std::future::pending().await,
                    Ok(_) => {}
                }
            }
        };
        tokio::select! {
            () = due => {}
            () = hinted => {}
            () = tokio::time::sleep(LOOK) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Fires all that is due now; says when the next thing is.
async fn fire(server: &Shared) -> anyhow::Result<Option<deskside_domain::Time>> {
    loop {
        let rows = server.parts.store.due(server.now(), 100).await?;
        if rows.is_empty() {
            return server.parts.store.next_due().await;
        }
        for row in rows {
            match server.decisions.due(row.clone()).await {
                Ok(done) => {
                    server.metrics.system_commands_total.add(1);
                    if let Some(problem) = done.refused {
                        // The domain promises that due commands are idempotent: a refusal is a defect there.
                        tracing::warn!(key = ?row.key, slot = row.slot, %problem, "what fell due was refused");
                    }
                }
                Err(Undecided::NotDue) => {}
                Err(undecided) => {
                    let problem = deskside_protocol::Problem::from(undecided);
                    anyhow::bail!("{:?} {} could not be fired: {problem}", row.key, row.slot);
                }
            }
        }
    }
}
