//! `Upload-Checksum` of tus: sha1 and sha256.

use axum::http::HeaderValue;
use base64::{Engine, engine::general_purpose::STANDARD};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::answer::{Answer, Oops};

/// What the bytes of one PATCH must add up to.
pub(super) enum Checksum {
    Sha1(Vec<u8>),
    Sha256(Vec<u8>),
}

impl Checksum {
    /// From the header's value.
    pub fn read(value: &HeaderValue) -> Answer<Self> {
        let malformed = || Oops::malformed("Upload-Checksum must be sha1 or sha256 and base64");
        let (algorithm, sum) =
            value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(malformed)?;
        let sum = STANDARD.decode(sum.trim()).map_err(|_| malformed())?;
        match algorithm {
            "sha1" => Ok(Self::Sha1(sum)),
            "sha256" => Ok(Self::Sha256(sum)),
            _ => Err(malformed()),
        }
    }

    /// Whether these are the bytes.
    pub fn fits(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Sha1(sum) => Sha1::digest(bytes).as_slice() == sum,
            Self::Sha256(sum) => Sha256::digest(bytes).as_slice() == sum,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_compared_with_the_bytes() {
        // `printf 'abc' | openssl dgst -sha1 -binary | base64`, and the same with sha256.
        for (sum, fits) in [
            ("sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=", true),
            ("sha256 ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", true),
            ("sha1 AAAANkcGgWq6PiVxeFDCbJzQ2J0=", false),
        ] {
            let checksum = Checksum::read(&HeaderValue::from_static(sum)).expect("reads");
            assert_eq!(checksum.fits(b"abc"), fits, "{sum}");
        }
        assert!(Checksum::read(&HeaderValue::from_static("md5 AAAA")).is_err());
    }
}
