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
mod notes;
mod outside;
mod shell;
mod tray;
mod windows;

use std::process::ExitCode;

use arguments::Start;

fn main() -> ExitCode {
    let start = match arguments::read() {
        Ok(start) => start,
        Err(code) => return code,
    };
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,deskside=info")),
        )
        .with_writer(std::io::stderr)
        .init();
    match start {
        Start::Capture(command) => command.run(),
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
