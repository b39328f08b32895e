//! The desktop's word that what was chosen once may be recorded again without asking.
//!
//! A token is good for one recording, which brings the next. So it is taken away before it is used, and the next one is
//! kept only once that recording has shown something and ended well: a choice that led to nothing is asked anew.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// More than that is no token.
const LONGEST: usize = 4_096;

/// Where the token lies; `None` for somebody without a home.
fn place() -> Option<PathBuf> {
    let of = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = of("XDG_STATE_HOME").or_else(|| Some(of("HOME")?.join(".local/state")))?;
    Some(state.join("deskside/screen-token"))
}

/// The token, which is gone from the disk with this call.
pub fn take() -> Option<String> {
    take_from(&place()?)
}

/// Keeps a token for the next recording. Failing costs one question more, so it is only logged.
pub fn keep(token: &str) {
    let Some(path) = place() else { return };
    if let Err(error) = keep_at(&path, token) {
        tracing::warn!(%error, path = %path.display(), "the desktop will ask again which screen to share");
    }
}

/// Forgets what was chosen: the next recording asks.
pub fn forget() {
    if let Some(path) = place() {
        let _ = fs::remove_file(path);
    }
}

fn take_from(path: &Path) -> Option<String> {
    let token = fs::read_to_string(path).ok()?;
    fs::remove_file(path).ok()?;
    let token = token.trim();
    (!token.is_empty() && token.len() <= LONGEST).then(|| token.to_owned())
}

fn keep_at(path: &Path, token: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let new = path.with_extension("new");
    let _ = fs::remove_file(&new);
    // Nobody else's: with it any of this person's programs could record without a question.
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?.write_all(token.as_bytes())?;
    fs::rename(new, path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_token_is_good_once_and_nobody_elses() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deskside/screen-token");
        assert_eq!(take_from(&path), None);
        keep_at(&path, "one").unwrap();
        keep_at(&path, "two").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(take_from(&path).as_deref(), Some("two"));
        assert_eq!(take_from(&path), None, "it was taken");
        for nothing in ["", " \n", &"x".repeat(LONGEST + 1)] {
            keep_at(&path, nothing).unwrap();
            assert_eq!(take_from(&path), None);
        }
    }
}
