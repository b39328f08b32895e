//! How loud it is, for a meter that moves when one speaks.

/// The loudness of a stretch of sound, as shares of full scale.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Level {
    /// The loudest sample, 0.0 to 1.0 and above when the microphone clips.
    pub peak: f32,
    /// The root of the mean square: what the ear takes for loudness.
    pub rms: f32,
}

/// Adds samples up until somebody reads the meter.
#[derive(Clone, Debug, Default)]
pub struct Meter {
    peak: f32,
    squares: f64,
    count: u64,
}

impl Meter {
    /// Takes samples of any number of channels.
    pub fn add(&mut self, samples: &[f32]) {
        for sample in samples {
            self.peak = self.peak.max(sample.abs());
            self.squares += f64::from(*sample) * f64::from(*sample);
        }
        self.count += samples.len() as u64;
    }

    /// The level since the last reading.
    pub fn read(&mut self) -> Level {
        let Meter { peak, squares, count } = std::mem::take(self);
        Level { peak, rms: (squares / count.max(1) as f64).sqrt() as f32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_is_as_loud_as_it_is() {
        let mut meter = Meter::default();
        let samples: Vec<f32> = (0..4_800).map(|n| (n as f32 * 0.1).sin() * 0.5).collect();
        meter.add(&samples);
        let level = meter.read();
        assert!((level.peak - 0.5).abs() < 0.01 && (level.rms - 0.3536).abs() < 0.01, "{level:?}");
        assert_eq!(meter.read(), Level::default(), "reading empties the meter");
    }
}
