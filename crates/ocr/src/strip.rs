//! One line cut out and made easy to read: black letters of one height on white, with room around them, so that the
//! engine has nothing to guess: no ground, no density, no columns.

use crate::{ink::Ink, lines::Line, tiff::Page};

/// A line as it is read, and where its places lie in the picture.
pub struct Strip {
    /// What the engine reads.
    pub page: Page,
    left: f32,
    scale: f32,
}

/// White around the letters, in pixels of the strip.
const ROOM: u32 = 12;
/// Largest enlargement: more only blurs.
const LARGEST: f32 = 5.0;
/// Widest strip in pixels; a longer line is read smaller.
const WIDEST: f32 = 6000.0;

impl Strip {
    /// The line with its high letters `height` pixels high.
    pub fn of(ink: &Ink, line: &Line, height: f32) -> Self {
        let own = line.height();
        // Enough for what belongs to the letters and too little for the frame around them.
        let margin = (own / 5).max(2);
        let left = line.around.left.saturating_sub(margin);
        let top = line.around.top.saturating_sub(margin);
        let right = (line.around.right + margin).min(ink.width);
        let bottom = (line.around.bottom + margin).min(ink.height);
        let (width, rows) = (right - left, bottom - top);
        let row = |y: usize| &ink.grey[y * ink.width + left..y * ink.width + right];
        let levels = Levels::of((top..bottom).flat_map(|y| row(y).iter().copied()), line.is_light);
        let cut: Vec<f32> =
            (top..bottom).flat_map(|y| row(y).iter().map(|value| levels.shade(*value))).collect();
        let scale = (height / own as f32).min(LARGEST).min(WIDEST / width as f32);
        let wide = ((width as f32 * scale).round() as usize).max(1);
        let high = ((rows as f32 * scale).round() as usize).max(1);
        let across = scaled(&cut, width, rows, wide);
        let turned = transposed(&across, wide, rows);
        let large = transposed(&scaled(&turned, rows, wide, high), high, wide);
        Self { page: with_room(&large, wide, high), left: left as f32, scale }
    }

    /// What the engine reads, handed over.
    pub fn take_page(&mut self) -> Page {
        std::mem::replace(&mut self.page, Page { width: 0, height: 0, grey: Vec::new() })
    }

    /// The column of the picture that a column of the strip shows.
    pub fn column(&self, x: f32) -> f32 {
        self.left + (x - ROOM as f32) / self.scale
    }
}

/// Ground and ink of a line.
struct Levels {
    ground: f32,
    ink: f32,
}

impl Levels {
    /// The ground is the commonest value, the ink the farthest from it that is no single stray pixel.
    fn of(values: impl Iterator<Item = u8>, is_light: bool) -> Self {
        let mut counts = [0_usize; 256];
        let mut all = 0;
        for value in values {
            counts[usize::from(value)] += 1;
            all += 1;
        }
        let near = |at: usize| counts[at.saturating_sub(2)..(at + 3).min(256)].iter().sum::<usize>();
        let ground = (0..256).max_by_key(|at| near(*at)).unwrap_or(255);
        let few = (all / 200).max(3);
        let mut seen = 0;
        let mut reaches = |at: &usize| {
            seen += counts[*at];
            seen >= few
        };
        let ink = if is_light { (0..256).rev().find(&mut reaches) } else { (0..256).find(&mut reaches) };
        Self { ground: ground as f32, ink: ink.unwrap_or(0) as f32 }
    }

    /// 255 for ground, 0 for ink.
    fn shade(&self, value: u8) -> f32 {
        let span = self.ground - self.ink;
        if span.abs() < 1.0 {
            return 255.0;
        }
        ((f32::from(value) - self.ink) / span * 255.0).clamp(0.0, 255.0)
    }
}

/// Rows of `width` brought to `wide`: by a cubic curve through four pixels when they grow, by averages when they shrink.
fn scaled(rows: &[f32], width: usize, height: usize, wide: usize) -> Vec<f32> {
    let ratio = width as f32 / wide as f32;
    let taps: Vec<(usize, Vec<f32>)> = (0..wide)
        .map(|x| {
            let centre = (x as f32 + 0.5) * ratio - 0.5;
            let reach = 2.0 * ratio.max(1.0);
            let from = (centre - reach).ceil().max(0.0) as usize;
            let to = ((centre + reach).floor() as usize).min(width - 1);
            let mut weights: Vec<f32> =
                (from..=to).map(|at| cubic((at as f32 - centre) / ratio.max(1.0))).collect();
            let sum: f32 = weights.iter().sum();
            weights.iter_mut().for_each(|weight| *weight /= sum);
            (from, weights)
        })
        .collect();
    let mut done = Vec::with_capacity(wide * height);
    for row in rows.chunks_exact(width) {
        for (from, weights) in &taps {
            let pixels = &row[*from..from + weights.len()];
            done.push(pixels.iter().zip(weights).map(|(pixel, weight)| pixel * weight).sum());
        }
    }
    done
}

/// The curve of Catmull and Rom.
fn cubic(at: f32) -> f32 {
    let at = at.abs();
    if at < 1.0 {
        1.5 * at.powi(3) - 2.5 * at.powi(2) + 1.0
    } else if at < 2.0 {
        -0.5 * at.powi(3) + 2.5 * at.powi(2) - 4.0 * at + 2.0
    } else {
        0.0
    }
}

fn transposed(rows: &[f32], width: usize, height: usize) -> Vec<f32> {
    (0..width).flat_map(|x| (0..height).map(move |y| rows[y * width + x])).collect()
}

fn with_room(rows: &[f32], width: usize, height: usize) -> Page {
    let room = ROOM as usize;
    let wide = width + 2 * room;
    let mut grey = vec![255; wide * (height + 2 * room)];
    for (y, row) in rows.chunks_exact(width).enumerate() {
        let from = (y + room) * wide + room;
        for (to, value) in grey[from..from + width].iter_mut().zip(row) {
            *to = value.round().clamp(0.0, 255.0) as u8;
        }
    }
    Page { width: wide as u32, height: (height + 2 * room) as u32, grey }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shapes::Shape;

    #[test]
    fn light_letters_become_black_on_white_and_keep_their_place() {
        let (width, height) = (80, 40);
        let mut grey = vec![50; width * height];
        for y in 15..25 {
            grey[y * width + 30..y * width + 36].fill(200);
        }
        let around = Shape { left: 30, top: 15, right: 36, bottom: 25, ink: 60 };
        let line = Line { shapes: vec![around], is_light: true, around };
        let ink = Ink { width, height, grey, flags: Vec::new() };
        let strip = Strip::of(&ink, &line, 30.0);
        let at = |x: u32, y: u32| strip.page.grey[(y * strip.page.width + x) as usize];
        assert_eq!(at(2, 2), 255, "room around");
        let (x, y) = (strip.page.width / 2, strip.page.height / 2);
        assert_eq!(at(x, y), 0, "ink");
        assert!((strip.column(x as f32) - 33.0).abs() < 0.5);
    }
}
