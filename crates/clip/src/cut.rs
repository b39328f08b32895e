//! Some stretches of a clip as a clip of its own, without decoding anything.
//!
//! A stretch can end anywhere but begin only where decoding can: it begins at the first keyframe at or after the moment
//! that was asked for, never before it, because what is not asked for is to be gone. Frames are copied as they are and
//! put into new clusters; their times are moved so that the stretches follow each other. Sound that reaches over an end
//! of its stretch is left out. The result is a new recording: bytes that were not kept are nowhere in it.
//!
//! Pictures and packets of sound do not end together, so there would be a hole of up to two packets in the sound at each
//! seam. Players look at the time of the first packet and then count, so each hole would put the sound that much before
//! the pictures, up to the clip's end. So holes are filled with packets of silence, the shortest of which is 2.5 ms;
//! what is left over is remembered for the next seam and never adds up.

use std::io::Read;
use std::time::Duration;

use deskside_frame::{Encoded, Time, Track};
use thiserror::Error;

use crate::reader::{ReadError, Reader};
use crate::scan::{Keyframe, opus_micros};
use crate::walk::MAX_FRAME;
use crate::writer::{Cluster, Unwritable, Writer};

/// A part of a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Its first moment.
    pub from: Time,
    /// Its end; this moment is not in it.
    pub to: Time,
}

/// Why nothing was cut.
#[derive(Debug, Error)]
pub enum CutError {
    /// The clip can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// What it is made of can't be written again.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
    /// Stretches overlap, or come in another order than in the clip.
    #[error("what is kept must be in order")]
    Order,
    /// No keyframe lies in what was asked for.
    #[error("in what shall be kept there is no place where decoding can begin")]
    Nothing,
}

/// What remains of the stretches `keep` of a clip of length `end` that has these keyframes: where each really begins.
/// Stretches in which nothing can begin are left out.
pub fn snap(keep: &[Stretch], keyframes: &[Keyframe], end: Time) -> Vec<Stretch> {
    let snapped = keep.iter().filter_map(|stretch| {
        let at = keyframes.partition_point(|keyframe| is_before(keyframe.time, stretch.from));
        let (from, to) = (keyframes.get(at)?.time, stretch.to.min(end));
        (from < to).then_some(Stretch { from, to })
    });
    snapped.collect()
}

/// Whoever asks counts in milliseconds: a keyframe less than one before the moment is at it.
fn is_before(time: Time, asked: Time) -> bool {
    time.micros() + 999 < asked.micros()
}

/// Cuts a clip while it is read. Append [`Cutter::prefix`], then what [`Cutter::next`] gives, until there is no more.
pub struct Cutter<R> {
    source: Reader<R>,
    writer: Option<Writer>,
    prefix: Vec<u8>,
    asked: Vec<Stretch>,
    /// For each stretch, where it really begins and where that lies in the new clip.
    opened: Vec<Option<(Time, Time)>>,
    sound: Sound,
    ended: bool,
}

/// Where the sound of the new clip is.
struct Sound {
    /// How much later a decoder gives a sample than it was put in: a packet begins that much before its own time.
    delay: Duration,
    stereo: bool,
    /// The end of the last packet.
    end: Time,
    /// Microseconds by which what was filled so far is shorter than the holes.
    owed: i64,
    /// The stretch that it is in.
    stretch: Option<usize>,
}

/// A hole larger than this is none that cutting made: the recording had no sound there, and its players saw to that.
const LARGEST_HOLE: i64 = 100_000;
/// The lengths that a packet of Opus can have without its encoder, in microseconds, and how its first byte says so: one
/// frame, fullband, of the codec's own kind of transform (RFC 6716, section 3.1).
const SILENCES: [(i64, u8); 4] = [(20_000, 31 << 3), (10_000, 30 << 3), (5_000, 29 << 3), (2_500, 28 << 3)];
/// What follows in such a packet: the flag that says "silence" is set, and nothing else.
const SILENT: [u8; 2] = [0xFF, 0xFE];

impl Sound {
    /// Packets of silence before the first packet of a stretch, which lies at `time`.
    fn bridge(&mut self, time: Time) -> Vec<Encoded> {
        let micros = |time: Time| time.micros().cast_signed();
        let hole = micros(time) - micros(self.end) + self.owed;
        let mut packets = Vec::new();
        if !(-LARGEST_HOLE..=LARGEST_HOLE).contains(&hole) {
            self.owed = 0;
            return packets;
        }
        let (shortest, _) = SILENCES[SILENCES.len() - 1];
        let mut left = ((hole.max(0) + shortest / 2) / shortest) * shortest;
        self.owed = hole - left;
        let mut at = self.end;
        for (length, toc) in SILENCES {
            while left >= length {
                let toc = toc | if self.stereo { 4 } else { 0 };
                let bytes = [&[toc], &SILENT[..]].concat();
                packets.push(Encoded { track: Track::Audio, time: at, keyframe: true, bytes });
                at += Duration::from_micros(length.unsigned_abs());
                left -= length;
            }
        }
        packets
    }
}

impl<R: Read> Cutter<R> {
    /// Begins to keep these stretches, which are in order, of a clip of length `end`. `source` ends with the clip's last
    /// whole cluster.
    pub fn open(source: R, keep: &[Stretch], end: Time) -> Result<Cutter<R>, CutError> {
        let in_order = keep.windows(2).all(|pair| pair[0].to <= pair[1].from);
        if !in_order || keep.iter().any(|stretch| stretch.to <= stretch.from) {
            return Err(CutError::Order);
        }
        let source = Reader::open(source)?;
        let writer = Writer::like(source.tracks(), source.tracks_bytes())?;
        let format = source.tracks().audio.as_ref();
        let delay = format.map_or(Duration::ZERO, |format| {
            Time::from_samples(format.pre_skip.into(), format.rate).as_duration()
        });
        let stereo = format.is_some_and(|format| format.channels > 1);
        let asked: Vec<Stretch> =
            keep.iter().map(|stretch| Stretch { to: stretch.to.min(end), ..*stretch }).collect();
        Ok(Cutter {
            source,
            prefix: writer.prefix().to_vec(),
            writer: Some(writer),
            opened: vec![None; asked.len()],
            asked,
            sound: Sound { delay, stereo, end: Time::ZERO, owed: 0, stretch: None },
            ended: false,
        })
    }

    /// The first bytes of the new clip, as of one that is being recorded.
    pub fn prefix(&self) -> &[u8] {
        &self.prefix
    }

    /// The stretches that are kept, where they really begin and end in the old clip; all of them once it is through.
    pub fn kept(&self) -> Vec<Stretch> {
        let kept = self.asked.iter().zip(&self.opened);
        kept.filter_map(|(asked, opened)| opened.map(|(from, _)| Stretch { from, to: asked.to })).collect()
    }

    /// The next cluster of the new clip.
    #[allow(
        clippy::should_implement_trait,
        reason = "kept() is asked in between, which a for loop would not let"
    )]
    pub fn next(&mut self) -> Option<Result<Cluster, CutError>> {
        loop {
            if let Some(cluster) = self.writer.as_mut().and_then(Writer::closed) {
                return Some(Ok(cluster));
            }
            if self.ended {
                return None;
            }
            match self.step() {
                Ok(()) => {}
                Err(error) => {
                    self.ended = true;
                    self.writer = None;
                    return Some(Err(error));
                }
            }
        }
    }

    fn step(&mut self) -> Result<(), CutError> {
        let frame = self.source.next().transpose()?;
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let Some(frame) = frame else {
            self.ended = true;
            let Some(length) = self.whole() else { return Err(CutError::Nothing) };
            if let Some(writer) = &mut self.writer {
                writer.end(length);
            }
            return Ok(());
        };
        let Some(at) = self
            .asked
            .iter()
            .position(|stretch| !is_before(frame.time, stretch.from) && frame.time < stretch.to)
        else {
            return Ok(());
        };
        if self.opened[at].is_none() && frame.track == Track::Video && frame.keyframe {
            // A later stretch may have begun already, in a file that is out of order: this one has no place any more.
            if self.opened[at..].iter().any(Option::is_some) {
                return Ok(());
            }
            let before = self.asked[..at]
                .iter()
                .zip(&self.opened)
                .filter_map(|(asked, opened)| opened.map(|(from, _)| asked.to.since(from)));
            self.opened[at] = Some((frame.time, Time::from(before.sum::<Duration>())));
        }
        let Some((from, to)) = self.opened[at] else { return Ok(()) };
        let (begins, reaches) = match frame.track {
            Track::Video => (from, frame.time),
            // Nothing comes before the recording's own first moment.
            Track::Audio if from == Time::ZERO => (from, frame.time + length(&frame)),
            Track::Audio => (from + self.sound.delay, frame.time + length(&frame)),
        };
        // Whoever asks counts in milliseconds; what remains of the last one belongs to it.
        let is_over = reaches.micros() > self.asked[at].to.micros().saturating_add(999);
        if frame.time < begins || is_over || frame.bytes.len() > MAX_FRAME {
            return Ok(());
        }
        let time = to + frame.time.since(from);
        if frame.track == Track::Audio {
            if self.sound.stretch.replace(at) != Some(at) {
                for silence in self.sound.bridge(time) {
                    writer.push(silence)?;
                }
            }
            self.sound.end = time + length(&frame);
        }
        writer.push(Encoded { time, ..frame })?;
        Ok(())
    }

    /// The length of the new clip, if there is anything in it.
    fn whole(&self) -> Option<Time> {
        let kept = self.kept();
        let length = kept.iter().map(|stretch| stretch.to.since(stretch.from)).sum::<Duration>();
        (!kept.is_empty()).then(|| Time::from(length))
    }
}

/// How long a packet sounds.
fn length(packet: &Encoded) -> Duration {
    Duration::from_micros(opus_micros(&packet.bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(from: u64, to: u64) -> Stretch {
        Stretch { from: Time::from_millis(from), to: Time::from_millis(to) }
    }

    #[test]
    fn holes_are_filled_to_the_nearest_short_packet_and_the_rest_never_adds_up() {
        let mut sound =
            Sound { delay: Duration::ZERO, stereo: false, end: Time::ZERO, owed: 0, stretch: None };
        let (mut holes, mut filled) = (0i64, 0i64);
        for hole in [17_300i64, 39_000, 0, 900, 1_300, 21_200, 38_900, 1_100, 1_100, 1_100] {
            let time = sound.end + Duration::from_micros(hole.unsigned_abs());
            let packets = sound.bridge(time);
            let mut end = sound.end;
            for packet in &packets {
                assert_eq!(packet.time, end, "one follows the other");
                end += length(packet);
            }
            holes += hole;
            filled += end.since(sound.end).as_micros() as i64;
            assert!((holes - filled).abs() <= 1_250, "{holes} us of holes, {filled} us of silence");
            sound.end = time + Duration::from_millis(20);
        }
        assert!(sound.bridge(sound.end + Duration::from_secs(2)).is_empty(), "that was silence before");
    }

    #[test]
    fn a_stretch_begins_at_the_keyframe_behind_and_never_before() {
        let keyframes = [0u64, 400, 800].map(|millis| Keyframe {
            time: Time::from_micros(millis * 1_000 + 300),
            offset: millis,
            ticks: millis,
        });
        let end = Time::from_millis(1_000);
        let snapped = snap(&[stretch(2, 500), stretch(500, 600), stretch(700, 2_000)], &keyframes, end);
        assert_eq!(
            snapped,
            [
                Stretch { from: keyframes[1].time, to: Time::from_millis(500) },
                Stretch { from: keyframes[2].time, to: end }
            ]
        );
        assert!(snap(&[stretch(802, 900)], &keyframes, end).is_empty());
    }
}
