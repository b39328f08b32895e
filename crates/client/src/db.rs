//! The profile's one SQLite file. WAL with `synchronous=FULL`: what a call here has returned from survives a power
//! cut. One connection behind a lock; calls are short and run off the async threads.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context as _;
use rusqlite::Connection;

/// Each entry is one version; never edited once released, only added to.
const VERSIONS: &[&str] = &["
    create table meta (key text primary key, value text not null) strict, without rowid;
    create table entities (
        kind text not null, id text not null, json text not null, primary key (kind, id)
    ) strict, without rowid;
    create table lines (
        position integer primary key autoincrement,
        person text not null,
        command_id text not null unique,
        command text not null,
        kept_at integer not null,
        n integer,
        state text not null check (state in ('kept', 'released', 'held', 'decided', 'refused')),
        problem text,
        epoch integer,
        seq integer,
        decided_at integer
    ) strict;
    create unique index lines_by_number on lines (person, n) where state in ('kept', 'released');
    create table heads (
        person text primary key, client_id text not null, next_n integer not null, acked integer not null
    ) strict, without rowid;
    create table drafts (
        person text not null, key text not null, value text not null, primary key (person, key)
    ) strict, without rowid;
    create table uploads (
        id text primary key,
        person text not null,
        kind text not null check (kind in ('attachment', 'clip')),
        mime text not null,
        path text not null,
        head text,
        length integer,
        location text,
        state text not null check (state in ('growing', 'waiting', 'done', 'refused')),
        problem text,
        made_at integer not null
    ) strict, without rowid;
"];

/// A handle; clones share the connection.
#[derive(Clone)]
pub(crate) struct Db(Arc<Mutex<Connection>>);

impl Db {
    /// Opens or creates the file.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let mut connection = Connection::open(path).with_context(|| format!("opening {}", path.display()))?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "secure_delete", "on")?;
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let version = usize::try_from(version)?;
        anyhow::ensure!(
            version <= VERSIONS.len(),
            "this profile was used by a newer Deskside; update this one (nothing was changed)"
        );
        for (index, step) in VERSIONS.iter().enumerate().skip(version) {
            let transaction = connection.transaction()?;
            transaction.execute_batch(step)?;
            transaction.pragma_update(None, "user_version", i64::try_from(index + 1)?)?;
            transaction.commit()?;
        }
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Runs `work` with the connection, away from the async threads.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        let shared = self.0.clone();
        tokio::task::spawn_blocking(move || {
            // A panic in earlier work rolled its transaction back; the connection itself is sound.
            let mut connection = shared.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut connection)
        })
        .await
        .context("the database thread")?
    }
}

/// A value of the `meta` table.
pub(crate) fn meta(connection: &Connection, key: &str) -> rusqlite::Result<Option<String>> {
    use rusqlite::OptionalExtension as _;
    connection.query_row("select value from meta where key = ?1", [key], |row| row.get(0)).optional()
}

/// Sets or (with `None`) removes a value of the `meta` table.
pub(crate) fn set_meta(connection: &Connection, key: &str, value: Option<&str>) -> rusqlite::Result<()> {
    match value {
        Some(value) => connection.execute(
            "insert into meta (key, value) values (?1, ?2) on conflict (key) do update set value = excluded.value",
            [key, value],
        ),
        None => connection.execute("delete from meta where key = ?1", [key]),
    }?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_said_to_be_kept_survives_a_power_cut_by_these_settings() {
        let folder = tempfile::tempdir().expect("a folder");
        let db = Db::open(&folder.path().join("profile.db")).expect("opens");
        let said = db.call(|db| {
            let mode: String = db.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
            let synchronous: i64 = db.pragma_query_value(None, "synchronous", |row| row.get(0))?;
            let erases: i64 = db.pragma_query_value(None, "secure_delete", |row| row.get(0))?;
            Ok((mode, synchronous, erases))
        });
        assert_eq!(said.await.expect("reads"), ("wal".to_owned(), 2, 1), "synchronous=FULL is 2");
    }
}
