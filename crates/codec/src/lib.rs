//! Frames to encoded frames and back: the C encoders behind one safe trait.
//!
//! VP9 is libvpx of the system, Opus is libopus built in. Everything unsafe is in `libvpx.rs`; the other modules
//! are ordinary Rust. Conversion from screen pixels lives here too, because the colour matrix it uses must be the
//! one that the encoder writes into its header. There is no container format here and no clock.

mod active;
pub mod convert;
mod error;
mod libvpx;
mod opus;
mod sound;
mod video;
mod vp9;

pub use active::{ActiveMap, Warmth};
pub use error::CodecError;
pub use opus::{OpusDecoder, OpusEncoder};
pub use sound::{AudioEncoder, PACKET_SAMPLES, SOUND_RATE};
pub use video::{Hints, VideoDecoder, VideoEncoder, VideoSettings};
pub use vp9::{Vp9Decoder, Vp9Encoder, vp9_version};
