//! `demo-media`: the clips and pictures of the demo organisation, recorded from staged pages by the real recorder.
//!
//! They are made and not kept in the repository, so that what the demo shows is what today's recorder writes. Each
//! scene is a page of an invented ticket tool in `xtask/demo`, on a display of its own; the pointer and the keyboard
//! follow a fixed script, so each take shows the same. There is no sound: nobody speaks here.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::Value;

use crate::children::{self, Running};
use crate::display::Display;
use crate::{shell, workspace};

const WIDTH: u32 = 1280;
const HEIGHT: u32 = 720;
/// How long a page may take to be there, on a busy machine.
const PAGE: Duration = Duration::from_secs(60);
/// How much longer than its length a recording may take.
const SLACK: Duration = Duration::from_secs(30);
/// What this needs beside the recorder; `cargo xtask setup` installs it.
const PROGRAMS: [&str; 8] =
    ["Xvfb", "openbox", "dbus-daemon", "chromium", "xdotool", "import", "ffmpeg", "ffprobe"];

#[derive(Args)]
pub struct Options {
    /// Where the files go; by default inside the build folder.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Make them again where they are there.
    #[arg(long)]
    fresh: bool,
}

/// Whether all files are there.
pub enum Made {
    All,
    Interrupted,
}

/// Something a hand does.
enum Step {
    /// Moves the pointer there, at the speed of a hand.
    To(u32, u32),
    Click,
    Type(&'static str),
    /// Nothing, for some tenths of a second.
    Rest(u32),
}

use Step::{Click, Rest, To, Type};

struct Scene {
    /// The page, and what the demo calls the files.
    name: &'static str,
    seconds: u32,
    steps: &'static [Step],
}

const SCENES: [Scene; 3] = [
    Scene {
        name: "refund",
        seconds: 12,
        steps: &[
            Rest(8),
            To(500, 242),
            Click,
            Type("14.60"),
            Rest(5),
            To(480, 558),
            Click,
            Rest(24),
            To(480, 336),
            Rest(8),
            To(740, 558),
            Rest(6),
            Click,
            Rest(4),
            Click,
        ],
    },
    Scene {
        name: "esim",
        seconds: 11,
        steps: &[
            Rest(8),
            To(500, 486),
            Click,
            Rest(20),
            To(800, 250),
            Rest(8),
            To(760, 486),
            Click,
            Rest(24),
            To(640, 560),
        ],
    },
    Scene {
        name: "porting",
        seconds: 13,
        steps: &[
            Rest(8),
            To(900, 330),
            Rest(6),
            To(470, 626),
            Click,
            Rest(10),
            To(980, 470),
            Rest(26),
            To(720, 626),
            Click,
            Rest(8),
            To(980, 390),
        ],
    },
];

/// The task. It builds the recorder that has no windows, which takes the least to compile.
pub fn demo_media(options: &Options) -> Result<()> {
    let interrupts = children::interrupts()?;
    let folder = options.out.clone().unwrap_or_else(folder);
    if options.fresh {
        for file in SCENES.iter().flat_map(|scene| scene.files(&folder)).filter(|file| file.exists()) {
            fs::remove_file(&file).with_context(|| format!("removing {}", file.display()))?;
        }
    }
    shell::run(workspace::cargo().args(["build", "--package", "deskside-app", "--example", "headless"]))?;
    match make(&folder, &workspace::target().join("debug/examples/headless"), &interrupts)? {
        Made::All => Ok(()),
        Made::Interrupted => bail!("interrupted; the scenes that are done are kept"),
    }
}

/// Where the files are unless somebody says otherwise.
pub fn folder() -> PathBuf {
    workspace::target().join("demo-media")
}

/// Makes what is not there yet. `recorder` is a program that knows `record`.
pub fn make(folder: &Path, recorder: &Path, interrupts: &Receiver<()>) -> Result<Made> {
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let missing: Vec<&Scene> =
        SCENES.iter().filter(|scene| scene.files(folder).iter().any(|file| !file.exists())).collect();
    if !missing.is_empty() {
        if let Some(program) = PROGRAMS.iter().find(|program| shell::find(program).is_none()) {
            bail!("recording the demo's clips needs {program}: run `cargo xtask setup`");
        }
        let display = Display::sized(WIDTH, HEIGHT)?;
        for scene in missing {
            println!("Recording the scene {} ({} s) ...", scene.name, scene.seconds);
            let made = scene.make(folder, recorder, &display, interrupts);
            if let Made::Interrupted = made.with_context(|| format!("the scene {}", scene.name))? {
                return Ok(Made::Interrupted);
            }
        }
    }
    for scene in &SCENES {
        let [picture, clip, _] = scene.files(folder);
        let seconds = scene.check(&clip)?;
        println!("{}  {seconds:.1} s  {} bytes", clip.display(), fs::metadata(&clip)?.len());
        println!("{}  {} bytes", picture.display(), fs::metadata(&picture)?.len());
    }
    Ok(Made::All)
}

impl Scene {
    /// Its picture, its clip and the clip's poster.
    fn files(&self, folder: &Path) -> [PathBuf; 3] {
        ["png", "webm", "poster.jpg"].map(|kind| folder.join(format!("{}.{kind}", self.name)))
    }

    fn make(
        &self,
        folder: &Path,
        recorder: &Path,
        display: &Display,
        interrupts: &Receiver<()>,
    ) -> Result<Made> {
        // Half a recording must not look like a whole one to the next run.
        let unfinished = folder.join("unfinished");
        let _ = fs::remove_dir_all(&unfinished);
        fs::create_dir_all(&unfinished)?;
        let [picture, clip, poster] = self.files(&unfinished);

        shell::output(display.show(Command::new("xdotool").args(["mousemove", "640", "640"])))?;
        let browser = self.browser(&unfinished, display)?;
        let title = format!("^Ticketmill {}", self.name);
        let mut search = Command::new("xdotool");
        display.show(search.args(["search", "--onlyvisible", "--name", &title]));
        let interrupted = || interrupts.try_recv().is_ok();
        let mut stop = false;
        let is_there = children::wait_until(PAGE, || {
            stop = interrupted();
            Ok(stop || shell::succeeds(&mut search))
        })?;
        if stop {
            drop(browser);
            let _ = fs::remove_dir_all(&unfinished);
            return Ok(Made::Interrupted);
        }
        ensure!(is_there, "the page was not there after {} s", PAGE.as_secs());

        let mut recording = Running::start(
            display.show(
                Command::new(recorder)
                    .args(["record", "--json", "--mic", "none", "--display", "1"])
                    .arg("--seconds")
                    .arg(self.seconds.to_string())
                    .arg("--out")
                    .arg(&clip)
                    .stdin(Stdio::null())
                    .stdout(Stdio::piped()),
            ),
        )?;
        let pipe = recording.child().stdout.take().context("the recorder's output is not piped")?;
        let mut events = BufReader::new(pipe).lines();
        let began = events.by_ref().map_while(Result::ok).any(|line| event(&line) == "started");
        ensure!(began, "the recorder did not begin");
        // Read to the end, or the recorder would wait for room in the pipe.
        let reader = std::thread::spawn(move || events.map_while(Result::ok).last().unwrap_or_default());

        let mut hand = Running::start(display.show(Command::new("xdotool").args(self.hand())))?;
        let mut status = None;
        let limit = Duration::from_secs(self.seconds.into()) + SLACK;
        children::wait_until(limit, || {
            status = recording.ended()?;
            stop = interrupted();
            Ok(stop || status.is_some())
        })?;
        if stop {
            drop((hand, recording, browser));
            let _ = fs::remove_dir_all(&unfinished);
            return Ok(Made::Interrupted);
        }
        let status = status.context("the recorder did not end in time")?;
        let last = reader.join().unwrap_or_default();
        ensure!(status.success() && event(&last) == "finished", "the recorder ended with {status}: {last}");
        let acted = hand.ended()?.context("the script was longer than the recording")?;
        ensure!(acted.success(), "xdotool ended with {acted}");

        shell::output(
            display.show(Command::new("import").args(["-window", "root", "-strip"]).arg(&picture)),
        )?;
        self.check(&clip)?;
        // Where nothing has moved yet a poster says little: the picture in the middle, of the size the server keeps.
        let middle = (self.seconds / 2).to_string();
        shell::output(
            Command::new("ffmpeg")
                .args(["-v", "error", "-y", "-ss", &middle, "-i"])
                .arg(&clip)
                .args(["-frames:v", "1", "-vf", "scale=640:-2", "-q:v", "4"])
                .arg(&poster),
        )?;
        for (from, to) in [picture, clip, poster].iter().zip(self.files(folder)) {
            fs::rename(from, to)?;
        }
        // It writes into its profile as long as it runs.
        drop(browser);
        fs::remove_dir_all(&unfinished).with_context(|| format!("removing {}", unfinished.display()))?;
        Ok(Made::All)
    }

    fn browser(&self, folder: &Path, display: &Display) -> Result<Running> {
        let page = workspace::root().join(format!("xtask/demo/{}.html", self.name));
        let mut profile = std::ffi::OsString::from("--user-data-dir=");
        profile.push(folder.join("browser"));
        Running::start(
            display.show(
                Command::new("chromium")
                    // Our own pages and nothing else: without a sandbox it starts in a container, too.
                    .args(["--kiosk", "--no-sandbox", "--test-type", "--disable-gpu", "--no-first-run"])
                    .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
                    .args(["--force-device-scale-factor=1", "--password-store=basic"])
                    .arg(profile)
                    .arg(format!("file://{}", page.display()))
                    .stdin(Stdio::null())
                    .stdout(Stdio::null())
                    .stderr(Stdio::null()),
            ),
        )
    }

    /// The whole script as the words of one xdotool call: a chain keeps its time better than many programs.
    fn hand(&self) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        let (mut x, mut y) = (640, 640);
        let mut say = |text: &str| words.extend(text.split(' ').map(str::to_owned));
        for step in self.steps {
            match *step {
                To(to_x, to_y) => {
                    for part in 1..=MOVE {
                        say(&format!("mousemove {} {}", between(x, to_x, part), between(y, to_y, part)));
                        say("sleep 0.03");
                    }
                    (x, y) = (to_x, to_y);
                }
                Click => say("click 1 sleep 0.2"),
                Type(text) => say(&format!("type --delay 120 --args 1 {text}")),
                Rest(tenths) => say(&format!("sleep {}.{}", tenths / 10, tenths % 10)),
            }
        }
        words
    }

    /// The clip's length in seconds; an error if it is not a whole clip of this scene.
    fn check(&self, clip: &Path) -> Result<f64> {
        let text = shell::output(
            Command::new("ffprobe")
                .args(["-v", "error", "-select_streams", "v:0", "-of", "json", "-show_entries"])
                .arg("stream=codec_name,width,height:format=duration")
                .arg(clip),
        )?;
        self.judge(&text).with_context(|| format!("{} is not a clip of this scene", clip.display()))
    }

    fn judge(&self, probe: &str) -> Result<f64> {
        let found: Value = serde_json::from_str(probe)?;
        let video = &found["streams"][0];
        ensure!(
            video["codec_name"] == "vp9" && video["width"] == WIDTH && video["height"] == HEIGHT,
            "ffprobe reads {video}"
        );
        let seconds: f64 = found["format"]["duration"].as_str().context("it has no length")?.parse()?;
        ensure!((seconds - f64::from(self.seconds)).abs() < 1.5, "it is {seconds} s long");
        Ok(seconds)
    }
}

/// Parts of a movement; each takes 30 ms.
const MOVE: u32 = 20;

/// A point on the way: slow at both ends, as a hand is.
fn between(from: u32, to: u32, part: u32) -> i64 {
    let way = f64::from(part) / f64::from(MOVE);
    let eased = way * way * (3.0 - 2.0 * way);
    (f64::from(from) + (f64::from(to) - f64::from(from)) * eased).round() as i64
}

fn event(line: &str) -> String {
    let value: Value = serde_json::from_str(line).unwrap_or_default();
    value["event"].as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scene_has_a_page_that_says_when_it_is_there() {
        for scene in &SCENES {
            let page = workspace::root().join(format!("xtask/demo/{}.html", scene.name));
            let text = fs::read_to_string(&page).unwrap();
            assert!(
                text.contains(&format!("document.title = 'Ticketmill {}'", scene.name)),
                "{}",
                scene.name
            );
        }
    }

    #[test]
    fn each_script_ends_before_its_recording_and_stays_on_the_screen() {
        for scene in &SCENES {
            let hand = scene.hand();
            let slept: f64 = hand
                .windows(2)
                .filter(|two| two[0] == "sleep")
                .map(|two| two[1].parse::<f64>().unwrap())
                .sum();
            let last = f64::from(scene.seconds);
            assert!((last * 0.5..last - 1.0).contains(&slept), "{}: {slept} of {last} s", scene.name);
            for step in scene.steps {
                if let To(x, y) = *step {
                    assert!(x < WIDTH && y < HEIGHT, "{}: {x} {y}", scene.name);
                }
            }
        }
    }

    #[test]
    fn a_movement_arrives_where_it_shall() {
        assert_eq!(between(640, 500, MOVE), 500);
        assert_eq!(between(10, 30, MOVE / 2), 20);
    }

    #[test]
    fn only_a_whole_clip_of_the_scene_passes() {
        let probe = |width: u32, seconds: &str| {
            format!(
                r#"{{"streams":[{{"codec_name":"vp9","width":{width},"height":720}}],"format":{{"duration":"{seconds}"}}}}"#
            )
        };
        let scene = &SCENES[0];
        assert_eq!(scene.judge(&probe(1280, "12.1")).unwrap(), 12.1);
        assert!(scene.judge(&probe(1920, "12.1")).is_err());
        assert!(scene.judge(&probe(1280, "3.0")).is_err(), "it was cut off");
        assert!(scene.judge(r#"{"streams":[],"format":{}}"#).is_err());
    }
}
