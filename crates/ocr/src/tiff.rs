//! Several grey pictures as one file, in the one format with pages that an engine takes from a pipe: TIFF 6.0,
//! not compressed.

/// A grey picture.
pub struct Page {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Row by row, 0 is black.
    pub grey: Vec<u8>,
}

/// Dots per inch that are claimed: letters of this size are read as on paper, without a guess.
const DENSITY: u32 = 300;
const ENTRIES: u16 = 12;
/// Count, entries, address of the next page.
const DIRECTORY: usize = 2 + 12 * ENTRIES as usize + 4;
/// A fraction.
const RATIO: usize = 8;

/// The file.
pub fn file(pages: &[Page]) -> Vec<u8> {
    let mut bytes = b"II*\0".to_vec();
    bytes.extend(8_u32.to_le_bytes());
    for (number, page) in pages.iter().enumerate() {
        let ratio = bytes.len() + DIRECTORY;
        let pixels = ratio + RATIO;
        // A directory begins at an even address.
        let end = (pixels + page.grey.len()).next_multiple_of(2);
        let at = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        bytes.extend(ENTRIES.to_le_bytes());
        for (tag, kind, value) in [
            (256_u16, 4_u16, page.width),
            (257, 4, page.height),
            (258, 3, 8),
            (259, 3, 1),
            // Zero is black.
            (262, 3, 1),
            (273, 4, at(pixels)),
            (277, 3, 1),
            (278, 4, page.height),
            (279, 4, at(page.grey.len())),
            (282, 5, at(ratio)),
            (283, 5, at(ratio)),
            (296, 3, 2),
        ] {
            bytes.extend(tag.to_le_bytes());
            bytes.extend(kind.to_le_bytes());
            bytes.extend(1_u32.to_le_bytes());
            bytes.extend(value.to_le_bytes());
        }
        let next = if number + 1 < pages.len() { at(end) } else { 0 };
        bytes.extend(next.to_le_bytes());
        bytes.extend(DENSITY.to_le_bytes());
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend(&page.grey);
        bytes.resize(end, 0);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_points_to_its_pixels_and_to_the_next_page() {
        let page = |side: u32, value: u8| Page {
            width: side,
            height: side,
            grey: vec![value; (side * side) as usize],
        };
        let bytes = file(&[page(3, 7), page(2, 9)]);
        let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four")) as usize;
        let mut at = word(4);
        for (side, value) in [(3, 7), (2, 9)] {
            let entry = |tag: u16| {
                let entries = (0..usize::from(ENTRIES)).map(|entry| at + 2 + 12 * entry);
                entries
                    .into_iter()
                    .find(|entry| bytes[*entry..*entry + 2] == tag.to_le_bytes())
                    .map(|entry| word(entry + 8))
            };
            assert_eq!(at % 2, 0);
            assert_eq!((entry(256), entry(257)), (Some(side), Some(side)));
            let (from, count) = (entry(273).expect("pixels"), entry(279).expect("a count"));
            assert_eq!(bytes[from..from + count], vec![value; side * side]);
            at = word(at + DIRECTORY - 4);
        }
        assert_eq!(at, 0, "the last page has no next");
    }
}
