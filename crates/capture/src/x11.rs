//! X11: everything but the pixels through x11rb, the pixels through scrap.
//!
//! scrap's own enumeration reads freed memory, so it is never called; see `grab/through_scrap.rs` for what else is
//! guarded. Each [`X11Desktop`] and each source has a connection of its own, because events that one wants must
//! not wait behind another's pictures.

mod census;
mod clicks;
mod cursor;
mod grab;
mod hairline;
mod link;
mod list;
mod scene;
mod source;
mod test_card;

use std::time::Duration;

use crate::{CaptureError, DenyList, Desktop, Display, Shot, Source, Target, View, Window};
use link::Link;

pub use test_card::{Extensions, TestCard, extensions};

/// The desktop behind an X server.
pub struct X11Desktop {
    link: Link,
}

impl X11Desktop {
    /// Connects to the server of that name, such as `:0`, or to the one that `DISPLAY` names.
    pub fn connect(display: Option<&str>) -> Result<X11Desktop, CaptureError> {
        Ok(X11Desktop { link: Link::connect(display)? })
    }
}

impl Desktop for X11Desktop {
    fn displays(&self) -> Result<Vec<Display>, CaptureError> {
        list::displays(&self.link)
    }

    fn windows(&self) -> Result<Vec<Window>, CaptureError> {
        list::windows(&self.link)
    }

    fn window_at_pointer(&self) -> Result<Option<Window>, CaptureError> {
        list::window_at_pointer(&self.link)
    }

    fn active_window(&self) -> Result<Option<Window>, CaptureError> {
        list::active_window(&self.link)
    }

    fn idle(&self) -> Option<Duration> {
        list::idle(&self.link)
    }

    fn whole(&self) -> Result<Target, CaptureError> {
        let displays = list::displays(&self.link)?;
        let around = displays.iter().map(|display| display.area).reduce(|one, other| one.around(&other));
        around.map(Target::Region).ok_or(CaptureError::Nothing)
    }

    fn shot(&self, target: Target, deny: &DenyList) -> Result<Shot, CaptureError> {
        source::shot(self.link.again()?, target, deny)
    }

    fn open(&self, view: &View) -> Result<Box<dyn Source>, CaptureError> {
        Ok(Box::new(source::X11Source::open(self.link.again()?, view)?))
    }
}
