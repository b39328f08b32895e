//! Capture on real X servers, one virtual server per test.

#![allow(clippy::unwrap_used)] // A test fails where it can not go on.

#[path = "../support/desk.rs"]
mod desk;

#[cfg(feature = "scrap")]
mod age;
mod hairline;
mod lists;
mod pictures;
mod secrets;
#[cfg(feature = "scrap")]
mod shared_memory;
