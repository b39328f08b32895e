//! The app with windows, from the first to the last moment.

use std::sync::Arc;

use anyhow::Context as _;
use deskside_app::{
    app::App,
    ask_command::sentence,
    instance::{Errand, Instance, hand_over},
};
use tauri::{Manager as _, RunEvent, WindowEvent};

use crate::{arguments::How, commands, errands, focus::Focus, hotkeys, notes, tray, windows};

/// Runs until the person quits. A profile that has an app already gets the errand instead.
pub fn run(how: How) -> anyhow::Result<()> {
    let Some(instance) = Instance::take(&how.folder)? else {
        let errand = how.link.map_or(Errand::Show, |link| Errand::Link { link });
        let said = hand_over(&how.folder, &errand);
        println!("{}", said.map_err(|trouble| anyhow::anyhow!(sentence(&trouble)))?);
        return Ok(());
    };
    let context = tauri::generate_context!();
    tauri::Builder::default()
        .plugin(hotkeys::plugin())
        .invoke_handler(commands::handler())
        .on_window_event(|window, event| {
            // Closing the main window leaves the app in the tray; the overlay is only ever hidden.
            if let WindowEvent::CloseRequested { api, .. } = event
                && matches!(window.label(), windows::MAIN | windows::OVERLAY)
            {
                api.prevent_close();
                let _ = window.hide();
            }
        })
        .setup(move |shell| Ok(set_up(shell.handle(), instance, how)?))
        .build(context)
        .context("starting the windows")?
        .run(|shell, event| match event {
            // Only "Quit" ends the app, not the last window.
            RunEvent::ExitRequested { api, code: None, .. } => api.prevent_exit(),
            #[cfg(target_os = "macos")]
            RunEvent::Opened { urls } => {
                for url in urls {
                    errands::follow(shell.clone(), url.to_string());
                }
            }
            _ => {
                let _ = shell;
            }
        });
    Ok(())
}

fn set_up(shell: &tauri::AppHandle, instance: Instance, how: How) -> anyhow::Result<()> {
    let (app, errands) = tauri::async_runtime::block_on(async {
        let errands = instance.listen().await?;
        let app = App::open(how.folder).await.map_err(|trouble| anyhow::anyhow!(trouble.problem()))?;
        anyhow::Ok((app, errands))
    })?;
    shell.manage::<Arc<App>>(app.clone());
    // Kept for as long as the app runs: dropped, it would let a second app into this profile.
    shell.manage(instance);
    shell.manage(Focus::default());
    shell.manage(windows::Aside::default());
    shell.manage(hotkeys::Held::default());
    windows::make_first(shell, !how.tray)?;
    tray::make(shell)?;
    hotkeys::take(shell);
    hotkeys::ask_desktop(shell);
    windows::follow_recorder(shell.clone(), app.clone());
    tauri::async_runtime::spawn(notes::run(shell.clone(), app.notices()));
    tauri::async_runtime::spawn(errands::run(shell.clone(), errands));
    if let Some(link) = how.sign_in {
        tauri::async_runtime::spawn(async move {
            if let Err(trouble) = app.client.sign_in_by_link(&link, None).await {
                tracing::error!("signing in: {}", sentence(&trouble));
            }
        });
    }
    if let Some(link) = how.link {
        errands::follow(shell.clone(), link);
    }
    Ok(())
}

/// The app behind the windows.
pub fn app(shell: &tauri::AppHandle) -> Arc<App> {
    shell.state::<Arc<App>>().inner().clone()
}
