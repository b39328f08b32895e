//! The files themselves: where they are, and how they get onto the disk for good.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, ensure};

use crate::machine::make_private;

/// Longest name of a file: an id and a suffix are far below.
const NAME: usize = 120;

/// The places of blobs below a data directory.
pub(crate) struct Files {
    pub uploads: PathBuf,
    pub small: PathBuf,
}

impl Files {
    pub fn below(directory: &Path) -> Self {
        let blobs = directory.join("blobs");
        Self { uploads: blobs.join("uploads"), small: blobs.join("small") }
    }

    /// Makes the directories, and removes what a crash left half written.
    pub fn make(&self) -> anyhow::Result<()> {
        for directory in [&self.uploads, &self.small] {
            make_private(directory)?;
        }
        for entry in std::fs::read_dir(&self.small)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Removes the files of uploads that nothing knows of.
    pub fn remove_uploads_except(&self, known: &BTreeSet<String>) -> anyhow::Result<()> {
        for entry in std::fs::read_dir(&self.uploads)? {
            let entry = entry?;
            if entry.file_name().to_str().is_none_or(|name| !known.contains(name)) {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// The file of the upload `name`.
    pub fn upload(&self, name: &str) -> anyhow::Result<PathBuf> {
        Ok(self.uploads.join(checked(name)?))
    }

    /// The file of the small blob `name`.
    pub fn small(&self, name: &str) -> anyhow::Result<PathBuf> {
        Ok(self.small.join(checked(name)?))
    }
}

/// A name is an id and a suffix; nothing that could lead elsewhere gets as far as a path.
fn checked(name: &str) -> anyhow::Result<&str> {
    let is_plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
    let is_name = (1..=NAME).contains(&name.len()) && name.bytes().all(is_plain) && !name.starts_with('.');
    ensure!(is_name, "{name:?} can't be a blob's name");
    Ok(name)
}

/// Makes an empty file that is there after a crash.
pub(super) fn create(path: &Path) -> anyhow::Result<()> {
    // A file without a row is what a crash left of an upload that was never promised.
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    let file = file.with_context(|| format!("creating {}", path.display()))?;
    flush(&file)?;
    flush_directory(path)
}

/// Writes `bytes` at `offset`; on disk when it returns. Answers the open file for the next time.
pub(super) fn append(
    open: Option<Arc<File>>,
    path: &Path,
    offset: u64,
    bytes: &[u8],
) -> io::Result<Arc<File>> {
    let file = match open {
        Some(file) => file,
        None => {
            let file = OpenOptions::new().write(true).open(path)?;
            // Beyond the mark lies only what was never promised.
            file.set_len(offset)?;
            Arc::new(file)
        }
    };
    file.write_all_at(bytes, offset)?;
    flush(&file)?;
    Ok(file)
}

/// Puts `bytes` in the place of whatever is at `path`, whole or not at all.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let name = format!(".{}.{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let partial = path.with_file_name(name);
    let written = (|| -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial)?;
        file.write_all(bytes)?;
        flush(&file)?;
        std::fs::rename(&partial, path)
    })();
    if let Err(error) = written {
        let _ = std::fs::remove_file(&partial);
        return Err(error).with_context(|| format!("writing {}", path.display()));
    }
    flush_directory(path)
}

/// Whether nothing is in the file at `path`.
pub(super) fn is_empty(path: &Path) -> anyhow::Result<bool> {
    let about = std::fs::metadata(path).with_context(|| format!("looking at {}", path.display()))?;
    Ok(about.len() == 0)
}

/// Removes a file, if there is one, for good.
pub(super) fn remove(path: &Path) -> anyhow::Result<()> {
    match std::fs::remove_file(path) {
        Ok(()) => flush_directory(path),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("removing {}", path.display())),
    }
}

/// Whether the disk, or what one may use of it, is full.
pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}

/// Makes the name of `path` survive a crash.
pub(crate) fn flush_directory(path: &Path) -> anyhow::Result<()> {
    let parent = path.parent().context("a file without a directory")?;
    flush(&File::open(parent)?)?;
    Ok(())
}

fn flush(file: &File) -> io::Result<()> {
    let flushed = file.sync_all();
    #[cfg(test)]
    flushes::tell(file);
    if let Err(error) = &flushed
        && !is_full(error)
    {
        // The kernel has dropped the pages: trying again would succeed and keep nothing.
        tracing::error!(%error, "the disk failed to keep what was written; stopping, so that nothing false is promised");
        std::process::abort();
    }
    flushed
}

/// Whoever tests in which order things reach the disk is told of every flush.
#[cfg(test)]
pub(super) mod flushes {
    use std::{fs::File, sync::Mutex};

    type Watcher = Box<dyn Fn(&File) + Send>;

    static WATCHER: Mutex<Option<Watcher>> = Mutex::new(None);

    pub fn tell(file: &File) {
        if let Some(watcher) = &*WATCHER.lock().unwrap() {
            watcher(file);
        }
    }

    pub fn watch(watcher: impl Fn(&File) + Send + 'static) {
        *WATCHER.lock().unwrap() = Some(Box::new(watcher));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_else() {
        let files = Files::below(Path::new("/data"));
        for name in
            ["", ".", "..", "../x", "a/b", "/etc/passwd", ".hidden", "a\\b", "a\0b", "ä", &"x".repeat(121)]
        {
            assert!(files.upload(name).is_err(), "{name:?}");
            assert!(files.small(name).is_err(), "{name:?}");
        }
        let name = "01890a5d-ac96-774b-bcce-b302099a8057.poster";
        assert_eq!(files.small(name).unwrap(), Path::new("/data/blobs/small").join(name));
    }

    #[test]
    fn what_a_crash_left_half_written_is_removed() {
        let directory = tempfile::tempdir().unwrap();
        let files = Files::below(directory.path());
        files.make().unwrap();
        replace(&files.small("kept").unwrap(), b"kept").unwrap();
        std::fs::write(files.small.join(".1.1"), b"half").unwrap();
        files.make().unwrap();
        let left: Vec<_> =
            std::fs::read_dir(&files.small).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["kept"]);
    }
}
