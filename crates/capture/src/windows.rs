//! Windows: windows and pointer from the system, pictures through scrap's desktop duplication, or by copying the screen
//! where that is not to be had (`windows/grab.rs`).
//!
//! Written from the system's documentation, type-checked on Linux, run in Wine, and **never on Windows**:
//! docs/platforms.md. A program is known by the name of its file (`keepassxc` of `C:\...\KeePassXC.exe`), because the
//! names of window classes are those of toolkits. Everything is in physical pixels: the process says so of itself.

mod cursor;
#[cfg(feature = "scrap")]
mod duplication;
mod grab;
mod hairline;

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::c_void;
use std::path::Path;
use std::time::Duration;

use deskside_frame::Bgra;
use windows::Win32::Foundation::{CloseHandle, HWND, LPARAM, RECT};
use windows::Win32::Graphics::Dwm::{DWMWA_CLOAKED, DWMWA_EXTENDED_FRAME_BOUNDS, DwmGetWindowAttribute};
use windows::Win32::Graphics::Gdi::{EnumDisplayMonitors, GetMonitorInfoW, HDC, HMONITOR, MONITORINFOEXW};
use windows::Win32::System::SystemInformation::GetTickCount;
use windows::Win32::System::Threading::{
    OpenProcess, PROCESS_NAME_WIN32, PROCESS_QUERY_LIMITED_INFORMATION, QueryFullProcessImageNameW,
};
use windows::Win32::UI::HiDpi::{DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2, SetProcessDpiAwarenessContext};
use windows::Win32::UI::Input::KeyboardAndMouse::{
    GetAsyncKeyState, GetLastInputInfo, LASTINPUTINFO, VK_LBUTTON, VK_MBUTTON, VK_RBUTTON,
};
use windows::Win32::UI::WindowsAndMessaging::{
    EnumWindows, GWL_EXSTYLE, GetForegroundWindow, GetWindowLongW, GetWindowRect, GetWindowTextW,
    GetWindowThreadProcessId, IsIconic, IsWindowVisible, MONITORINFOF_PRIMARY, WS_EX_LAYERED,
    WS_EX_TRANSPARENT,
};
use windows::core::{BOOL, PWSTR};

use crate::polled::{Drawn, Looked, Pointer, System};
use crate::{Area, CaptureError, Display, Window};
use cursor::Cursor;
use grab::Grab;
use hairline::Hairline;

/// Corners of windows are round since Windows 11: so much of an edge hides nothing for certain.
const ROUND: u32 = 8;
/// More programs than this are forgotten together.
const MANY: usize = 512;

/// A connection to the desktop.
pub struct Windows {
    grabs: HashMap<String, Grab>,
    cursor: RefCell<Cursor>,
    /// Names of programs by process and window: asking opens the process.
    programs: RefCell<HashMap<(u32, u32), String>>,
    /// Once somebody asked for it; within, `None`: the system gives none.
    hairline: Option<Option<Hairline>>,
}

impl System for Windows {
    fn connect() -> Result<Self, CaptureError> {
        // SAFETY: the context is one of the system's constants. It fails where it was said before, which is as well.
        let _ = unsafe { SetProcessDpiAwarenessContext(DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2) };
        let windows = Self {
            grabs: HashMap::new(),
            cursor: RefCell::default(),
            programs: RefCell::default(),
            hairline: None,
        };
        if windows.displays()?.is_empty() {
            return Err(CaptureError::Unreachable("no display is switched on".to_owned()));
        }
        Ok(windows)
    }

    fn displays(&self) -> Result<Vec<Display>, CaptureError> {
        let mut found: Vec<Display> = Vec::new();
        // SAFETY: the function is called for each monitor before this returns, with the list that outlives it.
        let done = unsafe {
            let list = LPARAM(&raw mut found as isize);
            EnumDisplayMonitors(None, None, Some(add_monitor), list)
        };
        if !done.as_bool() {
            return Err(CaptureError::Unreachable("the displays can't be listed".to_owned()));
        }
        found.sort_by_key(|display| (display.area.x, display.area.y));
        for (at, display) in found.iter_mut().enumerate() {
            display.number = at + 1;
        }
        Ok(found)
    }

    fn drawn(&self) -> Result<Vec<Drawn>, CaptureError> {
        let mut handles: Vec<HWND> = Vec::new();
        // SAFETY: as for the monitors.
        unsafe { EnumWindows(Some(add_window), LPARAM(&raw mut handles as isize)) }
            .map_err(|error| CaptureError::Gone(error.message()))?;
        Ok(handles.into_iter().filter_map(|handle| self.describe(handle)).collect())
    }

    fn active(&self) -> Option<u32> {
        // SAFETY: no arguments; none has the keyboard at times.
        let handle = unsafe { GetForegroundWindow() };
        (!handle.is_invalid()).then(|| id(handle))
    }

    fn idle(&self) -> Option<Duration> {
        let mut last = LASTINPUTINFO { cbSize: size_of::<LASTINPUTINFO>() as u32, dwTime: 0 };
        // SAFETY: the structure says its size.
        let known = unsafe { GetLastInputInfo(&mut last) };
        // Both count milliseconds since the start and wrap around together.
        // SAFETY: no arguments.
        let now = unsafe { GetTickCount() };
        known.as_bool().then(|| Duration::from_millis(now.wrapping_sub(last.dwTime).into()))
    }

    fn pointer(&self) -> Option<Pointer> {
        self.cursor.borrow_mut().look()
    }

    fn is_pressed(&self) -> bool {
        // SAFETY: buttons of the mouse, and no key, are asked for.
        [VK_LBUTTON, VK_RBUTTON, VK_MBUTTON]
            .into_iter()
            .any(|button| unsafe { GetAsyncKeyState(button.0.into()) } < 0)
    }

    fn surround(&mut self, seen: Option<Area>, desktop: Area) {
        if let Some(hairline) = self.hairline.get_or_insert_with(Hairline::make) {
            hairline.follow(seen, desktop);
        }
    }

    fn look(&mut self, display: &Display, show: &mut dyn FnMut(&Bgra<'_>)) -> Result<Looked, CaptureError> {
        let known = self.grabs.get(&display.name).is_some_and(|grab| grab.area() == display.area);
        if !known {
            self.grabs.insert(display.name.clone(), Grab::open(display)?);
        }
        match self.grabs.get_mut(&display.name) {
            Some(grab) => grab.look(show),
            None => Ok(Looked::Lost),
        }
    }
}

impl Windows {
    /// A window as people see it; `None`: it is not to be seen.
    fn describe(&self, handle: HWND) -> Option<Drawn> {
        // SAFETY: a window that is gone by now is told as such by each of these.
        let (is_shown, style) = unsafe {
            let is_shown = IsWindowVisible(handle).as_bool() && !IsIconic(handle).as_bool();
            (is_shown, GetWindowLongW(handle, GWL_EXSTYLE) as u32)
        };
        let is_cloaked = attribute::<u32>(handle, DWMWA_CLOAKED.0).is_some_and(|cloaked| cloaked != 0);
        if !is_shown || is_cloaked {
            return None;
        }
        let area = area(handle)?;
        let mut text = [0; 512];
        // SAFETY: the text is cut to the room there is.
        let length = unsafe { GetWindowTextW(handle, &mut text) };
        let title = String::from_utf16_lossy(&text[..length.max(0) as usize]);
        let mut pid = 0;
        // SAFETY: the number outlives the call.
        unsafe { GetWindowThreadProcessId(handle, Some(&raw mut pid)) };
        let class = self.program(pid, id(handle));
        let own = pid == std::process::id() || class.eq_ignore_ascii_case("deskside");
        if own && hairline::is_left_out(handle) {
            return None;
        }
        // What lets something shine through, or clicks fall through, hides nothing for certain.
        let opaque = style & (WS_EX_LAYERED.0 | WS_EX_TRANSPARENT.0) == 0
            && area.width > 2 * ROUND
            && area.height > 2 * ROUND;
        let pid = Some(pid).filter(|pid| *pid != 0);
        Some(Drawn { window: Window { id: id(handle).into(), title, class, area, pid }, opaque, own })
    }

    fn program(&self, pid: u32, window: u32) -> String {
        let mut programs = self.programs.borrow_mut();
        if programs.len() > MANY {
            programs.clear();
        }
        programs.entry((pid, window)).or_insert_with(|| program(pid).unwrap_or_default()).clone()
    }
}

/// The number of a window. The system promises that 32 bits of a handle say all.
fn id(handle: HWND) -> u32 {
    handle.0 as usize as u32
}

/// Where a window is seen, without the shadow around it.
fn area(handle: HWND) -> Option<Area> {
    let seen = attribute::<RECT>(handle, DWMWA_EXTENDED_FRAME_BOUNDS.0).or_else(|| {
        let mut rect = RECT::default();
        // SAFETY: the rectangle outlives the call.
        unsafe { GetWindowRect(handle, &mut rect) }.ok().map(|()| rect)
    })?;
    let area = of(seen);
    (!area.is_empty()).then_some(area)
}

fn of(rect: RECT) -> Area {
    let (width, height) = ((rect.right - rect.left).max(0), (rect.bottom - rect.top).max(0));
    Area::new(rect.left, rect.top, width as u32, height as u32)
}

/// What the window's compositor says of it.
fn attribute<T: Default + Copy>(handle: HWND, which: i32) -> Option<T> {
    let mut value = T::default();
    let (to, size) = ((&raw mut value).cast::<c_void>(), size_of::<T>() as u32);
    // SAFETY: callers ask for an attribute of this type, and its size is told.
    let known = unsafe {
        DwmGetWindowAttribute(handle, windows::Win32::Graphics::Dwm::DWMWINDOWATTRIBUTE(which), to, size)
    };
    known.ok().map(|()| value)
}

/// The name of a process's file, without folder and ending.
fn program(pid: u32) -> Option<String> {
    let mut path = [0u16; 1_024];
    let mut length = path.len() as u32;
    // SAFETY: the handle is closed again, and the path is cut to the room that is told.
    unsafe {
        let process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, false, pid).ok()?;
        let known = QueryFullProcessImageNameW(
            process,
            PROCESS_NAME_WIN32,
            PWSTR(path.as_mut_ptr()),
            &raw mut length,
        );
        let _ = CloseHandle(process);
        known.ok()?;
    }
    let path = String::from_utf16_lossy(&path[..length as usize]);
    // Also where this is only type-checked, a path of Windows is one.
    let file = path.rsplit('\\').next().unwrap_or(&path);
    Some(Path::new(file).file_stem()?.to_string_lossy().into_owned())
}

unsafe extern "system" fn add_window(handle: HWND, list: LPARAM) -> BOOL {
    // SAFETY: the list that `drawn` handed over, for as long as it waits for this.
    let handles = unsafe { &mut *(list.0 as *mut Vec<HWND>) };
    handles.push(handle);
    BOOL(1)
}

unsafe extern "system" fn add_monitor(monitor: HMONITOR, _: HDC, _: *mut RECT, list: LPARAM) -> BOOL {
    // SAFETY: the list that `displays` handed over, for as long as it waits for this.
    let displays = unsafe { &mut *(list.0 as *mut Vec<Display>) };
    let mut info = MONITORINFOEXW::default();
    info.monitorInfo.cbSize = size_of::<MONITORINFOEXW>() as u32;
    // SAFETY: the structure says that it is the longer one.
    if unsafe { GetMonitorInfoW(monitor, (&raw mut info).cast()) }.as_bool() {
        let name = info.szDevice.split(|unit| *unit == 0).next().unwrap_or_default();
        displays.push(Display {
            number: 0,
            name: String::from_utf16_lossy(name),
            area: of(info.monitorInfo.rcMonitor),
            primary: info.monitorInfo.dwFlags & MONITORINFOF_PRIMARY != 0,
        });
    }
    BOOL(1)
}

#[cfg(test)]
mod tests;
