//! A sound server of one's own: PulseAudio, or PipeWire in its place, with a loudspeaker and a microphone that nobody hears.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use deskside_codec::OpusDecoder;
use deskside_frame::Track;

use crate::desk::until;

/// The microphone `headset` hears what is played to the sink `micsink`; `speakers` is the loudspeaker. Both are the
/// system's choice.
pub struct SoundServer {
    server: Child,
    players: Vec<Child>,
    runtime: tempfile::TempDir,
    /// What `pactl unload-module` takes.
    pub headset: String,
}

/// The microphone as a module.
pub const HEADSET: [&str; 4] =
    ["load-module", "module-remap-source", "master=micsink.monitor", "source_name=headset"];

impl SoundServer {
    pub fn start() -> SoundServer {
        SoundServer::run(
            Command::new("pulseaudio")
                .args(["-n", "--exit-idle-time=-1", "--daemonize=no", "--use-pid-file=no"])
                .args(["-L", "module-native-protocol-unix"]),
        )
    }

    /// PipeWire wants its three programs and a bus of their own.
    pub fn pipewire() -> SoundServer {
        let programs = "pipewire & until [ -S $XDG_RUNTIME_DIR/pipewire-0 ]; do sleep 0.05; done; wireplumber & \
                        pipewire-pulse & wait";
        SoundServer::run(Command::new("dbus-run-session").args(["--", "sh", "-c", programs]))
    }

    fn run(program: &mut Command) -> SoundServer {
        let runtime = tempfile::tempdir().unwrap();
        let server = program
            .env("XDG_RUNTIME_DIR", runtime.path())
            .env("HOME", runtime.path())
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("DISPLAY")
            // On one bus only one sound server may live; tests beside this one start theirs.
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            // All of them end together.
            .process_group(0)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("pulseaudio, pipewire, wireplumber, pipewire-pulse and dbus are installed");
        let mut server = SoundServer { server, players: Vec::new(), runtime, headset: String::new() };
        until("the sound server answers", || server.pactl(&["info"]).is_some());
        let sink = |name: &str| server.pactl(&["load-module", "module-null-sink", name]).expect("a sink");
        sink("sink_name=speakers");
        sink("sink_name=micsink");
        server.headset = server.pactl(&HEADSET).expect("a microphone");
        // PipeWire knows no choices before its third program is there.
        until("the loudspeaker is chosen", || {
            server.chosen() == ["speakers", "headset"].map(str::to_owned) || {
                server.pactl(&["set-default-sink", "speakers"]);
                server.pactl(&["set-default-source", "headset"]);
                false
            }
        });
        // A sink that nobody plays to sleeps two seconds at a time.
        for sink in ["speakers", "micsink"] {
            let player = server.play(sink, "/dev/zero", 20);
            server.players.push(player);
        }
        server
    }

    /// The system's loudspeaker and microphone, as chosen by whoever sits there.
    pub fn chosen(&self) -> [String; 2] {
        let one = |what: &str| self.pactl(&[what]).unwrap_or_default();
        [one("get-default-sink"), one("get-default-source")]
    }

    pub fn on(&self, command: &mut Command) {
        command.env("XDG_RUNTIME_DIR", self.runtime.path()).env("HOME", self.runtime.path());
        command.env_remove("XDG_CONFIG_HOME").env_remove("PULSE_COOKIE");
    }

    /// Where programs that use the sound server leave their cookie.
    pub fn cookie(&self) -> std::path::PathBuf {
        self.runtime.path().join(".config/pulse/cookie")
    }

    /// What it printed; `None` when it failed.
    pub fn pactl(&self, arguments: &[&str]) -> Option<String> {
        let mut pactl = Command::new("pactl");
        self.on(&mut pactl);
        let output = pactl.args(arguments).output().expect("pactl is installed (package pulseaudio-utils)");
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Plays raw samples with so many milliseconds of reserve: more where no hole may come from a busy machine.
    pub fn play(&self, sink: &str, raw: &str, reserve: u32) -> Child {
        let mut pacat = Command::new("pacat");
        self.on(&mut pacat);
        pacat
            .args(["--playback", "-d", sink, "--format=float32le", "--rate=48000", "--channels=1", raw])
            .arg(format!("--latency-msec={reserve}"))
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Plays it until the server ends.
    pub fn keep_playing(&mut self, sink: &str, raw: &Path) {
        let player = self.play(sink, raw.to_str().unwrap(), 400);
        self.players.push(player);
    }

    /// It dies as a program does that nobody asked.
    pub fn kill(&mut self) {
        let group = format!("-{}", self.server.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.server.wait();
    }
}

impl Drop for SoundServer {
    fn drop(&mut self) {
        for player in &mut self.players {
            let _ = player.kill();
            let _ = player.wait();
        }
        self.kill();
    }
}

/// A tone as raw samples.
pub fn tone(path: &Path, hertz: f32, seconds: usize) {
    let sample = |n: usize| (n as f32 * hertz * std::f32::consts::TAU / 48_000.0).sin() * 0.5;
    let bytes: Vec<u8> = (0..48_000 * seconds).flat_map(|n| sample(n).to_le_bytes()).collect();
    std::fs::File::create(path).unwrap().write_all(&bytes).unwrap();
}

/// Everything that is heard in a clip, without what the encoder put before it.
pub fn heard(path: &Path) -> Vec<f32> {
    let reader = deskside_clip::Reader::open(std::fs::File::open(path).unwrap()).unwrap();
    let format = reader.tracks().audio.clone().expect("there is a sound track");
    let mut decoder = OpusDecoder::new(format.channels).unwrap();
    let packets = reader.map(|frame| frame.unwrap()).filter(|frame| frame.track == Track::Audio);
    let samples: Vec<f32> = packets.flat_map(|packet| decoder.decode(&packet.bytes).unwrap()).collect();
    samples[usize::from(format.pre_skip)..].to_vec()
}
