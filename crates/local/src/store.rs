//! The rows, the log, results, due rows and search in one SQLite database.

mod commit;
mod load;
mod log;
mod search;

use std::sync::Arc;

use async_trait::async_trait;
use deskside_domain::{Key, Read, Row, State, Time, id::PersonId, time::DAY};
use deskside_ports::store::{
    Commit, CommitError, Committed, DueRow, KEEP_DAYS, Loaded, LogPage, Match, Store, StoredResult, Visible,
};
use deskside_protocol::feed::Cursor;
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use crate::database::{Database, WriteError};

pub(crate) use search::words_of;

/// The store of one machine.
pub struct LocalStore {
    database: Arc<Database>,
}

impl LocalStore {
    pub(crate) fn new(database: Arc<Database>) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Store for LocalStore {
    async fn load(&self, reads: &[Read]) -> anyhow::Result<Loaded> {
        let reads = reads.to_vec();
        self.database.read(move |connection| load::load(connection, &reads)).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        let stored = self.database.write(move |connection| commit::store(connection, &commit)).await;
        stored.map_err(|error| match error {
            WriteError::Refused(why) => *why,
            WriteError::Full(why) => CommitError::Full(why),
            WriteError::Fault(fault) => CommitError::Fault(fault),
        })
    }

    async fn stored(&self, client_id: &str, n: u64) -> anyhow::Result<(Option<StoredResult>, u64)> {
        let client_id = client_id.to_owned();
        self.database
            .read(move |connection| {
                let last = commit::line(connection, &client_id)?.map_or(0, |line| line.last_n);
                Ok((commit::numbered_result(connection, &client_id, n)?, last))
            })
            .await
    }

    async fn stored_by_key(&self, client_id: &str, key: &str) -> anyhow::Result<Option<StoredResult>> {
        let (client_id, key) = (client_id.to_owned(), key.to_owned());
        self.database.read(move |connection| commit::keyed_result(connection, &client_id, &key)).await
    }

    async fn line_of(&self, client_id: &str) -> anyhow::Result<Option<PersonId>> {
        let client_id = client_id.to_owned();
        self.database
            .read(move |connection| Ok(commit::line(connection, &client_id)?.map(|line| line.person)))
            .await
    }

    async fn forget_results(&self, client_id: &str, n: u64) -> anyhow::Result<()> {
        let client_id = client_id.to_owned();
        let n = i64::try_from(n).unwrap_or(i64::MAX);
        let any = "select exists (select 1 from results where client_id = ?1 and n <= ?2)";
        let asked = client_id.clone();
        let is_any = move |connection: &rusqlite::Connection| {
            Ok(connection.prepare_cached(any)?.query_row(params![asked, n], |row| row.get(0))?)
        };
        // Clients repeat their acknowledgement with every batch; most of them have nothing to forget.
        if !self.database.read(is_any).await? {
            return Ok(());
        }
        self.database
            .put(move |connection| {
                let delete = "delete from results where client_id = ?1 and n <= ?2";
                connection.prepare_cached(delete)?.execute(params![client_id, n])?;
                Ok(())
            })
            .await
    }

    async fn head(&self) -> anyhow::Result<Cursor> {
        self.database.read(log::head).await
    }

    async fn log_floor(&self) -> anyhow::Result<u64> {
        self.database.read(log::floor).await
    }

    async fn log_after(&self, seq: u64, limit: usize) -> anyhow::Result<LogPage> {
        self.database.read(move |connection| log::after(connection, seq, limit)).await
    }

    async fn snapshot(&self) -> anyhow::Result<(Cursor, State)> {
        self.database.read(|connection| Ok((log::head(connection)?, load::feed(connection)?))).await
    }

    async fn row(&self, key: &Key) -> anyhow::Result<State> {
        let reads = [Read::Row(key.clone())];
        Ok(self.load(&reads).await?.state)
    }

    async fn page(&self, kind: &Key, after: Option<&Key>, limit: usize) -> anyhow::Result<(Vec<Row>, State)> {
        let (kind, after) = (kind.clone(), after.cloned());
        self.database.read(move |connection| load::page(connection, &kind, after.as_ref(), limit)).await
    }

    async fn search(&self, query: &str, limit: usize, visible: Visible) -> anyhow::Result<Vec<Match>> {
        let query = query.to_owned();
        self.database.read(move |connection| search::search(connection, &query, limit, &visible)).await
    }

    async fn due(&self, now: Time, limit: usize) -> anyhow::Result<Vec<DueRow>> {
        self.database.read(move |connection| load::due(connection, now, limit)).await
    }

    async fn next_due(&self) -> anyhow::Result<Option<Time>> {
        self.database
            .read(|connection| {
                let next = connection
                    .query_row("select min(at) from due", [], |row| row.get::<_, Option<i64>>(0))?;
                Ok(next.map(Time))
            })
            .await
    }

    async fn forget_old(&self, now: Time) -> anyhow::Result<()> {
        let before = now.plus(-KEEP_DAYS * DAY).0;
        self.database
            .put(move |connection| {
                connection.execute("delete from keyed_results where at < ?1", [before])?;
                // By number and not by time: a clock that was set back must not leave a hole.
                let floor = connection
                    .query_row("select seq from log where at >= ?1 order by seq limit 1", [before], |row| {
                        row.get::<_, i64>(0)
                    })
                    .optional()?
                    .map(|seq| seq - 1);
                let floor = match floor {
                    Some(floor) => floor,
                    None => connection.query_row("select seq from head", [], |row| row.get(0))?,
                };
                connection.execute("delete from log where seq <= ?1", [floor])?;
                connection.execute("update head set floor = max(floor, ?1)", [floor])?;
                Ok(())
            })
            .await
    }
}

/// The id in a column.
pub(crate) fn person_at(bytes: &[u8]) -> anyhow::Result<PersonId> {
    Ok(PersonId(Uuid::from_slice(bytes)?))
}
