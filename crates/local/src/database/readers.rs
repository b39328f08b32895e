//! A few connections that can't write, used from blocking threads; opened when first needed.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::Semaphore;

pub(crate) struct Readers {
    idle: Arc<Idle>,
    /// As many as may read at once.
    permits: Arc<Semaphore>,
}

struct Idle {
    path: PathBuf,
    connections: Mutex<Vec<Connection>>,
}

impl Readers {
    pub fn new(path: &Path) -> Self {
        // More than two even on two cores: a search that takes long must not hold up what takes no time.
        let most = std::thread::available_parallelism().map_or(4, |cores| cores.get().clamp(4, 8));
        let idle = Idle { path: path.to_owned(), connections: Mutex::default() };
        Self { idle: Arc::new(idle), permits: Arc::new(Semaphore::new(most)) }
    }

    pub async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.context("the database is closed")?;
        let idle = Arc::clone(&self.idle);
        let asked = tokio::task::spawn_blocking(move || {
            let connection = idle.take()?;
            let transaction = connection.unchecked_transaction()?;
            let answer = question(&transaction);
            transaction.finish()?;
            idle.put_back(connection);
            drop(permit);
            answer
        });
        asked.await.context("reading the database")?
    }
}

impl Idle {
    fn take(&self) -> anyhow::Result<Connection> {
        let idle = self.connections.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(connection) = idle {
            return Ok(connection);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        super::set_up(&connection)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    }

    fn put_back(&self, connection: Connection) {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }
}
