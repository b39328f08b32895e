//! A sound track without holes: blocks come when they come, packets leave at even times.
//!
//! Devices start late, pause, drift and repeat themselves. The track counts samples against the moments at which they
//! were heard: what is missing becomes silence, what is too much is dropped, and the small rest is resampled away. A
//! device's clock is never believed from its first callback alone.

use std::time::Duration;

use deskside_frame::{Pcm, Time};

use super::Block;
use super::resample::{RATE, Resampler};

/// Samples per channel in one packet: 20 ms.
const PACKET: usize = 960;
/// Being off by more is a hole, or a repetition; less is jitter or drift.
const HOLE: i64 = RATE as i64 / 20;
/// How much of the remaining difference a second of sound makes up for.
const HASTE: f64 = 0.05;
/// The share of a new measurement in the running mean of the difference: about two seconds of blocks.
const FRESH: f64 = 0.01;

/// Turns blocks into packets of 20 ms at 48 kHz, one or two channels.
pub struct Track {
    channels: u16,
    resampler: Option<(u32, u16, Resampler)>,
    /// Samples per channel that left or wait in `samples`.
    count: u64,
    samples: Vec<f32>,
    /// Mean of how many samples the track is behind its moments.
    behind: f64,
    /// Samples of silence that were put in, for a health report.
    silence: u64,
}

impl Track {
    /// A track of 1 or 2 channels that begins at the recording's first moment.
    pub fn new(channels: u16) -> Track {
        let channels = channels.clamp(1, 2);
        Track { channels, resampler: None, count: 0, samples: Vec::new(), behind: 0.0, silence: 0 }
    }

    /// Takes a block whose first sample was heard at `time`.
    pub fn push(&mut self, time: Time, block: &Block) {
        let fits = self
            .resampler
            .as_ref()
            .is_some_and(|(rate, channels, _)| (*rate, *channels) == (block.rate, block.channels));
        if !fits {
            // Also when a device was replaced while recording.
            let resampler = Resampler::new(block.rate, self.channels);
            self.resampler = Some((block.rate, block.channels, resampler));
            self.behind = 0.0;
        }
        let due = (time.micros() as u128 * u128::from(RATE) / 1_000_000) as i64;
        let off = due - self.count as i64;
        if off > HOLE {
            self.pad(off as u64);
            self.behind = 0.0;
        } else {
            self.behind += (off as f64 - self.behind) * FRESH;
        }
        let mut mixed = Vec::with_capacity(block.samples.len());
        mix(&block.samples, block.channels, self.channels, &mut mixed);
        let before = self.samples.len();
        if let Some((_, _, resampler)) = &mut self.resampler {
            resampler.nudge(self.behind / f64::from(RATE) * HASTE);
            resampler.push(&mixed, &mut self.samples);
        }
        if off < -HOLE {
            // The track is already ahead: what would come twice, or too late to be true, is dropped.
            let new = self.samples.len() - before;
            let drop = ((-off) as usize * usize::from(self.channels)).min(new);
            self.samples.drain(before..before + drop);
            self.behind = 0.0;
        }
        self.count += ((self.samples.len() - before) / usize::from(self.channels)) as u64;
    }

    /// Says that it is `now` and that no block of before `now - patience` will come: holes up to there are silence.
    pub fn pass(&mut self, now: Time, patience: Duration) {
        let past = now.as_duration().saturating_sub(patience);
        let due = (past.as_micros() * u128::from(RATE) / 1_000_000) as u64;
        if due > self.count + HOLE as u64 {
            self.pad(due - self.count);
            self.behind = 0.0;
        }
    }

    /// Fills up to `end` with silence, and to a whole packet, so that the last packet leaves.
    pub fn end(&mut self, end: Time) {
        let due = (end.as_duration().as_micros() * u128::from(RATE) / 1_000_000) as u64;
        self.pad(due.saturating_sub(self.count));
        let rest = self.samples.len() / usize::from(self.channels) % PACKET;
        if rest > 0 {
            self.pad((PACKET - rest) as u64);
        }
    }

    /// The next packet of 20 ms.
    pub fn packet(&mut self) -> Option<Pcm> {
        let len = PACKET * usize::from(self.channels);
        if self.samples.len() < len {
            return None;
        }
        let waiting = (self.samples.len() / usize::from(self.channels)) as u64;
        let time = Time::from_samples(self.count - waiting, RATE);
        let samples = self.samples.drain(..len).collect();
        Some(Pcm { time, rate: RATE, channels: self.channels, samples })
    }

    /// How much silence was put in where the device gave nothing.
    pub fn silence(&self) -> Duration {
        Time::from_samples(self.silence, RATE).as_duration()
    }

    fn pad(&mut self, samples: u64) {
        self.samples.resize(self.samples.len() + samples as usize * usize::from(self.channels), 0.0);
        self.count += samples;
        self.silence += samples;
    }
}

/// Brings any number of channels to one or two. Of more than two the first two count: the others of a conference device
/// are copies, or the far side of a call that nobody agreed to record.
fn mix(samples: &[f32], from: u16, to: u16, mixed: &mut Vec<f32>) {
    let from = usize::from(from.max(1));
    for frame in samples.chunks_exact(from) {
        let (left, right) = (frame[0], *frame.get(1).unwrap_or(&frame[0]));
        match to {
            1 => mixed.push((left + right) / 2.0),
            _ => mixed.extend([left, right]),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn block(rate: u32, channels: u16, frames: usize, value: f32) -> Block {
        let samples = vec![value; frames * usize::from(channels)];
        Block { heard: Instant::now(), rate, channels, samples }
    }

    fn drain(track: &mut Track) -> Vec<Pcm> {
        std::iter::from_fn(|| track.packet()).collect()
    }

    #[test]
    fn packets_leave_every_20_ms_whatever_comes_in() {
        for (rate, channels) in [(48_000, 1), (44_100, 2), (16_000, 1), (96_000, 6)] {
            let mut track = Track::new(1);
            for n in 0..100u64 {
                track.push(Time::from_millis(n * 20), &block(rate, channels, rate as usize / 50, 0.25));
            }
            track.end(Time::from_millis(2_000));
            let packets = drain(&mut track);
            assert_eq!(packets.len(), 100, "{rate} Hz, {channels} channels");
            for (n, packet) in packets.iter().enumerate() {
                assert_eq!((packet.time, packet.samples.len()), (Time::from_millis(n as u64 * 20), 960));
            }
            let level = packets[50].samples[480];
            assert!((level - 0.25).abs() < 0.02, "{rate} Hz, {channels} channels: {level}");
        }
    }

    #[test]
    fn holes_become_silence_and_what_follows_keeps_its_place() {
        let mut track = Track::new(1);
        for n in (0..50).chain(75..100u64) {
            track.push(Time::from_millis(n * 20), &block(48_000, 1, 960, 0.5));
        }
        track.end(Time::from_millis(2_000));
        let loud: Vec<bool> =
            drain(&mut track).iter().map(|packet| packet.samples[480].abs() > 0.1).collect();
        let wanted: Vec<bool> = (0..100).map(|n| !(50..75).contains(&n)).collect();
        assert_eq!(loud, wanted);
        assert!((track.silence().as_millis() as i64 - 500).abs() < 5);
    }

    #[test]
    fn a_device_that_never_speaks_gives_a_silent_track() {
        let mut track = Track::new(2);
        track.pass(Time::from_millis(1_000), Duration::from_millis(300));
        assert_eq!(drain(&mut track).len(), 35);
        track.end(Time::from_millis(1_000));
        assert_eq!(drain(&mut track).len(), 15);
    }

    #[test]
    fn a_clock_that_is_off_is_followed_without_holes() {
        // 0.05 % fast and slow, with 5 ms of jitter, for five minutes; no hole, no click, in step at the end.
        for drift in [-0.0005f64, 0.0005] {
            let mut track = Track::new(1);
            let rate = 48_000.0 * (1.0 + drift);
            let mut end = 0.0;
            for n in 0..15_000u32 {
                let jitter = f64::from(n.wrapping_mul(2_654_435_761) >> 20) / 4_096.0 * 0.005;
                let time = Time::from_micros(((end + jitter) * 1e6) as u64);
                track.push(time, &block(48_000, 1, 960, 0.5));
                end += 960.0 / rate;
                while track.packet().is_some() {}
            }
            let off = end * 48_000.0 - track.count as f64;
            assert!(off.abs() < 960.0, "after five minutes the track is {off} samples off");
            assert!(track.silence() < Duration::from_millis(10), "{:?} of silence", track.silence());
        }
    }

    #[test]
    fn what_comes_twice_is_heard_once() {
        let mut track = Track::new(1);
        for n in 0..50u64 {
            track.push(Time::from_millis(n * 20), &block(48_000, 1, 960, 0.5));
        }
        for n in 30..60u64 {
            track.push(Time::from_millis(n * 20), &block(48_000, 1, 960, 0.5));
        }
        let samples = track.count as i64;
        assert!((samples - 60 * 960).abs() < 2_500, "{samples} samples instead of {}", 60 * 960);
    }
}
