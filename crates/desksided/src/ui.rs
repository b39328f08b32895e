//! The UI bundle inside this program, so that one file is a whole server. `build.rs` lists its files; built
//! without a bundle there is none, and `--ui` names a folder.

use deskside_server::Ui;

include!(concat!(env!("OUT_DIR"), "/ui.rs"));

/// The bundle this program was built with.
pub fn embedded() -> Ui {
    if FILES.is_empty() { Ui::None } else { Ui::Embedded(file) }
}

fn file(path: &str) -> Option<&'static [u8]> {
    let at = FILES.binary_search_by_key(&path, |(name, _)| name).ok()?;
    Some(FILES[at].1)
}
