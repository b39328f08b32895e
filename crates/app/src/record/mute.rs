//! When the microphone was not to be heard.
//!
//! Sound arrives some time after it was heard, so muting is no switch on its way but spans of time that are kept: what
//! was said before them is in the clip although it arrives later, and nothing of what was said in them is.

use std::time::{Duration, Instant};

/// The muted spans, from and until; the last one may be open.
#[derive(Clone, Debug, Default)]
pub struct Mutes(Vec<(Instant, Option<Instant>)>);

impl Mutes {
    /// Mutes or unmutes at a moment. Doing it twice changes nothing.
    pub fn set(&mut self, on: bool, at: Instant) {
        match (on, self.is_on()) {
            (true, false) => self.0.push((at, None)),
            (false, true) => {
                if let Some((from, until)) = self.0.last_mut() {
                    *until = Some(at.max(*from));
                }
            }
            _ => {}
        }
    }

    /// Whether it is muted now.
    pub fn is_on(&self) -> bool {
        self.0.last().is_some_and(|(_, until)| until.is_none())
    }

    /// Makes silent what of these samples was heard in a muted span. Each frame has `channels` samples.
    pub fn silence(&self, heard: Instant, rate: u32, channels: u16, samples: &mut [f32]) {
        let channels = usize::from(channels.max(1));
        let frames = samples.len() / channels;
        let moment = |frame: usize| heard + Duration::from_secs_f64(frame as f64 / f64::from(rate.max(1)));
        let end = moment(frames);
        for (from, until) in &self.0 {
            let until = until.unwrap_or(end).min(end);
            if *from >= end || until <= heard {
                continue;
            }
            // Outwards to whole frames: rather a frame too much than one that should not be heard.
            let frame =
                |at: Instant| at.saturating_duration_since(heard).as_secs_f64() * f64::from(rate.max(1));
            let (first, last) = (frame(*from).floor() as usize, (frame(until).ceil() as usize).min(frames));
            samples[first.min(frames) * channels..last * channels].fill(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_heard_while_muted_is_silent() {
        let zero = Instant::now();
        let at = |millis| zero + Duration::from_millis(millis);
        let mut mutes = Mutes::default();
        mutes.set(false, at(1));
        mutes.set(true, at(10));
        mutes.set(true, at(12));
        let silent = |mutes: &Mutes, heard: u64| {
            // One frame a millisecond, two channels.
            let mut samples = vec![1.0; 40];
            mutes.silence(at(heard), 1_000, 2, &mut samples);
            let frames: Vec<u64> = (0..20)
                .filter(|n| samples[n * 2] == 0.0 && samples[n * 2 + 1] == 0.0)
                .map(|n| n as u64)
                .collect();
            frames.first().copied().zip(frames.last().copied())
        };
        assert!(mutes.is_on());
        assert_eq!(silent(&mutes, 0), Some((10, 19)), "said before it was muted, arrived later");
        assert_eq!(silent(&mutes, 100), Some((0, 19)));
        mutes.set(false, at(105));
        mutes.set(false, at(500));
        assert_eq!(silent(&mutes, 100), Some((0, 4)));
        assert_eq!(silent(&mutes, 105), None);
        mutes.set(true, at(120));
        assert_eq!(silent(&mutes, 90), Some((0, 14)));
    }
}
