//! The bell of a call that rings: two notes, twice, and a pause, again and again until it is dropped. It is played here and
//! not left to the notes of the system: most programs that show those play no sound, and none plays one until somebody
//! answers.

use std::f32::consts::TAU;

use crate::CaptureError;
use crate::speaker::{self, Voice};

/// Seconds from one ring to the next.
const EVERY: f32 = 2.4;
/// When each note begins, in seconds, and its pitch in hertz.
const NOTES: [(f32, f32); 4] = [(0.0, 587.3), (0.17, 784.0), (0.42, 587.3), (0.59, 784.0)];
/// Seconds that a note lasts.
const NOTE: f32 = 0.15;
/// Seconds in which a note comes and goes, so that it does not click.
const EDGE: f32 = 0.012;
const LOUDNESS: f32 = 0.35;

/// A bell that rings for as long as this lives. It stays on the thread that rang it.
pub struct Bell {
    _stream: cpal::Stream,
}

impl Bell {
    /// Rings on the system's default loudspeaker.
    pub fn ring() -> Result<Self, CaptureError> {
        let stream = speaker::open(|rate| Strike { rate, played: 0 })?;
        Ok(Self { _stream: stream })
    }
}

struct Strike {
    rate: u32,
    played: u32,
}

impl Voice for Strike {
    fn next(&mut self) -> f32 {
        let at = self.played as f32 / self.rate as f32;
        // Counted within one ring: a number that only grows loses its pitch.
        self.played = (self.played + 1) % (self.rate as f32 * EVERY) as u32;
        sample(at)
    }
}

/// What is heard `at` seconds after a ring began.
fn sample(at: f32) -> f32 {
    let note = NOTES.iter().find(|(begins, _)| (*begins..begins + NOTE).contains(&at));
    let Some((begins, pitch)) = note else { return 0.0 };
    let within = at - begins;
    let edge = (within.min(NOTE - within) / EDGE).clamp(0.0, 1.0);
    (within * pitch * TAU).sin() * edge * LOUDNESS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_rings_pauses_and_rings_again() {
        const RATE: u32 = 8_000;
        let mut bell = Strike { rate: RATE, played: 0 };
        let rings: Vec<f32> = (0..RATE * 5).map(|_| bell.next()).collect();
        let loud = |from: f32, to: f32| {
            let part = &rings[(from * RATE as f32) as usize..(to * RATE as f32) as usize];
            part.iter().fold(0.0_f32, |most, sample| most.max(sample.abs()))
        };
        assert!(loud(0.0, 0.2) > 0.3, "it can't be missed");
        assert_eq!(loud(0.8, EVERY - 0.01), 0.0, "a pause to think in");
        assert!(loud(EVERY, EVERY + 0.2) > 0.3, "and again");
        let jump = rings.windows(2).fold(0.0_f32, |most, pair| most.max((pair[1] - pair[0]).abs()));
        assert!(jump < 0.25, "no click: {jump}");
    }
}
