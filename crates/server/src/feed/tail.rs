//! The one reader of the log. Hints wake it; without any it looks once a second, so a lost hint costs time.
//!
//! The first change is told at once. After it the reader pauses, the longer the more sockets there are, and then
//! tells what came meanwhile together: waking thousands for every single change would cost more than the changes.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use deskside_ports::bus::Hint;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio_util::sync::CancellationToken;

use super::page::Page;
use crate::parts::Shared;

const LOOK: Duration = Duration::from_secs(1);
/// The pause after a page, for each socket that is to be woken by the next.
const PAUSE: Duration = Duration::from_micros(25);
/// Nobody waits longer than this for the others.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// Reads the log behind `position` and hands it to the sockets until `stop`. The log must have stood there before the
/// first socket could be opened: what lies between a socket's first reading and this one's is never told otherwise.
pub(crate) async fn run(server: Shared, mut position: u64, stop: CancellationToken) {
    let mut hints = server.parts.bus.listen();
    loop {
        let woken = Instant::now();
        if let Err(error) = catch_up(&server, &mut position).await {
            tracing::error!(error = format!("{error:#}"), "the log could not be read");
        }
        server.metrics.feed_lag_ms.set(woken.elapsed().as_millis() as u64);
        server.feed.recent.forget_old();
        let sockets = u32::try_from(server.metrics.sockets.get()).unwrap_or(u32::MAX);
        tokio::time::sleep(PAUSE.saturating_mul(sockets).min(LONGEST_PAUSE)).await;
        tokio::select! {
            () = grown(&mut hints, position) => {}
            () = tokio::time::sleep(LOOK) => {}
            () = stop.cancelled() => return,
        }
    }
}

async fn catch_up(server: &Shared, position: &mut u64) -> anyhow::Result<()> {
    let store = &*server.parts.store;
    loop {
        let after = *position;
        let page = Page::read(store, after).await?;
        let (upto, more) = (page.upto, page.more);
        *position = upto;
        server.metrics.log_seq.set(upto);
        if upto > after {
            // Nobody listening is no error: a socket that comes later reads the store.
            let _ = server.feed.pages.send(Arc::new(page));
        }
        if !more {
            return Ok(());
        }
    }
}

/// Returns once the log has grown beyond `position`.
async fn grown(hints: &mut Receiver<Hint>, position: u64) {
    loop {
        match hints.recv().await {
            Ok(Hint::Log(seq)) if seq > position => return,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
