//! The app's windows: which there are, where they stand, when they come and go.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use deskside_app::{
    app::{App, title_of_active_window},
    masks::Mask,
    to_ui::{AppNews, MicState, RecorderState, Shown},
};
use tauri::{
    AppHandle, LogicalSize, Manager as _, Monitor, PhysicalPosition, PhysicalSize, WebviewUrl, WebviewWindow,
    WebviewWindowBuilder,
};

use crate::{focus::Focus, shell};

/// The main window's name.
pub const MAIN: &str = "main";
/// The overlay's name.
pub const OVERLAY: &str = "overlay";
/// The window in which a screenshot is marked.
pub const MARK: &str = "mark";
/// The window in which an area is picked.
pub const PICKER: &str = "picker";
/// The recorder's bar.
pub const RECORDER: &str = "recorder";
/// The card of a call that rings.
pub const RING: &str = "ring";

/// How long a window manager takes to show a window, at most.
const APPEAR: Duration = Duration::from_millis(200);
const OVERLAY_SIZE: LogicalSize<f64> = LogicalSize { width: 640.0, height: 220.0 };
const BAR_SIZE: LogicalSize<f64> = LogicalSize { width: 520.0, height: 44.0 };
/// With the computer's sound: two levels, and the reminder to say that one records, which must not be cut short.
const WIDE_BAR_SIZE: LogicalSize<f64> = LogicalSize { width: 680.0, height: 44.0 };
const RING_SIZE: LogicalSize<f64> = LogicalSize { width: 360.0, height: 224.0 };

/// The main window, and the overlay, which waits hidden so that it comes at once.
pub fn make_first(app: &AppHandle, show: bool) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title("Deskside")
        .inner_size(1180.0, 760.0)
        .min_inner_size(360.0, 480.0)
        .center()
        .visible(show)
        .build()?;
    let overlay = small(app, OVERLAY, "overlay", OVERLAY_SIZE).focused(true).visible(false).build()?;
    place_overlay(&overlay);
    Ok(())
}

fn small<'a>(
    app: &'a AppHandle,
    label: &str,
    path: &str,
    size: LogicalSize<f64>,
) -> WebviewWindowBuilder<'a, tauri::Wry, AppHandle> {
    WebviewWindowBuilder::new(app, label, WebviewUrl::App(path.into()))
        .title("Deskside")
        .inner_size(size.width, size.height)
        .decorations(false)
        // GTK never makes a fixed window smaller than it was; without a frame nobody drags its edges.
        .resizable(true)
        .always_on_top(true)
        .visible_on_all_workspaces(true)
        .skip_taskbar(true)
        .shadow(true)
}

/// Shows the main window, at an address if one is given.
pub fn show_main(app: &AppHandle, path: Option<String>) {
    if let Some(path) = path {
        shell::app(app).tell_surely(MAIN, AppNews::Go { path });
    }
    if let Some(window) = app.get_webview_window(MAIN) {
        let _ = window.show();
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
}

/// Shows the overlay to ask; puts the question away if somebody presses the key again.
pub async fn toggle_overlay(app: &AppHandle) {
    let focus = app.state::<Focus>();
    let shown = app.get_webview_window(OVERLAY).filter(|window| window.is_visible().unwrap_or(false));
    // While the key is down the toolkit believes that nobody has the keyboard.
    if shown
        .is_some_and(|window| focus.is_asking() && (focus.is_ours() || window.is_focused().unwrap_or(false)))
    {
        // The page knows whether something else is to be seen there. One that does not answer is not kept open.
        if !shell::app(app).tell(OVERLAY, AppNews::Overlay { shown: Shown::Nothing }) {
            hide_overlay(app);
        }
    } else {
        show_overlay(app, None, None).await;
    }
}

/// Shows the overlay to ask, with what came along. The caret first, the ticket as soon as it is known.
pub async fn show_overlay(app: &AppHandle, ticket: Option<String>, text: Option<String>) {
    let Some(overlay) = app.get_webview_window(OVERLAY) else { return };
    app.state::<Focus>().remember(app);
    // Before the overlay is the active window itself; a few milliseconds.
    let title = title_of_active_window().await;
    app.state::<Focus>().set_asking(true);
    let deskside = shell::app(app);
    deskside.tell_surely(OVERLAY, AppNews::Overlay { shown: deskside.question(text) });
    place_overlay(&overlay);
    let _ = overlay.show();
    let _ = overlay.set_always_on_top(true);
    let _ = overlay.set_focus();
    deskside.client.hurry();
    let guess = deskside.ticket(title, ticket).await;
    deskside.tell_surely(OVERLAY, AppNews::Guessed { guess });
}

/// Readies the overlay for a question with a screenshot; it is shown once the picture is marked.
pub async fn ready_overlay(app: &AppHandle) {
    app.state::<Focus>().remember(app);
    let title = title_of_active_window().await;
    let deskside = shell::app(app);
    deskside.tell_surely(OVERLAY, AppNews::Overlay { shown: deskside.question(None) });
    let guess = deskside.ticket(title, None).await;
    deskside.tell_surely(OVERLAY, AppNews::Guessed { guess });
}

/// Shows an answer, or the wish for a clip, in the overlay's place without taking the keyboard. Whoever is typing a
/// question is not interrupted: the page shows it after that.
pub fn show_answer(app: &AppHandle, shown: Shown) {
    let Some(overlay) = app.get_webview_window(OVERLAY) else { return };
    shell::app(app).tell_surely(OVERLAY, AppNews::Overlay { shown });
    if overlay.is_visible().unwrap_or(false) {
        return;
    }
    app.state::<Focus>().set_asking(false);
    place_overlay(&overlay);
    let _ = overlay.set_focusable(false);
    let _ = overlay.show();
    let _ = overlay.set_focusable(true);
}

/// Gives the keyboard back and leaves the overlay in sight: the question is asked, its receipt is there to be read.
pub fn let_go_of_overlay(app: &AppHandle) {
    let focus = app.state::<Focus>();
    focus.set_asking(false);
    focus.give_back(app);
}

/// Hides the overlay; the keyboard goes back where it was, if the overlay had it.
pub fn hide_overlay(app: &AppHandle) {
    if let Some(overlay) = app.get_webview_window(OVERLAY) {
        let _ = overlay.hide();
    }
    let focus = app.state::<Focus>();
    focus.set_asking(false);
    focus.give_back(app);
}

/// Windows that made room for a screenshot.
#[derive(Default)]
pub struct Aside(Mutex<Vec<&'static str>>);

/// Hides the windows that would be in a screenshot.
pub fn step_aside(app: &AppHandle) {
    let mut hidden = Vec::new();
    for label in [MAIN, RING, OVERLAY] {
        if let Some(window) = app.get_webview_window(label)
            && window.is_visible().unwrap_or(false)
        {
            let _ = window.hide();
            hidden.push(label);
        }
    }
    *app.state::<Aside>().0.lock().unwrap_or_else(PoisonError::into_inner) = hidden;
}

/// The marking window over all displays.
pub fn show_mark(app: &AppHandle, width: u32, height: u32) -> tauri::Result<()> {
    let mark = match app.get_webview_window(MARK) {
        Some(mark) => mark,
        None => full(app, MARK, "mark", false)?,
    };
    mark.set_position(PhysicalPosition::new(0, 0))?;
    mark.set_size(PhysicalSize::new(width, height))?;
    mark.show()?;
    mark.set_focus()
}

/// Shows again what made room for a screenshot; the page that asked for it gets the keyboard.
pub fn back_from_mark(app: &AppHandle, page: Option<&str>) {
    close(app, MARK);
    let hidden = std::mem::take(&mut *app.state::<Aside>().0.lock().unwrap_or_else(PoisonError::into_inner));
    let others = hidden.into_iter().filter(|label| Some(*label) != page);
    let others: Vec<_> = others.filter_map(|label| app.get_webview_window(label)).collect();
    for window in &others {
        // A window manager gives the keyboard to whatever appears, unless it can't have it.
        let _ = window.set_focusable(false);
        let _ = window.show();
    }
    let page = page.and_then(|label| app.get_webview_window(label));
    if let Some(page) = &page {
        let _ = page.show();
        let _ = page.set_focus();
    }
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(APPEAR).await;
        for window in others {
            let _ = window.set_focusable(true);
        }
        if let Some(page) = page {
            let _ = page.set_focus();
        }
    });
}

/// The ring's card: over everything, in the upper right corner, without the keyboard.
pub fn show_ring(app: &AppHandle) -> tauri::Result<()> {
    let ring = match app.get_webview_window(RING) {
        Some(ring) => ring,
        None => small(app, RING, "ring", RING_SIZE).focused(false).visible(false).build()?,
    };
    if let Some(monitor) = monitor(&ring) {
        // Before it is shown a window does not know its own size.
        let size = RING_SIZE.to_physical::<u32>(monitor.scale_factor());
        let right = monitor.position().x + monitor.size().width.cast_signed();
        ring.set_position(PhysicalPosition::new(
            right - size.width.cast_signed() - 24,
            monitor.position().y + 48,
        ))?;
    }
    ring.show()
}

/// Ends a window that is only there when it is needed.
pub fn close(app: &AppHandle, label: &str) {
    if let Some(window) = app.get_webview_window(label) {
        let _ = window.destroy();
    }
}

/// Opens and closes picker and bar as the recorder's state says; a clip for the question being written leads back to
/// that question, one that has to be watched before it is sent to where that is done.
pub fn follow_recorder(app: AppHandle, deskside: Arc<App>) {
    tauri::async_runtime::spawn(async move {
        let mut states = deskside.clips.state();
        let mut ended = None;
        let mut was_wide = false;
        loop {
            let state = states.borrow_and_update().clone();
            if let RecorderState::Finishing { clip } = state {
                ended = Some(clip);
            } else if let Some(clip) = ended.take() {
                if deskside.is_for_question(clip).await {
                    show_overlay(&app, None, None).await;
                } else if let Some(path) = deskside.review_of(clip) {
                    show_main(&app, Some(path));
                }
            }
            let wanted = match state {
                RecorderState::Picking => Some(PICKER),
                RecorderState::Counting { .. }
                | RecorderState::Recording { .. }
                | RecorderState::Finishing { .. }
                | RecorderState::Failed { .. } => Some(RECORDER),
                RecorderState::Idle => None,
            };
            for label in [PICKER, RECORDER] {
                let there = app.get_webview_window(label).is_some();
                if there && wanted != Some(label) {
                    close(&app, label);
                } else if !there
                    && wanted == Some(label)
                    && let Err(error) = open_for_recorder(&app, label)
                {
                    tracing::error!(%error, label, "a window could not be opened");
                }
            }
            let is_wide = matches!(state, RecorderState::Recording { system, .. } if system != MicState::Off);
            if wanted == Some(RECORDER)
                && is_wide != was_wide
                && let Some(bar) = app.get_webview_window(RECORDER)
                && let Err(error) = place_bar(&bar, if is_wide { WIDE_BAR_SIZE } else { BAR_SIZE })
            {
                tracing::warn!(%error, "the bar keeps its size");
            }
            was_wide = is_wide;
            if states.changed().await.is_err() {
                return;
            }
        }
    });
}

fn open_for_recorder(app: &AppHandle, label: &str) -> tauri::Result<()> {
    if label == PICKER {
        let picker = full(app, PICKER, "pick", true)?;
        if let Some(monitor) = monitor(&picker) {
            picker.set_position(*monitor.position())?;
            picker.set_size(*monitor.size())?;
        }
        picker.show()?;
        return picker.set_focus();
    }
    let bar = small(app, RECORDER, "recorder", BAR_SIZE).focused(false).visible(false).build()?;
    place_bar(&bar, BAR_SIZE)?;
    bar.show()
}

/// Puts the bar of that size at the middle of its display's lower edge.
fn place_bar(bar: &WebviewWindow, size: LogicalSize<f64>) -> tauri::Result<()> {
    bar.set_size(size)?;
    let Some(monitor) = monitor(bar) else { return Ok(()) };
    let size = size.to_physical::<u32>(monitor.scale_factor());
    let (left, width) = (monitor.position().x, monitor.size().width.cast_signed());
    let bottom = monitor.position().y + monitor.size().height.cast_signed();
    bar.set_position(PhysicalPosition::new(
        left + (width - size.width.cast_signed()) / 2,
        bottom - size.height.cast_signed() - 48,
    ))
}

/// A window over a whole display, without frame.
pub fn full(app: &AppHandle, label: &str, path: &str, transparent: bool) -> tauri::Result<WebviewWindow> {
    let mut window = WebviewWindowBuilder::new(app, label, WebviewUrl::App(path.into()))
        .title("Deskside")
        .decorations(false)
        .always_on_top(true)
        .skip_taskbar(true)
        .visible(false);
    #[cfg(not(target_os = "macos"))]
    {
        window = window.transparent(transparent);
    }
    #[cfg(target_os = "macos")]
    let _ = transparent;
    window = window.focused(true);
    window.build()
}

/// The display with the pointer, where somebody looks.
pub fn monitor(window: &WebviewWindow) -> Option<Monitor> {
    let at_pointer = || {
        let at = window.cursor_position().ok()?;
        window.monitor_from_point(at.x, at.y).ok()?
    };
    at_pointer().or_else(|| window.primary_monitor().ok()?)
}

/// In the middle of the display's upper third.
fn place_overlay(overlay: &WebviewWindow) {
    let Some(monitor) = monitor(overlay) else { return };
    let width = OVERLAY_SIZE.to_physical::<u32>(monitor.scale_factor()).width;
    let left = monitor.position().x + (monitor.size().width.saturating_sub(width) / 2).cast_signed();
    let top = monitor.position().y + (monitor.size().height / 5).cast_signed();
    let _ = overlay.set_position(PhysicalPosition::new(left, top));
}

/// The display that a window lies over.
pub fn display_under(window: &WebviewWindow) -> Option<Mask> {
    Some(part(&window.current_monitor().ok()??))
}

/// The part of the desktop that a display shows.
pub fn part(monitor: &Monitor) -> Mask {
    let (at, size) = (monitor.position(), monitor.size());
    Mask { x: at.x, y: at.y, width: size.width, height: size.height }
}
