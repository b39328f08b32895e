//! How long to wait before trying again: doubling, with jitter so that a thousand apps do not return in step.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(15);

/// Counts failures in a row.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// One more failure: how long to wait. Between half of the doubled time and all of it.
    pub(crate) fn next(&mut self) -> Duration {
        let whole = FIRST.saturating_mul(1 << self.failures.min(12)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        let mut chance = [0; 4];
        // Without chance the full time is still right, only not spread.
        let share = if getrandom::fill(&mut chance).is_ok() { u32::from_le_bytes(chance) } else { u32::MAX };
        whole / 2 + (whole / 2).mul_f64(f64::from(share) / f64::from(u32::MAX))
    }

    /// It worked.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_limit_and_never_drop_below_half() {
        let mut backoff = Backoff::default();
        for failure in 0..40_u32 {
            let whole = FIRST.saturating_mul(1 << failure.min(12)).min(LONGEST);
            let wait = backoff.next();
            assert!(wait >= whole / 2 && wait <= whole, "after {failure} failures: {wait:?} of {whole:?}");
        }
        backoff.reset();
        assert!(backoff.next() <= FIRST, "after success it begins anew");
    }
}
