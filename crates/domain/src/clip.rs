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
    /// Whether its recorder watched it before a byte of it left their machine, and then sent it. Said by the client
    /// that recorded it, since nobody else can know; a desk that demands it shows no other clip.
    pub reviewed: bool,
    /// Whether what the computer played was recorded into its sound, at least for a while.
    pub system_sound: bool,
    /// Small pictures along its time, if its recorder made them.
    pub sprite: Option<Sprite>,
    /// How its pictures are coded, as its bytes say; `None`: not read yet.
    pub codec: Option<ClipCodec>,
    /// Whether there is a copy of this version for those whose player can't decode it.
    pub conversion: Conversion,
}

/// How the pictures of a clip are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClipCodec {
    /// VP8: some browsers record it.
    Vp8,
    /// VP9, which every player of ours decodes.
    Vp9,
    /// AV1: smaller, and not every computer plays it.
    Av1,
}

/// A copy of a clip in VP9, for those whose player can't decode it as it was recorded. Made once, for whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// Nobody needed one.
    Unasked,
    /// Somebody did: it is made, or waits for its turn.
    Asked,
    /// It is there.
    Done,
    /// None could be made.
    Failed,
}

/// Small pictures along a clip's time in one picture, row by row. The one at place `n` was seen between `n * every_ms` and
/// `(n + 1) * every_ms`, and shows nothing of any other time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sprite {
    /// Milliseconds from one to the next.
    pub every_ms: u32,
    /// How many there are.
    pub tiles: u32,
    /// How many stand in a row.
    pub columns: u32,
}

/// Most small pictures of one clip.
const MOST_TILES: u32 = 200;

impl Sprite {
    /// Whether there can be such a picture.
    pub fn makes_sense(&self) -> bool {
        self.every_ms >= 100
            && (1..=MOST_TILES).contains(&self.tiles)
            && (1..=self.tiles).contains(&self.columns)
            && self.tiles.checked_mul(self.every_ms).is_some()
    }

    /// How many rows there are.
    pub fn rows(&self) -> u32 {
        self.tiles.div_ceil(self.columns.max(1))
    }

    /// What is left of it once only these parts of its clip are, which are in order: the new one, and for each place in
    /// it the place of its picture in this one, the nearest of those whose whole time was kept. `None`: none was.
    pub fn after_cut(&self, kept: &[ClipPart]) -> Option<(Sprite, Vec<Option<u32>>)> {
        let every = self.every_ms.max(1);
        let is_kept = |tile: &u32| {
            let (from, to) = (tile * every, (tile + 1) * every);
            kept.iter().any(|part| part.from_ms <= from && to <= part.to_ms)
        };
        let whole: Vec<u32> = (0..self.tiles).filter(is_kept).collect();
        if whole.is_empty() {
            return None;
        }
        let length: u32 = kept.iter().map(|part| part.to_ms.saturating_sub(part.from_ms)).sum();
        let tiles = length.div_ceil(every).clamp(1, self.tiles);
        let places = (0..tiles).map(|tile| {
            let was = ClipPart::was(kept, tile * every)?;
            whole.iter().copied().min_by_key(|tile| was.abs_diff(tile * every))
        });
        let places = places.collect();
        Some((Sprite { tiles, columns: self.columns.min(tiles), ..*self }, places))
    }
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
    /// Where a moment lay before only these stretches were left, which are in order; `None` behind the end.
    pub fn was(kept: &[ClipPart], at_ms: u32) -> Option<u32> {
        let mut before = 0;
        for stretch in kept {
            let length = stretch.to_ms - stretch.from_ms;
            if at_ms < before + length {
                return Some(stretch.from_ms + (at_ms - before));
            }
            before += length;
        }
        None
    }

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
    /// What the computer plays could not be heard any more; everything else went on.
    SystemSoundLost,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(parts: &[(u32, u32)]) -> Vec<ClipPart> {
        parts.iter().map(|(from_ms, to_ms)| ClipPart { from_ms: *from_ms, to_ms: *to_ms }).collect()
    }

    #[test]
    fn after_a_cut_no_small_picture_is_left_that_shows_anything_of_what_went() {
        let sprite = Sprite { every_ms: 1_000, tiles: 10, columns: 5 };
        let (after, places) = sprite.after_cut(&parts(&[(1_500, 4_200), (7_000, 9_500)])).expect("some");
        assert_eq!(after, Sprite { every_ms: 1_000, tiles: 6, columns: 5 });
        // Wholly kept were the seconds 2, 3, 7 and 8.
        assert_eq!(places, [Some(2), Some(2), Some(3), Some(7), Some(8), Some(8)]);
        assert_eq!(sprite.after_cut(&parts(&[(500, 1_400)])), None, "no second was kept whole");
    }

    #[test]
    fn moments_go_there_and_back() {
        let kept = parts(&[(400, 700), (800, 1_000)]);
        for at in [0, 299, 300, 499] {
            assert_eq!(ClipPart::moved(&kept, ClipPart::was(&kept, at).expect("in it")), Some(at));
        }
        assert_eq!(ClipPart::was(&kept, 500), None);
    }
}
