//! A clip: a screen recording that can be watched before it is finished and is never lost because its
//! recorder was. States follow the design's "A clip"; the bytes are elsewhere.

use crate::{
    id::{ClipId, PersonId, RequestId},
    time::Time,
};

/// A screen recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clip {
    /// Name of this row, its upload, and its link `PUBLIC_URL/c/ID`.
    pub id: ClipId,
    /// Who records or recorded.
    pub recorder: PersonId,
    /// The thread it belongs to; `None`: only its recorder sees it.
    pub request: Option<RequestId>,
    /// Where it stands.
    pub state: ClipState,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Whether there is a sound track.
    pub sound: bool,
    /// When recording began.
    pub started_at: Time,
    /// Length in milliseconds as far as the server has it; final once finished.
    pub duration_ms: u32,
    /// Bytes served.
    pub bytes: u64,
    /// People the recorder lets watch before Stop.
    pub watchers: Vec<PersonId>,
    /// What happened to it, for people to read.
    pub note: Option<ClipNote>,
    /// Whether there is a poster picture.
    pub poster: bool,
    /// Which version of its bytes it is: 1 as recorded, one more with each cut.
    pub version: u32,
    /// What shall be kept of it, while it is being cut: nobody sees it meanwhile. Else empty.
    pub cutting: Vec<ClipPart>,
}

/// A part of a clip, in milliseconds from its start; the end is not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClipPart {
    /// Its first moment.
    pub from_ms: u32,
    /// Its end.
    pub to_ms: u32,
}

impl ClipPart {
    /// Where a moment lies once only these stretches are left, which are in order; `None` if it was cut out.
    pub fn moved(kept: &[ClipPart], at_ms: u32) -> Option<u32> {
        let mut before = 0;
        for stretch in kept {
            if (stretch.from_ms..stretch.to_ms).contains(&at_ms) {
                return Some(before + (at_ms - stretch.from_ms));
            }
            before += stretch.to_ms - stretch.from_ms;
        }
        None
    }
}

/// Where a clip stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClipState {
    /// Being recorded.
    Recording,
    /// Stopped by its recorder; the last bytes are on their way.
    Stopped,
    /// Its recorder fell silent; playable up to what came, open for more.
    Interrupted,
    /// Whole.
    Finished,
    /// Thrown away by its recorder, bytes erased.
    Discarded,
    /// Erased by its owner after it was sent.
    Deleted,
    /// Its time was over.
    Expired,
}

/// What happened to a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClipNote {
    /// The microphone failed; the picture went on.
    MicrophoneLost,
    /// The recorder ended without Stop; what was kept is all there is.
    RecorderLost,
    /// The disk was nearly full.
    DiskFull,
}

/// A recorder silent for this long leaves its clip interrupted.
pub const SILENT_AFTER: i64 = 30 * crate::time::SECOND;
/// An interrupted clip waits this long for its recorder.
pub const OPEN_FOR: i64 = 7 * crate::time::DAY;

impl Clip {
    /// Whether people other than the recorder may see it, given that they may see its request.
    /// Until Stop only the recorder and those let in watch, also while its recorder is silent: a cut network
    /// must not show what nobody has sent yet.
    pub fn is_shown(&self) -> bool {
        matches!(self.state, ClipState::Stopped | ClipState::Finished)
    }

    /// The name of its bytes: of the upload that is served.
    pub fn bytes_name(&self) -> String {
        Self::name_of_bytes(self.id, self.version)
    }

    /// The name of the bytes of one version of a clip; the first is what its recorder uploads.
    pub fn name_of_bytes(id: ClipId, version: u32) -> String {
        if version <= 1 { id.to_string() } else { format!("{id}.v{version}") }
    }

    /// Nothing is left of it but its place: discarded, deleted or expired.
    pub fn is_gone(&self) -> bool {
        matches!(self.state, ClipState::Discarded | ClipState::Deleted | ClipState::Expired)
    }
}
