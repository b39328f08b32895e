//! Running one step of the tests: time it, pass its output on, keep the totals its runner printed.

use std::fmt;
use std::io::{BufRead, BufReader, IsTerminal, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::shell;

/// How a step ended.
pub enum Outcome {
    Passed,
    Failed(String),
    /// There is nothing to run yet; the reason.
    Absent(String),
}

impl Outcome {
    pub fn failed(error: &anyhow::Error) -> Outcome {
        Outcome::Failed(format!("{error:#}"))
    }
}

struct Row {
    name: String,
    took: Duration,
    outcome: Outcome,
}

/// What has run so far.
#[derive(Default)]
pub struct Report {
    rows: Vec<Row>,
    totals: Vec<String>,
}

impl Report {
    /// Whether any step has failed.
    pub fn failed(&self) -> bool {
        self.rows.iter().any(|row| matches!(row.outcome, Outcome::Failed(_)))
    }

    /// Runs a command as a step.
    pub fn run(&mut self, name: &str, mut command: Command) {
        let mut totals = Vec::new();
        self.time(name, || tee(&mut command, &mut totals));
        self.totals.extend(totals.into_iter().map(|total| format!("{name}: {total}")));
    }

    /// Runs a function as a step.
    pub fn time(&mut self, name: &str, step: impl FnOnce() -> Result<()>) {
        println!("\n== {name}");
        let started = Instant::now();
        let outcome = match step() {
            Ok(()) => Outcome::Passed,
            Err(error) => {
                eprintln!("{error:#}");
                Outcome::failed(&error)
            }
        };
        self.add(name, started.elapsed(), outcome);
    }

    /// A step that has nothing to run yet: said, never hidden.
    pub fn absent(&mut self, name: &str, reason: &str) {
        println!("\n== {name}\n{reason}");
        self.add(name, Duration::ZERO, Outcome::Absent(reason.to_owned()));
    }

    /// Adds a row.
    pub fn add(&mut self, name: &str, took: Duration, outcome: Outcome) {
        self.rows.push(Row { name: name.to_owned(), took, outcome });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "\n{:<20} {:>8}", "step", "seconds")?;
        for row in &self.rows {
            let seconds = row.took.as_secs_f64();
            match &row.outcome {
                Outcome::Passed => writeln!(out, "{:<20} {seconds:>8.1}", row.name)?,
                Outcome::Absent(reason) => writeln!(out, "{:<20} {:>8}  {reason}", row.name, "-")?,
                Outcome::Failed(error) => {
                    let first = error.lines().next().unwrap_or_default();
                    writeln!(out, "{:<20} {seconds:>8.1}  FAILED: {first}", row.name)?;
                }
            }
        }
        let all: Duration = self.rows.iter().map(|row| row.took).sum();
        writeln!(out, "{:<20} {:>8.1}", "all", all.as_secs_f64())?;
        for total in &self.totals {
            writeln!(out, "{total}")?;
        }
        Ok(())
    }
}

/// Runs the command, shows what it prints as it comes, and keeps the lines that hold a runner's totals.
fn tee(command: &mut Command, totals: &mut Vec<String>) -> Result<()> {
    println!("$ {}", shell::spelled(command));
    if std::io::stdout().is_terminal() && std::env::var_os("CARGO_TERM_COLOR").is_none() {
        // Behind a pipe the tools would think that nobody can see colours.
        command.env("CARGO_TERM_COLOR", "always").env("FORCE_COLOR", "1");
    }
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting `{}`", shell::spelled(command)))?;
    let (sender, lines) = mpsc::channel();
    let pipes: [Option<Box<dyn Read + Send>>; 2] = [
        child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
        child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
    ];
    for pipe in pipes.into_iter().flatten() {
        let sender = sender.clone();
        thread::spawn(move || {
            // Split by bytes: a test may print anything.
            for line in BufReader::new(pipe).split(b'\n').map_while(std::io::Result::ok) {
                let _ = sender.send(String::from_utf8_lossy(&line).into_owned());
            }
        });
    }
    drop(sender);
    for line in lines {
        println!("{line}");
        totals.extend(total(&line));
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{}` ended with {status}", shell::spelled(command));
    }
    Ok(())
}

/// The totals in a line that nextest, vitest or Node's test runner closes with.
fn total(line: &str) -> Option<String> {
    let plain = without_colours(line);
    let words = plain.trim();
    let nextest = words.starts_with("Summary [");
    let vitest = (words.starts_with("Test Files ") || words.starts_with("Tests ")) && words.ends_with(')');
    let node = ["# tests ", "# pass ", "# fail ", "ℹ tests ", "ℹ pass ", "ℹ fail "]
        .iter()
        .any(|start| words.starts_with(start));
    (nextest || vitest || node).then(|| words.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The text without the escape sequences that colour it.
fn without_colours(line: &str) -> String {
    let mut plain = String::new();
    let mut rest = line.chars();
    while let Some(letter) = rest.next() {
        if letter == '\u{1b}' {
            rest.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(letter);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_found_also_in_colour() {
        let nextest = "\u{1b}[32;1m     Summary\u{1b}[0m [   0.005s] \u{1b}[1m3\u{1b}[0m tests run: 3 passed, 0 skipped";
        assert_eq!(total(nextest).as_deref(), Some("Summary [ 0.005s] 3 tests run: 3 passed, 0 skipped"));
        assert_eq!(total("      Tests  12 passed (12)").as_deref(), Some("Tests 12 passed (12)"));
        assert_eq!(total("ℹ pass 4").as_deref(), Some("ℹ pass 4"));
        assert_eq!(total("Tests are run in the order of the files"), None);
    }

    #[test]
    fn a_failing_command_fails_the_report_and_keeps_its_totals() {
        let mut report = Report::default();
        let mut shell = Command::new("sh");
        shell.args(["-c", "echo '      Tests  1 failed | 2 passed (3)'; exit 3"]);
        report.run("ui: test", shell);
        assert!(report.failed());
        let text = report.to_string();
        assert!(text.contains("FAILED"), "{text}");
        assert!(text.contains("ui: test: Tests 1 failed | 2 passed (3)"), "{text}");
    }

    #[test]
    fn an_absent_step_is_named_and_is_no_failure() {
        let mut report = Report::default();
        report.absent("browser", "not there yet");
        assert!(!report.failed());
        assert!(report.to_string().contains("not there yet"));
    }
}
