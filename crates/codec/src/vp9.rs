//! VP9 for screens: the settings that were measured best, and their reasons.
//!
//! Only what is particular to VP9 is here; `libvpx.rs` speaks with the library. Keyframes come when asked for and at
//! no other time, because the recorder counts in seconds and libvpx in frames, and a still screen has few frames.

use std::time::Duration;

use deskside_frame::{Codec, Encoded, I420, Time, Track, VideoFormat};

use crate::libvpx::{Control, Decoder, Encoder, EncoderSetup};
use crate::{CodecError, Hints, VideoDecoder, VideoEncoder, VideoSettings};

/// The slowest and the fastest speed that make sense in real time.
const SPEEDS: std::ops::RangeInclusive<u32> = 7..=9;

/// No picture is smoothed where blocks meet.
const UNSMOOTHED: u32 = 2;

/// The library behind it, with its version: `libvpx v1.12.0`.
pub fn vp9_version() -> String {
    format!("libvpx {}", crate::libvpx::version())
}

/// A VP9 encoder tuned for text on screens.
pub struct Vp9Encoder {
    encoder: Encoder,
    settings: VideoSettings,
    last: Option<Time>,
    /// The speed asked for.
    speed: u32,
    /// What libvpx was last told of speed, quality, and whether to smooth.
    told: (u32, u32, bool),
    rate: Rate,
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
        let quality = settings.quality.min(63);
        let rate = Rate::of(settings.kilobits);
        let tile_columns = u32::from(settings.threads > 1 && settings.width >= 512);
        for (control, value) in [
            (Control::CpuUsed, speed),
            (Control::ScreenContent, 1),
            (Control::CqLevel, quality),
            // Refreshing blocks in turns is for rates, not for a quality that is told; what was coarse is marked again.
            (Control::AqMode, 0),
            (Control::Unsmoothed, UNSMOOTHED),
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
        Ok(Vp9Encoder {
            encoder,
            settings,
            last: None,
            speed,
            told: (speed, quality, false),
            rate,
            slot: None,
        })
    }

    /// Sets speed and quality for the next picture.
    fn tell(&mut self, moving: bool, time: Time) -> Result<(), CodecError> {
        let (speed, wanted) = if moving {
            (*SPEEDS.end(), self.settings.moving_quality)
        } else {
            (self.speed, self.settings.quality)
        };
        let quality = self.rate.quality(wanted, time);
        // What is finer has no edges where its blocks meet, and letters have edges that should stay.
        let smooth = quality > self.settings.moving_quality.max(wanted);
        if smooth != self.told.2 {
            self.encoder.control(Control::Unsmoothed, if smooth { 0 } else { UNSMOOTHED })?;
        }
        if speed != self.told.0 {
            self.encoder.control(Control::CpuUsed, speed)?;
        }
        if quality != self.told.1 {
            self.encoder.control(Control::CqLevel, quality)?;
        }
        self.told = (speed, quality, smooth);
        Ok(())
    }

    fn take(&mut self, packets: &mut Vec<Encoded>) {
        let (slot, rate) = (&mut self.slot, &mut self.rate);
        self.encoder.packets(|bytes, micros, keyframe| {
            *slot = slot_of(bytes);
            rate.spend(bytes.len());
            packets.push(Encoded {
                track: Track::Video,
                time: Time::from_micros(micros),
                keyframe,
                bytes: bytes.to_vec(),
            });
        });
    }
}

/// What may be spent: a bucket that what was encoded fills and the time empties. libvpx has controls of its own for this,
/// but they remember the pictures before: after a keyframe or a page that scrolled they stay coarse for seconds.
struct Rate {
    /// Bits that a second empties.
    bits: u64,
    full: u64,
    time: Time,
}

impl Rate {
    /// So much time is remembered.
    const MEMORY: Duration = Duration::from_secs(2);
    /// The coarsest quality.
    const WORST: u32 = 56;

    fn of(kilobits: u32) -> Rate {
        Rate { bits: u64::from(kilobits.max(1)) * 1_000, full: 0, time: Time::ZERO }
    }

    /// The quality that can be paid for now, where that one is wanted: that, until the bucket is half full.
    fn quality(&mut self, wanted: u32, now: Time) -> u32 {
        let emptied = u128::from(self.bits) * now.since(self.time).as_micros() / 1_000_000;
        self.full = self.full.saturating_sub(u64::try_from(emptied).unwrap_or(u64::MAX));
        self.time = now;
        let half = self.bits * Self::MEMORY.as_secs() / 2;
        let strain = self.full.saturating_sub(half).min(half);
        let wanted = wanted.min(63);
        wanted + (u64::from(Self::WORST.saturating_sub(wanted)) * strain / half.max(1)) as u32
    }

    fn spend(&mut self, bytes: usize) {
        self.full = self.full.saturating_add(bytes as u64 * 8).min(self.bits * Self::MEMORY.as_secs());
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
        self.tell(hints.moving, time)?;
        self.encoder.set_active(changed)?;
        let duration = 1_000_000 / u64::from(self.settings.fps.max(1));
        self.encoder.encode(picture, time.micros(), duration, hints.keyframe)?;
        self.take(packets);
        Ok(())
    }

    fn set_speed(&mut self, speed: u32) -> Result<(), CodecError> {
        self.speed = speed.clamp(*SPEEDS.start(), *SPEEDS.end());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quality_gives_way_only_to_what_goes_on_and_comes_back() {
        let mut rate = Rate::of(1_000);
        let at = |millis| Time::from_millis(millis);
        assert_eq!(rate.quality(4, at(0)), 4);
        rate.spend(120_000);
        assert_eq!(rate.quality(4, at(33)), 4, "one large picture is paid for");
        for tick in 2..100 {
            rate.spend(20_000);
            rate.quality(4, at(tick * 33));
        }
        assert!(rate.quality(4, at(3_301)) > 50, "a film of five times the rate is not");
        assert_eq!(rate.quality(63, at(3_302)), 63);
        let mut last = 64;
        for seconds in 4..40 {
            let quality = rate.quality(4, at(seconds * 1_000));
            assert!(quality <= last, "it only becomes finer");
            last = quality;
        }
        assert_eq!(last, 4);
    }
}
