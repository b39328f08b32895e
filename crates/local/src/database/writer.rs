//! The one thread that writes. It takes whatever is waiting, gives each change a savepoint of its own, and makes
//! all of them durable by one flush: at once when idle, more per flush the more there is to do.
//!
//! A full disk refuses the batch and leaves the database readable. A flush that failed ends the process: the kernel
//! has dropped the pages by then, so neither a retry nor going on could keep the promise.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context;
use rusqlite::{Connection, ErrorCode, ffi};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// Most changes that share a flush.
const BATCH: usize = 256;
/// Most changes that wait; more wait outside, where they cost less.
const QUEUE: usize = 1024;
/// After this long without a change the WAL is emptied, so that erased words leave the disk and not just the rows.
const IDLE: Duration = Duration::from_secs(2);

/// Why a change stored nothing, as the change itself says.
pub(crate) enum Undone<E> {
    /// A rule says no.
    Refused(E),
    /// Something broke.
    Fault(anyhow::Error),
}

impl<E> From<rusqlite::Error> for Undone<E> {
    fn from(error: rusqlite::Error) -> Self {
        Self::Fault(error.into())
    }
}

impl<E> From<anyhow::Error> for Undone<E> {
    fn from(fault: anyhow::Error) -> Self {
        Self::Fault(fault)
    }
}

/// Why a change was not stored.
pub(crate) enum WriteError<E> {
    /// A rule says no.
    Refused(E),
    /// No room; reading still works.
    Full(String),
    /// Something broke.
    Fault(anyhow::Error),
}

pub(crate) struct Writer {
    jobs: Option<mpsc::Sender<Box<dyn Job>>>,
    permits: Arc<Semaphore>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub fn start(connection: Connection) -> anyhow::Result<Self> {
        let (jobs, waiting) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("database".to_owned())
            .spawn(move || write_until_closed(&connection, &waiting))
            .context("starting the database's thread")?;
        Ok(Self { jobs: Some(jobs), permits: Arc::new(Semaphore::new(QUEUE)), thread: Some(thread) })
    }

    pub async fn write<T, E>(
        &self,
        change: impl FnOnce(&Connection) -> Result<T, Undone<E>> + Send + 'static,
    ) -> Result<T, WriteError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let gone = || WriteError::Fault(anyhow::anyhow!("the database's thread gave up on this change"));
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| gone())?;
        let (reply, answer) = oneshot::channel();
        let job = Change { change: Some(change), outcome: None, reply, permit };
        self.jobs.as_ref().ok_or_else(gone)?.send(Box::new(job)).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // What was promised is on disk already; a panic there was reported where it happened.
            let _ = thread.join();
        }
    }
}

/// A change on its way through the thread.
trait Job: Send {
    /// Makes the change inside its savepoint; says whether to keep it.
    fn run(&mut self, connection: &Connection) -> Verdict;
    /// Answers: with the outcome, or with the `trouble` that befell the whole batch.
    fn answer(self: Box<Self>, trouble: Option<&Trouble>);
}

enum Verdict {
    Keep,
    Undo,
    /// The whole batch is lost.
    Stop(Trouble),
}

enum Trouble {
    Full(String),
    Fault(String),
}

struct Change<F, T, E> {
    change: Option<F>,
    outcome: Option<Result<T, Undone<E>>>,
    reply: oneshot::Sender<Result<T, WriteError<E>>>,
    permit: OwnedSemaphorePermit,
}

impl<F, T, E> Job for Change<F, T, E>
where
    F: FnOnce(&Connection) -> Result<T, Undone<E>> + Send,
    T: Send,
    E: Send,
{
    fn run(&mut self, connection: &Connection) -> Verdict {
        let Some(change) = self.change.take() else { return Verdict::Undo };
        let outcome = catch_unwind(AssertUnwindSafe(|| change(connection)))
            .unwrap_or_else(|_| Err(Undone::Fault(anyhow::anyhow!("a change panicked"))));
        let verdict = match &outcome {
            Ok(_) => Verdict::Keep,
            Err(Undone::Refused(_)) => Verdict::Undo,
            Err(Undone::Fault(fault)) => match fault.chain().find_map(|cause| cause.downcast_ref()) {
                Some(error) if is_full(error) => Verdict::Stop(trouble(error)),
                Some(error) => {
                    give_up_on_failed_flush(error);
                    Verdict::Undo
                }
                None => Verdict::Undo,
            },
        };
        self.outcome = Some(outcome);
        verdict
    }

    fn answer(self: Box<Self>, trouble: Option<&Trouble>) {
        let answer = match (trouble, self.outcome) {
            (Some(Trouble::Full(why)), _) => Err(WriteError::Full(why.clone())),
            (Some(Trouble::Fault(why)), _) => Err(WriteError::Fault(anyhow::anyhow!("{why}"))),
            (None, Some(Ok(done))) => Ok(done),
            (None, Some(Err(Undone::Refused(why)))) => Err(WriteError::Refused(why)),
            (None, Some(Err(Undone::Fault(fault)))) => Err(WriteError::Fault(fault)),
            (None, None) => Err(WriteError::Fault(anyhow::anyhow!("the change was never made"))),
        };
        drop(self.permit);
        // Whoever asked may have gone away; the change stands all the same.
        let _ = self.reply.send(answer);
    }
}

fn write_until_closed(connection: &Connection, waiting: &mpsc::Receiver<Box<dyn Job>>) {
    let mut is_wal_used = true;
    loop {
        let first = if is_wal_used {
            match waiting.recv_timeout(IDLE) {
                Ok(job) => job,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    is_wal_used = !empty_wal(connection);
                    continue;
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => return,
            }
        } else {
            match waiting.recv() {
                Ok(job) => job,
                Err(mpsc::RecvError) => return,
            }
        };
        is_wal_used = true;
        let mut batch = vec![first];
        batch.extend(waiting.try_iter().take(BATCH - 1));
        let trouble = store(connection, &mut batch).err();
        if trouble.is_some() && !connection.is_autocommit() {
            // If even this fails, the next `begin` says so.
            let _ = connection.execute_batch("rollback");
        }
        for job in batch {
            job.answer(trouble.as_ref());
        }
    }
}

fn store(connection: &Connection, batch: &mut [Box<dyn Job>]) -> Result<(), Trouble> {
    execute(connection, "begin immediate")?;
    for job in batch {
        execute(connection, "savepoint change")?;
        match job.run(connection) {
            Verdict::Keep => {}
            Verdict::Undo => execute(connection, "rollback to change")?,
            Verdict::Stop(trouble) => return Err(trouble),
        }
        execute(connection, "release change")?;
    }
    execute(connection, "commit")
}

fn execute(connection: &Connection, statement: &str) -> Result<(), Trouble> {
    let run = connection.prepare_cached(statement).and_then(|mut statement| statement.execute([]));
    run.map(drop).map_err(|error| {
        give_up_on_failed_flush(&error);
        trouble(&error)
    })
}

/// True if nothing is left in it; a reader in the middle of a read may prevent that, then it is tried again.
fn empty_wal(connection: &Connection) -> bool {
    // The writer must not wait for readers here, or changes would wait with it.
    let _ = connection.busy_timeout(Duration::ZERO);
    let emptied = connection.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get::<_, i64>(0));
    let _ = connection.busy_timeout(super::BUSY);
    match emptied {
        Ok(busy) => busy == 0,
        Err(error) => {
            give_up_on_failed_flush(&error);
            is_full(&error)
        }
    }
}

fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
}

fn trouble(error: &rusqlite::Error) -> Trouble {
    if is_full(error) { Trouble::Full(error.to_string()) } else { Trouble::Fault(error.to_string()) }
}

fn give_up_on_failed_flush(error: &rusqlite::Error) {
    let code = error.sqlite_error().map(|error| error.extended_code);
    if matches!(code, Some(ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC)) {
        tracing::error!(%error, "the disk failed to keep what was written; stopping, so that nothing false is promised");
        std::process::abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database() -> (tempfile::TempDir, super::super::Database) {
        let directory = tempfile::tempdir().unwrap();
        let database = super::super::Database::open(&directory.path().join("test.db"), None).unwrap();
        (directory, database)
    }

    async fn count(database: &super::super::Database) -> i64 {
        let count = |connection: &Connection| {
            Ok(connection.query_row("select count(*) from t", [], |row| row.get(0))?)
        };
        database.read(count).await.unwrap()
    }

    async fn create(database: &super::super::Database) {
        database.put(|connection| Ok(connection.execute_batch("create table t (x)")?)).await.unwrap();
    }

    #[tokio::test]
    async fn a_refused_change_undoes_only_itself() {
        let (_directory, database) = database();
        create(&database).await;
        let insert = |keep: bool| {
            database.write(move |connection| {
                connection.execute("insert into t values (1)", [])?;
                if keep { Ok(()) } else { Err(Undone::Refused("no")) }
            })
        };
        let (first, second, third) = tokio::join!(insert(true), insert(false), insert(true));
        assert!(first.is_ok() && third.is_ok());
        assert!(matches!(second, Err(WriteError::Refused("no"))));
        assert_eq!(count(&database).await, 2);
    }

    #[tokio::test]
    async fn a_change_that_panics_does_not_stop_the_next() {
        let (_directory, database) = database();
        create(&database).await;
        let broken = database
            .put(|connection| -> anyhow::Result<()> {
                connection.execute("insert into t values (1)", [])?;
                panic!("on purpose")
            })
            .await;
        assert!(broken.is_err());
        database.put(|connection| Ok(connection.execute("insert into t values (2)", [])?)).await.unwrap();
        assert_eq!(count(&database).await, 1);
    }

    #[tokio::test]
    async fn a_full_disk_refuses_and_stays_readable_and_recovers() {
        let (_directory, database) = database();
        create(&database).await;
        database.put(|connection| Ok(connection.execute("insert into t values (1)", [])?)).await.unwrap();
        let pages = "pragma max_page_count = 1";
        database.put(move |connection| Ok(connection.query_row(pages, [], |_| Ok(()))?)).await.unwrap();
        let large = |connection: &Connection| -> Result<(), Undone<()>> {
            connection.execute("insert into t values (zeroblob(1000000))", [])?;
            Ok(())
        };
        let (first, second) = tokio::join!(database.write(large), database.write(large));
        for refused in [first, second] {
            let Err(WriteError::Full(why)) = refused else { panic!("expected: full") };
            assert!(why.contains("full"), "{why}");
        }
        assert_eq!(count(&database).await, 1, "it must stay readable");
        let pages = "pragma max_page_count = 100000";
        database.put(move |connection| Ok(connection.query_row(pages, [], |_| Ok(()))?)).await.unwrap();
        assert!(database.write(large).await.is_ok(), "it must write again once there is room");
    }

    #[tokio::test]
    async fn readers_cannot_write() {
        let (_directory, database) = database();
        create(&database).await;
        let written =
            database.read(|connection| Ok(connection.execute("insert into t values (1)", [])?)).await;
        assert!(written.is_err());
    }

    #[tokio::test]
    async fn erased_words_leave_the_disk() {
        let (directory, database) = database();
        create(&database).await;
        let words = "insert into t values ('the customer is called Rumpelstiltskin')";
        database.put(move |connection| Ok(connection.execute(words, [])?)).await.unwrap();
        database.put(|connection| Ok(connection.execute("update t set x = ''", [])?)).await.unwrap();
        let is_there = || {
            ["test.db", "test.db-wal"].iter().any(|file| {
                let bytes = std::fs::read(directory.path().join(file)).unwrap_or_default();
                bytes.windows(15).any(|window| window == b"Rumpelstiltskin")
            })
        };
        let gone = async {
            while is_there() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), gone).await.expect("the words are still in the files");
    }
}
