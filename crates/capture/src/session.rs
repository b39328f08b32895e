//! Which kind of session a person signed in to, and what that decides before anything is opened.

use std::time::Duration;

/// Opening a screen takes milliseconds; one that takes longer is broken.
const SCREEN: Duration = Duration::from_secs(5);
/// Where the desktop asks first, somebody has to read and choose.
const ASKED: Duration = Duration::from_secs(130);

/// The window system that pictures of the screen have to come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    /// An X server shows the screen.
    X11,
    /// A Wayland compositor shows the screen. An X server beside it shows nothing of what other programs draw.
    Wayland,
    /// The system has one window system only.
    Other,
}

impl Session {
    /// The session of this process.
    pub fn here() -> Session {
        if cfg!(target_os = "linux") { Session::of(|name| std::env::var(name).ok()) } else { Session::Other }
    }

    /// Whether programs are told which windows there are, so that those on the deny-list can be painted over. Where
    /// they are not, whoever demands that must not let such a recording begin.
    pub fn knows_windows(self) -> bool {
        self != Session::Wayland
    }

    /// Whether the desktop itself asks which screen or window is recorded.
    pub fn asks(self) -> bool {
        self == Session::Wayland
    }

    /// How long opening a source may take.
    pub fn patience(self) -> Duration {
        if self.asks() { ASKED } else { SCREEN }
    }

    /// The session that these variables of the environment describe. `DISPLAY` counts for nothing where either of the
    /// others speaks of Wayland: there it names Xwayland, whose picture of the desktop is black.
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Session {
        let said = |name: &str| variable(name).filter(|value| !value.is_empty());
        let kind = said("XDG_SESSION_TYPE");
        if said("WAYLAND_DISPLAY").is_some() || kind.is_some_and(|kind| kind.eq_ignore_ascii_case("wayland"))
        {
            Session::Wayland
        } else {
            Session::X11
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wayland_session_stays_one_whatever_x_server_runs_beside_it() {
        for (session, kind, wayland, display) in [
            (Session::X11, None, None, None),
            (Session::X11, Some("x11"), None, Some(":0")),
            (Session::X11, Some("tty"), Some(""), Some(":99")),
            (Session::Wayland, Some("wayland"), Some("wayland-0"), Some(":0")),
            (Session::Wayland, Some("wayland"), None, Some(":0")),
            (Session::Wayland, None, Some("wayland-1"), Some(":1")),
            (Session::Wayland, Some("tty"), Some("wayland-1"), None),
        ] {
            let of = Session::of(|name| {
                let value = match name {
                    "XDG_SESSION_TYPE" => kind,
                    "WAYLAND_DISPLAY" => wayland,
                    _ => display,
                };
                value.map(str::to_owned)
            });
            assert_eq!(of, session, "{kind:?} {wayland:?} {display:?}");
        }
    }
}
