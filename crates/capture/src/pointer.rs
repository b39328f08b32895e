//! The image of a pointer, and drawing it over a picture: no grab contains it.

use crate::Area;

/// How a pointer looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The pixel that points, from the left upper corner.
    pub hot: (i32, i32),
    /// Blue, green, red and opacity in one number, colours already multiplied by the opacity.
    pub pixels: Vec<u32>,
}

impl Image {
    /// Where it lies when it points at `at` of the desktop.
    pub fn area(&self, at: (i32, i32)) -> Area {
        Area::new(at.0 - self.hot.0, at.1 - self.hot.1, self.width, self.height)
    }

    /// Draws it, lying at `at`, into pixels whose first one lies at `corner` of the desktop.
    pub fn draw(&self, pixels: &mut [u8], width: u32, corner: (i32, i32), at: &Area) {
        let height = pixels.len() / 4 / width.max(1) as usize;
        let patch = Area::new(corner.0, corner.1, width, height as u32);
        let Some(part) = at.intersection(&patch) else { return };
        for y in part.y..part.bottom() {
            for x in part.x..part.right() {
                let from = ((y - at.y) as u32 * self.width + (x - at.x) as u32) as usize;
                let to = ((y - corner.1) as usize * width as usize + (x - corner.0) as usize) * 4;
                let Some(source) = self.pixels.get(from) else { continue };
                blend(&mut pixels[to..to + 4], *source);
            }
        }
    }
}

/// Lays a premultiplied pixel over another.
fn blend(under: &mut [u8], over: u32) {
    let [blue, green, red, opacity] = over.to_le_bytes();
    for (under, over) in under.iter_mut().zip([blue, green, red]) {
        let shines_through = u32::from(*under) * (255 - u32::from(opacity)) / 255;
        *under = (u32::from(over) + shines_through).min(255) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blending_is_opaque_clear_or_in_between() {
        let blended = |over: u32| {
            let mut under = [100, 100, 100, 0];
            blend(&mut under, over);
            [under[0], under[1], under[2]]
        };
        assert_eq!(blended(0xff01_0203), [3, 2, 1]);
        assert_eq!(blended(0), [100, 100, 100]);
        assert_eq!(blended(0x8000_0080), [128 + 49, 49, 49]);
        assert_eq!(blended(0x80ff_ffff), [255, 255, 255], "more than full is full");
    }
}
