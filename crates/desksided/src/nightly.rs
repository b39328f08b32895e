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
        let (data, to) = (data.clone(), to.clone());
        match tokio::task::spawn_blocking(move || tonight(now, &data, &to)).await {
            Ok(Ok(None)) => {}
            Ok(Ok(Some(_))) => tracing::info!("the nightly backup is made"),
            Ok(Err(error)) => {
                tracing::error!(error = format!("{error:#}"), "the nightly backup failed");
                tokio::time::sleep(Duration::from_secs(3_600)).await;
            }
            Err(error) => tracing::error!(%error, "the nightly backup broke"),
        }
    }
}

/// Makes the backup of the night of `now`, in seconds since 1970, if it is time for it and it is not there yet, and
/// forgets those that are too old. Answers where it is, if it was made.
fn tonight(now: u64, data: &Path, to: &Path) -> anyhow::Result<Option<PathBuf>> {
    let folder = to.join(format!("day-{}", now / DAY));
    if now % DAY < AT || folder.exists() {
        return Ok(None);
    }
    make_private(to)?;
    deskside_local::backup(data, &folder)?;
    forget_old(to)?;
    Ok(Some(folder))
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
    fn each_night_after_half_past_two_has_one_backup_which_is_sound() {
        let folder = tempfile::tempdir().expect("a folder");
        let (data, to) = (folder.path().join("data"), folder.path().join("backups"));
        // It serves meanwhile.
        let _machine = deskside_local::open(&data).expect("opens");
        let at = |day: u64, hour: u64, minute: u64| {
            tonight(day * DAY + hour * 3_600 + minute * 60, &data, &to).expect("backs up")
        };
        assert_eq!(at(20_000, 2, 29), None, "not yet");
        assert!(!to.exists());
        let made = at(20_000, 2, 30).expect("it is time");
        assert_eq!(made, to.join("day-20000"));
        assert!(deskside_local::verify(&made).expect("can be read").is_empty(), "it is sound");
        assert_eq!(at(20_000, 2, 31), None, "one a night");
        assert_eq!(at(20_000, 23, 59), None);
        assert_eq!(at(20_001, 0, 1), None);
        // A machine that slept until the afternoon.
        assert!(at(20_001, 15, 0).is_some());
        for day in 20_002..20_010 {
            assert!(at(day, 3, 0).is_some(), "{day}");
        }
        assert_eq!(fs::read_dir(&to).expect("reads").count(), KEEP, "a week of them");
        assert!(!made.exists(), "the oldest went");
        let newest = to.join("day-20009");
        deskside_local::restore(&newest, &folder.path().join("again")).expect("can be restored");
        let told = deskside_server::kept().into_iter().find(|line| line.table == "backup").expect("a line");
        assert!(told.how_long.contains("seven nights") && KEEP == 7, "people are told how long");
    }

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
