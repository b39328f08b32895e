//! The live stream of a clip: a prefix, then whole clusters, in the order in which they are to be appended.
//!
//! A cluster is built in memory and handed out whole, so that a file never holds half a thought for longer than one
//! write takes. Pictures and sound come from two encoders and not in order, and pictures of a still screen hardly come
//! at all; so a cluster is closed when both tracks have passed its end, or when the clock says that nothing can come.

use std::collections::VecDeque;
use std::time::Duration;

use deskside_frame::{AudioFormat, Codec, Encoded, Time, Track, VideoFormat};
use thiserror::Error;

use crate::ebml::{self, id};
use crate::prefix::{self, MAX_TRACKS};
use crate::tracks::{self, AUDIO_NUMBER, Tracks, VIDEO_NUMBER};
use crate::walk::MAX_FRAME;

/// The longest time that one cluster covers. It is what a crash costs, and what a watcher lags behind.
pub const CLUSTER_SPAN: Duration = Duration::from_millis(1_000);

/// How long after a moment its frames may still come out of an encoder. Later ones are moved to the next cluster's
/// start.
pub const PATIENCE: Duration = Duration::from_millis(300);

/// How long the last picture of a cluster is said to last when nobody knows: as long as a still screen goes without a
/// picture. Players that are fed clusters drop everything up to the next keyframe if a picture comes more than twice
/// as late as the one before it promised (Media Source Extensions, coded frame processing).
const HOLD_MILLIS: u64 = 1_000;

const SPAN_MILLIS: u64 = CLUSTER_SPAN.as_millis() as u64;
const PATIENCE_MILLIS: u64 = PATIENCE.as_millis() as u64;

/// A whole cluster, to be appended.
#[derive(Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// When its first frame begins.
    pub start: Time,
    /// Whether its first picture is a keyframe, so that a watcher can join here.
    pub keyframe: bool,
}

impl std::fmt::Debug for Cluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let key = if self.keyframe { ", keyframe" } else { "" };
        write!(f, "Cluster({}, {} bytes{key})", self.start, self.bytes.len())
    }
}

/// Why a frame or a format can't be written. The clip stays as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Unwritable {
    /// That codec has no place in that track.
    #[error("{0:?} can't be in that track of a clip")]
    Codec(Codec),
    /// A side of the picture is zero or odd, or the codec's set-up bytes are too long, or the channels not 1 or 2.
    #[error("a clip can't have that format")]
    Format,
    /// Sound in a clip that was begun without.
    #[error("the clip was begun without a sound track")]
    NoAudio,
    /// The first picture is not a keyframe: ask the encoder for one.
    #[error("the first picture must be a keyframe")]
    NoKeyframe,
    /// The frame is larger than [`MAX_FRAME`].
    #[error("a frame of {0} bytes is too large")]
    TooLarge(usize),
    /// [`Writer::end`] was called before.
    #[error("the clip has ended")]
    Ended,
}

/// Turns encoded frames into the bytes of a clip.
///
/// Append [`Writer::prefix`], then whatever [`Writer::closed`] gives, after each `push` and `tick` and after `end`.
pub struct Writer {
    prefix: Vec<u8>,
    has_audio: bool,
    /// The numbers of the picture track and of the sound track.
    numbers: (u8, u8),
    /// Frames that are in no cluster yet, by time; at the same millisecond pictures first, so that a keyframe leads.
    pending: VecDeque<Pending>,
    closed: VecDeque<Cluster>,
    /// The last millisecond used, by track.
    last: [Option<u64>; 2],
    /// The end of the last closed cluster, before which nothing can be put any more.
    floor: u64,
    clock: u64,
    ended: Option<u64>,
}

struct Pending {
    millis: u64,
    track: Track,
    keyframe: bool,
    bytes: Vec<u8>,
}

impl Writer {
    /// A clip with these tracks, which never change.
    pub fn new(video: &VideoFormat, audio: Option<&AudioFormat>) -> Result<Writer, Unwritable> {
        let even = |side: u32| side > 0 && side.is_multiple_of(2);
        let mono_or_stereo = audio.is_none_or(|audio| (1..=2).contains(&audio.channels));
        if !even(video.width) || !even(video.height) || !mono_or_stereo {
            return Err(Unwritable::Format);
        }
        let tracks = tracks::write(video, audio).map_err(Unwritable::Codec)?;
        Writer::described(&tracks, audio.is_some(), (VIDEO_NUMBER, AUDIO_NUMBER))
    }

    /// A clip with the tracks of another one, described in the same words.
    pub(crate) fn like(tracks: &Tracks, described: &[u8]) -> Result<Writer, Unwritable> {
        let numbers = (tracks.video_number, tracks.audio_number.unwrap_or(AUDIO_NUMBER));
        Writer::described(described, tracks.audio.is_some(), numbers)
    }

    fn described(tracks: &[u8], has_audio: bool, numbers: (u8, u8)) -> Result<Writer, Unwritable> {
        if tracks.len() > MAX_TRACKS {
            return Err(Unwritable::Format);
        }
        Ok(Writer {
            prefix: prefix::live(tracks),
            has_audio,
            numbers,
            pending: VecDeque::new(),
            closed: VecDeque::new(),
            last: [None; 2],
            floor: 0,
            clock: 0,
            ended: None,
        })
    }

    /// The first [`crate::PREFIX`] bytes of the clip: a valid beginning of a live stream.
    pub fn prefix(&self) -> &[u8] {
        &self.prefix
    }

    /// Takes a frame. Frames of one track come in order; those of the other may be up to [`PATIENCE`] behind.
    ///
    /// Times become milliseconds, rise within a track, and are never before the end of a closed cluster: a frame that
    /// breaks that is moved, not dropped.
    pub fn push(&mut self, frame: Encoded) -> Result<(), Unwritable> {
        if self.ended.is_some() {
            return Err(Unwritable::Ended);
        }
        if frame.bytes.len() > MAX_FRAME {
            return Err(Unwritable::TooLarge(frame.bytes.len()));
        }
        let slot = match frame.track {
            Track::Audio if !self.has_audio => return Err(Unwritable::NoAudio),
            Track::Video if self.last[0].is_none() && !frame.keyframe => return Err(Unwritable::NoKeyframe),
            Track::Video => &mut self.last[0],
            Track::Audio => &mut self.last[1],
        };
        let said = frame.time.millis_rounded();
        let millis = said.max(self.floor).max(slot.map_or(0, |last| last + 1));
        *slot = Some(millis);
        let key = (millis, frame.track);
        let at = self.pending.partition_point(|pending| (pending.millis, pending.track) <= key);
        self.pending
            .insert(at, Pending { millis, track: frame.track, keyframe: frame.keyframe, bytes: frame.bytes });
        self.clock = self.clock.max(said);
        self.close_ready();
        Ok(())
    }

    /// Says what time it is in the clip. Call it a few times a second: a still screen sends no frames that would.
    pub fn tick(&mut self, now: Time) {
        self.clock = self.clock.max(now.millis_rounded());
        self.close_ready();
    }

    /// Closes everything: the clip ends at `end`, and so does its last picture.
    pub fn end(&mut self, end: Time) {
        self.ended.get_or_insert(end.millis_rounded());
        self.close_ready();
    }

    /// The next cluster to append, if one is whole.
    pub fn closed(&mut self) -> Option<Cluster> {
        self.closed.pop_front()
    }

    fn close_ready(&mut self) {
        while let Some(first) = self.pending.front() {
            // A keyframe opens a cluster of its own, with the sound that comes before it: its first *picture* counts.
            let pictures = self.pending.iter().filter(|frame| frame.track == Track::Video);
            let next_keyframe = pictures.skip(1).find(|frame| frame.keyframe);
            let span_ends = first.millis + SPAN_MILLIS;
            let boundary = next_keyframe.map_or(span_ends, |keyframe| keyframe.millis.min(span_ends));
            if self.ended.is_none() && self.settled() < boundary {
                return;
            }
            self.close(boundary);
        }
    }

    /// The moment before which no frame can come any more.
    fn settled(&self) -> u64 {
        let video = self.last[0].unwrap_or(0);
        let both = if self.has_audio { video.min(self.last[1].unwrap_or(0)) } else { video };
        both.max(self.clock.saturating_sub(PATIENCE_MILLIS))
    }

    fn close(&mut self, boundary: u64) {
        let count = self.pending.partition_point(|frame| frame.millis < boundary);
        let next_picture =
            self.pending.range(count..).find(|frame| frame.track == Track::Video).map(|f| f.millis);
        let frames: Vec<Pending> = self.pending.drain(..count).collect();
        let Some(start) = frames.first().map(|frame| frame.millis) else { return };
        let is_picture = |frame: &Pending| frame.track == Track::Video;
        let last_picture = frames.iter().rposition(is_picture);
        let keyframe = frames.iter().find(|frame| is_picture(frame)).is_some_and(|frame| frame.keyframe);

        let mut body = Vec::with_capacity(frames.iter().map(|frame| frame.bytes.len() + 32).sum());
        ebml::put_uint(&mut body, id::TIMESTAMP, start);
        for (at, frame) in frames.iter().enumerate() {
            if Some(at) == last_picture {
                let until = next_picture.or(self.ended).unwrap_or(frame.millis + HOLD_MILLIS);
                put_last_picture(
                    &mut body,
                    frame,
                    self.numbers,
                    start,
                    until.saturating_sub(frame.millis).max(1),
                );
            } else {
                let flags = if frame.keyframe || frame.track == Track::Audio { 0x80 } else { 0 };
                put_block(&mut body, id::SIMPLE_BLOCK, frame, self.numbers, start, flags);
            }
        }
        let mut bytes = Vec::with_capacity(body.len() + 12);
        ebml::put_bytes(&mut bytes, id::CLUSTER, &body);
        self.floor = boundary;
        self.closed.push_back(Cluster { bytes, start: Time::from_millis(start), keyframe });
    }
}

fn put_block(out: &mut Vec<u8>, element: u32, frame: &Pending, numbers: (u8, u8), cluster: u64, flags: u8) {
    // Never near the 16 bits that a block has for it: a cluster covers at most CLUSTER_SPAN.
    let relative = (frame.millis - cluster) as i16;
    let number = if frame.track == Track::Video { numbers.0 } else { numbers.1 };
    ebml::put_id(out, element);
    ebml::put_size(out, 4 + frame.bytes.len() as u64);
    out.push(0x80 | number);
    out.extend_from_slice(&relative.to_be_bytes());
    out.push(flags);
    out.extend_from_slice(&frame.bytes);
}

/// Only a block group can say how long a picture lasts.
fn put_last_picture(out: &mut Vec<u8>, frame: &Pending, numbers: (u8, u8), cluster: u64, duration: u64) {
    let mut group = Vec::with_capacity(frame.bytes.len() + 24);
    put_block(&mut group, id::BLOCK, frame, numbers, cluster, 0);
    ebml::put_uint(&mut group, id::BLOCK_DURATION, duration);
    if !frame.keyframe {
        // What it refers to is the decoder's business; that it refers to something says it is no keyframe.
        ebml::put_bytes(&mut group, id::REFERENCE_BLOCK, &[0xFF]);
    }
    ebml::put_bytes(out, id::BLOCK_GROUP, &group);
}
