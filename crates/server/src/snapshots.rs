//! Snapshots: everything a person may see, at one moment. When the network was gone for everybody, or a version is new,
//! thousands ask at once: the rows are read once for all who wait, and only a few answers are made at a time, row by
//! row into their bytes, because each would otherwise hold everything once more.
//!
//! Nobody is given rows that are older than their question.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use axum::{
    body::Bytes,
    extract::State as Of,
    http::header,
    response::{IntoResponse, Response},
};
use deskside_domain::{
    State, may_see,
    permission::{Viewer, in_feed},
};
use deskside_ports::Store;
use deskside_protocol::{Entity, Millis, Mirror, feed::Cursor, id::PersonId};
use serde::{Serialize, Serializer};
use tokio::sync::{Mutex as Turn, Semaphore};

use crate::{answer::Answer, caller::Caller, parts::Shared};

/// Answers made at a time.
const AT_ONCE: usize = 2;

/// What askers share.
pub(crate) struct Snapshots {
    asked: Mutex<Weak<Asked>>,
    turns: Semaphore,
}

/// What was read last, held while anybody asks.
type Asked = Turn<Option<Arc<Whole>>>;

/// Every row of the feed.
struct Whole {
    cursor: Cursor,
    state: State,
}

impl Default for Snapshots {
    fn default() -> Self {
        Self { asked: Mutex::default(), turns: Semaphore::new(AT_ONCE) }
    }
}

impl Snapshots {
    fn asked(&self) -> Arc<Asked> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.upgrade().unwrap_or_else(|| {
            let new = Arc::new(Asked::default());
            *asked = Arc::downgrade(&new);
            new
        })
    }
}

/// The rows as they were at `since` or later.
async fn whole(asked: &Asked, store: &dyn Store, since: Cursor) -> anyhow::Result<Arc<Whole>> {
    let mut last = asked.lock().await;
    match &*last {
        Some(whole) if whole.cursor.epoch == since.epoch && whole.cursor.seq >= since.seq => {
            Ok(whole.clone())
        }
        _ => {
            // Let go first: the old rows need not be in memory beside the new ones.
            *last = None;
            let (cursor, state) = store.snapshot().await?;
            Ok(last.insert(Arc::new(Whole { cursor, state })).clone())
        }
    }
}

/// `GET /api/v1/snapshot`
pub(crate) async fn snapshot(Of(server): Of<Shared>, caller: Caller) -> Answer {
    let store = &*server.parts.store;
    let asked = server.snapshots.asked();
    let since = store.head().await?;
    let _turn = server.snapshots.turns.acquire().await.map_err(anyhow::Error::from)?;
    let whole = whole(&asked, store, since).await?;
    let (viewer, me, now) = (caller.viewer(), Mirror::from_domain(caller.id()), Millis(server.now().0));
    let made = tokio::task::spawn_blocking(move || {
        let entities = Seen { state: &whole.state, viewer };
        serde_json::to_vec(&Shown { cursor: whole.cursor, me, now, entities })
    });
    let body = made.await.map_err(anyhow::Error::from)?.map_err(anyhow::Error::from)?;
    Ok(answer(body.into()))
}

fn answer(body: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], body).into_response()
}

/// A [`deskside_protocol::feed::Snapshot`] that is written without being gathered first.
#[derive(Serialize)]
struct Shown<'a> {
    cursor: Cursor,
    me: PersonId,
    now: Millis,
    entities: Seen<'a>,
}

/// What a person sees of the rows.
struct Seen<'a> {
    state: &'a State,
    viewer: Viewer,
}

impl Serialize for Seen<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let seen = self
            .state
            .rows()
            .filter(|row| in_feed(row, self.state) && may_see(&self.viewer, row, self.state));
        serializer.collect_seq(seen.filter_map(|row| Entity::shown(row.clone())))
    }
}
