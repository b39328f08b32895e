//! What every picture encoder and decoder of Deskside does.

use deskside_frame::{Codec, Encoded, I420, Time, VideoFormat};

use crate::{ActiveMap, Av1Decoder, Av1Encoder, CodecError, Vp9Decoder, Vp9Encoder};

/// How pictures are to be encoded; fixed for the life of an encoder, as a clip's format never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VideoSettings {
    /// Width in pixels, even.
    pub width: u32,
    /// Height in pixels, even.
    pub height: u32,
    /// The most frames per second that will come.
    pub fps: u32,
    /// The highest mean bit rate in kilobits per second; a still screen takes far less.
    pub kilobits: u32,
    /// The quality aimed at for what stands still, as libvpx counts it: 0 is perfect, 63 is poor.
    pub quality: u32,
    /// The quality aimed at while much of the picture moves, when nobody can read it.
    pub moving_quality: u32,
    /// Threads the encoder may use; leave a core to the agent's work.
    pub threads: u32,
    /// Where to begin between quality and haste, see [`VideoEncoder::set_speed`]; 8 is careful, 9 is hasty.
    pub speed: u32,
}

impl VideoSettings {
    /// Settings for text on a screen of that size; docs/performance.md says how they were chosen.
    pub fn screen(width: u32, height: u32, fps: u32) -> VideoSettings {
        let pixels = u64::from(width) * u64::from(height);
        // 6 Mbit/s for a full-HD desk, in proportion for others, and never so little that text smears. Only films need it.
        let kilobits = (pixels * 6_000 / (1_920 * 1_080)).clamp(1_200, 18_000) as u32;
        VideoSettings { width, height, fps, kilobits, quality: 2, moving_quality: 24, threads: 2, speed: 8 }
    }
}

/// What the encoder should know about one picture.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints<'a> {
    /// Decoding must be able to begin here.
    pub keyframe: bool,
    /// Where the picture differs from the one before; `None` lets the encoder look everywhere. An empty map says that it
    /// does not differ: the picture before is shown again, which costs nothing.
    pub changed: Option<&'a ActiveMap>,
    /// Much of the picture moves just now: what is made of it may be coarse and must be quick, and is made good after.
    pub moving: bool,
}

/// Pictures in, compressed frames out. A packet may come later than its picture; [`VideoEncoder::flush`] gets what
/// is left.
pub trait VideoEncoder: Send {
    /// What the container must say about the track.
    fn format(&self) -> VideoFormat;

    /// Encodes one picture and appends what came out to `packets`. Times must grow.
    fn encode(
        &mut self,
        picture: &I420,
        time: Time,
        hints: Hints<'_>,
        packets: &mut Vec<Encoded>,
    ) -> Result<(), CodecError>;

    /// Trades quality for haste while running: larger is faster. Values outside of what the encoder knows are cut.
    fn set_speed(&mut self, speed: u32) -> Result<(), CodecError>;

    /// Appends the packets still inside; no picture may follow.
    fn flush(&mut self, packets: &mut Vec<Encoded>) -> Result<(), CodecError>;
}

/// Compressed frames in, pictures out.
pub trait VideoDecoder: Send {
    /// Decodes one frame and gives its picture; `None` when the frame shows nothing.
    fn decode(&mut self, frame: &[u8]) -> Result<Option<I420>, CodecError>;
}

/// Opens an encoder of that codec. Deskside itself records VP9 and AV1.
pub fn video_encoder(codec: Codec, settings: VideoSettings) -> Result<Box<dyn VideoEncoder>, CodecError> {
    match codec {
        Codec::Vp9 => Ok(Box::new(Vp9Encoder::new(settings)?)),
        Codec::Av1 => Ok(Box::new(Av1Encoder::new(settings)?)),
        other => Err(CodecError::NotHere(other)),
    }
}

/// Opens a decoder of that codec.
pub fn video_decoder(codec: Codec) -> Result<Box<dyn VideoDecoder>, CodecError> {
    match codec {
        Codec::Vp9 => Ok(Box::new(Vp9Decoder::new()?)),
        Codec::Av1 => Ok(Box::new(Av1Decoder::new()?)),
        other => Err(CodecError::NotHere(other)),
    }
}
