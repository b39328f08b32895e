//! What can be recorded, and where on the desktop it lies.

use deskside_frame::Rect;

/// A rectangle of the desktop in physical pixels. Unlike [`Rect`] it may begin left of or above the desktop, as
/// windows do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Area {
    /// From the desktop's left edge.
    pub x: i32,
    /// From the desktop's upper edge.
    pub y: i32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl Area {
    /// An area from its left upper corner and its size.
    pub const fn new(x: i32, y: i32, width: u32, height: u32) -> Area {
        Area { x, y, width, height }
    }

    /// Whether it holds no pixel.
    pub const fn is_empty(&self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// The first column right of it.
    pub const fn right(&self) -> i32 {
        self.x.saturating_add_unsigned(self.width)
    }

    /// The first row below it.
    pub const fn bottom(&self) -> i32 {
        self.y.saturating_add_unsigned(self.height)
    }

    /// Whether the pixel lies in it.
    pub const fn contains(&self, x: i32, y: i32) -> bool {
        x >= self.x && y >= self.y && x < self.right() && y < self.bottom()
    }

    /// The part that both hold; `None` when they share no pixel.
    pub fn intersection(&self, other: &Area) -> Option<Area> {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let (right, bottom) = (self.right().min(other.right()), self.bottom().min(other.bottom()));
        (right > x && bottom > y).then(|| Area::new(x, y, (right - x) as u32, (bottom - y) as u32))
    }

    /// The smallest area with both in it.
    pub fn around(&self, other: &Area) -> Area {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let (right, bottom) = (self.right().max(other.right()), self.bottom().max(other.bottom()));
        Area::new(x, y, right.abs_diff(x), bottom.abs_diff(y))
    }

    /// What is left of it without `hole`: up to four areas.
    pub fn without(&self, hole: &Area) -> Vec<Area> {
        let Some(hole) = self.intersection(hole) else { return vec![*self] };
        [
            (self.x, self.y, self.right(), hole.y),
            (self.x, hole.y, hole.x, hole.bottom()),
            (hole.right(), hole.y, self.right(), hole.bottom()),
            (self.x, hole.bottom(), self.right(), self.bottom()),
        ]
        .into_iter()
        .filter(|(x, y, right, bottom)| right > x && bottom > y)
        .map(|(x, y, right, bottom)| Area::new(x, y, (right - x) as u32, (bottom - y) as u32))
        .collect()
    }

    /// Where it lies within `outer`, cut to it.
    pub fn within(&self, outer: &Area) -> Option<Rect> {
        let part = self.intersection(outer)?;
        Some(Rect::new((part.x - outer.x) as u32, (part.y - outer.y) as u32, part.width, part.height))
    }
}

/// A monitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Display {
    /// Its number from 1, from left to right and top to bottom.
    pub number: usize,
    /// The name that the system gives it, such as `HDMI-1`.
    pub name: String,
    /// Where it lies.
    pub area: Area,
    /// Whether the system calls it the main one.
    pub primary: bool,
}

/// A window with a title, as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The system's number.
    pub id: u64,
    /// Its title.
    pub title: String,
    /// The program's class name, such as `firefox`.
    pub class: String,
    /// Where it lies, without the frame that the window manager draws.
    pub area: Area,
    /// The process that says it owns it.
    pub pid: Option<u32>,
}

/// What to record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A display by its number, from 1.
    Display(usize),
    /// A part of the desktop.
    Region(Area),
    /// A window by its id. It is followed when it moves; what lies above it is painted over.
    Window(u64),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_covers_all_but_the_hole() {
        let area = Area::new(-5, -5, 20, 10);
        for hole in [
            Area::new(0, 0, 3, 3),
            Area::new(-50, -50, 200, 200),
            Area::new(-9, -9, 6, 30),
            Area::new(10, 2, 90, 1),
            Area::new(15, 0, 5, 5),
        ] {
            let rest = area.without(&hole);
            for y in -10..10 {
                for x in -10..20 {
                    let times = rest.iter().filter(|part| part.contains(x, y)).count();
                    let wanted = usize::from(area.contains(x, y) && !hole.contains(x, y));
                    assert_eq!(times, wanted, "pixel {x},{y} without {hole:?}");
                }
            }
        }
    }

    #[test]
    fn an_area_is_found_within_another() {
        let outer = Area::new(100, 100, 50, 50);
        assert_eq!(Area::new(90, 120, 20, 200).within(&outer), Some(Rect::new(0, 20, 10, 30)));
        assert_eq!(Area::new(0, 0, 100, 100).within(&outer), None);
        assert_eq!(Area::new(i32::MAX, 0, u32::MAX, 1).right(), i32::MAX);
    }
}
