//! The desktop app without windows: record and upload, shots, loopback media, asking, commands of the command line.
//!
//! [`app::App`] is a profile with everything in it; a shell with windows calls it in a line or two, a test without
//! any. Pages are told through one stream ([`to_ui`]) and fetch media from one loopback address ([`loopback`]).
//! Deliberately not here: windows, tray, holding hotkeys (the shell's), rules (the server's).

pub mod app;
pub mod area;
pub mod ask;
pub mod ask_command;
pub mod bell;
pub mod cli;
pub mod clips;
pub mod deeplink;
pub mod hotkeys;
mod idle;
pub mod instance;
mod level;
pub mod loopback;
pub mod masks;
pub mod notices;
pub mod numbers;
mod pages;
pub mod picture;
pub mod profile;
pub mod record;
mod saving;
mod secret;
#[cfg(target_os = "linux")]
pub mod selftest;
pub mod settings;
pub mod shots;
pub mod telephony;
pub mod ticket;
pub mod to_ui;
mod whole_screen;

pub use deskside_capture::Session;
