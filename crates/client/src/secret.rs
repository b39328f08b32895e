//! Where the session's token is kept: the system's keychain, else a file that only this user can read. Which of the
//! two it is can be asked, because the screens say so.

use std::{
    fs,
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;

/// A keychain that asks its user for a password must not hold up the start for ever.
const PATIENCE: Duration = Duration::from_secs(10);
const SERVICE: &str = "Deskside";

/// The token's place for one profile.
#[derive(Clone, Debug)]
pub(crate) struct TokenPlace {
    file: PathBuf,
    account: String,
    keychain: bool,
}

/// A token and whether the keychain holds it.
pub(crate) struct Kept {
    pub(crate) token: Option<String>,
    pub(crate) in_keychain: bool,
}

impl TokenPlace {
    pub(crate) fn new(profile: &Path, keychain: bool) -> Self {
        Self { file: profile.join("token"), account: profile.display().to_string(), keychain }
    }

    /// The token, wherever it is.
    pub(crate) async fn load(&self) -> anyhow::Result<Kept> {
        match fs::read_to_string(&self.file) {
            Ok(token) => return Ok(Kept { token: Some(token.trim().to_owned()), in_keychain: false }),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("reading {}", self.file.display())),
        }
        let token = self.in_keychain(|entry| match entry.get_password() {
            Ok(token) => Ok(Some(token)),
            Err(keyring::v1::Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        });
        match token.await {
            Some(token) => Ok(Kept { token, in_keychain: true }),
            None => Ok(Kept { token: None, in_keychain: false }),
        }
    }

    /// Keeps the token; answers whether the keychain took it.
    pub(crate) async fn keep(&self, token: &str) -> anyhow::Result<bool> {
        let secret = token.to_owned();
        if self.in_keychain(move |entry| entry.set_password(&secret)).await.is_some() {
            remove(&self.file)?;
            return Ok(true);
        }
        write_private(&self.file, token)?;
        Ok(false)
    }

    /// Forgets it in both places.
    pub(crate) async fn forget(&self) -> anyhow::Result<()> {
        remove(&self.file)?;
        self.in_keychain(|entry| match entry.delete_credential() {
            Ok(()) | Err(keyring::v1::Error::NoEntry) => Ok(()),
            Err(error) => Err(error),
        })
        .await;
        Ok(())
    }

    /// Runs `work` with this profile's entry; `None` if there is no keychain, or it is locked, or it does not answer.
    async fn in_keychain<T: Send + 'static>(
        &self,
        work: impl FnOnce(&keyring::v1::Entry) -> keyring::v1::Result<T> + Send + 'static,
    ) -> Option<T> {
        if !self.keychain {
            return None;
        }
        let account = self.account.clone();
        let (answer, answered) = tokio::sync::oneshot::channel();
        // Its own thread: the keychain's library blocks, and a runtime would wait for a blocked task when it ends.
        std::thread::spawn(move || {
            let done = keyring::v1::Entry::new(SERVICE, &account).and_then(|entry| work(&entry));
            let _ = answer.send(done);
        });
        match tokio::time::timeout(PATIENCE, answered).await {
            Ok(Ok(Ok(value))) => Some(value),
            Ok(Ok(Err(error))) => {
                tracing::warn!(%error, "no keychain: the token is kept in a file");
                None
            }
            Ok(Err(_)) | Err(_) => {
                tracing::warn!("the keychain does not answer: the token is kept in a file");
                None
            }
        }
    }
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("removing {}", path.display())),
    }
}

/// Writes a file that only this user can read, whole or not at all.
fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let fresh = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&fresh).with_context(|| format!("writing {}", fresh.display()))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&fresh, path).with_context(|| format!("writing {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn without_a_keychain_the_file_is_the_owners_alone() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let place = TokenPlace::new(folder.path(), false);
        assert!(!place.keep("secret").await.expect("kept"), "says that no keychain holds it");
        let kept = place.load().await.expect("loaded");
        assert_eq!((kept.token.as_deref(), kept.in_keychain), (Some("secret"), false));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(folder.path().join("token")).expect("the file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "nobody else may read it");
        }
        place.forget().await.expect("forgotten");
        assert_eq!(place.load().await.expect("loaded").token, None);
    }
}
