//! Opus for voices: 48 kHz, 20 ms packets, one or two channels.
//!
//! The library is built in, so that a recording sounds the same on every machine. Its wrapper is safe as it is.

use deskside_frame::{AudioFormat, Codec, Encoded, Pcm, Track};

use crate::{AudioEncoder, CodecError, PACKET_SAMPLES, SOUND_RATE};

/// An Opus packet is never longer than this, whatever the rate.
const LONGEST_PACKET: usize = 1_275 * 3 + 7;

/// An Opus encoder for speech.
pub struct OpusEncoder {
    encoder: ::opus::Encoder,
    channels: u16,
    pre_skip: u16,
}

impl OpusEncoder {
    /// An encoder for 1 or 2 channels; every other number is read as 2. 40 kbit/s for one, 64 kbit/s for two.
    pub fn new(channels: u16) -> Result<OpusEncoder, CodecError> {
        let channels = if channels == 1 { 1 } else { 2 };
        let (layout, bits) = match channels {
            1 => (::opus::Channels::Mono, 40_000),
            _ => (::opus::Channels::Stereo, 64_000),
        };
        // `Audio` keeps music and system sounds intact and costs nothing that matters beside the pictures.
        let mut encoder = ::opus::Encoder::new(SOUND_RATE, layout, ::opus::Application::Audio)
            .map_err(|error| failed("open an encoder", error))?;
        encoder.set_bitrate(::opus::Bitrate::Bits(bits)).map_err(|error| failed("set its rate", error))?;
        let pre_skip = encoder.get_lookahead().map_err(|error| failed("tell its delay", error))?;
        Ok(OpusEncoder { encoder, channels, pre_skip: pre_skip.clamp(0, 4_800) as u16 })
    }
}

impl AudioEncoder for OpusEncoder {
    fn format(&self) -> AudioFormat {
        AudioFormat { codec: Codec::Opus, rate: SOUND_RATE, channels: self.channels, pre_skip: self.pre_skip }
    }

    fn encode(&mut self, block: &Pcm) -> Result<Encoded, CodecError> {
        let expected = PACKET_SAMPLES * usize::from(self.channels);
        if block.samples.len() != expected {
            return Err(CodecError::Packet { expected, got: block.samples.len() });
        }
        let bytes = self
            .encoder
            .encode_vec_float(&block.samples, LONGEST_PACKET)
            .map_err(|error| failed("encode a packet", error))?;
        Ok(Encoded { track: Track::Audio, time: block.time, keyframe: true, bytes })
    }
}

/// An Opus decoder: for listening to what was recorded.
pub struct OpusDecoder {
    decoder: ::opus::Decoder,
    channels: u16,
}

impl OpusDecoder {
    /// A decoder that gives 1 or 2 channels.
    pub fn new(channels: u16) -> Result<OpusDecoder, CodecError> {
        let layout = if channels == 1 { ::opus::Channels::Mono } else { ::opus::Channels::Stereo };
        let decoder =
            ::opus::Decoder::new(SOUND_RATE, layout).map_err(|error| failed("open a decoder", error))?;
        Ok(OpusDecoder { decoder, channels: if channels == 1 { 1 } else { 2 } })
    }

    /// Interleaved samples of one packet at 48,000 per second.
    pub fn decode(&mut self, packet: &[u8]) -> Result<Vec<f32>, CodecError> {
        // 120 ms is the longest packet there is.
        let mut samples = vec![0.0; 5_760 * usize::from(self.channels)];
        let frames = self
            .decoder
            .decode_float(packet, &mut samples, false)
            .map_err(|error| failed("decode a packet", error))?;
        samples.truncate(frames * usize::from(self.channels));
        Ok(samples)
    }
}

fn failed(action: &'static str, error: ::opus::Error) -> CodecError {
    CodecError::Library { library: "libopus", action, reason: error.to_string() }
}
