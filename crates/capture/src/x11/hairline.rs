//! The red line around what is recorded, so that nobody at this screen is recorded without seeing it.
//!
//! Four thin windows of the recording's own connection: they follow the target, let every click through, and are gone
//! with the connection, also when the recorder is killed. They lie outside of what is recorded where the desktop has
//! room. Where it has none they lie inside, and the picture shows the neighbouring pixels instead of the line. No other
//! recorder of Deskside shows them either: they carry its class name.

use std::time::{Duration, Instant};

use x11rb::connection::Connection as _;
use x11rb::protocol::shape::{ConnectionExt as _, SK, SO};
use x11rb::protocol::xproto::{
    AtomEnum, ClipOrdering, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, PropMode, StackMode,
    WindowClass,
};
use x11rb::wrapper::ConnectionExt as _;

use super::link::{Link, gone};
use crate::hairline::{COLOUR, Inside, around};
use crate::{Area, CaptureError};

/// Where the line was, its own pixels stay until somebody paints there: so long that place is not shown.
const TRACE: Duration = Duration::from_millis(300);
/// Whoever else wants to lie above everything is not fought more often than this.
const RAISE: Duration = Duration::from_millis(500);

/// The line.
pub struct Hairline {
    windows: [u32; 4],
    /// Where they are; `None` while nothing is shown.
    lines: Option<[Area; 4]>,
    inside: Vec<Inside>,
    traces: Vec<(Area, Instant)>,
    raised: Instant,
}

impl Hairline {
    /// Makes the windows; they are shown by [`Hairline::follow`].
    pub fn make(link: &Link) -> Result<Hairline, CaptureError> {
        let mut windows = [0; 4];
        for window in &mut windows {
            *window = link.x.generate_id().map_err(|e| CaptureError::Gone(e.to_string()))?;
            let looks = CreateWindowAux::new().background_pixel(COLOUR).override_redirect(1);
            gone(link.x.create_window(
                x11rb::COPY_DEPTH_FROM_PARENT,
                *window,
                link.root(),
                0,
                0,
                1,
                1,
                0,
                WindowClass::INPUT_OUTPUT,
                x11rb::COPY_FROM_PARENT,
                &looks,
            ))?;
            let (class, pid) = (b"deskside\0Deskside\0", [std::process::id()]);
            let replace = PropMode::REPLACE;
            gone(link.x.change_property8(replace, *window, AtomEnum::WM_CLASS, AtomEnum::STRING, class))?;
            let names = &link.names;
            gone(link.x.change_property32(replace, *window, names._NET_WM_PID, AtomEnum::CARDINAL, &pid))?;
            if link.has_shapes() {
                // No part of it takes a click.
                let nothing = gone(link.x.shape_rectangles(
                    SO::SET,
                    SK::INPUT,
                    ClipOrdering::UNSORTED,
                    *window,
                    0,
                    0,
                    &[],
                ))?;
                nothing.ignore_error();
            }
        }
        let (inside, traces) = (Vec::new(), Vec::new());
        Ok(Hairline { windows, lines: None, inside, traces, raised: Instant::now() })
    }

    /// Its windows.
    pub fn windows(&self) -> &[u32; 4] {
        &self.windows
    }

    /// Puts the line around `seen`, or takes it away. Returns when it is there, so that what is grabbed afterwards was
    /// taken with it in this place. Costs nothing while `seen` stays the same.
    pub fn follow(&mut self, link: &Link, seen: Option<Area>, desktop: Area) -> Result<(), CaptureError> {
        self.traces.retain(|(_, since)| since.elapsed() < TRACE);
        let (lines, inside) = match seen {
            Some(seen) => {
                let (lines, inside) = around(seen, desktop);
                (Some(lines), inside)
            }
            None => (None, Vec::new()),
        };
        if lines == self.lines {
            return Ok(());
        }
        for (at, window) in self.windows.iter().enumerate() {
            if let Some(before) = self.lines {
                self.traces.push((before[at], Instant::now()));
            }
            match lines {
                Some(lines) => {
                    let Area { x, y, width, height } = lines[at];
                    let place = ConfigureWindowAux::new().x(x).y(y).width(width).height(height);
                    let place = place.stack_mode(StackMode::ABOVE);
                    gone(link.x.configure_window(*window, &place))?;
                    gone(link.x.map_window(*window))?;
                }
                None => {
                    gone(link.x.unmap_window(*window))?;
                }
            }
        }
        (self.lines, self.inside) = (lines, inside);
        link.sync()
    }

    /// Brings it above `top`, the uppermost window, unless it is that itself.
    pub fn stay_above(&mut self, link: &Link, top: Option<u32>) -> Result<(), CaptureError> {
        let is_covered = top.is_some_and(|top| !self.windows.contains(&top));
        if self.lines.is_none() || !is_covered || self.raised.elapsed() < RAISE {
            return Ok(());
        }
        self.raised = Instant::now();
        for window in self.windows {
            let above = ConfigureWindowAux::new().stack_mode(StackMode::ABOVE);
            gone(link.x.configure_window(window, &above))?;
        }
        gone(link.x.flush())
    }

    /// The parts that lie in the picture.
    pub fn inside(&self) -> &[Inside] {
        &self.inside
    }

    /// Where it was until just now.
    pub fn traces(&self) -> impl Iterator<Item = &Area> {
        self.traces.iter().map(|(area, _)| area)
    }
}
