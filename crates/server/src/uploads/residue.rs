//! What a picture's file holds besides its picture: places, devices and authors in EXIF, comments, small versions from
//! before a redaction, bytes behind the end. Our own apps send none of it; whatever else uploads may. A file with
//! anything that is not needed to draw the picture is encoded anew, and only that is kept.
//!
//! The walk is a list of what is allowed, not of what is known to be bad: a chunk nobody thought of is residue.

use image::ImageFormat;

/// Whether `bytes`, which decode as `format`, hold anything but the picture.
pub(super) fn has_residue(bytes: &[u8], format: ImageFormat) -> bool {
    let only_picture = match format {
        ImageFormat::Png => png(bytes),
        ImageFormat::Jpeg => jpeg(bytes),
        ImageFormat::WebP => webp(bytes),
        _ => None,
    };
    only_picture.is_none()
}

/// PNG (RFC 2083): chunks of length, name, data, checksum. `Some`: nothing but the picture.
fn png(bytes: &[u8]) -> Option<()> {
    const PICTURE: [&[u8]; 10] =
        [b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs", b"IDAT"];
    let mut rest = bytes.get(8..)?;
    loop {
        let length = u32::from_be_bytes(*rest.first_chunk()?) as usize;
        let name = rest.get(4..8)?;
        rest = rest.get(length.checked_add(12)?..)?;
        if name == b"IEND" {
            return (length == 0 && rest.is_empty()).then_some(());
        }
        PICTURE.contains(&name).then_some(())?;
    }
}

/// JPEG (ITU-T T.81 annex B): segments of marker, length, data; behind a scan's header its coded data.
fn jpeg(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes.strip_prefix(&[0xFF, 0xD8])?;
    loop {
        let [0xFF, marker, ..] = *rest else { return None };
        rest = &rest[2..];
        match marker {
            0xD9 => return rest.is_empty().then_some(()),
            // JFIF without a small version is 16 bytes long; tables, frame, restarts and scans; Adobe's colours.
            0xE0 if rest.starts_with(b"\x00\x10JFIF\0") => {}
            0xC0..=0xCF | 0xDA..=0xDD => {}
            0xEE if rest.starts_with(b"\x00\x0EAdobe") => {}
            _ => return None,
        }
        rest = rest.get(usize::from(u16::from_be_bytes(*rest.first_chunk()?))..)?;
        if marker == 0xDA {
            // Coded data holds FF only before 00 or a restart.
            let ends = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xD0..=0xD7);
            rest = rest.get(rest.windows(2).position(ends)?..)?;
        }
    }
}

/// WebP (RFC 9649): RIFF chunks of name, length, data, padded to even.
fn webp(bytes: &[u8]) -> Option<()> {
    let size = u32::from_le_bytes(*bytes.get(4..)?.first_chunk()?) as usize;
    (size.checked_add(8)? == bytes.len()).then_some(())?;
    let mut rest = bytes.get(12..)?;
    while !rest.is_empty() {
        let name = rest.get(..4)?;
        let length = u32::from_le_bytes(*rest.get(4..)?.first_chunk()?) as usize;
        let picture: [&[u8]; 4] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH"];
        picture.contains(&name).then_some(())?;
        rest = rest.get(length.checked_add(8 + length % 2)?..)?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, RgbImage};

    use super::*;

    fn picture(format: ImageFormat) -> Vec<u8> {
        let mut bytes = Vec::new();
        let image = RgbImage::from_fn(40, 30, |x, y| image::Rgb([x as u8 * 6, y as u8 * 8, 90]));
        DynamicImage::from(image).write_to(&mut Cursor::new(&mut bytes), format).expect("encodes");
        bytes
    }

    fn png_with(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let mut bytes = picture(ImageFormat::Png);
        let mut chunk = (data.len() as u32).to_be_bytes().to_vec();
        chunk.extend_from_slice(name);
        chunk.extend_from_slice(data);
        chunk.extend_from_slice(&[0; 4]);
        bytes.splice(33..33, chunk);
        bytes
    }

    fn jpeg_with(marker: u8, data: &[u8]) -> Vec<u8> {
        let mut bytes = picture(ImageFormat::Jpeg);
        let mut segment = vec![0xFF, marker];
        segment.extend_from_slice(&(data.len() as u16 + 2).to_be_bytes());
        segment.extend_from_slice(data);
        bytes.splice(2..2, segment);
        bytes
    }

    #[test]
    fn what_encoders_write_is_only_the_picture() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            assert!(!has_residue(&picture(format), format), "{format:?}");
        }
    }

    #[test]
    fn whatever_else_a_file_holds_is_noticed() {
        let behind = |format| [picture(format), b"secret".to_vec()].concat();
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            assert!(has_residue(&behind(format), format), "{format:?}: bytes behind the end");
        }
        for (name, data) in [(b"tEXt", &b"Author\0Ana"[..]), (b"eXIf", b"MM"), (b"zzZz", b"?")] {
            assert!(has_residue(&png_with(name, data), ImageFormat::Png), "{name:?}");
        }
        for (marker, data) in [(0xE1, &b"Exif\0\0MM"[..]), (0xFE, b"a comment"), (0xE2, b"ICC_PROFILE\0")] {
            assert!(has_residue(&jpeg_with(marker, data), ImageFormat::Jpeg), "{marker:x}");
        }
        let mut webp = picture(ImageFormat::WebP);
        webp.extend_from_slice(b"EXIF\x02\0\0\0MM");
        let size = webp.len() as u32 - 8;
        webp[4..8].copy_from_slice(&size.to_le_bytes());
        assert!(has_residue(&webp, ImageFormat::WebP));
    }

    #[test]
    fn no_cut_or_garbled_file_is_taken_for_clean_or_walks_out_of_its_bytes() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let whole = picture(format);
            for cut in 0..whole.len() {
                assert!(has_residue(&whole[..cut], format), "{format:?} cut at {cut}");
            }
            for at in 0..whole.len().min(200) {
                let mut garbled = whole.clone();
                garbled[at] = 0xFF;
                has_residue(&garbled, format);
            }
        }
    }
}
