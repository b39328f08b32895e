//! Pictures from outside: decoded with limits, away from the tasks that serve, and made small.

use std::io::Cursor;

use anyhow::{Context, ensure};
use bytes::Bytes;
use image::{DynamicImage, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder};

const MAX_SIDE: u32 = 12_000;
const MAX_PIXELS: u64 = 50_000_000;
const MAX_MEMORY: u64 = 256 * 1024 * 1024;
/// Longest side of a small version, in pixels: a row's hover on a screen of twice the density.
const SMALL: u32 = 640;
const QUALITY: u8 = 80;

/// What was found in a picture.
pub(super) struct Picture {
    pub width: u32,
    pub height: u32,
    /// A small JPEG.
    pub small: Bytes,
}

/// Decodes `bytes`, which must be of `format`, whole: a picture that only begins well is refused.
pub(super) fn decode(bytes: &[u8], format: ImageFormat) -> anyhow::Result<Picture> {
    let (width, height) = ImageReader::with_format(Cursor::new(bytes), format).into_dimensions()?;
    ensure!(width > 0 && height > 0 && width <= MAX_SIDE && height <= MAX_SIDE, "{width}x{height} pixels");
    ensure!(u64::from(width) * u64::from(height) <= MAX_PIXELS, "{width}x{height} pixels");
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let image = reader.decode().context("the picture does not decode")?;
    let small = if width.max(height) > SMALL { image.thumbnail(SMALL, SMALL) } else { image };
    Ok(Picture { width, height, small: jpeg(&small)? })
}

fn jpeg(image: &DynamicImage) -> anyhow::Result<Bytes> {
    let mut bytes = Vec::new();
    image.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))?;
    Ok(bytes.into())
}

/// The format a picture's first bytes say.
pub(super) fn format_of(bytes: &[u8]) -> Option<ImageFormat> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(ImageFormat::Png)
    } else if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        Some(ImageFormat::Jpeg)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some(ImageFormat::WebP)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let image = DynamicImage::new_rgb8(width, height);
        image.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).expect("encodes");
        bytes
    }

    #[test]
    fn a_picture_is_made_small_and_measured() {
        let picture = decode(&png(1_280, 400), ImageFormat::Png).expect("decodes");
        assert_eq!((picture.width, picture.height), (1_280, 400));
        let small = image::load_from_memory(&picture.small).expect("the small one decodes");
        assert_eq!((small.width(), small.height()), (640, 200));
    }

    #[test]
    fn what_only_begins_as_a_picture_is_refused() {
        let mut bytes = png(64, 64);
        bytes.truncate(bytes.len() / 2);
        assert!(decode(&bytes, ImageFormat::Png).is_err());
    }

    #[test]
    fn a_bomb_is_refused_by_its_header() {
        // A 1x1 PNG whose header says 60000 x 60000; the checksum of the header is made to fit.
        let mut bytes = png(1, 1);
        bytes[16..24].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
        let crc = crc32(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&crc.to_be_bytes());
        let Err(error) = decode(&bytes, ImageFormat::Png) else { panic!("a bomb was decoded") };
        assert!(error.to_string().contains("60000x60000"), "{error:#}");
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 }
            })
        })
    }
}
