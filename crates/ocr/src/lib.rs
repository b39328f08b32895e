//! Where a customer's numbers stand in a picture: card numbers and their codes, IBANs, phone numbers, e-mail addresses.
//!
//! Reading a whole screen takes an engine seconds; finding where text stands takes us milliseconds. So the lines are
//! found here ([`ink`], [`shapes`], [`lines`]), cut out, brought to one size and to black on white ([`strip`]), and
//! only those that can hold a number are read, by the system's Tesseract in processes of its own ([`engine`]): it may
//! crash, hang or be absent without anybody losing a picture. What was read goes through the matcher that also
//! masks texts ([`reading`]). Nothing is written to a disk. Deliberately not here: what is done with a find.

mod confusions;
mod engine;
mod ink;
mod lines;
mod look;
mod reading;
mod shapes;
mod strip;
mod tiff;

pub use engine::Engine;
pub use look::{Found, Picture, Trouble, look};

/// A part of a picture, in its pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Area {
    /// From the left edge.
    pub x: u32,
    /// From the upper edge.
    pub y: u32,
    /// At least one.
    pub width: u32,
    /// At least one.
    pub height: u32,
}
