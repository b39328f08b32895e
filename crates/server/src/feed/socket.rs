//! One socket: hello, catch up from the store, then what the tail reads. Frames wait in a bounded queue; who
//! can't keep up is closed and resumes from its cursor, which loses nothing because the log is the truth.

mod outbox;

use std::time::Duration;

use axum::extract::{
    State, WebSocketUpgrade,
    ws::{Message, WebSocket, rejection::WebSocketUpgradeRejection},
};
use deskside_domain::{Key, may_see, permission::Viewer, person::Role};
use deskside_ports::bus::Hint;
use deskside_protocol::{
    Millis, Mirror,
    feed::{Cursor, FromClient, FromServer, ResetReason},
    understands,
};
use futures_util::{StreamExt, stream::SplitStream};
use tokio::{
    sync::{broadcast::error::RecvError, mpsc},
    time::{Instant, MissedTickBehavior, interval_at, timeout},
};

use super::{Open, page::Page};
use crate::{
    answer::{Answer, Oops},
    caller::Caller,
    parts::Shared,
};
use outbox::{Outbox, Slow};

/// The first frame must come this fast.
const HELLO_WITHIN: Duration = Duration::from_secs(5);
/// After a reset the client fetches a snapshot first.
const HELLO_AGAIN_WITHIN: Duration = Duration::from_secs(60);
/// Multiples of it, without what stands before the point, spread evenly.
const GOLDEN: f64 = 0.618_033_988_749_895;
/// A cursor that others' changes have left behind is moved after this long.
const SETTLE: Duration = Duration::from_millis(250);
/// At most one typing frame per thread and socket in this time.
const TYPING_EVERY: Duration = Duration::from_secs(1);
/// Frames are cut to about this size: a socket's buffer keeps the size of the largest frame it ever held.
const FRAME: usize = 16 * 1024;

/// Why the server closes a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closing {
    /// The session has ended.
    SignedOut,
    /// No hello, or a frame that makes no sense.
    Unexpected,
    /// The client could not keep up.
    Slow,
    /// The same client has a newer socket.
    Superseded,
    /// Another protocol version.
    Version,
    /// The server goes down.
    GoingAway,
    /// Something broke here.
    Fault,
    /// The other side is gone.
    Gone,
}

impl Closing {
    fn code(self) -> (u16, &'static str) {
        match self {
            Self::GoingAway => (1001, "going away"),
            Self::Fault => (1011, "fault"),
            Self::SignedOut => (4001, "signed out"),
            Self::Unexpected => (4002, "unexpected"),
            Self::Slow => (4008, "slow"),
            Self::Superseded => (4009, "superseded"),
            Self::Version => (4010, "version"),
            Self::Gone => (1000, ""),
        }
    }
}

impl From<Slow> for Closing {
    fn from(_: Slow) -> Self {
        Self::Slow
    }
}

impl From<anyhow::Error> for Closing {
    fn from(error: anyhow::Error) -> Self {
        tracing::error!(error = format!("{error:#}"), "a socket broke");
        Self::Fault
    }
}

/// `GET /api/v1/feed`
pub(crate) async fn open(
    State(server): State<Shared>,
    caller: Caller,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Answer {
    let upgrade =
        upgrade.map_err(|rejection| Oops::malformed(rejection.body_text()).status(rejection.status()))?;
    // The defaults of the library reserve 256 KiB per socket and let a slow one's buffer grow without end.
    Ok(upgrade
        .read_buffer_size(4 * 1024)
        .write_buffer_size(16 * 1024)
        .max_write_buffer_size(256 * 1024)
        .max_message_size(64 * 1024)
        .max_frame_size(64 * 1024)
        .on_upgrade(move |socket| async move {
            server.metrics.sockets.add(1);
            let (sink, stream) = socket.split();
            let (outbox, writer) = outbox::outbox(sink);
            let writer = tokio::spawn(writer);
            let metrics = server.metrics.clone();
            let session = Session {
                viewer: caller.viewer(),
                caller,
                outbox,
                stream,
                server,
                typed: None,
                holds_for: None,
            };
            let (outbox, why) = session.run().await;
            if why == Closing::Slow {
                metrics.sockets_slow_total.add(1);
            }
            outbox.close(why.code());
            let _ = writer.await;
            metrics.sockets.sub(1);
        }))
}

struct Session {
    server: Shared,
    caller: Caller,
    viewer: Viewer,
    outbox: Outbox,
    stream: SplitStream<WebSocket>,
    typed: Option<Instant>,
    /// The rights that what the client holds was made for, as far as that is known.
    holds_for: Option<Role>,
}

/// Where a socket stands.
struct Standing {
    /// The cursor the client holds after the last frame.
    cursor: u64,
    /// Everything up to here was looked at.
    position: u64,
}

/// How a frame is put into the queue.
#[derive(Clone, Copy, PartialEq)]
enum Pace {
    /// The client asked for much at once: wait until it has room.
    CatchingUp,
    /// The client must keep up.
    Live,
}

impl Session {
    async fn run(mut self) -> (Outbox, Closing) {
        let (close, mut closed) = mpsc::unbounded_channel();
        let Err(why) = self.live(close, &mut closed).await;
        (self.outbox, why)
    }

    async fn live(
        &mut self,
        close: mpsc::UnboundedSender<Closing>,
        closed: &mut mpsc::UnboundedReceiver<Closing>,
    ) -> Result<std::convert::Infallible, Closing> {
        let (client_id, cursor) = self.hello(HELLO_WITHIN).await?;
        let (number, role) = self.server.feed.enter(Open {
            person: self.caller.id(),
            client_id,
            session: self.caller.session.clone(),
            close,
        });
        self.server.feed.presence.set(self.caller.id(), number, false);
        self.holds_for = role;
        let why = tokio::select! {
            why = self.follow(number, cursor) => why,
            why = closed.recv() => Err(why.unwrap_or(Closing::GoingAway)),
        };
        self.server.feed.presence.unset(self.caller.id(), number);
        self.server.feed.leave(number, self.holds_for);
        why
    }

    async fn hello(&mut self, within: Duration) -> Result<(String, Cursor), Closing> {
        match timeout(within, self.heard()).await {
            Ok(Ok(FromClient::Hello { client_id, cursor, version })) if client_id.len() <= 64 => {
                if !understands(&version) {
                    self.say(&FromServer::Reset { reason: ResetReason::Version })?;
                    return Err(Closing::Version);
                }
                Ok((client_id, cursor))
            }
            Ok(Ok(_)) | Err(_) => Err(Closing::Unexpected),
            Ok(Err(why)) => Err(why),
        }
    }

    async fn follow(&mut self, number: u64, mut cursor: Cursor) -> Result<std::convert::Infallible, Closing> {
        let mut pages = self.server.feed.pages.subscribe();
        let mut fleeting = self.server.feed.fleeting.subscribe();
        let mut standing = loop {
            match self.catch_up(cursor).await? {
                Ok(standing) => break standing,
                Err(reason) => {
                    // It may be cut off before it has its snapshot, and come back from where it was.
                    self.holds_for = None;
                    self.say(&FromServer::Reset { reason })?;
                    (_, cursor) = self.hello(HELLO_AGAIN_WITHIN).await?;
                    self.refresh().await?;
                }
            }
        };
        self.holds_for = Some(self.viewer.role);
        for frame in self.server.feed.presence.all()?.iter() {
            self.outbox.wait(frame.clone()).await?;
        }

        // Those who came together must not all look at their sessions in the same moment ever after.
        let limits = self.server.parts.settings.limits;
        let first = limits.beat.mul_f64((number as f64 * GOLDEN).fract());
        let mut beat = interval_at(Instant::now() + first, limits.beat);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard_at = Instant::now();
        loop {
            let behind = standing.cursor < standing.position;
            tokio::select! {
                page = pages.recv() => match page {
                    Ok(page) if page.after <= standing.position => {
                        self.show(&page, &mut standing, Pace::Live).await?;
                    }
                    Ok(_) | Err(RecvError::Lagged(_)) => self.read_on(&mut standing).await?,
                    Err(RecvError::Closed) => return Err(Closing::GoingAway),
                },
                frame = fleeting.recv() => if let Ok(frame) = frame
                    && frame.is_for(&self.viewer)
                {
                    self.outbox.maybe(frame.text.clone());
                },
                message = self.stream.next() => {
                    heard_at = Instant::now();
                    if let Some(frame) = read(message)? {
                        self.listen(number, frame).await?;
                    }
                }
                _ = beat.tick() => {
                    if heard_at.elapsed() > limits.dead_after {
                        return Err(Closing::Gone);
                    }
                    if self.server.parts.accounts.session(self.caller.token_hash).await?.is_none() {
                        return Err(Closing::SignedOut);
                    }
                    self.outbox.ping();
                    let seq = self.server.parts.store.head().await?.seq;
                    self.say(&FromServer::Head { seq, now: Millis(self.server.now().0) })?;
                }
                () = tokio::time::sleep(SETTLE), if behind => {
                    self.changes(&mut standing.cursor, standing.position, &[], Pace::Live).await?;
                }
            }
        }
    }

    /// Sends what happened since `cursor`; the inner error says why the client must start again instead.
    async fn catch_up(&mut self, cursor: Cursor) -> Result<Result<Standing, ResetReason>, Closing> {
        let store = self.server.parts.store.clone();
        let head = store.head().await?;
        if cursor.epoch != head.epoch {
            return Ok(Err(ResetReason::Epoch));
        }
        if cursor.seq > head.seq || cursor.seq < store.log_floor().await? {
            return Ok(Err(ResetReason::Cursor));
        }
        let mut standing = Standing { cursor: cursor.seq, position: cursor.seq };
        let server = self.server.clone();
        loop {
            let page = server.feed.recent.after(&*store, standing.position, head.seq).await?;
            // Other rights may show or hide rows that no log row names.
            if let Some(person) = page.person(self.caller.id(), standing.position)
                && self.holds_for != Some(person.role)
            {
                return Ok(Err(ResetReason::Rights));
            }
            self.show(&page, &mut standing, Pace::CatchingUp).await?;
            if !page.more {
                break;
            }
        }
        let seq = standing.position;
        self.outbox.wait(frame(&FromServer::CaughtUp { seq })?).await?;
        standing.cursor = seq;
        Ok(Ok(standing))
    }

    /// Reads from the store what was missed of the tail's pages.
    async fn read_on(&mut self, standing: &mut Standing) -> Result<(), Closing> {
        let server = self.server.clone();
        let head = server.parts.store.head().await?.seq;
        loop {
            let page = server.feed.recent.after(&*server.parts.store, standing.position, head).await?;
            self.show(&page, standing, Pace::Live).await?;
            if !page.more {
                return Ok(());
            }
        }
    }

    /// Sends what this person may see of a page.
    async fn show(&mut self, page: &Page, standing: &mut Standing, pace: Pace) -> Result<(), Closing> {
        if let Some(person) = page.person(self.caller.id(), standing.position) {
            if !person.active {
                return Err(Closing::SignedOut);
            }
            let before = std::mem::replace(&mut self.viewer, Viewer::of(person));
            if before.role != self.viewer.role && pace == Pace::Live {
                self.holds_for = None;
                self.say(&FromServer::Reset { reason: ResetReason::Rights })?;
                // The client comes back with a snapshot's cursor, on a new socket.
                return Err(Closing::Gone);
            }
        }
        let viewer = self.viewer;
        let mut items: Vec<&str> = Vec::new();
        let mut size = 0;
        let mut last = standing.position;
        for (seq, item) in page.seen_by(&viewer, standing.position) {
            if size + item.len() > FRAME && !items.is_empty() {
                // A frame that ends within one log row leaves the cursor before it: resuming repeats the row.
                let upto = if seq == last { (last - 1).max(standing.cursor) } else { last };
                self.changes(&mut standing.cursor, upto, &items, pace).await?;
                items.clear();
                size = 0;
            }
            items.push(item);
            size += item.len();
            last = seq;
        }
        standing.position = standing.position.max(page.upto);
        if !items.is_empty() {
            self.changes(&mut standing.cursor, standing.position, &items, pace).await?;
        }
        Ok(())
    }

    async fn changes(
        &mut self,
        cursor: &mut u64,
        seq: u64,
        items: &[&str],
        pace: Pace,
    ) -> Result<(), Closing> {
        let size: usize = items.iter().map(|item| item.len() + 1).sum();
        let mut text = String::with_capacity(size + 64);
        text.push_str(&format!(r#"{{"type":"changes","prev":{cursor},"seq":{seq},"items":["#));
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            text.push_str(item);
        }
        text.push_str("]}");
        self.server.metrics.frames_total.add(1);
        match pace {
            Pace::CatchingUp => self.outbox.wait(text).await?,
            Pace::Live => self.outbox.now(text)?,
        }
        *cursor = seq;
        Ok(())
    }

    fn say(&mut self, message: &FromServer) -> Result<(), Closing> {
        self.outbox.now(frame(message)?)?;
        Ok(())
    }

    async fn listen(&mut self, number: u64, frame: FromClient) -> Result<(), Closing> {
        match frame {
            FromClient::Hello { .. } => Err(Closing::Unexpected),
            FromClient::Idle { idle } => {
                self.server.feed.presence.set(self.caller.id(), number, idle);
                Ok(())
            }
            FromClient::Typing { request } => {
                if self.typed.is_some_and(|at| at.elapsed() < TYPING_EVERY) {
                    return Ok(());
                }
                self.typed = Some(Instant::now());
                let key = Key::Request(request.into_domain());
                let state = self.server.parts.store.row(&key).await?;
                if state.get(&key).is_some_and(|row| may_see(&self.viewer, row, &state)) {
                    let person = Mirror::from_domain(self.caller.id());
                    self.server.parts.bus.say(Hint::Fleeting(FromServer::Typing { request, person }));
                }
                Ok(())
            }
        }
    }

    /// The next frame that says something.
    async fn heard(&mut self) -> Result<FromClient, Closing> {
        loop {
            if let Some(frame) = read(self.stream.next().await)? {
                return Ok(frame);
            }
        }
    }

    /// The person's rights as they are now.
    async fn refresh(&mut self) -> Result<(), Closing> {
        let key = Key::Person(self.caller.id());
        let state = self.server.parts.store.row(&key).await?;
        match state.person(self.caller.id()) {
            Ok(person) if person.active => self.viewer = Viewer::of(person),
            _ => return Err(Closing::SignedOut),
        }
        Ok(())
    }
}

fn frame(message: &FromServer) -> Result<String, Closing> {
    serde_json::to_string(message).map_err(|error| anyhow::Error::from(error).into())
}

fn read(message: Option<Result<Message, axum::Error>>) -> Result<Option<FromClient>, Closing> {
    match message {
        Some(Ok(Message::Text(text))) => {
            serde_json::from_str(&text).map(Some).map_err(|_| Closing::Unexpected)
        }
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
        Some(Ok(Message::Binary(_))) => Err(Closing::Unexpected),
        Some(Ok(Message::Close(_)) | Err(_)) | None => Err(Closing::Gone),
    }
}
