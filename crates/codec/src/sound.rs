//! What every sound encoder of Deskside does.

use deskside_frame::{AudioFormat, Encoded, Pcm};

use crate::CodecError;

/// Samples per second that sound encoders take; whoever captures resamples to it.
pub const SOUND_RATE: u32 = 48_000;

/// Samples per channel in one packet: 20 ms.
pub const PACKET_SAMPLES: usize = 960;

/// Blocks of sound in, packets out, one for one.
pub trait AudioEncoder: Send {
    /// What the container must say about the track, with the samples that a player must drop at the start.
    fn format(&self) -> AudioFormat;

    /// Encodes one block of [`PACKET_SAMPLES`] samples per channel at [`SOUND_RATE`]. Its packet carries the block's
    /// own time; the pre-skip in the format is what makes up for the encoder's delay.
    fn encode(&mut self, block: &Pcm) -> Result<Encoded, CodecError>;
}
