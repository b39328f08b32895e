//! Who is connected, and whether every machine of theirs is idle. In memory only, told once a second, and
//! never since when.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::extract::ws::Utf8Bytes;
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
/// People of one frame: a socket's buffer keeps the size of the largest frame it ever held.
const PEOPLE: usize = 64;

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
    /// Who came or went; a machine that falls idle does neither.
    moved: HashSet<PersonId>,
    /// Everybody, as frames; made when somebody asks, and shared until somebody comes or goes.
    frames: Option<Arc<[Utf8Bytes]>>,
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

    /// Whether `person` is connected.
    pub fn is_here(&self, person: PersonId) -> bool {
        self.lock().here.contains_key(&person)
    }

    /// Everybody who is connected, as frames.
    pub fn all(&self) -> anyhow::Result<Arc<[Utf8Bytes]>> {
        let mut inner = self.lock();
        if let Some(frames) = &inner.frames {
            return Ok(frames.clone());
        }
        let people: Vec<Here> = inner.here.keys().map(|&person| inner.of(person)).collect();
        let frames = frames(people).map(|frame| Ok(serde_json::to_string(&frame)?.into()));
        let frames: Arc<[Utf8Bytes]> = frames.collect::<anyhow::Result<Vec<_>>>()?.into();
        inner.frames = Some(frames.clone());
        Ok(frames)
    }

    fn change(&self, person: PersonId, change: impl FnOnce(&mut HashMap<u64, bool>)) {
        let mut inner = self.lock();
        let before = inner.of(person);
        let sockets = inner.here.entry(person).or_default();
        change(sockets);
        if sockets.is_empty() {
            inner.here.remove(&person);
        }
        if inner.of(person).connected != before.connected {
            inner.moved.insert(person);
        }
        if inner.of(person) != before {
            inner.changed.insert(person);
            inner.frames = None;
            self.changed.notify_one();
        }
    }

    /// Of whom something changed, and who came or went.
    fn take_changed(&self) -> (Vec<Here>, Arc<[PersonId]>) {
        let mut inner = self.lock();
        let changed = std::mem::take(&mut inner.changed);
        let moved = std::mem::take(&mut inner.moved).into_iter().collect();
        (changed.into_iter().map(|person| inner.of(person)).collect(), moved)
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

/// Frames that tell of these people.
fn frames(people: Vec<Here>) -> impl Iterator<Item = FromServer> {
    let mut people = people.into_iter();
    std::iter::from_fn(move || {
        let people: Vec<Here> = people.by_ref().take(PEOPLE).collect();
        (!people.is_empty()).then_some(FromServer::Presence { people })
    })
}

/// Tells changes of presence, gathered, until `stop`.
pub(crate) async fn run(server: Shared, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = server.feed.presence.changed.notified() => {}
            () = stop.cancelled() => return,
        }
        let (people, moved) = server.feed.presence.take_changed();
        if !moved.is_empty() {
            server.parts.bus.say(Hint::Whereabouts(moved));
        }
        for frame in frames(people) {
            server.parts.bus.say(Hint::Fleeting(frame));
        }
        // The first change is told at once, what follows within the second together.
        tokio::select! {
            () = tokio::time::sleep(BATCH) => {}
            () = stop.cancelled() => return,
        }
    }
}
