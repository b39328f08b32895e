//! Random tests that can be replayed: every failure says with which seed.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Numbers from a seed (SplitMix64). Says its seed when a test fails while it lives.
pub struct Seeded {
    seed: u64,
    state: u64,
}

impl Seeded {
    /// From `DESKSIDE_SEED`, or fresh.
    pub fn from_environment() -> Self {
        let given = std::env::var("DESKSIDE_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| RandomState::new().build_hasher().finish());
        Self { seed, state: seed }
    }

    /// The next number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) % end.max(1)
    }
}

impl Drop for Seeded {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("replay with DESKSIDE_SEED={}", self.seed);
        }
    }
}
