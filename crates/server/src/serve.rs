//! `serve`: takes connections, runs the tasks behind them, and goes down in order.

use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use axum::{body::Body, serve::Listener};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
};
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use crate::{
    Parts, attendance, calendars,
    caller::Peer,
    due, feed, forget,
    parts::{Server, Shared},
    places,
    router::router,
    uploads,
};

/// A request's head must come this fast.
const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// Requests under way get this long once the server goes down.
const GOING_DOWN: Duration = Duration::from_secs(10);

/// Serves on `listener` until `shutdown`: requests under way are finished, sockets are told, tasks end.
///
/// # Errors
/// If the store can't be read at all.
pub async fn serve<L>(
    mut listener: L,
    parts: Parts,
    shutdown: impl Future<Output = ()> + Send,
) -> anyhow::Result<()>
where
    L: Listener<Addr = SocketAddr>,
{
    let head = parts.store.head().await?.seq;
    let (server, released) = Server::new(parts);
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    tasks.spawn(feed::run_tail(server.clone(), head, stop.clone()));
    tasks.spawn(feed::run_fleeting(server.clone(), stop.clone()));
    tasks.spawn(feed::run_presence(server.clone(), stop.clone()));
    tasks.spawn(attendance::run(server.clone(), stop.clone()));
    tasks.spawn(due::run(server.clone(), stop.clone()));
    tasks.spawn(places::run(server.clone(), stop.clone()));
    tasks.spawn(calendars::run(server.clone(), stop.clone()));
    tasks.spawn(forget::run(server.clone(), stop.clone()));
    tasks.spawn(uploads::run_watch(server.clone(), stop.clone()));
    tasks.close();

    let routes = router(server.clone());
    let mut http = Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    http.http2().timer(TokioTimer::new()).keep_alive_interval(HEAD_WITHIN).max_concurrent_streams(200);
    let http = Arc::new(http);
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(server.parts.settings.limits.connections));

    tokio::pin!(shutdown);
    loop {
        // A full house must hear that it closes, too.
        let next = async {
            let place = room.clone().acquire_owned().await?;
            anyhow::Ok((place, listener.accept().await))
        };
        let (place, (io, peer)) = tokio::select! {
            next = next => next?,
            () = &mut shutdown => break,
        };
        let routes = routes.clone();
        let shared = server.clone();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request = request.map(Body::new);
            let peer = Peer::of(peer.ip(), request.headers(), &shared.parts.settings);
            request.extensions_mut().insert(peer);
            routes.clone().oneshot(request)
        });
        let http = http.clone();
        let watcher = graceful.watcher();
        tokio::spawn(async move {
            let connection = http.serve_connection_with_upgrades(TokioIo::new(io), service);
            if let Err(error) = watcher.watch(connection.into_owned()).await {
                tracing::trace!(%error, "a connection ended early");
            }
            drop(place);
        });
    }
    drop((listener, routes));
    go_down(server, graceful, stop, tasks).await;
    // A socket's last words are spoken by a task of its own; whoever starts the next server on the same data
    // must not find it held.
    if tokio::time::timeout(GOING_DOWN, released.cancelled()).await.is_err() {
        tracing::warn!("something still holds the store");
    }
    Ok(())
}

async fn go_down(server: Shared, graceful: GracefulShutdown, stop: CancellationToken, tasks: TaskTracker) {
    server.feed.close_all(feed::Closing::GoingAway);
    if tokio::time::timeout(GOING_DOWN, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
    stop.cancel();
    if tokio::time::timeout(GOING_DOWN, tasks.wait()).await.is_err() {
        tracing::warn!("some tasks did not end in time");
    }
}
