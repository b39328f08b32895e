//! `bench NAME...`: measuring programs, whose standard output is JSON lines and nothing else.
//!
//! There is no list to keep: a measuring program is a `[[bench]]` target of any package, or a script
//! `tests/bench/NAME.mjs` for what only the real app or a browser can show. Without names they are listed.
//! Everything is built optimised, and runs on a virtual display where there is no other.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;

use crate::display::Display;
use crate::{setup, shell, workspace};

#[derive(Args)]
pub struct Options {
    /// What to measure; nothing lists what there is.
    names: Vec<String>,
    /// Measure everything.
    #[arg(long, conflicts_with = "names")]
    all: bool,
}

#[derive(Debug, PartialEq)]
enum Program {
    Rust { package: String },
    Script { file: PathBuf },
}

/// The task.
pub fn bench(options: &Options) -> Result<()> {
    let programs = programs()?;
    if options.names.is_empty() && !options.all {
        eprintln!("cargo xtask bench NAME..., or --all. There are:");
        for name in programs.keys() {
            println!("{name}");
        }
        return Ok(());
    }
    let names: Vec<&String> =
        if options.all { programs.keys().collect() } else { options.names.iter().collect() };
    if let Some(unknown) = names.iter().find(|name| !programs.contains_key(**name)) {
        bail!("there is no measuring program {unknown}; `cargo xtask bench` lists them");
    }

    let display = if env::var_os("DISPLAY").is_none() { Some(Display::start()?) } else { None };
    let mut built = false;
    for name in names {
        let mut command = match &programs[name] {
            Program::Rust { package } => {
                let mut cargo = workspace::cargo();
                cargo.args(["bench", "--quiet", "--package", package, "--bench", name]);
                cargo
            }
            Program::Script { file } => {
                if !built {
                    build_binaries()?;
                    built = true;
                }
                let mut node = Command::new("node");
                node.arg(file)
                    .current_dir(workspace::root())
                    .env("DESKSIDED", workspace::binary("desksided", true))
                    .env("DESKSIDE", workspace::binary("deskside", true));
                node
            }
        };
        if let Some(display) = &display {
            display.show(&mut command);
        }
        // Not `shell::run`: the command line must not stand between the JSON lines.
        let status = command.status().with_context(|| format!("starting `{}`", shell::spelled(&command)))?;
        if !status.success() {
            bail!("{name} ended with {status}");
        }
    }
    Ok(())
}

/// Builds the UI and both binaries as they are released, and says so beside the JSON lines.
fn build_binaries() -> Result<()> {
    setup::ui_packages("ui")?;
    to_stderr(workspace::npm().args(["run", "--silent", "build"]))?;
    to_stderr(&mut workspace::build_binaries(true)?)
}

fn to_stderr(command: &mut Command) -> Result<()> {
    eprintln!("$ {}", shell::spelled(command));
    let output = command.stderr(std::process::Stdio::inherit()).output()?;
    if !output.status.success() {
        bail!(
            "`{}` ended with {}\n{}",
            shell::spelled(command),
            output.status,
            String::from_utf8_lossy(&output.stdout)
        );
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bench_targets_are_found_and_nothing_else() {
        let metadata = serde_json::json!({"packages": [
            {"name": "deskside-clip", "targets": [
                {"name": "deskside_clip", "kind": ["lib"]},
                {"name": "clip", "kind": ["bench"]},
            ]},
        ]});
        let expected = Program::Rust { package: "deskside-clip".to_owned() };
        assert_eq!(bench_targets(&metadata), BTreeMap::from([("clip".to_owned(), expected)]));
    }
}
