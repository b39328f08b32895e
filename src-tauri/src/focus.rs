//! Where the keyboard was before the overlay took it, and giving it back. A window manager does that by itself only
//! when it feels like it; on a call the next key must land where the last one did.

use std::sync::{Mutex, PoisonError};

/// The window that had the keyboard.
#[derive(Default)]
pub struct Focus(Mutex<Option<u32>>);

impl Focus {
    /// Remembers who has the keyboard now, unless that is one of our own windows.
    pub fn remember(&self) {
        let window = system::active().filter(|window| system::owner(*window) != Some(std::process::id()));
        if window.is_some() {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = window;
        }
    }

    /// Gives it back.
    pub fn give_back(&self) {
        if let Some(window) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            system::activate(window);
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
