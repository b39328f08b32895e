//! Recording a real Wayland desktop: sway without a screen, PipeWire, the portal and its wlroots part.
//!
//! `cargo xtask test --only wayland` runs these, one after the other: each has a desktop of its own, and a desktop, a
//! recorder and a decoder at once are enough for two cores. Where the programs are missing it says which.

#![allow(clippy::unwrap_used)] // A test fails where it can not go on.

mod desktop;
mod ends;
mod keys;
mod pictures;
mod pointer;
#[path = "../record/seen.rs"]
mod seen;
mod selftest;
