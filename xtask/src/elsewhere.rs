//! Type-checking what grabs screens on Windows and macOS, from Linux: all of those systems that can be had here.
//!
//! The standard library for them is checked from Debian's source, with the compiler that it belongs to. scrap's build script
//! looks at the machine it runs on and so takes its part for X11; a wrapper of the compiler gives it the right one. Nothing
//! is linked and nothing runs.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::{shell, workspace};

/// Debian's newer compiler; the one of the path has no such source.
const CARGO: &str = "/usr/bin/cargo";
const RUSTC: &str = "/usr/bin/rustc";

/// Each system, with what scrap calls its part for it.
const SYSTEMS: [(&str, &str); 2] = [("x86_64-pc-windows-gnu", "dxgi"), ("aarch64-apple-darwin", "quartz")];

const WRAPPER: &str = r#"#!/bin/sh
rustc="$1"; shift
case " $* " in *" --crate-name scrap "*)
  left=$#
  while [ "$left" -gt 0 ]; do
    word="$1"; shift
    [ "$word" = x11 ] && word="$SCRAP"
    set -- "$@" "$word"
    left=$((left - 1))
  done;;
esac
exec "$rustc" "$@"
"#;

/// Why it can't be done here, if so.
pub fn obstacle() -> Option<String> {
    let is_there = |program: &&str| Path::new(program).exists();
    let missing = [CARGO, RUSTC].into_iter().find(|program| !is_there(program));
    if let Some(missing) = missing {
        return Some(format!("no {missing} here: `cargo xtask setup` installs what there is"));
    }
    source()
        .is_none()
        .then(|| "no source of the standard library in /usr/src: `cargo xtask setup`".to_owned())
}

/// Checks the capture of each system with scrap, with its tests, and without scrap; a warning is an error.
pub fn check() -> Result<()> {
    let folder = workspace::target().join("elsewhere");
    fs::create_dir_all(&folder)?;
    let wrapper = folder.join("rustc-wrapper");
    fs::write(&wrapper, WRAPPER)?;
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755))?;
    for (system, scrap) in SYSTEMS {
        // What only tests call counts as used in the second, so neither stands for the other.
        let with_tests = ["--features", "scrap", "--lib", "--profile", "test"];
        for parts in [&["--features", "scrap"][..], &with_tests, &[]] {
            let mut check = Command::new(CARGO);
            check
                .current_dir(workspace::root())
                .env("RUSTC", RUSTC)
                .env("RUSTC_WRAPPER", &wrapper)
                // The standard library is built from source, which is not stable yet.
                .env("RUSTC_BOOTSTRAP", "1")
                .env("SCRAP", scrap)
                .env("CARGO_TARGET_DIR", &folder)
                .env_remove("RUSTUP_TOOLCHAIN")
                .args(["check", "--quiet", "--locked", "-Zbuild-std", "-Zwarnings"])
                .args(["--config", "build.warnings='deny'", "--target", system])
                .args(["--package", "deskside-capture", "--no-default-features"])
                .args(parts);
            shell::run(&mut check)?;
        }
    }
    Ok(())
}

/// Where Debian puts the compiler's source.
fn source() -> Option<PathBuf> {
    let found = fs::read_dir("/usr/src").ok()?.flatten();
    found.map(|entry| entry.path().join("library/std")).find(|library| library.exists())
}
