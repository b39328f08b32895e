//! The client a host holds: opens a profile, tells its news, keeps commands. What its tasks share is [`Inner`].

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::Context as _;
use deskside_protocol::{
    Code, Command, Entity, EntityRef, Millis, Problem, VERSION,
    command::Commands,
    feed::{Change, CommandResult, Cursor, FromClient, Here, Snapshot},
    id::{PersonId, RequestId},
};
use futures_util::future::BoxFuture;
use tokio::{
    sync::{Mutex as AsyncMutex, Notify, mpsc, oneshot, watch},
    task::AbortHandle,
};
use uuid::Uuid;

use crate::{
    Connection, News, Passing, SessionState, Subscription, Trouble, connection, db::Db, drafts, hub::Hub,
    outbox, outbox_store, replica, secret::TokenPlace, server::Server, uploads,
};

/// How a profile is opened.
#[derive(Clone)]
pub struct Options {
    /// The profile's folder; made if it is missing.
    pub folder: PathBuf,
    /// Whether to keep the token in the system's keychain where there is one.
    pub keychain: bool,
    /// The time in milliseconds since 1970.
    pub clock: Arc<dyn Fn() -> Millis + Send + Sync>,
    /// The protocol version this client says it speaks; a test can be an app of another year.
    pub version: String,
    /// A feed that says nothing for this long is gone, whatever TCP believes. The server beats every 20 s.
    pub silence: Duration,
}

impl Options {
    /// The system's clock and keychain.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        let clock = || {
            let passed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            Millis(i64::try_from(passed.as_millis()).unwrap_or(i64::MAX))
        };
        Self {
            folder: folder.into(),
            keychain: true,
            clock: Arc::new(clock),
            version: VERSION.to_owned(),
            silence: Duration::from_secs(45),
        }
    }
}

/// An open profile. Clones are the same client; when the last one is dropped its tasks end.
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
    _tasks: Arc<Tasks>,
}

/// A kept command.
#[derive(Debug)]
pub struct Ticket {
    /// Names it in the outbox.
    pub command_id: Uuid,
    decided: oneshot::Receiver<Result<CommandResult, Problem>>,
}

impl Ticket {
    /// Waits until the server has decided: its result, or its problem. A line that was taken back answers `wrong_state`.
    pub async fn decided(self) -> Result<CommandResult, Problem> {
        match self.decided.await {
            Ok(answer) => answer,
            Err(_) => {
                Err(Problem::new(Code::WrongState, "the command was taken back, or the app is closing"))
            }
        }
    }
}

struct Tasks(Vec<AbortHandle>, Arc<Inner>);

impl Drop for Tasks {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
        if let Ok(mut hub) = self.1.hub.try_lock() {
            hub.close();
        }
    }
}

/// Somebody signed in at a server.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) server: Server,
    pub(crate) person: PersonId,
    /// Differs for every sign-in, so that a task of the last one can't write into this one.
    pub(crate) number: u64,
}

pub(crate) struct Inner {
    pub(crate) options: Options,
    pub(crate) db: Db,
    pub(crate) token: TokenPlace,
    pub(crate) hub: AsyncMutex<Hub>,
    /// The server this profile belongs to, signed in or not.
    pub(crate) server: Mutex<Option<Server>>,
    session: Mutex<Option<Session>>,
    sessions: AtomicU64,
    pub(crate) session_changes: watch::Sender<u64>,
    state: Mutex<State>,
    skew: AtomicI64,
    pub(crate) keychain_holds: AtomicBool,
    waiters: Mutex<HashMap<Uuid, oneshot::Sender<Result<CommandResult, Problem>>>>,
    in_flight: Mutex<HashSet<Uuid>>,
    pub(crate) outbox_wake: Notify,
    pub(crate) online_wake: Notify,
    pub(crate) connection_wake: Notify,
    pub(crate) uploads: uploads::Shared,
    say: mpsc::Sender<FromClient>,
    pub(crate) sayings: AsyncMutex<mpsc::Receiver<FromClient>>,
    pub(crate) batches_sent: AtomicU64,
}

struct State {
    session: SessionState,
    connection: Connection,
    presence: BTreeMap<PersonId, Here>,
}

impl Client {
    /// Opens a profile. Needs no network; whoever was signed in still is.
    pub async fn open(options: Options) -> Result<Self, Trouble> {
        std::fs::create_dir_all(options.folder.join("uploads"))
            .with_context(|| format!("making {}", options.folder.display()))?;
        private(&options.folder)?;
        let db = Db::open(&options.folder.join("profile.db"))?;
        let token = TokenPlace::new(&options.folder, options.keychain);
        let (say, sayings) = mpsc::channel(64);
        let inner = Arc::new(Inner {
            db,
            token,
            hub: AsyncMutex::default(),
            server: Mutex::default(),
            session: Mutex::default(),
            sessions: AtomicU64::new(0),
            session_changes: watch::Sender::new(0),
            state: Mutex::new(State {
                session: SessionState::Starting,
                connection: Connection::Connecting,
                presence: BTreeMap::new(),
            }),
            skew: AtomicI64::new(0),
            keychain_holds: AtomicBool::new(true),
            waiters: Mutex::default(),
            in_flight: Mutex::default(),
            outbox_wake: Notify::new(),
            online_wake: Notify::new(),
            connection_wake: Notify::new(),
            uploads: uploads::Shared::default(),
            say,
            sayings: AsyncMutex::new(sayings),
            batches_sent: AtomicU64::new(0),
            options,
        });
        crate::account::resume(&inner).await?;
        let tasks = vec![
            tokio::spawn(connection::run(inner.clone())).abort_handle(),
            tokio::spawn(outbox::run(inner.clone())).abort_handle(),
            tokio::spawn(uploads::run(inner.clone())).abort_handle(),
        ];
        Ok(Self { _tasks: Arc::new(Tasks(tasks, inner.clone())), inner })
    }

    /// The profile's folder.
    pub fn folder(&self) -> &Path {
        &self.inner.options.folder
    }

    /// Server time as well as it is known here.
    pub fn server_now(&self) -> Millis {
        self.inner.server_now()
    }

    /// The news: first how everything stands (session, connection, skew, outbox, snapshot, presence), then what changes.
    pub async fn subscribe(&self) -> Result<Subscription, Trouble> {
        let inner = &self.inner;
        let mut hub = inner.hub.lock().await;
        let person = inner.person();
        let now = inner.server_now();
        let (snapshot, drafts) = inner
            .db
            .call(move |db| {
                let Some(person) = person else { return Ok((None, BTreeMap::new())) };
                let snapshot = replica::snapshot(db, now)?.filter(|snapshot| snapshot.me == person);
                Ok((snapshot, drafts::all(db, person)?))
            })
            .await?;
        let (session, connection, people) = {
            let state = lock(&inner.state);
            (state.session.clone(), state.connection, state.presence.values().copied().collect::<Vec<_>>())
        };
        let mut first = vec![
            News::Session { state: session },
            News::Connection { state: connection },
            News::Skew { ms: inner.skew.load(Ordering::Relaxed) },
            News::Outbox { waiting: inner.waiting().await? },
        ];
        first.extend(snapshot.map(|snapshot| News::Snapshot { snapshot }));
        if !people.is_empty() {
            first.push(News::Passing { news: Passing::Presence { people } });
        }
        Ok(hub.subscribe(first, drafts))
    }

    /// Keeps a command. On disk ("saved") when this returns; sent as soon as the server can be reached.
    pub async fn keep(&self, command_id: Uuid, command: Command) -> Result<Ticket, Trouble> {
        let inner = &self.inner;
        let person =
            inner.person().ok_or_else(|| Trouble::refused(Code::SignInNeeded, "nobody is signed in"))?;
        let (decide, decided) = oneshot::channel();
        lock(&inner.waiters).insert(command_id, decide);
        let now = inner.now();
        let kept = inner.db.call(move |db| outbox_store::keep(db, person, command_id, &command, now)).await;
        if let Err(error) = kept {
            lock(&inner.waiters).remove(&command_id);
            return Err(error.into());
        }
        inner.publish_outbox().await;
        inner.outbox_wake.notify_one();
        inner.uploads.wake.notify_one();
        Ok(Ticket { command_id, decided })
    }

    /// A held request is still needed: it is sent.
    pub async fn release(&self, command_id: Uuid) -> Result<(), Trouble> {
        self.inner.db.call(move |db| outbox_store::release(db, command_id)).await?;
        self.inner.publish_outbox().await;
        self.inner.outbox_wake.notify_one();
        Ok(())
    }

    /// Forgets a refused or held line, or takes back one that was never sent. False if it was sent already.
    pub async fn forget(&self, command_id: Uuid) -> Result<bool, Trouble> {
        let gone = self.inner.db.call(move |db| outbox_store::forget(db, command_id)).await?;
        if gone {
            lock(&self.inner.waiters).remove(&command_id);
            self.inner.publish_outbox().await;
            self.inner.outbox_wake.notify_one();
        }
        Ok(gone)
    }

    /// Keeps a draft; an empty one is forgotten. On disk when this returns.
    pub async fn put_draft(&self, key: String, value: String) -> Result<(), Trouble> {
        let Some(person) = self.inner.person() else { return Ok(()) };
        Ok(self.inner.db.call(move |db| drafts::put(db, person, &key, &value)).await?)
    }

    /// All drafts of the person signed in.
    pub async fn drafts(&self) -> Result<BTreeMap<String, String>, Trouble> {
        let Some(person) = self.inner.person() else { return Ok(BTreeMap::new()) };
        Ok(self.inner.db.call(move |db| drafts::all(db, person)).await?)
    }

    /// One entity of the replica.
    pub async fn entity(&self, reference: EntityRef) -> Result<Option<Entity>, Trouble> {
        Ok(self.inner.db.call(move |db| replica::entity(db, reference)).await?)
    }

    /// The whole replica; `None` before the first snapshot.
    pub async fn replica(&self) -> Result<Option<Snapshot>, Trouble> {
        let now = self.inner.server_now();
        Ok(self.inner.db.call(move |db| replica::snapshot(db, now)).await?)
    }

    /// Whether nothing is left that only needs the network: no line to send, none undecided.
    pub async fn is_drained(&self) -> Result<bool, Trouble> {
        let Some(person) = self.inner.person() else { return Ok(true) };
        Ok(!self.inner.db.call(move |db| outbox_store::is_busy(db, person)).await?)
    }

    /// The person is writing in this thread. Lost without a connection, on purpose.
    pub fn typing(&self, request: RequestId) {
        let _ = self.inner.say.try_send(FromClient::Typing { request });
    }

    /// The person has (not) touched the machine for a while.
    pub fn idle(&self, idle: bool) {
        let _ = self.inner.say.try_send(FromClient::Idle { idle });
    }

    /// Tries again now rather than after the wait (the person came back, pressed a key).
    pub fn hurry(&self) {
        self.inner.connection_wake.notify_one();
        self.inner.online_wake.notify_one();
    }
}

impl Commands for Client {
    type Sent = BoxFuture<'static, Result<Ticket, Trouble>>;

    fn send(&self, command: Command) -> Self::Sent {
        let client = self.clone();
        Box::pin(async move { client.keep(Uuid::now_v7(), command).await })
    }
}

impl Inner {
    pub(crate) fn now(&self) -> Millis {
        (self.options.clock)()
    }

    fn server_now(&self) -> Millis {
        Millis(self.now().0 + self.skew.load(Ordering::Relaxed))
    }

    pub(crate) fn signed_in(&self) -> Option<Session> {
        lock(&self.session).clone()
    }

    pub(crate) fn person(&self) -> Option<PersonId> {
        lock(&self.session).as_ref().map(|session| session.person)
    }

    /// Begins or ends a session and tells everyone. The hub's lock keeps a late frame of the old one out.
    pub(crate) async fn set_session(&self, session: Option<(Server, PersonId)>, state: SessionState) {
        let mut hub = self.hub.lock().await;
        let number = self.sessions.fetch_add(1, Ordering::Relaxed) + 1;
        *lock(&self.session) = session.map(|(server, person)| Session { server, person, number });
        {
            let mut present = lock(&self.state);
            present.session = state.clone();
            present.presence.clear();
        }
        hub.publish(&News::Session { state });
        drop(hub);
        self.session_changes.send_replace(number);
        self.outbox_wake.notify_one();
        self.uploads.wake.notify_one();
        self.publish_outbox().await;
    }

    /// Sets what the start screen says without touching a session.
    pub(crate) async fn say_session(&self, state: SessionState) {
        let mut hub = self.hub.lock().await;
        lock(&self.state).session = state.clone();
        hub.publish(&News::Session { state });
    }

    fn check(&self, session: &Session) -> Result<(), Trouble> {
        match &*lock(&self.session) {
            Some(now) if now.number == session.number => Ok(()),
            _ => Err(Trouble::Unreachable("another session began".to_owned())),
        }
    }

    pub(crate) async fn replace(&self, session: &Session, snapshot: Snapshot) -> Result<(), Trouble> {
        let mut hub = self.hub.lock().await;
        self.check(session)?;
        let now = self.now();
        let snapshot = self
            .db
            .call(move |db| {
                replica::replace(db, &snapshot)?;
                outbox_store::arrived(db, snapshot.cursor, now)?;
                Ok(snapshot)
            })
            .await?;
        hub.publish(&News::Snapshot { snapshot });
        drop(hub);
        self.publish_outbox().await;
        Ok(())
    }

    pub(crate) async fn apply(
        &self,
        session: &Session,
        items: Vec<Change>,
        cursor: Cursor,
    ) -> Result<(), Trouble> {
        let mut hub = self.hub.lock().await;
        self.check(session)?;
        let now = self.now();
        let (items, left) = self
            .db
            .call(move |db| {
                replica::apply(db, &items, cursor)?;
                Ok((items, outbox_store::arrived(db, cursor, now)?))
            })
            .await?;
        if !items.is_empty() {
            hub.publish(&News::Changes { items });
        }
        drop(hub);
        if left {
            self.publish_outbox().await;
        }
        Ok(())
    }

    /// Tells everyone what the replica holds, if it is of whoever is signed in.
    pub(crate) async fn publish_replica(&self) -> Result<(), Trouble> {
        let mut hub = self.hub.lock().await;
        let (person, now) = (self.person(), self.server_now());
        let snapshot = self.db.call(move |db| replica::snapshot(db, now)).await?;
        if let Some(snapshot) = snapshot.filter(|snapshot| Some(snapshot.me) == person) {
            hub.publish(&News::Snapshot { snapshot });
        }
        Ok(())
    }

    /// Lines that were decided long ago and whose effects nobody here can see leave.
    pub(crate) async fn settle(&self, cursor: Cursor) -> Result<(), Trouble> {
        let now = self.now();
        if self.db.call(move |db| outbox_store::arrived(db, cursor, now)).await? {
            self.publish_outbox().await;
        }
        Ok(())
    }

    pub(crate) async fn decided(
        &self,
        person: PersonId,
        epoch: u64,
        results: &[CommandResult],
    ) -> Result<(), Trouble> {
        let now = self.now();
        let results = results.to_vec();
        let answered = self
            .db
            .call(move |db| {
                let cursor = replica::cursor(db)?;
                outbox_store::decided(db, person, epoch, &results, cursor, now)
            })
            .await?;
        for (id, result) in answered {
            let refused = result.refused.clone();
            self.answer(id, refused.map_or(Ok(result), Err));
        }
        self.uploads.wake.notify_one();
        Ok(())
    }

    /// Tells whoever waits for this command.
    pub(crate) fn answer(&self, command_id: Uuid, answer: Result<CommandResult, Problem>) {
        if let Some(waiter) = lock(&self.waiters).remove(&command_id) {
            let _ = waiter.send(answer);
        }
    }

    pub(crate) fn set_in_flight(&self, ids: &[Uuid]) {
        *lock(&self.in_flight) = ids.iter().copied().collect();
    }

    async fn waiting(&self) -> Result<Vec<crate::Waiting>, Trouble> {
        let Some(person) = self.person() else { return Ok(Vec::new()) };
        let in_flight = lock(&self.in_flight).clone();
        Ok(self.db.call(move |db| outbox_store::list(db, person, |id| in_flight.contains(id))).await?)
    }

    pub(crate) async fn publish_outbox(&self) {
        // Under the lock, so that an older list never follows a newer one.
        let mut hub = self.hub.lock().await;
        match self.waiting().await {
            Ok(waiting) => hub.publish(&News::Outbox { waiting }),
            Err(trouble) => tracing::error!(%trouble, "the outbox can't be read"),
        }
    }

    pub(crate) async fn set_connection(&self, connection: Connection) -> bool {
        let mut hub = self.hub.lock().await;
        if std::mem::replace(&mut lock(&self.state).connection, connection) == connection {
            return false;
        }
        hub.publish(&News::Connection { state: connection });
        true
    }

    /// Answers whether that is new.
    pub(crate) async fn set_online(&self) -> bool {
        if lock(&self.state).connection == Connection::Online {
            return false;
        }
        self.set_connection(Connection::Online).await;
        self.online_wake.notify_one();
        self.uploads.wake.notify_one();
        true
    }

    pub(crate) async fn set_offline(&self) {
        let since = match lock(&self.state).connection {
            Connection::Offline { since } => since,
            _ => self.now(),
        };
        lock(&self.state).presence.clear();
        self.set_connection(Connection::Offline { since }).await;
    }

    /// Everything up to the head is here.
    pub(crate) async fn caught_up(&self) {
        self.set_online().await;
    }

    pub(crate) async fn set_skew(&self, server: Millis) {
        let ms = server.0 - self.now().0;
        // The travel time shakes it; only a real difference is news.
        if (self.skew.load(Ordering::Relaxed) - ms).abs() > 250 {
            self.skew.store(ms, Ordering::Relaxed);
            self.hub.lock().await.publish(&News::Skew { ms });
        }
    }

    pub(crate) async fn pass(&self, news: Passing) {
        let mut hub = self.hub.lock().await;
        if let Passing::Presence { people } = &news {
            lock(&self.state).presence.extend(people.iter().map(|here| (here.person, *here)));
        }
        hub.publish(&News::Passing { news });
    }
}

/// These locks guard plain values that no panic leaves half-changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The replica and the outbox are this user's alone.
fn private(folder: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
            .with_context(|| format!("closing {} to others", folder.display()))?;
    }
    Ok(())
}
