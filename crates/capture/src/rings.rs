//! Rings around pressed mouse buttons, so that who watches a clip sees a click.
//!
//! Only button presses are asked for, never keys. A press comes without a place; the ring is where the pointer is at
//! the look that hears of it, a thirtieth of a second later at most.

use std::time::{Duration, Instant};

use crate::Area;

/// How long a ring is seen.
const LIFE: Duration = Duration::from_millis(350);
/// Its outer edge, in pixels from the pointer.
const RADIUS: i32 = 22;
/// How wide its line is.
const LINE: i32 = 5;
/// Blue, green and red: an orange that is seen on white and on black.
const COLOUR: [u8; 3] = [0x1a, 0x8c, 0xff];

/// The rings that are seen now.
#[derive(Debug, Default)]
pub struct Rings {
    pressed: bool,
    seen: Vec<((i32, i32), Instant)>,
}

impl Rings {
    /// A button was pressed; the ring begins at the next look.
    pub fn press(&mut self) {
        self.pressed = true;
    }

    /// Begins a ring at the pointer if a button was pressed, and ends those that were seen long enough.
    pub fn look(&mut self, pointer: Option<(i32, i32)>, now: Instant) {
        self.seen.retain(|(_, since)| now.duration_since(*since) < LIFE);
        if std::mem::take(&mut self.pressed)
            && let Some(at) = pointer
        {
            self.seen.push((at, now));
        }
    }

    /// Where rings are on the desktop.
    pub fn areas(&self) -> Vec<Area> {
        let side = (2 * RADIUS + 1) as u32;
        self.seen.iter().map(|((x, y), _)| Area::new(x - RADIUS, y - RADIUS, side, side)).collect()
    }

    /// Draws them into pixels whose first one lies at `corner` of the desktop.
    pub fn draw(&self, pixels: &mut [u8], width: u32, corner: (i32, i32)) {
        for (row, line) in pixels.chunks_exact_mut(width as usize * 4).enumerate() {
            for (column, pixel) in line.chunks_exact_mut(4).enumerate() {
                let (x, y) = (corner.0 + column as i32, corner.1 + row as i32);
                let on_a_ring = self.seen.iter().any(|((ring_x, ring_y), _)| {
                    let (x, y) = (x - ring_x, y - ring_y);
                    ((RADIUS - LINE).pow(2)..=RADIUS.pow(2)).contains(&(x * x + y * y))
                });
                if on_a_ring {
                    pixel[..3].copy_from_slice(&COLOUR);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_round_hollow_and_ends() {
        let now = Instant::now();
        let mut rings = Rings { pressed: true, seen: vec![] };
        rings.look(None, now);
        assert!(rings.areas().is_empty(), "the pointer is on another screen");
        rings.pressed = true;
        rings.look(Some((100, 50)), now);
        let [area] = rings.areas()[..] else { panic!("one ring") };
        let mut pixels = vec![0; (area.width * area.height * 4) as usize];
        rings.draw(&mut pixels, area.width, (area.x, area.y));
        let at = |x: i32, y: i32| {
            let at = ((y - area.y) as u32 * area.width + (x - area.x) as u32) as usize * 4;
            pixels[at..at + 3] == COLOUR
        };
        assert!(at(100, 50 - RADIUS) && at(100 + RADIUS - LINE, 50) && at(100, 50 + RADIUS));
        assert!(!at(100, 50) && !at(area.x, area.y), "neither its middle nor its corners");
        rings.look(None, now + LIFE);
        assert!(rings.areas().is_empty());
    }
}
