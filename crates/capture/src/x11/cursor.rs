//! The pointer: where it is and how it looks. `pointer.rs` draws it.
//!
//! No grab contains it. Its image is fetched when the server says that it changed and kept until then; each look asks
//! only for the position.

use x11rb::protocol::Event;
use x11rb::protocol::xfixes::{ConnectionExt as _, CursorNotifyMask};
use x11rb::protocol::xproto::QueryPointerReply;

use super::link::{Link, gone, lost};
use crate::pointer::Image;
use crate::{Area, CaptureError};

/// The pointer as it was at the last look.
#[derive(Clone, Debug, Default)]
pub struct Cursor {
    /// How it looks; nothing before the first look.
    pub image: Option<Image>,
    serial: u32,
    stale: bool,
    /// Where it points; nowhere when it is on another screen.
    pub pointer: Option<(i32, i32)>,
    /// The place and the image of the last look; compared to see a change.
    pub last: Option<(Area, u32)>,
}

impl Cursor {
    /// A pointer that is watched from now on.
    pub fn watch(link: &Link) -> Result<Cursor, CaptureError> {
        gone(link.x.xfixes_select_cursor_input(link.root(), CursorNotifyMask::DISPLAY_CURSOR))?;
        Ok(Cursor { stale: true, ..Cursor::default() })
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
            self.serial = image.cursor_serial;
            self.image = Some(Image {
                width: image.width.into(),
                height: image.height.into(),
                hot: (image.xhot.into(), image.yhot.into()),
                pixels: image.cursor_image,
            });
        }
        let (Some(image), Some((x, y))) = (&self.image, self.pointer) else { return Ok(None) };
        let area = image.area((x, y));
        Ok((!area.is_empty()).then_some((area, self.serial)))
    }
}
