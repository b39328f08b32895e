//! A clip as a file of one's own: copied from here if it lies here, else fetched from the server, whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::ErrorKind,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use deskside_client::Trouble;
use deskside_protocol::id::ClipId;
use futures_util::StreamExt as _;
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

use crate::app::App;

/// What a file that is not whole yet begins and ends with.
const PARTIAL: (&str, &str) = (".clip-", ".part");

impl App {
    /// Saves a clip into `folder` under a name that is free there; answers where.
    pub async fn save_clip(&self, clip: ClipId, folder: &Path) -> Result<PathBuf, Trouble> {
        fs::create_dir_all(folder).context("making the folder")?;
        sweep(folder);
        let partial = Partial::create(folder)?;
        let mut file = tokio::io::BufWriter::new(tokio::fs::File::from_std(partial.writer()?));
        if let Some(here) = self.clips.whole(clip.0).await {
            let mut source = tokio::fs::File::open(&here).await.context("opening the clip")?;
            tokio::io::copy(&mut source, &mut file).await.context("copying the clip")?;
        } else {
            let media = self.client.media(&format!("/media/clip/{clip}"), &[]).await?;
            let mut pieces = Box::pin(media.into_stream());
            while let Some(piece) = pieces.next().await {
                file.write_all(&piece.context("fetching the clip")?).await.context("writing the clip")?;
            }
        }
        file.flush().await.context("writing the clip")?;
        file.get_ref().sync_all().await.context("writing the clip")?;
        Ok(partial.named(names(folder, clip))?)
    }
}

/// A file that has no name of its own yet; gone when this is dropped. Locked while it lives, so that one that a crash left
/// behind is known by the lock that nobody holds.
struct Partial {
    path: PathBuf,
    file: File,
}

impl Drop for Partial {
    fn drop(&mut self) {
        // It is gone already, where it was renamed.
        let _ = fs::remove_file(&self.path);
    }
}

impl Partial {
    fn create(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(format!("{}{}{}", PARTIAL.0, Uuid::now_v7(), PARTIAL.1));
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        let file = file.with_context(|| format!("creating {}", path.display()))?;
        // Where files can't be locked nothing is swept either.
        let _ = file.try_lock();
        Ok(Self { path, file })
    }

    fn writer(&self) -> anyhow::Result<File> {
        self.file.try_clone().context("opening the file")
    }

    /// Gives it the first of these names that is free; never one that somebody has, or takes at the same moment.
    fn named(self, names: impl IntoIterator<Item = PathBuf>) -> anyhow::Result<PathBuf> {
        for name in names {
            match fs::hard_link(&self.path, &name) {
                Ok(()) => return Ok(name),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                // A disk without links, such as a memory stick: the name is taken first, and then given.
                Err(_) => {}
            }
            match OpenOptions::new().write(true).create_new(true).open(&name) {
                Ok(_) => {
                    let renamed = fs::rename(&self.path, &name);
                    if renamed.is_err() {
                        let _ = fs::remove_file(&name);
                    }
                    renamed.context("naming the file")?;
                    return Ok(name);
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error).context("naming the file"),
            }
        }
        anyhow::bail!("there are a thousand copies already")
    }
}

/// Removes what a crash left behind: it would lie there hidden for ever.
fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_partial =
            name.to_str().is_some_and(|name| name.starts_with(PARTIAL.0) && name.ends_with(PARTIAL.1));
        if is_partial && File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// `clip-ID.webm`, and the same with a number.
fn names(folder: &Path, clip: ClipId) -> impl Iterator<Item = PathBuf> {
    // The end of an id differs most; all of it is more than anybody reads.
    let id = clip.to_string();
    let short = id.rsplit('-').next().unwrap_or(&id).to_owned();
    (1..1_000).map(move |n| match n {
        1 => folder.join(format!("clip-{short}.webm")),
        n => folder.join(format!("clip-{short} ({n}).webm")),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn copies_made_at_the_same_moment_take_the_place_of_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let clip = ClipId::fresh();
        let (folder, together) = (folder.path(), std::sync::Barrier::new(8));
        let copies: Vec<(u8, PathBuf)> = std::thread::scope(|scope| {
            let save = |number: u8| {
                let together = &together;
                move || {
                    let partial = Partial::create(folder).expect("created");
                    partial.writer().expect("open").write_all(&[number]).expect("written");
                    together.wait();
                    (number, partial.named(names(folder, clip)).expect("named"))
                }
            };
            let saving: Vec<_> = (0..8).map(|number| scope.spawn(save(number))).collect();
            saving.into_iter().map(|saving| saving.join().expect("no panic")).collect()
        });
        for (number, path) in &copies {
            assert_eq!(fs::read(path).expect("a file"), [*number], "{}", path.display());
        }
        assert_eq!(
            fs::read_dir(folder).expect("the folder").count(),
            copies.len(),
            "and nothing else is left"
        );
        assert!(copies.iter().any(|(_, path)| path.to_string_lossy().ends_with(" (2).webm")));
    }

    #[test]
    fn what_was_given_up_is_gone_and_what_a_crash_left_goes_with_the_next_copy() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        let entries = || fs::read_dir(folder).expect("the folder").count();
        drop(Partial::create(folder).expect("created"));
        assert_eq!(entries(), 0, "given up");
        let nowhere = Partial::create(folder).expect("created").named([folder.join("no").join("folder")]);
        assert!(nowhere.is_err() && entries() == 0, "it could not be named");

        fs::write(folder.join(".clip-of-a-crash.part"), b"part of a clip").expect("written");
        fs::write(folder.join("clip-mine.webm"), b"mine").expect("written");
        let running = Partial::create(folder).expect("created");
        sweep(folder);
        assert!(
            running.path.exists() && entries() == 2,
            "neither the copy under way nor the person's own file"
        );
    }
}
