//! Connected ink: letters, or a few that touch. What is too large or too thin for letters is left out.

use crate::ink::Ink;

/// A box around connected ink; `right` and `bottom` are one behind the last pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    pub left: usize,
    pub top: usize,
    pub right: usize,
    pub bottom: usize,
    /// Pixels of ink in it.
    pub ink: usize,
}

impl Shape {
    pub fn width(&self) -> usize {
        self.right - self.left
    }

    pub fn height(&self) -> usize {
        self.bottom - self.top
    }

    fn join(&mut self, other: &Shape) {
        self.left = self.left.min(other.left);
        self.top = self.top.min(other.top);
        self.right = self.right.max(other.right);
        self.bottom = self.bottom.max(other.bottom);
        self.ink += other.ink;
    }

    /// Whether it has the size of a letter, or of several that touch.
    fn is_letter(&self) -> bool {
        let (width, height) = (self.width(), self.height());
        let filled = self.ink * 100 / (width * height);
        let is_frame = 10 * width > 13 * height && filled < 25 || filled < 14;
        let is_plate = width > 2 * height && filled > 90;
        (LOWEST..=HIGHEST).contains(&height) && width <= 24 * height && !is_frame && !is_plate
    }
}

/// Pixels of the lowest letter that can be read.
const LOWEST: usize = 5;
/// Pixels of the highest letter that is looked for: a headline.
const HIGHEST: usize = 72;

/// All shapes of one kind of ink, from left to right.
pub fn shapes(ink: &Ink, kind: u8) -> Vec<Shape> {
    let mut all = Joined::default();
    let mut above: Vec<(usize, usize, usize)> = Vec::new();
    let mut here: Vec<(usize, usize, usize)> = Vec::new();
    for (y, row) in ink.flags.chunks_exact(ink.width.max(1)).enumerate() {
        here.clear();
        let mut next = 0;
        let mut x = 0;
        while let Some(from) = row[x..].iter().position(|flags| flags & kind != 0).map(|at| x + at) {
            let to = row[from..].iter().position(|flags| flags & kind == 0).map_or(row.len(), |at| from + at);
            let run = Shape { left: from, top: y, right: to, bottom: y + 1, ink: to - from };
            // Diagonal neighbours belong together.
            while next < above.len() && above[next].1 < from {
                next += 1;
            }
            let mut own = None;
            for (_, _, name) in above[next..].iter().take_while(|(left, _, _)| *left <= to) {
                own = Some(match own {
                    Some(own) => all.unite(own, *name),
                    None => all.root(*name),
                });
            }
            let own = match own {
                Some(own) => all.add(own, &run),
                None => all.begin(run),
            };
            here.push((from, to, own));
            x = to;
        }
        std::mem::swap(&mut above, &mut here);
    }
    let mut found = all.letters();
    found.sort_by_key(|shape| (shape.left, shape.top));
    found
}

/// Shapes under names; two that turn out to be one point to the same.
#[derive(Default)]
struct Joined {
    shapes: Vec<Shape>,
    parents: Vec<usize>,
}

impl Joined {
    fn begin(&mut self, shape: Shape) -> usize {
        self.shapes.push(shape);
        self.parents.push(self.parents.len());
        self.parents.len() - 1
    }

    fn add(&mut self, name: usize, run: &Shape) -> usize {
        self.shapes[name].join(run);
        name
    }

    fn root(&mut self, mut name: usize) -> usize {
        while self.parents[name] != name {
            self.parents[name] = self.parents[self.parents[name]];
            name = self.parents[name];
        }
        name
    }

    fn unite(&mut self, one: usize, other: usize) -> usize {
        let (one, other) = (self.root(one), self.root(other));
        if one != other {
            let joined = self.shapes[other];
            self.shapes[one].join(&joined);
            self.parents[other] = one;
        }
        one
    }

    fn letters(self) -> Vec<Shape> {
        let roots = self.parents.iter().enumerate().filter(|(name, parent)| name == *parent);
        roots.map(|(name, _)| self.shapes[name]).filter(Shape::is_letter).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ink::DARK;

    fn drawn(rows: &[&str]) -> Vec<Shape> {
        let width = rows[0].len();
        let flags = rows.concat().bytes().map(|byte| u8::from(byte == b'#') * DARK).collect();
        shapes(&Ink { width, height: rows.len(), grey: Vec::new(), flags }, DARK)
    }

    #[test]
    fn what_touches_is_one_shape_also_when_it_is_seen_late() {
        let found = drawn(&[
            "#...#...##..",
            "#...#..#....",
            "#...#..#....",
            "#...#...##..",
            "#####.....#.",
            "........##..",
        ]);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], Shape { left: 0, top: 0, right: 5, bottom: 5, ink: 13 });
        assert_eq!((found[1].left, found[1].right, found[1].height()), (7, 11, 6));
    }

    #[test]
    fn frames_lines_and_plates_are_no_letters() {
        let frame: Vec<String> = (0..10)
            .map(|y| if y == 0 || y == 9 { "#".repeat(60) } else { format!("#{}#", ".".repeat(58)) })
            .collect();
        assert_eq!(drawn(&frame.iter().map(String::as_str).collect::<Vec<_>>()), [], "a frame");
        assert_eq!(drawn(&["############"; 2]), [], "a line");
        assert_eq!(drawn(&["####################"; 8]), [], "a plate");
    }
}
