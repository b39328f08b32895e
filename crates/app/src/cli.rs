//! The capture commands of the command line: they need no server, no window and no account, but for `selftest --link`,
//! which asks for what a server adds.
//!
//! `deskside` (with windows) and the headless example call [`run`]; what they print is for people, or one JSON value
//! per line with `--json`. Errors go to standard error with a next step, and the exit code says what kind it was.

mod list;
mod record;
#[cfg(target_os = "linux")]
mod selftest;

use std::ffi::OsString;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use deskside_capture::Area;

use crate::profile;

/// The commands.
#[derive(Debug, Parser)]
#[command(name = "deskside", disable_version_flag = true)]
pub struct Cli {
    /// Which of them.
    #[command(subcommand)]
    pub command: Command,
}

/// A command that works without a server. The app adds its own beside these.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Record the screen into a WebM file, until Ctrl+C, or for some seconds.
    Record(Record),
    /// Make a clip whole that a crash left behind.
    Recover {
        /// The clip.
        file: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Record a flash and a beep, and tell how well this machine records: run this and send the output.
    #[cfg(target_os = "linux")]
    #[command(name = "selftest")]
    SelfTest(SelfTest),
    /// List the displays.
    Displays(Listing),
    /// List the windows, the uppermost first.
    Windows(Listing),
    /// List the microphones, the default one first.
    Mics(Listing),
}

/// How to list.
#[derive(Debug, Args)]
pub struct Listing {
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// How to test.
#[cfg(target_os = "linux")]
#[derive(Debug, Args)]
pub struct SelfTest {
    /// How long to record. A longer test tells more about drift.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(4..=3600))]
    pub seconds: u32,
    /// What listens to the beeps: `default`, or a name as `deskside mics` lists it. What the loudspeaker plays when
    /// nothing is chosen.
    #[arg(long)]
    pub mic: Option<String>,
    /// Leave the clip in this file.
    #[arg(long)]
    pub keep: Option<PathBuf>,
    /// Also send three seconds of the test card, and of nothing else, to the server where you are signed in, tell how long
    /// after Stop the clip can be opened there, and remove it again.
    #[arg(long)]
    pub link: bool,
    /// Say that the beeps come so many milliseconds earlier than they do, to see that the fault is found.
    #[arg(long, hide = true, default_value_t = 0)]
    pub fault_ms: u64,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// What to record, and how.
#[derive(Debug, Args)]
pub struct Record {
    /// The file; it must not exist yet.
    #[arg(long)]
    pub out: PathBuf,
    /// Stop after so many seconds.
    #[arg(long)]
    pub seconds: Option<f64>,
    /// A display by its number; the first one when nothing is chosen.
    #[arg(long, conflicts_with_all = ["region", "window"])]
    pub display: Option<usize>,
    /// A part of the desktop: WIDTHxHEIGHT+X+Y.
    #[arg(long, value_parser = region, conflicts_with = "window")]
    pub region: Option<Area>,
    /// A window by its id, as `deskside windows` lists it.
    #[arg(long, value_parser = window)]
    pub window: Option<u64>,
    /// Ask anew which screen or window to share, on desktops that ask and remember (Wayland).
    #[arg(long)]
    pub choose: bool,
    /// The most pictures per second.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=60))]
    pub fps: u32,
    /// `default`, `none`, or a name as `deskside mics` lists it.
    #[arg(long, default_value = "none")]
    pub mic: String,
    /// How pictures are compressed: `vp9` plays everywhere; `av1` is smaller and needs a player that knows it.
    #[arg(long, default_value = "vp9", value_parser = ["vp9", "av1"])]
    pub codec: String,
    /// Print JSON: one line per event, the last one is the result.
    #[arg(long)]
    pub json: bool,
}

/// Runs the command that the arguments name; the first argument is the program's own name.
pub fn run(arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> ExitCode {
    match Cli::try_parse_from(arguments) {
        Ok(cli) => cli.command.run(&profile::default_folder()),
        Err(error) => {
            let _ = error.print();
            ExitCode::from(if error.use_stderr() { 2 } else { 0 })
        }
    }
}

impl Command {
    /// Runs it to its end. The profile counts only for what asks for a server.
    #[cfg_attr(
        not(target_os = "linux"),
        expect(unused_variables, reason = "the self-test alone asks for it")
    )]
    pub fn run(self, profile: &Path) -> ExitCode {
        match self {
            Command::Record(arguments) => record::record(&arguments),
            Command::Recover { file, json } => record::recover(&file, json),
            #[cfg(target_os = "linux")]
            Command::SelfTest(arguments) => selftest::selftest(&arguments, profile),
            Command::Displays(listing) => list::displays(listing.json),
            Command::Windows(listing) => list::windows(listing.json),
            Command::Mics(listing) => list::mics(listing.json),
        }
    }
}

/// Prints an error with its next step. Exit code 1.
fn refuse(code: &str, message: &dyn Display, hint: &str, json: bool) -> ExitCode {
    if json {
        let error = serde_json::json!({ "code": code, "message": message.to_string(), "hint": hint });
        println!("{}", serde_json::json!({ "error": error }));
    }
    eprintln!("deskside: {message}");
    if !hint.is_empty() {
        eprintln!("          {hint}");
    }
    ExitCode::FAILURE
}

/// `WxH+X+Y`; X and Y may be negative (`+-5`, or `-5`).
fn region(text: &str) -> Result<Area, NoRegion> {
    let parse = || {
        let (width, rest) = text.split_once('x')?;
        let at = rest.find(['+', '-'])?;
        let (height, place) = rest.split_at(at);
        let second = place.get(2..)?.find(['+', '-'])? + 2;
        // `+-5`: the sign of the number follows the plus.
        let second = if place[..second].ends_with('+') { second - 1 } else { second };
        let (x, y) = place.split_at(second);
        let number = |text: &str| text.trim_start_matches('+').parse::<i32>().ok();
        Some(Area::new(number(x)?, number(y)?, width.parse().ok()?, height.parse().ok()?))
    };
    parse().ok_or(NoRegion)
}

/// A region that can't be read.
#[derive(Debug, thiserror::Error)]
#[error("write a region as WIDTHxHEIGHT+X+Y, such as 800x600+100+50")]
struct NoRegion;

/// A window's id, as a number or as X programs write it (0x3a00007).
fn window(text: &str) -> Result<u64, std::num::ParseIntError> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_read_as_x_programs_write_them() {
        for (text, area) in [
            ("800x600+100+50", Some(Area::new(100, 50, 800, 600))),
            ("8x6+0+0", Some(Area::new(0, 0, 8, 6))),
            ("8x6-10+5", Some(Area::new(-10, 5, 8, 6))),
            ("8x6+-10+-5", Some(Area::new(-10, -5, 8, 6))),
            ("8x6+10-5", Some(Area::new(10, -5, 8, 6))),
            ("8x6", None),
            ("8x6+1", None),
            ("-8x6+1+1", None),
            ("x+1+1", None),
            ("", None),
        ] {
            assert_eq!(region(text).ok(), area, "{text}");
        }
    }

    #[test]
    fn windows_are_read_in_both_ways() {
        assert_eq!((window("0x3a00007"), window("12").ok()), (Ok(0x3a0_0007), Some(12)));
        assert!(window("firefox").is_err());
    }

    #[test]
    fn contradictions_are_refused() {
        let parse = |arguments: &str| Cli::try_parse_from(arguments.split(' ')).is_ok();
        assert!(parse("deskside record --out a.webm --display 2 --mic none --codec vp9"));
        assert!(!parse("deskside record --out a.webm --display 2 --window 5"));
        assert!(!parse("deskside record --out a.webm --fps 0"));
        assert!(!parse("deskside record"));
    }
}
