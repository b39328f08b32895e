//! The icon in the tray: there while the app runs, with a mark when somebody waits, and a short menu.

use tauri::{
    AppHandle,
    image::Image,
    menu::{Menu, MenuItem, PredefinedMenuItem},
    tray::TrayIconBuilder,
};

use crate::{commands, windows};

const ID: &str = "tray";
/// Light on the dark panels that most desktops have.
const PLAIN: &[u8] = include_bytes!("../../icons/tray-light.png");
const WAITING: &[u8] = include_bytes!("../../icons/tray-light-waiting.png");

/// What a line of the menu does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    Ask,
    AskWithShot,
    Open,
    Quit,
}

/// The menu: the id of a line, its words, what it does.
const LINES: [(&str, &str, Does); 4] = [
    ("ask", "Ask for help", Does::Ask),
    ("shot", "Ask with a screenshot", Does::AskWithShot),
    ("open", "Open Deskside", Does::Open),
    ("quit", "Quit", Does::Quit),
];

fn does(id: &str) -> Option<Does> {
    LINES.iter().find(|line| line.0 == id).map(|line| line.2)
}

/// Puts it there. A desktop without a tray is no reason not to start.
pub fn make(app: &AppHandle) -> tauri::Result<()> {
    let menu = Menu::new(app)?;
    for (id, words, does) in LINES {
        if does == Does::Quit {
            menu.append(&PredefinedMenuItem::separator(app)?)?;
        }
        menu.append(&MenuItem::with_id(app, id, words, true, None::<&str>)?)?;
    }
    TrayIconBuilder::with_id(ID)
        .icon(Image::from_bytes(PLAIN)?)
        .tooltip("Deskside")
        .menu(&menu)
        .on_menu_event(|app, event| {
            if let Some(does) = does(event.id().as_ref()) {
                act(app, does);
            }
        })
        .build(app)?;
    Ok(())
}

fn act(app: &AppHandle, does: Does) {
    let shell = app.clone();
    match does {
        Does::Ask => {
            tauri::async_runtime::spawn(async move { windows::show_overlay(&shell, None, None).await });
        }
        Does::AskWithShot => {
            tauri::async_runtime::spawn(async move { commands::ask_with_shot(&shell).await });
        }
        Does::Open => windows::show_main(app, None),
        Does::Quit => app.exit(0),
    }
}

/// Whether somebody waits.
pub fn mark(app: &AppHandle, waiting: bool) -> tauri::Result<()> {
    let Some(tray) = app.tray_by_id(ID) else { return Ok(()) };
    tray.set_icon(Some(Image::from_bytes(if waiting { WAITING } else { PLAIN })?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_does_what_it_says_and_one_line_quits_last() {
        for (id, _, expected) in LINES {
            assert_eq!(does(id), Some(expected), "{id}: an id stands once");
        }
        assert_eq!(does("ask"), Some(Does::Ask));
        assert_eq!(does("open"), Some(Does::Open));
        assert_eq!(does("nothing of ours"), None);
        assert_eq!(
            LINES.map(|line| line.2).iter().position(|does| *does == Does::Quit),
            Some(LINES.len() - 1)
        );
    }
}
