//! Clips on disk: one file each, and beside it a journal that says what it is.
//!
//! The file is locked while it is recorded, so after a crash it is found by the lock that nobody holds. Uploaded bytes
//! never change, but finishing rewrites the first bytes of the file; the bytes as they were are kept beside it until
//! the shelf forgets the clip, and [`LiveClip`] reads them.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use deskside_clip::{Cutter, PREFIX, Stretch, Unplayable};
use deskside_frame::Time;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::RecordError;

/// How far a clip is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Being recorded, or left behind by a crash.
    Recording,
    /// Whole: duration and index are in the file.
    Finished,
}

/// What is known of a clip on the shelf.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    /// The clip's id, from which its link is made; also the name of its files.
    pub id: Uuid,
    /// How far it is.
    pub state: State,
    /// When recording began, in milliseconds since 1970, by the clock of whoever started it.
    pub started_at: u64,
    /// How long it plays, in milliseconds; 0 until it is finished.
    #[serde(default)]
    pub duration: u64,
    /// Length of the finished file in bytes; 0 until it is finished.
    #[serde(default)]
    pub bytes: u64,
    /// Whatever the app wants to find again: which request it belongs to, how far the upload is.
    #[serde(default)]
    pub note: serde_json::Value,
}

/// A folder of clips, in the app's profile.
#[derive(Clone, Debug)]
pub struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    /// Opens the folder, and makes it when it is missing.
    pub fn open(folder: impl Into<PathBuf>) -> io::Result<Shelf> {
        let folder = folder.into();
        fs::create_dir_all(&folder)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
        }
        Ok(Shelf { folder })
    }

    /// A new clip, ready for [`super::Recorder::start`].
    pub fn begin(&self, id: Uuid, started_at: u64, note: serde_json::Value) -> Result<ClipFile, RecordError> {
        let journal = Journal { id, state: State::Recording, started_at, duration: 0, bytes: 0, note };
        self.write(&journal).map_err(|error| RecordError::disk(&self.path(id, "json"), error))?;
        let mut file = ClipFile::create(&self.path(id, "webm"))?;
        file.on = Some((self.clone(), id));
        Ok(file)
    }

    /// Every clip's journal, the oldest first. Journals that can't be read are left out and stay where they are.
    pub fn list(&self) -> io::Result<Vec<Journal>> {
        let mut journals = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                match fs::read(&path).map(|bytes| serde_json::from_slice::<Journal>(&bytes)) {
                    Ok(Ok(journal)) => journals.push(journal),
                    other => tracing::warn!(?path, ?other, "no journal of a clip"),
                }
            }
        }
        journals.sort_by_key(|journal| (journal.started_at, journal.id));
        Ok(journals)
    }

    /// Clips whose recorder ended without finishing them: what to recover at start.
    pub fn unfinished(&self) -> io::Result<Vec<Journal>> {
        let mut journals = self.list()?;
        journals.retain(|journal| {
            journal.state == State::Recording && !is_locked(&self.path(journal.id, "webm"))
        });
        Ok(journals)
    }

    /// Finishes a clip that its recorder could not finish. Doing it twice does no harm.
    pub fn recover(&self, id: Uuid) -> Result<Recovered, RecordError> {
        let path = self.path(id, "webm");
        let recovered = match recover(&path) {
            // The machine went down while the first bytes were being rewritten. They are kept beside it.
            Err(RecordError::Unplayable(Unplayable::NotAClip { .. })) => {
                let restore = || {
                    let prefix = fs::read(self.path(id, "prefix"))?;
                    let mut file = OpenOptions::new().write(true).open(&path)?;
                    file.write_all(&prefix)?;
                    file.sync_all()
                };
                restore().map_err(|error| RecordError::disk(&path, error))?;
                recover(&path)?
            }
            other => other?,
        };
        self.finished(id, &recovered)?;
        Ok(recovered)
    }

    /// Changes what the app wants to find again.
    pub fn note(&self, id: Uuid, note: serde_json::Value) -> io::Result<()> {
        let mut journal = self.journal(id)?;
        journal.note = note;
        self.write(&journal)
    }

    /// One clip's journal.
    pub fn journal(&self, id: Uuid) -> io::Result<Journal> {
        serde_json::from_slice(&fs::read(self.path(id, "json"))?).map_err(io::Error::from)
    }

    /// Where the clip's file is.
    pub fn clip(&self, id: Uuid) -> PathBuf {
        self.path(id, "webm")
    }

    /// The clip's bytes as they were recorded, for uploading: they only grow, also while it is recorded and finished.
    pub fn live(&self, id: Uuid) -> io::Result<LiveClip> {
        let prefix = fs::read(self.path(id, "prefix"))?;
        Ok(LiveClip { prefix, file: File::open(self.path(id, "webm"))?, at: 0 })
    }

    /// Keeps only these stretches of a finished clip; the file is the old one or the new one, whenever the machine goes
    /// down. What was cut out is nowhere any more.
    pub fn cut(&self, id: Uuid, keep: &[Stretch]) -> Result<Recovered, RecordError> {
        let (path, fresh) = (self.path(id, "webm"), self.path(id, "cut"));
        let disk = |error| RecordError::disk(&fresh, error);
        let length = self.journal(id).map_err(disk)?.duration;
        let source = BufReader::new(File::open(&path).map_err(|error| RecordError::disk(&path, error))?);
        let mut cutter = Cutter::open(source, keep, Time::from_millis(length))?;
        let mut file = private(OpenOptions::new().read(true).write(true).create(true).truncate(true))
            .open(&fresh)
            .map_err(disk)?;
        file.write_all(cutter.prefix()).map_err(disk)?;
        while let Some(cluster) = cutter.next() {
            file.write_all(&cluster?.bytes).map_err(disk)?;
        }
        let recovered = finish(&fresh, &mut file)?;
        let replace = || {
            file.sync_all()?;
            fs::rename(&fresh, &path)?;
            File::open(&self.folder)?.sync_all()
        };
        replace().map_err(disk)?;
        self.finished(id, &recovered)?;
        Ok(recovered)
    }

    /// Keeps the still of a clip (PNG); an empty one removes it.
    pub fn keep_poster(&self, id: Uuid, png: &[u8]) -> io::Result<()> {
        self.keep_still(id, "png", png)
    }

    /// Keeps the small pictures along a clip's time (PNG); empty ones are removed.
    pub fn keep_sprite(&self, id: Uuid, png: &[u8]) -> io::Result<()> {
        self.keep_still(id, "sprite", png)
    }

    fn keep_still(&self, id: Uuid, kind: &str, png: &[u8]) -> io::Result<()> {
        let path = self.path(id, kind);
        if png.is_empty() {
            return match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        private(OpenOptions::new().write(true).create(true).truncate(true)).open(path)?.write_all(png)
    }

    /// The still of a clip, where one was kept.
    pub fn poster(&self, id: Uuid) -> Option<Vec<u8>> {
        fs::read(self.path(id, "png")).ok()
    }

    /// The small pictures along a clip's time, where they were kept.
    pub fn sprite(&self, id: Uuid) -> Option<Vec<u8>> {
        fs::read(self.path(id, "sprite")).ok()
    }

    /// Removes every trace of a clip.
    pub fn forget(&self, id: Uuid) -> io::Result<()> {
        // The journal goes last: a crash in between leaves something that is found again.
        for kind in ["webm", "prefix", "cut", "png", "sprite", "json"] {
            match fs::remove_file(self.path(id, kind)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    fn finished(&self, id: Uuid, recovered: &Recovered) -> Result<(), RecordError> {
        let update = || {
            let mut journal = self.journal(id)?;
            journal.state = State::Finished;
            journal.duration = recovered.duration.as_millis() as u64;
            journal.bytes = recovered.bytes;
            self.write(&journal)
        };
        update().map_err(|error| RecordError::disk(&self.path(id, "json"), error))
    }

    /// Written whole or not at all.
    fn write(&self, journal: &Journal) -> io::Result<()> {
        let (path, fresh) = (self.path(journal.id, "json"), self.path(journal.id, "json.new"));
        let mut file = private(OpenOptions::new().write(true).create(true).truncate(true)).open(&fresh)?;
        file.write_all(&serde_json::to_vec_pretty(journal)?)?;
        file.sync_all()?;
        fs::rename(&fresh, &path)?;
        File::open(&self.folder)?.sync_all()
    }

    fn path(&self, id: Uuid, kind: &str) -> PathBuf {
        self.folder.join(format!("{id}.{kind}"))
    }
}

/// The file of a clip that is being recorded. Locked until it is dropped.
#[derive(Debug)]
pub struct ClipFile {
    path: PathBuf,
    file: File,
    len: u64,
    on: Option<(Shelf, Uuid)>,
}

impl ClipFile {
    /// A clip of its own, on no shelf: the file must not exist yet, unless it is empty.
    pub fn create(path: &Path) -> Result<ClipFile, RecordError> {
        let create = || {
            let file = private(OpenOptions::new().read(true).write(true).create(true)).open(path)?;
            file.try_lock().map_err(|error| match error {
                TryLockError::WouldBlock => {
                    io::Error::new(io::ErrorKind::ResourceBusy, "it is being recorded")
                }
                TryLockError::Error(error) => error,
            })?;
            if file.metadata()?.len() > 0 {
                return Err(io::Error::new(io::ErrorKind::AlreadyExists, "there is such a file already"));
            }
            // So that the file itself, and not only its bytes, survives a crash of the machine.
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                File::open(folder)?.sync_all()?;
            }
            Ok(file)
        };
        let file = create().map_err(|error| RecordError::disk(path, error))?;
        Ok(ClipFile { path: path.to_owned(), file, len: 0, on: None })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Length on disk in bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether nothing was appended yet.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends whole clusters, or first the prefix, and returns when the disk has them.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), RecordError> {
        let mut append = || {
            if self.len == 0
                && let Some((shelf, id)) = &self.on
            {
                let path = shelf.path(*id, "prefix");
                let mut prefix =
                    private(OpenOptions::new().write(true).create(true).truncate(true)).open(path)?;
                prefix.write_all(&bytes[..bytes.len().min(PREFIX)])?;
                prefix.sync_all()?;
                // It is there before it is needed: when the head of the clip is rewritten.
                File::open(&shelf.folder)?.sync_all()?;
            }
            self.file.write_all(bytes)?;
            self.file.sync_data()
        };
        append().map_err(|error| RecordError::disk(&self.path, error))?;
        self.len += bytes.len() as u64;
        Ok(())
    }

    /// Writes duration and index into the file.
    pub(super) fn finish(mut self) -> Result<Recovered, RecordError> {
        let recovered = finish(&self.path, &mut self.file)?;
        if let Some((shelf, id)) = &self.on {
            shelf.finished(*id, &recovered)?;
        }
        Ok(recovered)
    }

    /// Removes it and everything that is known of it.
    pub(super) fn discard(self) -> Result<(), RecordError> {
        match &self.on {
            Some((shelf, id)) => shelf.forget(*id),
            None => fs::remove_file(&self.path),
        }
        .map_err(|error| RecordError::disk(&self.path, error))
    }

    /// Bytes left on its disk; `None` where the system does not tell.
    pub(super) fn room(&self) -> Option<u64> {
        #[cfg(unix)]
        {
            let disk = rustix::fs::fstatvfs(&self.file).ok()?;
            Some(disk.f_bavail.saturating_mul(disk.f_frsize))
        }
        #[cfg(not(unix))]
        None
    }
}

/// A clip's bytes as they were recorded, whatever finishing did to the file since.
#[derive(Debug)]
pub struct LiveClip {
    prefix: Vec<u8>,
    file: File,
    at: u64,
}

impl Read for LiveClip {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let prefix = self.prefix.len() as u64;
        let read = if self.at < prefix {
            let rest = &self.prefix[self.at as usize..];
            let count = rest.len().min(buffer.len());
            buffer[..count].copy_from_slice(&rest[..count]);
            count
        } else {
            self.file.seek(SeekFrom::Start(self.at))?;
            self.file.read(buffer)?
        };
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for LiveClip {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.file.metadata()?.len().checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

/// A clip that was finished after the fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// How long it plays.
    pub duration: Duration,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Whether there is a sound track.
    pub sound: bool,
}

/// Finishes a clip file whose recorder could not: cuts it after the last whole cluster and writes duration and index.
/// Doing it to a finished clip changes nothing.
pub fn recover(path: &Path) -> Result<Recovered, RecordError> {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .map_err(|error| RecordError::disk(path, error))?;
    if let Err(TryLockError::WouldBlock) = file.try_lock() {
        let busy = io::Error::new(io::ErrorKind::ResourceBusy, "it is being recorded");
        return Err(RecordError::disk(path, busy));
    }
    finish(path, &mut file)
}

fn finish(path: &Path, file: &mut File) -> Result<Recovered, RecordError> {
    let disk = |error| RecordError::disk(path, error);
    file.rewind().map_err(disk)?;
    let finished = deskside_clip::finish_file(file).map_err(disk)??;
    if finished.fits_in_place() {
        let mut write = || {
            file.set_len(finished.cut)?;
            file.rewind()?;
            file.write_all(&finished.prefix)?;
            file.sync_all()
        };
        write().map_err(disk)?;
    }
    Ok(Recovered {
        duration: finished.duration,
        bytes: finished.cut,
        width: finished.tracks.video.width,
        height: finished.tracks.video.height,
        sound: finished.tracks.audio.is_some(),
    })
}

/// Whether somebody records into the file now.
fn is_locked(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// A file that only its owner can read.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}
