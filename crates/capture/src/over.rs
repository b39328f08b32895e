//! What lies over the screen's own pixels in a picture: covers, rings and the pointer, and which rectangles that makes.

use deskside_codec::convert;
use deskside_frame::{Bgra, I420, Rect};

use crate::Area;
use crate::place::Place;
use crate::pointer::Image;
use crate::rings::Rings;

/// Blue, green and red of what lies over something that must not be seen: a grey no one takes for a fault.
pub const COVER: [u8; 3] = [0x44; 3];
/// More rectangles than this are joined: each costs a fixed effort.
const MOST_RECTS: usize = 24;

/// What is drawn over one picture.
pub struct Over<'a> {
    /// The pointer's image and where it lies.
    pub image: Option<(&'a Image, Area)>,
    /// Rings around presses.
    pub rings: Option<&'a Rings>,
    /// What of the picture is covered; it shows through nothing.
    pub covered: &'a [Rect],
}

impl Over<'_> {
    /// Draws clicks and the pointer, as far as they lie in `area`, over a copy of what is below them, because the
    /// screen's own pixels are not ours to draw on. `screen` is what is seen at `place`.
    pub fn draw(&self, area: &Area, place: &Place, screen: &Bgra<'_>, picture: &mut I420) {
        let Some(patch) = area.within(&place.seen).map(|rect| rect.even()) else { return };
        let Some(below) = screen.crop(patch) else { return };
        let mut pixels: Vec<u8> = (0..below.height()).flat_map(|y| below.row(y)).copied().collect();
        let width = below.width();
        let corner = (place.at.0 + patch.x, place.at.1 + patch.y);
        let on_canvas = Rect::new(corner.0, corner.1, width, below.height());
        for cover in self.covered.iter().filter_map(|cover| cover.intersection(&on_canvas)) {
            let part = Rect::new(cover.x - corner.0, cover.y - corner.1, cover.width, cover.height);
            fill(&mut pixels, width, part);
        }
        let on_desktop = (place.seen.x + patch.x as i32, place.seen.y + patch.y as i32);
        if let Some(rings) = self.rings {
            rings.draw(&mut pixels, width, on_desktop);
        }
        if let Some((image, at)) = &self.image {
            image.draw(&mut pixels, width, on_desktop, at);
        }
        if let Ok(patch) = Bgra::new(&pixels, width as usize * 4, width, on_canvas.height) {
            convert::update(picture, corner, &patch, Rect::whole(width, on_canvas.height));
        }
    }
}

/// Covers parts of the desktop in pixels that show `area` of it.
pub fn cover(bgra: &mut [u8], area: &Area, covers: &[Area]) {
    for part in covers.iter().filter_map(|cover| cover.within(area)) {
        fill(bgra, area.width, part);
    }
}

fn fill(bgra: &mut [u8], width: u32, part: Rect) {
    for y in part.y..part.bottom() {
        let start = (y * width + part.x) as usize * 4;
        for pixel in bgra[start..][..part.width as usize * 4].chunks_exact_mut(4) {
            pixel[..3].copy_from_slice(&COVER);
        }
    }
}

/// Areas that hold the same pixels and do not overlap: what lies over each other is drawn together.
pub fn apart(mut areas: Vec<Area>) -> Vec<Area> {
    let mut at = 0;
    while at < areas.len() {
        match (at + 1..areas.len()).find(|other| areas[at].intersection(&areas[*other]).is_some()) {
            Some(other) => {
                let (one, other) = (areas[at], areas.swap_remove(other));
                let (x, y) = (one.x.min(other.x), one.y.min(other.y));
                let (right, bottom) = (one.right().max(other.right()), one.bottom().max(other.bottom()));
                areas[at] = Area::new(x, y, (right - x) as u32, (bottom - y) as u32);
                at = 0;
            }
            None => at += 1,
        }
    }
    areas
}

/// Fewer rectangles that hold the same pixels and not many more.
pub fn join(mut rects: Vec<Rect>) -> Vec<Rect> {
    let size = |rect: &Rect| u64::from(rect.width) * u64::from(rect.height);
    rects.retain(|rect| !rect.is_empty());
    let mut at = 0;
    while at < rects.len() {
        let near = (at + 1..rects.len()).find(|other| {
            let joined = size(&rects[at].union(&rects[*other]));
            joined * 4 <= (size(&rects[at]) + size(&rects[*other])) * 5
        });
        match near {
            Some(other) => {
                rects[at] = rects[at].union(&rects[other]);
                rects.swap_remove(other);
                at = 0;
            }
            None => at += 1,
        }
    }
    if rects.len() > MOST_RECTS {
        let all = rects.iter().fold(Rect::default(), |all, rect| all.union(rect));
        return vec![all];
    }
    rects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joining_loses_no_pixel() {
        let near = vec![Rect::new(0, 0, 10, 10), Rect::new(10, 0, 10, 10), Rect::new(500, 500, 2, 2)];
        let joined = join(near);
        assert_eq!(joined, [Rect::new(0, 0, 20, 10), Rect::new(500, 500, 2, 2)]);
        let many: Vec<Rect> = (0..200).map(|n| Rect::new(n * 9 % 640, n * 7, 2, 2)).collect();
        let joined = join(many.clone());
        assert!(joined.len() <= MOST_RECTS);
        for rect in many {
            assert!(joined.iter().any(|join| join.intersection(&rect) == Some(rect)), "{rect:?} was lost");
        }
    }
}
