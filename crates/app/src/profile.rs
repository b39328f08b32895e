//! Where a profile is when nobody says: the system's place for an app's data.

use std::{env, path::PathBuf};

/// The default profile's folder; below the current folder when the system names no home.
pub fn default_folder() -> PathBuf {
    let home = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if cfg!(target_os = "windows") {
        home("LOCALAPPDATA").unwrap_or_default().join("Deskside")
    } else if cfg!(target_os = "macos") {
        home("HOME").unwrap_or_default().join("Library/Application Support/Deskside")
    } else {
        let data = home("XDG_DATA_HOME").filter(|path| path.is_absolute());
        data.unwrap_or_else(|| home("HOME").unwrap_or_default().join(".local/share")).join("deskside")
    }
}
