//! Hearing of pressed mouse buttons, of those that other programs have taken for themselves too. Keys are never asked for.

use x11rb::protocol::Event;
use x11rb::protocol::xinput::{ConnectionExt as _, Device, EventMask, XIEventMask};

use super::link::{Link, gone, lost};
use crate::CaptureError;

/// Left, middle and right; the others turn wheels.
const BUTTONS: std::ops::RangeInclusive<u32> = 1..=3;

/// Listens from now on. False when the server has no XInput 2.
pub fn watch(link: &Link) -> Result<bool, CaptureError> {
    if !link.has(x11rb::protocol::xinput::X11_EXTENSION_NAME) {
        return Ok(false);
    }
    let version = gone(link.x.xinput_xi_query_version(2, 2))?.reply().map_err(lost)?;
    if version.major_version < 2 {
        return Ok(false);
    }
    let mask = EventMask { deviceid: Device::ALL_MASTER.into(), mask: vec![XIEventMask::RAW_BUTTON_PRESS] };
    gone(link.x.xinput_xi_select_events(link.root(), &[mask]))?.check().map_err(lost)?;
    Ok(true)
}

/// Whether a button was pressed.
pub fn is_press(event: &Event) -> bool {
    matches!(event, Event::XinputRawButtonPress(press) if BUTTONS.contains(&press.detail))
}
