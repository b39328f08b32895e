//! Uncompressed sound.

use std::time::Duration;

use crate::Time;

/// A block of interleaved 32-bit float samples, -1.0 to 1.0.
#[derive(Clone, Debug, PartialEq)]
pub struct Pcm {
    /// When the first sample was heard.
    pub time: Time,
    /// Samples per second of each channel.
    pub rate: u32,
    /// Interleaved channels; 1 or 2 in practice.
    pub channels: u16,
    /// `frames() * channels` samples.
    pub samples: Vec<f32>,
}

impl Pcm {
    /// Samples per channel; an incomplete last frame is not counted.
    pub fn frames(&self) -> usize {
        self.samples.len() / usize::from(self.channels.max(1))
    }

    /// How long the block sounds.
    pub fn duration(&self) -> Duration {
        Time::from_samples(self.frames() as u64, self.rate).as_duration()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duration_follows_rate_and_channels() {
        let block = Pcm { time: Time::ZERO, rate: 48_000, channels: 2, samples: vec![0.0; 1_920] };
        assert_eq!((block.frames(), block.duration()), (960, Duration::from_millis(20)));
        let nonsense = Pcm { time: Time::ZERO, rate: 0, channels: 0, samples: vec![] };
        assert_eq!(nonsense.duration(), Duration::ZERO);
    }
}
