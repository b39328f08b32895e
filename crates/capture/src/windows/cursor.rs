//! The pointer on Windows: where it is, and its image, which is fetched when it is another one.

use std::ffi::c_void;
use std::rc::Rc;

use windows::Win32::Graphics::Gdi::{
    BI_RGB, BITMAP, BITMAPINFO, BITMAPINFOHEADER, CreateCompatibleDC, DIB_RGB_COLORS, DeleteDC, DeleteObject,
    GetDIBits, GetObjectW, HBITMAP,
};
use windows::Win32::UI::WindowsAndMessaging::{
    CURSOR_SHOWING, CURSORINFO, GetCursorInfo, GetIconInfo, HCURSOR, ICONINFO,
};

use crate::pointer::Image;
use crate::polled::Pointer;

/// Larger than this is no pointer.
const LARGEST: u32 = 512;

/// What is known of it.
#[derive(Default)]
pub struct Cursor {
    which: Option<isize>,
    image: Option<Rc<Image>>,
}

impl Cursor {
    /// Where it points, and how it looks unless it is hidden.
    pub fn look(&mut self) -> Option<Pointer> {
        let mut info = CURSORINFO { cbSize: size_of::<CURSORINFO>() as u32, ..CURSORINFO::default() };
        // SAFETY: the structure says its size.
        unsafe { GetCursorInfo(&mut info) }.ok()?;
        let which = info.hCursor.0 as isize;
        if self.which.replace(which) != Some(which) {
            self.image = image(info.hCursor).map(Rc::new);
        }
        let is_shown = info.flags == CURSOR_SHOWING;
        let image = self.image.clone().filter(|_| is_shown);
        Some(Pointer { at: (info.ptScreenPos.x, info.ptScreenPos.y), image })
    }
}

fn image(cursor: HCURSOR) -> Option<Image> {
    let mut icon = ICONINFO::default();
    // SAFETY: both bitmaps that come are given back below.
    unsafe { GetIconInfo(cursor.into(), &mut icon) }.ok()?;
    let mask = read(icon.hbmMask);
    let colour = if icon.hbmColor.is_invalid() { None } else { read(icon.hbmColor) };
    // SAFETY: they came with the icon and belong to who asked for it.
    unsafe {
        let _ = DeleteObject(icon.hbmMask.into());
        if !icon.hbmColor.is_invalid() {
            let _ = DeleteObject(icon.hbmColor.into());
        }
    }
    let hot = (icon.xHotspot.cast_signed(), icon.yHotspot.cast_signed());
    let (mask_width, mask_height, mask) = mask?;
    let (width, height, pixels) = match colour {
        Some((width, height, colour)) => (width, height, of_colour(&colour, &mask)),
        // Two halves: what is kept of the screen, and what is turned over.
        None => (mask_width, mask_height / 2, of_halves(&mask)),
    };
    Some(Image { width, height, hot, pixels })
}

/// Pixels with opacity, or, where none has any, with the mask in its place.
fn of_colour(colour: &[u32], mask: &[u32]) -> Vec<u32> {
    let has_opacity = colour.iter().any(|pixel| pixel >> 24 != 0);
    let kept = mask.iter().copied().chain(std::iter::repeat(0));
    let of = |(pixel, kept): (&u32, u32)| match has_opacity {
        true => premultiplied(*pixel),
        false if kept & 0xff_ffff != 0 => 0,
        false => 0xff00_0000 | pixel,
    };
    colour.iter().zip(kept).map(of).collect()
}

/// Black, white, nothing, and what would be the screen turned over, which is drawn black.
fn of_halves(mask: &[u32]) -> Vec<u32> {
    let (kept, turned) = mask.split_at(mask.len() / 2);
    let of = |(kept, turned): (&u32, &u32)| match (kept & 0xff_ffff != 0, turned & 0xff_ffff != 0) {
        (true, false) => 0,
        (false, true) => 0xffff_ffff,
        (false, false) | (true, true) => 0xff00_0000,
    };
    kept.iter().zip(turned).map(of).collect()
}

fn premultiplied(pixel: u32) -> u32 {
    let [blue, green, red, opacity] = pixel.to_le_bytes();
    let times = |colour: u8| (u16::from(colour) * u16::from(opacity) / 255) as u8;
    u32::from_le_bytes([times(blue), times(green), times(red), opacity])
}

/// Width, height and pixels of a bitmap.
fn read(bitmap: HBITMAP) -> Option<(u32, u32, Vec<u32>)> {
    let mut size = BITMAP::default();
    // SAFETY: the room is told, and what comes is a description of a bitmap.
    let known = unsafe {
        GetObjectW(bitmap.into(), size_of::<BITMAP>() as i32, Some((&raw mut size).cast::<c_void>()))
    };
    let (width, height) = (size.bmWidth.unsigned_abs(), size.bmHeight.unsigned_abs());
    if known == 0 || width == 0 || height == 0 || width > LARGEST || height > 2 * LARGEST {
        return None;
    }
    let header = BITMAPINFOHEADER {
        biSize: size_of::<BITMAPINFOHEADER>() as u32,
        biWidth: width.cast_signed(),
        biHeight: -height.cast_signed(),
        biPlanes: 1,
        biBitCount: 32,
        biCompression: BI_RGB.0,
        ..BITMAPINFOHEADER::default()
    };
    let mut info = BITMAPINFO { bmiHeader: header, ..BITMAPINFO::default() };
    let mut pixels = vec![0u32; width as usize * height as usize];
    // SAFETY: the room is as large as the header says, four bytes a pixel.
    let rows = unsafe {
        let memory = CreateCompatibleDC(None);
        let to = Some(pixels.as_mut_ptr().cast::<c_void>());
        let rows = GetDIBits(memory, bitmap, 0, height, to, &mut info, DIB_RGB_COLORS);
        let _ = DeleteDC(memory);
        rows
    };
    (rows != 0).then_some((width, height, pixels))
}
