//! Bytes in files. An upload is one file that only grows; how far it is safely on disk stands in the database, so
//! bytes that were written but not flushed when the power went are never taken for kept ones. Bytes below that mark
//! never change, therefore readers take no lock.
//!
//! Appends of one upload take turns. Whoever asks last to write is the writer: the token of anyone before no longer
//! fits, neither in memory nor in the statement that moves the mark.

mod files;

use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use anyhow::{Context, ensure};
use async_trait::async_trait;
use bytes::Bytes;
use deskside_domain::Time;
use deskside_ports::blobs::{AppendError, Blobs, Upload};
use rusqlite::{Connection, OptionalExtension, Row, params};
use tokio::sync::OwnedMutexGuard;
use tokio::task::spawn_blocking;

use crate::database::{Database, FILE, Undone, WriteError, open_beside};

pub(crate) use files::{Files, flush_directory};

/// The files of one machine.
pub struct LocalBlobs {
    database: Arc<Database>,
    files: Files,
    turns: Mutex<HashMap<String, Arc<Turn>>>,
}

/// Whose turn it is to append to one upload.
struct Turn {
    /// The newest writer's.
    token: AtomicU64,
    file: Arc<tokio::sync::Mutex<Option<Arc<File>>>>,
}

type FileGuard = OwnedMutexGuard<Option<Arc<File>>>;

impl LocalBlobs {
    pub(crate) fn open(directory: &Path, database: Arc<Database>) -> anyhow::Result<Self> {
        let files = Files::below(directory);
        files.make()?;
        let beside = open_beside(&directory.join(FILE))?;
        let known = all_uploads(&beside)?.into_iter().map(|upload| upload.name).collect();
        // What a crash left of an erasure, or of an upload that was never promised.
        files.remove_uploads_except(&known)?;
        Ok(Self { database, files, turns: Mutex::default() })
    }

    fn turn(&self, name: &str) -> Arc<Turn> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = turns
            .entry(name.to_owned())
            .or_insert_with(|| Arc::new(Turn { token: AtomicU64::new(0), file: Arc::default() }));
        Arc::clone(turn)
    }

    fn forget(&self, name: &str) {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    async fn find(&self, name: &str) -> anyhow::Result<Option<Upload>> {
        let name = name.to_owned();
        self.database.read(move |connection| find(connection, &name)).await
    }
}

#[async_trait]
impl Blobs for LocalBlobs {
    async fn create(&self, upload: Upload) -> anyhow::Result<Upload> {
        ensure!(upload.offset == 0 && !upload.closed, "an upload begins empty and open");
        let path = self.files.upload(&upload.name)?;
        let _turn = Arc::clone(&self.turn(&upload.name).file).lock_owned().await;
        if self.find(&upload.name).await?.is_none() {
            // The file first: a row promises that there is one.
            spawn_blocking(move || files::create(&path)).await??;
        }
        self.database
            .put(move |connection| {
                connection
                    .prepare_cached(
                        "insert into uploads (name, kind, owner, length, offset, touched_at, closed, token)
                         values (?1, ?2, ?3, ?4, 0, ?5, 0, 0) on conflict do nothing",
                    )?
                    .execute(params![
                        upload.name,
                        upload.kind,
                        upload.owner,
                        upload.length.map(i64::try_from).transpose()?,
                        upload.touched_at.0
                    ])?;
                let stored =
                    find(connection, &upload.name)?.context("an upload that was just made is gone")?;
                ensure!(stored.owner == upload.owner, "this upload is somebody else's");
                Ok(stored)
            })
            .await
    }

    async fn upload(&self, name: &str) -> anyhow::Result<Option<Upload>> {
        self.find(name).await
    }

    async fn open_uploads(&self) -> anyhow::Result<Vec<Upload>> {
        self.database
            .read(|connection| {
                let select = format!("select {COLUMNS} from uploads where closed = 0 order by name");
                let mut statement = connection.prepare_cached(&select)?;
                let found = statement.query_map([], read_upload)?;
                Ok(found.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn take_writer(&self, name: &str) -> anyhow::Result<u64> {
        let asked = name.to_owned();
        let token = self
            .database
            .put(move |connection| {
                let update = "update uploads set token = token + 1 where name = ?1 returning token";
                let token = connection.prepare_cached(update)?.query_row([asked], |row| row.get::<_, i64>(0));
                token.optional()?.context("no such upload")
            })
            .await? as u64;
        self.turn(name).token.fetch_max(token, Ordering::SeqCst);
        Ok(token)
    }

    async fn append(
        &self,
        name: &str,
        token: u64,
        offset: u64,
        bytes: &[u8],
        now: Time,
    ) -> Result<u64, AppendError> {
        let path = self.files.upload(name)?;
        let turn = self.turn(name);
        if turn.token.load(Ordering::SeqCst) > token {
            return Err(AppendError::Fenced);
        }
        let file = Arc::clone(&turn.file).lock_owned().await;
        let append = Append { name: name.to_owned(), token, offset, bytes: bytes.to_vec(), now };
        let database = Arc::clone(&self.database);
        // A task of its own: a caller that hangs up in the middle must not give the turn to the next one while
        // these bytes are still being written.
        let appended = tokio::spawn(async move { append.run(&database, &path, file).await });
        let appended = appended.await.context("appending to an upload").map_err(AppendError::Fault)?;
        if matches!(appended, Err(AppendError::Closed)) {
            self.forget(name);
        }
        appended
    }

    async fn set_length(&self, name: &str, length: u64) -> Result<(), AppendError> {
        let name = name.to_owned();
        let length = i64::try_from(length).map_err(|_| AppendError::Length)?;
        let set = self.database.write(move |connection| {
            let Some(upload) = find(connection, &name)?.filter(|upload| !upload.closed) else {
                return Err(Undone::Refused(AppendError::Closed));
            };
            let is_other = upload.length.is_some_and(|known| known != length as u64);
            if is_other || upload.offset > length as u64 {
                return Err(Undone::Refused(AppendError::Length));
            }
            connection
                .prepare_cached("update uploads set length = ?2 where name = ?1")?
                .execute(params![name, length])?;
            Ok(())
        });
        set.await.map_err(append_error)
    }

    async fn close(&self, name: &str) -> anyhow::Result<()> {
        let closed = name.to_owned();
        self.database
            .put(move |connection| {
                connection
                    .prepare_cached("update uploads set closed = 1 where name = ?1")?
                    .execute([closed])?;
                Ok(())
            })
            .await?;
        self.forget(name);
        Ok(())
    }

    async fn read(&self, name: &str, start: u64, end: u64) -> anyhow::Result<Bytes> {
        let path = self.files.upload(name)?;
        let upload = self.find(name).await?.context("no such upload")?;
        let end = end.min(upload.offset);
        if start >= end {
            return Ok(Bytes::new());
        }
        let read = spawn_blocking(move || -> anyhow::Result<Bytes> {
            let file = File::open(&path).with_context(|| format!("opening {}", path.display()))?;
            let mut bytes = vec![0; usize::try_from(end - start)?];
            file.read_exact_at(&mut bytes, start).with_context(|| format!("reading {}", path.display()))?;
            Ok(bytes.into())
        });
        read.await?
    }

    async fn empty(&self, name: &str) -> anyhow::Result<()> {
        let path = self.files.upload(name)?;
        let upload = self.find(name).await?.context("no such upload")?;
        ensure!(upload.closed, "an upload that is open is not emptied");
        // Another file takes its place, because a backup may be a link to this one.
        spawn_blocking(move || if files::is_empty(&path)? { Ok(()) } else { files::replace(&path, &[]) })
            .await?
    }

    async fn erase(&self, name: &str) -> anyhow::Result<()> {
        let path = self.files.upload(name)?;
        let mut turn = Arc::clone(&self.turn(name).file).lock_owned().await;
        let erased = name.to_owned();
        self.database
            .put(move |connection| {
                connection.prepare_cached("delete from uploads where name = ?1")?.execute([erased])?;
                Ok(())
            })
            .await?;
        *turn = None;
        spawn_blocking(move || files::remove(&path)).await??;
        self.forget(name);
        Ok(())
    }

    async fn put(&self, name: &str, bytes: Bytes) -> anyhow::Result<()> {
        let path = self.files.small(name)?;
        spawn_blocking(move || files::replace(&path, &bytes)).await?
    }

    async fn get(&self, name: &str) -> anyhow::Result<Option<Bytes>> {
        let path = self.files.small(name)?;
        spawn_blocking(move || match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
        })
        .await?
    }

    async fn remove(&self, name: &str) -> anyhow::Result<()> {
        let path = self.files.small(name)?;
        spawn_blocking(move || files::remove(&path)).await?
    }

    async fn free(&self) -> anyhow::Result<u64> {
        let directory = self.files.uploads.clone();
        spawn_blocking(move || {
            let found = rustix::fs::statvfs(&directory).context("asking how much room the disk has")?;
            Ok(found.f_bavail.saturating_mul(found.f_frsize))
        })
        .await?
    }
}

/// Bytes on their way to disk.
struct Append {
    name: String,
    token: u64,
    offset: u64,
    bytes: Vec<u8>,
    now: Time,
}

impl Append {
    async fn run(self, database: &Database, path: &Path, mut file: FileGuard) -> Result<u64, AppendError> {
        let name = self.name.clone();
        let standing = database.read(move |connection| standing(connection, &name)).await?;
        let Some((upload, token)) = standing.filter(|(upload, _)| !upload.closed) else {
            return Err(AppendError::Closed);
        };
        if token != self.token {
            return Err(AppendError::Fenced);
        }
        if upload.offset != self.offset {
            return Err(AppendError::Offset(upload.offset));
        }
        let end = self.offset + self.bytes.len() as u64;
        if upload.length.is_some_and(|length| end > length) {
            return Err(AppendError::Length);
        }
        if !self.bytes.is_empty() {
            let open = file.take();
            let (path, bytes) = (path.to_owned(), self.bytes);
            let written = spawn_blocking(move || files::append(open, &path, self.offset, &bytes));
            *file = Some(written.await.context("writing an upload")?.map_err(io_error)?);
        }
        let (name, token, now) = (self.name, self.token as i64, self.now.0);
        let moved = database.write(move |connection| {
            let update = "update uploads set offset = ?2, touched_at = ?3
                          where name = ?1 and token = ?4 and closed = 0";
            let end = i64::try_from(end).map_err(anyhow::Error::from)?;
            let moved = connection.prepare_cached(update)?.execute(params![name, end, now, token])?;
            if moved == 1 {
                return Ok(());
            }
            let is_open = find(connection, &name)?.is_some_and(|upload| !upload.closed);
            Err(Undone::Refused(if is_open { AppendError::Fenced } else { AppendError::Closed }))
        });
        moved.await.map_err(append_error)?;
        Ok(end)
    }
}

fn append_error(error: WriteError<AppendError>) -> AppendError {
    match error {
        WriteError::Refused(why) => why,
        WriteError::Full(_) => AppendError::Full,
        WriteError::Fault(fault) => AppendError::Fault(fault),
    }
}

fn io_error(error: std::io::Error) -> AppendError {
    if files::is_full(&error) {
        AppendError::Full
    } else {
        AppendError::Fault(anyhow::Error::new(error).context("writing an upload"))
    }
}

const COLUMNS: &str = "name, kind, owner, length, offset, touched_at, closed, token";

fn find(connection: &Connection, name: &str) -> anyhow::Result<Option<Upload>> {
    Ok(standing(connection, name)?.map(|(upload, _)| upload))
}

/// The upload and its newest writer's token.
fn standing(connection: &Connection, name: &str) -> anyhow::Result<Option<(Upload, u64)>> {
    let select = format!("select {COLUMNS} from uploads where name = ?1");
    let found = connection
        .prepare_cached(&select)?
        .query_row([name], |row| Ok((read_upload(row)?, row.get::<_, i64>(7)? as u64)))
        .optional()?;
    Ok(found)
}

pub(crate) fn read_upload(row: &Row<'_>) -> rusqlite::Result<Upload> {
    Ok(Upload {
        name: row.get(0)?,
        kind: row.get(1)?,
        owner: row.get(2)?,
        length: row.get::<_, Option<i64>>(3)?.map(|length| length as u64),
        offset: row.get::<_, i64>(4)? as u64,
        touched_at: Time(row.get(5)?),
        closed: row.get(6)?,
    })
}

/// Every upload, open or closed.
pub(crate) fn all_uploads(connection: &Connection) -> anyhow::Result<Vec<Upload>> {
    let mut statement = connection.prepare(&format!("select {COLUMNS} from uploads order by name"))?;
    let found = statement.query_map([], read_upload)?;
    Ok(found.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn an_offset_is_promised_only_after_its_bytes_were_flushed() {
        let directory = tempfile::tempdir().unwrap();
        let machine = crate::open(directory.path()).unwrap();
        let blobs = &machine.blobs;
        let upload = Upload {
            name: "clip".to_owned(),
            kind: "clip".to_owned(),
            owner: "ana".to_owned(),
            length: None,
            offset: 0,
            touched_at: Time(0),
            closed: false,
        };
        blobs.create(upload).await.unwrap();
        let token = blobs.take_writer("clip").await.unwrap();
        // At every flush of this file: how much of it is written, and how much of it is promised.
        let inode = std::fs::metadata(blobs.files.upload("clip").unwrap()).unwrap().ino();
        let (tell, told) = mpsc::channel();
        let beside = open_beside(&directory.path().join(FILE)).unwrap();
        files::flushes::watch(move |file| {
            let about = file.metadata().unwrap();
            if about.ino() == inode {
                let promised = find(&beside, "clip").unwrap().unwrap().offset;
                tell.send((about.len(), promised)).unwrap();
            }
        });
        for (offset, bytes) in [(0, &b"0123456789"[..]), (10, b"abc")] {
            let end = offset + bytes.len() as u64;
            assert_eq!(blobs.append("clip", token, offset, bytes, Time(1)).await.unwrap(), end);
            let flushed: Vec<_> = told.try_iter().collect();
            assert_eq!(flushed, [(end, offset)], "written, not promised yet, flushed once");
        }
        blobs.append("clip", token, 13, b"", Time(2)).await.unwrap();
        assert_eq!(told.try_iter().count(), 0, "nothing new needs no flush");
    }
}
