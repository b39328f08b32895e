//! The window in which boxes are drawn over what must not be recorded: over the whole display with the pointer, there
//! only while it is needed, and gone with the recording.

use deskside_app::{masks::Mask, to_ui::RecorderState};
use tauri::{AppHandle, Manager as _, WebviewWindow, WindowEvent};

use crate::{shell, windows};

/// Its name.
pub const LABEL: &str = "masks";

/// Shows it, until boxes were drawn or the recording is over.
pub fn show(app: &AppHandle) -> tauri::Result<()> {
    if let Some(open) = app.get_webview_window(LABEL) {
        return open.set_focus();
    }
    let window = windows::full(app, LABEL, "masks", false)?;
    let covered = windows::monitor(&window).map(|monitor| windows::part(&monitor));
    // However it goes, the recording goes on, and in no other way.
    let deskside = shell::app(app);
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Destroyed) {
            let deskside = deskside.clone();
            tauri::async_runtime::spawn(async move { deskside.end_masking(covered).await });
        }
    });
    if let Err(error) = appear(&window) {
        windows::close(app, LABEL);
        return Err(error);
    }
    let (app, mut states) = (app.clone(), shell::app(app).clips.state());
    tauri::async_runtime::spawn(async move {
        let over = states.wait_for(|state| !matches!(state, RecorderState::Recording { .. })).await.is_ok();
        if over {
            windows::close(&app, LABEL);
        }
    });
    Ok(())
}

fn appear(window: &WebviewWindow) -> tauri::Result<()> {
    if let Some(monitor) = windows::monitor(window) {
        window.set_position(*monitor.position())?;
        window.set_size(*monitor.size())?;
    }
    window.show()?;
    window.set_focus()
}

/// The part of the desktop that the window covers.
pub fn screen(window: &WebviewWindow) -> tauri::Result<Mask> {
    let (at, size) = (window.outer_position()?, window.outer_size()?);
    Ok(Mask { x: at.x, y: at.y, width: size.width, height: size.height })
}
