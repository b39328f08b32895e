//! What recording costs, beside ffmpeg with the same screen in the same run: `cargo xtask bench record`.
//!
//! A desk of 1920x1080 with an xterm in which somebody types and text scrolls is recorded at 30 pictures per second,
//! first by Deskside, then by ffmpeg with the command that the design names, in turns. CPU is user and system time of
//! the recording process alone, as the kernel tells when it ends. One JSON line per run, and one with the ratio.
//! The recorder measured is this program itself, started anew with the arguments of `deskside record`.
//! `DESKSIDE_BENCH_SECONDS` and `DESKSIDE_BENCH_ROUNDS` say how long and how often; needs Xvfb, xterm and ffmpeg.

use std::io::{BufRead, BufReader, Error, Result};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Types a line character by character, then lets text scroll, again and again.
const ACTIVITY: &str = r#"
words='the order was sent twice and the customer asks which parcel will arrive first '
while :; do
  i=0
  while [ $i -lt 40 ]; do
    printf '%s' "$(printf '%s' "$words" | cut -c$((i % 78 + 1)))"
    sleep 0.08
    i=$((i + 1))
  done
  printf '\n'
  i=0
  while [ $i -lt 60 ]; do
    printf '%05d  request answered, parcel %d, desk billing, waiting for the carrier to call back\n' $i $((i * 7919))
    sleep 0.03
    i=$((i + 1))
  done
done
"#;

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

/// Runs a command to its end: CPU seconds, wall seconds, what it printed.
fn measure(command: &mut Command) -> Result<(f64, f64, String, String)> {
    let (before, began) = (cpu_of_children(), Instant::now());
    let output = command.stdin(Stdio::null()).output()?;
    let (cpu, wall) = (cpu_of_children() - before, began.elapsed().as_secs_f64());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if !output.status.success() {
        return Err(Error::other(text(&output.stderr)));
    }
    Ok((cpu, wall, text(&output.stdout), text(&output.stderr)))
}

fn deskside(display: &str, headless: &Path, seconds: u64, folder: &Path) -> Result<Value> {
    let out = folder.join("deskside.webm");
    let _ = std::fs::remove_file(&out);
    let mut command = Command::new(headless);
    command.env("DISPLAY", display).args(["record", "--json", "--fps", "30", "--seconds"]);
    let (cpu, wall, printed, _) = measure(command.arg(seconds.to_string()).arg("--out").arg(&out))?;
    let last: Value = serde_json::from_str(printed.lines().last().unwrap_or_default())?;
    let length = last["duration_ms"].as_f64().unwrap_or_default() / 1_000.0;
    Ok(json!({
        "recorder": "deskside", "cpu_s": cpu, "wall_s": wall, "clip_s": length, "cpu_per_s": cpu / length,
        "pictures": last["pictures"], "lost": last["lost"], "bytes": last["bytes"],
        "kbit_per_s": last["bytes"].as_f64().unwrap_or_default() * 0.008 / length, "notes": last["notes"],
    }))
}

fn ffmpeg(display: &str, seconds: u64, folder: &Path) -> Result<Value> {
    let out = folder.join("ffmpeg.webm");
    let mut command = Command::new("ffmpeg");
    command.args([
        "-y",
        "-v",
        "info",
        "-f",
        "x11grab",
        "-framerate",
        "30",
        "-video_size",
        "1920x1080",
        "-i",
        display,
    ]);
    command.args(["-t", &seconds.to_string()]);
    command.args(["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-row-mt", "1"]);
    command.args(["-tile-columns", "1", "-tune-content", "screen", "-aq-mode", "3", "-lag-in-frames", "0"]);
    let (cpu, wall, _, log) = measure(command.args(["-b:v", "2500k"]).arg(&out))?;
    let number = |name: &str| -> Option<u64> {
        let at = log.rfind(name)? + name.len();
        let digits: String = log[at..].trim_start().chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    let pictures = number("frame=").unwrap_or_default();
    let bytes = std::fs::metadata(&out)?.len();
    Ok(json!({
        "recorder": "ffmpeg", "cpu_s": cpu, "wall_s": wall, "clip_s": seconds, "cpu_per_s": cpu / seconds as f64,
        "pictures": pictures, "dropped_said": number("drop=").unwrap_or_default(),
        "missing": (seconds * 30).saturating_sub(pictures), "bytes": bytes,
        "kbit_per_s": bytes as f64 * 0.008 / seconds as f64,
    }))
}

fn main() -> Result<ExitCode> {
    if std::env::args().nth(1).is_some_and(|word| word == "record" || word == "windows") {
        return Ok(deskside_app::cli::run(std::env::args_os()));
    }
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seconds = number("DESKSIDE_BENCH_SECONDS").unwrap_or(20);
    let rounds = number("DESKSIDE_BENCH_ROUNDS").unwrap_or(3);
    let headless: PathBuf = std::env::current_exe()?;
    let folder = tempfile::tempdir()?;

    let mut server = Command::new("Xvfb")
        .args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0", "1920x1080x24"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut line = String::new();
    if let Some(stdout) = server.stdout.take() {
        BufReader::new(stdout).read_line(&mut line)?;
    }
    let _server = Running(server);
    let display = format!(":{}", line.trim());
    let typing = Command::new("xterm")
        .env("DISPLAY", &display)
        .args(["-geometry", "150x50+100+100", "-fn", "9x15", "-e", "sh", "-c", ACTIVITY])
        .stderr(Stdio::null())
        .spawn()?;
    let _typing = Running(typing);
    // xterm is there when it has a window.
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let listed = Command::new(&headless).env("DISPLAY", &display).args(["windows", "--json"]).output()?;
        if String::from_utf8_lossy(&listed.stdout).contains("XTerm") {
            break;
        }
        if Instant::now() > deadline {
            return Err(Error::other("xterm did not come up"));
        }
    }

    let (mut ours, mut theirs, mut lost) = (0.0, 0.0, 0);
    for _ in 0..rounds {
        let our = deskside(&display, &headless, seconds, folder.path())?;
        println!("{our}");
        let their = ffmpeg(&display, seconds, folder.path())?;
        println!("{their}");
        ours += our["cpu_per_s"].as_f64().unwrap_or_default();
        theirs += their["cpu_per_s"].as_f64().unwrap_or_default();
        lost += our["lost"].as_u64().unwrap_or_default();
    }
    let rounds_f = rounds as f64;
    println!(
        "{}",
        json!({
            "bench": "record", "seconds": seconds, "rounds": rounds, "deskside_cpu_per_s": ours / rounds_f,
            "ffmpeg_cpu_per_s": theirs / rounds_f, "ratio": ours / theirs, "lost": lost,
        })
    );
    Ok(ExitCode::SUCCESS)
}
