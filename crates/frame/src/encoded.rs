//! Compressed frames, and what must be known to decode them.
//!
//! A clip has exactly one video track and at most one audio track, so a track is a word and not a number. Formats
//! are fixed before the first frame and never change within a clip.

use crate::Time;

/// Which of a clip's two tracks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Track {
    /// The pictures.
    Video,
    /// The sound.
    Audio,
}

/// How a track is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Codec {
    /// VP9, profile 0.
    Vp9,
    /// AV1, main profile.
    Av1,
    /// VP8: what Firefox records. Deskside itself writes none.
    Vp8,
    /// Opus.
    Opus,
}

/// The picture track's format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VideoFormat {
    /// `Vp9`, `Av1` or `Vp8`.
    pub codec: Codec,
    /// Width in pixels, even.
    pub width: u32,
    /// Height in pixels, even.
    pub height: u32,
    /// The most frames per second that will come; fewer come while the screen is still. 0 when not known.
    pub fps: u32,
    /// What the decoder needs before the first frame, as WebM stores it (CodecPrivate): for AV1 the four bytes of
    /// `av1C` and the sequence header, for VP9 nothing.
    pub setup: Vec<u8>,
}

/// The sound track's format. Codec `Opus` always decodes at 48,000 samples per second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioFormat {
    /// `Opus`.
    pub codec: Codec,
    /// Samples per second that went into the encoder.
    pub rate: u32,
    /// 1 or 2.
    pub channels: u16,
    /// Samples at 48,000 per second that a player drops at the start: the encoder's look-ahead, which the encoder
    /// tells.
    pub pre_skip: u16,
}

/// One compressed picture, or one packet of sound.
#[derive(Clone, PartialEq, Eq)]
pub struct Encoded {
    /// Where it belongs.
    pub track: Track,
    /// When the picture is shown; for sound, when the first sample that went into the packet was heard (a player
    /// takes `pre_skip` into account by itself).
    pub time: Time,
    /// Whether decoding can begin here. Always true for sound.
    pub keyframe: bool,
    /// As the encoder gave them.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Encoded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let key = if self.keyframe { ", keyframe" } else { "" };
        write!(f, "{:?}({}, {} bytes{key})", self.track, self.time, self.bytes.len())
    }
}
