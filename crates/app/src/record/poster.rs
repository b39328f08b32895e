//! The still picture that stands for a clip before it plays.

use std::{
    fs::File,
    io::{BufReader, Cursor},
    path::Path,
};

use deskside_clip::Reader;
use deskside_codec::{convert, video_decoder};
use deskside_frame::{I420, Track};
use image::{ImageFormat, RgbImage};

/// The longer side of a poster in pixels.
const SIDE: u32 = 640;

/// Whether a picture shows anything: a black or one-coloured screen is no poster.
pub fn shows_something(picture: &I420) -> bool {
    // Every 97th pixel reaches all rows and columns; more would not say more.
    let (mut darkest, mut lightest) = (u8::MAX, u8::MIN);
    for luma in picture.y().iter().step_by(97) {
        darkest = darkest.min(*luma);
        lightest = lightest.max(*luma);
    }
    lightest.saturating_sub(darkest) > 16
}

/// A PNG of at most 640 pixels a side, without metadata. Empty when the encoder refuses, which no picture makes it do.
pub fn png(picture: &I420) -> Vec<u8> {
    let (width, height) = (picture.width(), picture.height());
    let bgra = convert::to_bgra(picture);
    let rgb = bgra.chunks_exact(4).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect();
    let Some(mut image) = RgbImage::from_raw(width, height, rgb) else { return Vec::new() };
    if width.max(height) > SIDE {
        let (w, h) = (width * SIDE / width.max(height), height * SIDE / width.max(height));
        image = image::imageops::thumbnail(&image, w.max(1), h.max(1));
    }
    let mut png = Cursor::new(Vec::new());
    match image.write_to(&mut png, ImageFormat::Png) {
        Ok(()) => png.into_inner(),
        Err(error) => {
            tracing::warn!(%error, "no poster");
            Vec::new()
        }
    }
}

/// The first picture of a finished clip; `None` where it can't be decoded.
pub fn first_picture(clip: &Path) -> Option<I420> {
    let mut frames = Reader::open(BufReader::new(File::open(clip).ok()?)).ok()?;
    let mut decoder = video_decoder(frames.tracks().video.codec).ok()?;
    let first = frames.find_map(|frame| frame.ok().filter(|frame| frame.track == Track::Video))?;
    decoder.decode(&first.bytes).ok()?
}

#[cfg(test)]
mod tests {
    use deskside_codec::convert::Paint;
    use deskside_frame::Rect;

    use super::*;

    #[test]
    fn a_poster_is_small_and_shows_the_picture() {
        let mut picture = I420::black(1920, 1080).unwrap();
        assert!(!shows_something(&picture));
        convert::fill(&mut picture, Rect::new(0, 0, 960, 1080), Paint::of(0, 0, 255));
        assert!(shows_something(&picture));
        let poster = image::load_from_memory(&png(&picture)).unwrap().to_rgb8();
        assert_eq!(poster.dimensions(), (640, 360));
        assert!(poster.get_pixel(100, 100)[0] > 240 && poster.get_pixel(600, 100)[0] < 15);
    }
}
