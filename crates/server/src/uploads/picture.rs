//! Pictures from outside: decoded with limits, away from the tasks that serve, and made small.

use std::io::Cursor;

use super::residue::has_residue;

use anyhow::{Context, ensure};
use bytes::Bytes;
use image::{
    DynamicImage, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, Limits,
    codecs::{jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder},
};

const MAX_SIDE: u32 = 12_000;
const MAX_PIXELS: u64 = 50_000_000;
const MAX_MEMORY: u64 = 256 * 1024 * 1024;
/// Longest side of a small version, in pixels: a row's hover on a screen of twice the density.
const SMALL: u32 = 640;
const QUALITY: u8 = 80;
/// Quality of a whole JPEG that had to be encoded anew.
const WHOLE_QUALITY: u8 = 92;

/// What was found in a picture.
pub(super) struct Picture {
    pub width: u32,
    pub height: u32,
    /// A small JPEG.
    pub small: Bytes,
    /// The picture alone, encoded anew, if its file held anything else.
    pub alone: Option<Bytes>,
}

/// Decodes `bytes`, which must be of `format`, whole: a picture that only begins well is refused.
pub(super) fn decode(bytes: &[u8], format: ImageFormat) -> anyhow::Result<Picture> {
    let (image, (width, height)) = upright(bytes, format)?;
    let alone = has_residue(bytes, format).then(|| encode(&image, format)).transpose()?;
    let (width, height) = if alone.is_some() { (image.width(), image.height()) } else { (width, height) };
    let small = if width.max(height) > SMALL { image.thumbnail(SMALL, SMALL) } else { image };
    Ok(Picture { width, height, small: jpeg(&small, QUALITY)?, alone })
}

/// The picture itself, decoded with the same limits.
pub(super) fn open(bytes: &[u8], format: ImageFormat) -> anyhow::Result<DynamicImage> {
    Ok(upright(bytes, format)?.0)
}

/// The picture as it is to be seen, and its size as its file says.
fn upright(bytes: &[u8], format: ImageFormat) -> anyhow::Result<(DynamicImage, (u32, u32))> {
    let (width, height) = ImageReader::with_format(Cursor::new(bytes), format).into_dimensions()?;
    ensure!(width > 0 && height > 0 && width <= MAX_SIDE && height <= MAX_SIDE, "{width}x{height} pixels");
    ensure!(u64::from(width) * u64::from(height) <= MAX_PIXELS, "{width}x{height} pixels");
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder()?;
    limits.reserve(decoder.total_bytes())?;
    decoder.set_limits(limits)?;
    let orientation = decoder.orientation()?;
    let mut image = DynamicImage::from_decoder(decoder).context("the picture does not decode")?;
    // A camera's "this side up" is in the metadata: what shows without it must stand upright.
    image.apply_orientation(orientation);
    Ok((image, (width, height)))
}

/// The picture alone, in the format it came in.
fn encode(image: &DynamicImage, format: ImageFormat) -> anyhow::Result<Bytes> {
    let mut bytes = Vec::new();
    let color = image.color();
    match format {
        ImageFormat::Jpeg => return jpeg(image, WHOLE_QUALITY),
        ImageFormat::WebP => {
            let image = image.to_rgba8();
            let (width, height) = image.dimensions();
            WebPEncoder::new_lossless(&mut bytes).write_image(
                &image,
                width,
                height,
                image::ColorType::Rgba8.into(),
            )?;
        }
        _ => PngEncoder::new(&mut bytes).write_image(
            image.as_bytes(),
            image.width(),
            image.height(),
            color.into(),
        )?,
    }
    Ok(bytes.into())
}

fn jpeg(image: &DynamicImage, quality: u8) -> anyhow::Result<Bytes> {
    let mut bytes = Vec::new();
    image.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality))?;
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
