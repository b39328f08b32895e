//! Passwords: argon2id with the crate's parameters (19 MiB, two passes), a bounded number at a time so that
//! a flood of sign-ins can't take the memory.

use std::sync::LazyLock;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use deskside_protocol::Code;

use crate::{
    answer::{Answer, Oops},
    parts::Server,
};

const LEAST: usize = 10;
const MOST: usize = 256;

/// What nobody's password hashes to: checked where there is no account, so that both take equally long.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("").unwrap_or_default());

/// Whether it may become a password.
pub(crate) fn check(password: &str) -> Answer<()> {
    let invalid = |why: String| Oops::new(Code::Invalid, "the password can't be taken").detail(why);
    let length = password.chars().count();
    if !(LEAST..=MOST).contains(&length) {
        return Err(invalid(format!("password: {LEAST} to {MOST} characters")));
    }
    let mut different: Vec<char> = password.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < 5 {
        return Err(invalid("password: at least five different characters".into()));
    }
    Ok(())
}

/// The PHC string of a password.
pub(crate) async fn hash(server: &Server, password: String) -> Answer<String> {
    let _turn = server.hashing.acquire().await.map_err(anyhow::Error::from)?;
    let hashed =
        tokio::task::spawn_blocking(move || hash_now(&password)).await.map_err(anyhow::Error::from)?;
    Ok(hashed?)
}

/// Whether a password has this hash; without one it takes as long and says no.
pub(crate) async fn verify(server: &Server, password: String, hash: Option<String>) -> Answer<bool> {
    let _turn = server.hashing.acquire().await.map_err(anyhow::Error::from)?;
    let verified = tokio::task::spawn_blocking(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.clone());
        let fits = PasswordHash::new(&hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        fits && known
    });
    Ok(verified.await.map_err(anyhow::Error::from)?)
}

fn hash_now(password: &str) -> anyhow::Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| anyhow::anyhow!("hashing failed: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_costs_whoever_guesses_19_mib_and_two_passes() {
        let [one, other] = [(); 2].map(|()| hash_now("correct horse battery").expect("hashes"));
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other, "each has its own salt");
        let hash = PasswordHash::new(&one).expect("a PHC string");
        assert!(Argon2::default().verify_password(b"correct horse battery", &hash).is_ok());
        assert!(Argon2::default().verify_password(b"correct horse battery.", &hash).is_err());
    }
}
