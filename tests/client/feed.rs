//! The app against a server that does what a real one never should: leaves frames out, says them twice, falls silent. It
//! is made of three routes; what it says on the feed, each test says itself.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{
        State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    response::Response,
    routing::{get, post},
};
use deskside_client::{Client, Connection, News, Options};
use deskside_protocol::{
    Entity, EntityRef, Millis,
    account::SignedIn,
    entity::Org,
    feed::{Change, Cursor, FromClient, FromServer, ResetReason, Snapshot},
    id::PersonId,
};
use deskside_tests::{server::until, within};
use serde_json::json;
use tokio::{net::TcpListener, sync::mpsc, task::AbortHandle};
use uuid::Uuid;

const EPOCH: u64 = 7;

struct Liar {
    address: SocketAddr,
    feeds: mpsc::UnboundedReceiver<WebSocket>,
    shared: Arc<Shared>,
    task: AbortHandle,
}

struct Shared {
    feeds: mpsc::UnboundedSender<WebSocket>,
    snapshots: AtomicU64,
}

impl Drop for Liar {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Liar {
    async fn start() -> Self {
        let (feeds, opened) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared { feeds, snapshots: AtomicU64::new(0) });
        let router = Router::new()
            .route("/api/v1/session", post(sign_in))
            .route("/api/v1/snapshot", get(snapshot))
            .route("/api/v1/feed", get(feed))
            .with_state(shared.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("serves") });
        Self { address, feeds: opened, shared, task: task.abort_handle() }
    }

    /// An app that is signed in here and has just taken the first snapshot.
    async fn app(&self, folder: &tempfile::TempDir, silence: Duration) -> Client {
        let mut options = Options::at(folder.path());
        options.keychain = false;
        options.silence = silence;
        let client = Client::open(options).await.expect("opens");
        let address = format!("http://{}", self.address);
        client.sign_in(Some(&address), "ana@numbra.example", "any").await.expect("signed in");
        client
    }

    /// The next feed that the app opens, and where it wants to go on.
    async fn feed(&mut self) -> (Feed, Cursor) {
        let mut feed = Feed(within("the app to open the feed", self.feeds.recv()).await.expect("it does"));
        let hello = within("its hello", feed.0.recv()).await.expect("a frame").expect("a frame");
        let hello = serde_json::from_str(hello.to_text().expect("text")).expect("makes sense");
        let FromClient::Hello { cursor, .. } = hello else { panic!("hello comes first: {hello:?}") };
        feed.says(&FromServer::Head { seq: cursor.seq, now: Millis(0) }).await;
        (feed, cursor)
    }

    fn snapshots(&self) -> u64 {
        self.shared.snapshots.load(Ordering::Relaxed)
    }
}

async fn sign_in() -> Json<SignedIn> {
    Json(SignedIn { person: PersonId(Uuid::nil()), token: Some("token".into()) })
}

/// The first says that the organisation is called 10, the second 20, and so on.
async fn snapshot(State(shared): State<Arc<Shared>>) -> Json<Snapshot> {
    let seq = (shared.snapshots.fetch_add(1, Ordering::Relaxed) + 1) * 10;
    let cursor = Cursor { epoch: EPOCH, seq };
    let entities = vec![Entity::Org(called(seq))];
    Json(Snapshot { cursor, me: PersonId(Uuid::nil()), now: Millis(0), entities })
}

async fn feed(State(shared): State<Arc<Shared>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |socket| drop(shared.feeds.send(socket)))
}

struct Feed(WebSocket);

impl Feed {
    async fn says(&mut self, frame: &FromServer) {
        let text = serde_json::to_string(frame).expect("JSON");
        // An app that has hung up hears no more, which is what some of these are about.
        let _ = self.0.send(Message::text(text)).await;
    }

    /// A change after `prev` that calls the organisation `seq`.
    async fn changes(&mut self, prev: u64, seq: u64) {
        let items = vec![Change::Put(Entity::Org(called(seq)))];
        self.says(&FromServer::Changes { prev, seq, items }).await;
    }

    /// Returns when the app has hung up.
    async fn leaves(mut self) {
        let left = async { while let Some(Ok(_)) = self.0.recv().await {} };
        within("the app to hang up", left).await;
    }
}

fn called(name: u64) -> Org {
    let org = json!({
        "name": name.to_string(), "zone": "Europe/Berlin", "provider": null, "ticket_patterns": [],
        "deny_windows": [], "exempt_numbers": [], "keep_media_days": 90,
    });
    serde_json::from_value(org).expect("an organisation")
}

/// What the app holds the organisation's name to be.
async fn name(client: &Client) -> String {
    match client.entity(EntityRef::Org).await.expect("readable") {
        Some(Entity::Org(org)) => org.name,
        other => panic!("{other:?}"),
    }
}

async fn reaches(client: &Client, seq: u64) {
    until(&format!("the app to be at {seq}"), || async {
        client.replica().await.expect("readable").is_some_and(|replica| replica.cursor.seq == seq)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frame_that_does_not_follow_is_not_taken_and_the_feed_goes_on_from_the_cursor() {
    let mut server = Liar::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let client = server.app(&folder, Duration::from_secs(45)).await;

    let (mut feed, cursor) = server.feed().await;
    assert_eq!(cursor, Cursor { epoch: EPOCH, seq: 10 });
    feed.changes(10, 11).await;
    reaches(&client, 11).await;
    // One is left out.
    feed.changes(12, 13).await;
    feed.leaves().await;
    assert_eq!(name(&client).await, "11", "what does not follow is not taken");
    let (mut feed, cursor) = server.feed().await;
    assert_eq!(cursor.seq, 11, "asked again from where it is");
    feed.changes(11, 12).await;
    feed.changes(12, 13).await;
    reaches(&client, 13).await;
    // One is said twice.
    feed.changes(12, 13).await;
    feed.leaves().await;
    assert_eq!(name(&client).await, "13");
    let (mut feed, cursor) = server.feed().await;
    assert_eq!(cursor.seq, 13);
    feed.changes(13, 14).await;
    reaches(&client, 14).await;
    assert_eq!(name(&client).await, "14");
    assert_eq!(server.snapshots(), 1, "nothing of this needed everything again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_feed_begins_anew_the_app_takes_a_snapshot_and_follows_that() {
    let mut server = Liar::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let client = server.app(&folder, Duration::from_secs(45)).await;
    for (count, reason) in
        [ResetReason::Epoch, ResetReason::Cursor, ResetReason::Rights].into_iter().enumerate()
    {
        let (mut feed, cursor) = server.feed().await;
        let before = (count as u64 + 1) * 10;
        assert_eq!(cursor.seq, before);
        feed.changes(before, before + 1).await;
        reaches(&client, before + 1).await;
        feed.says(&FromServer::Reset { reason }).await;
        feed.leaves().await;
    }
    let (_feed, cursor) = server.feed().await;
    assert_eq!((cursor.seq, server.snapshots()), (40, 4));
    assert_eq!(name(&client).await, "40", "the snapshot's, not what came before it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_that_falls_silent_is_given_up_said_to_be_gone_and_opened_anew() {
    let mut server = Liar::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let client = server.app(&folder, Duration::from_secs(1)).await;
    let mut news = client.subscribe().await.expect("news");
    let (mut feed, _) = server.feed().await;
    feed.changes(10, 11).await;
    reaches(&client, 11).await;
    // The connection stays open, and nothing comes: a laptop that was closed somewhere in between.
    let told = async {
        let mut online = false;
        loop {
            if let News::Connection { state } = news.next().await.expect("news") {
                match state {
                    Connection::Online => online = true,
                    Connection::Offline { .. } if online => return,
                    _ => {}
                }
            }
        }
    };
    within("the person to be told", told).await;
    let (mut again, cursor) = server.feed().await;
    assert_eq!(cursor.seq, 11, "it goes on where it was");
    again.changes(11, 12).await;
    reaches(&client, 12).await;
    drop(feed);
}
