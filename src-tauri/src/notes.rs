//! Notes of the system. A click shows what the note is about.

use deskside_app::notices::Notice;
use notify_rust::{Hint, Notification, Timeout};
use tauri::AppHandle;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{tray, windows};

/// Tells what the app wants told, until it ends.
pub async fn run(app: AppHandle, mut notices: Receiver<Notice>) {
    loop {
        let notice = match notices.recv().await {
            Ok(notice) => notice,
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return,
        };
        match notice {
            Notice::Asked { request, asker, text, live } => {
                let title =
                    if live { format!("{asker}: a customer is waiting") } else { format!("{asker} asks") };
                show(
                    app.clone(),
                    title,
                    text.chars().take(140).collect(),
                    Some(format!("/r/{request}")),
                    !live,
                );
            }
            Notice::Answered { message } => windows::show_answer(&app, message),
            Notice::Rings { .. } => {
                if let Err(error) = windows::show_ring(&app) {
                    tracing::error!(%error, "the ring could not be shown");
                }
            }
            Notice::RingOver => windows::close(&app, windows::RING),
            Notice::Waiting { count } => {
                if let Err(error) = tray::mark(&app, count > 0) {
                    tracing::debug!(%error, "no tray");
                }
            }
        }
    }
}

/// Shows one on a thread of its own: it waits there for the click.
pub fn show(app: AppHandle, title: String, body: String, path: Option<String>, silent: bool) {
    std::thread::spawn(move || {
        let mut note = Notification::new();
        note.appname("Deskside").summary(&title).body(&body).icon("deskside").timeout(Timeout::Default);
        #[cfg(target_os = "linux")]
        note.action("default", "Open")
            .hint(Hint::SuppressSound(silent))
            .hint(Hint::DesktopEntry("deskside".to_owned()));
        #[cfg(not(target_os = "linux"))]
        let _ = silent;
        match note.show() {
            #[cfg(target_os = "linux")]
            Ok(shown) => shown.wait_for_action(|action| {
                if action == "default" {
                    windows::show_main(&app, path);
                }
            }),
            #[cfg(not(target_os = "linux"))]
            Ok(_) => drop((app, path)),
            Err(error) => tracing::debug!(%error, "no note: this desktop shows none"),
        }
    });
}
