//! A picture to draw on: plates, frames and letters, as a toolkit draws them.

use ab_glyph::{Font as _, FontVec, PxScale, ScaleFont as _};
use deskside_ocr::{Area, Picture};

pub type Colour = [u8; 3];

pub struct Canvas {
    pub width: u32,
    pub height: u32,
    rgb: Vec<u8>,
}

/// How letters are set.
#[derive(Clone, Copy)]
pub struct Hand<'a> {
    pub font: &'a FontVec,
    pub size: f32,
    pub colour: Colour,
    /// Letters begin at whole pixels, as toolkits without fractions set them.
    pub whole: bool,
}

impl Canvas {
    pub fn new(width: u32, height: u32, ground: Colour) -> Self {
        Self { width, height, rgb: ground.repeat((width * height) as usize) }
    }

    pub fn picture(&self) -> Picture<'_> {
        Picture { rgb: &self.rgb, width: self.width, height: self.height }
    }

    pub fn fill(&mut self, area: Area, colour: Colour) {
        for y in area.y..(area.y + area.height).min(self.height) {
            for x in area.x..(area.x + area.width).min(self.width) {
                let at = ((y * self.width + x) * 3) as usize;
                self.rgb[at..at + 3].copy_from_slice(&colour);
            }
        }
    }

    pub fn frame(&mut self, area: Area, thick: u32, colour: Colour) {
        let Area { x, y, width, height } = area;
        self.fill(Area { x, y, width, height: thick }, colour);
        self.fill(Area { x, y: y + height - thick, width, height: thick }, colour);
        self.fill(Area { x, y, width: thick, height }, colour);
        self.fill(Area { x: x + width - thick, y, width: thick, height }, colour);
    }

    /// Writes on a base line; answers where the pen stands afterwards and what the ink takes up.
    pub fn write(&mut self, hand: Hand<'_>, x: f32, base: f32, text: &str) -> (f32, Option<Area>) {
        let font = hand.font.as_scaled(PxScale::from(hand.size * size_of_em(hand.font)));
        let (mut pen, mut ink) = (x, None);
        for letter in text.chars() {
            let id = font.glyph_id(letter);
            let at = if hand.whole { pen.round() } else { pen };
            let glyph = id.with_scale_and_position(font.scale(), ab_glyph::point(at, base.round()));
            if let Some(outline) = font.font.outline_glyph(glyph) {
                let bounds = outline.px_bounds();
                outline.draw(|dx, dy, share| {
                    let (x, y) = (bounds.min.x as i64 + i64::from(dx), bounds.min.y as i64 + i64::from(dy));
                    if share > 0.0 {
                        self.mix(x, y, hand.colour, share);
                    }
                });
                if bounds.min.x >= 0.0 && bounds.min.y >= 0.0 && bounds.max.x <= self.width as f32 {
                    let (x, y) = (bounds.min.x as u32, bounds.min.y as u32);
                    let own = Area { x, y, width: bounds.max.x as u32 - x, height: bounds.max.y as u32 - y };
                    ink = Some(ink.map_or(own, |ink| around(ink, own)));
                }
            }
            let advance = font.h_advance(id);
            pen += if hand.whole { advance.round() } else { advance };
        }
        (pen, ink)
    }

    fn mix(&mut self, x: i64, y: i64, colour: Colour, share: f32) {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else { return };
        if x < self.width && y < self.height {
            let at = ((y * self.width + x) * 3) as usize;
            for (value, ink) in self.rgb[at..at + 3].iter_mut().zip(colour) {
                let mixed = f32::from(*value) * (1.0 - share.min(1.0)) + f32::from(ink) * share.min(1.0);
                *value = mixed.round() as u8;
            }
        }
    }
}

/// A size in pixels is meant for the em, the library's for ascent and descent.
fn size_of_em(font: &FontVec) -> f32 {
    font.height_unscaled() / font.units_per_em().unwrap_or(1000.0)
}

pub fn around(one: Area, other: Area) -> Area {
    let (x, y) = (one.x.min(other.x), one.y.min(other.y));
    let right = (one.x + one.width).max(other.x + other.width);
    let bottom = (one.y + one.height).max(other.y + other.height);
    Area { x, y, width: right - x, height: bottom - y }
}
