//! What a self-test shows: a window that changes at every tick and flashes when told to, and the moment of each flash.
//! Also what the X server offers, for the report.

use std::time::Instant;

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    ChangeGCAux, ConnectionExt as _, CreateGCAux, CreateWindowAux, Rectangle, WindowClass,
};
use x11rb::protocol::{damage, randr, shm, xfixes, xinput};

use super::link::{Link, gone};
use super::list;
use crate::{Area, CaptureError};

/// Its size; it lies in the middle of the first display, or fills a smaller one.
const SIZE: (u32, u32) = (480, 270);
const DARK: u32 = 0x20_2124;
const LIGHT: u32 = 0xff_ffff;
const STRIPE: u32 = 0xff_8c1a;

/// The window. It is gone when the value is dropped.
pub struct TestCard {
    link: Link,
    window: u32,
    gc: u32,
    area: Area,
}

impl TestCard {
    /// Opens the window on the display of that name, or on the one that `DISPLAY` names.
    pub fn open(display: Option<&str>) -> Result<TestCard, CaptureError> {
        let link = Link::connect(display)?;
        let screen = list::displays(&link)?.first().map_or(link.whole()?, |display| display.area);
        let (width, height) = (SIZE.0.min(screen.width), SIZE.1.min(screen.height));
        let (x, y) = ((screen.width - width) / 2, (screen.height - height) / 2);
        let area = Area::new(
            screen.x.saturating_add_unsigned(x),
            screen.y.saturating_add_unsigned(y),
            width,
            height,
        );
        let id = || link.x.generate_id().map_err(|error| CaptureError::Gone(error.to_string()));
        let (window, gc) = (id()?, id()?);
        let values = CreateWindowAux::new().background_pixel(DARK).override_redirect(1);
        gone(link.x.create_window(
            link.screen.root_depth,
            window,
            link.root(),
            area.x as i16,
            area.y as i16,
            area.width as u16,
            area.height as u16,
            0,
            WindowClass::INPUT_OUTPUT,
            link.screen.root_visual,
            &values,
        ))?;
        gone(link.x.create_gc(gc, window, &CreateGCAux::new()))?;
        gone(link.x.map_window(window))?;
        link.sync()?;
        Ok(TestCard { link, window, gc, area })
    }

    /// Its id, for recording nothing but it.
    pub fn window(&self) -> u64 {
        self.window.into()
    }

    /// The part of the desktop that flashes.
    pub fn flashing(&self) -> Area {
        Area::new(self.area.x, self.area.y, self.area.width, self.area.height / 2)
    }

    /// Lights the upper half, or darkens it. Gives the moment from which it was to be seen.
    pub fn flash(&self, on: bool) -> Result<Instant, CaptureError> {
        self.fill(if on { LIGHT } else { DARK }, 0, 0, self.area.width, self.area.height / 2)?;
        self.link.sync()?;
        Ok(Instant::now())
    }

    /// Moves the stripe in the lower half, so that the screen differs from the one before.
    pub fn step(&self, step: u32) -> Result<(), CaptureError> {
        let (top, width) = (self.area.height / 2, self.area.width);
        self.fill(DARK, 0, top, width, self.area.height - top)?;
        self.fill(STRIPE, step * 8 % width, top, 24, self.area.height - top)?;
        self.link.sync()
    }

    fn fill(&self, colour: u32, x: u32, y: u32, width: u32, height: u32) -> Result<(), CaptureError> {
        gone(self.link.x.change_gc(self.gc, &ChangeGCAux::new().foreground(colour)))?;
        let rectangle = Rectangle { x: x as i16, y: y as i16, width: width as u16, height: height as u16 };
        gone(self.link.x.poly_fill_rectangle(self.window, self.gc, &[rectangle]))?;
        Ok(())
    }
}

/// What an X server offers of what recording likes to have.
#[derive(Clone, Debug)]
pub struct Extensions {
    /// Who made the server.
    pub vendor: String,
    /// Each extension, and whether it is there.
    pub offered: Vec<(&'static str, bool)>,
}

/// Asks the server that `DISPLAY` names.
pub fn extensions() -> Result<Extensions, CaptureError> {
    let link = Link::connect(None)?;
    let offered = [
        ("XDamage", damage::X11_EXTENSION_NAME),
        ("XFixes", xfixes::X11_EXTENSION_NAME),
        ("RandR", randr::X11_EXTENSION_NAME),
        ("MIT-SHM", shm::X11_EXTENSION_NAME),
        ("XInput", xinput::X11_EXTENSION_NAME),
    ]
    .map(|(name, extension)| (name, link.has(extension)));
    let vendor = String::from_utf8_lossy(&link.x.setup().vendor).into_owned();
    Ok(Extensions { vendor, offered: offered.to_vec() })
}
