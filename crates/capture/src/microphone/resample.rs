//! From any sample rate to 48 kHz, with a rate that can be nudged while running.
//!
//! A windowed sinc, looked up in a table. Voices need no more, and a fixed number of multiplications per sample is
//! cheap beside the pictures. Nudging is how a microphone whose clock is off by a few parts in ten thousand stays in
//! step with the pictures for an hour.

/// Samples per second that come out.
pub const RATE: u32 = 48_000;
/// Zero crossings of the sinc on each side.
const LOBES: usize = 12;
/// Table entries per input sample; between them is interpolated.
const STEPS: usize = 128;

/// A resampler of interleaved channels.
#[derive(Clone, Debug)]
pub struct Resampler {
    channels: usize,
    /// Input samples per output sample, without the nudge.
    step: f64,
    nudge: f64,
    /// Half of the filter in input samples.
    reach: usize,
    /// Right half of the filter, `STEPS` entries per input sample.
    table: Vec<f32>,
    /// Input that is still needed, interleaved.
    input: Vec<f32>,
    /// Where the next output sample lies in `input`, in samples.
    position: f64,
}

impl Resampler {
    /// From `rate` samples per second; a rate of 0 is read as 1.
    pub fn new(rate: u32, channels: u16) -> Resampler {
        let step = f64::from(rate.max(1)) / f64::from(RATE);
        // Going down, what lies above half of the new rate must go, which takes a longer filter.
        let cutoff = (1.0 / step).min(1.0) * 0.94;
        let reach = (LOBES as f64 / cutoff).ceil() as usize;
        let table = (0..=reach * STEPS + 1)
            .map(|entry| {
                let x = entry as f64 / STEPS as f64;
                let sinc = if x == 0.0 { 1.0 } else { (x * cutoff * PI).sin() / (x * cutoff * PI) };
                let window = if x < reach as f64 { (x / reach as f64 * PI / 2.0).cos().powi(2) } else { 0.0 };
                (sinc * window * cutoff) as f32
            })
            .collect();
        let channels = usize::from(channels.max(1));
        // Silence before the first sample, so that it lies under the middle of the filter.
        let input = vec![0.0; reach * channels];
        Resampler { channels, step, nudge: 1.0, reach, table, input, position: reach as f64 }
    }

    /// Makes output faster than the nominal rate (`more` above 0) or slower, as a share: 0.001 is a tenth of a percent.
    pub fn nudge(&mut self, more: f64) {
        self.nudge = 1.0 / (1.0 + more.clamp(-0.01, 0.01));
    }

    /// Takes input and appends what can be said so far to `output`. The filter needs some samples after each one, so
    /// output ends a fraction of a millisecond before input does.
    pub fn push(&mut self, samples: &[f32], output: &mut Vec<f32>) {
        self.input.extend_from_slice(samples);
        let frames = self.input.len() / self.channels;
        while (self.position as usize) + self.reach + 1 < frames {
            let middle = self.position as usize;
            let fraction = self.position - middle as f64;
            for channel in 0..self.channels {
                let mut sum = 0.0f32;
                for tap in (middle + 1 - self.reach)..=(middle + self.reach) {
                    let distance = (tap as f64 - middle as f64 - fraction).abs() * STEPS as f64;
                    let entry = distance as usize;
                    let part = (distance - entry as f64) as f32;
                    let weight = self.table[entry] * (1.0 - part) + self.table[entry + 1] * part;
                    sum += self.input[tap * self.channels + channel] * weight;
                }
                output.push(sum);
            }
            self.position += self.step * self.nudge;
        }
        let done = (self.position as usize).saturating_sub(self.reach);
        self.input.drain(..(done * self.channels).min(self.input.len()));
        self.position -= done as f64;
    }
}

use std::f64::consts::PI;

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(rate: u32, hertz: f64, seconds: f64) -> Vec<f32> {
        let count = (f64::from(rate) * seconds) as usize;
        (0..count).map(|n| (n as f64 / f64::from(rate) * hertz * 2.0 * PI).sin() as f32 * 0.5).collect()
    }

    #[test]
    fn a_tone_keeps_its_pitch_loudness_and_place_from_every_rate() {
        for rate in [8_000, 16_000, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000] {
            let mut resampler = Resampler::new(rate, 1);
            let mut output = Vec::new();
            for block in sine(rate, 440.0, 1.0).chunks(rate as usize / 50) {
                resampler.push(block, &mut output);
            }
            let wanted = sine(RATE, 440.0, 1.0);
            assert!(
                output.len() + 500 > wanted.len() && output.len() <= wanted.len(),
                "{rate}: {}",
                output.len()
            );
            let worst = output
                .iter()
                .zip(&wanted)
                .skip(500)
                .map(|(got, wanted)| (got - wanted).abs())
                .fold(0.0f32, f32::max);
            assert!(worst < 0.01, "from {rate} a sample is off by {worst}");
        }
    }

    #[test]
    fn what_can_not_be_said_at_48_khz_is_silent() {
        let mut resampler = Resampler::new(192_000, 1);
        let mut output = Vec::new();
        resampler.push(&sine(192_000, 40_000.0, 0.5), &mut output);
        let loudest = output[500..].iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        assert!(loudest < 0.01, "40 kHz came through at {loudest}");
    }

    #[test]
    fn channels_stay_apart_and_a_nudge_changes_the_count() {
        let mut resampler = Resampler::new(44_100, 2);
        let stereo: Vec<f32> =
            sine(44_100, 300.0, 1.0).into_iter().flat_map(|sample| [sample, 0.0]).collect();
        let mut output = Vec::new();
        resampler.push(&stereo, &mut output);
        assert!(output.chunks(2).all(|pair| pair[1] == 0.0) && output.iter().any(|sample| *sample > 0.4));

        let mut faster = Resampler::new(48_000, 1);
        faster.nudge(0.002);
        let mut output = Vec::new();
        faster.push(&vec![0.0; 480_000], &mut output);
        assert!((output.len() as i64 - 480_960).abs() < 20, "{}", output.len());
    }
}
