//! The nightly backup: a whole data directory per night, a week of them.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const DAY: u64 = 86_400;
/// Seconds after midnight UTC.
const AT: u64 = 2 * 3_600 + 30 * 60;
const KEEP: usize = 7;

/// Backs `data` up into `to` every night.
pub async fn run(data: PathBuf, to: PathBuf) {
    loop {
        // Short naps: a machine that slept through the night makes its backup when it wakes.
        tokio::time::sleep(Duration::from_secs(60)).await;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        if now % DAY < AT {
            continue;
        }
        let folder = to.join(format!("day-{}", now / DAY));
        if folder.exists() {
            continue;
        }
        let (data, to) = (data.clone(), to.clone());
        let done = tokio::task::spawn_blocking(move || {
            make_private(&to)?;
            deskside_local::backup(&data, &folder)?;
            forget_old(&to)
        });
        match done.await {
            Ok(Ok(())) => tracing::info!("the nightly backup is made"),
            Ok(Err(error)) => {
                tracing::error!(error = format!("{error:#}"), "the nightly backup failed");
                tokio::time::sleep(Duration::from_secs(3_600)).await;
            }
            Err(error) => tracing::error!(%error, "the nightly backup broke"),
        }
    }
}

fn make_private(folder: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    Ok(fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?)
}

/// Removes all but the newest.
fn forget_old(to: &Path) -> anyhow::Result<()> {
    let mut backups = Vec::new();
    for entry in fs::read_dir(to)? {
        let entry = entry?;
        let name = entry.file_name();
        let day = name.to_str().and_then(|name| name.strip_prefix("day-")?.parse::<u64>().ok());
        backups.extend(day.map(|day| (day, entry.path())));
    }
    backups.sort();
    let old = backups.len().saturating_sub(KEEP);
    for (_, path) in &backups[..old] {
        fs::remove_dir_all(path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_is_kept_and_nothing_else_is_touched() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["day-9", "day-10", "day-11", "day-12", "day-13", "day-14", "day-15", "day-16", "mine"] {
            fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        forget_old(folder.path()).expect("forgets");
        let mut left: Vec<_> = fs::read_dir(folder.path())
            .expect("reads")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        left.sort();
        assert_eq!(
            left,
            ["day-10", "day-11", "day-12", "day-13", "day-14", "day-15", "day-16", "mine"],
            "day 9 is the oldest, not the last in the alphabet"
        );
    }
}
