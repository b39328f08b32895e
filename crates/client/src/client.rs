//! The client a host holds: opens a profile, tells its news, keeps commands. What its tasks share is [`Inner`].

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::Context as _;
use deskside_protocol::{
    Code, Command, Entity, EntityRef, Millis, Problem, VERSION,
    command::Commands,
    feed::{CommandResult, FromClient, Snapshot},
    id::{PersonId, RequestId},
};
use futures_util::future::BoxFuture;
use tokio::{sync::oneshot, task::AbortHandle};
use uuid::Uuid;

use crate::{
    News, Passing, Subscription, Trouble, Waiting, connection, drafts,
    inner::{Inner, lock},
    outbox, outbox_store, replica, uploads,
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

impl Client {
    /// Opens a profile. Needs no network; whoever was signed in still is.
    pub async fn open(options: Options) -> Result<Self, Trouble> {
        std::fs::create_dir_all(options.folder.join("uploads"))
            .with_context(|| format!("making {}", options.folder.display()))?;
        private(&options.folder)?;
        let inner = Arc::new(Inner::open(options)?);
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
        let person = self.inner.person();
        let person = person.ok_or_else(|| Trouble::refused(Code::SignInNeeded, "nobody is signed in"))?;
        self.keep_for(person, command_id, command).await
    }

    /// The same in the name of `person`, who may have signed out meanwhile: then it is sent when they are back.
    pub async fn keep_for(
        &self,
        person: PersonId,
        command_id: Uuid,
        command: Command,
    ) -> Result<Ticket, Trouble> {
        let inner = &self.inner;
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

    /// Who is signed in.
    pub fn person(&self) -> Option<PersonId> {
        self.inner.person()
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

    /// Commands whose effects are not here yet, in their order.
    pub async fn waiting(&self) -> Result<Vec<Waiting>, Trouble> {
        self.inner.waiting().await
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
