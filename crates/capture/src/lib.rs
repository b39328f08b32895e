//! Screens, windows, regions, cursor, damage, microphone and loudspeaker of the operating system.
//!
//! A [`Desktop`] lists what there is and opens a [`Source`], which keeps one picture up to date and says what of it
//! changed. Redaction happens here, before any encoder: denied windows, Deskside's own windows and masks are painted
//! over in the picture itself. There is no clock, no pacing and no encoder here; the recorder in `app` has them.
//! Each backend is a file beside the others, `x11.rs` and `wayland.rs` so far; the session that a person signed in to
//! decides between them, and nothing falls back from one to another: an X11 grab of a Wayland session is black.

pub mod bell;
mod deny;
mod error;
pub mod microphone;
#[cfg(target_os = "linux")]
mod place;
mod session;
mod source;
pub mod speaker;
mod target;
#[cfg(all(target_os = "linux", feature = "wayland"))]
pub mod wayland;
#[cfg(target_os = "linux")]
pub mod x11;

pub use deny::{DenyList, Rule};
pub use error::CaptureError;
pub use session::Session;
pub use source::{Desktop, Notice, Shot, Source, Update, View};
pub use target::{Area, Display, Target, Window};

/// Whether the screen of this session can be recorded at all; tells why not, and asks nobody.
pub fn check() -> Result<(), CaptureError> {
    #[cfg(all(target_os = "linux", feature = "wayland"))]
    if Session::here() == Session::Wayland {
        return wayland::offers();
    }
    desktop().map(drop)
}

/// The desktop that this process was started on.
pub fn desktop() -> Result<Box<dyn Desktop>, CaptureError> {
    match Session::here() {
        #[cfg(all(target_os = "linux", feature = "wayland"))]
        Session::Wayland => Ok(Box::new(wayland::WaylandDesktop)),
        #[cfg(not(all(target_os = "linux", feature = "wayland")))]
        Session::Wayland => Err(CaptureError::Wayland),
        #[cfg(target_os = "linux")]
        Session::X11 => Ok(Box::new(x11::X11Desktop::connect(None)?)),
        #[cfg(not(target_os = "linux"))]
        Session::X11 => Err(CaptureError::NoBackend),
        Session::Other => Err(CaptureError::NoBackend),
    }
}
