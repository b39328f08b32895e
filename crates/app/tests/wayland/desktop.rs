//! A Wayland desktop that exists for one test.
//!
//! The compositor refuses to run as root, so where tests do, all of it runs as `nobody`. Whatever does not come up or
//! does not end within its time fails the test and prints what every program said.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// For each program of the desktop to come up.
const UP: Duration = Duration::from_secs(20);
/// Beyond what a recording was to take.
const SLACK: Duration = Duration::from_secs(30);

/// What the person at this desktop answers when a program wants to see the screen.
pub enum Answer {
    Yes,
    No,
}

/// What a desktop has besides a screen.
#[derive(PartialEq)]
enum Extra {
    Nothing,
    Keys,
    Xwayland,
}

/// The desktop. It ends with this value.
pub struct Desktop {
    folder: tempfile::TempDir,
    bus: String,
    running: RefCell<Vec<(&'static str, Child)>>,
}

impl Desktop {
    /// A screen of that size in one colour, as sway writes colours.
    pub fn start(width: u32, height: u32, colour: &str) -> Desktop {
        Desktop::with(width, height, colour, &Extra::Nothing)
    }

    /// One that also gives out keys.
    pub fn start_with_keys(width: u32, height: u32, colour: &str) -> Desktop {
        Desktop::with(width, height, colour, &Extra::Keys)
    }

    /// One with an X server beside it, for programs that know nothing else.
    pub fn start_with_xwayland(width: u32, height: u32, colour: &str) -> Desktop {
        Desktop::with(width, height, colour, &Extra::Xwayland)
    }

    fn with(width: u32, height: u32, colour: &str, extra: &Extra) -> Desktop {
        // A place that `nobody` can reach, whatever this machine calls temporary.
        let folder = tempfile::Builder::new().prefix("deskside-wayland").tempdir_in("/tmp").unwrap();
        let mut desktop = Desktop { folder, bus: String::new(), running: RefCell::default() };
        for name in ["portals", "config/xdg-desktop-portal-wlr", "state"] {
            fs::create_dir_all(desktop.path(name)).unwrap();
        }
        let xwayland = match extra {
            // Its number is known to what the compositor starts, and to nobody else.
            Extra::Xwayland => {
                let file = desktop.path("display");
                format!("xwayland enable\nexec echo $DISPLAY >{0}.new && mv {0}.new {0}", file.display())
            }
            _ => "xwayland disable".to_owned(),
        };
        desktop.write(
            "sway.conf",
            &format!(
                "output HEADLESS-1 mode {width}x{height}@60Hz\noutput HEADLESS-1 bg {colour} solid_color\n\
                 {xwayland}\ndefault_border none\ndefault_floating_border none\n\
                 for_window [app_id=\"pattern\"] floating enable, border none, resize set 640 480, move absolute position 64 96\n"
            ),
        );
        desktop.write(
            "portals/wlr.portal",
            "[portal]\nDBusName=org.freedesktop.impl.portal.desktop.wlr\n\
             Interfaces=org.freedesktop.impl.portal.ScreenCast;\nUseIn=sway;\n",
        );
        if *extra == Extra::Keys {
            desktop.write(
                "portals/keys.portal",
                "[portal]\nDBusName=org.freedesktop.impl.portal.desktop.keys\n\
                 Interfaces=org.freedesktop.impl.portal.GlobalShortcuts;\nUseIn=sway;\n",
            );
            desktop.write("keys.py", include_str!("keys.py"));
        }
        // The question is put by this program: an empty answer is a no.
        let (asked, answer) = (desktop.path("asked"), desktop.path("answer"));
        desktop.write(
            "ask.sh",
            &format!("#!/bin/sh\necho asked >>{}\ncat {}\n", asked.display(), answer.display()),
        );
        fs::set_permissions(desktop.path("ask.sh"), fs::Permissions::from_mode(0o755)).unwrap();
        desktop.answer(Answer::Yes);
        desktop.write(
            "config/xdg-desktop-portal-wlr/config",
            &format!(
                "[screencast]\nmax_fps=30\nchooser_type=simple\nchooser_cmd={}\n",
                desktop.path("ask.sh").display()
            ),
        );
        copy(&recorder(), &desktop.path("recorder"));
        copy(&portal(), &desktop.path("xdg-desktop-portal-wlr"));
        desktop.write("session.conf", BUS);
        if is_root() {
            let owner = format!("{}:", NOBODY);
            let changed = Command::new("chown").args(["-R", &owner]).arg(desktop.folder.path()).status();
            assert!(changed.unwrap().success());
        }
        desktop.bring_up(extra);
        desktop
    }

    fn bring_up(&mut self, extra: &Extra) {
        let sockets = Path::new("/tmp/.X11-unix");
        if *extra == Extra::Xwayland && is_root() && !sockets.exists() {
            // As a starting system makes it: what the compositor makes as `nobody` is nobody else's.
            fs::create_dir(sockets).unwrap();
            fs::set_permissions(sockets, fs::Permissions::from_mode(0o1777)).unwrap();
        }
        let mut bus = self.command("dbus-daemon");
        bus.arg(format!("--config-file={}", self.path("session.conf").display()));
        bus.args(["--nofork", "--print-address=1"]).stdout(Stdio::piped());
        let mut bus = bus.stderr(self.log("dbus-daemon")).spawn().expect("dbus-daemon is installed");
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        self.bus = address.trim().to_owned();
        self.running.borrow_mut().push(("dbus-daemon", bus));
        self.spawn("pipewire", "pipewire", &[]);
        self.until("PipeWire listens", |desktop| desktop.path("pipewire-0").exists());
        self.spawn("wireplumber", "wireplumber", &[]);
        let config = self.path("sway.conf");
        self.spawn("sway", "sway", &["-c", config.to_str().unwrap()]);
        self.until("sway listens", |desktop| {
            desktop.path("wayland-1").exists() && desktop.sway_socket().is_some()
        });
        if *extra == Extra::Xwayland {
            self.until("there is an X server", |desktop| desktop.path("display").exists());
        }
        let backend = self.path("xdg-desktop-portal-wlr");
        self.spawn("xdg-desktop-portal-wlr", backend.to_str().unwrap(), &["-l", "DEBUG"]);
        self.until("the portal's part for wlroots is there", |desktop| {
            desktop.has_name("org.freedesktop.impl.portal.desktop.wlr")
        });
        if *extra == Extra::Keys {
            self.spawn("keys", "/usr/bin/python3", &["keys.py"]);
            self.until("keys are given out", |desktop| {
                desktop.has_name("org.freedesktop.impl.portal.desktop.keys")
            });
        }
        self.spawn("xdg-permission-store", "/usr/libexec/xdg-permission-store", &[]);
        self.until("answers can be remembered", |desktop| {
            desktop.has_name("org.freedesktop.impl.portal.PermissionStore")
        });
        self.spawn("xdg-desktop-portal", "/usr/libexec/xdg-desktop-portal", &["-v"]);
        self.until("the portal is there", |desktop| desktop.has_name("org.freedesktop.portal.Desktop"));
    }

    /// A file or folder of this desktop's own.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn log(&self, name: &str) -> fs::File {
        fs::File::options().create(true).append(true).open(self.path(&format!("{name}.log"))).unwrap()
    }

    /// A command in this session, and in nothing of the session that the tests run in.
    pub fn command(&self, program: &str) -> Command {
        let mut command = match is_root() {
            true => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid", NOBODY, "--regid", "nogroup", "--clear-groups", "--", program]);
                command
            }
            false => Command::new(program),
        };
        let folder = self.folder.path();
        command.env_clear().current_dir(folder).stdin(Stdio::null());
        for (name, value) in [
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ("LANG", "C.UTF-8"),
            ("XDG_SESSION_TYPE", "wayland"),
            ("XDG_CURRENT_DESKTOP", "sway"),
            ("WAYLAND_DISPLAY", "wayland-1"),
            // There is an X server's name too, as on every desktop with Xwayland: it must not be used.
            ("DISPLAY", ":0"),
            ("WLR_BACKENDS", "headless"),
            ("WLR_LIBINPUT_NO_DEVICES", "1"),
            ("WLR_RENDERER", "pixman"),
            ("WLR_HEADLESS_OUTPUTS", "1"),
            ("XDPW_PERSIST_MODE", "permanent"),
            ("RUST_LOG", "deskside_capture=debug,warn"),
        ] {
            command.env(name, value);
        }
        if let Ok(display) = fs::read_to_string(self.path("display")) {
            command.env("DISPLAY", display.trim());
        }
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.bus);
        command.env("XDG_DESKTOP_PORTAL_DIR", self.path("portals"));
        command.env("XDG_CONFIG_HOME", self.path("config")).env("XDG_STATE_HOME", self.path("state"));
        command.env("HOME", folder).env("XDG_RUNTIME_DIR", folder).env("XDG_DATA_HOME", self.path("data"));
        if program == "sway" || program == "xdg-desktop-portal" {
            command.env_remove("WAYLAND_DISPLAY");
        }
        if let Some(socket) = self.sway_socket() {
            command.env("SWAYSOCK", socket);
        }
        command
    }

    /// Starts a program of this desktop; it ends with the desktop.
    pub fn spawn(&self, name: &'static str, program: &str, arguments: &[&str]) {
        let mut command = self.command(program);
        let started = command.args(arguments).stdout(self.log(name)).stderr(self.log(name)).spawn();
        self.running.borrow_mut().push((name, started.unwrap_or_else(|error| panic!("{program}: {error}"))));
    }

    /// Ends one of them as a crash would.
    pub fn kill(&self, name: &str) {
        let mut all = self.running.borrow_mut();
        let at = all.iter().position(|(running, _)| *running == name).expect("it runs");
        let (_, mut child) = all.remove(at);
        child.kill().unwrap();
        child.wait().unwrap();
    }

    fn sway_socket(&self) -> Option<PathBuf> {
        let files = fs::read_dir(self.folder.path()).ok()?;
        let mut paths = files.filter_map(|file| Some(file.ok()?.path()));
        paths
            .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("sway-ipc.")))
    }

    fn has_name(&self, name: &str) -> bool {
        let mut ask = self.command("dbus-send");
        ask.args([
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.DBus",
            "/",
            "org.freedesktop.DBus.NameHasOwner",
        ]);
        let reply = ask.arg(format!("string:{name}")).output().expect("dbus-send is installed");
        String::from_utf8_lossy(&reply.stdout).contains("true")
    }

    /// Tells the compositor something.
    pub fn sway(&self, words: &str) {
        let said = self.command("swaymsg").args(["-q", words]).output().unwrap();
        assert!(said.status.success(), "swaymsg {words}: {said:?}");
    }

    /// What the person will answer from now on.
    pub fn answer(&self, answer: Answer) {
        self.write("answer", if matches!(answer, Answer::Yes) { "HEADLESS-1\n" } else { "" });
    }

    /// How often the person was asked.
    pub fn times_asked(&self) -> usize {
        fs::read_to_string(self.path("asked")).unwrap_or_default().lines().count()
    }

    /// Waits until something is so.
    pub fn until(&self, what: &str, mut is_so: impl FnMut(&Desktop) -> bool) {
        let deadline = Instant::now() + UP;
        while !is_so(self) {
            assert!(Instant::now() < deadline, "not within {UP:?}: {what}\n{}", self.said());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// What every program said.
    pub fn said(&self) -> String {
        let mut text = String::new();
        for file in fs::read_dir(self.folder.path()).unwrap().flatten() {
            if file.path().extension().is_some_and(|extension| extension == "log") {
                let log = fs::read_to_string(file.path()).unwrap_or_default();
                let lines: Vec<&str> = log.lines().collect();
                let last = lines[lines.len().saturating_sub(40)..].join("\n");
                let _ = writeln!(text, "== {}\n{last}", file.file_name().to_string_lossy());
            }
        }
        text
    }

    /// Begins to record into a file of that name.
    pub fn record(&self, name: &str, seconds: f64, extra: &[&str]) -> Recording<'_> {
        let clip = self.path(name);
        let mut command = self.command(self.path("recorder").to_str().unwrap());
        command.args(["record", "--json", "--seconds", &seconds.to_string(), "--out"]).arg(&clip).args(extra);
        let log = format!("{name}.events");
        command.stdout(self.log(&log)).stderr(self.log(&format!("{name}.recorder")));
        let child = command.spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs_f64(seconds) + SLACK;
        Recording { desktop: self, events: self.path(&format!("{log}.log")), child, deadline, clip }
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for (_, child) in self.running.get_mut().iter_mut().rev() {
            // SAFETY: a signal to a process that this one started and has not waited for.
            unsafe { libc::kill(child.id() as i32, libc::SIGTERM) };
        }
        let deadline = Instant::now() + Duration::from_secs(2);
        for (_, child) in self.running.get_mut().iter_mut().rev() {
            while child.try_wait().is_ok_and(|ended| ended.is_none()) && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(5));
            }
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A recorder at work, in a process of its own.
pub struct Recording<'a> {
    desktop: &'a Desktop,
    events: PathBuf,
    child: Child,
    deadline: Instant,
    pub clip: PathBuf,
}

/// What became of it.
pub struct Ended {
    pub status: ExitStatus,
    pub events: Vec<Value>,
    pub clip: PathBuf,
}

impl Recording<'_> {
    fn read(&self) -> Vec<Value> {
        let text = fs::read_to_string(&self.events).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Waits until it has kept so many seconds.
    pub fn has_kept(&mut self, seconds: f64) {
        self.keeps(seconds, || {});
    }

    /// The same, and does something ten times a second meanwhile.
    pub fn keeps(&mut self, seconds: f64, mut act: impl FnMut()) {
        let wanted = (seconds * 1e3) as u64;
        let kept = |event: &Value| event["event"] == "kept" && event["until_ms"].as_u64() >= Some(wanted);
        while !self.read().iter().any(kept) {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none() && Instant::now() < self.deadline, "{ended:?}\n{}", self.desktop.said());
            act();
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ended {
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > self.deadline {
                let _ = self.child.kill();
                let _ = self.child.wait();
                panic!("the recorder hangs\n{}", self.desktop.said());
            }
            thread::sleep(Duration::from_millis(5));
        };
        Ended { status, events: self.read(), clip: self.clip }
    }
}

impl Ended {
    /// The result of a recording that ended well.
    pub fn result(&self, desktop: &Desktop) -> &Value {
        assert!(self.status.success(), "{:?}\n{}", self.events, desktop.said());
        self.events.last().expect("the last line is the result")
    }

    /// The code of the error that it ended with.
    pub fn code(&self) -> &str {
        self.events.iter().find_map(|event| event["error"]["code"].as_str()).unwrap_or_default()
    }

    /// The sentence that it ended with.
    pub fn sentence(&self) -> &str {
        self.events.iter().find_map(|event| event["error"]["message"].as_str()).unwrap_or_default()
    }
}

/// Who runs the desktop where the tests run as root.
const NOBODY: &str = "nobody";

/// A bus of its own with everything allowed and nothing installed: what a test does not start does not start by itself.
const BUS: &str = "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>\
    <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/>\
    <allow own=\"*\"/></policy></busconfig>";

fn is_root() -> bool {
    // SAFETY: a system call without arguments that cannot fail.
    unsafe { libc::geteuid() == 0 }
}

/// Programs may lie where `nobody` may not look.
fn copy(from: &Path, to: &Path) {
    fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    fs::set_permissions(to, fs::Permissions::from_mode(0o755)).unwrap();
}

/// The example that cargo builds beside the tests: the recorder's command line.
fn recorder() -> PathBuf {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.join("examples/headless")
}

/// The portal's part for wlroots that `cargo xtask setup` built.
fn portal() -> PathBuf {
    let path = std::env::var_os("DESKSIDE_WLR_PORTAL").map(PathBuf::from);
    path.expect("run `cargo xtask test --only wayland`, or name the program in DESKSIDE_WLR_PORTAL")
}
