//! VP9 for screens: the settings that were measured best, and their reasons.
//!
//! Only what is particular to VP9 is here; `libvpx.rs` speaks with the library. Keyframes come when asked for and at
//! no other time, because the recorder counts in seconds and libvpx in frames, and a still screen has few frames.

use deskside_frame::{Codec, Encoded, I420, Time, Track, VideoFormat};

use crate::libvpx::{Control, Decoder, Encoder, EncoderSetup};
use crate::{CodecError, Hints, VideoDecoder, VideoEncoder, VideoSettings};

/// The slowest and the fastest speed that make sense in real time.
const SPEEDS: std::ops::RangeInclusive<u32> = 7..=9;

/// The library behind it, with its version: `libvpx v1.12.0`.
pub fn vp9_version() -> String {
    format!("libvpx {}", crate::libvpx::version())
}

/// A VP9 encoder tuned for text on screens.
pub struct Vp9Encoder {
    encoder: Encoder,
    settings: VideoSettings,
    last: Option<Time>,
    speed: u32,
    /// Where the decoder keeps the last picture.
    slot: Option<u8>,
}

impl Vp9Encoder {
    /// Opens an encoder. Fails when a side is odd or zero, or when libvpx refuses the size.
    pub fn new(settings: VideoSettings) -> Result<Vp9Encoder, CodecError> {
        // Checks the sides by the one rule that pictures are made by.
        I420::black(settings.width, settings.height)?;
        let mut encoder = Encoder::open(&EncoderSetup {
            width: settings.width,
            height: settings.height,
            threads: settings.threads.clamp(1, 2),
            kilobits: settings.kilobits,
        })?;
        let speed = settings.speed.clamp(*SPEEDS.start(), *SPEEDS.end());
        let tile_columns = u32::from(settings.threads > 1 && settings.width >= 512);
        for (control, value) in [
            (Control::CpuUsed, speed),
            (Control::ScreenContent, 1),
            (Control::CqLevel, settings.quality.min(63)),
            (Control::AqMode, 3),
            (Control::NoiseSensitivity, 0),
            (Control::StaticThreshold, 1),
            (Control::RowMt, u32::from(settings.threads > 1)),
            (Control::TileColumnsLog2, tile_columns),
            (Control::FrameParallelDecoding, 0),
            (Control::AutoAltRef, 0),
            (Control::Bt709, 0),
            (Control::LimitedRange, 0),
            // A keyframe of a full screen of text is large; without a limit it would starve the frames after it.
            (Control::MaxIntraPercent, 1_000),
        ] {
            encoder.control(control, value)?;
        }
        Ok(Vp9Encoder { encoder, settings, last: None, speed, slot: None })
    }

    fn take(&mut self, packets: &mut Vec<Encoded>) {
        let slot = &mut self.slot;
        self.encoder.packets(|bytes, micros, keyframe| {
            *slot = slot_of(bytes);
            packets.push(Encoded {
                track: Track::Video,
                time: Time::from_micros(micros),
                keyframe,
                bytes: bytes.to_vec(),
            });
        });
    }
}

impl VideoEncoder for Vp9Encoder {
    fn format(&self) -> VideoFormat {
        VideoFormat {
            codec: Codec::Vp9,
            width: self.settings.width,
            height: self.settings.height,
            fps: self.settings.fps,
            setup: Vec::new(),
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
        if let (Some(nothing), Some(slot)) = (changed, self.slot)
            && nothing.is_empty()
        {
            packets.push(Encoded { track: Track::Video, time, keyframe: false, bytes: vec![AGAIN | slot] });
            return Ok(());
        }
        self.encoder.set_active(changed)?;
        let duration = 1_000_000 / u64::from(self.settings.fps.max(1));
        self.encoder.encode(picture, time.micros(), duration, hints.keyframe)?;
        self.take(packets);
        Ok(())
    }

    fn set_speed(&mut self, speed: u32) -> Result<(), CodecError> {
        let speed = speed.clamp(*SPEEDS.start(), *SPEEDS.end());
        if speed != self.speed {
            self.encoder.control(Control::CpuUsed, speed)?;
            self.speed = speed;
        }
        Ok(())
    }

    fn flush(&mut self, packets: &mut Vec<Encoded>) -> Result<(), CodecError> {
        self.encoder.flush()?;
        self.take(packets);
        Ok(())
    }
}

/// A whole frame of VP9, profile 0, that says: show what is in this slot again (VP9 bitstream specification 6.2, frame
/// marker and `show_existing_frame`). The encoder need not know of it, because it changes nothing that is remembered.
const AGAIN: u8 = 0b1000_1000;

/// The slot in which a decoder keeps a frame's picture, read from the frame's header (section 6.2 again). `None` when
/// it keeps it nowhere, or does not show it.
fn slot_of(frame: &[u8]) -> Option<u8> {
    let (first, rest) = frame.split_first()?;
    let bit = |n: u8| first >> (7 - n) & 1 == 1;
    let (profile_0, existing, inter, shown, resilient) =
        (first >> 4 == 0b1000, bit(4), bit(5), bit(6), bit(7));
    if !profile_0 || existing || !shown {
        return None;
    }
    if !inter {
        // A keyframe goes into every slot.
        return Some(0);
    }
    let flags = match (resilient, rest) {
        (true, [flags, ..]) => *flags,
        // Two bits about contexts come first.
        (false, [high, low, ..]) => high << 2 | low >> 6,
        _ => return None,
    };
    (flags != 0).then(|| flags.trailing_zeros() as u8)
}

/// A VP9 decoder: for posters and for looking at what was recorded.
pub struct Vp9Decoder {
    decoder: Decoder,
}

impl Vp9Decoder {
    /// Opens a decoder.
    pub fn new() -> Result<Vp9Decoder, CodecError> {
        Ok(Vp9Decoder { decoder: Decoder::open()? })
    }
}

impl VideoDecoder for Vp9Decoder {
    fn decode(&mut self, frame: &[u8]) -> Result<Option<I420>, CodecError> {
        self.decoder.decode(frame)
    }
}
