//! The task that moves files: one at a time and in order, except that a clip being recorded has its own, so that a
//! watcher sees it grow while something old and large still waits. What is on its way is on disk too and goes on
//! after a restart; a file follows its command, so that the server knows what it is.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use deskside_protocol::{
    Code, Problem,
    id::{ClipId, PersonId},
    values::ClipSprite,
};
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
};
use uuid::Uuid;

use crate::{
    Client, Trouble,
    backoff::Backoff,
    inner::{Inner, Session, lock},
    outbox_store,
    server::ends_session,
    tus,
    upload_store::{self, UploadKind, UploadState, UploadStatus},
};

/// Most bytes of one request, so that a cut costs little and the server can say no early; fewer after a cut, because
/// what was under way is lost when a connection is reset.
const STRETCH: u64 = 8 << 20;
const SMALLEST: u64 = 32 << 10;
/// How often the server may say that it knows nothing of what a file belongs to, once the outbox is empty.
const UNKNOWN: u32 = 5;

/// How long to wait before asking again whether a file's command was decided. Only while online.
const COMMAND: Duration = Duration::from_millis(200);

/// A committed length that says: look into the database, it was finished or thrown away.
const OVER: u64 = u64::MAX;

/// How often a poster is tried; with the waits between them about five minutes.
const POSTER: u32 = 30;

/// What the task shares with those who add files.
pub(crate) struct Shared {
    pub(crate) wake: Notify,
    /// Goes up whenever a file is through, or was given up.
    ended: watch::Sender<u64>,
    stretch: AtomicU64,
    /// Committed lengths of files that grow right now.
    growing: Mutex<HashMap<Uuid, watch::Receiver<u64>>>,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            wake: Notify::new(),
            ended: watch::Sender::default(),
            stretch: AtomicU64::new(STRETCH),
            growing: Mutex::default(),
        }
    }
}

/// A file that grows while it is uploaded. Dropping it without [`Growing::finished`] leaves the upload open: the
/// clip counts as interrupted until it is taken up again with [`Client::upload_recovered`].
#[derive(Debug)]
pub struct Growing {
    client: Client,
    id: Uuid,
    committed: watch::Sender<u64>,
}

impl Growing {
    /// The file holds `bytes` that will never change.
    pub fn grew(&self, bytes: u64) {
        self.committed.send_replace(bytes);
    }

    /// Tells the same from another thread.
    pub fn reporter(&self) -> watch::Sender<u64> {
        self.committed.clone()
    }

    /// The file is whole with `length` bytes.
    pub async fn finished(self, length: u64) -> Result<(), Trouble> {
        self.client.upload_recovered(self.id, length).await?;
        self.committed.send_replace(OVER);
        Ok(())
    }

    /// The file was thrown away; nothing more is sent. The command that says so is the caller's.
    pub async fn discarded(self) -> Result<(), Trouble> {
        self.client.forget_upload(self.id).await?;
        self.committed.send_replace(OVER);
        Ok(())
    }

    /// Nothing more is sent, and the upload stays open: what became of the file can't be said now.
    pub fn left_open(self) {
        lock(&self.client.inner.uploads.growing).remove(&self.id);
        self.committed.send_replace(OVER);
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("folder", &self.folder()).finish_non_exhaustive()
    }
}

impl Client {
    /// Uploads a whole file, whose bytes must not change. On disk when this returns.
    pub async fn upload(&self, id: Uuid, kind: UploadKind, mime: &str, path: PathBuf) -> Result<(), Trouble> {
        let length = std::fs::metadata(&path).map_err(anyhow::Error::from)?.len();
        self.add_upload(self.signed_in()?, id, kind, mime, path, None, Some(length)).await
    }

    /// Keeps `bytes` in the profile and uploads them. On disk when this returns.
    pub async fn upload_bytes(&self, id: Uuid, mime: &str, bytes: Vec<u8>) -> Result<(), Trouble> {
        let path = self.folder().join("uploads").join(id.to_string());
        let file = path.clone();
        tokio::task::spawn_blocking(move || write_whole(&file, &bytes))
            .await
            .map_err(anyhow::Error::from)??;
        self.upload(id, UploadKind::Attachment, mime, path).await
    }

    /// Uploads a clip while it grows. `head`: the file that keeps its first bytes as they were recorded.
    pub async fn upload_growing(
        &self,
        id: Uuid,
        mime: &str,
        path: PathBuf,
        head: Option<PathBuf>,
    ) -> Result<Growing, Trouble> {
        let person = self.signed_in()?;
        let (committed, seen) = watch::channel(0);
        lock(&self.inner.uploads.growing).insert(id, seen);
        self.add_upload(person, id, UploadKind::Clip, mime, path, head, None).await?;
        Ok(Growing { client: self.clone(), id, committed })
    }

    /// Keeps a clip that grows no more for `person`, who recorded it and may have signed out meanwhile; its length
    /// follows with [`Client::upload_recovered`].
    pub async fn upload_left(
        &self,
        person: PersonId,
        id: Uuid,
        mime: &str,
        path: PathBuf,
        head: Option<PathBuf>,
    ) -> Result<(), Trouble> {
        self.add_upload(person, id, UploadKind::Clip, mime, path, head, None).await
    }

    /// The length of a growing file is known: its recorder stopped, or it was recovered after a crash.
    pub async fn upload_recovered(&self, id: Uuid, length: u64) -> Result<(), Trouble> {
        self.inner.db.call(move |db| upload_store::set_length(db, id, length)).await?;
        lock(&self.inner.uploads.growing).remove(&id);
        self.inner.uploads.wake.notify_one();
        Ok(())
    }

    /// Sends a clip's poster (PNG) in the background. A picture of what is kept anyway: tried for a while, not kept.
    pub fn put_poster(&self, clip: ClipId, png: Vec<u8>) {
        self.put_still(format!("/api/v1/clips/{clip}/poster"), png);
    }

    /// Sends small pictures along a clip's time (PNG) in the same way.
    pub fn put_sprite(&self, clip: ClipId, png: Vec<u8>, sprite: ClipSprite) {
        let ClipSprite { every_ms, tiles, columns } = sprite;
        let laid = format!("every_ms={every_ms}&tiles={tiles}&columns={columns}");
        self.put_still(format!("/api/v1/clips/{clip}/sprite?{laid}"), png);
    }

    fn put_still(&self, path: String, png: Vec<u8>) {
        let client = self.clone();
        tokio::spawn(async move {
            let mut backoff = Backoff::default();
            for _ in 0..POSTER {
                let Ok(server) = client.inner.session_server() else { return };
                match server.put(&path, "image/png", png.clone()).await {
                    Ok(()) => return,
                    Err(trouble) if trouble.passes() || trouble.code() == Some(Code::Unknown) => {
                        tokio::time::sleep(backoff.next()).await;
                    }
                    Err(trouble) => {
                        return tracing::warn!(%trouble, "the server does not want a still of a clip");
                    }
                }
            }
        });
    }

    /// Uploads that are not through, oldest first.
    pub async fn unfinished_uploads(&self) -> Result<Vec<UploadStatus>, Trouble> {
        let Some(person) = self.inner.person() else { return Ok(Vec::new()) };
        Ok(self.inner.db.call(move |db| upload_store::unfinished(db, person)).await?)
    }

    /// Returns when no upload is under way any more.
    pub async fn uploads_through(&self) -> Result<(), Trouble> {
        let mut ended = self.inner.uploads.ended.subscribe();
        while !self.unfinished_uploads().await?.is_empty() {
            // The sender lives as long as this client.
            let _ = ended.changed().await;
        }
        Ok(())
    }

    /// How far one upload is.
    pub async fn upload_status(&self, id: Uuid) -> Result<Option<UploadStatus>, Trouble> {
        Ok(self.inner.db.call(move |db| upload_store::get(db, id)).await?)
    }

    /// Stops and forgets an upload; the file stays the caller's.
    pub async fn forget_upload(&self, id: Uuid) -> Result<(), Trouble> {
        lock(&self.inner.uploads.growing).remove(&id);
        self.inner.db.call(move |db| upload_store::remove(db, id)).await?;
        self.inner.uploads.wake.notify_one();
        Ok(())
    }

    fn signed_in(&self) -> Result<PersonId, Trouble> {
        self.inner.person().ok_or_else(|| Trouble::refused(Code::SignInNeeded, "nobody is signed in"))
    }

    #[expect(clippy::too_many_arguments, reason = "the columns of one row, each of its own type")]
    async fn add_upload(
        &self,
        person: PersonId,
        id: Uuid,
        kind: UploadKind,
        mime: &str,
        path: PathBuf,
        head: Option<PathBuf>,
        length: Option<u64>,
    ) -> Result<(), Trouble> {
        let state = if length.is_some() { UploadState::Waiting } else { UploadState::Growing };
        let upload =
            UploadStatus { id, kind, mime: mime.to_owned(), path, head, length, state, location: None };
        let now = self.inner.now();
        self.inner.db.call(move |db| upload_store::add(db, person, &upload, now)).await?;
        self.inner.uploads.wake.notify_one();
        Ok(())
    }
}

/// Runs until the client is closed.
pub(crate) async fn run(inner: Arc<Inner>) {
    let mut changed = inner.session_changes.subscribe();
    loop {
        let Some(session) = inner.signed_in() else {
            let _ = changed.changed().await;
            continue;
        };
        tokio::select! {
            () = serve(&inner, &session) => {}
            _ = changed.changed() => {}
        }
    }
}

/// Moves this person's files. Returns when the session ended.
async fn serve(inner: &Arc<Inner>, session: &Session) {
    let mut moving: JoinSet<(Uuid, Result<(), Trouble>)> = JoinSet::new();
    let mut busy: HashMap<Uuid, UploadKind> = HashMap::new();
    let mut backoff = Backoff::default();
    loop {
        let person = session.person;
        match inner.db.call(move |db| upload_store::unfinished(db, person)).await {
            Ok(unfinished) => {
                for upload in unfinished {
                    let grows = lock(&inner.uploads.growing).contains_key(&upload.id);
                    let idle = upload.length.is_none() && !grows;
                    let old_ones = busy.values().count();
                    if idle || busy.contains_key(&upload.id) || (!grows && old_ones >= 2) {
                        continue;
                    }
                    busy.insert(upload.id, upload.kind);
                    let (inner, session) = (inner.clone(), session.clone());
                    moving.spawn(async move { (upload.id, carry(&inner, &session, upload.id).await) });
                }
            }
            Err(error) => tracing::error!(%error, "the uploads can't be read"),
        }
        tokio::select! {
            () = inner.uploads.wake.notified() => {}
            Some(ended) = moving.join_next() => {
                let Ok((id, outcome)) = ended else { continue };
                busy.remove(&id);
                inner.uploads.ended.send_modify(|ended| *ended += 1);
                match outcome {
                    Ok(()) => backoff.reset(),
                    Err(trouble) => {
                        if let Some(code) = ends_session(&trouble) {
                            return inner.session_ended(session, code).await;
                        }
                        tracing::warn!(%trouble, %id, "an upload waits");
                        tokio::select! {
                            () = tokio::time::sleep(backoff.next()) => {}
                            () = inner.uploads.wake.notified() => {}
                        }
                    }
                }
            }
        }
    }
}

/// Moves one file as far as it goes; again from the offset after every cut.
async fn carry(inner: &Arc<Inner>, session: &Session, id: Uuid) -> Result<(), Trouble> {
    let mut unknown = 0;
    let mut reached = Reached::default();
    loop {
        let Some(upload) = inner.db.call(move |db| upload_store::get(db, id)).await? else { return Ok(()) };
        if !matches!(upload.state, UploadState::Growing | UploadState::Waiting) {
            return Ok(());
        }
        match stretch(inner, session, &upload, &mut reached).await {
            Ok(true) => unknown = 0,
            Ok(false) => return Ok(()),
            Err(Trouble::Refused(problem)) => match problem.code {
                Code::OffsetMismatch => {}
                // What it belongs to is still in the outbox, or was only just decided.
                Code::Unknown | Code::NotAllowed if waits_for_command(inner, session).await? => {
                    tokio::time::sleep(COMMAND).await;
                }
                Code::Unknown if unknown < UNKNOWN => {
                    unknown += 1;
                    inner.db.call(move |db| upload_store::set_location(db, id, None)).await?;
                    tokio::time::sleep(Backoff::default().next() * unknown).await;
                }
                _ if Trouble::Refused(problem.clone()).passes()
                    || ends_session(&Trouble::Refused(problem.clone())).is_some() =>
                {
                    return Err(Trouble::Refused(problem));
                }
                _ => return refuse(inner, &upload, *problem).await,
            },
            // A bad network that still carries something is used at once; waiting is for one that carries nothing.
            Err(Trouble::Unreachable(_)) if std::mem::take(&mut reached.further) => {}
            Err(trouble) => return Err(trouble),
        }
    }
}

/// How far the server was, and whether that was further than before.
#[derive(Default)]
struct Reached {
    offset: u64,
    further: bool,
}

/// One request's worth. False when there is nothing more to do.
async fn stretch(
    inner: &Arc<Inner>,
    session: &Session,
    upload: &UploadStatus,
    reached: &mut Reached,
) -> Result<bool, Trouble> {
    let id = upload.id;
    let location = match &upload.location {
        Some(location) => location.clone(),
        None => {
            let location = tus::create(&session.server, upload).await?;
            let stored = location.clone();
            inner.db.call(move |db| upload_store::set_location(db, id, Some(&stored))).await?;
            location
        }
    };
    let (mut offset, mut deferred) = tus::offset(&session.server, &location).await?;
    reached.further |= offset > reached.offset;
    reached.offset = offset;
    loop {
        let grows = lock(&inner.uploads.growing).get(&id).cloned();
        let Some(now) = inner.db.call(move |db| upload_store::get(db, id)).await? else { return Ok(false) };
        let until = match (now.length, grows) {
            (Some(length), _) => length,
            (None, Some(mut committed)) => {
                // Ends without a new length when the recorder stopped or died: then look again.
                if committed.wait_for(|bytes| *bytes > offset).await.is_err() {
                    lock(&inner.uploads.growing).remove(&id);
                    continue;
                }
                let bytes = *committed.borrow_and_update();
                if bytes == OVER {
                    continue;
                }
                bytes
            }
            (None, None) => return Ok(false),
        };
        let most = inner.uploads.stretch.load(Ordering::Relaxed);
        let end = until.min(offset + most).max(offset);
        let last = now.length.filter(|length| deferred && *length == end);
        if end > offset || last.is_some() {
            let sent = tus::send_on(&session.server, &location, upload, offset, end, last).await;
            let next = if sent.is_ok() { most * 2 } else { most / 4 };
            inner.uploads.stretch.store(next.clamp(SMALLEST, STRETCH), Ordering::Relaxed);
            offset = sent?;
            reached.further |= offset > reached.offset;
            reached.offset = offset;
            deferred &= last.is_none();
        }
        if now.length == Some(offset) {
            inner.db.call(move |db| upload_store::set_done(db, id)).await?;
            clean(inner, upload);
            return Ok(false);
        }
    }
}

async fn waits_for_command(inner: &Arc<Inner>, session: &Session) -> Result<bool, Trouble> {
    let person = session.person;
    Ok(inner.db.call(move |db| outbox_store::is_busy(db, person)).await?)
}

async fn refuse(inner: &Arc<Inner>, upload: &UploadStatus, problem: Problem) -> Result<(), Trouble> {
    let id = upload.id;
    tracing::warn!(%id, %problem, "the server does not want this file");
    inner.db.call(move |db| upload_store::set_refused(db, id, &problem)).await?;
    clean(inner, upload);
    Ok(())
}

/// Files that this crate wrote go once they are through or are not wanted (deleted meanwhile, for one); clips belong to
/// their recorder.
fn clean(inner: &Inner, upload: &UploadStatus) {
    if upload.path.starts_with(inner.options.folder.join("uploads"))
        && let Err(error) = std::fs::remove_file(&upload.path)
    {
        tracing::warn!(%error, "an uploaded file stays");
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    Ok(file.sync_all()?)
}
