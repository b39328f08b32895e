//! The red line on Windows: four windows of a thread of their own, which answers the system for them.
//!
//! They let every click through and are left out of every picture of the screen by the system itself (since Windows 10,
//! version 2004). Where it can't do that, a line that would lie in the picture is not shown.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use windows::Win32::Foundation::{COLORREF, HWND, LPARAM, LRESULT, WPARAM};
use windows::Win32::Graphics::Gdi::CreateSolidBrush;
use windows::Win32::System::Threading::GetCurrentThreadId;
use windows::Win32::UI::WindowsAndMessaging::{
    CreateWindowExW, DefWindowProcW, DestroyWindow, DispatchMessageW, GetMessageW, GetWindowDisplayAffinity,
    HWND_TOPMOST, LWA_ALPHA, MSG, PostThreadMessageW, RegisterClassW, SW_HIDE, SWP_NOACTIVATE,
    SWP_SHOWWINDOW, SetLayeredWindowAttributes, SetWindowDisplayAffinity, SetWindowPos, ShowWindow,
    WDA_EXCLUDEFROMCAPTURE, WM_APP, WM_QUIT, WNDCLASSW, WS_EX_LAYERED, WS_EX_NOACTIVATE, WS_EX_TOOLWINDOW,
    WS_EX_TOPMOST, WS_EX_TRANSPARENT, WS_POPUP,
};
use windows::core::w;

use crate::Area;
use crate::hairline::{COLOUR, around};

/// Where the lines are to be; `None`: not shown.
type Lines = [Option<Area>; 4];

/// The line. Dropping it takes it away.
pub struct Hairline {
    /// Of the thread that has the windows.
    thread: u32,
    runs: Option<JoinHandle<()>>,
    is_left_out: bool,
    lines: Arc<Mutex<Lines>>,
}

impl Hairline {
    /// Makes the windows, which are shown by [`Hairline::follow`]. `None`: the system gives none.
    pub fn make() -> Option<Hairline> {
        let lines = Arc::new(Mutex::new([None; 4]));
        let (made, ready) = channel();
        let shown = lines.clone();
        let runs =
            thread::Builder::new().name("hairline".to_owned()).spawn(move || show(&shown, &made)).ok()?;
        let (thread, is_left_out) = ready.recv().ok()?;
        Some(Hairline { thread, runs: Some(runs), is_left_out, lines })
    }

    /// Puts the line around `seen`, or takes it away.
    pub fn follow(&mut self, seen: Option<Area>, desktop: Area) {
        let wanted = seen.map_or([None; 4], |seen| {
            let is_fine = |line: &Area| self.is_left_out || line.intersection(&seen).is_none();
            around(seen, desktop).0.map(|line| Some(line).filter(is_fine))
        });
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if *lines != wanted {
            *lines = wanted;
            drop(lines);
            tell(self.thread, WM_APP);
        }
    }
}

impl Drop for Hairline {
    fn drop(&mut self) {
        tell(self.thread, WM_QUIT);
        if let Some(runs) = self.runs.take() {
            let _ = runs.join();
        }
    }
}

/// Whether the system shows this window to people alone.
pub fn is_left_out(window: HWND) -> bool {
    let mut affinity = 0;
    // SAFETY: the number outlives the call; a window that is gone is told as such.
    let known = unsafe { GetWindowDisplayAffinity(window, &raw mut affinity) };
    known.is_ok() && affinity == WDA_EXCLUDEFROMCAPTURE.0
}

fn tell(thread: u32, message: u32) {
    // SAFETY: a message of two numbers, for a thread that ends after it was joined.
    let _ = unsafe { PostThreadMessageW(thread, message, WPARAM(0), LPARAM(0)) };
}

/// Has the windows until it is told to quit. Says what it is and whether the system leaves them out of pictures.
fn show(lines: &Mutex<Lines>, made: &Sender<(u32, bool)>) {
    let Some(windows) = windows() else { return };
    // Each of them, before it is shown: none is in a picture because another could not be left out.
    // SAFETY: windows of this thread.
    let is_left_out = windows.iter().all(|window| {
        unsafe { SetWindowDisplayAffinity(*window, WDA_EXCLUDEFROMCAPTURE) }.is_ok() && is_left_out(*window)
    });
    // The queue is there, because windows were made: what is posted from now on comes.
    // SAFETY: no arguments.
    let told = made.send((unsafe { GetCurrentThreadId() }, is_left_out));
    let mut message = MSG::default();
    // SAFETY: the message outlives the calls. 0 is the wish to quit, less an error.
    while told.is_ok() && unsafe { GetMessageW(&raw mut message, None, 0, 0) }.0 > 0 {
        if message.message == WM_APP && message.hwnd.is_invalid() {
            let lines = *lines.lock().unwrap_or_else(PoisonError::into_inner);
            for (window, line) in windows.into_iter().zip(lines) {
                put(window, line);
            }
        }
        // SAFETY: as the system gave it.
        unsafe { DispatchMessageW(&raw const message) };
    }
    for window in windows {
        // SAFETY: a window of this thread, for the last time.
        let _ = unsafe { DestroyWindow(window) };
    }
}

/// Four red windows, not shown yet.
fn windows() -> Option<[HWND; 4]> {
    let name = w!("DesksideHairline");
    let (red, green, blue) = (COLOUR >> 16 & 0xff, COLOUR >> 8 & 0xff, COLOUR & 0xff);
    // SAFETY: the class and its brush are the process's until it ends; a second time it is there already. The windows have
    // no parent, menu or data.
    unsafe {
        let class = WNDCLASSW {
            lpfnWndProc: Some(answer),
            hbrBackground: CreateSolidBrush(COLORREF(blue << 16 | green << 8 | red)),
            lpszClassName: name,
            ..WNDCLASSW::default()
        };
        RegisterClassW(&raw const class);
        let style = WS_EX_TOPMOST | WS_EX_TOOLWINDOW | WS_EX_NOACTIVATE | WS_EX_LAYERED | WS_EX_TRANSPARENT;
        let mut windows = [HWND::default(); 4];
        for window in &mut windows {
            *window =
                CreateWindowExW(style, name, w!(""), WS_POPUP, 0, 0, 1, 1, None, None, None, None).ok()?;
            SetLayeredWindowAttributes(*window, COLORREF(0), 255, LWA_ALPHA).ok()?;
        }
        Some(windows)
    }
}

/// As every window does by itself: red is the class's own ground.
unsafe extern "system" fn answer(window: HWND, message: u32, first: WPARAM, second: LPARAM) -> LRESULT {
    // SAFETY: as the system gave it.
    unsafe { DefWindowProcW(window, message, first, second) }
}

fn put(window: HWND, line: Option<Area>) {
    // SAFETY: a window of this thread.
    unsafe {
        match line {
            Some(Area { x, y, width, height }) => {
                let how = SWP_NOACTIVATE | SWP_SHOWWINDOW;
                let _ = SetWindowPos(window, Some(HWND_TOPMOST), x, y, width as i32, height as i32, how);
            }
            None => {
                let _ = ShowWindow(window, SW_HIDE);
            }
        }
    }
}
