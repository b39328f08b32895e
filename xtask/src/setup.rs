//! `setup`: installs what a Debian or Ubuntu machine with Rust and Node still lacks.
//!
//! Only what is missing is installed, so a second run costs half a second. Other systems get the list to install
//! by hand; Node is never installed, because distributions carry versions that are too old.

use std::collections::HashSet;
use std::fs;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::{shell, wayland, workspace};

/// The oldest Node the UI's tools run on.
const NODE: u32 = 20;

#[derive(Args)]
pub struct Options {
    /// Install only these groups of system packages.
    #[arg(long, value_enum, value_delimiter = ',')]
    group: Vec<Group>,
    /// Say what is missing and change nothing; fails when something is.
    #[arg(long)]
    check: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Group {
    /// Compile everything: window toolkit, codecs, sound, X, C tools.
    Build,
    /// Play clips in the app's window.
    Play,
    /// Find numbers in screenshots.
    Read,
    /// A virtual display.
    Display,
    /// What the tests drive the product with.
    Test,
    /// A Wayland desktop for the tests.
    Wayland,
    /// Type-check what is for other systems.
    Elsewhere,
}

impl Group {
    const ALL: [Group; 7] = [
        Group::Build,
        Group::Play,
        Group::Read,
        Group::Display,
        Group::Test,
        Group::Wayland,
        Group::Elsewhere,
    ];

    fn packages(self) -> &'static [&'static str] {
        match self {
            Group::Build => &[
                "build-essential",
                "clang",
                "cmake",
                "file",
                "libasound2-dev",
                "libayatana-appindicator3-dev",
                "libclang-dev",
                "libgtk-3-dev",
                "libjavascriptcoregtk-4.1-dev",
                "libopus-dev",
                "libpipewire-0.3-dev",
                "libpulse-dev",
                "librsvg2-dev",
                "libsoup-3.0-dev",
                "libssl-dev",
                "libvpx-dev",
                "libwebkit2gtk-4.1-dev",
                "libx11-dev",
                "libxcb-randr0-dev",
                "libxcb-shape0-dev",
                "libxcb-shm0-dev",
                "libxcb-xfixes0-dev",
                "libxcb1-dev",
                "libxdo-dev",
                "libxtst-dev",
                "nasm",
                "patchelf",
                "pkg-config",
            ],
            Group::Play => &[
                "gstreamer1.0-gl",
                "gstreamer1.0-libav",
                "gstreamer1.0-plugins-bad",
                "gstreamer1.0-plugins-base",
                "gstreamer1.0-plugins-good",
            ],
            // Brings the model it reads with.
            Group::Read => &["tesseract-ocr"],
            Group::Display => &[
                "at-spi2-core",
                "dbus",
                "dbus-x11",
                "fonts-dejavu-core",
                "openbox",
                "x11-utils",
                "x11-xserver-utils",
                "xauth",
                "xvfb",
            ],
            Group::Test => &[
                "alsa-utils",
                "chromium",
                "desktop-file-utils",
                "dunst",
                "ffmpeg",
                "firefox-esr",
                "fonts-liberation",
                "gstreamer1.0-tools",
                "gstreamer1.0-x",
                "imagemagick",
                "iproute2",
                "libasound2-plugins",
                "pebble",
                "pipewire",
                "pipewire-pulse",
                "poppler-utils",
                "procps",
                "pulseaudio",
                "pulseaudio-utils",
                "python3-dbus",
                "python3-gi",
                "python3-venv",
                "sox",
                "strace",
                "systemd",
                "webkit2gtk-driver",
                "wireplumber",
                "x11-apps",
                "xclip",
                "xdotool",
                "xterm",
            ],
            Group::Wayland => &[
                "dbus",
                "dpkg-dev",
                "foot",
                "libdrm-dev",
                "libgbm-dev",
                "libinih-dev",
                "libpipewire-0.3-dev",
                "libsystemd-dev",
                "libwayland-dev",
                "meson",
                "ninja-build",
                "pipewire",
                "python3-dbus",
                "python3-gi",
                "sway",
                "wayland-protocols",
                "wireplumber",
                "xdg-desktop-portal",
                "xwayland",
            ],
            Group::Elsewhere => &["cargo-web", "rust-web-src", "rustc-web"],
        }
    }
}

/// The task.
pub fn setup(options: &Options) -> Result<()> {
    let groups = if options.group.is_empty() { &Group::ALL } else { options.group.as_slice() };
    node()?;
    if options.check {
        let missing = missing_packages(groups);
        if !missing.is_empty() {
            bail!("missing: {}\nInstall them with `cargo xtask setup`.", missing.join(" "));
        }
        println!("Nothing is missing.");
        return Ok(());
    }
    system_packages(groups)?;
    if groups.contains(&Group::Test) {
        nextest()?;
        components()?;
        upload_clients()?;
    }
    if groups.contains(&Group::Wayland)
        && wayland::obstacle().is_none()
        && let Err(error) = wayland::portal()
    {
        eprintln!("{error:#}\nThe Wayland tests will be left out, and say so.");
    }
    ui_packages("ui")?;
    println!("This machine has what Deskside needs.");
    Ok(())
}

/// Installs the missing system packages of the groups.
pub fn system_packages(groups: &[Group]) -> Result<()> {
    let missing = missing_packages(groups);
    if missing.is_empty() {
        return Ok(());
    }
    if shell::find("apt-get").is_none() {
        println!("This is not a Debian or Ubuntu machine. Its own names for these packages are needed:");
        println!("  {}", missing.join(" "));
        return Ok(());
    }
    println!("Installing {} system packages.", missing.len());
    // Fails when one mirror of several is down, while the packages may be there: installing decides.
    if let Err(error) = shell::run(apt().args(["update", "-q"])) {
        eprintln!("{error}; trying with the lists as they are.");
    }
    let policy = shell::output(Command::new("apt-cache").arg("policy").args(&missing))?;
    let (offered, unknown): (Vec<&str>, Vec<&str>) =
        missing.into_iter().partition(|package| is_offered(&policy, package));
    if !unknown.is_empty() {
        println!("This system does not offer {}; what needs it will say so.", unknown.join(" "));
    }
    shell::run(apt().args(["install", "-y", "-q", "--no-install-recommends"]).args(&offered))
}

/// Whether what `apt-cache policy` printed holds a version of the package that can be installed.
fn is_offered(policy: &str, package: &str) -> bool {
    let mut lines = policy.lines();
    let found = lines.any(|line| line.strip_suffix(':') == Some(package));
    let own = lines.take_while(|line| line.starts_with(' '));
    found && own.filter_map(|line| line.trim().strip_prefix("Candidate: ")).any(|version| version != "(none)")
}

/// Runs `npm ci` in a folder when its lock file is newer than what is installed; a folder without one is left alone.
pub fn ui_packages(folder: &str) -> Result<()> {
    let folder = workspace::root().join(folder);
    let lock = folder.join("package-lock.json");
    if !lock.exists() {
        return Ok(());
    }
    let written = |path: &std::path::Path| -> Option<SystemTime> { fs::metadata(path).ok()?.modified().ok() };
    // npm leaves this file behind as the last act of an installation.
    if written(&folder.join("node_modules/.package-lock.json")) >= written(&lock) {
        return Ok(());
    }
    shell::run(Command::new("npm").current_dir(&folder).args(["ci", "--no-audit", "--no-fund"]))
}

/// The upload clients of other people that the server is tested with: one from npm, one from PyPI, both as locked.
pub fn upload_clients() -> Result<()> {
    const FOLDER: &str = "tests/server/clients";
    ui_packages(FOLDER)?;
    let folder = workspace::root().join(FOLDER);
    let (locked, stamp) = (folder.join("requirements.txt"), folder.join(".venv/installed"));
    let locked = fs::read_to_string(&locked).with_context(|| format!("reading {}", locked.display()))?;
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == locked) {
        return Ok(());
    }
    shell::run(Command::new("python3").current_dir(&folder).args(["-m", "venv", "--clear", ".venv"]))?;
    let arguments = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"];
    let mut pip = Command::new(folder.join(".venv/bin/python"));
    shell::run(pip.current_dir(&folder).args(arguments).args(["-r", "requirements.txt"]))?;
    fs::write(&stamp, locked).with_context(|| format!("writing {}", stamp.display()))
}

fn apt() -> Command {
    // SAFETY: a system call without arguments that cannot fail.
    let root = unsafe { libc::geteuid() } == 0;
    let mut command = Command::new(if root { "env" } else { "sudo" });
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    command
}

fn missing_packages(groups: &[Group]) -> Vec<&'static str> {
    let wanted: Vec<&str> = groups.iter().flat_map(|group| group.packages()).copied().collect();
    let query = Command::new("dpkg-query")
        .args(["-W", "-f", "${binary:Package} ${db:Status-Status}\n"])
        .args(&wanted)
        .output();
    // dpkg-query fails when a name is unknown to it, yet prints the ones it knows.
    let listing =
        query.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let installed = installed(&listing);
    wanted.into_iter().filter(|package| !installed.contains(package)).collect()
}

/// The names in a listing of `name[:architecture] status` lines that are fully installed.
fn installed(listing: &str) -> HashSet<&str> {
    listing
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter(|(_, status)| *status == "installed")
        .map(|(name, _)| name.split(':').next().unwrap_or(name))
        .collect()
}

/// Fails with advice when Node or npm is missing or too old.
pub fn node() -> Result<()> {
    let advice =
        format!("Install Node {NODE} or newer with npm from https://nodejs.org, then run this again.");
    let version = shell::output(Command::new("node").arg("--version")).context(advice.clone())?;
    let major = major(&version).with_context(|| format!("node printed {version:?} as its version"))?;
    if major < NODE {
        bail!("node {} is too old. {advice}", version.trim());
    }
    if shell::find("npm").is_none() {
        bail!("npm is missing. {advice}");
    }
    Ok(())
}

fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

fn nextest() -> Result<()> {
    if shell::succeeds(workspace::cargo().args(["nextest", "--version"])) {
        return Ok(());
    }
    shell::run(workspace::cargo().args(["install", "cargo-nextest", "--locked"]))
}

fn components() -> Result<()> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if shell::succeeds(workspace::cargo().args([subcommand, "--version"])) {
            continue;
        }
        if shell::find("rustup").is_none() {
            bail!("`cargo {subcommand}` is missing: install {component} the way Rust was installed here.");
        }
        shell::run(Command::new("rustup").args(["component", "add", component]))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fully_installed_packages_count() {
        let listing = "libc6:amd64 installed\nxvfb installed\nsox config-files\nxterm not-installed\n";
        let names = installed(listing);
        assert!(names.contains("libc6"), "the architecture is cut off");
        assert!(names.contains("xvfb"));
        assert!(!names.contains("sox"), "removed, its configuration is left");
        assert!(!names.contains("xterm"));
    }

    #[test]
    fn a_package_without_a_candidate_is_not_offered() {
        let policy = "xvfb:\n  Installed: (none)\n  Candidate: 2:21\n  Version table:\nsox:\n  Installed: (none)\n  Candidate: (none)\n  Version table:\n";
        assert!(is_offered(policy, "xvfb"));
        assert!(!is_offered(policy, "sox"), "known by name only");
        assert!(!is_offered(policy, "chromium"), "not even known by name");
    }

    #[test]
    fn the_major_version_of_node_is_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("20.1"), None, "not what node prints");
    }
}
