//! The way to the sound system, opened so that it answers.
//!
//! PipeWire turns clients away that come without a cookie, and does not look at what is in it. Programs that use
//! PulseAudio's own library make one when there is none; the library used here does not, and on a fresh account Deskside
//! may be the first. So it is made here, where and as the others make it: it belongs to the person, not to Deskside.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::sync::Once;

/// The sound system that is there.
pub(crate) fn host() -> cpal::Host {
    static COOKIE: Once = Once::new();
    COOKIE.call_once(|| {
        if cfg!(target_os = "linux")
            && std::env::var_os("PULSE_COOKIE").is_none()
            && let Some(home) = std::env::home_dir()
            && let Err(error) = make_cookie(&home)
        {
            tracing::warn!(%error, "no cookie for the sound server");
        }
    });
    cpal::default_host()
}

/// Length that every sound server expects.
const COOKIE: usize = 256;

/// Makes a cookie for the person whose home this is, if there is none.
fn make_cookie(home: &Path) -> io::Result<()> {
    let folder = home.join(".config/pulse");
    if folder.join("cookie").exists() || home.join(".pulse-cookie").exists() {
        return Ok(());
    }
    let mut bytes = [0; COOKIE];
    fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    fs::create_dir_all(&folder)?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(folder.join("cookie")) {
        Ok(mut file) => file.write_all(&bytes),
        // Another program was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_made_once_and_for_nobody_else() {
        let home = tempfile::tempdir().unwrap();
        make_cookie(home.path()).unwrap();
        let path = home.path().join(".config/pulse/cookie");
        let made = fs::read(&path).unwrap();
        assert_eq!(made.len(), COOKIE);
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777,
            0o600
        );
        make_cookie(home.path()).unwrap();
        assert_eq!(fs::read(&path).unwrap(), made, "one that is there stays");
    }
}
