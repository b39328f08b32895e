//! A virtual display: Xvfb, a window manager and a private session bus.
//!
//! The bus has no activatable services, because what it would start (portals, a FUSE mount) stays behind when the
//! bus ends. The X server chooses its own free number, so any number of these can run side by side.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::children::Running;

const BUS: &str = r#"<busconfig>
  <type>session</type>
  <listen>unix:path=SOCKET</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// A display that exists as long as this value. Fields are dropped in this order.
pub struct Display {
    _windows: Running,
    _bus: Running,
    _screen: Running,
    folder: PathBuf,
    name: String,
    bus_address: String,
}

impl Display {
    /// Starts a 1920x1080 display.
    pub fn start() -> Result<Display> {
        Display::sized(1920, 1080)
    }

    /// Starts a display of this many pixels.
    pub fn sized(width: u32, height: u32) -> Result<Display> {
        let mut screen = Running::start(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", &format!("{width}x{height}x24")])
                .args(["-nolisten", "tcp", "-noreset"])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )
        .context("a virtual display needs Xvfb: run `cargo xtask setup`")?;
        let number = first_line(&mut screen)?;
        let name = format!(":{number}");
        let folder = env::temp_dir().join(format!("deskside-display-{}-{number}", std::process::id()));
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;

        let socket = folder.join("bus");
        let config = folder.join("bus.conf");
        fs::write(&config, BUS.replace("SOCKET", &socket.to_string_lossy()))?;
        let mut bus = Running::start(
            Command::new("dbus-daemon")
                .arg(format!("--config-file={}", config.display()))
                .args(["--nofork", "--print-address=1"])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )
        .context("a virtual display needs dbus-daemon: run `cargo xtask setup`")?;
        let bus_address = first_line(&mut bus)?;

        let windows = Running::start(
            Command::new("openbox")
                .env("DISPLAY", &name)
                .env("DBUS_SESSION_BUS_ADDRESS", &bus_address)
                .env("XDG_RUNTIME_DIR", &folder)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )
        .context("a virtual display needs openbox: run `cargo xtask setup`")?;

        Ok(Display { _windows: windows, _bus: bus, _screen: screen, folder, name, bus_address })
    }

    /// The X display's name, `:7` for example.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Makes the command draw here and talk on this display's bus.
    pub fn show<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("DISPLAY", &self.name)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus_address)
            .env("XDG_RUNTIME_DIR", &self.folder)
            .env("GDK_BACKEND", "x11")
            .env("XDG_SESSION_TYPE", "x11")
            .env_remove("WAYLAND_DISPLAY")
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn first_line(running: &mut Running) -> Result<String> {
    let pipe = running.child().stdout.take().context("the program's output is not piped")?;
    let mut line = String::new();
    BufReader::new(pipe).read_line(&mut line)?;
    let line = line.trim().to_owned();
    ensure!(!line.is_empty(), "`{}` ended before it was ready", running.name());
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell;

    #[test]
    fn a_display_answers_and_is_gone_after_the_drop() {
        let display = Display::start().unwrap();
        let name = display.name().to_owned();
        let screen = shell::output(display.show(&mut Command::new("xdpyinfo"))).unwrap();
        assert!(screen.contains("1920x1080"), "the size that was asked for: {screen}");
        drop(display);
        assert!(!shell::succeeds(Command::new("xdpyinfo").env("DISPLAY", &name)), "{name} ended");
    }
}
