//! Frames to encoded frames and back: the C encoders behind one safe trait.
//!
//! VP9 is libvpx of the system; AV1 and Opus are libaom and libopus, built in. Everything unsafe is in `libvpx.rs` and
//! `libaom.rs`; the other modules are ordinary Rust. Conversion from screen pixels lives here too, because the colour matrix it uses must be the
//! one that the encoder writes into its header. There is no container format here and no clock.

mod active;
#[cfg(feature = "encoders")]
mod av1;
#[cfg(feature = "encoders")]
mod cadence;
pub mod convert;
mod error;
#[cfg(feature = "encoders")]
mod libaom;
#[cfg(feature = "encoders")]
mod libvpx;
#[cfg(feature = "encoders")]
mod opus;
#[cfg(feature = "encoders")]
mod sound;
#[cfg(feature = "encoders")]
mod video;
#[cfg(feature = "encoders")]
mod vp9;

pub use active::{ActiveMap, Motion, Warmth};
#[cfg(feature = "encoders")]
pub use av1::{Av1Decoder, Av1Encoder, av1_version};
#[cfg(feature = "encoders")]
pub use cadence::{Cadence, Next, Sent, Spent};
pub use error::CodecError;
#[cfg(feature = "encoders")]
pub use opus::{OpusDecoder, OpusEncoder};
#[cfg(feature = "encoders")]
pub use sound::{AudioEncoder, PACKET_SAMPLES, SOUND_RATE};
#[cfg(feature = "encoders")]
pub use video::{Hints, VideoDecoder, VideoEncoder, VideoSettings, video_decoder, video_encoder};
#[cfg(feature = "encoders")]
pub use vp9::{Vp9Decoder, Vp9Encoder, vp9_version};
