//! Whether sound and pictures are together: `cargo xtask bench av`.
//!
//! The self-test of `deskside selftest` on a desk of 1920x1080 of its own, in a process of its own, once on PulseAudio and
//! once on PipeWire: it records flashes and beeps that it makes itself, with the recorder as it is shipped, and reads from
//! the clip when they are seen and heard. The offset is the middle of all beeps, the drift the slope through them. Then
//! pieces are cut out of that clip as the server does it, and every flash and beep that is left is compared with itself
//! before. `DESKSIDE_BENCH_SECONDS` says how long each records (120; of fewer the drift says little). Needs Xvfb,
//! PulseAudio, PipeWire with WirePlumber, and a D-Bus.

#![allow(clippy::unwrap_used, reason = "a measuring program ends where it can not go on")]
#![allow(dead_code, reason = "the desk and the sound server of the tests do more than is measured here")]

#[path = "../../capture/tests/support/desk.rs"]
mod desk;
#[path = "../tests/record/sound_server.rs"]
mod sound_server;

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use deskside_app::selftest::{Seen, read};
use deskside_clip::{Cutter, Scan, Stretch, finish};
use deskside_frame::Time;
use serde_json::{Value, json};

use desk::Desk;
use sound_server::SoundServer;

/// What is kept, as shares of the clip: both ends are shorter, and two pieces are gone from the middle.
const KEPT: [(f64, f64); 3] = [(0.02, 0.3), (0.45, 0.7), (0.8, 0.97)];

fn main() -> ExitCode {
    if std::env::args().nth(1).is_some_and(|word| word == "selftest") {
        return deskside_app::cli::run(std::env::args_os());
    }
    let seconds =
        std::env::var("DESKSIDE_BENCH_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(120u64);
    let desk = Desk::start(1_920, 1_080);
    let folder = tempfile::tempdir().unwrap();
    for (name, start) in
        [("PulseAudio", SoundServer::start as fn() -> SoundServer), ("PipeWire", SoundServer::pipewire)]
    {
        let server = start();
        let clip = folder.path().join(format!("{name}.webm"));
        let report = selftest(&desk, &server, seconds, &clip);
        drop(server);
        println!("{report}");
        let number = |key: &str| report[key].as_f64().map(f64::abs);
        tell(&format!("sound to pictures, {name}"), number("av_offset_ms"), "ms", 40.0);
        tell(&format!("the beep farthest off, {name}"), number("av_worst_ms"), "ms", 40.0);
        tell(&format!("drift, {name}"), number("av_drift_ms_per_min"), "ms/min", 5.0);
        let moved = after_cutting(&clip, &report, folder.path());
        let worst = number("av_worst_ms").zip(moved).map(|(before, moved)| before + moved);
        tell(&format!("the beep farthest off after two cuts, {name}"), worst, "ms", 40.0);
        println!("{}", json!({ "moved by cutting, at most": moved, "unit": "ms", "server": name }));
    }
    ExitCode::SUCCESS
}

/// A figure that could not be had does not hold.
fn tell(name: &str, figure: Option<f64>, unit: &str, bar: f64) {
    let holds = figure.is_some_and(|figure| figure <= bar);
    let figure = figure.map_or(-1.0, |figure| (figure * 10.0).round() / 10.0);
    println!("{}", json!({ "name": name, "figure": figure, "unit": unit, "bar": bar, "holds": holds }));
}

fn selftest(desk: &Desk, server: &SoundServer, seconds: u64, clip: &Path) -> Value {
    let mut command = Command::new(std::env::current_exe().unwrap());
    server.on(&mut command);
    command.env("DISPLAY", &desk.display).env_remove("WAYLAND_DISPLAY").env_remove("PULSE_SERVER");
    command.args(["selftest", "--json", "--seconds", &seconds.to_string(), "--keep"]).arg(clip);
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "the self-test ended with {}", output.status);
    serde_json::from_slice(&output.stdout).unwrap()
}

/// By how many milliseconds the farthest beep lies otherwise to its flash than before.
fn after_cutting(clip: &Path, report: &Value, folder: &Path) -> Option<f64> {
    let at = report["flashes_at"].as_array()?;
    let at = (u32::try_from(at[0].as_u64()?).ok()?, u32::try_from(at[1].as_u64()?).ok()?);
    let bytes = std::fs::read(clip).unwrap();
    let before = finish(&bytes).unwrap();
    let length = before.duration.as_secs_f64();
    let time = |share: f64| Time::from(Duration::from_millis((length * share * 1e3) as u64));
    let keep = KEPT.map(|(from, to)| Stretch { from: time(from), to: time(to) });
    let mut cutter = Cutter::open(&bytes[..before.cut as usize], &keep, time(1.0)).unwrap();
    let mut new = cutter.prefix().to_vec();
    let mut scan = Scan::new();
    while let Some(cluster) = cutter.next() {
        new.extend_from_slice(&cluster.unwrap().bytes);
    }
    scan.push(&new);
    let after = scan.finish().unwrap();
    let kept = cutter.kept();
    let path = folder.join("cut.webm");
    std::fs::write(&path, [&after.prefix[..], &new[after.body as usize..]].concat()).unwrap();

    let (was, is) = (read(clip, at).unwrap(), read(&path, at).unwrap());
    let moved = is.flashes.iter().filter_map(|flash| {
        let old = where_it_was(*flash, &kept)?;
        let old =
            *was.flashes.iter().min_by(|one, other| (*one - old).abs().total_cmp(&(*other - old).abs()))?;
        Some(((beep_of(&is, *flash)? - beep_of(&was, old)?) * 1e3).abs())
    });
    moved.max_by(f64::total_cmp)
}

/// Where a moment of the new clip, in seconds, lay in the old one.
fn where_it_was(at: f64, kept: &[Stretch]) -> Option<f64> {
    let mut before = 0.0;
    for stretch in kept {
        let length = stretch.to.since(stretch.from).as_secs_f64();
        if at < before + length {
            return Some(stretch.from.as_duration().as_secs_f64() + at - before);
        }
        before += length;
    }
    None
}

/// How much later than a flash its beep is, in seconds; `None`: it has none.
fn beep_of(seen: &Seen, flash: f64) -> Option<f64> {
    let off = seen.beeps.iter().map(|beep| beep - flash);
    off.min_by(|one, other| one.abs().total_cmp(&other.abs())).filter(|off| off.abs() < 0.4)
}
