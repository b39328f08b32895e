//! Reading a clip as it grows, without keeping it: how far it goes, where one can join, what finishing needs.
//!
//! Only headers are looked at, so a file is read in the time it takes to hop over its frames. Nothing is believed that
//! was not passed over whole: every fact ends at the last whole cluster.

use std::io::{self, Read, Seek, SeekFrom};

use deskside_frame::{Time, Track};

use crate::finish::{Finished, Unplayable};
use crate::prefix::{self, Facts};
use crate::tracks::Tracks;
use crate::walk::{Event, Fault, Walk};

/// The most keyframes that are remembered: more than a prefix has room for, one a second for two hours. Of a longer
/// clip every second one is remembered, then every fourth, and so on.
const MOST_KEYFRAMES: usize = 8 * 1024;

/// Bytes read at a time from a file; most frames of a screen are smaller or much larger.
const READ: usize = 8 * 1024;

/// A place where decoding can begin: a cluster whose first picture is a keyframe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keyframe {
    /// When the picture is shown.
    pub time: Time,
    /// Where its cluster begins in the recorded bytes.
    pub offset: u64,
    /// The time in the file's own units.
    pub(crate) ticks: u64,
}

/// A reader of a growing clip that is pushed its bytes in pieces of any size.
pub struct Scan {
    walk: Walk,
    facts: Found,
}

impl Default for Scan {
    fn default() -> Scan {
        Scan::new()
    }
}

impl Scan {
    /// A scan at the first byte of a clip.
    pub fn new() -> Scan {
        Scan { walk: Walk::new(), facts: Found::new() }
    }

    /// Reads `file` from [`Scan::position`] to its present end, hopping over frames. Call again when it has grown.
    pub fn read(&mut self, file: &mut (impl Read + Seek)) -> io::Result<()> {
        let end = file.seek(SeekFrom::End(0))?;
        let mut buffer = [0; READ];
        while self.position() < end && self.fault().is_none() {
            file.seek(SeekFrom::Start(self.position()))?;
            let wanted = (end - self.position()).min(READ as u64) as usize;
            let got = match file.read(&mut buffer[..wanted]) {
                Ok(0) => break,
                Ok(got) => got,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            self.push(&buffer[..got]);
            self.skip(end.saturating_sub(self.position()));
        }
        Ok(())
    }

    /// Takes the bytes that begin at [`Scan::position`]. After a [`Scan::fault`] they are ignored.
    pub fn push(&mut self, bytes: &[u8]) {
        let facts = &mut self.facts;
        self.walk.push(bytes, &mut |event| facts.meet(event));
    }

    /// The offset of the byte that it wants next.
    pub fn position(&self) -> u64 {
        self.walk.position()
    }

    /// How many bytes from [`Scan::position`] it has no need to see.
    pub fn skippable(&self) -> u64 {
        self.walk.skippable()
    }

    /// Passes over at most `length` bytes that exist but need not be seen; returns how many.
    pub fn skip(&mut self, length: u64) -> u64 {
        let facts = &mut self.facts;
        self.walk.skip(length, &mut |event| facts.meet(event))
    }

    /// Why it takes no more bytes: what was found at [`Scan::position`] can't continue a clip.
    pub fn fault(&self) -> Option<Fault> {
        self.walk.stopped()
    }

    /// What the tracks hold, once their description has come.
    pub fn tracks(&self) -> Option<&Tracks> {
        self.facts.tracks.as_ref()
    }

    /// Where the first cluster begins: the bytes before it initialise a player.
    pub fn body(&self) -> Option<u64> {
        self.facts.body
    }

    /// Where the last whole cluster ends; zero before the first.
    pub fn cut(&self) -> u64 {
        self.facts.cut
    }

    /// Up to when the clip is kept, in whole clusters. On a still screen this counts the last picture as standing for
    /// up to a second, as its cluster says.
    pub fn kept(&self) -> Time {
        self.facts.kept()
    }

    /// Whole clusters so far.
    pub fn clusters(&self) -> u64 {
        self.facts.clusters
    }

    /// The newest place to join a clip that is being recorded.
    pub fn latest_keyframe(&self) -> Option<Keyframe> {
        self.facts.latest
    }

    /// The last known place to join that is not after `time`.
    pub fn keyframe_before(&self, time: Time) -> Option<Keyframe> {
        let latest = self.facts.latest.filter(|keyframe| keyframe.time <= time);
        latest.or_else(|| {
            let after = self.facts.keyframes.partition_point(|keyframe| keyframe.time <= time);
            after.checked_sub(1).map(|last| self.facts.keyframes[last])
        })
    }

    /// Whether a whole cluster with which decoding can begin starts at `offset`. Of a clip so long that keyframes were
    /// forgotten, also false for a forgotten one.
    pub fn is_keyframe(&self, offset: u64) -> bool {
        self.facts.latest.is_some_and(|keyframe| keyframe.offset == offset)
            || self.facts.keyframes.binary_search_by_key(&offset, |keyframe| keyframe.offset).is_ok()
    }

    /// The finished clip, if the bytes so far were all there is. The same bytes always give the same result, in
    /// whatever pieces they came.
    pub fn finish(&self) -> Result<Finished, Unplayable> {
        let facts = &self.facts;
        let (Some(body), Some(tracks)) = (facts.body.filter(|_| facts.pictures > 0), &facts.tracks) else {
            return Err(match self.fault() {
                Some(fault) if !self.walk.knows_tracks() => {
                    Unplayable::NotAClip { at: self.position(), fault }
                }
                _ => Unplayable::Empty,
            });
        };
        let mut keyframes = facts.keyframes.clone();
        if keyframes.is_empty() {
            // Players want an index; this one says "from the beginning".
            keyframes.push(Keyframe { time: Time::ZERO, offset: body, ticks: 0 });
        }
        let kept = facts.kept();
        let prefix = prefix::finished(&Facts {
            tracks: &facts.tracks_bytes,
            video_number: tracks.video_number,
            scale: facts.scale,
            duration: kept.micros() as f64 * 1_000.0 / facts.scale as f64,
            clusters: body..facts.cut,
            lengths_known: facts.lengths_known,
            keyframes: &keyframes,
        });
        Ok(Finished {
            prefix,
            body,
            cut: facts.cut,
            duration: kept.as_duration(),
            tracks: tracks.clone(),
            keyframes: facts.keyframes.clone(),
            clusters: facts.clusters,
        })
    }
}

/// What was found. Fields of the cluster being read are taken over when it turns out whole.
struct Found {
    scale: u64,
    tracks_bytes: Vec<u8>,
    tracks: Option<Tracks>,
    body: Option<u64>,
    cut: u64,
    clusters: u64,
    lengths_known: bool,
    pictures: u64,
    cluster_ticks: u64,
    ends: Ends,
    keyframes: Vec<Keyframe>,
    /// Of the keyframes seen, every how-many-th is remembered, and how many were seen.
    every: u64,
    seen: u64,
    latest: Option<Keyframe>,
    open: Option<Open>,
}

/// Where the last frame of each track ends, in microseconds.
#[derive(Clone, Copy, Default)]
struct Ends {
    video_start: Option<u64>,
    video: u64,
    audio: u64,
}

/// The cluster being read.
struct Open {
    offset: u64,
    length_known: bool,
    ticks: Option<u64>,
    first_picture: Option<Keyframe>,
    opens_with_keyframe: bool,
    pictures: u64,
    ends: Ends,
    counted: bool,
    frame: Option<Frame>,
}

/// The frame being read.
#[derive(Clone, Copy)]
struct Frame {
    track: Option<Track>,
    ticks: u64,
    start: [u8; 2],
    got: usize,
}

impl Found {
    fn new() -> Found {
        Found {
            scale: prefix::SCALE,
            tracks_bytes: Vec::new(),
            tracks: None,
            body: None,
            cut: 0,
            clusters: 0,
            lengths_known: true,
            pictures: 0,
            cluster_ticks: 0,
            ends: Ends::default(),
            keyframes: Vec::new(),
            every: 1,
            seen: 0,
            latest: None,
            open: None,
        }
    }

    fn kept(&self) -> Time {
        Time::from_micros(self.ends.video.max(self.ends.audio))
    }

    fn micros(&self, ticks: u64) -> u64 {
        u64::try_from(u128::from(ticks) * u128::from(self.scale) / 1_000).unwrap_or(u64::MAX)
    }

    fn meet(&mut self, event: Event<'_>) -> Result<(), Fault> {
        match event {
            Event::Scale(scale) => self.scale = scale,
            Event::Tracks(body, tracks) => {
                self.tracks_bytes = body.to_vec();
                self.tracks = Some(tracks);
            }
            Event::Cluster { offset, length_known } => {
                self.body.get_or_insert(offset);
                self.open = Some(Open {
                    offset,
                    length_known,
                    ticks: None,
                    first_picture: None,
                    opens_with_keyframe: false,
                    pictures: 0,
                    ends: self.ends,
                    counted: false,
                    frame: None,
                });
            }
            Event::ClusterTime(ticks) => {
                if ticks < self.cluster_ticks {
                    return Err(Fault::Time);
                }
                self.open.as_mut().ok_or(Fault::Structure)?.ticks = Some(ticks);
            }
            Event::Frame { number, relative } => {
                let track = self.tracks.as_ref().and_then(|tracks| tracks.track(number));
                let open = self.open.as_mut().ok_or(Fault::Structure)?;
                let ticks = open.ticks.ok_or(Fault::Time)?.saturating_add_signed(relative.into());
                open.frame = Some(Frame { track, ticks, start: [0; 2], got: 0 });
            }
            Event::Payload(bytes) => {
                if let Some(frame) = self.open.as_mut().and_then(|open| open.frame.as_mut()) {
                    for &byte in bytes.iter().take(2 - frame.got) {
                        frame.start[frame.got] = byte;
                        frame.got += 1;
                    }
                }
            }
            Event::FrameEnd { keyframe, duration, end } => {
                self.frame_ends(keyframe, duration)?;
                if self.open.as_ref().is_some_and(|open| !open.length_known) {
                    self.take_over(end);
                }
            }
            Event::ClusterEnd { end } => {
                if self.open.as_ref().is_some_and(|open| open.ticks.is_none()) {
                    return Err(Fault::Time);
                }
                self.take_over(end);
                self.open = None;
            }
        }
        Ok(())
    }

    fn frame_ends(&mut self, keyframe: bool, duration: Option<u64>) -> Result<(), Fault> {
        let Some(frame) = self.open.as_mut().ok_or(Fault::Structure)?.frame.take() else {
            return Err(Fault::Structure);
        };
        let start = self.micros(frame.ticks);
        let duration = duration.map(|ticks| self.micros(ticks));
        let open = self.open.as_mut().ok_or(Fault::Structure)?;
        match frame.track {
            None => return Ok(()),
            Some(Track::Video) => {
                // A picture lasts until the next; where none came, about as long as the one before it.
                let before = open.ends.video_start.map_or(0, |before| start.saturating_sub(before));
                let duration = duration.unwrap_or(before.min(1_000_000));
                open.ends.video_start = Some(start);
                open.ends.video = start.saturating_add(duration);
                open.pictures += 1;
                if open.first_picture.is_none() {
                    open.opens_with_keyframe = keyframe;
                    open.first_picture = Some(Keyframe {
                        time: Time::from_micros(start),
                        offset: open.offset,
                        ticks: frame.ticks,
                    });
                }
            }
            Some(Track::Audio) => {
                let duration = duration.unwrap_or_else(|| opus_micros(&frame.start[..frame.got]));
                open.ends.audio = start.saturating_add(duration);
            }
        }
        Ok(())
    }

    /// The open cluster is whole up to `end`.
    fn take_over(&mut self, end: u64) {
        let Some(open) = &mut self.open else { return };
        self.cut = end;
        self.lengths_known &= open.length_known;
        self.ends = open.ends;
        self.pictures += std::mem::take(&mut open.pictures);
        self.cluster_ticks = open.ticks.unwrap_or(self.cluster_ticks);
        self.clusters += u64::from(!std::mem::replace(&mut open.counted, true));
        if open.opens_with_keyframe
            && let Some(keyframe) = open.first_picture
        {
            open.opens_with_keyframe = false;
            self.remember(keyframe);
        }
    }

    fn remember(&mut self, keyframe: Keyframe) {
        // The index must rise, or it could not be searched; foreign files may disagree.
        if self.latest.is_some_and(|latest| latest.ticks >= keyframe.ticks) {
            return;
        }
        self.latest = Some(keyframe);
        if self.seen.is_multiple_of(self.every) {
            self.keyframes.push(keyframe);
        }
        self.seen += 1;
        if self.keyframes.len() == MOST_KEYFRAMES {
            let mut nth = 0;
            self.keyframes.retain(|_| {
                nth += 1;
                nth % 2 == 1
            });
            self.every *= 2;
        }
    }
}

/// How long an Opus packet sounds, in microseconds, from its first two bytes (RFC 6716, section 3.1).
pub(crate) fn opus_micros(start: &[u8]) -> u64 {
    let Some(&toc) = start.first() else { return 0 };
    let config = toc >> 3;
    let frame = match config {
        0..=11 => [10_000, 20_000, 40_000, 60_000][usize::from(config % 4)],
        12..=15 => [10_000, 20_000][usize::from(config % 2)],
        _ => [2_500, 5_000, 10_000, 20_000][usize::from(config % 4)],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => start.get(1).map_or(0, |count| u64::from(count & 0x3F)),
    };
    frame * frames
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opus_packets_tell_their_length() {
        assert_eq!(opus_micros(&[31 << 3]), 20_000, "one 20 ms frame, fullband");
        assert_eq!(opus_micros(&[(3 << 3) | 1]), 120_000, "two 60 ms frames");
        assert_eq!(opus_micros(&[(16 << 3) | 3, 0x84]), 10_000, "four 2.5 ms frames, padded");
        assert_eq!(opus_micros(&[]), 0);
    }

    #[test]
    fn a_day_of_keyframes_is_remembered_evenly() {
        let mut found = Found::new();
        for n in 0..86_400 {
            found.remember(Keyframe {
                time: Time::from_millis(n * 1_000),
                offset: n * 50_000,
                ticks: n * 1_000,
            });
        }
        assert!(found.keyframes.len() < MOST_KEYFRAMES, "{}", found.keyframes.len());
        let steps: Vec<_> = found.keyframes.windows(2).map(|pair| pair[1].ticks - pair[0].ticks).collect();
        assert!(
            steps.iter().all(|step| *step == found.every * 1_000),
            "even steps, none forgotten at the end"
        );
        assert_eq!(found.latest.map(|keyframe| keyframe.ticks), Some(86_399_000));
    }
}
