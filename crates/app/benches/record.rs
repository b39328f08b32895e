//! What recording costs, beside ffmpeg with the same screen in the same run: `cargo xtask bench record`.
//!
//! A desk of 1920x1080 plays a script (`support/stage.rs`) while it is recorded at 30 pictures per second, by Deskside,
//! by ffmpeg with the VP9 command that the design names, and by ffmpeg with x264 at its fastest, in turns. CPU is user
//! and system time of the recording process alone, as the kernel tells when it ends. What was lost is not asked of the
//! recorders: it is read from the clips. Every state of the screen has a number, and one that lasted longer than a
//! thirtieth of a second and is in no picture of the clip was lost. One JSON line per run, then the medians per script,
//! the typical mix, and a run with a program beside it that keeps one core busy.
//! The recorder measured is this program itself, started anew with the arguments of `deskside record`.
//! `DESKSIDE_BENCH_SECONDS`, `DESKSIDE_BENCH_ROUNDS` and `DESKSIDE_BENCH_SCRIPTS` (`typing,idle`) say how long, how often
//! and what; needs Xvfb and ffmpeg. Sizes say something from a minute on, because a clip begins with a keyframe and needs
//! few more: `DESKSIDE_BENCH_ALONE=60` records each script once for so many seconds by Deskside alone, and nothing else;
//! from three minutes on it says what the recorder holds in memory after one, and at most.

#[path = "support/stage.rs"]
mod stage;

use std::collections::BTreeMap;
use std::io::{Error, Result};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stage::{Script, Server, Stage};

const RECORDERS: [Recorder; 3] = [Recorder::Deskside, Recorder::Vp9, Recorder::X264];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Recorder {
    Deskside,
    Vp9,
    X264,
}

impl Recorder {
    fn name(self) -> &'static str {
        match self {
            Recorder::Deskside => "deskside",
            Recorder::Vp9 => "ffmpeg-vp9",
            Recorder::X264 => "ffmpeg-x264",
        }
    }

    fn command(self, display: &str, seconds: u64, out: &Path) -> Result<Command> {
        let seconds = seconds.to_string();
        if self == Recorder::Deskside {
            let mut command = Command::new(std::env::current_exe()?);
            command.env("DISPLAY", display).args(["record", "--json", "--fps", "30", "--seconds", &seconds]);
            command.arg("--out").arg(out);
            return Ok(command);
        }
        let mut command = Command::new("ffmpeg");
        command.args(["-y", "-v", "info", "-f", "x11grab", "-framerate", "30", "-video_size", "1920x1080"]);
        command.args(["-i", display, "-t", &seconds, "-c:v"]);
        if self == Recorder::Vp9 {
            command.args(["libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-row-mt", "1"]);
            command.args(["-tile-columns", "1", "-tune-content", "screen", "-aq-mode", "3"]);
            command.args(["-lag-in-frames", "0", "-b:v", "2500k"]);
        } else {
            command.args(["libx264", "-preset", "ultrafast", "-tune", "zerolatency"]);
        }
        command.arg(out);
        Ok(command)
    }
}

/// Ends a helper process with the bench.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// User and system seconds of all children that have ended so far.
fn cpu_of_children() -> f64 {
    // In clock ticks: fields 16 and 17 of the process's own status (proc(5)), counted after the name in brackets.
    let status = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = status.rsplit(')').next().unwrap_or_default().split_ascii_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
    (ticks(13) + ticks(14)) / 100.0
}

/// What a process holds in memory, in megabytes, at once and then every minute until the end.
fn memory(process: u32, end: &AtomicBool) -> Vec<f64> {
    let mut seen = Vec::new();
    for second in 0u64.. {
        if end.load(Ordering::Acquire) {
            break;
        }
        if second.is_multiple_of(60) {
            let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
            let held = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
            let kilobytes = held.and_then(|held| held.trim().trim_end_matches(" kB").parse::<f64>().ok());
            seen.extend(kilobytes.map(|kilobytes| kilobytes * 1_024e-6));
        }
        std::thread::sleep(Duration::from_secs(1));
    }
    seen
}

/// Records one script once.
fn run(
    stage: &mut Stage,
    recorder: Recorder,
    display: &str,
    script: Script,
    seconds: u64,
    folder: &Path,
) -> Result<Value> {
    let out = folder.join(if recorder == Recorder::X264 { "clip.mkv" } else { "clip.webm" });
    let _ = std::fs::remove_file(&out);
    let mut command = recorder.command(display, seconds, &out)?;
    let end = AtomicBool::new(false);
    let before = cpu_of_children();
    let began = Instant::now();
    let (output, played) = std::thread::scope(|scope| {
        let playing = scope.spawn(|| stage.play(script, &end));
        let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = piped.spawn().and_then(|child| {
            let id = child.id();
            let watching = scope.spawn({
                let end = &end;
                move || memory(id, end)
            });
            let output = child.wait_with_output();
            end.store(true, Ordering::Release);
            Ok((output?, watching.join().unwrap_or_default()))
        });
        end.store(true, Ordering::Release);
        (output, playing.join())
    });
    let (cpu, wall) = (cpu_of_children() - before, began.elapsed().as_secs_f64());
    let (output, memory) = output?;
    played.map_err(|_| Error::other("the stage broke down"))??;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if !output.status.success() {
        return Err(Error::other(text(&output.stderr)));
    }
    let (states, unrecorded) = stage.compare(&out)?;
    let bytes = std::fs::metadata(&out)?.len() as f64;
    let mut line = json!({
        "recorder": recorder.name(), "script": script.name(), "cpu_s": cpu, "wall_s": wall,
        "cpu_per_s": cpu / seconds as f64, "states": states, "unrecorded": unrecorded,
        "kbit_per_s": bytes * 0.008 / seconds as f64, "mb_per_min": bytes * 60e-6 / seconds as f64,
    });
    if recorder == Recorder::Deskside {
        let said: Value = serde_json::from_str(text(&output.stdout).lines().last().unwrap_or_default())?;
        for key in ["pictures", "lost", "notes"] {
            line[key] = said[key].clone();
        }
        if let [_, settled, .., _] = memory[..] {
            let most = memory.iter().copied().fold(0.0, f64::max);
            line["memory_mb"] = json!({ "after_a_minute": settled, "most": most, "growth": most - settled });
        }
    }
    Ok(line)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Runs of one recorder and script.
#[derive(Default)]
struct Runs {
    cpu: Vec<f64>,
    size: Vec<f64>,
    states: u64,
    unrecorded: u64,
}

impl Runs {
    fn add(&mut self, line: &Value) {
        self.cpu.push(line["cpu_per_s"].as_f64().unwrap_or_default());
        self.size.push(line["mb_per_min"].as_f64().unwrap_or_default());
        self.states += line["states"].as_u64().unwrap_or_default();
        self.unrecorded += line["unrecorded"].as_u64().unwrap_or_default();
    }

    fn cpu(&self) -> f64 {
        median(self.cpu.clone())
    }
}

fn main() -> Result<ExitCode> {
    if std::env::args().nth(1).is_some_and(|word| word == "record") {
        return Ok(deskside_app::cli::run(std::env::args_os()));
    }
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seconds = number("DESKSIDE_BENCH_SECONDS").unwrap_or(12);
    let rounds = number("DESKSIDE_BENCH_ROUNDS").unwrap_or(3);
    let asked = std::env::var("DESKSIDE_BENCH_SCRIPTS").ok();
    let wanted =
        |script: &Script| asked.as_ref().is_none_or(|asked| asked.split(',').any(|one| one == script.name()));
    let scripts: Vec<Script> = Script::ALL.into_iter().filter(wanted).collect();
    let folder = tempfile::tempdir()?;
    let server = Server::start()?;
    let mut stage = Stage::set(&server.display, folder.path())?;

    if let Some(seconds) = number("DESKSIDE_BENCH_ALONE") {
        for script in &scripts {
            let recorder = Recorder::Deskside;
            println!("{}", run(&mut stage, recorder, &server.display, *script, seconds, folder.path())?);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut runs: BTreeMap<(Script, Recorder), Runs> = BTreeMap::new();
    for round in 0..rounds {
        for script in &scripts {
            for recorder in RECORDERS {
                let mut line = run(&mut stage, recorder, &server.display, *script, seconds, folder.path())?;
                line["round"] = round.into();
                println!("{line}");
                runs.entry((*script, recorder)).or_default().add(&line);
            }
        }
    }
    let ratio = |cpu: [f64; 3]| json!({ "to_vp9": cpu[0] / cpu[1], "to_x264": cpu[0] / cpu[2] });
    let mut mix = [0.0; 3];
    for script in &scripts {
        let of = |recorder| &runs[&(*script, recorder)];
        let cpu = RECORDERS.map(|recorder| of(recorder).cpu());
        if script.is_typical() {
            for (sum, cpu) in mix.iter_mut().zip(cpu) {
                *sum += cpu;
            }
        }
        let of_each = |value: &dyn Fn(&Runs) -> Value| -> Value {
            RECORDERS.iter().map(|recorder| (recorder.name().to_owned(), value(of(*recorder)))).collect()
        };
        println!(
            "{}",
            json!({
                "bench": "record", "script": script.name(), "seconds": seconds, "rounds": rounds,
                "cpu_per_s": of_each(&|runs| runs.cpu().into()), "ratio": ratio(cpu),
                "mb_per_min": of_each(&|runs| median(runs.size.clone()).into()),
                "unrecorded": of_each(&|runs| format!("{} of {}", runs.unrecorded, runs.states).into()),
            })
        );
    }
    if mix[1] > 0.0 {
        println!("{}", json!({ "bench": "record", "script": "typical mix", "ratio": ratio(mix) }));
    }

    let busy = Command::new("sh").args(["-c", "while :; do :; done"]).spawn().map(Running)?;
    for script in [Script::Typing, Script::Scrolling].iter().filter(|script| scripts.contains(script)) {
        for recorder in RECORDERS {
            let mut line = run(&mut stage, recorder, &server.display, *script, seconds, folder.path())?;
            line["bench"] = "record with one core busy".into();
            println!("{line}");
        }
    }
    drop(busy);
    Ok(ExitCode::SUCCESS)
}
