//! A sound track without holes: blocks come when they come, packets leave at even times.
//!
//! Devices start late, pause, drift and repeat themselves; busy machines hand their blocks over late and in bursts,
//! with moments that are off by as much. So one block's moment is believed only when the sound begins. From then on
//! the track counts samples, and compares the count with the moments of many blocks: what is missing becomes silence,
//! what is too much is dropped, and the small rest is resampled away. How fast the device's clock is, is learnt on the
//! way; making up for the difference alone would leave sound late by ten seconds of what that clock is off.

use std::collections::VecDeque;
use std::time::Duration;

use deskside_frame::{Pcm, Time};

use super::Block;
use super::resample::{RATE, Resampler};

/// Samples per channel in one packet: 20 ms.
const PACKET: usize = 960;
/// Being off by more than 70 ms is a hole, or a repetition; less is jitter or drift.
const HOLE: i64 = RATE as i64 * 7 / 100;
/// So much sound is looked at before a hole or a repetition is believed.
const DOUBT: u64 = RATE as u64 * 2 / 5;
/// How much of the remaining difference a second of sound makes up for.
const HASTE: f64 = 0.2;
/// How much of the difference a second of sound lays to the device's clock, in shares a second: as much as a loop of two
/// integrators bears without swinging.
const BLAME: f64 = HASTE * HASTE / 4.0;
/// Sound is made faster or slower by no more than half a percent, a twelfth of a semitone, which nobody hears.
const BEND: f64 = 0.005;
/// Seconds of sound over which the difference is averaged.
const MEMORY: f64 = 2.0;

/// Turns blocks into packets of 20 ms at 48 kHz, one or two channels.
pub struct Track {
    channels: u16,
    resampler: Option<(u32, u16, Resampler)>,
    /// Samples per channel that left or wait in `samples`.
    count: u64,
    samples: Vec<f32>,
    /// Mean of how many samples the track is behind its moments.
    behind: f64,
    /// By which share the device's clock is slow, as far as is learnt.
    slow: f64,
    /// How many samples the track was behind at each of the last blocks, and how long each block was.
    offs: VecDeque<(i64, u64)>,
    /// Nothing was heard since the last silence: the next block's moment is where sound begins.
    begins: bool,
    /// Samples that come and are dropped, because the track is ahead.
    skip: u64,
    /// Samples of silence that were put in, for a health report.
    silence: u64,
}

impl Track {
    /// A track of 1 or 2 channels that begins at the recording's first moment.
    pub fn new(channels: u16) -> Track {
        let channels = channels.clamp(1, 2);
        Track {
            channels,
            resampler: None,
            count: 0,
            samples: Vec::new(),
            behind: 0.0,
            slow: 0.0,
            offs: VecDeque::new(),
            begins: true,
            skip: 0,
            silence: 0,
        }
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
            self.slow = 0.0;
            self.begin_anew();
        }
        let due = (time.micros() as u128 * u128::from(RATE) / 1_000_000) as i64;
        let off = due - self.count as i64;
        if std::mem::take(&mut self.begins) {
            self.correct(off);
        } else {
            let frames = block.samples.len() / usize::from(block.channels.max(1));
            let length = frames as f64 / f64::from(block.rate.max(1));
            self.behind += (off as f64 - self.behind) * (length / MEMORY).min(1.0);
            self.doubt(off, block);
            // What is bent as far as it goes says nothing about the clock.
            if self.bend().abs() < BEND {
                self.slow += self.behind / f64::from(RATE) * BLAME * length;
            }
        }
        let bend = self.bend().clamp(-BEND, BEND);
        let mut mixed = Vec::with_capacity(block.samples.len());
        mix(&block.samples, block.channels, self.channels, &mut mixed);
        let before = self.samples.len();
        if let Some((_, _, resampler)) = &mut self.resampler {
            resampler.nudge(bend);
            resampler.push(&mixed, &mut self.samples);
        }
        let channels = usize::from(self.channels);
        let skipped = self.skip.min(((self.samples.len() - before) / channels) as u64);
        self.samples.drain(before..before + skipped as usize * channels);
        self.skip -= skipped;
        self.count += ((self.samples.len() - before) / channels) as u64;
    }

    /// By which share sound should be made slower.
    fn bend(&self) -> f64 {
        self.behind / f64::from(RATE) * HASTE + self.slow
    }

    /// Remembers how far off the track was at a block, and corrects it when that is no accident.
    fn doubt(&mut self, off: i64, block: &Block) {
        let frames = block.samples.len() as u64 / u64::from(block.channels.max(1));
        self.offs
            .push_back((off + self.skip as i64, frames * u64::from(RATE) / u64::from(block.rate.max(1))));
        let length: u64 = self.offs.iter().map(|(_, length)| length).sum();
        if length < DOUBT {
            return;
        }
        let mut offs: Vec<i64> = self.offs.iter().map(|(off, _)| *off).collect();
        offs.sort_unstable();
        let middle = offs[offs.len() / 2];
        if middle.abs() > HOLE {
            self.correct(middle);
        } else {
            self.offs.pop_front();
        }
    }

    /// Puts in silence, or drops what comes, so that the track is where it should be.
    fn correct(&mut self, off: i64) {
        if off > 0 {
            self.pad(off as u64);
        } else {
            self.skip += off.unsigned_abs();
        }
        self.begin_anew();
        self.begins = false;
    }

    fn begin_anew(&mut self) {
        self.begins = true;
        self.behind = 0.0;
        self.offs.clear();
    }

    /// Says that it is `now`, that no block is waiting, and that none of before `now - patience` will come: holes up to
    /// there are silence.
    pub fn pass(&mut self, now: Time, patience: Duration) {
        let past = now.as_duration().saturating_sub(patience);
        let due = (past.as_micros() * u128::from(RATE) / 1_000_000) as u64;
        if due > self.count + HOLE as u64 {
            self.pad(due - self.count);
            self.begin_anew();
        }
    }

    /// Drops what was heard after `end`, or fills up to it with silence, and to a whole packet, so that the last packet
    /// leaves. What left already stays.
    pub fn end(&mut self, end: Time) {
        let due = (end.as_duration().as_micros() * u128::from(RATE) / 1_000_000) as u64;
        self.pad(due.saturating_sub(self.count));
        let waiting = (self.samples.len() / usize::from(self.channels)) as u64;
        let late = self.count.saturating_sub(due).min(waiting);
        self.samples.truncate((waiting - late) as usize * usize::from(self.channels));
        self.count -= late;
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

    /// Up to where there is something.
    pub fn reached(&self) -> Time {
        Time::from_samples(self.count, RATE)
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
        for n in 0..100u64 {
            if (50..75).contains(&n) {
                track.pass(Time::from_millis(n * 20), Duration::from_millis(250));
            } else {
                track.push(Time::from_millis(n * 20), &block(48_000, 1, 960, 0.5));
            }
        }
        track.end(Time::from_millis(2_000));
        let loud: Vec<bool> =
            drain(&mut track).iter().map(|packet| packet.samples[480].abs() > 0.1).collect();
        let wanted: Vec<bool> = (0..100).map(|n| !(50..75).contains(&n)).collect();
        assert_eq!(loud, wanted);
        assert!((track.silence().as_millis() as i64 - 500).abs() < 5);
    }

    #[test]
    fn what_was_heard_after_the_end_is_not_in_the_clip() {
        let mut track = Track::new(2);
        // A device that hands over a tenth of a second at once, and a stop in the middle of it.
        for n in 0..11u64 {
            track.push(Time::from_millis(n * 100), &block(48_000, 2, 4_800, 0.5));
        }
        track.end(Time::from_millis(1_010));
        let packets = drain(&mut track);
        assert_eq!(packets.len(), 51);
        let (said, silent) = packets[50].samples.split_at(480 * 2);
        assert!(said.iter().all(|sample| *sample > 0.4) && silent.iter().all(|sample| *sample == 0.0));
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
        // Up to 0.17 % fast and slow, with 5 ms of jitter, for two minutes; no hole, no click, and it is learnt.
        for drift in [-0.0017f64, -0.0005, 0.0005, 0.0017] {
            let mut track = Track::new(1);
            let rate = 48_000.0 * (1.0 + drift);
            let mut end = 0.0;
            let mut offs = Vec::new();
            for n in 0..6_000u32 {
                let jitter = f64::from(n.wrapping_mul(2_654_435_761) >> 20) / 4_096.0 * 0.005;
                let time = Time::from_micros(((end + jitter) * 1e6) as u64);
                track.push(time, &block(48_000, 1, 960, 0.5));
                end += 960.0 / rate;
                while track.packet().is_some() {}
                // As late as a block says on the average that it is.
                offs.push((end + 0.0025) * 1e3 - track.count as f64 / 48.0);
            }
            let farthest = |offs: &[f64]| offs.iter().fold(0.0f64, |far, off| far.max(off.abs()));
            assert!(farthest(&offs) < 11.0, "{drift}: {} ms off while it was learnt", farthest(&offs));
            assert!(
                farthest(&offs[3_000..]) < 1.5,
                "{drift}: {} ms off in the end",
                farthest(&offs[3_000..])
            );
            assert!((track.slow + drift).abs() < 0.0001, "{drift}: learnt to be slow by {}", track.slow);
            assert!(track.silence() < Duration::from_millis(10), "{:?} of silence", track.silence());
        }
    }

    #[test]
    fn what_comes_twice_is_heard_once() {
        let mut track = Track::new(1);
        for n in 0..50u64 {
            track.push(Time::from_millis(n * 20), &block(48_000, 1, 960, 0.5));
        }
        for n in 30..110u64 {
            track.push(Time::from_millis(n * 20), &block(48_000, 1, 960, 0.5));
        }
        let samples = track.count as i64;
        assert!((samples - 110 * 960).abs() < 2_500, "{samples} samples instead of {}", 110 * 960);
    }

    #[test]
    fn blocks_that_come_late_and_in_bursts_make_no_hole() {
        let mut track = Track::new(1);
        for n in 0..500u64 {
            // Every third of a second the machine is busy for 120 ms: six blocks come at its end, and say so.
            let late = if n % 16 < 6 { (6 - n % 16) * 20 } else { 0 };
            track.push(Time::from_millis(n * 20 + late), &block(48_000, 1, 960, 0.5));
        }
        let packets = drain(&mut track);
        let quiet = packets.iter().skip(7).filter(|packet| packet.samples.iter().any(|sample| *sample < 0.4));
        assert_eq!(quiet.count(), 0, "packets with a hole, of {}", packets.len());
        assert!(track.silence() < Duration::from_millis(130));
    }
}
