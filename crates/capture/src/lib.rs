//! Screens, windows, regions, cursor, damage and microphone of the operating system.
//!
//! A [`Desktop`] lists what there is and opens a [`Source`], which keeps one picture up to date and says what of it
//! changed. Redaction happens here, before any encoder: denied windows, Deskside's own windows and masks are painted
//! over in the picture itself. There is no clock, no pacing and no encoder here; the recorder in `app` has them.
//! X11 is the one backend so far; each further one is a file beside `x11.rs`.

pub mod bell;
mod deny;
mod error;
pub mod microphone;
mod source;
pub mod speaker;
mod target;
#[cfg(target_os = "linux")]
pub mod x11;

pub use deny::{DenyList, Rule};
pub use error::CaptureError;
pub use source::{Desktop, Notice, Shot, Source, Update, View};
pub use target::{Area, Display, Target, Window};

/// The desktop that this process was started on.
pub fn desktop() -> Result<Box<dyn Desktop>, CaptureError> {
    #[cfg(target_os = "linux")]
    {
        if std::env::var_os("DISPLAY").is_none() && std::env::var_os("WAYLAND_DISPLAY").is_some() {
            return Err(CaptureError::Wayland);
        }
        Ok(Box::new(x11::X11Desktop::connect(None)?))
    }
    #[cfg(not(target_os = "linux"))]
    Err(CaptureError::NoBackend)
}
