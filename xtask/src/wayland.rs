//! What the Wayland tests need beyond packages: the portal's part for wlroots, with one condition taken out.
//!
//! As Debian packs it, it refuses compositors that offer no graphics memory, which is each one on a machine without a
//! graphics card. Its source is had from the mirrors that this machine uses anyway; it compiles in seconds and is kept in
//! the build folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{shell, workspace};

const SOURCE: &str = "xdg-desktop-portal-wlr";
const PATCH: &str = "crates/app/tests/wayland/portal.patch";

/// Why the tests can't run here, if so.
pub fn obstacle() -> Option<String> {
    let needed = [
        "sway",
        "Xwayland",
        "pipewire",
        "wireplumber",
        "foot",
        "dbus-daemon",
        "dbus-send",
        "setpriv",
        "meson",
        "ninja",
        "dpkg-source",
    ];
    let missing: Vec<&str> = needed.into_iter().filter(|tool| shell::find(tool).is_none()).collect();
    if !missing.is_empty() {
        return Some(format!("no {} here: `cargo xtask setup` installs what there is", missing.join(", ")));
    }
    let portal = Path::new("/usr/libexec/xdg-desktop-portal");
    (!portal.exists()).then(|| format!("no {} here: `cargo xtask setup` installs it", portal.display()))
}

/// The portal's part for wlroots; built if it is not there yet.
pub fn portal() -> Result<PathBuf> {
    let folder = workspace::target().join("wayland");
    let (program, stamp) = (folder.join(SOURCE), folder.join("patch"));
    let patch =
        fs::read_to_string(workspace::root().join(PATCH)).with_context(|| format!("reading {PATCH}"))?;
    if program.exists() && fs::read_to_string(&stamp).is_ok_and(|built| built == patch) {
        return Ok(program);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let source = source(&folder)?;
    fs::write(folder.join("portal.patch"), &patch)?;
    shell::run(Command::new("patch").current_dir(&source).args(["-p1", "-i", "../portal.patch"]))?;
    let options = ["setup", "build", "-Dman-pages=disabled", "-Dwerror=false", "-Dsystemd=disabled"];
    shell::run(Command::new("meson").current_dir(&source).args(options))?;
    shell::run(Command::new("ninja").current_dir(&source).args(["-C", "build"]))?;
    fs::copy(source.join("build").join(SOURCE), &program)?;
    fs::write(stamp, patch)?;
    Ok(program)
}

/// The program's source, in a folder below `folder`. apt is given lists of its own, so that the machine's stay as they are.
fn source(folder: &Path) -> Result<PathBuf> {
    let mirrors = shell::output(Command::new("apt-get").args([
        "indextargets",
        "--format",
        "deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)",
        "Created-By: Packages",
    ]))?;
    let mut mirrors: Vec<&str> = mirrors.lines().filter(|line| line.ends_with(" main")).collect();
    mirrors.sort_unstable();
    mirrors.dedup();
    ensure!(!mirrors.is_empty(), "apt knows no mirror with a `main`; run `apt-get update` first");
    for own in ["state/lists/partial", "cache/archives/partial", "parts"] {
        fs::create_dir_all(folder.join(own))?;
    }
    fs::write(folder.join("sources.list"), mirrors.join("\n") + "\n")?;
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.current_dir(folder).arg("-q");
        for (name, place) in [
            ("Dir::Etc::sourcelist", "sources.list"),
            ("Dir::Etc::sourceparts", "parts"),
            ("Dir::State::lists", "state/lists"),
            ("Dir::Cache", "cache"),
        ] {
            apt.args(["-o", &format!("{name}={}", folder.join(place).display())]);
        }
        apt
    };
    // A mirror without sources fails this; whether the one with ours is there, the next line tells.
    if let Err(error) = shell::run(apt().arg("update")) {
        eprintln!("{error}; trying with what came.");
    }
    shell::run(apt().args(["source", SOURCE]))?;
    let unpacked = fs::read_dir(folder)?.flatten().map(|entry| entry.path());
    let mut unpacked = unpacked.filter(|path| path.is_dir() && path.join("meson.build").exists());
    unpacked.next().with_context(|| format!("apt unpacked no source of {SOURCE}"))
}
