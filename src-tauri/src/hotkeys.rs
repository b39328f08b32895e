//! Keys that work everywhere: one opens the overlay, another opens it with a screenshot. One that another program has
//! is noticed, and the next free one proposed.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use tauri::{AppHandle, Manager as _, plugin::TauriPlugin};
use tauri_plugin_global_shortcut::{GlobalShortcutExt as _, Shortcut, ShortcutState};

use crate::{commands, shell, windows};

/// Proposed in this order when a key is taken.
const OTHERS: [&str; 5] = ["Ctrl+Alt+Space", "Ctrl+Shift+H", "Ctrl+Alt+H", "Super+Shift+H", "Ctrl+Shift+F12"];

/// Which keys are held, and whether the first one could not be had.
#[derive(Default)]
pub struct Taken {
    ask: AtomicBool,
    held: Mutex<[Option<Shortcut>; 2]>,
}

/// The plugin with our handler.
pub fn plugin() -> TauriPlugin<tauri::Wry> {
    tauri_plugin_global_shortcut::Builder::new()
        .with_handler(|app, shortcut, event| {
            if event.state != ShortcutState::Pressed {
                return;
            }
            let held = *app.state::<Taken>().held.lock().unwrap_or_else(PoisonError::into_inner);
            let app = app.clone();
            if held[1] == Some(*shortcut) {
                tauri::async_runtime::spawn(async move { commands::ask_with_shot(&app).await });
            } else {
                tauri::async_runtime::spawn(async move { windows::toggle_overlay(&app).await });
            }
        })
        .build()
}

/// Takes the keys that the settings name.
pub fn take(app: &AppHandle) {
    let settings = shell::app(app).settings.get();
    for (slot, keys) in [settings.hotkey, settings.shot_hotkey].iter().enumerate() {
        if !hold(app, slot, keys) {
            tracing::warn!(keys, "another program has these keys");
            if slot == 0 {
                app.state::<Taken>().ask.store(true, Ordering::Relaxed);
            }
        }
    }
}

/// Takes other keys for the overlay and remembers them; false if another program has them.
pub fn change(app: &AppHandle, keys: &str) -> bool {
    if !hold(app, 0, keys) {
        return false;
    }
    app.state::<Taken>().ask.store(false, Ordering::Relaxed);
    let keys = keys.to_owned();
    shell::app(app).settings.change(|values| values.hotkey = keys);
    true
}

/// Whether the overlay's keys are another program's, and which would be free.
pub fn look(app: &AppHandle) -> (bool, Option<String>) {
    let taken = app.state::<Taken>().ask.load(Ordering::Relaxed);
    if !taken {
        return (false, None);
    }
    let keys = app.global_shortcut();
    let free = OTHERS.into_iter().find(|candidate| {
        let free = keys.register(*candidate).is_ok();
        if free {
            let _ = keys.unregister(*candidate);
        }
        free
    });
    (true, free.map(str::to_owned))
}

fn hold(app: &AppHandle, slot: usize, keys: &str) -> bool {
    let Ok(shortcut) = keys.parse::<Shortcut>() else { return false };
    let taken = app.state::<Taken>();
    let before = taken.held.lock().unwrap_or_else(PoisonError::into_inner)[slot];
    if before == Some(shortcut) {
        return true;
    }
    if let Err(error) = app.global_shortcut().register(shortcut) {
        tracing::debug!(%error, keys, "not registered");
        return false;
    }
    if let Some(before) = before {
        let _ = app.global_shortcut().unregister(before);
    }
    taken.held.lock().unwrap_or_else(PoisonError::into_inner)[slot] = Some(shortcut);
    true
}
