//! Parts of a picture on their way from one copy of it to another.
//!
//! Camera and encoder each keep the whole picture; between them goes only what changed. A typed letter is then a few
//! hundred bytes instead of three million, so many pictures can wait in little memory while an encoder catches up.

use crate::{I420, Rect};

/// Parts of one picture, packed, to be painted over another picture of the same size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    rects: Vec<Rect>,
    bytes: Vec<u8>,
}

impl Patch {
    /// Copies the parts of `picture` under `rects`, grown to even edges and cut to the picture, into `bytes`, whose
    /// content is dropped and whose memory is used again.
    pub fn of(picture: &I420, rects: &[Rect], mut bytes: Vec<u8>) -> Patch {
        let whole = Rect::whole(picture.width(), picture.height());
        let rects: Vec<Rect> = rects.iter().filter_map(|rect| rect.even().intersection(&whole)).collect();
        bytes.clear();
        let (width, colour) = (picture.width() as usize, picture.colour_stride());
        for rect in &rects {
            for (plane, stride, part) in [
                (picture.y(), width, *rect),
                (picture.u(), colour, halved(*rect)),
                (picture.v(), colour, halved(*rect)),
            ] {
                for row in rows(stride, part) {
                    bytes.extend_from_slice(&plane[row]);
                }
            }
        }
        Patch { rects, bytes }
    }

    /// Paints the parts over `picture`. What of them does not fit is left out: the picture is of another size then.
    pub fn paint(&self, picture: &mut I420) {
        let whole = Rect::whole(picture.width(), picture.height());
        let (width, colour) = (picture.width() as usize, picture.colour_stride());
        let (y, u, v) = picture.planes_mut();
        let mut rest = &self.bytes[..];
        for rect in self.rects.iter().take_while(|rect| rect.intersection(&whole) == Some(**rect)) {
            for (plane, stride, part) in
                [(&mut *y, width, *rect), (&mut *u, colour, halved(*rect)), (&mut *v, colour, halved(*rect))]
            {
                for row in rows(stride, part) {
                    let (from, later) = rest.split_at(row.len());
                    plane[row].copy_from_slice(from);
                    rest = later;
                }
            }
        }
    }

    /// Fills what it holds of `part` of the picture with one colour, given as the values of the three planes. The rest of
    /// that part is not in here, and whatever this is painted over keeps it.
    pub fn fill(&mut self, part: Rect, colour: [u8; 3]) {
        let mut rest = &mut self.bytes[..];
        for rect in &self.rects {
            for (held, hole, value) in [
                (*rect, part.even(), colour[0]),
                (halved(*rect), halved(part.even()), colour[1]),
                (halved(*rect), halved(part.even()), colour[2]),
            ] {
                let (plane, later) = rest.split_at_mut(held.width as usize * held.height as usize);
                rest = later;
                let Some(hole) = held.intersection(&hole) else { continue };
                let hole = Rect::new(hole.x - held.x, hole.y - held.y, hole.width, hole.height);
                for row in rows(held.width as usize, hole) {
                    plane[row].fill(value);
                }
            }
        }
    }

    /// How many bytes it takes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Its memory, for the next one.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// The same part of a colour plane.
fn halved(rect: Rect) -> Rect {
    Rect::new(rect.x / 2, rect.y / 2, rect.width / 2, rect.height / 2)
}

fn rows(stride: usize, part: Rect) -> impl Iterator<Item = std::ops::Range<usize>> {
    (part.y as usize..part.bottom() as usize).map(move |row| {
        let start = row * stride + part.x as usize;
        start..start + part.width as usize
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_bring_a_copy_up_to_date_and_touch_nothing_else() {
        let mut camera = I420::black(64, 48).unwrap();
        let mut encoder = camera.clone();
        let mut memory = Vec::new();
        for n in 0u32..200 {
            let rect = Rect::new(n * 7 % 60, n * 5 % 44, n % 9 + 1, n % 5 + 1);
            let even = rect.even().intersection(&Rect::whole(64, 48)).unwrap();
            let (y, u, v) = camera.planes_mut();
            for row in rows(64, even) {
                y[row].fill(n as u8);
            }
            for row in rows(32, halved(even)) {
                u[row.clone()].fill(!n as u8);
                v[row].fill(n as u8 / 2);
            }
            let patch = Patch::of(&camera, &[rect, Rect::new(0, 0, 0, 9)], memory);
            assert_eq!(patch.len(), even.width as usize * even.height as usize * 3 / 2);
            patch.paint(&mut encoder);
            assert!(encoder == camera, "patch {n}");
            memory = patch.into_bytes();
        }
        let mut covered =
            Patch::of(&camera, &[Rect::new(10, 8, 20, 20), Rect::new(24, 20, 20, 20)], Vec::new());
        covered.fill(Rect::new(21, 11, 8, 30), [7, 8, 9]);
        let mut shown = encoder.clone();
        covered.paint(&mut shown);
        for y in 0..48 {
            for x in 0..64 {
                let held = [Rect::new(10, 8, 20, 20), Rect::new(24, 20, 20, 20)];
                let has = |rect: &Rect| x >= rect.x && x < rect.right() && y >= rect.y && y < rect.bottom();
                let (at, colour) = ((y * 64 + x) as usize, (y / 2 * 32 + x / 2) as usize);
                let seen = (shown.y()[at], shown.u()[colour], shown.v()[colour]);
                let wanted = if has(&Rect::new(20, 10, 10, 32)) && held.iter().any(has) {
                    (7, 8, 9)
                } else {
                    (camera.y()[at], camera.u()[colour], camera.v()[colour])
                };
                assert_eq!(seen, wanted, "{x},{y}");
            }
        }
        let everything = Patch::of(&camera, &[Rect::new(0, 0, 900, 900)], memory);
        let mut fresh = I420::black(64, 48).unwrap();
        everything.paint(&mut fresh);
        assert!(fresh == camera);
        everything.paint(&mut I420::black(2, 2).unwrap());
        assert!(Patch::of(&camera, &[Rect::new(64, 0, 2, 2)], Vec::new()).is_empty());
    }
}
