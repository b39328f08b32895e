//! The first [`PREFIX`] bytes of a clip: while it is recorded, and when it is finished.
//!
//! Both have the same length, so that finishing moves no cluster. While recording, the reserve stands *before* the
//! track description: the description then ends where the first cluster begins, which is what media source buffers
//! take for an initialisation segment. Finished, the reserve holds the index:
//! `EBML, Segment, SeekHead, Void, Info, Tracks, Cues`.

use std::ops::Range;

use crate::ebml::{self, id};
use crate::scan::Keyframe;

/// Bytes before the first cluster: 32 KiB.
///
/// A cue is at most 18 bytes in a clip below 4 GiB and 4.6 hours, so 1,750 of them fit: a keyframe every two seconds
/// for 58 minutes, or every four for 1 h 56 min. A longer clip gets a cue for every second, third, ... keyframe: seeking
/// still lands right and decodes a few seconds more. Twice the size would cost every watcher on a 1 Mbit/s line another
/// quarter of a second before the first picture, and a clip of a minute (4 MB) another 0.8 %.
pub const PREFIX: usize = 32 * 1024;

/// The longest track description that a prefix takes.
pub(crate) const MAX_TRACKS: usize = 8 * 1024;

/// The unit of WebM times that [`crate::Writer`] uses, in nanoseconds: a millisecond.
pub(crate) const SCALE: u64 = 1_000_000;

/// The prefix of a clip that is being recorded. `tracks` is the body of the Tracks element, at most [`MAX_TRACKS`].
pub(crate) fn live(tracks: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(PREFIX);
    put_head(&mut out);
    ebml::put_id(&mut out, id::SEGMENT);
    ebml::put_size_wide(&mut out, None);
    let mut tail = Vec::new();
    put_info(&mut tail, SCALE, None);
    ebml::put_bytes(&mut tail, id::TRACKS, tracks);
    let reserve = PREFIX - out.len() - tail.len();
    ebml::put_void(&mut out, reserve);
    out.extend_from_slice(&tail);
    out
}

/// What a finished prefix is computed from.
pub(crate) struct Facts<'a> {
    /// The body of the Tracks element.
    pub(crate) tracks: &'a [u8],
    /// The number of the picture track.
    pub(crate) video_number: u8,
    /// Nanoseconds in a unit of time.
    pub(crate) scale: u64,
    /// The clip's length in units of time.
    pub(crate) duration: f64,
    /// Where in the recorded bytes the clusters are.
    pub(crate) clusters: Range<u64>,
    /// Whether every cluster tells its length.
    pub(crate) lengths_known: bool,
    /// Where decoding can begin; offsets in the recorded bytes, none before the clusters.
    pub(crate) keyframes: &'a [Keyframe],
}

/// The prefix of a finished clip.
pub(crate) fn finished(facts: &Facts<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(PREFIX);
    put_head(&mut out);
    ebml::put_id(&mut out, id::SEGMENT);
    let start = out.len() + 8;
    // A browser's clusters tell no length, and may only stand in a segment that tells none either (RFC 8794, 6.2).
    let length = (PREFIX - start) as u64 + (facts.clusters.end - facts.clusters.start);
    ebml::put_size_wide(&mut out, facts.lengths_known.then_some(length));

    let mut info = Vec::new();
    put_info(&mut info, facts.scale, Some(facts.duration));
    let mut tracks = Vec::new();
    ebml::put_bytes(&mut tracks, id::TRACKS, facts.tracks);

    let seek_head_length = seek_head(0, 0, 0).len();
    let room = PREFIX - out.len() - seek_head_length - info.len() - tracks.len() - SMALLEST_VOID;
    let cues = densest_cues(facts, (PREFIX - start) as u64, room);

    // Positions count from the start of the segment's body.
    let cues_at = PREFIX - start - cues.len();
    let tracks_at = cues_at - tracks.len();
    let info_at = tracks_at - info.len();
    out.extend_from_slice(&seek_head(info_at, tracks_at, cues_at));
    let void = info_at + start - out.len();
    ebml::put_void(&mut out, void);
    out.extend_from_slice(&info);
    out.extend_from_slice(&tracks);
    out.extend_from_slice(&cues);
    out
}

const SMALLEST_VOID: usize = 9;

fn put_head(out: &mut Vec<u8>) {
    ebml::put_master(out, id::EBML, |head| {
        ebml::put_uint(head, id::EBML_VERSION, 1);
        ebml::put_uint(head, id::EBML_READ_VERSION, 1);
        ebml::put_uint(head, id::EBML_MAX_ID_LENGTH, 4);
        ebml::put_uint(head, id::EBML_MAX_SIZE_LENGTH, 8);
        ebml::put_bytes(head, id::DOC_TYPE, b"webm");
        // Version 4 brought CodecDelay and Colour; a reader of version 2 can play the file without them.
        ebml::put_uint(head, id::DOC_TYPE_VERSION, 4);
        ebml::put_uint(head, id::DOC_TYPE_READ_VERSION, 2);
    });
}

fn put_info(out: &mut Vec<u8>, scale: u64, duration: Option<f64>) {
    ebml::put_master(out, id::INFO, |info| {
        ebml::put_uint(info, id::TIMESTAMP_SCALE, scale);
        if let Some(duration) = duration {
            ebml::put_float(info, id::DURATION, duration);
        }
        ebml::put_bytes(info, id::MUXING_APP, b"Deskside");
        ebml::put_bytes(info, id::WRITING_APP, b"Deskside");
    });
}

fn seek_head(info: usize, tracks: usize, cues: usize) -> Vec<u8> {
    let mut out = Vec::new();
    ebml::put_master(&mut out, id::SEEK_HEAD, |entries| {
        for (element, position) in [(id::INFO, info), (id::TRACKS, tracks), (id::CUES, cues)] {
            ebml::put_master(entries, id::SEEK, |entry| {
                ebml::put_bytes(entry, id::SEEK_ID, &element.to_be_bytes());
                // Four bytes always, so that the length is known before the positions are.
                ebml::put_bytes(entry, id::SEEK_POSITION, &(position as u32).to_be_bytes());
            });
        }
    });
    out
}

/// The Cues element with every keyframe, or every second, third, ..., whatever first fits into `room` bytes.
fn densest_cues(facts: &Facts<'_>, first_cluster: u64, room: usize) -> Vec<u8> {
    let mut every = 1;
    loop {
        let mut cues = Vec::new();
        ebml::put_master(&mut cues, id::CUES, |points| {
            for keyframe in facts.keyframes.iter().step_by(every) {
                ebml::put_master(points, id::CUE_POINT, |point| {
                    ebml::put_uint(point, id::CUE_TIME, keyframe.ticks);
                    ebml::put_master(point, id::CUE_TRACK_POSITIONS, |position| {
                        ebml::put_uint(position, id::CUE_TRACK, facts.video_number.into());
                        let at = first_cluster + (keyframe.offset - facts.clusters.start);
                        ebml::put_uint(position, id::CUE_CLUSTER_POSITION, at);
                    });
                });
            }
        });
        if cues.len() <= room {
            return cues;
        }
        every += 1;
    }
}

#[cfg(test)]
mod tests {
    use deskside_frame::Time;

    use super::*;

    #[test]
    fn both_prefixes_have_the_same_length_however_many_keyframes_there_are() {
        assert_eq!(live(&[0; 100]).len(), PREFIX);
        for count in [0, 1, 1_500, 8_000] {
            let keyframes: Vec<_> = (0..count)
                .map(|n| Keyframe { time: Time::ZERO, offset: n << 20, ticks: n * 4_000 })
                .collect();
            let facts = Facts {
                tracks: &[0; MAX_TRACKS],
                video_number: 1,
                scale: SCALE,
                duration: 1.0,
                clusters: 0..u64::MAX >> 9,
                lengths_known: true,
                keyframes: &keyframes,
            };
            assert_eq!(finished(&facts).len(), PREFIX, "{count} keyframes");
        }
    }

    #[test]
    fn a_cue_every_two_seconds_fits_for_58_minutes() {
        let keyframes: Vec<_> = (0..1_750)
            .map(|n| Keyframe { time: Time::ZERO, offset: n * 2_000_000, ticks: n * 2_000 })
            .collect();
        let facts = Facts {
            tracks: &[0; 300],
            video_number: 1,
            scale: SCALE,
            duration: 1.0,
            clusters: 0..3_500_000_000,
            lengths_known: true,
            keyframes: &keyframes,
        };
        let all = densest_cues(&facts, PREFIX as u64, usize::MAX);
        assert_eq!(densest_cues(&facts, PREFIX as u64, PREFIX - 1_000), all, "no cue had to go");
    }
}
