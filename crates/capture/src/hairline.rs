//! Where the red line around what is recorded lies, so that nobody at this screen is recorded without seeing it: outside
//! where the desktop has room, inside where it has none. The windows that it is made of are the systems' own
//! (`x11/hairline.rs`, `windows/hairline.rs`).

use crate::Area;

/// How thick the line is in pixels; even, because colour samples cover two by two.
pub const THICK: u32 = 2;
/// A red that is seen on white and on black.
pub const COLOUR: u32 = 0xe5_1d_2e;

/// A part of the line that lies inside of what is recorded.
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "Windows leaves the line out by itself"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inside {
    /// Where the line is.
    pub line: Area,
    /// What is shown in its place, just beside it.
    pub beside: Area,
}

/// Four lines around an area: above, below, left, right; and which of them had to be put inside.
pub fn around(seen: Area, desktop: Area) -> ([Area; 4], Vec<Inside>) {
    let step = THICK as i32;
    let top_fits = seen.y - step >= desktop.y;
    let bottom_fits = seen.bottom() + step <= desktop.bottom();
    let left_fits = seen.x - step >= desktop.x;
    let right_fits = seen.right() + step <= desktop.right();
    let top = if top_fits { seen.y - step } else { seen.y };
    let bottom = if bottom_fits { seen.bottom() } else { seen.bottom() - step };
    let left = if left_fits { seen.x - step } else { seen.x };
    let right = if right_fits { seen.right() } else { seen.right() - step };
    let wide = (right + step - left).max(step) as u32;
    let high = (bottom + step - top).max(step) as u32;
    let lines = [
        Area::new(left, top, wide, THICK),
        Area::new(left, bottom, wide, THICK),
        Area::new(left, top, THICK, high),
        Area::new(right, top, THICK, high),
    ];
    // The sides first: the rows above and below then copy what the sides show.
    let sides = [
        (2, left_fits, (step, 0)),
        (3, right_fits, (-step, 0)),
        (0, top_fits, (0, step)),
        (1, bottom_fits, (0, -step)),
    ];
    let inside = sides.into_iter().filter(|(_, fits, _)| !fits).filter_map(|(at, _, (dx, dy))| {
        let line = lines[at].intersection(&seen)?;
        Some(Inside { line, beside: Area::new(line.x + dx, line.y + dy, line.width, line.height) })
    });
    (lines, inside.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESKTOP: Area = Area::new(0, 0, 640, 480);

    #[test]
    fn it_lies_outside_where_there_is_room() {
        let seen = Area::new(100, 50, 200, 100);
        let (lines, inside) = around(seen, DESKTOP);
        assert!(inside.is_empty());
        assert!(lines.iter().all(|line| line.intersection(&seen).is_none()), "{lines:?}");
        assert_eq!(lines[0], Area::new(98, 48, 204, 2));
        assert_eq!(lines[3], Area::new(300, 48, 2, 104));
    }

    #[test]
    fn it_lies_inside_where_there_is_none_and_stands_beside_what_replaces_it() {
        let (lines, inside) = around(DESKTOP, DESKTOP);
        assert_eq!(inside.len(), 4);
        for Inside { line, beside } in inside {
            assert_eq!(line.intersection(&DESKTOP), Some(line));
            assert_eq!(beside.intersection(&DESKTOP), Some(beside));
            assert_eq!(line.intersection(&beside), None);
        }
        assert_eq!(lines[1], Area::new(0, 478, 640, 2));
        let (_, inside) = around(Area::new(0, 10, 40, 40), DESKTOP);
        assert_eq!(inside, [Inside { line: Area::new(0, 10, 2, 40), beside: Area::new(2, 10, 2, 40) }]);
    }
}
