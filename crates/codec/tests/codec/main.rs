//! The real libraries, on pictures and sounds whose answer is known.

#![allow(clippy::unwrap_used)] // A test fails where it can not go on.

mod av1;
mod cadence;
mod conversion;
mod sound;
mod vp9;
