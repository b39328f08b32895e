//! Where the keyboard was before the overlay took it, and giving it back. A window manager does that by itself only
//! when it feels like it; on a call the next key must land where the last one did.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use tauri::{AppHandle, Manager as _};

use crate::windows;

/// Who had the keyboard, and whether somebody asks.
#[derive(Default)]
pub struct Focus {
    before: Mutex<Option<Before>>,
    asking: AtomicBool,
}

#[derive(Clone, Copy)]
enum Before {
    /// Deskside's main window.
    Main,
    /// A window of another program.
    Other(u32),
}

impl Focus {
    /// Remembers who has the keyboard now. A small window of our own (the recorder's bar, a ring) only has it for a
    /// moment: whoever was there before them counts.
    pub fn remember(&self, app: &AppHandle) {
        let main = app.get_webview_window(windows::MAIN);
        let before = if main.is_some_and(|main| main.is_focused().unwrap_or(false)) {
            Some(Before::Main)
        } else {
            let other = system::active().filter(|window| system::owner(*window) != Some(std::process::id()));
            other.map(Before::Other)
        };
        if before.is_some() {
            *self.before.lock().unwrap_or_else(PoisonError::into_inner) = before;
        }
    }

    /// Whether one of our windows has it.
    pub fn is_ours(&self) -> bool {
        system::active().is_some_and(|window| system::owner(window) == Some(std::process::id()))
    }

    /// Whether the overlay was last shown for a question, not for an answer.
    pub fn is_asking(&self) -> bool {
        self.asking.load(Ordering::Relaxed)
    }

    /// What the overlay is shown for.
    pub fn set_asking(&self, asking: bool) {
        self.asking.store(asking, Ordering::Relaxed);
    }

    /// Gives it back, once: who has gone elsewhere since is left there.
    pub fn give_back(&self, app: &AppHandle) {
        let before = self.before.lock().unwrap_or_else(PoisonError::into_inner).take();
        match before {
            Some(Before::Other(window)) => system::activate(window),
            Some(Before::Main) => {
                if let Some(main) = app.get_webview_window(windows::MAIN) {
                    let _ = main.set_focus();
                }
            }
            None => {}
        }
    }
}

#[cfg(target_os = "linux")]
mod system {
    use x11rb::{
        connection::Connection as _,
        protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, InputFocus, Window},
        rust_connection::RustConnection,
    };

    fn connect() -> Option<(RustConnection, Window)> {
        let (connection, screen) = x11rb::connect(None).ok()?;
        let root = connection.setup().roots.get(screen)?.root;
        Some((connection, root))
    }

    fn atom(connection: &RustConnection, name: &str) -> Option<u32> {
        Some(connection.intern_atom(false, name.as_bytes()).ok()?.reply().ok()?.atom)
    }

    fn number(connection: &RustConnection, window: Window, name: &str, kind: AtomEnum) -> Option<u32> {
        let property = atom(connection, name)?;
        let reply = connection.get_property(false, window, property, kind, 0, 1).ok()?.reply().ok()?;
        reply.value32()?.next()
    }

    /// The window that the window manager calls active, or that has the keyboard where there is no manager.
    pub fn active() -> Option<u32> {
        let (connection, root) = connect()?;
        let named = number(&connection, root, "_NET_ACTIVE_WINDOW", AtomEnum::WINDOW);
        named.filter(|window| *window != 0).or_else(|| {
            let focus = connection.get_input_focus().ok()?.reply().ok()?.focus;
            (focus > 1).then_some(focus)
        })
    }

    /// The process that made the window.
    pub fn owner(window: u32) -> Option<u32> {
        let (connection, _) = connect()?;
        number(&connection, window, "_NET_WM_PID", AtomEnum::CARDINAL)
    }

    /// Asks the window manager, as a pager does (source 2), and the X server where there is no manager.
    pub fn activate(window: u32) {
        let Some((connection, root)) = connect() else { return };
        let managed = number(&connection, root, "_NET_SUPPORTING_WM_CHECK", AtomEnum::WINDOW).is_some();
        let done = || -> Option<()> {
            if managed {
                let kind = atom(&connection, "_NET_ACTIVE_WINDOW")?;
                let event = ClientMessageEvent::new(32, window, kind, [2, x11rb::CURRENT_TIME, 0, 0, 0]);
                let mask = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
                connection.send_event(false, root, mask, event).ok()?.check().ok()
            } else {
                let focus = connection.set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME);
                focus.ok()?.check().ok()
            }
        };
        if done().is_none() {
            tracing::debug!(window, "the keyboard could not be given back");
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    //! Windows and macOS give the keyboard back by themselves when a window hides.

    pub fn active() -> Option<u32> {
        None
    }

    pub fn owner(_window: u32) -> Option<u32> {
        None
    }

    pub fn activate(_window: u32) {}
}
