//! The UI that the server and the app have inside, built; what came out as it was before keeps its time.
//!
//! Cargo goes by times: without this, building the same UI again costs six minutes of linking both programs anew.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::{setup, workspace};

/// Builds it; `run` runs the command that does.
pub fn build(run: impl FnOnce(&mut Command) -> Result<()>) -> Result<()> {
    setup::ui_packages("ui")?;
    let folder = workspace::root().join("ui/dist");
    let before = Bundle::read(&folder).unwrap_or_default();
    run(workspace::npm().args(["run", "--silent", "build"]))?;
    let after = Bundle::read(&folder)?;
    before.give_times_to(&after).with_context(|| format!("setting times in {}", folder.display()))
}

/// Everything in a folder: files with what is in them, folders with nothing, and when each was changed.
#[derive(Default)]
struct Bundle(BTreeMap<PathBuf, (SystemTime, Option<Vec<u8>>)>);

impl Bundle {
    fn read(folder: &Path) -> Result<Bundle> {
        let mut found = Bundle::default();
        found.add(folder)?;
        Ok(found)
    }

    fn add(&mut self, path: &Path) -> Result<()> {
        let about = fs::metadata(path)?;
        let inside = if about.is_dir() { None } else { Some(fs::read(path)?) };
        self.0.insert(path.to_path_buf(), (about.modified()?, inside));
        if about.is_dir() {
            for entry in fs::read_dir(path)? {
                self.add(&entry?.path())?;
            }
        }
        Ok(())
    }

    /// Files that are the same are as old as they were; folders, if all in the bundle is the same.
    fn give_times_to(&self, after: &Bundle) -> Result<()> {
        let is_same = self.0.len() == after.0.len()
            && after
                .0
                .iter()
                .all(|(path, (_, inside))| self.0.get(path).is_some_and(|(_, was)| was == inside));
        for (path, (_, inside)) in &after.0 {
            let Some((modified, was)) = self.0.get(path) else { continue };
            if was == inside && (inside.is_some() || is_same) {
                File::open(path)?.set_modified(*modified)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_change_keeps_its_time() -> Result<()> {
        let folder = std::env::temp_dir().join(format!("deskside-ui-times-{}", std::process::id()));
        let inside = folder.join("assets");
        fs::create_dir_all(&inside)?;
        let (same, other) = (inside.join("same.js"), folder.join("other.html"));
        let write = |words: &str| fs::write(&same, "same").and_then(|()| fs::write(&other, words));
        write("one")?;
        let long_ago = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000);
        for path in [&folder, &inside, &same, &other] {
            File::open(path)?.set_modified(long_ago)?;
        }
        let time = |path: &Path| fs::metadata(path).and_then(|about| about.modified());

        let before = Bundle::read(&folder)?;
        write("two")?;
        File::open(&folder)?.set_modified(SystemTime::now())?;
        before.give_times_to(&Bundle::read(&folder)?)?;
        assert_eq!(time(&same)?, long_ago);
        assert!(time(&other)? > long_ago && time(&folder)? > long_ago);

        write("one")?;
        before.give_times_to(&Bundle::read(&folder)?)?;
        for path in [&folder, &inside, &same, &other] {
            assert_eq!(time(path)?, long_ago, "{}", path.display());
        }
        fs::remove_dir_all(&folder)?;
        Ok(())
    }
}
