//! Keys that work everywhere: one opens the overlay, another opens it with a screenshot. One that another program has
//! is noticed, and the next free one proposed; either can be changed and switched off.

use std::sync::{Mutex, PoisonError};

use deskside_app::{
    Session,
    hotkeys::{Does, Giver, are_same},
};
use serde::Serialize;
use tauri::{AppHandle, Manager as _, plugin::TauriPlugin};
use tauri_plugin_global_shortcut::{GlobalShortcutExt as _, Shortcut, ShortcutState};

use crate::{commands, shell, windows};

/// Which keys are held now.
#[derive(Default)]
pub struct Held(Mutex<[Option<Shortcut>; Does::ALL.len()]>, Turn);

/// Had by whoever takes, frees or looks for keys: to look for one is to hold it for a moment.
type Turn = Mutex<()>;

/// A key as the settings show it.
#[derive(Serialize)]
pub struct Hotkey {
    does: Does,
    /// `None`: switched off.
    keys: Option<String>,
    standard: &'static str,
    /// It is wanted, and another program has it.
    taken: bool,
    proposal: Option<&'static str>,
}

/// What became of a wish for other keys.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// They are held from now on, also after a restart.
    Held,
    /// Another program has them; the old ones stay.
    Taken,
    /// Deskside itself has them, for something else.
    Ours,
    /// No keys that can be held.
    Unfit,
}

/// The plugin with our handler.
pub fn plugin() -> TauriPlugin<tauri::Wry> {
    tauri_plugin_global_shortcut::Builder::new()
        .with_handler(|app, shortcut, event| {
            if event.state != ShortcutState::Pressed {
                return;
            }
            let held = *app.state::<Held>().0.lock().unwrap_or_else(PoisonError::into_inner);
            let app = app.clone();
            let does = if held[Does::Shot as usize] == Some(*shortcut) { Does::Shot } else { Does::Ask };
            tauri::async_runtime::spawn(async move { press(&app, does).await });
        })
        .build()
}

/// What the key does.
pub async fn press(app: &AppHandle, does: Does) {
    match does {
        Does::Ask => windows::toggle_overlay(app).await,
        Does::Shot => commands::ask_with_shot(app).await,
    }
}

/// Asks the desktop for keys where it gives them out itself, and obeys them from then on.
pub fn ask_desktop(app: &AppHandle) {
    #[cfg(target_os = "linux")]
    if Giver::of(Session::here()) == Giver::Desktop {
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            let settings = shell::app(&app).settings.get();
            let wanted: Vec<_> = Does::ALL
                .into_iter()
                .filter_map(|does| Some((does, settings.keys(does)?.to_owned())))
                .collect();
            if wanted.is_empty() {
                return;
            }
            let pressed = |does| {
                let app = app.clone();
                tauri::async_runtime::spawn(async move { press(&app, does).await });
            };
            let why = deskside_app::hotkeys::desktop::hold(&wanted, pressed).await;
            tracing::warn!("{why}");
        });
    }
}

/// Takes the keys that the settings name, as far as they are free.
pub fn take(app: &AppHandle) {
    if Giver::of(Session::here()) == Giver::Desktop {
        return;
    }
    let held = app.state::<Held>();
    let _turn = held.1.lock().unwrap_or_else(PoisonError::into_inner);
    let settings = shell::app(app).settings.get();
    for does in Does::ALL {
        if let Some(keys) = settings.keys(does)
            && !keys.parse().is_ok_and(|shortcut| hold(app, does, Some(shortcut)))
        {
            tracing::warn!(keys, "another program has these keys");
        }
    }
}

/// Lets go of all keys, so that a page can hear them pressed.
pub fn rest(app: &AppHandle) {
    let held = app.state::<Held>();
    let _turn = held.1.lock().unwrap_or_else(PoisonError::into_inner);
    for does in Does::ALL {
        hold(app, does, None);
    }
}

/// Takes other keys for something and remembers them; `None` switches it off.
pub fn change(app: &AppHandle, does: Does, keys: Option<String>) -> Outcome {
    let held = app.state::<Held>();
    let _turn = held.1.lock().unwrap_or_else(PoisonError::into_inner);
    let settings = &shell::app(app).settings;
    if let Some(keys) = &keys {
        let Ok(shortcut) = keys.parse() else { return Outcome::Unfit };
        let values = settings.get();
        let other = Does::ALL.into_iter().find(|other| *other != does).and_then(|other| values.keys(other));
        if other.is_some_and(|other| are_same(other, keys)) {
            return Outcome::Ours;
        }
        if !hold(app, does, Some(shortcut)) {
            return Outcome::Taken;
        }
    } else {
        hold(app, does, None);
    }
    settings.change(|values| values.choose(does, keys));
    Outcome::Held
}

/// All keys: whether they are another program's, and which would be free.
pub fn look(app: &AppHandle) -> Vec<Hotkey> {
    let all = app.state::<Held>();
    let _turn = all.1.lock().unwrap_or_else(PoisonError::into_inner);
    let settings = shell::app(app).settings.get();
    let look = |does: Does| {
        let keys = settings.keys(does).map(str::to_owned);
        let held = app.state::<Held>().0.lock().unwrap_or_else(PoisonError::into_inner)[does as usize];
        let taken = keys.is_some() && held.is_none();
        let other = Does::ALL.into_iter().find(|other| *other != does).and_then(|other| settings.keys(other));
        let proposal = taken.then(|| does.proposal(other, |keys| is_free(app, keys))).flatten();
        Hotkey { does, keys, standard: does.standard(), taken, proposal }
    };
    Does::ALL.map(look).into()
}

/// The first free keys for something, when those that were wished for are not.
pub fn propose(app: &AppHandle, does: Does) -> Option<&'static str> {
    let held = app.state::<Held>();
    let _turn = held.1.lock().unwrap_or_else(PoisonError::into_inner);
    let settings = shell::app(app).settings.get();
    let other = Does::ALL.into_iter().find(|other| *other != does).and_then(|other| settings.keys(other));
    let own = settings.keys(does).unwrap_or_default();
    does.proposal(other, |keys| !are_same(keys, own) && is_free(app, keys))
}

/// Whether nobody has these keys, found out by taking them for a moment.
fn is_free(app: &AppHandle, keys: &str) -> bool {
    let all = app.global_shortcut();
    let free = all.register(keys).is_ok();
    if free {
        let _ = all.unregister(keys);
    }
    free
}

/// Holds these keys for something in place of those before; false, and nothing is changed, if they can't be had.
fn hold(app: &AppHandle, does: Does, shortcut: Option<Shortcut>) -> bool {
    let held = app.state::<Held>();
    let before = held.0.lock().unwrap_or_else(PoisonError::into_inner)[does as usize];
    if before == shortcut {
        return true;
    }
    if let Some(shortcut) = shortcut
        && let Err(error) = app.global_shortcut().register(shortcut)
    {
        tracing::debug!(%error, %shortcut, "not registered");
        return false;
    }
    if let Some(before) = before {
        let _ = app.global_shortcut().unregister(before);
    }
    held.0.lock().unwrap_or_else(PoisonError::into_inner)[does as usize] = shortcut;
    true
}
