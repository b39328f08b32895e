//! Screen pixels to encoder pixels, and solid paint.
//!
//! BT.709, limited range, as written into every clip. Only rectangles are converted, grown to even edges, so that an
//! unchanged screen costs nothing. Painting happens on the converted picture: what was painted over is gone.

use deskside_frame::{Bgra, I420, Rect};
use yuv::{
    BufferStoreMut, YuvChromaSubsampling, YuvConversionMode, YuvPlanarImage, YuvPlanarImageMut, YuvRange,
    YuvStandardMatrix, bgra_to_yuv420, yuv420_to_bgra,
};

/// A colour as the encoder stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paint {
    /// Luma, 16 to 235.
    pub y: u8,
    /// Blue difference, 16 to 240.
    pub u: u8,
    /// Red difference, 16 to 240.
    pub v: u8,
}

impl Paint {
    /// What letterboxing shows.
    pub const BLACK: Paint = Paint { y: 16, u: 128, v: 128 };
    /// What covers a window or an area that must not be seen: a grey that no one takes for a fault.
    pub const COVER: Paint = Paint { y: 74, u: 128, v: 128 };

    /// The paint that `blue, green, red` becomes.
    pub fn of(blue: u8, green: u8, red: u8) -> Paint {
        let pixels = [blue, green, red, 0].repeat(4);
        let mut picture = I420::black(2, 2).expect("2 and 2 are even");
        let screen = Bgra::new(&pixels, 8, 2, 2).expect("16 bytes are four pixels");
        update(&mut picture, (0, 0), &screen, Rect::whole(2, 2));
        Paint { y: picture.y()[0], u: picture.u()[0], v: picture.v()[0] }
    }
}

/// Converts the part `of` the screen into the picture, where the screen's left upper corner lies at `at` of the
/// picture. The part is grown to even edges of the picture and cut to both; `at` must be even, or it is rounded down.
/// Returns what of the picture was written.
pub fn update(picture: &mut I420, at: (u32, u32), screen: &Bgra<'_>, of: Rect) -> Option<Rect> {
    let at = (at.0 & !1, at.1 & !1);
    // Odd last columns and rows of the screen have no partner for their colour and are left out.
    let whole = Rect::whole(screen.width() & !1, screen.height() & !1);
    let part = of.even().intersection(&whole)?;
    let room = Rect::whole(picture.width().checked_sub(at.0)?, picture.height().checked_sub(at.1)?);
    let part = part.intersection(&room)?;
    let from = screen.crop(part)?;
    let to = Rect::new(part.x + at.0, part.y + at.1, part.width, part.height);

    let (y_stride, colour_stride) = (picture.width(), picture.colour_stride() as u32);
    let y_start = to.y as usize * y_stride as usize + to.x as usize;
    let colour_start = to.y as usize / 2 * colour_stride as usize + to.x as usize / 2;
    let (y, u, v) = picture.planes_mut();
    let mut planes = YuvPlanarImageMut {
        y_plane: BufferStoreMut::Borrowed(&mut y[y_start..]),
        y_stride,
        u_plane: BufferStoreMut::Borrowed(&mut u[colour_start..]),
        u_stride: colour_stride,
        v_plane: BufferStoreMut::Borrowed(&mut v[colour_start..]),
        v_stride: colour_stride,
        width: to.width,
        height: to.height,
    };
    convert(&mut planes, from.bytes(), from.stride());
    if to.width != y_stride || from.bytes().len() < from.stride() * to.height as usize {
        let last = from.crop(Rect::new(0, to.height - 2, to.width, 2))?;
        let row = y_start + (to.height as usize - 2) * y_stride as usize;
        let colour_row = colour_start + (to.height as usize / 2 - 1) * colour_stride as usize;
        last_pair(&last, &mut y[row..], y_stride as usize, &mut u[colour_row..], &mut v[colour_row..]);
    }
    Some(to)
}

/// Converts two rows by way of packed copies: yuv 0.8.20 leaves out the last two rows of a picture whose rows are
/// shorter than their stride (it cuts the buffers after the last pixel and then walks them in whole strides).
/// This can go when `changed_rectangles_bring_a_picture_up_to_date` passes without it.
fn last_pair(rows: &Bgra<'_>, y: &mut [u8], y_stride: usize, u: &mut [u8], v: &mut [u8]) {
    let width = rows.width() as usize;
    let pixels = [rows.row(0), rows.row(1)].concat();
    let mut planes = YuvPlanarImageMut::alloc(rows.width(), 2, YuvChromaSubsampling::Yuv420);
    convert(&mut planes, &pixels, width * 4);
    for (row, luma) in planes.y_plane.borrow().chunks_exact(width).enumerate() {
        y[row * y_stride..][..width].copy_from_slice(luma);
    }
    u[..width / 2].copy_from_slice(planes.u_plane.borrow());
    v[..width / 2].copy_from_slice(planes.v_plane.borrow());
}

fn convert(planes: &mut YuvPlanarImageMut<'_, u8>, pixels: &[u8], stride: usize) {
    bgra_to_yuv420(
        planes,
        pixels,
        stride as u32,
        YuvRange::Limited,
        YuvStandardMatrix::Bt709,
        YuvConversionMode::Balanced,
    )
    .expect("the rectangles were cut to their pictures");
}

/// Paints a rectangle, grown to even edges so that no colour sample keeps a trace of what was there.
pub fn fill(picture: &mut I420, rect: Rect, paint: Paint) {
    let whole = Rect::whole(picture.width(), picture.height());
    let Some(rect) = rect.even().intersection(&whole) else { return };
    let (width, colour_stride) = (picture.width() as usize, picture.colour_stride());
    let (y, u, v) = picture.planes_mut();
    let (x, w) = (rect.x as usize, rect.width as usize);
    for row in rect.y as usize..rect.bottom() as usize {
        y[row * width + x..][..w].fill(paint.y);
    }
    for row in rect.y as usize / 2..rect.bottom() as usize / 2 {
        u[row * colour_stride + x / 2..][..w / 2].fill(paint.u);
        v[row * colour_stride + x / 2..][..w / 2].fill(paint.v);
    }
}

/// Shows in `to` what is shown in `from`, of the same size: for a place whose own pixels may not be seen. Both are grown
/// to even edges; nothing happens when one of them is not wholly in the picture.
pub fn repeat(picture: &mut I420, from: Rect, to: Rect) {
    let (from, to) = (from.even(), to.even());
    let whole = Rect::whole(picture.width(), picture.height());
    let fits = |rect: &Rect| rect.intersection(&whole) == Some(*rect);
    if !fits(&from) || !fits(&to) || (from.width, from.height) != (to.width, to.height) {
        return;
    }
    let (width, colour_stride) = (picture.width() as usize, picture.colour_stride());
    let (y, u, v) = picture.planes_mut();
    let copy = |plane: &mut [u8], stride: usize, by: u32| {
        let across = (from.width / by) as usize;
        for row in 0..from.height / by {
            let start = |rect: &Rect| (rect.y / by + row) as usize * stride + (rect.x / by) as usize;
            plane.copy_within(start(&from)..start(&from) + across, start(&to));
        }
    };
    copy(y, width, 1);
    copy(u, colour_stride, 2);
    copy(v, colour_stride, 2);
}

/// The picture as blue, green, red, 255 without padding: for posters and for looking at decoded frames.
pub fn to_bgra(picture: &I420) -> Vec<u8> {
    let mut pixels = vec![255; picture.width() as usize * picture.height() as usize * 4];
    let planes = YuvPlanarImage {
        y_plane: picture.y(),
        y_stride: picture.width(),
        u_plane: picture.u(),
        u_stride: picture.colour_stride() as u32,
        v_plane: picture.v(),
        v_stride: picture.colour_stride() as u32,
        width: picture.width(),
        height: picture.height(),
    };
    yuv420_to_bgra(&planes, &mut pixels, picture.width() * 4, YuvRange::Limited, YuvStandardMatrix::Bt709)
        .expect("an I420's planes have the sizes they say");
    pixels
}
