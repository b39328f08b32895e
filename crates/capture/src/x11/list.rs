//! What there is on the desktop: monitors by RandR, windows by what window managers publish.

use std::time::Duration;

use x11rb::protocol::randr::ConnectionExt as _;
use x11rb::protocol::screensaver::ConnectionExt as _;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, MapState};

use super::link::{Link, gone, lost, may_be_gone, numbers, text};
use crate::{Area, CaptureError, Display, Window};

/// The monitors that are switched on.
pub fn displays(link: &Link) -> Result<Vec<Display>, CaptureError> {
    link.extensions()?;
    let monitors = gone(link.x.randr_get_monitors(link.root(), true))?.reply().map_err(lost)?.monitors;
    let mut displays = Vec::new();
    for monitor in monitors {
        let name = gone(link.x.get_atom_name(monitor.name))?.reply().map_err(lost)?.name;
        let area = Area::new(monitor.x.into(), monitor.y.into(), monitor.width.into(), monitor.height.into());
        let name = String::from_utf8_lossy(&name).into_owned();
        if !area.is_empty() {
            displays.push(Display { number: 0, name, area, primary: monitor.primary });
        }
    }
    displays.sort_by_key(|display| (display.area.x, display.area.y));
    for (at, display) in displays.iter_mut().enumerate() {
        display.number = at + 1;
    }
    Ok(displays)
}

/// The windows that the window manager names, the uppermost first; without one, everything with a name at the top.
pub fn windows(link: &Link) -> Result<Vec<Window>, CaptureError> {
    let mut ids = numbers(link, link.root(), link.names._NET_CLIENT_LIST_STACKING)?;
    if ids.is_empty() {
        ids = numbers(link, link.root(), link.names._NET_CLIENT_LIST)?;
    }
    if ids.is_empty() {
        ids = gone(link.x.query_tree(link.root()))?.reply().map_err(lost)?.children;
    }
    let mut windows = Vec::new();
    for id in ids.into_iter().rev() {
        let attributes = may_be_gone(gone(link.x.get_window_attributes(id))?.reply())?;
        if attributes.is_some_and(|window| window.map_state == MapState::VIEWABLE)
            && let Some(window) = describe(link, id)?
            && !(window.title.is_empty() && window.class.is_empty())
        {
            windows.push(window);
        }
    }
    Ok(windows)
}

/// The window under the pointer, whatever lies inside of it.
pub fn window_at_pointer(link: &Link) -> Result<Option<Window>, CaptureError> {
    let pointer = gone(link.x.query_pointer(link.root()))?.reply().map_err(lost)?;
    let (x, y) = (pointer.root_x.into(), pointer.root_y.into());
    Ok(windows(link)?.into_iter().find(|window| window.area.contains(x, y)))
}

/// The window that the window manager says has the keyboard, or else the one that the server says has it.
pub fn active_window(link: &Link) -> Result<Option<Window>, CaptureError> {
    let named = numbers(link, link.root(), link.names._NET_ACTIVE_WINDOW)?.first().copied();
    let id = match named {
        Some(id) if id != 0 => id,
        _ => gone(link.x.get_input_focus())?.reply().map_err(lost)?.focus,
    };
    // 0 and 1 stand for nobody and for whoever is under the pointer.
    if id > 1 && id != link.root() { describe(link, id) } else { Ok(None) }
}

/// How long nobody touched keyboard or mouse.
pub fn idle(link: &Link) -> Option<Duration> {
    if !link.has_screensaver() {
        return None;
    }
    let info = link.x.screensaver_query_info(link.root()).ok()?.reply().ok()?;
    Some(Duration::from_millis(info.ms_since_user_input.into()))
}

/// What a window says of itself, and where it lies; `None` when it is no more.
pub fn describe(link: &Link, id: u32) -> Result<Option<Window>, CaptureError> {
    let Some(area) = area(link, id)? else { return Ok(None) };
    let (title, class) = words(link, id)?;
    let pid = numbers(link, id, link.names._NET_WM_PID)?.first().copied();
    Ok(Some(Window { id: id.into(), title, class, area, pid }))
}

/// Title and class name.
pub fn words(link: &Link, id: u32) -> Result<(String, String), CaptureError> {
    let mut title = text(link, id, link.names._NET_WM_NAME)?;
    if title.is_empty() {
        title = text(link, id, AtomEnum::WM_NAME)?;
    }
    // The property holds an instance name and a class name, each ended by a zero.
    let class = text(link, id, AtomEnum::WM_CLASS)?;
    let class = class.split('\0').rfind(|part| !part.is_empty()).unwrap_or_default().to_owned();
    Ok((title, class))
}

/// Where a window's inside lies on the desktop.
pub fn area(link: &Link, id: u32) -> Result<Option<Area>, CaptureError> {
    let size = gone(link.x.get_geometry(id))?;
    let place = gone(link.x.translate_coordinates(id, link.root(), 0, 0))?;
    let (Some(size), Some(place)) = (may_be_gone(size.reply())?, may_be_gone(place.reply())?) else {
        return Ok(None);
    };
    Ok(Some(Area::new(place.dst_x.into(), place.dst_y.into(), size.width.into(), size.height.into())))
}
