//! The recorder on real X servers and real sound servers, looked at through ffprobe and through decoded pictures.

#![allow(clippy::unwrap_used)] // A test fails where it can not go on.

#[path = "../../../capture/tests/support/desk.rs"]
mod desk;

mod av1;
mod clips;
mod crash;
mod disk;
mod headless;
mod power;
mod seen;
mod sharp;
mod shelf;
mod sound;
mod sound_server;
mod support;
mod sync;
mod system_sound;
