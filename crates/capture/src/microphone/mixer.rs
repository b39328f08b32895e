//! Two sounds into one: added up, and held below full scale where they are loud together.
//!
//! Clipped speech hurts, and a mixer that turns everything down for it is too quiet all day. So nothing is changed until
//! the sum would be too loud; then it is turned down just before, and slowly up again. Looking ahead needs a few
//! milliseconds of sound, which are taken off again at the beginning: a sound keeps its moment to the sample.

use std::collections::VecDeque;

use deskside_frame::{Pcm, Time};

use super::resample::RATE;

/// Nothing comes out louder. A little below full scale, because an encoder adds some.
const CEILING: f32 = 0.97;
/// So many samples are looked ahead: 5 ms, short enough not to be heard as a change of loudness.
const AHEAD: usize = RATE as usize / 200;
/// The share of a missing loudness that comes back with a sample: three quarters of it in a sixth of a second.
const BACK: f32 = 1.0 / (RATE as f32 * 0.12);

/// Adds up packets of one channel at 48 kHz that begin together.
pub struct Mixer {
    /// How loud each sound is made.
    gains: Vec<f32>,
    limiter: Limiter,
    /// Samples that left.
    count: u64,
    /// Samples that came out of the limiter before any that went in.
    early: usize,
    mixed: Vec<f32>,
}

impl Mixer {
    /// One gain for each sound, in decibels.
    pub fn new(gains: &[f32]) -> Mixer {
        Mixer {
            gains: gains.iter().map(|decibels| 10f32.powf(decibels / 20.0)).collect(),
            limiter: Limiter::new(),
            count: 0,
            early: AHEAD,
            mixed: Vec::new(),
        }
    }

    /// Takes a packet of each sound, in the order of their gains; they are equally long.
    pub fn push(&mut self, packets: &[Pcm]) {
        let length = packets.iter().map(|packet| packet.samples.len()).max().unwrap_or_default();
        for at in 0..length {
            let sum = self
                .gains
                .iter()
                .zip(packets)
                .map(|(gain, packet)| gain * packet.samples.get(at).copied().unwrap_or_default())
                .sum();
            self.step(sum);
        }
    }

    /// What is being looked ahead at comes out, too: call it at the end.
    pub fn end(&mut self) {
        for _ in 0..AHEAD {
            self.step(0.0);
        }
    }

    fn step(&mut self, sample: f32) {
        let sample = self.limiter.step(sample);
        if self.early > 0 {
            self.early -= 1;
        } else {
            self.mixed.push(sample);
        }
    }

    /// The next packet of so many samples.
    pub fn packet(&mut self, length: usize) -> Option<Pcm> {
        if self.mixed.len() < length {
            return None;
        }
        let time = Time::from_samples(self.count, RATE);
        self.count += length as u64;
        Some(Pcm { time, rate: RATE, channels: 1, samples: self.mixed.drain(..length).collect() })
    }
}

/// Gives each sample back [`AHEAD`] samples later.
struct Limiter {
    waiting: VecDeque<f32>,
    /// What each waiting sample and the newest one may be made at most, while that falls: the least stands in front.
    least: VecDeque<(u64, f32)>,
    /// The last gains, whose mean is used: a gain that jumps clicks.
    gains: VecDeque<f32>,
    sum: f64,
    slow: f32,
    count: u64,
}

impl Limiter {
    fn new() -> Limiter {
        Limiter {
            waiting: VecDeque::from(vec![0.0; AHEAD]),
            least: VecDeque::new(),
            gains: VecDeque::from(vec![1.0; AHEAD + 1]),
            sum: (AHEAD + 1) as f64,
            slow: 1.0,
            count: 0,
        }
    }

    fn step(&mut self, sample: f32) -> f32 {
        let wanted = CEILING / sample.abs().max(CEILING);
        while self.least.back().is_some_and(|(_, gain)| *gain >= wanted) {
            self.least.pop_back();
        }
        self.least.push_back((self.count, wanted));
        if self.least.front().is_some_and(|(at, _)| at + (AHEAD as u64) < self.count) {
            self.least.pop_front();
        }
        self.count += 1;
        let least = self.least.front().map_or(1.0, |(_, gain)| *gain);
        // Down at once, since the mean comes down in time by itself; up slowly.
        self.slow = least.min(self.slow + (1.0 - self.slow) * BACK);
        self.gains.push_back(self.slow);
        self.sum += f64::from(self.slow) - f64::from(self.gains.pop_front().unwrap_or(1.0));
        self.waiting.push_back(sample);
        let gain = (self.sum / (AHEAD + 1) as f64) as f32;
        // Where nothing was loud for a while, rounding must not touch the sound.
        let gain = if gain > 0.9999 { 1.0 } else { gain };
        self.waiting.pop_front().unwrap_or_default() * gain
    }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;

    const PACKET: usize = 960;

    fn sine(hertz: f32, loud: f32, samples: usize) -> Vec<f32> {
        (0..samples).map(|n| (n as f32 * hertz * TAU / RATE as f32).sin() * loud).collect()
    }

    fn mixed(gains: &[f32], sounds: &[Vec<f32>]) -> Vec<f32> {
        let mut mixer = Mixer::new(gains);
        for at in (0..sounds[0].len()).step_by(PACKET) {
            let packet = |sound: &Vec<f32>| Pcm {
                time: Time::ZERO,
                rate: RATE,
                channels: 1,
                samples: sound[at..at + PACKET].to_vec(),
            };
            mixer.push(&sounds.iter().map(packet).collect::<Vec<_>>());
        }
        mixer.end();
        let packets: Vec<Pcm> = std::iter::from_fn(|| mixer.packet(PACKET)).collect();
        for (n, packet) in packets.iter().enumerate() {
            assert_eq!(packet.time, Time::from_millis(n as u64 * 20));
        }
        packets.into_iter().flat_map(|packet| packet.samples).collect()
    }

    #[test]
    fn what_is_not_too_loud_comes_out_as_it_went_in() {
        let (one, other) = (sine(440.0, 0.5, RATE as usize), sine(1_000.0, 0.4, RATE as usize));
        let out = mixed(&[0.0, 0.0], &[one.clone(), other.clone()]);
        assert_eq!(out.len(), one.len(), "no sample more or less");
        let off = |at: usize| (out[at] - one[at] - other[at]).abs();
        assert!((0..out.len()).all(|at| off(at) < 1e-6), "and each at its place");
        assert_eq!(mixed(&[0.0], std::slice::from_ref(&one)), one, "one sound alone is not touched");
        let quiet = mixed(&[-6.0206], std::slice::from_ref(&one));
        assert!(quiet.iter().zip(&one).all(|(out, was)| (out - was / 2.0).abs() < 1e-4), "half as loud");
    }

    #[test]
    fn two_full_scale_sounds_stay_below_full_scale_and_are_not_bent() {
        let (one, other) = (sine(300.0, 1.0, RATE as usize), sine(777.0, 1.0, RATE as usize));
        let out = mixed(&[0.0, 0.0], &[one.clone(), other.clone()]);
        let peak = out.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        assert!(peak <= CEILING + 1e-4, "{peak}");
        // Turned down and not clipped: what comes out is the sum times a gain that moves slowly.
        let gains: Vec<f32> = (RATE as usize / 2..out.len() - PACKET)
            .filter(|at| (one[*at] + other[*at]).abs() > 0.5)
            .map(|at| out[at] / (one[at] + other[at]))
            .collect();
        let (least, most) =
            gains.iter().fold((1.0f32, 0.0f32), |(least, most), gain| (least.min(*gain), most.max(*gain)));
        assert!(least > 0.45 && most < 0.65, "gains from {least} to {most}");
    }

    #[test]
    fn a_bang_is_turned_down_and_what_follows_is_as_loud_as_before_soon() {
        let mut sound = sine(500.0, 0.3, 2 * RATE as usize);
        // Loud within a few milliseconds, and without a click of its own.
        for (n, sample) in sound[20_000..20_960].iter_mut().enumerate() {
            *sample *= 1.0 + 9.0 * (n as f32 * TAU / 2.0 / 960.0).sin();
        }
        let out = mixed(&[0.0], std::slice::from_ref(&sound));
        assert!(out.iter().all(|sample| sample.abs() <= CEILING + 1e-4));
        assert_eq!(out[..19_000], sound[..19_000], "nothing changes long before it");
        let jump = out[19_000..].windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0f32, f32::max);
        assert!(jump < 0.1, "no click: {jump}");
        let later = 20_960 + RATE as usize;
        assert!(out[later..].iter().zip(&sound[later..]).all(|(out, was)| (out - was).abs() < 1e-3));
    }
}
