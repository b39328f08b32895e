//! The database file: opened with the settings that make an acknowledgement mean "on disk", written by one thread
//! and read by a few connections that can't write.
//!
//! The settings are not options: WAL with `synchronous=FULL` is what the promise to clients rests on, memory mapping
//! is off because one stray write would reach the file, and only the writer thread ever checkpoints.

mod migration;
mod readers;
mod writer;

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use rusqlite::{Connection, OpenFlags, backup::Backup, config::DbConfig};

pub(crate) use migration::kept_copy;
pub(crate) use writer::{Undone, WriteError};

use readers::Readers;
use writer::Writer;

/// The database's file below the data directory.
pub(crate) const FILE: &str = "deskside.db";
/// Older ones can corrupt a WAL database when a checkpoint and a write meet (fixed in 3.51.3).
const OLDEST_SQLITE: i32 = 3_051_003;
/// Only a net: nobody else writes, so nobody should wait.
const BUSY: Duration = Duration::from_secs(5);

/// One open database.
pub(crate) struct Database {
    // Before the writer, so that the writer's is the last connection and closing it empties the WAL.
    readers: Readers,
    writer: Writer,
    /// Given back last.
    _lock: Option<File>,
}

impl Database {
    /// Opens `path`, making or upgrading its schema. `lock` is held for as long as the database is open.
    ///
    /// # Errors
    /// If the file is of a newer Deskside, or can't be opened.
    pub fn open(path: &Path, lock: Option<File>) -> anyhow::Result<Self> {
        ensure!(
            rusqlite::version_number() >= OLDEST_SQLITE,
            "SQLite {} can corrupt its log; build with the bundled one",
            rusqlite::version()
        );
        let mut connection = Connection::open(path).with_context(|| format!("opening {}", path.display()))?;
        set_up(&connection)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "secure_delete", "on")?;
        connection.pragma_update(None, "foreign_keys", "on")?;
        connection.pragma_update(None, "journal_size_limit", 16 * 1024 * 1024)?;
        migration::migrate(&mut connection, migration::MIGRATIONS, path)?;
        connection.execute(
            "insert into head (one, epoch, seq, floor) values (1, ?1, 0, 0) on conflict do nothing",
            [fresh_epoch()?],
        )?;
        Ok(Self { readers: Readers::new(path), writer: Writer::start(connection)?, _lock: lock })
    }

    /// Runs `change` in the writer thread. When this returns `Ok`, what it changed is on disk; otherwise nothing of
    /// it was stored.
    pub async fn write<T, E>(
        &self,
        change: impl FnOnce(&Connection) -> Result<T, Undone<E>> + Send + 'static,
    ) -> Result<T, WriteError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        self.writer.write(change).await
    }

    /// Like [`Self::write`], for changes that are never refused.
    pub async fn put<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Connection) -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        let stored = self.writer.write(|connection| change(connection).map_err(Undone::<Never>::Fault)).await;
        stored.map_err(|error| match error {
            WriteError::Refused(never) => match never {},
            WriteError::Full(why) => anyhow::anyhow!("the disk is full: {why}"),
            WriteError::Fault(fault) => fault,
        })
    }

    /// Asks `question` in one read transaction: everything it sees is of one moment.
    pub async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        self.readers.read(question).await
    }
}

/// There is no such refusal.
enum Never {}

/// Opens an existing database beside a server that may be running: reads only, never checkpoints.
pub(crate) fn open_beside(path: &Path) -> anyhow::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)
        .with_context(|| format!("opening {} (is this a data directory?)", path.display()))?;
    set_up(&connection)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// Copies the whole database as of one moment to a new file, which is on disk when this returns.
pub(crate) fn copy_into(from: &Connection, to: &Path) -> anyhow::Result<()> {
    let mut copy = Connection::open(to).with_context(|| format!("creating {}", to.display()))?;
    copy.pragma_update(None, "synchronous", "full")?;
    // All pages in one step: the copy is of one moment, and in WAL mode no writer waits for it.
    Backup::new(from, &mut copy)?.step(-1)?;
    copy.close().map_err(|(_, error)| error)?;
    File::open(to)?.sync_all()?;
    Ok(())
}

/// A number that no earlier history of this database can have had. It must be drawn: a counter would give two restores
/// of the same backup the same epoch, and clients of one would take the other's log for theirs. Below 2^53, because
/// browsers hold it as a number.
pub(crate) fn fresh_epoch() -> anyhow::Result<i64> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random bits: {error}"))?;
    Ok((i64::from_le_bytes(bytes) & ((1 << 53) - 1)).max(1))
}

fn set_up(connection: &Connection) -> anyhow::Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value;

    use super::*;

    #[tokio::test]
    async fn the_settings_that_promises_rest_on_are_in_force() {
        let directory = tempfile::tempdir().unwrap();
        let database = Database::open(&directory.path().join("test.db"), None).unwrap();
        let said = |connection: &Connection, pragma: &str| -> anyhow::Result<Value> {
            Ok(connection.query_row(&format!("pragma {pragma}"), [], |row| row.get(0))?)
        };
        for (pragma, value) in [
            ("journal_mode", Value::Text("wal".to_owned())),
            // FULL: a commit has reached the disk, and not just the system, when it returns.
            ("synchronous", Value::Integer(2)),
            ("secure_delete", Value::Integer(1)),
            ("foreign_keys", Value::Integer(1)),
            ("mmap_size", Value::Integer(0)),
            ("trusted_schema", Value::Integer(0)),
        ] {
            let written = database.put(move |connection| said(connection, pragma)).await.unwrap();
            assert_eq!(written, value, "{pragma}");
        }
        let read_only = database.read(move |connection| said(connection, "query_only")).await.unwrap();
        assert_eq!(read_only, Value::Integer(1), "who reads can't write");
    }
}
