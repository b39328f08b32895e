//! The icon in the tray: there while the app runs, with a mark when somebody waits, and a menu of three lines.

use tauri::{
    AppHandle,
    image::Image,
    menu::{Menu, MenuItem, PredefinedMenuItem},
    tray::TrayIconBuilder,
};

use crate::windows;

const ID: &str = "tray";
/// Light on the dark panels that most desktops have.
const PLAIN: &[u8] = include_bytes!("../../icons/tray-light.png");
const WAITING: &[u8] = include_bytes!("../../icons/tray-light-waiting.png");

/// Puts it there. A desktop without a tray is no reason not to start.
pub fn make(app: &AppHandle) -> tauri::Result<()> {
    let ask = MenuItem::with_id(app, "ask", "Ask for help", true, None::<&str>)?;
    let open = MenuItem::with_id(app, "open", "Open Deskside", true, None::<&str>)?;
    let quit = MenuItem::with_id(app, "quit", "Quit", true, None::<&str>)?;
    let menu = Menu::with_items(app, &[&ask, &open, &PredefinedMenuItem::separator(app)?, &quit])?;
    TrayIconBuilder::with_id(ID)
        .icon(Image::from_bytes(PLAIN)?)
        .tooltip("Deskside")
        .menu(&menu)
        .on_menu_event(|app, event| match event.id().as_ref() {
            "ask" => {
                let app = app.clone();
                tauri::async_runtime::spawn(async move { windows::show_overlay(&app, None, None).await });
            }
            "open" => windows::show_main(app, None),
            "quit" => app.exit(0),
            _ => {}
        })
        .build(app)?;
    Ok(())
}

/// Whether somebody waits.
pub fn mark(app: &AppHandle, waiting: bool) -> tauri::Result<()> {
    let Some(tray) = app.tray_by_id(ID) else { return Ok(()) };
    tray.set_icon(Some(Image::from_bytes(if waiting { WAITING } else { PLAIN })?))
}
