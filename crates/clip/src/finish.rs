//! A finished clip, from nothing but its bytes.
//!
//! Pure and deterministic: recorder and server finish the same bytes to the same clip, before or after a crash, once or
//! ten times. What the old prefix said about length and index is not read.

use std::io::{self, Read, Seek};
use std::time::Duration;

use thiserror::Error;

use crate::layout::Layout;
use crate::scan::{Keyframe, Scan};
use crate::tracks::Tracks;
use crate::walk::Fault;

/// What it takes to serve a clip as a whole file: `prefix`, then the recorded bytes `body..cut`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Always [`crate::PREFIX`] bytes, with duration and index.
    pub prefix: Vec<u8>,
    /// Where in the recorded bytes the first cluster begins: [`crate::PREFIX`] in a clip that [`crate::Writer`] made.
    pub body: u64,
    /// Where in the recorded bytes the last whole cluster ends.
    pub cut: u64,
    /// From the start of the clip to the end of its last frame.
    pub duration: Duration,
    /// What its tracks hold.
    pub tracks: Tracks,
    /// Where decoding can begin, in order; offsets in the recorded bytes.
    pub keyframes: Vec<Keyframe>,
    /// Whole clusters.
    pub clusters: u64,
}

impl Finished {
    /// The lengths that serving it needs.
    pub fn layout(&self) -> Layout {
        Layout { prefix: self.prefix.len() as u64, body: self.body, cut: self.cut }
    }

    /// Whether the prefix can be written over the one in the file, which is then cut at `cut`.
    pub fn fits_in_place(&self) -> bool {
        self.body == self.prefix.len() as u64
    }
}

/// Why bytes can't be finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unplayable {
    /// A clip, as far as it goes, but the recorder stopped before its first cluster was whole, or before there was a
    /// picture: nothing was kept.
    #[error("the recording stopped before anything was kept")]
    Empty,
    /// Not a clip, or not one that Deskside plays.
    #[error("not a clip: {fault} (byte {at})")]
    NotAClip {
        /// Where that was noticed.
        at: u64,
        /// What is wrong.
        fault: Fault,
    },
}

impl Unplayable {
    /// A word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Unplayable::Empty => "clip_empty",
            Unplayable::NotAClip { .. } => "clip_not_a_clip",
        }
    }

    /// What a person can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Unplayable::Empty => "Record again; there is nothing to recover from this one.",
            Unplayable::NotAClip { .. } => {
                "Choose a WebM file with VP9, AV1 or VP8 video, such as Deskside and browsers record."
            }
        }
    }
}

/// Finishes a clip that is wholly in memory.
pub fn finish(bytes: &[u8]) -> Result<Finished, Unplayable> {
    let mut scan = Scan::new();
    scan.push(bytes);
    scan.finish()
}

/// Finishes a clip on disk, reading little more than its headers. The outer error is the disk's. To recover the file,
/// write the prefix over its beginning ([`Finished::fits_in_place`]) and cut it at [`Finished::cut`].
pub fn finish_file(file: &mut (impl Read + Seek)) -> io::Result<Result<Finished, Unplayable>> {
    let mut scan = Scan::new();
    scan.read(file)?;
    Ok(scan.finish())
}
