//! A connection to an X server, with the extensions and names that capture needs.

use x11rb::connection::{Connection, RequestConnection as _};
use x11rb::errors::{ConnectionError, ReplyError};
use x11rb::protocol::xproto::{Atom, ConnectionExt as _, Screen, Window};
use x11rb::protocol::{damage, randr, screensaver, shape, xfixes};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::{Area, CaptureError};

x11rb::atom_manager! {
    /// Names that window managers and programs agree on (EWMH, ICCCM).
    pub Names: NamesCookie {
        _NET_ACTIVE_WINDOW,
        _NET_CLIENT_LIST,
        _NET_CLIENT_LIST_STACKING,
        _NET_WM_NAME,
        _NET_WM_PID,
        UTF8_STRING,
        WM_STATE,
    }
}

/// A connection.
pub struct Link {
    /// Requests go here.
    pub x: RustConnection,
    /// The screen that the display name means.
    pub screen: Screen,
    /// The agreed names.
    pub names: Names,
    /// The name it was reached by, if not by `DISPLAY`.
    pub display: Option<String>,
}

impl Link {
    /// Connects, and checks that pixels are laid out as everything here takes for granted.
    pub fn connect(display: Option<&str>) -> Result<Link, CaptureError> {
        let unreachable = |error: &dyn std::fmt::Display| CaptureError::Unreachable(error.to_string());
        let (x, screen) = RustConnection::connect(display).map_err(|error| unreachable(&error))?;
        let screen = x.setup().roots[screen].clone();
        let bits = x
            .setup()
            .pixmap_formats
            .iter()
            .find(|format| format.depth == screen.root_depth)
            .map_or(0, |format| format.bits_per_pixel);
        let masks = screen
            .allowed_depths
            .iter()
            .flat_map(|depth| &depth.visuals)
            .find(|visual| visual.visual_id == screen.root_visual)
            .map(|visual| (visual.red_mask, visual.green_mask, visual.blue_mask));
        let little = x.setup().image_byte_order == x11rb::protocol::xproto::ImageOrder::LSB_FIRST;
        if bits != 32 || masks != Some((0xff_0000, 0xff00, 0xff)) || !little {
            return Err(CaptureError::Pixels { depth: screen.root_depth, bits });
        }
        let names = Names::new(&x).map_err(|e| unreachable(&e))?.reply().map_err(|e| unreachable(&e))?;
        Ok(Link { x, screen, names, display: display.map(str::to_owned) })
    }

    /// A further connection to the same server.
    pub fn again(&self) -> Result<Link, CaptureError> {
        Link::connect(self.display.as_deref())
    }

    /// The root window, which is the whole desktop.
    pub fn root(&self) -> Window {
        self.screen.root
    }

    /// The desktop's size now; the set-up data keeps the size at connection time.
    pub fn whole(&self) -> Result<Area, CaptureError> {
        let size = gone(self.x.get_geometry(self.root()))?;
        let size = size.reply().map_err(lost)?;
        Ok(Area::new(0, 0, size.width.into(), size.height.into()))
    }

    /// Returns when the server has done all requests; every event from before is then here.
    pub fn sync(&self) -> Result<(), CaptureError> {
        self.x.sync().map_err(lost)
    }

    /// Tells the server which versions of the extensions we speak. Those that recording stands on must be there.
    pub fn extensions(&self) -> Result<(), CaptureError> {
        use damage::ConnectionExt as _;
        use randr::ConnectionExt as _;
        use xfixes::ConnectionExt as _;
        self.need(xfixes::X11_EXTENSION_NAME)?;
        self.need(randr::X11_EXTENSION_NAME)?;
        gone(self.x.xfixes_query_version(5, 0))?.reply().map_err(lost)?;
        if self.tells_damage() {
            gone(self.x.damage_query_version(1, 1))?.reply().map_err(lost)?;
        }
        gone(self.x.randr_query_version(1, 5))?.reply().map_err(lost)?;
        Ok(())
    }

    /// Whether the server has an extension.
    pub fn has(&self, name: &'static str) -> bool {
        self.x.extension_information(name).ok().flatten().is_some()
    }

    /// Whether the server tells what was painted on.
    pub fn tells_damage(&self) -> bool {
        self.has(damage::X11_EXTENSION_NAME)
    }

    /// Whether the server has shared memory pictures, at least by its own word.
    #[cfg(feature = "scrap")]
    pub fn has_shared_memory(&self) -> bool {
        self.has(x11rb::protocol::shm::X11_EXTENSION_NAME)
    }

    /// Whether the server knows windows that are not rectangles.
    pub fn has_shapes(&self) -> bool {
        self.has(shape::X11_EXTENSION_NAME)
    }

    /// Whether the server tells how long nobody touched anything.
    pub fn has_screensaver(&self) -> bool {
        self.has(screensaver::X11_EXTENSION_NAME)
    }

    fn need(&self, name: &'static str) -> Result<(), CaptureError> {
        if self.has(name) { Ok(()) } else { Err(CaptureError::Missing(name)) }
    }
}

/// The connection broke while sending.
pub fn gone<T>(result: Result<T, ConnectionError>) -> Result<T, CaptureError> {
    result.map_err(|error| CaptureError::Gone(error.to_string()))
}

/// The connection broke, or the server refused what it never should.
pub fn lost(error: impl Into<ReplyError>) -> CaptureError {
    CaptureError::Gone(error.into().to_string())
}

/// A reply about something that others may destroy at any time: `None` when it is no more.
pub fn may_be_gone<T>(reply: Result<T, ReplyError>) -> Result<Option<T>, CaptureError> {
    match reply {
        Ok(reply) => Ok(Some(reply)),
        Err(ReplyError::X11Error(_)) => Ok(None),
        Err(error) => Err(lost(error)),
    }
}

/// A property's atom list or numbers.
pub fn numbers(link: &Link, window: Window, property: Atom) -> Result<Vec<u32>, CaptureError> {
    let any = 0u32;
    let cookie = gone(link.x.get_property(false, window, property, any, 0, 4_096))?;
    let reply = may_be_gone(cookie.reply())?;
    Ok(reply.and_then(|reply| reply.value32().map(Iterator::collect)).unwrap_or_default())
}

/// A property's text; empty when there is none.
pub fn text(link: &Link, window: Window, property: impl Into<Atom>) -> Result<String, CaptureError> {
    let any = 0u32;
    let cookie = gone(link.x.get_property(false, window, property, any, 0, 1_024))?;
    let reply = may_be_gone(cookie.reply())?;
    Ok(reply.map(|reply| String::from_utf8_lossy(&reply.value).into_owned()).unwrap_or_default())
}
