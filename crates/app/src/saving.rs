//! A clip as a file of one's own: copied from here if it lies here, else fetched from the server, whole or not at all.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use deskside_client::Trouble;
use deskside_protocol::id::ClipId;
use futures_util::StreamExt as _;
use tokio::io::AsyncWriteExt as _;

use crate::app::App;

impl App {
    /// Saves a clip into `folder` under a name that is free there; answers where.
    pub async fn save_clip(&self, clip: ClipId, folder: &Path) -> Result<PathBuf, Trouble> {
        std::fs::create_dir_all(folder).context("making the folder")?;
        let partial = folder.join(format!(".clip-{clip}.part"));
        let saved = self.write_clip(clip, &partial).await;
        let saved = match saved {
            Ok(()) => free_name(folder, clip).and_then(|name| {
                std::fs::rename(&partial, &name).context("naming the file")?;
                Ok(name)
            }),
            Err(trouble) => {
                let _ = std::fs::remove_file(&partial);
                return Err(trouble);
            }
        };
        Ok(saved?)
    }

    async fn write_clip(&self, clip: ClipId, to: &Path) -> Result<(), Trouble> {
        let file = tokio::fs::File::create(to).await.with_context(|| format!("creating {}", to.display()))?;
        let mut file = tokio::io::BufWriter::new(file);
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
        Ok(())
    }
}

/// `clip-ID.webm`, or the same with a number.
fn free_name(folder: &Path, clip: ClipId) -> anyhow::Result<PathBuf> {
    // The end of an id differs most; all of it is more than anybody reads.
    let id = clip.to_string();
    let short = id.rsplit('-').next().unwrap_or(&id);
    let mut names = (1..1_000).map(|n| match n {
        1 => folder.join(format!("clip-{short}.webm")),
        n => folder.join(format!("clip-{short} ({n}).webm")),
    });
    names.find(|name| !name.exists()).context("there are a thousand copies already")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_takes_the_place_of_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let clip = ClipId::fresh();
        let first = free_name(folder.path(), clip).expect("a name");
        std::fs::write(&first, b"a").expect("written");
        let second = free_name(folder.path(), clip).expect("a name");
        assert_ne!(first, second);
        assert!(second.to_string_lossy().ends_with(" (2).webm"), "{second:?}");
    }
}
