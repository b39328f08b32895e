//! The feed: one tail per server reads the log; every socket filters what it read by what its person may see
//! *now*. Nothing is sent that the log does not say, except presence, typing and growing clips, which are
//! never stored and may be dropped.
//!
//! Heartbeats, batching and patience with slow sockets run on the machine's own timer, not on `Clock`: they
//! are about wires, and a test that turns the clock must not cut its own sockets.

mod fleeting;
mod page;
mod presence;
mod recent;
mod socket;
mod tail;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, atomic::AtomicU64},
};

use deskside_domain::{id::PersonId, person::Role};
use tokio::sync::{broadcast, mpsc};

use fleeting::Fleeting;
pub(crate) use fleeting::run as run_fleeting;
use page::Page;
use presence::Presence;
pub(crate) use presence::run as run_presence;
use recent::Recent;
pub(crate) use socket::{Closing, open};
pub(crate) use tail::run as run_tail;

/// What sockets share.
pub(crate) struct Feed {
    pages: broadcast::Sender<Arc<Page>>,
    fleeting: broadcast::Sender<Arc<Fleeting>>,
    presence: Presence,
    recent: Recent,
    sockets: Mutex<Sockets>,
}

/// Who is connected.
#[derive(Default)]
struct Sockets {
    open: HashMap<u64, Open>,
    /// The rights that what a client holds was made for, so that it need not start again after a short cut.
    roles: HashMap<String, (PersonId, Role)>,
    /// Why nobody can stay any more: one who comes while the server goes down would hold it.
    over: Option<Closing>,
}

/// One open socket.
struct Open {
    person: PersonId,
    client_id: String,
    session: String,
    close: mpsc::UnboundedSender<Closing>,
}

static NEXT: AtomicU64 = AtomicU64::new(1);

impl Feed {
    pub fn new() -> Self {
        Self {
            // A socket that misses pages reads them from the store; these only spare it that.
            pages: broadcast::Sender::new(256),
            fleeting: broadcast::Sender::new(256),
            presence: Presence::default(),
            recent: Recent::default(),
            sockets: Mutex::default(),
        }
    }

    /// Whether `person` is connected.
    pub fn is_here(&self, person: PersonId) -> bool {
        self.presence.is_here(person)
    }

    /// Adds a socket; an older one of the same client is closed. Answers its number and the role that what this client
    /// held was made for when it was last here.
    fn enter(&self, open: Open) -> (u64, Option<Role>) {
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let mut sockets = self.lock();
        if let Some(why) = sockets.over {
            let _ = open.close.send(why);
        }
        for older in sockets.open.values() {
            if older.person == open.person && older.client_id == open.client_id {
                let _ = older.close.send(Closing::Superseded);
            }
        }
        let role = sockets.roles.get(&open.client_id).filter(|(person, _)| *person == open.person);
        let role = role.map(|(_, role)| *role);
        sockets.open.insert(number, open);
        (number, role)
    }

    /// `role`: what the client holds was made for it; `None`: it was told to start again and may not have done so yet.
    fn leave(&self, number: u64, role: Option<Role>) {
        let mut sockets = self.lock();
        if let Some(open) = sockets.open.remove(&number) {
            let Some(role) = role else {
                sockets.roles.remove(&open.client_id);
                return;
            };
            // A memory, not a record: forgetting it costs a client one snapshot.
            if sockets.roles.len() > 10_000 {
                sockets.roles.clear();
            }
            sockets.roles.insert(open.client_id, (open.person, role));
        }
    }

    /// Closes every socket of a person, or only those of one session.
    pub fn close(&self, person: PersonId, session: Option<&str>, why: Closing) {
        for open in self.lock().open.values() {
            if open.person == person && session.is_none_or(|session| session == open.session) {
                let _ = open.close.send(why);
            }
        }
    }

    /// Closes every socket, also those that are just being opened.
    pub fn close_all(&self, why: Closing) {
        let mut sockets = self.lock();
        sockets.over = Some(why);
        for open in sockets.open.values() {
            let _ = open.close.send(why);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Sockets> {
        // Nothing in here panics half-way, so what a poisoned lock guards is whole.
        self.sockets.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
