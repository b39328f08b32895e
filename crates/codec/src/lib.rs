//! Frames to encoded frames and back: the C encoders behind one safe trait.
//!
//! VP9 is libvpx of the system; AV1 and Opus are libaom and libopus, built in. Everything unsafe is in `libvpx.rs` and
//! `libaom.rs`; the other modules are ordinary Rust. Conversion from screen pixels lives here too, because the colour matrix it uses must be the
//! one that the encoder writes into its header. There is no container format here and no clock.

mod active;
mod av1;
mod cadence;
pub mod convert;
mod error;
mod libaom;
mod libvpx;
mod opus;
mod sound;
mod video;
mod vp9;

pub use active::{ActiveMap, Motion, Warmth};
pub use av1::{Av1Decoder, Av1Encoder, av1_version};
pub use cadence::{Cadence, Next, Sent, Spent};
pub use error::CodecError;
pub use opus::{OpusDecoder, OpusEncoder};
pub use sound::{AudioEncoder, PACKET_SAMPLES, SOUND_RATE};
pub use video::{Hints, VideoDecoder, VideoEncoder, VideoSettings, video_decoder, video_encoder};
pub use vp9::{Vp9Decoder, Vp9Encoder, vp9_version};
