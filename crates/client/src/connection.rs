//! The task that keeps the replica fresh: snapshot, feed, resume where it was cut, and again.

use std::{sync::Arc, time::Duration};

use deskside_protocol::{
    Code,
    feed::{Cursor, FromClient, FromServer, ResetReason, Snapshot},
};
use tracing::{debug, info, warn};

use crate::{
    Trouble,
    backoff::Backoff,
    inner::{Inner, Session},
    network,
    news::{Connection, Passing},
    outbox_store, replica,
    server::ends_session,
    socket::Socket,
};

/// How often an outdated app looks whether the server understands it (again).
const OUTDATED: Duration = Duration::from_secs(60);

/// Most changes that share one write to disk.
const TOGETHER: usize = 500;

/// Runs until the client is closed.
pub(crate) async fn run(inner: Arc<Inner>) {
    let mut backoff = Backoff::default();
    loop {
        let mut changed = inner.session_changes.subscribe();
        let Some(session) = inner.signed_in() else {
            // Its sender lives as long as `inner`.
            let _ = changed.changed().await;
            continue;
        };
        let ended = tokio::select! {
            ended = follow(&inner, &session, &mut backoff) => ended,
            // Somebody else signed in, or nobody is.
            _ = changed.changed() => continue,
        };
        let wait = match ended {
            // A frame did not fit: from the cursor on, at once.
            Ok(()) => continue,
            Err(trouble) => match (ends_session(&trouble), trouble.code()) {
                (Some(code), _) => {
                    inner.session_ended(&session, code).await;
                    continue;
                }
                (None, Some(Code::VersionMismatch)) => {
                    inner.set_connection(Connection::Outdated).await;
                    OUTDATED
                }
                (None, _) => {
                    info!(%trouble, "offline");
                    inner.set_offline().await;
                    backoff.next()
                }
            },
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = network::changed() => debug!("another network"),
            () = inner.connection_wake.notified() => {}
        }
    }
}

/// One connection, from hello to its end. `Ok` to connect again at once.
async fn follow(inner: &Arc<Inner>, session: &Session, backoff: &mut Backoff) -> Result<(), Trouble> {
    let Session { server, person, .. } = session;
    let person = *person;
    let mut cursor = match inner.db.call(|db| replica::cursor(db)).await? {
        Some(cursor) => cursor,
        None => take_snapshot(inner, session).await?,
    };
    let client_id = inner.db.call(move |db| outbox_store::client_id(db, person)).await?;
    let hello = FromClient::Hello { client_id, cursor, version: inner.options.version.clone() };
    let mut socket = Socket::open(server, &hello, inner.options.silence).await?;
    let mut sayings = inner.sayings.lock().await;
    // Read already, and not looked at.
    let mut early = None;
    loop {
        let frame = match early.take() {
            Some(frame) => frame?,
            None => tokio::select! {
                frame = socket.next() => frame?,
                Some(saying) = sayings.recv() => {
                    socket.send(&saying).await?;
                    continue;
                }
            },
        };
        // The first frame proves that the session and the cursor are good.
        if inner.set_online().await {
            backoff.reset();
        }
        match frame {
            FromServer::Changes { prev, seq, mut items } => {
                if prev != cursor.seq {
                    warn!(prev, at = cursor.seq, "a frame does not fit: resuming from the cursor");
                    return Ok(());
                }
                cursor.seq = seq;
                // A busy floor brings more while the last ones are written to disk: those go there together.
                while items.len() < TOGETHER {
                    match socket.ready() {
                        Some(Ok(FromServer::Changes { prev, seq, items: more })) if prev == cursor.seq => {
                            cursor.seq = seq;
                            items.extend(more);
                        }
                        other => {
                            early = other;
                            break;
                        }
                    }
                }
                inner.apply(session, items, cursor).await?;
            }
            FromServer::CaughtUp { seq } => {
                if seq != cursor.seq {
                    cursor.seq = seq;
                    inner.apply(session, Vec::new(), cursor).await?;
                }
                inner.caught_up().await;
            }
            FromServer::Head { now, .. } => {
                inner.set_skew(now).await;
                inner.settle(cursor).await?;
            }
            FromServer::Reset { reason: ResetReason::Version } => {
                return Err(Trouble::refused(Code::VersionMismatch, "the server speaks another version"));
            }
            FromServer::Reset { reason } => {
                info!(?reason, "the feed begins anew");
                take_snapshot(inner, session).await?;
                return Ok(());
            }
            FromServer::Presence { people } => inner.pass(Passing::Presence { people }).await,
            FromServer::ClipGrows { clip, kept_ms, bytes, silent } => {
                inner.pass(Passing::ClipGrows { clip, kept_ms, bytes, silent }).await;
            }
            FromServer::ClipConverts { clip, ahead, permille, seconds } => {
                inner.pass(Passing::ClipConverts { clip, ahead, permille, seconds }).await;
            }
            FromServer::Typing { request, person } => inner.pass(Passing::Typing { request, person }).await,
        }
    }
}

async fn take_snapshot(inner: &Arc<Inner>, session: &Session) -> Result<Cursor, Trouble> {
    let snapshot: Snapshot = session.server.get("/api/v1/snapshot").await?;
    let cursor = snapshot.cursor;
    inner.set_skew(snapshot.now).await;
    inner.replace(session, snapshot).await?;
    Ok(cursor)
}
