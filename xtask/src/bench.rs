//! `bench [NAME...]`: measuring programs, and one table of what they found.
//!
//! There is no list to keep: a measuring program is a `[[bench]]` target of any package, or a script
//! `tests/bench/NAME.mjs` for what only the real app or a browser can show. Everything is built, optimised, before
//! the first one runs, because a compiler beside it would be measured too.
//!
//! A program prints one JSON object per line. Lines with `name`, `figure` and `unit` stand in the table; with a `bar`
//! they say in `holds` whether it was met. What else they print is kept with them in `bench/NAME.json` of the build
//! folder, and the table in `bench/figures.json`.

mod table;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};

use crate::display::Display;
use crate::{shell, ui, workspace};
use table::Table;

#[derive(Args)]
pub struct Options {
    /// What to measure; everything, if nothing is named.
    names: Vec<String>,
    /// Only say what there is.
    #[arg(long, conflicts_with = "names")]
    list: bool,
    /// Only build what would run, so that the machine has come to rest before the first figure.
    #[arg(long)]
    no_run: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Program {
    Rust { package: String },
    Script { file: PathBuf },
}

/// A program that can be run again and again.
struct Built {
    name: String,
    program: PathBuf,
    arguments: Vec<PathBuf>,
    folder: PathBuf,
}

/// The task.
pub fn bench(options: &Options) -> Result<()> {
    let programs = programs()?;
    if options.list {
        for name in programs.keys() {
            println!("{name}");
        }
        return Ok(());
    }
    if let Some(unknown) = options.names.iter().find(|name| !programs.contains_key(*name)) {
        bail!("there is no measuring program {unknown}; `cargo xtask bench --list` says what there is");
    }
    let wanted: BTreeMap<String, Program> = programs
        .into_iter()
        .filter(|(name, _)| options.names.is_empty() || options.names.contains(name))
        .collect();

    let built = build(&wanted)?;
    if options.no_run {
        return Ok(());
    }
    let display = if env::var_os("DISPLAY").is_none() { Some(Display::start()?) } else { None };
    let kept = workspace::target().join("bench");
    fs::create_dir_all(&kept)?;
    let mut table = Table::default();
    for program in &built {
        let load = load();
        eprintln!("\n== {} (load {load})", program.name);
        let lines = match run(program, display.as_ref()) {
            Ok(lines) => lines,
            Err(error) => {
                eprintln!("{error:#}");
                table.failed(&program.name);
                continue;
            }
        };
        table.add(&program.name, &lines);
        let record = json!({ "measured_at": now(), "commit": commit(), "load_before": load, "lines": lines });
        write(&kept.join(format!("{}.json", program.name)), &record)?;
    }
    eprint!("\n{table}");
    let record =
        json!({ "measured_at": now(), "commit": commit(), "cores": cores(), "figures": table.figures() });
    write(&kept.join("figures.json"), &record)?;
    eprintln!("kept in {}", kept.display());
    if table.any_failed() {
        bail!("a measuring program failed");
    }
    Ok(())
}

/// Runs a program, shows its lines as they come and answers those that are JSON.
fn run(program: &Built, display: Option<&Display>) -> Result<Vec<Value>> {
    let mut command = Command::new(&program.program);
    command
        .args(&program.arguments)
        .current_dir(&program.folder)
        .env("DESKSIDED", workspace::binary("desksided", true))
        .env("DESKSIDE", workspace::binary("deskside", true))
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    if let Some(display) = display {
        display.show(&mut command);
    }
    let mut child = command.spawn().with_context(|| format!("starting `{}`", shell::spelled(&command)))?;
    let mut lines = Vec::new();
    for line in child.stdout.take().into_iter().flat_map(|pipe| BufReader::new(pipe).lines()) {
        let line = line?;
        println!("{line}");
        lines.extend(serde_json::from_str(&line).ok().filter(Value::is_object));
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("{} ended with {status}", program.name);
    }
    Ok(lines)
}

/// Builds everything that is wanted; what the compilers say goes beside the JSON lines.
fn build(wanted: &BTreeMap<String, Program>) -> Result<Vec<Built>> {
    let mut packages = Vec::new();
    let mut targets = Vec::new();
    for (name, program) in wanted {
        if let Program::Rust { package } = program {
            packages.push(package.as_str());
            targets.push(name.as_str());
        }
    }
    packages.dedup();
    if packages.contains(&"desksided") || targets.len() < wanted.len() {
        // The server has the UI inside.
        ui::build(|npm| to_stderr(npm).map(drop))?;
    }
    let mut found = BTreeMap::new();
    if !targets.is_empty() {
        let mut cargo = workspace::cargo();
        cargo.args(["bench", "--quiet", "--no-run", "--message-format", "json-render-diagnostics"]);
        cargo.args(packages.iter().flat_map(|package| ["--package", package]));
        cargo.args(targets.iter().flat_map(|target| ["--bench", target]));
        found = executables(&to_stderr(&mut cargo)?);
    }
    if targets.len() < wanted.len() {
        to_stderr(&mut workspace::build_binaries(true)?)?;
    }
    wanted
        .iter()
        .map(|(name, program)| match program {
            Program::Rust { .. } => {
                let (program, folder) =
                    found.get(name).cloned().with_context(|| format!("cargo built no {name}"))?;
                // What cargo itself says to a measuring program.
                Ok(Built { name: name.clone(), program, arguments: vec!["--bench".into()], folder })
            }
            Program::Script { file } => Ok(Built {
                name: name.clone(),
                program: "node".into(),
                arguments: vec![file.clone()],
                folder: workspace::root(),
            }),
        })
        .collect()
}

/// By the name of a measuring program: where cargo put it, and its package's folder.
fn executables(messages: &str) -> BTreeMap<String, (PathBuf, PathBuf)> {
    let mut found = BTreeMap::new();
    for message in messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let is_bench = message["target"]["kind"]
            .as_array()
            .is_some_and(|kinds| kinds.iter().any(|kind| kind == "bench"));
        let text = |value: &Value| value.as_str().map(str::to_owned);
        if let (true, Some(name), Some(program), Some(manifest)) = (
            is_bench,
            text(&message["target"]["name"]),
            text(&message["executable"]),
            text(&message["manifest_path"]),
        ) {
            let folder = Path::new(&manifest).parent().map(Path::to_path_buf).unwrap_or_default();
            found.insert(name, (program.into(), folder));
        }
    }
    found
}

fn to_stderr(command: &mut Command) -> Result<String> {
    eprintln!("$ {}", shell::spelled(command));
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        bail!("`{}` ended with {}\n{text}", shell::spelled(command), output.status);
    }
    Ok(text)
}

fn programs() -> Result<BTreeMap<String, Program>> {
    let mut programs = bench_targets(&workspace::metadata()?);
    let folder = workspace::root().join("tests/bench");
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let file = entry?.path();
        let (Some(name), Some("mjs")) = (file.file_stem(), file.extension().and_then(|end| end.to_str()))
        else {
            continue;
        };
        programs.insert(name.to_string_lossy().into_owned(), Program::Script { file: file.clone() });
    }
    Ok(programs)
}

fn bench_targets(metadata: &Value) -> BTreeMap<String, Program> {
    let mut programs = BTreeMap::new();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    for package in list(&metadata["packages"]) {
        for target in list(&package["targets"]) {
            if list(&target["kind"]).contains(&Value::from("bench")) {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                programs.insert(text(&target["name"]), Program::Rust { package: text(&package["name"]) });
            }
        }
    }
    programs
}

/// The load of the last minute: figures beside a busy neighbour say so themselves.
fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("unknown").to_owned()
}

fn commit() -> Option<String> {
    let text = shell::output(
        Command::new("git").current_dir(workspace::root()).args(["describe", "--always", "--dirty"]),
    );
    text.ok().map(|text| text.trim().to_owned())
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn write(path: &Path, value: &Value) -> Result<()> {
    let text = serde_json::to_string_pretty(value)? + "\n";
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bench_targets_are_found_and_nothing_else() {
        let metadata = json!({"packages": [
            {"name": "deskside-clip", "targets": [
                {"name": "deskside_clip", "kind": ["lib"]},
                {"name": "clip", "kind": ["bench"]},
            ]},
        ]});
        let expected = Program::Rust { package: "deskside-clip".to_owned() };
        assert_eq!(bench_targets(&metadata), BTreeMap::from([("clip".to_owned(), expected)]));
    }

    #[test]
    fn what_cargo_built_is_found_by_name() {
        let messages = [
            json!({"reason": "compiler-artifact", "manifest_path": "/p/crates/clip/Cargo.toml",
                   "target": {"kind": ["lib"], "name": "deskside_clip"}, "executable": null}),
            json!({"reason": "compiler-artifact", "manifest_path": "/p/crates/clip/Cargo.toml",
                   "target": {"kind": ["bench"], "name": "finish"}, "executable": "/t/release/deps/finish-1"}),
            json!({"reason": "build-finished", "success": true}),
        ];
        let text = messages.map(|message| message.to_string()).join("\n");
        let expected = (PathBuf::from("/t/release/deps/finish-1"), PathBuf::from("/p/crates/clip"));
        assert_eq!(executables(&text), BTreeMap::from([("finish".to_owned(), expected)]));
    }
}
