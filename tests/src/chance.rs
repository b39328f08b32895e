//! Chance that replays: what a test draws from one seed it draws again from the same.

use uuid::Uuid;

/// `SEED` if it is given, else a new one; printed either way, and shown if the test fails.
pub fn seed() -> u64 {
    let given = std::env::var("SEED").ok().and_then(|text| text.parse().ok());
    let seed = given.unwrap_or_else(|| Uuid::new_v4().as_u64_pair().0);
    println!("SEED={seed} draws the same again");
    seed
}

/// A stream of numbers from a seed (SplitMix64).
pub struct Chance(pub u64);

impl Chance {
    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (bits ^ (bits >> 31)) % limit
    }

    /// One of these, if there is any.
    pub fn one_of<'t, T>(&mut self, things: &'t [T]) -> Option<&'t T> {
        if things.is_empty() { None } else { things.get(self.below(things.len() as u64) as usize) }
    }

    /// A stream of its own, so that who is faster does not change what the others draw.
    pub fn branch(&mut self) -> Self {
        Self(self.below(u64::MAX))
    }
}
