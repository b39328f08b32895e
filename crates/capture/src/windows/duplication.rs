//! scrap's desktop duplication, guarded from outside. The only place on Windows that speaks with scrap.
//!
//! | its defect | the guard |
//! |---|---|
//! | its common part waits for nothing and hides names and turning | its own module for Windows is used |
//! | a turned display is turned in its picture | such a display is copied instead |
//! | rows are padded, and it does not say how | the padding is counted anew for each picture |
//! | it fails for good when the machine is locked, asks for an administrator or changes its size | told apart from being refused; asked again later |
//! | it belongs to one thread | so does every source |

use std::io;

use deskside_frame::Bgra;
use scrap::dxgi::{Capturer, Displays};

use crate::Area;
use crate::polled::Looked;

/// The number that the system gives an upright display; nothing known is upright as well.
const UPRIGHT: [u32; 2] = [0, 1];

/// A display that the driver copies.
pub struct Duplication {
    capturer: Capturer,
    area: Area,
}

/// Why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It may be had later.
    ForNow,
    /// This display or this session has none.
    Here,
}

impl Duplication {
    /// Duplicates the display of that name, as the system calls it.
    pub fn open(name: &str, area: Area) -> Result<Duplication, Refused> {
        let mut displays = Displays::new().map_err(|error| refused(&error))?;
        let found = displays.find(|display| String::from_utf16_lossy(display.name()) == name);
        let display = found.ok_or(Refused::ForNow)?;
        let size = (display.width().cast_unsigned(), display.height().cast_unsigned());
        if size != (area.width, area.height) {
            return Err(Refused::ForNow);
        }
        if !UPRIGHT.contains(&(display.rotation().0)) {
            return Err(Refused::Here);
        }
        let capturer = Capturer::new(&display).map_err(|error| refused(&error))?;
        Ok(Duplication { capturer, area })
    }

    /// Shows the display's picture if it is another. `Lost` is final.
    pub fn look(&mut self, show: &mut dyn FnMut(&Bgra<'_>)) -> Looked {
        let Area { width, height, .. } = self.area;
        match self.capturer.frame(0) {
            Ok(pixels) => {
                let stride = pixels.len() / height.max(1) as usize;
                match Bgra::new(pixels, stride, width, height) {
                    Ok(picture) => {
                        show(&picture);
                        Looked::New
                    }
                    Err(_) => Looked::Lost,
                }
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) => {
                Looked::Same
            }
            Err(_) => Looked::Lost,
        }
    }
}

fn refused(error: &io::Error) -> Refused {
    match error.kind() {
        // No driver, a remote session, or one that keeps it to itself.
        io::ErrorKind::ConnectionRefused | io::ErrorKind::Other => Refused::Here,
        _ => Refused::ForNow,
    }
}
