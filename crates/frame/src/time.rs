//! When something happened within a clip.
//!
//! One unit everywhere, because recorders lose sync where units meet. Microseconds: finer than any frame or sound
//! packet, and the time base that encoders take. This is no clock: whoever captures reads the clock and subtracts
//! the start and the pauses.

use std::fmt;
use std::ops::{Add, AddAssign};
use std::time::Duration;

/// Microseconds since the first moment of the clip; paused time does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(u64);

impl Time {
    /// The first moment of the clip.
    pub const ZERO: Time = Time(0);

    /// `micros` microseconds after the start.
    pub const fn from_micros(micros: u64) -> Time {
        Time(micros)
    }

    /// `millis` milliseconds after the start; saturates instead of overflowing.
    pub const fn from_millis(millis: u64) -> Time {
        Time(millis.saturating_mul(1_000))
    }

    /// The moment at which `samples` samples have passed at `rate` samples per second, rounded down. A rate of 0
    /// is read as 1, so that a device that reports nonsense can't crash the recorder.
    pub const fn from_samples(samples: u64, rate: u32) -> Time {
        let rate = if rate == 0 { 1 } else { rate as u128 };
        Time((samples as u128 * 1_000_000 / rate) as u64)
    }

    /// Microseconds since the start.
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// Whole milliseconds since the start, rounded to the nearest, as a WebM block stores them.
    pub const fn millis_rounded(self) -> u64 {
        self.0 / 1_000 + if self.0 % 1_000 >= 500 { 1 } else { 0 }
    }

    /// How long after `earlier` this is; zero when it is not after it.
    pub const fn since(self, earlier: Time) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }

    /// The same moment as a duration since the start.
    pub const fn as_duration(self) -> Duration {
        Duration::from_micros(self.0)
    }
}

impl From<Duration> for Time {
    fn from(since_start: Duration) -> Time {
        Time(u64::try_from(since_start.as_micros()).unwrap_or(u64::MAX))
    }
}

impl Add<Duration> for Time {
    type Output = Time;

    /// Saturates: a time that far away is a fault elsewhere, and a recorder does not stop for it.
    fn add(self, later: Duration) -> Time {
        Time(self.0.saturating_add(Time::from(later).0))
    }
}

impl AddAssign<Duration> for Time {
    fn add_assign(&mut self, later: Duration) {
        *self = *self + later;
    }
}

/// Seconds with milliseconds: `12.345s`.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}s", self.0 / 1_000_000, self.0 / 1_000 % 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_an_hour_do_not_drift() {
        assert_eq!(Time::from_samples(48_000 * 3_600, 48_000), Time::from_millis(3_600_000));
        assert_eq!(Time::from_samples(1, 48_000).micros(), 20);
        assert_eq!(Time::from_samples(7, 0).micros(), 7_000_000);
    }

    #[test]
    fn arithmetic_saturates() {
        assert_eq!(Time::from_micros(u64::MAX) + Duration::from_secs(1), Time::from_micros(u64::MAX));
        assert_eq!(Time::ZERO.since(Time::from_millis(5)), Duration::ZERO);
        assert_eq!(Time::from_millis(u64::MAX), Time::from_micros(u64::MAX));
    }

    #[test]
    fn milliseconds_round_to_the_nearest() {
        assert_eq!(Time::from_micros(1_499).millis_rounded(), 1);
        assert_eq!(Time::from_micros(1_500).millis_rounded(), 2);
        assert_eq!(Time::from_micros(u64::MAX).millis_rounded(), u64::MAX / 1_000 + 1);
    }
}
