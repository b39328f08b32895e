//! The pointer: where it is, how it looks, and drawing it.
//!
//! No grab contains it. Its image is fetched when the server says that it changed and kept until then; each look asks
//! only for the position.

use x11rb::protocol::Event;
use x11rb::protocol::xfixes::{ConnectionExt as _, CursorNotifyMask};
use x11rb::protocol::xproto::QueryPointerReply;

use super::link::{Link, gone, lost};
use crate::{Area, CaptureError};

/// The pointer as it was at the last look.
#[derive(Clone, Debug, Default)]
pub struct Cursor {
    image: Option<Image>,
    stale: bool,
    /// Where it points; nowhere when it is on another screen.
    pub pointer: Option<(i32, i32)>,
    /// The place and the image of the last look; compared to see a change.
    pub last: Option<(Area, u32)>,
}

#[derive(Clone, Debug)]
struct Image {
    serial: u32,
    width: u32,
    height: u32,
    hot: (i32, i32),
    /// Blue, green, red and opacity in one number, colours already multiplied by the opacity.
    pixels: Vec<u32>,
}

impl Cursor {
    /// A pointer that is watched from now on.
    pub fn watch(link: &Link) -> Result<Cursor, CaptureError> {
        gone(link.x.xfixes_select_cursor_input(link.root(), CursorNotifyMask::DISPLAY_CURSOR))?;
        Ok(Cursor { image: None, stale: true, pointer: None, last: None })
    }

    /// Hears whether the image changed.
    pub fn hear(&mut self, event: &Event) {
        self.stale |= matches!(event, Event::XfixesCursorNotify(_));
    }

    /// Notes where the pointer is.
    pub fn place(&mut self, at: &QueryPointerReply) {
        self.pointer = at.same_screen.then_some((at.root_x.into(), at.root_y.into()));
    }

    /// Where the image lies now and which one it is; `None` when it shows nothing.
    pub fn look(&mut self, link: &Link) -> Result<Option<(Area, u32)>, CaptureError> {
        if self.stale {
            let image = gone(link.x.xfixes_get_cursor_image())?.reply().map_err(lost)?;
            self.stale = false;
            self.image = Some(Image {
                serial: image.cursor_serial,
                width: image.width.into(),
                height: image.height.into(),
                hot: (image.xhot.into(), image.yhot.into()),
                pixels: image.cursor_image,
            });
        }
        let (Some(image), Some((x, y))) = (&self.image, self.pointer) else { return Ok(None) };
        let area = Area::new(x - image.hot.0, y - image.hot.1, image.width, image.height);
        Ok((!area.is_empty()).then_some((area, image.serial)))
    }

    /// Draws the image into pixels whose first one lies at `corner` of the desktop, as it was at the last look.
    pub fn draw(&self, pixels: &mut [u8], width: u32, corner: (i32, i32), at: &Area) {
        let Some(image) = &self.image else { return };
        let height = pixels.len() / 4 / width.max(1) as usize;
        let patch = Area::new(corner.0, corner.1, width, height as u32);
        let Some(part) = at.intersection(&patch) else { return };
        for y in part.y..part.bottom() {
            for x in part.x..part.right() {
                let from = ((y - at.y) as u32 * image.width + (x - at.x) as u32) as usize;
                let to = ((y - corner.1) as usize * width as usize + (x - corner.0) as usize) * 4;
                let Some(source) = image.pixels.get(from) else { continue };
                blend(&mut pixels[to..to + 4], *source);
            }
        }
    }
}

/// Lays a premultiplied pixel over another.
fn blend(under: &mut [u8], over: u32) {
    let [blue, green, red, opacity] = over.to_le_bytes();
    for (under, over) in under.iter_mut().zip([blue, green, red]) {
        let shines_through = u32::from(*under) * (255 - u32::from(opacity)) / 255;
        *under = (u32::from(over) + shines_through).min(255) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blending_is_opaque_clear_or_in_between() {
        let blended = |over: u32| {
            let mut under = [100, 100, 100, 0];
            blend(&mut under, over);
            [under[0], under[1], under[2]]
        };
        assert_eq!(blended(0xff01_0203), [3, 2, 1]);
        assert_eq!(blended(0), [100, 100, 100]);
        assert_eq!(blended(0x8000_0080), [128 + 49, 49, 49]);
        assert_eq!(blended(0x80ff_ffff), [255, 255, 255], "more than full is full");
    }
}
