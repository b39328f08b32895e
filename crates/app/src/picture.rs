//! Pictures that leave the machine: decoded within limits, flattened, written anew. What leaves holds the pixels one
//! saw and nothing else: no metadata, no thumbnails, no colour under transparency, no bytes behind the end.

use std::io::Cursor;

use deskside_client::Trouble;
use deskside_protocol::Code;
use image::{
    DynamicImage, ImageDecoder as _, ImageEncoder as _, ImageFormat, ImageReader, Limits, RgbImage,
    codecs::png::{CompressionType, FilterType, PngEncoder},
};

/// Widest and highest picture.
const SIDE: u32 = 12_000;
/// Most pixels.
const PIXELS: u64 = 50_000_000;
/// Most memory a decoder may take.
const MEMORY: u64 = 256 << 20;

/// A PNG with nothing in it but its pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clean {
    /// The file.
    pub png: Vec<u8>,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// Reads a PNG, JPEG or WebP and writes its visible pixels as a new PNG. Refused as [`decoded`] is. The same pixels always
/// give the same bytes.
pub fn clean(bytes: &[u8]) -> Result<Clean, Trouble> {
    encode(&decoded(bytes)?)
}

/// The visible pixels of a PNG, JPEG or WebP; what was transparent becomes white. Refused as `media_type` or `too_large`.
pub fn decoded(bytes: &[u8]) -> Result<RgbImage, Trouble> {
    let unreadable = |_| Trouble::refused(Code::MediaType, "this is not a picture that can be read");
    let format = image::guess_format(bytes).map_err(unreadable)?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP) {
        return Err(Trouble::refused(Code::MediaType, "only PNG, JPEG and WebP pictures are sent"));
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS {
        return Err(Trouble::refused(Code::TooLarge, "the picture has too many pixels"));
    }
    let turned = decoder.orientation().map_err(unreadable)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    image.apply_orientation(turned);
    Ok(flatten(image))
}

/// The pixels of a frozen screen (blue, green, red, one meaningless byte).
pub fn from_bgra(bgra: &[u8], width: u32, height: u32) -> Result<RgbImage, Trouble> {
    let mut rgb = Vec::with_capacity(bgra.len() / 4 * 3);
    for pixel in bgra.as_chunks::<4>().0 {
        rgb.extend_from_slice(&[pixel[2], pixel[1], pixel[0]]);
    }
    let image = RgbImage::from_raw(width, height, rgb);
    Ok(image.ok_or_else(|| anyhow::anyhow!("a frozen screen of {width}x{height} is too short"))?)
}

/// Pixels as PNG.
pub fn from_rgb(image: &RgbImage) -> Result<Clean, Trouble> {
    encode(image)
}

/// Whether these bytes are a PNG as [`clean`] writes it: header, pixels, end, and nothing around them.
pub fn is_clean(bytes: &[u8]) -> bool {
    let Some(mut rest) = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n") else { return false };
    let mut seen_end = false;
    let mut first = true;
    while !rest.is_empty() {
        let (Some(length), Some(kind)) = (rest.get(..4), rest.get(4..8)) else { return false };
        let length = u32::from_be_bytes([length[0], length[1], length[2], length[3]]) as usize;
        let fits = match kind {
            b"IHDR" => first && rest.get(17) == Some(&2),
            b"IDAT" => !first && !seen_end,
            b"IEND" => !first && !seen_end && length == 0,
            _ => false,
        };
        let Some(next) = length.checked_add(12).and_then(|whole| rest.get(whole..)) else { return false };
        if !fits {
            return false;
        }
        seen_end = kind == b"IEND";
        first = false;
        rest = next;
    }
    seen_end
}

fn flatten(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let rgba = image.into_rgba8();
    RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [red, green, blue, alpha] = rgba.get_pixel(x, y).0;
        let over_white = |value: u8| {
            let alpha = u32::from(alpha);
            let mixed = (u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        image::Rgb([over_white(red), over_white(green), over_white(blue)])
    })
}

fn encode(image: &RgbImage) -> Result<Clean, Trouble> {
    let mut png = Vec::new();
    PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::Adaptive)
        .write_image(image.as_raw(), image.width(), image.height(), image::ExtendedColorType::Rgb8)
        .map_err(anyhow::Error::from)?;
    Ok(Clean { png, width: image.width(), height: image.height() })
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};

    use super::*;

    fn png_of(image: &RgbaImage) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, ImageFormat::Png).expect("a PNG");
        bytes.into_inner()
    }

    #[test]
    fn nothing_but_the_visible_pixels_is_left() {
        // A card number as colour under full transparency, as text chunk, and behind the end of the file.
        let secret = b"4111111111111111";
        let mut picture = RgbaImage::from_pixel(16, 4, Rgba([10, 20, 30, 255]));
        for (x, digit) in (0..16).zip(secret) {
            picture.put_pixel(x, 0, Rgba([*digit, *digit, *digit, 0]));
        }
        let mut bytes = png_of(&picture);
        let mut chunk = b"tEXtComment\0".to_vec();
        chunk.extend_from_slice(secret);
        let mut whole = u32::try_from(chunk.len() - 4).expect("short").to_be_bytes().to_vec();
        whole.extend_from_slice(&chunk);
        whole.extend_from_slice(&crc(&chunk).to_be_bytes());
        bytes.splice(33..33, whole);
        bytes.extend_from_slice(secret);
        assert!(bytes.windows(16).any(|part| part == secret), "the picture holds what it must not");
        assert!(!is_clean(&bytes), "a picture with text and a tail is not clean");

        let clean = clean(&bytes).expect("cleaned");
        assert!(is_clean(&clean.png), "what clean writes is clean");
        assert!(!clean.png.windows(16).any(|part| part == secret), "the secret is gone from the bytes");
        let seen = image::load_from_memory(&clean.png).expect("a picture").to_rgb8();
        assert_eq!(seen.get_pixel(3, 0).0, [255, 255, 255], "hidden colour is white, not what was hidden");
        assert_eq!(seen.get_pixel(3, 1).0, [10, 20, 30], "visible pixels are untouched");
    }

    #[test]
    fn cleaning_twice_changes_nothing() {
        let first =
            clean(&png_of(&RgbaImage::from_fn(40, 30, |x, y| Rgba([x as u8, y as u8, 7, 255])))).expect("a");
        let second = clean(&first.png).expect("b");
        assert_eq!(first, second, "or the size declared before would not be the size sent");
    }

    #[test]
    fn bombs_and_strangers_are_refused() {
        let mut wide = png_of(&RgbaImage::new(1, 1));
        wide[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        let crc = crc(&wide[12..29]);
        wide[29..33].copy_from_slice(&crc.to_be_bytes());
        for (bytes, code) in [
            (wide, Code::MediaType),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), Code::MediaType),
            (b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), Code::MediaType),
            (Vec::new(), Code::MediaType),
        ] {
            assert_eq!(clean(&bytes).expect_err("refused").code(), Some(code));
        }
    }

    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |mut crc, byte| {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
            }
            crc
        })
    }
}
