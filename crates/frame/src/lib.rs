//! Pictures and sound in flight: the words that capture, codec and clip share.
//!
//! Capture makes [`Bgra`] pictures and [`Pcm`] sound, codec turns them into [`Encoded`] frames, clip stores those.
//! Each of the three knows this crate and none of the others. There is no behaviour here: no conversion, no
//! encoding, no file format, no dependency. Every size is checked once, when a value is made.

mod encoded;
mod picture;
mod sound;
mod time;

pub use encoded::{AudioFormat, Codec, Encoded, Track, VideoFormat};
pub use picture::{Bgra, I420, MAX_SIDE, Malformed, Rect};
pub use sound::Pcm;
pub use time::Time;
