//! What falls due: one task fires it as commands of the system, once, also what fell due while the server
//! was down. The row is used up in the transaction of its command, so two nodes can't both fire it.

use std::{collections::BTreeMap, time::Duration};

use deskside_domain::{Key, Read, command::System};
use deskside_ports::{bus::Hint, store::DueRow};
use tokio::{sync::broadcast::error::RecvError, task::JoinSet, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{attendance, decisions::Undecided, parts::Shared};

/// Without any hint the due rows are looked at this often: a lost hint costs this much time.
const LOOK: Duration = Duration::from_secs(30);
/// Things about which something is fired at the same time.
const BESIDE: usize = 16;
/// After something broke.
const PAUSE: Duration = Duration::from_secs(1);

/// Fires what falls due until `stop`.
pub(crate) async fn run(server: Shared, stop: CancellationToken) {
    let mut hints = server.parts.bus.listen();
    if let Err(error) = wake(&server).await {
        tracing::error!(error = format!("{error:#}"), "the desks could not be looked at");
    }
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

/// Looks at every desk once: what was stored by a version that knew fewer clocks is given those it lacks, and
/// what fell asleep while the server was down is found.
async fn wake(server: &Shared) -> anyhow::Result<()> {
    let desks = server.parts.store.load(&[Read::Desks]).await?.state;
    for desk in desks.desks() {
        if let Err(problem) = server.decisions.system(System::Sweep { desk: desk.id }).await {
            tracing::warn!(desk = %desk.id, %problem, "a desk could not be swept");
        }
    }
    Ok(())
}

/// Fires all that is due now; says when the next thing is. What is about one thing is fired in order, different
/// things beside each other, so that a morning on which much falls due at once shares its flushes to disk.
async fn fire(server: &Shared) -> anyhow::Result<Option<deskside_domain::Time>> {
    loop {
        let rows = server.parts.store.due(server.now(), 100).await?;
        if rows.is_empty() {
            return server.parts.store.next_due().await;
        }
        let mut things: BTreeMap<Key, Vec<DueRow>> = BTreeMap::new();
        for row in rows {
            things.entry(row.key.clone()).or_default().push(row);
        }
        let mut firing = JoinSet::new();
        for rows in things.into_values() {
            if firing.len() >= BESIDE {
                firing.join_next().await.transpose()?.transpose()?;
            }
            firing.spawn(fire_in_order(server.clone(), rows));
        }
        while let Some(fired) = firing.join_next().await {
            fired??;
        }
    }
}

async fn fire_in_order(server: Shared, rows: Vec<DueRow>) -> anyhow::Result<()> {
    for row in rows {
        let command = attendance::seeing(&server, row.command.clone()).await?;
        match server.decisions.due(row.clone(), command).await {
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
    Ok(())
}
