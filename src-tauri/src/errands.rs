//! What comes from outside while the app runs: a second start, `deskside ask`, deep links.

use deskside_app::{
    deeplink::DeepLink,
    instance::{Errand, Received},
};
use deskside_client::Trouble;
use tauri::AppHandle;
use tokio::sync::mpsc::Receiver;

use crate::{hotkeys, shell, windows};

/// Runs errands as they come.
pub async fn run(app: AppHandle, mut errands: Receiver<Received>) {
    while let Some(Received { errand, done }) = errands.recv().await {
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            let outcome = match errand {
                Errand::Show => {
                    windows::show_main(&app, None);
                    Ok("Deskside is running; its window is in front now.".to_owned())
                }
                Errand::Key { does } => {
                    hotkeys::press(&app, does).await;
                    Ok("Ask in the window in front.".to_owned())
                }
                Errand::Link { link } => follow_now(&app, &link).await,
                Errand::Ask { ask } => shell::app(&app).ask(ask).await,
                Errand::TestLink { send } => shell::app(&app).test_link(send).await,
            };
            let _ = done.send(outcome.map_err(|trouble| trouble.problem()));
        });
    }
}

/// Follows a deep link.
pub fn follow(app: AppHandle, link: String) {
    tauri::async_runtime::spawn(async move {
        if let Err(trouble) = follow_now(&app, &link).await {
            tracing::warn!("{trouble}");
        }
    });
}

async fn follow_now(app: &AppHandle, link: &str) -> Result<String, Trouble> {
    match DeepLink::parse(link)? {
        DeepLink::Ask { ticket, text } => {
            windows::show_overlay(app, ticket, text).await;
            Ok("Ask in the window in front.".to_owned())
        }
        DeepLink::Request(id) => {
            windows::show_main(app, Some(format!("/r/{id}")));
            Ok("The request is in front now.".to_owned())
        }
        DeepLink::Where => {
            windows::show_main(app, Some("/where".to_owned()));
            Ok("Where to ask is in front now.".to_owned())
        }
        DeepLink::Join { link } => {
            windows::show_main(app, Some(format!("/join#{link}")));
            Ok("The invitation is in front now.".to_owned())
        }
    }
}
