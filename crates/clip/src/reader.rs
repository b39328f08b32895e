//! The frames of a clip, one after the other, from any reader of bytes.
//!
//! For posters, for cutting, for tests. It holds one frame and what one read brought, whatever the clip claims.

use std::collections::VecDeque;
use std::io::{self, Read};

use deskside_frame::{Encoded, Time};
use thiserror::Error;

use crate::prefix::SCALE;
use crate::tracks::Tracks;
use crate::walk::{Event, Fault, Walk};

/// Bytes per read. Frames are copied out, so this only bounds the number of system calls.
const READ: usize = 64 * 1024;

/// Why frames can't be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The bytes can't be had.
    #[error("the clip can't be read")]
    Io(#[from] io::Error),
    /// The bytes are no clip, from some place on.
    #[error("not a clip: {fault} (byte {at})")]
    Broken {
        /// Where that was noticed.
        at: u64,
        /// What is wrong.
        fault: Fault,
    },
    /// The bytes end before the tracks are described.
    #[error("the clip ends before it begins")]
    Short,
}

/// An iterator over the frames of a clip, in file order. Ends where the bytes end, in the middle of a frame or not.
pub struct Reader<R> {
    source: R,
    walk: Walk,
    tracks: Tracks,
    described: Vec<u8>,
    taking: Taking,
    over: bool,
}

impl<R: Read> Reader<R> {
    /// Reads up to the track descriptions.
    pub fn open(mut source: R) -> Result<Reader<R>, ReadError> {
        let mut walk = Walk::new();
        let mut taking = Taking::default();
        loop {
            if taking.tracks.is_some() {
                break;
            }
            if !pull(&mut source, &mut walk, &mut taking)? {
                return Err(ReadError::Short);
            }
            if taking.tracks.is_none()
                && let Some(fault) = walk.stopped()
            {
                return Err(ReadError::Broken { at: walk.position(), fault });
            }
        }
        let tracks = taking.tracks.clone().ok_or(ReadError::Short)?;
        let described = std::mem::take(&mut taking.described);
        Ok(Reader { source, walk, tracks, described, taking, over: false })
    }

    /// What the tracks hold.
    pub fn tracks(&self) -> &Tracks {
        &self.tracks
    }

    /// Their description as it stands in the clip.
    pub(crate) fn tracks_bytes(&self) -> &[u8] {
        &self.described
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Encoded, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(frame) = self.taking.ready.pop_front() {
                return Some(Ok(frame));
            }
            if self.over {
                return None;
            }
            match self.walk.stopped() {
                Some(Fault::End) => self.over = true,
                Some(fault) => {
                    self.over = true;
                    return Some(Err(ReadError::Broken { at: self.walk.position(), fault }));
                }
                None => match pull(&mut self.source, &mut self.walk, &mut self.taking) {
                    Ok(more) => self.over = !more,
                    Err(error) => {
                        self.over = true;
                        return Some(Err(error.into()));
                    }
                },
            }
        }
    }
}

/// One read from the source; false at its end.
fn pull(source: &mut impl Read, walk: &mut Walk, taking: &mut Taking) -> io::Result<bool> {
    let mut buffer = vec![0; READ];
    loop {
        return match source.read(&mut buffer) {
            Ok(0) => Ok(false),
            Ok(got) => {
                walk.push(&buffer[..got], &mut |event| taking.meet(event));
                Ok(true)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
    }
}

#[derive(Default)]
struct Taking {
    scale: Option<u64>,
    tracks: Option<Tracks>,
    described: Vec<u8>,
    cluster: Option<u64>,
    frame: Option<Encoded>,
    ready: VecDeque<Encoded>,
}

impl Taking {
    fn meet(&mut self, event: Event<'_>) -> Result<(), Fault> {
        match event {
            Event::Scale(scale) => self.scale = Some(scale),
            Event::Tracks(described, tracks) => {
                self.described = described.to_vec();
                self.tracks = Some(tracks);
            }
            Event::Cluster { .. } => self.cluster = None,
            Event::ClusterTime(ticks) => self.cluster = Some(ticks),
            Event::Frame { number, relative } => {
                let ticks = self.cluster.ok_or(Fault::Time)?.saturating_add_signed(relative.into());
                let nanos = u128::from(ticks) * u128::from(self.scale.unwrap_or(SCALE));
                let time = Time::from_micros(u64::try_from(nanos / 1_000).unwrap_or(u64::MAX));
                // The claimed size is not reserved: memory grows with bytes that came.
                self.frame = self
                    .tracks
                    .as_ref()
                    .and_then(|tracks| tracks.track(number))
                    .map(|track| Encoded { track, time, keyframe: false, bytes: Vec::new() });
            }
            Event::Payload(bytes) => {
                if let Some(frame) = &mut self.frame {
                    frame.bytes.extend_from_slice(bytes);
                }
            }
            Event::FrameEnd { keyframe, .. } => {
                if let Some(mut frame) = self.frame.take() {
                    frame.keyframe = keyframe;
                    self.ready.push_back(frame);
                }
            }
            Event::ClusterEnd { .. } => {}
        }
        Ok(())
    }
}
