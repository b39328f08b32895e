//! Wayland: the desktop's portal asks the person, PipeWire brings the pictures.
//!
//! Nobody can be asked what windows there are or where they lie, so nothing is painted over here but masks, and a
//! display or window is chosen in the desktop's own dialog. Coordinates count from the left upper corner of what was
//! chosen. An answer is remembered by a token that the desktop gives out once a time (`token.rs`). Pictures come through
//! shared memory only: graphics memory is not offered, because there each desktop and driver has faults of its own.

mod portal;
mod source;
mod stream;
mod token;

use std::time::Duration;

use crate::{CaptureError, DenyList, Desktop, Display, Notice, Shot, Source, Target, View, Window};
use source::WaylandSource;

pub(crate) use portal::offers;

/// The desktop behind a Wayland compositor.
pub struct WaylandDesktop;

impl Desktop for WaylandDesktop {
    /// One, that stands for whatever is chosen in the desktop's dialog. Its size is not known before.
    fn displays(&self) -> Result<Vec<Display>, CaptureError> {
        Ok(vec![Display {
            number: 1,
            name: "chosen in the desktop's dialog".to_owned(),
            area: crate::Area::default(),
            primary: true,
        }])
    }

    /// None: no program is told.
    fn windows(&self) -> Result<Vec<Window>, CaptureError> {
        Ok(Vec::new())
    }

    fn window_at_pointer(&self) -> Result<Option<Window>, CaptureError> {
        Ok(None)
    }

    fn active_window(&self) -> Result<Option<Window>, CaptureError> {
        Ok(None)
    }

    fn idle(&self) -> Option<Duration> {
        None
    }

    fn whole(&self) -> Result<Target, CaptureError> {
        Ok(Target::Display(1))
    }

    /// The first picture of what is chosen, as a recording would show it.
    fn shot(&self, target: Target, deny: &DenyList) -> Result<Shot, CaptureError> {
        let view = View::still(target, deny);
        WaylandSource::open(&view)?.shot()
    }

    fn forget_choice(&self) {
        token::forget();
    }

    fn open(&self, view: &View) -> Result<Box<dyn Source>, CaptureError> {
        Ok(Box::new(WaylandSource::open(view)?))
    }
}

/// What a person should know before a recording begins here.
fn notices(pointer: bool) -> Vec<Notice> {
    let mut notices = vec![Notice::WindowsUnknown];
    if !pointer {
        notices.push(Notice::NoPointer);
    }
    notices
}
