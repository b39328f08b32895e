//! AV1 for screens: the settings that were measured best, and their reasons.
//!
//! Only what is particular to AV1 is here; `libaom.rs` speaks with the library. Keyframes come when asked for and at
//! no other time, as with VP9.

use deskside_frame::{Codec, Encoded, I420, Time, Track, VideoFormat};

use crate::libaom::{Control, Decoder, Encoder, EncoderSetup};
use crate::{CodecError, Hints, VideoDecoder, VideoEncoder, VideoSettings};

/// The slowest and the fastest speed that make sense in real time. [`VideoSettings`] count as VP9 does, whose 8 does
/// about as much work for a picture as 10 does here.
const SPEEDS: std::ops::RangeInclusive<u32> = 9..=11;
const BEYOND_VP9: u32 = 2;

/// What stands before a packet that libaom gives and, by the rules of WebM, not in a block: a temporal delimiter.
const DELIMITER: [u8; 2] = [0x12, 0];

/// The library behind it, with its version: `libaom 3.11.0`.
pub fn av1_version() -> String {
    format!("libaom {}", crate::libaom::version())
}

/// An AV1 encoder tuned for text on screens.
pub struct Av1Encoder {
    encoder: Encoder,
    settings: VideoSettings,
    last: Option<Time>,
    /// The speed asked for, and what libaom was last told.
    speed: u32,
    told: u32,
    /// The four bytes of `av1C` and the sequence header.
    setup: Vec<u8>,
}

impl Av1Encoder {
    /// Opens an encoder. Fails when a side is odd or zero, or when libaom refuses the size.
    pub fn new(settings: VideoSettings) -> Result<Av1Encoder, CodecError> {
        // Checks the sides by the one rule that pictures are made by.
        let black = I420::black(settings.width, settings.height)?;
        // libaom settles its sequence header with the first picture, and a clip's first bytes say it before. Another
        // encoder with the same settings says the same.
        let mut first = Vec::new();
        let mut trial = open(&settings)?;
        trial.encode(&black, 0, 1_000_000 / u64::from(settings.fps.max(1)), true)?;
        trial.packets(|bytes, _, _| first.extend_from_slice(in_webm(bytes)));
        let setup = setup(&first)?;
        let speed = speed(settings.speed);
        Ok(Av1Encoder { encoder: open(&settings)?, settings, last: None, speed, told: speed, setup })
    }

    fn take(&mut self, packets: &mut Vec<Encoded>) {
        self.encoder.packets(|bytes, micros, keyframe| {
            packets.push(Encoded {
                track: Track::Video,
                time: Time::from_micros(micros),
                keyframe,
                bytes: in_webm(bytes).to_vec(),
            });
        });
    }
}

/// libaom with everything set.
fn open(settings: &VideoSettings) -> Result<Encoder, CodecError> {
    let threads = settings.threads.clamp(1, 2);
    let mut encoder = Encoder::open(&EncoderSetup {
        width: settings.width,
        height: settings.height,
        threads,
        // It counts what a picture may take from this; twice as much is hardly ever taken, and makes first pictures fine.
        kilobits: settings.kilobits * 2,
        finest: settings.quality.min(63),
    })?;
    for (control, value) in [
        (Control::CpuUsed, speed(settings.speed)),
        (Control::ScreenContent, 1),
        (Control::AqMode, 3),
        (Control::RowMt, u32::from(threads > 1)),
        (Control::TileColumnsLog2, u32::from(threads > 1 && settings.width >= 512)),
        (Control::Palette, 1),
        // Only keyframes could use it, and they are the slowest pictures already.
        (Control::IntraBlockCopy, 0),
        // Tools for cameras, which cost time and find nothing on a screen.
        (Control::GlobalMotion, 0),
        (Control::WarpedMotion, 0),
        (Control::Obmc, 0),
        (Control::OrderHint, 0),
        (Control::DeltaQuantizers, 0),
        (Control::CoefficientCostUpdates, 3),
        (Control::ModeCostUpdates, 3),
        (Control::VectorCostUpdates, 3),
        (Control::MaxReferences, 3),
        // As with VP9: the first picture of a page of text is large, and may be.
        (Control::MaxIntraPercent, 1_000),
        (Control::PrimariesBt709, 1),
        (Control::TransferBt709, 1),
        (Control::MatrixBt709, 1),
        (Control::LimitedRange, 1),
    ] {
        encoder.control(control, value)?;
    }
    Ok(encoder)
}

/// The speed of libaom that does about the work of libvpx at this one.
fn speed(speed: u32) -> u32 {
    speed.saturating_add(BEYOND_VP9).clamp(*SPEEDS.start(), *SPEEDS.end())
}

/// What of a packet belongs into a block of WebM.
fn in_webm(packet: &[u8]) -> &[u8] {
    packet.strip_prefix(&DELIMITER).unwrap_or(packet)
}

/// What the container says of the stream that begins with this keyframe (`av1C`: AV1 in ISO BMFF 2.3.3, which WebM takes
/// over): version 1, then profile, level and tier as the sequence header has them, 8 bits and 4:2:0, and that header.
fn setup(keyframe: &[u8]) -> Result<Vec<u8>, CodecError> {
    // An open bitstream unit (AV1 5.3): a byte that says sequence header with length, the length, then (5.5.1) profile
    // 3 bits, three flags, none of which real-time encoding sets, no initial delay (1), one operating point (5), which
    // is all layers (12), its level (5), and for levels above 7 its tier (1).
    let header = match keyframe {
        [0x0a, length @ 5..=127, rest @ ..] => rest.get(..usize::from(*length)),
        _ => None,
    };
    let Some(header) = header.filter(|header| header[0] & 0b0001_1110 == 0) else {
        let reason = "its sequence header is not laid out as expected".to_owned();
        return Err(CodecError::Library { library: "libaom", action: "describe the stream", reason });
    };
    let (profile, level) = (header[0] >> 5, header[3] >> 3);
    let tier = if level > 7 { header[3] >> 2 & 1 } else { 0 };
    let mut setup = vec![0x81, profile << 5 | level, tier << 7 | 0b1100, 0];
    setup.extend_from_slice(&keyframe[..2 + header.len()]);
    Ok(setup)
}

impl VideoEncoder for Av1Encoder {
    fn format(&self) -> VideoFormat {
        VideoFormat {
            codec: Codec::Av1,
            width: self.settings.width,
            height: self.settings.height,
            fps: self.settings.fps,
            setup: self.setup.clone(),
        }
    }

    fn encode(
        &mut self,
        picture: &I420,
        time: Time,
        hints: Hints<'_>,
        packets: &mut Vec<Encoded>,
    ) -> Result<(), CodecError> {
        let made_for = (self.settings.width, self.settings.height);
        if (picture.width(), picture.height()) != made_for {
            return Err(CodecError::Size { made_for, got: (picture.width(), picture.height()) });
        }
        if let Some(last) = self.last
            && time <= last
        {
            return Err(CodecError::Order { last: last.micros(), got: time.micros() });
        }
        // A keyframe has no picture before it to copy from.
        let changed = hints.changed.filter(|_| !hints.keyframe && self.last.is_some());
        self.last = Some(time);
        let speed = if hints.moving && !hints.keyframe { *SPEEDS.end() } else { self.speed };
        if speed != self.told {
            self.encoder.control(Control::CpuUsed, speed)?;
            self.told = speed;
        }
        self.encoder.set_active(changed)?;
        let duration = 1_000_000 / u64::from(self.settings.fps.max(1));
        self.encoder.encode(picture, time.micros(), duration, hints.keyframe)?;
        self.take(packets);
        Ok(())
    }

    fn set_speed(&mut self, wanted: u32) -> Result<(), CodecError> {
        self.speed = speed(wanted);
        Ok(())
    }

    fn flush(&mut self, packets: &mut Vec<Encoded>) -> Result<(), CodecError> {
        self.encoder.flush()?;
        self.take(packets);
        Ok(())
    }
}

/// An AV1 decoder: for posters and for looking at what was recorded.
pub struct Av1Decoder {
    decoder: Decoder,
}

impl Av1Decoder {
    /// Opens a decoder.
    pub fn new() -> Result<Av1Decoder, CodecError> {
        Ok(Av1Decoder { decoder: Decoder::open()? })
    }
}

impl VideoDecoder for Av1Decoder {
    fn decode(&mut self, frame: &[u8]) -> Result<Option<I420>, CodecError> {
        self.decoder.decode(frame)
    }
}
