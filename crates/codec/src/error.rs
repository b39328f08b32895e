//! What an encoder or decoder can refuse.

use deskside_frame::{Codec, Malformed};

/// Why a frame was not encoded or decoded. None of these is cured by trying the same call again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CodecError {
    /// The C library said no.
    #[error("{library} failed to {action}: {reason}; restart the recording, or record a smaller area")]
    Library {
        /// `libvpx`, `libaom` or `libopus`.
        library: &'static str,
        /// What it was asked to do, as a verb.
        action: &'static str,
        /// Its own words.
        reason: String,
    },
    /// A picture has another size than the encoder was made for; a clip keeps its size.
    #[error("a picture of {got:?} came to an encoder made for {made_for:?}; letterbox it first")]
    Size {
        /// Width and height that the encoder was made with.
        made_for: (u32, u32),
        /// Width and height of the picture.
        got: (u32, u32),
    },
    /// Times must grow from picture to picture.
    #[error("a picture of {got} µs came after one of {last} µs; pictures must come in order of time")]
    Order {
        /// Time of the last picture, in microseconds.
        last: u64,
        /// Time of this one.
        got: u64,
    },
    /// A block of sound has another length than one packet.
    #[error("a sound packet is {expected} samples, not {got}")]
    Packet {
        /// Interleaved samples of one packet.
        expected: usize,
        /// Interleaved samples that came.
        got: usize,
    },
    /// Pictures of that codec are neither made nor shown here; browsers may know it.
    #[error("there is no {0:?} for pictures here; record VP9 or AV1")]
    NotHere(Codec),
    /// The settings or bytes describe no picture.
    #[error("no such picture: {0}")]
    Malformed(#[from] Malformed),
}
