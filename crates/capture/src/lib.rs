//! Screens, windows, regions, cursor, damage, microphone and loudspeaker of the operating system.
//!
//! A [`Desktop`] lists what there is and opens a [`Source`], which keeps one picture up to date and says what of it
//! changed. Redaction happens here, before any encoder: denied windows, Deskside's own windows and masks are painted
//! over in the picture itself. There is no clock, no pacing and no encoder here; the recorder in `app` has them.
//! Each backend is a file beside the others: `x11.rs`, `wayland.rs`, and `windows.rs` and `macos.rs`, which only answer
//! what `polled.rs` asks. The session that a person signed in to
//! decides between them, and nothing falls back from one to another: an X11 grab of a Wayland session is black.

pub mod bell;
mod deny;
mod error;
#[cfg(any(target_os = "linux", windows))]
mod hairline;
#[cfg(target_os = "macos")]
mod macos;
pub mod microphone;
mod over;
mod past;
mod place;
mod pointer;
#[cfg(any(windows, target_os = "macos", test))]
mod polled;
mod rings;
mod session;
mod source;
pub mod speaker;
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "a system that is asked tells no events"))]
mod stack;
mod target;
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "orders and counts are PipeWire's"))]
mod tiles;
#[cfg(all(target_os = "linux", feature = "wayland"))]
pub mod wayland;
#[cfg(windows)]
mod windows;
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
        #[cfg(windows)]
        Session::Other => Ok(Box::new(polled::PolledDesktop::<windows::Windows>::connect()?)),
        #[cfg(target_os = "macos")]
        Session::Other => Ok(Box::new(polled::PolledDesktop::<macos::MacOs>::connect()?)),
        #[allow(unreachable_patterns, reason = "which sessions there are depends on the system")]
        _ => Err(CaptureError::NoBackend),
    }
}
