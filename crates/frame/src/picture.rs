//! Uncompressed pictures: as a screen gives them ([`Bgra`]) and as an encoder takes them ([`I420`]).
//!
//! A screen's rows may be padded and belong to the capture backend, so `Bgra` borrows. An encoder's input is kept
//! from frame to frame and only changed rectangles are converted anew, so `I420` owns. Conversion is in codec.

use std::fmt;
use std::ops::Range;

/// The longest side of a picture in pixels: X11, the widest desk there is, counts pixels in 16-bit signed numbers.
pub const MAX_SIDE: u32 = 32_768;

/// A rectangle in physical pixels, inside its picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rect {
    /// Pixels from the left edge.
    pub x: u32,
    /// Pixels from the upper edge.
    pub y: u32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl Rect {
    /// A rectangle from its left upper corner and its size.
    pub const fn new(x: u32, y: u32, width: u32, height: u32) -> Rect {
        Rect { x, y, width, height }
    }

    /// The whole of a picture of that size.
    pub const fn whole(width: u32, height: u32) -> Rect {
        Rect { x: 0, y: 0, width, height }
    }

    /// Whether it holds no pixel.
    pub const fn is_empty(&self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// The first column right of it.
    pub const fn right(&self) -> u32 {
        self.x.saturating_add(self.width)
    }

    /// The first row below it.
    pub const fn bottom(&self) -> u32 {
        self.y.saturating_add(self.height)
    }

    /// The part that both hold; `None` when they share no pixel.
    pub fn intersection(&self, other: &Rect) -> Option<Rect> {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let width = self.right().min(other.right()).saturating_sub(x);
        let height = self.bottom().min(other.bottom()).saturating_sub(y);
        let shared = Rect { x, y, width, height };
        (!shared.is_empty()).then_some(shared)
    }

    /// The smallest rectangle that holds both; an empty one adds nothing.
    pub fn union(&self, other: &Rect) -> Rect {
        if self.is_empty() {
            return *other;
        }
        if other.is_empty() {
            return *self;
        }
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let (right, bottom) = (self.right().max(other.right()), self.bottom().max(other.bottom()));
        Rect { x, y, width: right - x, height: bottom - y }
    }

    /// Grown to even edges, because an I420 colour sample covers two by two pixels.
    pub const fn even(&self) -> Rect {
        let (x, y) = (self.x & !1, self.y & !1);
        let right = self.right().saturating_add(self.right() & 1);
        let bottom = self.bottom().saturating_add(self.bottom() & 1);
        Rect { x, y, width: right - x, height: bottom - y }
    }
}

/// Why bytes are no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Malformed {
    /// A side is zero, or longer than [`MAX_SIDE`].
    Size {
        /// The width asked for, in pixels.
        width: u32,
        /// The height asked for, in pixels.
        height: u32,
    },
    /// A row of `stride` bytes can't hold the width.
    Stride {
        /// Bytes from one row to the next.
        stride: usize,
        /// Bytes that a row needs.
        needed: usize,
    },
    /// There are fewer bytes than rows.
    Short {
        /// Bytes given.
        len: usize,
        /// Bytes that the picture needs.
        needed: usize,
    },
    /// An I420 picture has an odd side.
    Odd {
        /// The width asked for, in pixels.
        width: u32,
        /// The height asked for, in pixels.
        height: u32,
    },
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Malformed::Size { width, height } => write!(f, "a picture can't be {width}x{height} pixels"),
            Malformed::Stride { stride, needed } => {
                write!(f, "rows of {stride} bytes can't hold {needed} bytes")
            }
            Malformed::Short { len, needed } => write!(f, "{len} bytes are no picture of {needed} bytes"),
            Malformed::Odd { width, height } => {
                write!(f, "an I420 picture has even sides, not {width}x{height}")
            }
        }
    }
}

impl std::error::Error for Malformed {}

/// A borrowed picture of four bytes per pixel: blue, green, red, and one that means nothing.
#[derive(Clone, Copy)]
pub struct Bgra<'a> {
    bytes: &'a [u8],
    stride: usize,
    width: u32,
    height: u32,
}

impl<'a> Bgra<'a> {
    /// A picture whose row `n` begins at byte `n * stride`. More bytes than `stride * height` are allowed.
    pub fn new(bytes: &'a [u8], stride: usize, width: u32, height: u32) -> Result<Bgra<'a>, Malformed> {
        let row = row_bytes(width, height)?;
        if stride < row {
            return Err(Malformed::Stride { stride, needed: row });
        }
        let needed = stride.checked_mul(height as usize).ok_or(Malformed::Size { width, height })?;
        if bytes.len() < needed {
            return Err(Malformed::Short { len: bytes.len(), needed });
        }
        Ok(Bgra { bytes: &bytes[..needed], stride, width, height })
    }

    /// The rows with their padding: exactly `stride * height` bytes, or less in the last row of a crop.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Bytes from one row to the next.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Width in pixels, never zero.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels, never zero.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The `4 * width` bytes of row `y`.
    ///
    /// # Panics
    /// When `y` is not below the height, as indexing a slice does.
    pub fn row(&self, y: u32) -> &'a [u8] {
        assert!(y < self.height, "row {y} of a picture of {} rows", self.height);
        &self.bytes[y as usize * self.stride..][..self.width as usize * 4]
    }

    /// The part under `rect`, cut to the picture, without copying; `None` when nothing is left.
    pub fn crop(&self, rect: Rect) -> Option<Bgra<'a>> {
        let part = rect.intersection(&Rect::whole(self.width, self.height))?;
        let first = part.y as usize * self.stride + part.x as usize * 4;
        let last = (part.bottom() - 1) as usize * self.stride + part.right() as usize * 4;
        // The last row ends where the picture does, not at a full stride.
        let bytes = &self.bytes[first..last.max(first)];
        Some(Bgra { bytes, stride: self.stride, width: part.width, height: part.height })
    }
}

impl fmt::Debug for Bgra<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bgra({}x{}, stride {})", self.width, self.height, self.stride)
    }
}

/// An owned picture of 8-bit luma and 2x2 subsampled colour in three planes without padding. Sides are even.
/// Made once and painted over, frame after frame.
#[derive(Clone, PartialEq, Eq)]
pub struct I420 {
    bytes: Vec<u8>,
    width: u32,
    height: u32,
}

impl I420 {
    /// A black picture (limited range). Fails when a side is zero or odd.
    pub fn black(width: u32, height: u32) -> Result<I420, Malformed> {
        row_bytes(width, height)?;
        if !width.is_multiple_of(2) || !height.is_multiple_of(2) {
            return Err(Malformed::Odd { width, height });
        }
        let luma = width as usize * height as usize;
        let mut bytes = vec![128; luma + luma / 2];
        bytes[..luma].fill(16);
        Ok(I420 { bytes, width, height })
    }

    /// Width in pixels, even, never zero; also the stride of the luma plane.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels, even, never zero.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Stride of both colour planes: half the width.
    pub fn colour_stride(&self) -> usize {
        self.width as usize / 2
    }

    /// Luma, then the blue difference, then the red difference, in one piece (`width * height * 3 / 2` bytes).
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The luma plane, `width * height` bytes.
    pub fn y(&self) -> &[u8] {
        &self.bytes[self.y_range()]
    }

    /// The blue difference plane, `width / 2 * height / 2` bytes.
    pub fn u(&self) -> &[u8] {
        &self.bytes[self.u_range()]
    }

    /// The red difference plane, `width / 2 * height / 2` bytes.
    pub fn v(&self) -> &[u8] {
        &self.bytes[self.u_range().end..]
    }

    /// Luma, blue difference and red difference, to be painted.
    pub fn planes_mut(&mut self) -> (&mut [u8], &mut [u8], &mut [u8]) {
        let (luma, colour) = (self.y_range().end, self.u_range().len());
        let (y, rest) = self.bytes.split_at_mut(luma);
        let (u, v) = rest.split_at_mut(colour);
        (y, u, v)
    }

    fn y_range(&self) -> Range<usize> {
        0..self.width as usize * self.height as usize
    }

    fn u_range(&self) -> Range<usize> {
        let luma = self.y_range().end;
        luma..luma + luma / 4
    }
}

impl fmt::Debug for I420 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "I420({}x{})", self.width, self.height)
    }
}

/// Bytes of an unpadded four-byte row; an error where no screen has such a picture.
fn row_bytes(width: u32, height: u32) -> Result<usize, Malformed> {
    let sides = 1..=MAX_SIDE;
    if sides.contains(&width) && sides.contains(&height) {
        Ok(width as usize * 4)
    } else {
        Err(Malformed::Size { width, height })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padded_rows_are_read_without_their_padding() {
        let bytes: Vec<u8> = (0..24).collect();
        let picture = Bgra::new(&bytes, 12, 2, 2).unwrap();
        assert_eq!(picture.row(1), &[12, 13, 14, 15, 16, 17, 18, 19]);
        let corner = picture.crop(Rect::new(1, 1, 9, 9)).unwrap();
        assert_eq!((corner.width(), corner.height()), (1, 1));
        assert_eq!(corner.row(0), &[16, 17, 18, 19]);
        assert!(picture.crop(Rect::new(2, 0, 1, 1)).is_none());
    }

    #[test]
    fn a_short_or_impossible_picture_is_refused() {
        assert_eq!(Bgra::new(&[0; 23], 12, 2, 2).unwrap_err(), Malformed::Short { len: 23, needed: 24 });
        assert_eq!(Bgra::new(&[0; 24], 7, 2, 2).unwrap_err(), Malformed::Stride { stride: 7, needed: 8 });
        assert_eq!(Bgra::new(&[], 0, 0, 2).unwrap_err(), Malformed::Size { width: 0, height: 2 });
        assert_eq!(Bgra::new(&[], usize::MAX, 2, 2).unwrap_err(), Malformed::Size { width: 2, height: 2 });
    }

    #[test]
    fn planes_cover_the_buffer_exactly() {
        let mut picture = I420::black(6, 4).unwrap();
        assert_eq!((picture.y().len(), picture.u().len(), picture.v().len()), (24, 6, 6));
        assert_eq!(picture.bytes().len(), 36);
        let (y, u, v) = picture.planes_mut();
        (y[23], u[0], v[5]) = (1, 2, 3);
        assert_eq!((picture.bytes()[23], picture.bytes()[24], picture.bytes()[35]), (1, 2, 3));
        assert_eq!(I420::black(5, 4).unwrap_err(), Malformed::Odd { width: 5, height: 4 });
        assert!(matches!(I420::black(u32::MAX - 1, 2), Err(Malformed::Size { .. })));
        assert_eq!(I420::black(0, 4).unwrap_err(), Malformed::Size { width: 0, height: 4 });
    }

    #[test]
    fn rectangles_meet_join_and_become_even() {
        let a = Rect::new(1, 1, 4, 4);
        assert_eq!(a.intersection(&Rect::new(3, 0, 9, 2)), Some(Rect::new(3, 1, 2, 1)));
        assert_eq!(a.intersection(&Rect::new(5, 1, 1, 1)), None);
        assert_eq!(a.union(&Rect::new(9, 9, 1, 1)), Rect::new(1, 1, 9, 9));
        assert_eq!(a.union(&Rect::default()), a);
        assert_eq!(a.even(), Rect::new(0, 0, 6, 6));
        assert_eq!(Rect::new(u32::MAX, 0, u32::MAX, 1).right(), u32::MAX);
    }
}
