//! Which parts of a picture changed, in the 16x16 blocks that encoders think in.
//!
//! A typing agent changes a few hundred pixels of two million. Telling the encoder so is most of what makes
//! recording cheap; what is not marked is copied from the picture before.

use std::time::Duration;

use deskside_frame::{Rect, Time};

/// Side of a block in pixels.
const BLOCK: u32 = 16;

/// One mark per 16x16 block, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveMap {
    columns: u32,
    rows: u32,
    marks: Vec<u8>,
}

impl ActiveMap {
    /// A map for a picture of that size with nothing marked.
    pub fn empty(width: u32, height: u32) -> ActiveMap {
        let (columns, rows) = (width.div_ceil(BLOCK), height.div_ceil(BLOCK));
        ActiveMap { columns, rows, marks: vec![0; columns as usize * rows as usize] }
    }

    /// Marks every block that `rect` touches; what lies outside the picture is ignored.
    pub fn mark(&mut self, rect: Rect) {
        if rect.is_empty() {
            return;
        }
        let (left, top) = (rect.x / BLOCK, rect.y / BLOCK);
        let right = rect.right().div_ceil(BLOCK).min(self.columns);
        let bottom = rect.bottom().div_ceil(BLOCK).min(self.rows);
        for row in top..bottom {
            let start = row as usize * self.columns as usize;
            if left < right {
                self.marks[start + left as usize..start + right as usize].fill(1);
            }
        }
    }

    /// Marks the blocks, counted row by row from 0, for which `is_so` holds.
    pub fn mark_where(&mut self, is_so: impl Fn(usize) -> bool) {
        for (block, mark) in self.marks.iter_mut().enumerate() {
            *mark |= u8::from(is_so(block));
        }
    }

    /// Adds the marks of a map of the same size.
    pub fn merge(&mut self, other: &ActiveMap) {
        for (mark, theirs) in self.marks.iter_mut().zip(&other.marks) {
            *mark |= theirs;
        }
    }

    /// Removes every mark.
    pub fn clear(&mut self) {
        self.marks.fill(0);
    }

    /// Whether nothing is marked.
    pub fn is_empty(&self) -> bool {
        self.marks.iter().all(|mark| *mark == 0)
    }

    /// The marked share of the picture, 0.0 to 1.0.
    pub fn share(&self) -> f32 {
        let marked = self.marks.iter().filter(|mark| **mark != 0).count();
        marked as f32 / self.marks.len().max(1) as f32
    }

    /// Blocks per row.
    pub fn columns(&self) -> u32 {
        self.columns
    }

    /// Rows of blocks.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// 1 for marked, 0 for not; `columns * rows` of them.
    pub fn marks(&self) -> &[u8] {
        &self.marks
    }
}

/// Which blocks an encoder should look at when changes were told picture by picture: a block that changed stays marked
/// for some pictures more, because a hasty encoder makes it sharp over several. What changed while much moved is dull, and
/// is marked anew once that is over.
#[derive(Clone, Debug)]
pub struct Warmth {
    /// For each block, for how many pictures it is still marked.
    left: Vec<u8>,
    /// Which blocks were last sent while much moved.
    dull: Vec<bool>,
    /// What changed since the last picture.
    fresh: ActiveMap,
    pictures: u8,
}

impl Warmth {
    /// For pictures of that size; blocks stay marked for `pictures` of them, at least one.
    pub fn new(width: u32, height: u32, pictures: u8) -> Warmth {
        let fresh = ActiveMap::empty(width, height);
        let blocks = fresh.marks.len();
        Warmth { left: vec![0; blocks], dull: vec![false; blocks], fresh, pictures: pictures.max(1) }
    }

    /// Notes what changed.
    pub fn touch(&mut self, rects: &[Rect]) {
        for rect in rects {
            self.fresh.mark(*rect);
        }
    }

    /// The share of the picture that changed since the last one, 0.0 to 1.0.
    pub fn fresh(&self) -> f32 {
        self.fresh.share()
    }

    /// The share of the picture that is to be made, or made good, in the next one: what is only warm is not counted.
    pub fn anew(&self, moving: bool) -> f32 {
        let blocks = self.fresh.marks.iter().zip(&self.dull);
        let anew = blocks.filter(|(fresh, dull)| **fresh == 1 || (!moving && **dull)).count();
        anew as f32 / self.dull.len().max(1) as f32
    }

    /// What the next picture should look at, while much moves or not.
    pub fn map(&self, moving: bool) -> ActiveMap {
        let mut map = self.fresh.clone();
        map.mark_where(|block| self.left[block] > 0 || (!moving && self.dull[block]));
        map
    }

    /// A picture was sent, while much moved or not.
    pub fn sent(&mut self, moving: bool) {
        let blocks = self.left.iter_mut().zip(&mut self.dull);
        for ((left, dull), fresh) in blocks.zip(&mut self.fresh.marks) {
            let fresh = std::mem::take(fresh) == 1;
            let made_good = !moving && std::mem::take(dull);
            *dull |= moving && fresh;
            *left = if fresh || made_good { self.pictures - 1 } else { left.saturating_sub(1) };
        }
    }

    /// A picture was sent that all of it was made anew in, while much moved or not.
    pub fn sent_whole(&mut self, moving: bool) {
        self.fresh.clear();
        self.left.fill(0);
        self.dull.fill(moving);
    }
}

/// Whether much of the picture moves: a page that scrolls, a window that is dragged, a film. One large change alone is a new
/// page, which is to be read and not to be hurried over.
#[derive(Clone, Debug, Default)]
pub struct Motion {
    last: Option<Time>,
    moving: bool,
}

impl Motion {
    /// More of the picture than this is much.
    const MUCH: f32 = 0.1;
    /// Large changes that follow each other within this are motion.
    const RHYTHM: Duration = Duration::from_millis(250);
    /// So long after the last of them it stands still. Nobody reads before, and what is made of it then takes its time, too:
    /// together they are to be less than a second.
    const REST: Duration = Duration::from_millis(600);

    /// Looks at a picture of which that share is new; whether it is one of a motion.
    pub fn look(&mut self, share: f32, now: Time) -> bool {
        self.moving = self.lasts(now);
        if share >= Self::MUCH {
            self.moving |= self.last.is_some_and(|last| now.since(last) < Self::RHYTHM);
            self.last = Some(now);
        }
        self.moving
    }

    /// Whether it still moves, if nothing large changes now.
    pub fn lasts(&self, now: Time) -> bool {
        self.moving && self.last.is_some_and(|last| now.since(last) < Self::REST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rectangle_marks_the_blocks_it_touches_and_no_other() {
        let mut map = ActiveMap::empty(50, 40);
        assert_eq!((map.columns(), map.rows()), (4, 3));
        map.mark(Rect::new(15, 16, 2, 1));
        assert_eq!(map.marks(), &[0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0]);
        map.mark(Rect::new(49, 39, 500, 500));
        assert_eq!(map.marks()[11], 1);
        map.mark(Rect::new(500, 0, 9, 9));
        map.mark(Rect::new(3, 3, 0, 9));
        assert_eq!(map.share(), 0.25);
        map.clear();
        assert!(map.is_empty());
    }

    #[test]
    fn a_changed_block_stays_marked_for_some_pictures() {
        let mut warmth = Warmth::new(48, 16, 3);
        warmth.touch(&[Rect::new(0, 0, 1, 1)]);
        assert_eq!(
            (warmth.map(false).marks(), warmth.map(false).marks()),
            (&[1, 0, 0][..], &[1, 0, 0][..]),
            "until it is sent"
        );
        warmth.sent(false);
        warmth.touch(&[Rect::new(20, 0, 1, 1)]);
        assert_eq!(warmth.map(false).marks(), &[1, 1, 0]);
        warmth.sent(false);
        assert_eq!(warmth.map(false).marks(), &[1, 1, 0]);
        warmth.sent(false);
        assert_eq!(warmth.map(false).marks(), &[0, 1, 0]);
        warmth.sent(false);
        assert!(warmth.map(false).is_empty());
    }

    #[test]
    fn what_changed_while_much_moved_is_marked_anew_when_it_stands_still() {
        let mut warmth = Warmth::new(48, 16, 2);
        warmth.touch(&[Rect::new(0, 0, 1, 1)]);
        for _ in 0..5 {
            warmth.sent(true);
        }
        assert!(warmth.map(true).is_empty(), "it is not looked at for ever while much moves");
        assert!(warmth.anew(true) == 0.0 && warmth.anew(false) > 0.3);
        assert_eq!(warmth.map(false).marks(), &[1, 0, 0]);
        warmth.sent(false);
        assert_eq!((warmth.map(false).marks(), warmth.anew(false)), (&[1, 0, 0][..], 0.0));
        warmth.sent(false);
        assert!(warmth.map(false).is_empty());
        warmth.touch(&[Rect::new(20, 0, 1, 1)]);
        warmth.sent_whole(true);
        assert_eq!((warmth.map(true).is_empty(), warmth.map(false).share()), (true, 1.0));
        warmth.sent_whole(false);
        assert!(warmth.map(false).is_empty());
    }

    #[test]
    fn one_large_change_is_a_new_page_and_several_are_motion() {
        let mut motion = Motion::default();
        let mut look = |share, millis| motion.look(share, Time::from_millis(millis));
        assert!(!look(1.0, 0), "a new page");
        assert!(!look(0.001, 40) && !look(1.0, 1_000), "another one, later");
        assert!(look(0.5, 1_040) && look(0.2, 1_080), "it scrolls");
        assert!(look(0.001, 1_120), "the pointer does not end it");
        assert!(look(0.5, 1_200) && look(0.5, 1_700), "who scrolls stops for a moment now and then");
        assert!(motion.lasts(Time::from_millis(2_299)) && !motion.lasts(Time::from_millis(2_300)));
        let mut look = |share, millis| motion.look(share, Time::from_millis(millis));
        assert!(!look(0.001, 2_300) && !look(0.0, 2_333), "it stands");
        assert!(!look(0.05, 2_350) && !look(0.05, 2_380), "what is small may move for ever");
    }

    #[test]
    fn merging_keeps_both() {
        let mut one = ActiveMap::empty(32, 16);
        let mut two = one.clone();
        one.mark(Rect::new(0, 0, 1, 1));
        two.mark(Rect::new(16, 0, 1, 1));
        one.merge(&two);
        assert_eq!(one.marks(), &[1, 1]);
    }
}
