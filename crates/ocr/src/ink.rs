//! Which pixels are ink. Around every pixel the darkest and the lightest are looked for; where they differ enough, what
//! is far from the lightest is dark ink and what is far from the darkest is light ink. Both are kept, because
//! light words on a dark ground are as common on screens as the opposite, and one line away from each other.

/// Set in [`Ink::flags`] where the pixel may belong to a dark letter.
pub const DARK: u8 = 1;
/// Set in [`Ink::flags`] where the pixel may belong to a light letter.
pub const LIGHT: u8 = 2;

/// Pixels to each side that are looked at: more than the stroke of the largest letters, less than the padding of a button.
const REACH: usize = 7;
/// Least difference of grey values: thin grey letters on white have about sixty.
const CONTRAST: u8 = 30;

/// A picture in grey, and which of its pixels are ink.
pub struct Ink {
    /// In pixels.
    pub width: usize,
    /// In pixels.
    pub height: usize,
    /// Luminance, row by row.
    pub grey: Vec<u8>,
    /// [`DARK`], [`LIGHT`], both or none, row by row.
    pub flags: Vec<u8>,
}

impl Ink {
    /// From red, green and blue, row by row; `rgb` holds exactly `width * height` pixels.
    pub fn of(rgb: &[u8], width: usize, height: usize) -> Self {
        let luminance = |[red, green, blue]: &[u8; 3]| {
            ((u32::from(*red) * 77 + u32::from(*green) * 150 + u32::from(*blue) * 29) >> 8) as u8
        };
        let grey: Vec<u8> = rgb.as_chunks::<3>().0.iter().map(luminance).collect();
        let darkest = around(&grey, width, height, |one, other| one.min(other));
        let lightest = around(&grey, width, height, |one, other| one.max(other));
        let flags = grey.iter().zip(&darkest).zip(&lightest).map(|((value, low), high)| {
            let contrast = high - low;
            // Two fifths of the way: a thin stroke between two columns of pixels is half as strong in each.
            let step = (u16::from(contrast) * 2 / 5) as u8;
            if contrast < CONTRAST {
                0
            } else {
                u8::from(*value < high - step) * DARK + u8::from(*value > low + step) * LIGHT
            }
        });
        let flags = flags.collect();
        Self { width, height, grey, flags }
    }
}

/// For every pixel the value that `pick` prefers among those within reach.
fn around(grey: &[u8], width: usize, height: usize, pick: impl Fn(u8, u8) -> u8 + Copy) -> Vec<u8> {
    if width == 0 || height == 0 {
        return Vec::new();
    }
    // Windows of 2, 4 and 8 pixels by doubling; two of 8 that share one pixel make 15.
    let mut across = Vec::with_capacity(grey.len());
    let mut eight = vec![0; width];
    for row in grey.chunks_exact(width) {
        eight.copy_from_slice(row);
        for step in [1, 2, 4] {
            for x in 0..width.saturating_sub(step) {
                eight[x] = pick(eight[x], eight[x + step]);
            }
        }
        across.extend(row.iter().take(REACH.min(width)).enumerate().map(|(x, _)| pick(eight[0], eight[x])));
        across.extend(eight.iter().zip(eight.iter().skip(REACH)).map(|(one, other)| pick(*one, *other)));
    }
    for step in [1, 2, 4] {
        for y in 0..height.saturating_sub(step) {
            let (upper, lower) = across.split_at_mut((y + step) * width);
            let upper = &mut upper[y * width..(y + 1) * width];
            for (one, other) in upper.iter_mut().zip(&lower[..width]) {
                *one = pick(*one, *other);
            }
        }
    }
    let mut done = Vec::with_capacity(grey.len());
    for y in 0..height {
        let (from, to) = (y.saturating_sub(REACH) * width, y * width);
        let rows = across[from..from + width].iter().zip(&across[to..to + width]);
        done.extend(rows.map(|(one, other)| pick(*one, *other)));
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extremes_around_every_pixel_are_those_of_a_plain_search() {
        let (width, height) = (37, 29);
        let grey: Vec<u8> = (0..width * height).map(|at| ((at * 2_654_435_761_usize) >> 7) as u8).collect();
        let fast = around(&grey, width, height, |one, other| one.max(other));
        for y in 0..height {
            for x in 0..width {
                let rows = y.saturating_sub(REACH)..(y + REACH + 1).min(height);
                let near = rows.flat_map(|y| {
                    let columns = x.saturating_sub(REACH)..(x + REACH + 1).min(width);
                    columns.map(move |x| (x, y))
                });
                let plain = near.map(|(x, y)| grey[y * width + x]).max();
                assert_eq!(Some(fast[y * width + x]), plain, "{x} {y}");
            }
        }
    }

    #[test]
    fn dark_and_light_letters_are_ink_and_a_flat_ground_is_none() {
        let (width, height) = (60, 20);
        let mut rgb = vec![240; width * height * 3];
        let at = |x: usize, y: usize| (y * width + x) * 3;
        rgb[at(10, 10)..at(11, 10)].fill(40);
        let ink = Ink::of(&rgb, width, height);
        assert_eq!(ink.flags[10 * width + 10], DARK);
        assert_eq!(ink.flags[10 * width + 40], 0, "nothing is near");
        rgb.iter_mut().for_each(|value| *value = 255 - *value);
        assert_eq!(Ink::of(&rgb, width, height).flags[10 * width + 10], LIGHT);
    }
}
