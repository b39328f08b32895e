//! scrap's display streams, guarded from outside. The only place on macOS that speaks with scrap.
//!
//! | its defect | the guard |
//! |---|---|
//! | its common part hides the pointer and the display's number | its own module for macOS is used |
//! | rows are padded, and it does not say how | they end at multiples of 64 bytes, and the sum has to fit |
//! | pictures come on a thread of the system | the newest waits in a lock, never two |

use std::sync::{Arc, Mutex, PoisonError};

use deskside_frame::Bgra;
use scrap::quartz::{Capturer, Config, Display as Online, Frame, PixelFormat};

use crate::polled::Looked;
use crate::{Area, Display};

/// To how many bytes rows are padded.
const ROW: usize = 64;

/// A display whose pictures come by themselves when it changes.
pub struct Stream {
    area: Area,
    newest: Arc<Mutex<Option<Frame>>>,
    _capturer: Capturer,
}

impl Stream {
    /// Begins; `None` when the display is not there, or can't be streamed now.
    pub fn open(display: &Display, with_pointer: bool) -> Option<Stream> {
        let online =
            Online::online().ok()?.into_iter().find(|online| online.id().to_string() == display.name)?;
        let newest = Arc::new(Mutex::new(None));
        let comes = newest.clone();
        let config = Config { cursor: with_pointer, ..Config::default() };
        let Area { width, height, .. } = display.area;
        let (width, height) = (width as usize, height as usize);
        let take = move |frame| *comes.lock().unwrap_or_else(PoisonError::into_inner) = Some(frame);
        let capturer = Capturer::new(online, width, height, PixelFormat::Argb8888, config, take).ok()?;
        Some(Stream { area: display.area, newest, _capturer: capturer })
    }

    /// Where it lies.
    pub fn area(&self) -> Area {
        self.area
    }

    /// Shows the newest picture, if one came since the last call.
    pub fn look(&self, show: &mut dyn FnMut(&Bgra<'_>)) -> Looked {
        let Some(frame) = self.newest.lock().unwrap_or_else(PoisonError::into_inner).take() else {
            return Looked::Same;
        };
        let Area { width, height, .. } = self.area;
        let stride = (width as usize * 4).next_multiple_of(ROW);
        match frame
            .get(..stride * height as usize)
            .and_then(|pixels| Bgra::new(pixels, stride, width, height).ok())
        {
            Some(picture) => {
                show(&picture);
                Looked::New
            }
            None => Looked::Lost,
        }
    }
}
