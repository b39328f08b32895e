//! A data directory, opened: every part the server needs. One process at a time.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};

use crate::{
    LocalAccounts, LocalBlobs, LocalBus, LocalStore, SystemChance, SystemClock,
    database::{self, Database},
};

/// The parts of one machine, over one data directory.
pub struct Machine {
    /// Rows, log, results, due rows, search.
    pub store: Arc<LocalStore>,
    /// Sign-in data.
    pub accounts: Arc<LocalAccounts>,
    /// Bytes.
    pub blobs: Arc<LocalBlobs>,
    /// Hints.
    pub bus: Arc<LocalBus>,
    /// The system's clock.
    pub clock: Arc<SystemClock>,
    /// The system's random bits.
    pub chance: Arc<SystemChance>,
    directory: PathBuf,
}

/// Opens the data directory `directory`, making it if it is not there.
///
/// It is free again for others once every part is dropped; dropping the last one waits for the database to close.
///
/// # Errors
/// If another process has it open, if it belongs to a newer version, or if the disk says no.
pub fn open(directory: &Path) -> anyhow::Result<Machine> {
    make_private(directory)?;
    let lock = take_lock(directory)?;
    let database = Arc::new(Database::open(&directory.join(database::FILE), Some(lock))?);
    let blobs = LocalBlobs::open(directory, Arc::clone(&database))?;
    Ok(Machine {
        store: Arc::new(LocalStore::new(Arc::clone(&database))),
        accounts: Arc::new(LocalAccounts::new(database)),
        blobs: Arc::new(blobs),
        bus: Arc::default(),
        clock: Arc::default(),
        chance: Arc::default(),
        directory: directory.to_owned(),
    })
}

impl Machine {
    /// Whether opening it changed the schema, now or at an earlier start that failed: the database as it was is kept.
    pub fn was_upgraded(&self) -> bool {
        self.kept_copy().exists()
    }

    /// Where the database of the previous version is kept until [`Self::has_started`].
    pub fn kept_copy(&self) -> PathBuf {
        database::kept_copy(&self.directory.join(database::FILE))
    }

    /// Says that this version has started and serves: the database that an upgrade put aside is no longer needed.
    ///
    /// # Errors
    /// If it can't be removed.
    pub fn has_started(&self) -> anyhow::Result<()> {
        let copy = self.kept_copy();
        match std::fs::remove_file(&copy) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("removing {}", copy.display()))
            }
            _ => Ok(()),
        }
    }
}

/// Makes a directory that only its owner can look into: it holds what customers said.
pub(crate) fn make_private(directory: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory);
    made.with_context(|| format!("making {}", directory.display()))
}

fn take_lock(directory: &Path) -> anyhow::Result<File> {
    let path = directory.join("lock");
    let lock = File::create(&path).with_context(|| format!("creating {}", path.display()))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            bail!("{} is in use by another Deskside server; stop that one first", directory.display())
        }
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("locking {}", path.display())),
    }
}
