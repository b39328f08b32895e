//! Pictures and sound in flight: the words that capture, codec and clip share.
//!
//! Capture makes [`Bgra`] pictures and [`Pcm`] sound, codec turns them into [`Encoded`] frames, clip stores those.
//! Each of the three knows this crate and none of the others. Nothing here converts, encodes or knows a file format,
//! and there is no dependency. Every size is checked once, when a value is made.

mod encoded;
mod patch;
mod picture;
mod sound;
mod time;

pub use encoded::{AudioFormat, Codec, Encoded, Track, VideoFormat};
pub use patch::Patch;
pub use picture::{Bgra, I420, MAX_SIDE, Malformed, Rect};
pub use sound::Pcm;
pub use time::Time;
