//! Where a target lies on the desktop and in the picture.
//!
//! The picture's size is fixed; the target's is not. A smaller target lies in the middle, a larger one is cut at the
//! right and at the bottom, because text starts at the left and at the top.

use deskside_frame::Rect;

use crate::{Area, CaptureError};

/// One arrangement; a new one is made when the target or the desktop changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Width and height of the picture.
    pub canvas: (u32, u32),
    /// The whole target on the desktop, whether visible or not.
    pub target: Area,
    /// The part of it that lies on the desktop and fits the picture; its sides are even.
    pub seen: Area,
    /// Where `seen` begins in the picture; even.
    pub at: (u32, u32),
    /// Where the target begins in the picture; even.
    pub origin: (u32, u32),
}

impl Place {
    /// Arranges a target of a desktop in a picture. Fails when nothing would be seen.
    pub fn of(target: Area, desktop: Area, canvas: (u32, u32)) -> Result<Place, CaptureError> {
        let origin = (
            (canvas.0.saturating_sub(target.width) / 2) & !1,
            (canvas.1.saturating_sub(target.height) / 2) & !1,
        );
        let fits = Area::new(target.x, target.y, target.width.min(canvas.0), target.height.min(canvas.1));
        let seen = fits.intersection(&desktop).ok_or(CaptureError::Nothing)?;
        // Colour samples cover two by two pixels: what is cut off at the left or top must be even.
        let skip = ((seen.x - target.x) as u32, (seen.y - target.y) as u32);
        let odd = (skip.0 & 1, skip.1 & 1);
        let seen = Area::new(
            seen.x + odd.0 as i32,
            seen.y + odd.1 as i32,
            (seen.width - odd.0) & !1,
            (seen.height - odd.1) & !1,
        );
        if seen.is_empty() {
            return Err(CaptureError::Nothing);
        }
        let at = (origin.0 + skip.0 + odd.0, origin.1 + skip.1 + odd.1);
        Ok(Place { canvas, target, seen, at, origin })
    }

    /// The picture's size for a target, when nothing else is asked for.
    pub fn canvas_of(target: Area) -> Result<(u32, u32), CaptureError> {
        let canvas = (target.width & !1, target.height & !1);
        if canvas.0 == 0 || canvas.1 == 0 { Err(CaptureError::Nothing) } else { Ok(canvas) }
    }

    /// Whether a part of the target does not fit the picture.
    pub fn cut(&self) -> bool {
        self.target.width & !1 > self.canvas.0 || self.target.height & !1 > self.canvas.1
    }

    /// Where an area of the desktop lies in the picture, grown to even edges.
    pub fn on_canvas(&self, area: &Area) -> Option<Rect> {
        let part = area.within(&self.seen)?.even();
        Some(Rect::new(part.x + self.at.0, part.y + self.at.1, part.width, part.height))
    }

    /// The whole seen part in the picture.
    pub fn seen_on_canvas(&self) -> Rect {
        Rect::new(self.at.0, self.at.1, self.seen.width, self.seen.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESKTOP: Area = Area::new(0, 0, 1920, 1080);

    #[test]
    fn a_display_fills_its_picture() {
        let place = Place::of(DESKTOP, DESKTOP, (1920, 1080)).unwrap();
        assert_eq!((place.seen, place.at, place.cut()), (DESKTOP, (0, 0), false));
        assert_eq!(place.on_canvas(&Area::new(3, 5, 1, 1)), Some(Rect::new(2, 4, 2, 2)));
    }

    #[test]
    fn a_smaller_target_lies_in_the_middle() {
        let target = Area::new(10, 10, 101, 50);
        let place = Place::of(target, DESKTOP, (200, 60)).unwrap();
        assert_eq!((place.at, place.seen), ((48, 4), Area::new(10, 10, 100, 50)));
        assert_eq!(place.on_canvas(&Area::new(0, 0, 12, 12)), Some(Rect::new(48, 4, 2, 2)));
    }

    #[test]
    fn a_window_half_off_the_desktop_keeps_its_place_in_the_picture() {
        let place = Place::of(Area::new(-5, -4, 100, 100), DESKTOP, (100, 100)).unwrap();
        assert_eq!((place.seen, place.at), (Area::new(1, 0, 94, 96), (6, 4)));
        assert_eq!(
            Place::canvas_of(Area::new(0, 0, 1, 9)).unwrap_err().to_string(),
            CaptureError::Nothing.to_string()
        );
        assert!(Place::of(Area::new(-50, 0, 50, 50), DESKTOP, (50, 50)).is_err());
    }

    #[test]
    fn a_larger_target_is_cut_and_says_so() {
        let place = Place::of(DESKTOP, DESKTOP, (1280, 720)).unwrap();
        assert!(place.cut());
        assert_eq!(place.seen, Area::new(0, 0, 1280, 720));
    }
}
