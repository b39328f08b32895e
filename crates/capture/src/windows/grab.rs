//! Pixels of one display: duplicated by the graphics driver, or copied from the screen.
//!
//! Duplication tells when nothing changed and costs little; it is refused in remote sessions and for displays that are
//! turned, and taken away when the machine is locked or asks for an administrator. Copying works wherever there is a
//! desktop, and then tiles find out what changed.

use std::ffi::c_void;
#[cfg(feature = "scrap")]
use std::time::{Duration, Instant};

use deskside_frame::Bgra;
use windows::Win32::Graphics::Gdi::{
    BI_RGB, BITMAPINFO, BITMAPINFOHEADER, BitBlt, CAPTUREBLT, CreateCompatibleDC, CreateDIBSection,
    DIB_RGB_COLORS, DeleteDC, DeleteObject, GdiFlush, GetDC, HBITMAP, HDC, HGDIOBJ, ReleaseDC, SRCCOPY,
    SelectObject,
};

#[cfg(feature = "scrap")]
use super::duplication::{Duplication, Refused};
use crate::polled::Looked;
use crate::{Area, CaptureError, Display};

/// A display that was taken away is asked for again this often.
#[cfg(feature = "scrap")]
const AGAIN: Duration = Duration::from_millis(500);

/// One display.
pub struct Grab {
    area: Area,
    #[cfg(feature = "scrap")]
    name: String,
    way: Way,
}

enum Way {
    #[cfg(feature = "scrap")]
    Duplicated(Duplication),
    /// It was taken away, at that time.
    #[cfg(feature = "scrap")]
    Lost(Instant),
    Copied(Copied),
}

impl Grab {
    /// Prepares to look at it.
    pub fn open(display: &Display) -> Result<Grab, CaptureError> {
        let area = display.area;
        #[cfg(feature = "scrap")]
        {
            let name = display.name.clone();
            match Duplication::open(&name, area) {
                Ok(duplication) => return Ok(Grab { area, name, way: Way::Duplicated(duplication) }),
                Err(Refused::ForNow) => return Ok(Grab { area, name, way: Way::Lost(Instant::now()) }),
                Err(Refused::Here) => tracing::warn!(%name, "the display is copied: it can't be duplicated"),
            }
        }
        Ok(Grab {
            area,
            #[cfg(feature = "scrap")]
            name: display.name.clone(),
            way: Way::Copied(Copied::open(area)?),
        })
    }

    /// Where it lies.
    pub fn area(&self) -> Area {
        self.area
    }

    /// Shows its picture if it may be another.
    pub fn look(&mut self, show: &mut dyn FnMut(&Bgra<'_>)) -> Result<Looked, CaptureError> {
        match &mut self.way {
            Way::Copied(copied) => copied.look(show),
            #[cfg(feature = "scrap")]
            Way::Duplicated(duplication) => {
                let looked = duplication.look(show);
                if looked == Looked::Lost {
                    self.way = Way::Lost(Instant::now());
                }
                Ok(looked)
            }
            #[cfg(feature = "scrap")]
            Way::Lost(since) if since.elapsed() < AGAIN => Ok(Looked::Lost),
            #[cfg(feature = "scrap")]
            Way::Lost(_) => {
                self.way = match Duplication::open(&self.name, self.area) {
                    Ok(duplication) => Way::Duplicated(duplication),
                    Err(Refused::ForNow) => Way::Lost(Instant::now()),
                    Err(Refused::Here) => Way::Copied(Copied::open(self.area)?),
                };
                Ok(Looked::Lost)
            }
        }
    }
}

/// A copy of a part of the screen, made by the system's drawing.
struct Copied {
    area: Area,
    screen: HDC,
    memory: HDC,
    bitmap: HBITMAP,
    before: HGDIOBJ,
    pixels: *const u8,
}

impl Copied {
    fn open(area: Area) -> Result<Copied, CaptureError> {
        let failed = || CaptureError::Memory(std::io::Error::last_os_error());
        let header = BITMAPINFOHEADER {
            biSize: size_of::<BITMAPINFOHEADER>() as u32,
            biWidth: area.width.cast_signed(),
            // Downwards, as screens are read.
            biHeight: -area.height.cast_signed(),
            biPlanes: 1,
            biBitCount: 32,
            biCompression: BI_RGB.0,
            ..BITMAPINFOHEADER::default()
        };
        let info = BITMAPINFO { bmiHeader: header, ..BITMAPINFO::default() };
        let mut pixels: *mut c_void = std::ptr::null_mut();
        // SAFETY: everything is given back in `drop`, or here when a later step fails; the bitmap's memory lives as
        // long as the bitmap.
        unsafe {
            let screen = GetDC(None);
            let memory = CreateCompatibleDC(Some(screen));
            match CreateDIBSection(Some(memory), &info, DIB_RGB_COLORS, &raw mut pixels, None, 0) {
                Ok(bitmap) if !pixels.is_null() => {
                    let before = SelectObject(memory, bitmap.into());
                    Ok(Copied { area, screen, memory, bitmap, before, pixels: pixels.cast() })
                }
                _ => {
                    let error = failed();
                    let _ = DeleteDC(memory);
                    ReleaseDC(None, screen);
                    Err(error)
                }
            }
        }
    }

    fn look(&mut self, show: &mut dyn FnMut(&Bgra<'_>)) -> Result<Looked, CaptureError> {
        let Area { x, y, width, height } = self.area;
        let (w, h) = (width.cast_signed(), height.cast_signed());
        // SAFETY: both contexts are open. Windows that are drawn above others are copied as well.
        let copied = unsafe {
            let copied = BitBlt(self.memory, 0, 0, w, h, Some(self.screen), x, y, SRCCOPY | CAPTUREBLT);
            // The system may still be drawing into the memory that is read next.
            let _ = GdiFlush();
            copied
        };
        if copied.is_err() {
            return Ok(Looked::Lost);
        }
        let length = width as usize * height as usize * 4;
        // SAFETY: 32 bits a pixel need no padding, and nothing draws there before the next call.
        let pixels = unsafe { std::slice::from_raw_parts(self.pixels, length) };
        let picture = Bgra::new(pixels, width as usize * 4, width, height)
            .map_err(|error| CaptureError::Gone(error.to_string()))?;
        show(&picture);
        Ok(Looked::New)
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        // SAFETY: each was made in `open` and is given back once, the bitmap after it was let go.
        unsafe {
            SelectObject(self.memory, self.before);
            let _ = DeleteObject(self.bitmap.into());
            let _ = DeleteDC(self.memory);
            ReleaseDC(None, self.screen);
        }
    }
}
