//! Which parts of a picture changed, in the 16x16 blocks that encoders think in.
//!
//! A typing agent changes a few hundred pixels of two million. Telling the encoder so is most of what makes
//! recording cheap; what is not marked is copied from the picture before.

use deskside_frame::Rect;

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
/// for some pictures more, because a hasty encoder makes it sharp over several.
#[derive(Clone, Debug)]
pub struct Warmth {
    /// For each block, for how many pictures it is still marked.
    left: Vec<u8>,
    /// What changed since the last picture.
    fresh: ActiveMap,
    pictures: u8,
}

impl Warmth {
    /// For pictures of that size; blocks stay marked for `pictures` of them, at least one.
    pub fn new(width: u32, height: u32, pictures: u8) -> Warmth {
        let fresh = ActiveMap::empty(width, height);
        Warmth { left: vec![0; fresh.marks.len()], fresh, pictures: pictures.max(1) }
    }

    /// Notes what changed.
    pub fn touch(&mut self, rects: &[Rect]) {
        for rect in rects {
            self.fresh.mark(*rect);
        }
    }

    /// What the next picture should look at.
    pub fn map(&self) -> ActiveMap {
        let mut map = self.fresh.clone();
        map.mark_where(|block| self.left[block] > 0);
        map
    }

    /// A picture was sent.
    pub fn sent(&mut self) {
        for (left, fresh) in self.left.iter_mut().zip(&mut self.fresh.marks) {
            *left = if std::mem::take(fresh) == 1 { self.pictures - 1 } else { left.saturating_sub(1) };
        }
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
            (warmth.map().marks(), warmth.map().marks()),
            (&[1, 0, 0][..], &[1, 0, 0][..]),
            "until it is sent"
        );
        warmth.sent();
        warmth.touch(&[Rect::new(20, 0, 1, 1)]);
        assert_eq!(warmth.map().marks(), &[1, 1, 0]);
        warmth.sent();
        assert_eq!(warmth.map().marks(), &[1, 1, 0]);
        warmth.sent();
        assert_eq!(warmth.map().marks(), &[0, 1, 0]);
        warmth.sent();
        assert!(warmth.map().is_empty());
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
