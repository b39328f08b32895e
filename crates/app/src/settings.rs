//! What this machine remembers for a person: hotkeys, the last choices. A JSON file in the profile; a damaged one is
//! replaced by the defaults, because nothing in it is worth refusing to start for.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use deskside_protocol::{id::DeskId, values::Urgency};
use serde::{Deserialize, Serialize};

use crate::{area::Area, hotkeys::Does};

/// The remembered values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Values {
    /// Opens the ask overlay; `None`: switched off.
    pub hotkey: Option<String>,
    /// Opens it with a screenshot; `None`: switched off.
    pub shot_hotkey: Option<String>,
    /// What was recorded last.
    pub last_area: Option<Area>,
    /// The desk asked last.
    pub last_desk: Option<DeskId>,
    /// The urgency asked with last.
    pub last_urgency: Option<Urgency>,
    /// Whether the first run is through.
    pub welcomed: bool,
}

impl Default for Values {
    fn default() -> Self {
        Self {
            hotkey: Some(Does::Ask.standard().to_owned()),
            shot_hotkey: Some(Does::Shot.standard().to_owned()),
            last_area: None,
            last_desk: None,
            last_urgency: None,
            welcomed: false,
        }
    }
}

impl Values {
    /// The keys for something; `None`: switched off.
    pub fn keys(&self, does: Does) -> Option<&str> {
        match does {
            Does::Ask => self.hotkey.as_deref(),
            Does::Shot => self.shot_hotkey.as_deref(),
        }
    }

    /// Chooses other keys for something, or none.
    pub fn choose(&mut self, does: Does, keys: Option<String>) {
        match does {
            Does::Ask => self.hotkey = keys,
            Does::Shot => self.shot_hotkey = keys,
        }
    }
}

/// The file and what it says.
#[derive(Debug)]
pub struct Settings {
    path: PathBuf,
    values: Mutex<Values>,
}

impl Settings {
    /// Reads the profile's settings.
    pub fn open(folder: &Path) -> Self {
        let path = folder.join("settings.json");
        let values =
            fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Self { path, values: Mutex::new(values) }
    }

    /// What it says now.
    pub fn get(&self) -> Values {
        self.values.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes it; on disk when this returns. What can't be written is only forgotten at the next start.
    pub fn change(&self, change: impl FnOnce(&mut Values)) {
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        let before = values.clone();
        change(&mut values);
        if *values == before {
            return;
        }
        let fresh = self.path.with_extension("new");
        let text = serde_json::to_vec_pretty(&*values).unwrap_or_default();
        if let Err(error) = fs::write(&fresh, text).and_then(|()| fs::rename(&fresh, &self.path)) {
            tracing::warn!(%error, "the settings could not be kept");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_remembered_and_damage_is_forgiven() {
        let folder = tempfile::tempdir().expect("a folder");
        let change = |does, keys: Option<&str>| {
            Settings::open(folder.path()).change(|values| values.choose(does, keys.map(str::to_owned)));
        };
        change(Does::Ask, Some("Ctrl+Alt+H"));
        change(Does::Shot, None);
        let values = Settings::open(folder.path()).get();
        assert_eq!(
            (values.keys(Does::Ask), values.keys(Does::Shot)),
            (Some("Ctrl+Alt+H"), None),
            "off stays off"
        );
        fs::write(folder.path().join("settings.json"), "{").expect("damaged");
        assert_eq!(Settings::open(folder.path()).get(), Values::default());
    }
}
