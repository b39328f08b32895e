//! The desktop app's windows: tray, hotkeys, overlay, deep links, notes of the system.
//!
//! Thin on purpose: what it does is in `app`; here is where it appears. Commands of the command line run before any
//! window is made; a second start of the same profile hands its errand to the first and ends. `CONTRACT.md` beside
//! this folder says what crosses to the pages.

#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod arguments;
mod commands;
mod errands;
mod focus;
mod hotkeys;
mod masks;
mod notes;
mod outside;
mod shell;
mod tray;
mod windows;

use std::process::ExitCode;

use arguments::Start;

/// What is logged when `RUST_LOG` says nothing. The sound client calls every end of a connection an error.
const LOG: &str = "warn,deskside=info,pulseaudio=off";

/// Without a graphics card (a terminal server, a virtual machine) WebKitGTK's way to share pictures through the card's
/// memory takes seconds until a window shows anything; its other way takes a tenth of one.
#[cfg(target_os = "linux")]
fn draw_without_a_card() {
    const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    let has_card = std::fs::read_dir("/dev/dri").is_ok_and(|mut entries| entries.next().is_some());
    if !has_card && std::env::var_os(SWITCH).is_none() {
        // SAFETY: called first thing in `main`, before there is any other thread.
        #[allow(unsafe_code, reason = "the variable has to stand before WebKit is loaded")]
        unsafe {
            std::env::set_var(SWITCH, "1");
        }
    }
}

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    draw_without_a_card();
    let start = match arguments::read() {
        Ok(start) => start,
        Err(code) => return code,
    };
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(LOG)),
        )
        .with_writer(std::io::stderr)
        .init();
    match start {
        Start::Capture { folder, command } => command.run(&folder),
        Start::Ask { folder, command } => deskside_app::ask_command::run(&folder, command),
        Start::Windows(how) => match shell::run(how) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("deskside: {error:#}");
                ExitCode::FAILURE
            }
        },
    }
}
