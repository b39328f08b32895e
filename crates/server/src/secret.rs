//! Secrets that are shown once and kept as hashes: session tokens, one-time links.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use deskside_ports::Chance;
use sha2::{Digest, Sha256};

/// 256 random bits. Its text form goes to the one it is for; only [`Token::hash`] is kept.
pub struct Token([u8; 32]);

impl Token {
    /// A fresh one.
    pub fn fresh(chance: &dyn Chance) -> Self {
        let mut bits = [0; 32];
        bits[..16].copy_from_slice(&chance.bits().to_le_bytes());
        bits[16..].copy_from_slice(&chance.bits().to_le_bytes());
        Self(bits)
    }

    /// What is handed out.
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is kept.
    pub fn hash(&self) -> [u8; 32] {
        hash_of(&self.text())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(hidden)")
    }
}

/// SHA-256 of a secret as it was handed out.
pub fn hash_of(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
