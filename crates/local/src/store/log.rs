//! Reading the log. It holds no bodies: what is answered is the row as it is now, so nothing that was erased or
//! hidden since can come out of it.

use anyhow::Context;
use deskside_domain::{
    Key, Scope,
    id::{ClipId, DeskId, RequestId},
};
use deskside_ports::store::{LogPage, LogWhat, Logged};
use deskside_protocol::feed::Cursor;
use rusqlite::{Connection, params};

use super::load::Loading;
use crate::rows;

/// A page ends early once it holds this many rows: a scope may be a whole desk with years of requests.
const ROWS_PER_PAGE: usize = 5_000;

pub(super) fn head(connection: &Connection) -> anyhow::Result<Cursor> {
    let head = connection.prepare_cached("select epoch, seq from head")?.query_row([], |row| {
        Ok(Cursor { epoch: row.get::<_, i64>(0)? as u64, seq: row.get::<_, i64>(1)? as u64 })
    })?;
    Ok(head)
}

pub(super) fn floor(connection: &Connection) -> anyhow::Result<u64> {
    let floor: i64 = connection.query_row("select floor from head", [], |row| row.get(0))?;
    Ok(floor as u64)
}

pub(super) fn after(connection: &Connection, seq: u64, limit: usize) -> anyhow::Result<LogPage> {
    let mut statement = connection.prepare_cached(
        "select seq, kind, id, access, person from log where seq > ?1 order by seq limit ?2",
    )?;
    let seq = i64::try_from(seq).unwrap_or(i64::MAX);
    let mut found = statement.query(params![seq, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    let mut loading = Loading::new(connection);
    let mut items = Vec::new();
    while let Some(row) = found.next()? {
        let kind: String = row.get(1)?;
        let key = rows::key_at(&kind, &row.get::<_, Vec<u8>>(2)?)?;
        let what = if row.get(3)? {
            let person: Option<Vec<u8>> = row.get(4)?;
            let person = person.map(|id| super::person_at(&id)).transpose()?;
            let scope = scope_at(&key)?;
            LogWhat::Access { scope, person, keys: load_scope(&mut loading, scope)? }
        } else {
            // A secret is never shown to anyone: its key alone says that it changed.
            if !matches!(key, Key::Secret(_)) {
                loading.key(&key)?;
            }
            LogWhat::Touched(key)
        };
        items.push(Logged { seq: row.get::<_, i64>(0)? as u64, what });
        if loading.len() >= ROWS_PER_PAGE {
            break;
        }
    }
    loading.follow()?;
    Ok(LogPage { items, state: loading.loaded.state, head: head(connection)?.seq })
}

/// Where the log keeps a scope.
pub(super) fn key_of(scope: Scope) -> Key {
    match scope {
        Scope::Desk(id) => Key::Desk(id),
        Scope::Request(id) => Key::Request(id),
        Scope::Clip(id) => Key::Clip(id),
    }
}

fn scope_at(key: &Key) -> anyhow::Result<Scope> {
    match key {
        Key::Desk(id) => Some(Scope::Desk(*id)),
        Key::Request(id) => Some(Scope::Request(*id)),
        Key::Clip(id) => Some(Scope::Clip(*id)),
        _ => None,
    }
    .context("the log names a scope of a kind that has none")
}

fn load_scope(loading: &mut Loading<'_>, scope: Scope) -> anyhow::Result<Vec<Key>> {
    match scope {
        Scope::Desk(DeskId(desk)) => loading.set(
            "select body, rev from rows where kind = 'desk' and id = ?1 union all
             select r.body, r.rev from rows as q join rows as r on r.request = q.id where q.desk = ?1",
            [desk.as_bytes()],
        ),
        Scope::Request(RequestId(request)) => {
            loading.set("select body, rev from rows where request = ?1", [request.as_bytes()])
        }
        Scope::Clip(ClipId(clip)) => {
            loading.set("select body, rev from rows where kind = 'clip' and id = ?1", [clip.as_bytes()])
        }
    }
}
