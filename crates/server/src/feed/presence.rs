//! Who is connected, and whether every machine of theirs is idle. In memory only, told once a second, and
//! never since when.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use deskside_domain::id::PersonId;
use deskside_ports::bus::Hint;
use deskside_protocol::{
    Mirror,
    feed::{FromServer, Here},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::parts::Shared;

/// Changes are gathered this long.
const BATCH: Duration = Duration::from_secs(1);

/// Who is here.
#[derive(Default)]
pub(super) struct Presence {
    inner: Mutex<Inner>,
    changed: Notify,
}

#[derive(Default)]
struct Inner {
    /// Per person, per socket: whether idle.
    here: HashMap<PersonId, HashMap<u64, bool>>,
    changed: HashSet<PersonId>,
}

impl Presence {
    /// A socket of `person` is there, idle or not.
    pub fn set(&self, person: PersonId, socket: u64, idle: bool) {
        self.change(person, |sockets| {
            sockets.insert(socket, idle);
        });
    }

    /// A socket of `person` is gone.
    pub fn unset(&self, person: PersonId, socket: u64) {
        self.change(person, |sockets| {
            sockets.remove(&socket);
        });
    }

    /// Everybody who is connected.
    pub fn all(&self) -> Vec<Here> {
        let inner = self.lock();
        inner.here.keys().map(|&person| inner.of(person)).collect()
    }

    fn change(&self, person: PersonId, change: impl FnOnce(&mut HashMap<u64, bool>)) {
        let mut inner = self.lock();
        let before = inner.of(person);
        let sockets = inner.here.entry(person).or_default();
        change(sockets);
        if sockets.is_empty() {
            inner.here.remove(&person);
        }
        if inner.of(person) != before {
            inner.changed.insert(person);
            self.changed.notify_one();
        }
    }

    fn take_changed(&self) -> Vec<Here> {
        let mut inner = self.lock();
        let changed = std::mem::take(&mut inner.changed);
        changed.into_iter().map(|person| inner.of(person)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn of(&self, person: PersonId) -> Here {
        let sockets = self.here.get(&person);
        Here {
            person: Mirror::from_domain(person),
            connected: sockets.is_some(),
            idle: sockets.is_some_and(|sockets| sockets.values().all(|idle| *idle)),
        }
    }
}

/// Tells changes of presence, gathered, until `stop`.
pub(crate) async fn run(server: Shared, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = server.feed.presence.changed.notified() => {}
            () = stop.cancelled() => return,
        }
        let people = server.feed.presence.take_changed();
        if !people.is_empty() {
            server.parts.bus.say(Hint::Fleeting(FromServer::Presence { people }));
        }
        // The first change is told at once, what follows within the second together.
        tokio::select! {
            () = tokio::time::sleep(BATCH) => {}
            () = stop.cancelled() => return,
        }
    }
}
