//! Pixels of a part of the desktop: through scrap, or over the connection where shared memory is not to be had.

#[cfg(feature = "scrap")]
mod segment;
#[cfg(feature = "scrap")]
mod through_scrap;

use deskside_frame::Bgra;
use x11rb::errors::ReplyError;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat};

use super::link::{Link, gone, lost};
use crate::{Area, CaptureError};

/// One way to get the pixels of one area. A new one is made when the area changes.
pub struct Grabber {
    area: Area,
    way: Way,
}

enum Way {
    #[cfg(feature = "scrap")]
    Scrap(through_scrap::ThroughScrap),
    Connection(Vec<u8>),
}

impl Grabber {
    /// Prepares to grab `area`, which must lie wholly on the desktop.
    pub fn open(link: &Link, area: Area) -> Result<Grabber, CaptureError> {
        #[cfg(feature = "scrap")]
        if link.has_shared_memory() {
            match through_scrap::ThroughScrap::open(link.display.as_deref(), link.root(), area) {
                Ok(scrap) => return Ok(Grabber { area, way: Way::Scrap(scrap) }),
                Err(error) => tracing::warn!(%error, "no shared memory with the X server"),
            }
        }
        // Also finds out now, and not later, whether the server can be grabbed at all.
        link.sync()?;
        Ok(Grabber { area, way: Way::Connection(Vec::new()) })
    }

    /// The area it grabs.
    pub fn area(&self) -> Area {
        self.area
    }

    /// Whether pixels come through shared memory.
    pub fn is_shared(&self) -> bool {
        !matches!(self.way, Way::Connection(_))
    }

    /// Takes the pixels as they are now; [`Grabber::last`] gives them. After a resize they are worthless, with no
    /// error to say so; the caller hears of resizes by other means and then makes a new grabber.
    pub fn grab(&mut self, link: &Link) -> Result<(), CaptureError> {
        match &mut self.way {
            #[cfg(feature = "scrap")]
            Way::Scrap(scrap) => scrap.grab(),
            Way::Connection(pixels) => {
                let Area { x, y, width, height } = self.area;
                let (w, h) = (width as u16, height as u16);
                let request =
                    link.x.get_image(ImageFormat::Z_PIXMAP, link.root(), x as i16, y as i16, w, h, !0);
                match gone(request)?.reply() {
                    Ok(image) => *pixels = image.data,
                    // The desktop shrank since; what was there last is as good as anything.
                    Err(ReplyError::X11Error(_)) => pixels.resize(width as usize * height as usize * 4, 0),
                    Err(error) => return Err(lost(error)),
                }
            }
        }
        Ok(())
    }

    /// The pixels of the last grab.
    pub fn last(&self) -> Result<Bgra<'_>, CaptureError> {
        let pixels: &[u8] = match &self.way {
            #[cfg(feature = "scrap")]
            Way::Scrap(scrap) => scrap.last(),
            Way::Connection(pixels) => pixels,
        };
        let Area { width, height, .. } = self.area;
        Bgra::new(pixels, width as usize * 4, width, height)
            .map_err(|error| CaptureError::Gone(error.to_string()))
    }
}
