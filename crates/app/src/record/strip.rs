//! Small pictures along the time, made while recording: what is under the hand on a player's time bar.
//!
//! The picture of each stretch of time is the first that was encoded in it, so it shows nothing of any other stretch: whoever
//! cuts the clip later can tell which of them go. A long clip has longer stretches, not more pictures.

use std::io::Cursor;
use std::time::Duration;

use deskside_codec::convert;
use deskside_frame::{I420, Time};
use image::{GenericImage as _, ImageFormat, RgbImage};

/// The longer side of one of them in pixels.
const SIDE: u32 = 160;
/// Most of them: a screenful of memory, and no more.
const MOST: usize = 60;
/// How many stand in a row.
const COLUMNS: u32 = 10;
/// The shortest stretch. A still screen gives a picture in each, too.
const EVERY: Duration = Duration::from_secs(1);

/// The pictures so far.
#[derive(Clone, Debug)]
pub struct Strip {
    every: Duration,
    /// `None` where nothing was encoded in that stretch.
    tiles: Vec<Option<I420>>,
}

/// How a strip is laid out in its one picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Milliseconds from one to the next.
    pub every_ms: u32,
    /// How many there are.
    pub tiles: u32,
    /// How many stand in a row.
    pub columns: u32,
}

impl Default for Strip {
    fn default() -> Strip {
        Strip { every: EVERY, tiles: Vec::new() }
    }
}

impl Strip {
    /// Looks at a picture that is encoded now; takes it if it is the first of its stretch.
    pub fn consider(&mut self, picture: &I420, time: Time) {
        while self.slot(time) >= MOST {
            // Of two stretches that become one, the first one's picture was the first.
            self.tiles = self.tiles.drain(..).step_by(2).collect();
            self.every *= 2;
        }
        let slot = self.slot(time);
        if slot < self.tiles.len() {
            return;
        }
        self.tiles.resize_with(slot, || None);
        self.tiles.push(small(picture));
    }

    fn slot(&self, time: Time) -> usize {
        usize::try_from(time.as_duration().as_micros() / self.every.as_micros()).unwrap_or(usize::MAX)
    }

    /// All of them as one PNG, row by row, and how they stand in it. `None` for fewer than two: nothing to look through.
    pub fn png(&self) -> Option<(Vec<u8>, Layout)> {
        let first = self.tiles.iter().flatten().next().filter(|_| self.tiles.len() > 1)?;
        let (width, height) = (first.width(), first.height());
        let tiles = u32::try_from(self.tiles.len()).ok()?;
        let columns = COLUMNS.min(tiles);
        let mut all = RgbImage::new(columns * width, tiles.div_ceil(columns) * height);
        for (place, tile) in (0..).zip(&self.tiles) {
            let Some(tile) = tile else { continue };
            let pixels = convert::to_bgra(tile);
            let rgb = pixels.chunks_exact(4).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect();
            let tile = RgbImage::from_raw(width, height, rgb)?;
            all.copy_from(&tile, place % columns * width, place / columns * height).ok()?;
        }
        let mut png = Cursor::new(Vec::new());
        all.write_to(&mut png, ImageFormat::Png).ok()?;
        let every_ms = u32::try_from(self.every.as_millis()).ok()?;
        Some((png.into_inner(), Layout { every_ms, tiles, columns }))
    }
}

/// A picture made small by averages, so that lines of text stay grey instead of flickering.
fn small(picture: &I420) -> Option<I420> {
    let (width, height) = (picture.width(), picture.height());
    let longer = width.max(height).max(1);
    // Both sides even, as the format wants it.
    let side = |side: u32| ((side * SIDE / longer).clamp(2, side.max(2)) & !1).max(2);
    let mut tile = I420::black(side(width), side(height)).ok()?;
    let (to_width, to_height) = (tile.width() as usize, tile.height() as usize);
    let (width, height) = (width as usize, height as usize);
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    let (colour, to_colour) = (picture.colour_stride(), tile.colour_stride());
    let (y, u, v) = tile.planes_mut();
    average(picture.y(), width, (width, height), y, to_width, (to_width, to_height));
    let half = (to_width / 2, to_height / 2);
    average(picture.u(), colour, (half_width, half_height), u, to_colour, half);
    average(picture.v(), colour, (half_width, half_height), v, to_colour, half);
    Some(tile)
}

fn average(
    from: &[u8],
    stride: usize,
    (width, height): (usize, usize),
    to: &mut [u8],
    to_stride: usize,
    (to_width, to_height): (usize, usize),
) {
    for row in 0..to_height {
        let rows =
            row * height / to_height..((row + 1) * height / to_height).max(row * height / to_height + 1);
        for column in 0..to_width {
            let begin = column * width / to_width;
            let end = ((column + 1) * width / to_width).max(begin + 1);
            let sum: u32 = rows
                .clone()
                .flat_map(|row| &from[row * stride + begin..row * stride + end])
                .map(|value| u32::from(*value))
                .sum();
            let count = (rows.len() * (end - begin)) as u32;
            to[row * to_stride + column] = (sum / count) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(shade: u8) -> I420 {
        let mut picture = I420::black(320, 200).unwrap();
        picture.planes_mut().0.fill(shade);
        picture
    }

    /// The brightness in the middle of a tile.
    fn shade(png: &RgbImage, layout: Layout, tile: u32) -> u8 {
        png.get_pixel(tile % layout.columns * 160 + 80, tile / layout.columns * 100 + 50)[1]
    }

    #[test]
    fn each_stretch_shows_the_first_picture_of_its_own() {
        let mut strip = Strip::default();
        for (millis, luma) in [(0, 60), (500, 200), (1_100, 100), (1_900, 200), (4_000, 140)] {
            strip.consider(&grey(luma), Time::from_millis(millis));
        }
        let (png, layout) = strip.png().unwrap();
        assert_eq!(layout, Layout { every_ms: 1_000, tiles: 5, columns: 5 });
        let png = image::load_from_memory(&png).unwrap().to_rgb8();
        assert_eq!(png.dimensions(), (800, 100));
        let shades: Vec<u8> = (0..5).map(|tile| shade(&png, layout, tile)).collect();
        // Where nothing was encoded nothing is shown: the picture before may be cut out one day.
        assert!(shades[0] < shades[1] && shades[1] < shades[4], "{shades:?}");
        assert_eq!((shades[2], shades[3]), (0, 0));
    }

    #[test]
    fn a_long_clip_has_longer_stretches_and_not_more_pictures() {
        let mut strip = Strip::default();
        for second in 0..=3_600u64 {
            strip.consider(&grey((second / 15 % 250) as u8), Time::from_millis(second * 1_000 + 400));
        }
        let (png, layout) = strip.png().unwrap();
        assert_eq!((layout.every_ms, layout.tiles), (64_000, 57));
        let png = image::load_from_memory(&png).unwrap().to_rgb8();
        let mut picture = grey(0);
        for tile in [0u32, 20, 56] {
            picture.planes_mut().0.fill((tile * 64 / 15 % 250) as u8);
            let wanted = convert::to_bgra(&picture)[1];
            assert_eq!(shade(&png, layout, tile), wanted, "tile {tile}");
        }
    }

    #[test]
    fn one_picture_is_nothing_to_look_through_and_odd_sizes_do_no_harm() {
        let mut strip = Strip::default();
        strip.consider(&I420::black(2, 1_000).unwrap(), Time::ZERO);
        assert!(strip.png().is_none());
        strip.consider(&I420::black(2, 1_000).unwrap(), Time::from_millis(1_000));
        assert_eq!(strip.png().unwrap().1.tiles, 2);
    }
}
