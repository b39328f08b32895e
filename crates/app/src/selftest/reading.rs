//! When a clip shows flashes and sounds beeps.

use std::path::Path;
use std::time::Duration;

use deskside_capture::speaker::BEEP;
use deskside_codec::{OpusDecoder, video_decoder};
use deskside_frame::{I420, Track};

use crate::record::RecordError;

/// Luma above which the place is lit.
const LIT: u8 = 128;
/// A sample louder than this belongs to a beep.
const LOUD: f32 = 0.05;
const RATE: f64 = 48_000.0;

/// Seconds of the clip at which flashes and beeps begin.
#[derive(Debug, Default)]
pub struct Seen {
    /// When the place became light.
    pub flashes: Vec<f64>,
    /// When it became loud, as a player has it that looks at the time of the first packet and then counts.
    pub beeps: Vec<f64>,
}

/// How far apart the places are at which a flash is looked for: less than the test card's sides, on any screen.
const STEP: u32 = 40;

/// Reads a clip; `at` is a place that flashes, in pixels.
pub fn read(path: &Path, at: (u32, u32)) -> Result<Seen, RecordError> {
    let (mut places, beeps) = look(path, |_, _| vec![at])?;
    Ok(Seen { flashes: places.pop().map(|(_, flashes)| flashes).unwrap_or_default(), beeps })
}

/// Reads a clip in which something flashes at this interval, and finds where: the place that became light most often that
/// long after the time before. `None` where nothing did so twice.
pub fn find(path: &Path, every: Duration) -> Result<(Option<(u32, u32)>, Seen), RecordError> {
    let grid = |width: u32, height: u32| {
        let row = |y| (STEP / 2..width).step_by(STEP as usize).map(move |x| (x & !1, y & !1));
        (STEP / 2..height).step_by(STEP as usize).flat_map(row).collect()
    };
    let (places, beeps) = look(path, grid)?;
    let every = every.as_secs_f64();
    let regular = |flashes: &[f64]| {
        flashes.windows(2).filter(|two| (two[1] - two[0] - every).abs() < every / 5.0).count()
    };
    let most = places.iter().map(|(_, flashes)| regular(flashes)).max().filter(|most| *most > 0);
    let mut best: Vec<_> = places.into_iter().filter(|(_, flashes)| Some(regular(flashes)) == most).collect();
    // Not one at the edge, where the pointer or a shadow may lie.
    let middle = best.len() / 2;
    let found = if best.is_empty() { None } else { Some(best.swap_remove(middle)) };
    let (at, flashes) = found.unzip();
    Ok((at, Seen { flashes: flashes.unwrap_or_default(), beeps }))
}

/// A place, and when it became light.
type Flashing = ((u32, u32), Vec<f64>);

/// Looks at places of the picture, which has this width and height, and listens to all of it.
fn look(
    path: &Path,
    places: impl FnOnce(u32, u32) -> Vec<(u32, u32)>,
) -> Result<(Vec<Flashing>, Vec<f64>), RecordError> {
    let disk = |error| RecordError::disk(path, error);
    let file = std::fs::File::open(path).map_err(disk)?;
    let reader = deskside_clip::Reader::open(file).map_err(|error| disk(std::io::Error::other(error)))?;
    let audio = reader.tracks().audio.clone();
    let mut video = video_decoder(reader.tracks().video.codec)?;
    let mut sound = audio.as_ref().map(|format| OpusDecoder::new(format.channels)).transpose()?;
    let (channels, skip) =
        audio.map_or((1, 0), |format| (usize::from(format.channels), usize::from(format.pre_skip)));
    let format = &reader.tracks().video;
    let mut places: Vec<(Flashing, bool)> =
        places(format.width, format.height).into_iter().map(|at| ((at, Vec::new()), false)).collect();
    let mut beeps: Vec<f64> = Vec::new();
    let (mut heard, mut first) = (0usize, None);
    for frame in reader {
        let frame = frame.map_err(|error| disk(std::io::Error::other(error)))?;
        let time = frame.time.as_duration().as_secs_f64();
        match (frame.track, &mut sound) {
            (Track::Video, _) => {
                let Some(picture) = video.decode(&frame.bytes)? else { continue };
                for ((at, flashes), was_lit) in &mut places {
                    let lit = luma(&picture, *at) > LIT;
                    if lit && !*was_lit {
                        flashes.push(time);
                    }
                    *was_lit = lit;
                }
            }
            (Track::Audio, Some(sound)) => {
                // A decoder gives each sample `skip` samples after it was put in.
                let start = *first.get_or_insert(time) - skip as f64 / RATE;
                for sample in sound.decode(&frame.bytes)?.chunks_exact(channels) {
                    if sample[0].abs() > LOUD {
                        let at = start + heard as f64 / RATE;
                        // What is loud soon after belongs to the same beep: a busy sound server breaks it up.
                        if beeps.last().is_none_or(|last| at - last > 4.0 * BEEP.as_secs_f64()) {
                            beeps.push(at);
                        }
                    }
                    heard += 1;
                }
            }
            (Track::Audio, None) => {}
        }
    }
    Ok((places.into_iter().map(|(place, _)| place).collect(), beeps))
}

fn luma(picture: &I420, (x, y): (u32, u32)) -> u8 {
    let at = y as usize * picture.width() as usize + x as usize;
    picture.y().get(at).copied().unwrap_or_default()
}

/// The middle one; `None` of none.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// How much the second number grows in a minute of the first, by least squares. `None` of fewer than three pairs.
pub fn drift(pairs: &[(f64, f64)]) -> Option<f64> {
    if pairs.len() < 3 {
        return None;
    }
    let count = pairs.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let along: f64 = pairs.iter().map(|pair| (pair.0 - x) * (pair.1 - y)).sum();
    let spread: f64 = pairs.iter().map(|pair| (pair.0 - x).powi(2)).sum();
    (spread > 0.0).then(|| along / spread * 60.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_slope_and_a_handful_its_middle() {
        let line: Vec<(f64, f64)> = (0..9).map(|n| (f64::from(n), 3.0 + 0.5 * f64::from(n))).collect();
        assert!((drift(&line).unwrap() - 30.0).abs() < 1e-9);
        assert_eq!(drift(&line[..2]), None);
        assert_eq!((median(&[9.0, -1.0, 4.0]), median(&[])), (Some(4.0), None));
    }
}
