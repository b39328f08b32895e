//! The newest picture of what is shown, and what of it changed since somebody looked, for systems that do not tell it or
//! can't be trusted with it.
//!
//! A desktop says which parts of a picture are new, or says nothing, or says too much. So what it names is compared in
//! tiles with what is there already, and only tiles that differ count: the encoder is spared what did not change. What
//! it does not name is compared too once in a while, because a part that was forgotten would stand there for ever.

use deskside_frame::{Bgra, Rect};

/// A side of a tile, as encoders cut pictures.
const TILE: u32 = 64;
/// After so many pictures of which parts were named, one is compared as a whole.
const WHOLE_EACH: u32 = 30;

/// How the bytes of a pixel lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Blue, green, red, something.
    Bgr,
    /// Red, green, blue, something.
    Rgb,
}

/// What is shared, as it was last shown.
pub struct Screen {
    width: u32,
    height: u32,
    /// Blue, green, red, something; no padding.
    pixels: Vec<u8>,
    /// What changed since it was last asked for.
    changed: Vec<Rect>,
    /// Pictures since all of one was compared.
    partly: u32,
    /// The picture's number, where the desktop counts them.
    number: Option<u64>,
}

impl Screen {
    /// The first picture, or the first one of another size.
    pub fn of(picture: &Bgra<'_>, order: Order) -> Screen {
        let (width, height) = (picture.width(), picture.height());
        let mut screen = Screen {
            width,
            height,
            pixels: vec![0; width as usize * height as usize * 4],
            changed: vec![Rect::whole(width, height)],
            partly: 0,
            number: None,
        };
        screen.copy(picture, order, Rect::whole(width, height));
        screen
    }

    /// Width and height.
    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// The picture.
    pub fn picture(&self) -> Bgra<'_> {
        Bgra::new(&self.pixels, self.width as usize * 4, self.width, self.height)
            .expect("the memory was made for this size")
    }

    /// What changed since the last call.
    pub fn take_changed(&mut self) -> Vec<Rect> {
        std::mem::take(&mut self.changed)
    }

    /// Shows the next picture, of the same size. `damage` is what the desktop says is new, empty when it says nothing;
    /// it is believed only when the pictures' numbers show that none was left out.
    pub fn show(&mut self, picture: &Bgra<'_>, order: Order, damage: &[Rect], number: Option<u64>) {
        let follows = match (self.number, number) {
            (Some(before), Some(now)) => before == now || before.wrapping_add(1) == now,
            (None, None) => true,
            _ => false,
        };
        self.number = number;
        let whole = [Rect::whole(self.width, self.height)];
        let look = if damage.is_empty() || !follows || self.partly >= WHOLE_EACH {
            self.partly = 0;
            &whole[..]
        } else {
            self.partly += 1;
            damage
        };
        let across = self.width.div_ceil(TILE) as usize;
        let mut seen = vec![false; across * self.height.div_ceil(TILE) as usize];
        let mut new = vec![false; seen.len()];
        for rect in look.iter().filter_map(|rect| rect.intersection(&whole[0])) {
            for row in rect.y / TILE..rect.bottom().div_ceil(TILE) {
                for column in rect.x / TILE..rect.right().div_ceil(TILE) {
                    let at = row as usize * across + column as usize;
                    if !std::mem::replace(&mut seen[at], true) {
                        let tile = Rect::new(column * TILE, row * TILE, TILE, TILE);
                        let tile = tile.intersection(&whole[0]).unwrap_or_default();
                        if self.differs(picture, order, tile) {
                            self.copy(picture, order, tile);
                            new[at] = true;
                        }
                    }
                }
            }
        }
        self.changed.extend(joined(&new, across).into_iter().filter_map(|rect| rect.intersection(&whole[0])));
        // Nobody looks, as in a pause: the list must not grow.
        if self.changed.len() > 256 {
            self.changed = whole.to_vec();
        }
    }

    fn differs(&self, picture: &Bgra<'_>, order: Order, tile: Rect) -> bool {
        (tile.y..tile.bottom()).any(|y| {
            let (from, to) = (tile.x as usize * 4, tile.right() as usize * 4);
            let theirs = &picture.row(y)[from..to];
            let ours = &self.pixels[y as usize * self.width as usize * 4..][from..to];
            match order {
                Order::Bgr => theirs != ours,
                Order::Rgb => theirs.chunks_exact(4).zip(ours.chunks_exact(4)).any(|(theirs, ours)| {
                    theirs[0] != ours[2] || theirs[1] != ours[1] || theirs[2] != ours[0]
                }),
            }
        })
    }

    fn copy(&mut self, picture: &Bgra<'_>, order: Order, part: Rect) {
        let (from, to) = (part.x as usize * 4, part.right() as usize * 4);
        for y in part.y..part.bottom() {
            let theirs = &picture.row(y)[from..to];
            let ours = &mut self.pixels[y as usize * self.width as usize * 4..][from..to];
            match order {
                Order::Bgr => ours.copy_from_slice(theirs),
                Order::Rgb => {
                    for (ours, theirs) in ours.chunks_exact_mut(4).zip(theirs.chunks_exact(4)) {
                        ours.copy_from_slice(&[theirs[2], theirs[1], theirs[0], theirs[3]]);
                    }
                }
            }
        }
    }
}

/// The marked tiles as few rectangles: runs along a row, joined with equal runs below.
fn joined(marked: &[bool], across: usize) -> Vec<Rect> {
    let mut rects: Vec<Rect> = Vec::new();
    for (row, marks) in marked.chunks(across.max(1)).enumerate() {
        let y = row as u32 * TILE;
        let mut at = 0;
        while at < across {
            if !marks[at] {
                at += 1;
                continue;
            }
            let length = marks[at..].iter().take_while(|mark| **mark).count();
            let run = Rect::new(at as u32 * TILE, y, length as u32 * TILE, TILE);
            match rects
                .iter_mut()
                .find(|above| (above.x, above.width, above.bottom()) == (run.x, run.width, y))
            {
                Some(above) => above.height += TILE,
                None => rects.push(run),
            }
            at += length;
        }
    }
    rects
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: (u32, u32) = (200, 150);

    fn pixels() -> Vec<u8> {
        (0..SIZE.0 * SIZE.1 * 4).map(|at| (at % 251) as u8).collect()
    }

    fn picture(pixels: &[u8]) -> Bgra<'_> {
        Bgra::new(pixels, SIZE.0 as usize * 4, SIZE.0, SIZE.1).unwrap()
    }

    fn set(pixels: &mut [u8], x: u32, y: u32) {
        let at = (y * SIZE.0 + x) as usize * 4;
        pixels[at] = pixels[at].wrapping_add(1);
    }

    #[test]
    fn only_tiles_that_differ_count_whatever_the_desktop_says_is_new() {
        let mut pixels = pixels();
        let mut screen = Screen::of(&picture(&pixels), Order::Bgr);
        assert_eq!(screen.take_changed(), [Rect::whole(SIZE.0, SIZE.1)]);
        for damage in [vec![], vec![Rect::whole(SIZE.0, SIZE.1)], vec![Rect::new(60, 60, 500, 10)]] {
            screen.show(&picture(&pixels), Order::Bgr, &damage, None);
            assert_eq!(screen.take_changed(), [], "nothing moved, {damage:?} said");
            set(&mut pixels, 199, 63);
            screen.show(&picture(&pixels), Order::Bgr, &damage, None);
            assert_eq!(screen.take_changed(), [Rect::new(192, 0, 8, 64)]);
            assert_eq!(screen.picture().bytes(), pixels);
        }
    }

    #[test]
    fn what_the_desktop_does_not_name_is_found_within_a_second() {
        let mut pixels = pixels();
        let mut screen = Screen::of(&picture(&pixels), Order::Bgr);
        screen.take_changed();
        set(&mut pixels, 5, 140);
        let elsewhere = [Rect::new(100, 0, 4, 4)];
        let found = (0..=WHOLE_EACH).find(|_| {
            screen.show(&picture(&pixels), Order::Bgr, &elsewhere, None);
            !screen.take_changed().is_empty()
        });
        assert_eq!(found, Some(WHOLE_EACH), "not before its turn, and then");
    }

    #[test]
    fn after_a_picture_that_was_left_out_all_is_compared() {
        let mut pixels = pixels();
        let mut screen = Screen::of(&picture(&pixels), Order::Bgr);
        let elsewhere = [Rect::new(100, 0, 4, 4)];
        screen.show(&picture(&pixels), Order::Bgr, &elsewhere, Some(7));
        screen.take_changed();
        set(&mut pixels, 5, 140);
        screen.show(&picture(&pixels), Order::Bgr, &elsewhere, Some(8));
        assert_eq!(screen.take_changed(), [], "8 follows 7: the desktop is believed");
        screen.show(&picture(&pixels), Order::Bgr, &elsewhere, Some(10));
        assert_eq!(screen.take_changed(), [Rect::new(0, 128, 64, 22)]);
    }

    #[test]
    fn red_before_blue_becomes_blue_before_red() {
        let pixels = [1, 2, 3, 9].repeat(64);
        let of = |pixels: &[u8]| Screen::of(&Bgra::new(pixels, 32, 8, 8).unwrap(), Order::Rgb);
        let mut screen = of(&pixels);
        assert_eq!(screen.picture().bytes()[..4], [3, 2, 1, 9]);
        screen.take_changed();
        screen.show(&Bgra::new(&pixels, 32, 8, 8).unwrap(), Order::Rgb, &[], None);
        assert_eq!(screen.take_changed(), []);
        let other = [1, 2, 4, 9].repeat(64);
        screen.show(&Bgra::new(&other, 32, 8, 8).unwrap(), Order::Rgb, &[], None);
        assert_eq!((screen.take_changed().len(), &screen.picture().bytes()[..4]), (1, &[4, 2, 1, 9][..]));
    }

    #[test]
    fn joining_tiles_loses_none_and_adds_none() {
        let marked = [true, true, false, true, true, false, false, true, true];
        let rects = joined(&marked, 3);
        assert_eq!(rects.iter().map(|rect| rect.width * rect.height / TILE / TILE).sum::<u32>(), 6);
        for (at, mark) in marked.iter().enumerate() {
            let tile = Rect::new(at as u32 % 3 * TILE, at as u32 / 3 * TILE, TILE, TILE);
            assert_eq!(rects.iter().any(|rect| rect.intersection(&tile) == Some(tile)), *mark, "tile {at}");
        }
    }
}
