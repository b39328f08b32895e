//! `test`: everything CI runs, the cheapest step first, so that a slip is found in seconds.
//!
//! It stops at the first step that fails, prints how long each took, and closes with what the test runners counted.
//! All cargo steps share one target folder. What needs a screen gets a virtual one, also where there is a real one:
//! tests must not record what a person has on theirs.

mod step;

use std::env;
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::display::Display;
use crate::{codegen, dist, elsewhere, setup, tidy, wayland, workspace};
use step::{Outcome, Report};

#[derive(Args)]
pub struct Options {
    /// Run only these steps.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Step>,
    /// Go on after a step has failed.
    #[arg(long)]
    keep_going: bool,
}

/// The steps in the order they run.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Step {
    /// Formatting of the Rust code.
    Fmt,
    /// House rules that are checked by reading files.
    Tidy,
    /// Whether the files generated from `protocol` are fresh.
    Codegen,
    /// Types, lint, tests and build of the UI.
    Ui,
    /// Every screen of the UI in Chromium: keyboard, accessibility, widths.
    Screens,
    /// Clippy, warnings as errors.
    Clippy,
    /// Types of what grabs screens on Windows and macOS.
    Elsewhere,
    /// The binaries that the following tests start.
    Build,
    /// All Rust tests.
    Rust,
    /// Recording a Wayland desktop that exists for the tests.
    Wayland,
    /// The built UI against the real server in Chromium.
    Browser,
    /// The real app on a virtual display.
    Desktop,
    /// The packages, installed and used on a throw-away copy of this machine.
    Packages,
}

/// The task.
pub fn test(options: &Options) -> Result<()> {
    let mut report = Report::default();
    for step in Step::value_variants() {
        if options.only.is_empty() || options.only.contains(step) {
            run_step(*step, &mut report);
            if report.failed() && !options.keep_going {
                break;
            }
        }
    }
    print!("{report}");
    if report.failed() {
        bail!("a step failed; run it alone with `cargo xtask test --only STEP`");
    }
    Ok(())
}

fn run_step(step: Step, report: &mut Report) {
    match step {
        Step::Fmt => report.run("fmt", cargo(&["fmt", "--all", "--check"])),
        Step::Tidy => report.time("tidy", tidy::tidy),
        Step::Codegen => report.run("codegen", codegen::command(true)),
        Step::Ui => ui(report),
        Step::Screens => screens(report),
        Step::Clippy => {
            let arguments = ["clippy", "--workspace", "--all-targets", "--quiet"];
            report.run("clippy", cargo_locked(&arguments, &["--", "-D", "warnings"]));
        }
        Step::Elsewhere => match elsewhere::obstacle() {
            Some(reason) => report.absent("elsewhere", &reason),
            None => report.time("elsewhere", elsewhere::check),
        },
        Step::Build => {
            // All that the next step needs too, in one go: built for fewer packages, shared crates have fewer
            // features, and Tauri with everything below it would be compiled a second time.
            let all = ["build", "--quiet", "--workspace", "--bins", "--tests", "--examples"];
            report.run("build", cargo_locked(&all, &[]));
        }
        Step::Rust => {
            report.time("upload clients", setup::upload_clients);
            on_display(report, "rust", nextest(&[]));
        }
        Step::Wayland => wayland_tests(report),
        Step::Browser => node_tests(report, "browser"),
        Step::Desktop => {
            // The second person in these stories sits at a browser.
            report.time("desktop: packages", || setup::ui_packages("tests/browser"));
            node_tests(report, "desktop");
        }
        Step::Packages => match dist::obstacle() {
            Some(reason) => report.absent("packages", reason),
            None => report.time("packages", dist::trial),
        },
    }
}

fn ui(report: &mut Report) {
    if !workspace::root().join("ui/package.json").exists() {
        return report.absent("ui", "ui/package.json is not there yet");
    }
    report.time("ui: packages", || setup::ui_packages("ui"));
    for script in ["typecheck", "lint", "test", "build"] {
        let mut npm = workspace::npm();
        npm.args(["run", "--silent", script]);
        report.run(&format!("ui: {script}"), npm);
    }
}

fn screens(report: &mut Report) {
    if !workspace::root().join("ui/tests/screens").exists() {
        return report.absent("screens", "ui/tests/screens is not there yet");
    }
    let mut npm = workspace::npm();
    npm.args(["run", "--silent", "screens"]);
    report.run("screens", npm);
}

/// One after the other: each has a desktop of its own.
fn wayland_tests(report: &mut Report) {
    if let Some(reason) = wayland::obstacle() {
        return report.absent("wayland", &reason);
    }
    let portal = match wayland::portal() {
        Ok(portal) => portal,
        Err(error) => return report.absent("wayland", &format!("no portal for wlroots: {error:#}")),
    };
    // The recorder's command line, which these tests start.
    let recorder = ["build", "--quiet", "--workspace", "--example", "headless"];
    report.run("wayland: recorder", cargo_locked(&recorder, &[]));
    let mut tests = nextest(&["--test", "wayland", "--ignore-default-filter", "--test-threads", "1"]);
    tests.env("DESKSIDE_WLR_PORTAL", portal);
    report.run("wayland", tests);
}

/// A folder of `tests/` that is a Node package with a `test` script.
fn node_tests(report: &mut Report, name: &str) {
    let folder = format!("tests/{name}");
    if !workspace::root().join(&folder).join("package.json").exists() {
        return report.absent(name, &format!("{folder}/package.json is not there yet"));
    }
    report.time(&format!("{name}: packages"), || setup::ui_packages(&folder));
    let mut npm = Command::new("npm");
    npm.current_dir(workspace::root().join(&folder)).args(["test", "--silent"]);
    on_display(report, name, npm);
}

/// Runs on a display that exists for this one command, with the paths of the built binaries at hand.
fn on_display(report: &mut Report, name: &str, mut command: Command) {
    let started = Instant::now();
    let display = match Display::start() {
        Ok(display) => display,
        Err(error) => return report.add(name, started.elapsed(), Outcome::failed(&error)),
    };
    command
        .env("DESKSIDED", workspace::binary("desksided", false))
        .env("DESKSIDE", workspace::binary("deskside", false));
    display.show(&mut command);
    report.run(name, command);
}

fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = workspace::cargo();
    cargo.args(arguments);
    cargo
}

/// In CI a test that fails has a second go (`docs/decisions/0026`).
fn nextest(which: &[&str]) -> Command {
    let mut tests = cargo_locked(&["nextest", "run", "--workspace", "--profile", "ci"], which);
    if env::var_os("CI").is_some() {
        tests.args(["--retries", "1"]);
    }
    tests
}

/// In CI the lock file must be the committed one; while working it may follow a changed manifest.
fn cargo_locked(arguments: &[&str], rest: &[&str]) -> Command {
    let mut cargo = cargo(arguments);
    if env::var_os("CI").is_some() {
        cargo.arg("--locked");
    }
    cargo.args(rest);
    cargo
}
