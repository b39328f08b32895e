//! What the client's tasks share: who is signed in, how the connection stands, who waits for which command. Everything
//! that is told goes through here, under the hub's lock, so that an older state never follows a newer one.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
};

use deskside_protocol::{
    Millis, Problem,
    feed::{Change, CommandResult, Cursor, FromClient, Here, Snapshot},
    id::PersonId,
};
use tokio::sync::{Mutex as AsyncMutex, Notify, mpsc, oneshot, watch};
use uuid::Uuid;

use crate::{
    Connection, News, Options, Passing, SessionState, Trouble, db::Db, hub::Hub, outbox_store, replica,
    secret::TokenPlace, server::Server, uploads,
};

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
    pub(crate) state: Mutex<State>,
    pub(crate) skew: AtomicI64,
    pub(crate) keychain_holds: AtomicBool,
    pub(crate) waiters: Mutex<HashMap<Uuid, oneshot::Sender<Result<CommandResult, Problem>>>>,
    in_flight: Mutex<HashSet<Uuid>>,
    pub(crate) outbox_wake: Notify,
    pub(crate) online_wake: Notify,
    pub(crate) connection_wake: Notify,
    pub(crate) uploads: uploads::Shared,
    pub(crate) say: mpsc::Sender<FromClient>,
    pub(crate) sayings: AsyncMutex<mpsc::Receiver<FromClient>>,
    pub(crate) batches_sent: AtomicU64,
}

pub(crate) struct State {
    pub(crate) session: SessionState,
    pub(crate) connection: Connection,
    pub(crate) presence: BTreeMap<PersonId, Here>,
}

impl Inner {
    /// Nobody is signed in yet, nothing runs. The profile's folder is there.
    pub(crate) fn open(options: Options) -> anyhow::Result<Self> {
        let (say, sayings) = mpsc::channel(64);
        Ok(Self {
            db: Db::open(&options.folder.join("profile.db"))?,
            token: TokenPlace::new(&options.folder, options.keychain),
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
        })
    }

    pub(crate) fn now(&self) -> Millis {
        (self.options.clock)()
    }

    pub(crate) fn server_now(&self) -> Millis {
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

    pub(crate) async fn waiting(&self) -> Result<Vec<crate::Waiting>, Trouble> {
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
