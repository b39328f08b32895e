//! scrap's X11 capturer, guarded from outside. The only place that speaks with scrap.
//!
//! | its defect | the guard |
//! |---|---|
//! | its list of displays reads freed memory | it is never asked; the area is ours |
//! | its shared memory is open to every local user, and stays after a crash | `segment.rs`, before the first picture |
//! | it never reports an error: no shared memory is black, a lost server or a resize is the last picture for ever | attachments are counted here; our own connection hears of the other two |
//! | it takes 32 bits per pixel for granted | `link.rs` refuses everything else |
//! | it belongs to one thread | so does every source |

use std::ffi::CString;
use std::io;
use std::ptr;
use std::rc::Rc;
use std::sync::Mutex;

use scrap::x11::{Capturer, Display, Rect, Server};

use super::segment::Segment;
use crate::Area;

/// A segment is recognised as the one that came while a capturer was made, so only one is made at a time.
static MAKING: Mutex<()> = Mutex::new(());

/// A capturer whose memory nobody else can read.
pub struct ThroughScrap {
    capturer: Capturer,
    len: usize,
    /// The picture of the last call, in the segment that `capturer` keeps attached.
    last: *const u8,
}

impl ThroughScrap {
    /// Makes a capturer of `area`, which must lie on the desktop whose root window is `root`.
    pub fn open(display: Option<&str>, root: u32, area: Area) -> io::Result<ThroughScrap> {
        let too_far = |_| io::Error::from(io::ErrorKind::InvalidInput);
        let rect = Rect {
            x: area.x.try_into().map_err(too_far)?,
            y: area.y.try_into().map_err(too_far)?,
            w: area.width.try_into().map_err(too_far)?,
            h: area.height.try_into().map_err(too_far)?,
        };
        let len = usize::from(rect.w) * usize::from(rect.h) * 4;
        let name = display.map(CString::new).transpose()?;
        // scrap declares the name as signed characters on every machine.
        let server = Server::connect(name.as_ref().map_or(ptr::null(), |name| name.as_ptr().cast()))
            .map_err(|error| io::Error::other(format!("scrap can't connect: {error:?}")))?;

        let mut capturer;
        let segment;
        {
            let _one_at_a_time = MAKING.lock().unwrap_or_else(|broken| broken.into_inner());
            let before = Segment::all_of_this_process()?;
            // SAFETY: unsafe because the numbers must fit the server: `root` is its root window, and the connection is
            // scrap's own.
            let display = unsafe { Display::new(Rc::new(server), false, rect, root) };
            capturer = Capturer::new(display)?;
            // Two pictures, one of which is filled while the other is read.
            segment = Segment::all_of_this_process()?
                .into_iter()
                .find(|segment| !before.contains(segment) && segment.len() >= len * 2)
                .ok_or_else(|| io::Error::other("scrap's memory is not found"))?;
        }
        segment.keep_others_out()?;
        // The first picture makes the server attach. From then on the segment can go when both have let go.
        let last = capturer.frame().as_ptr();
        let attached = segment.attached()?;
        segment.remove_when_unused()?;
        if attached < 2 {
            return Err(io::Error::other("the X server can't reach this machine's memory"));
        }
        Ok(ThroughScrap { capturer, len, last })
    }

    /// Takes the pixels as they are now.
    pub fn grab(&mut self) {
        self.last = self.capturer.frame().as_ptr();
    }

    /// The pixels of the last grab: four bytes each, rows without padding.
    pub fn last(&self) -> &[u8] {
        // SAFETY: the pointer came from a slice of `len` bytes in the segment that stays attached as long as the
        // capturer lives. The server writes to the other half of it until the next `grab`, which needs `&mut self`.
        unsafe { std::slice::from_raw_parts(self.last, self.len) }
    }
}
