//! The notices of everything a package contains and we did not write, taken from the sources it was built from.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{shell, workspace};

/// One text: each crate the binary is linked with, and each package of the UI's bundle, with its licence.
pub fn notices(binary: &str) -> Result<String> {
    let mut parts = BTreeMap::new();
    crates(binary, &mut parts)?;
    bundle(&mut parts)?;
    let mut text = format!("{binary} contains the work of others. Their names, licences and notices:\n");
    for (name, part) in &parts {
        text.push_str(&format!("\n{}\n{name}\n{part}", "=".repeat(78)));
    }
    Ok(text)
}

fn crates(binary: &str, parts: &mut BTreeMap<String, String>) -> Result<()> {
    let format = "{p}\t{l}\t{r}";
    let tree = shell::output(
        workspace::cargo()
            .args([
                "tree",
                "--package",
                binary,
                "--edges",
                "normal",
                "--prefix",
                "none",
                "--no-dedupe",
                "--format",
            ])
            .arg(format),
    )?;
    let metadata = shell::output(workspace::cargo().args([
        "metadata",
        "--format-version",
        "1",
        "--filter-platform",
        "x86_64-unknown-linux-gnu",
    ]))?;
    let metadata: Value = serde_json::from_str(&metadata).context("reading what cargo metadata printed")?;
    let folders: BTreeMap<String, String> = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        // A package without a source is ours.
        .filter(|package| !package["source"].is_null())
        .filter_map(|package| {
            let name = format!("{} v{}", package["name"].as_str()?, package["version"].as_str()?);
            Some((name, package["manifest_path"].as_str()?.to_owned()))
        })
        .collect();
    for line in tree.lines() {
        let mut fields = line.split('\t');
        let name = fields.next().unwrap_or_default().split(" (").next().unwrap_or_default().trim();
        let Some(folder) = folders.get(name).and_then(|manifest| Path::new(manifest).parent()) else {
            continue;
        };
        if !parts.contains_key(name) {
            let head = fields.map(|field| field.trim_end_matches(" (*)")).collect::<Vec<_>>().join("\n");
            let mut all = texts(folder)?;
            // The C libraries that a crate builds in have licences of their own.
            for library in ["vendor", "opus"].map(|library| folder.join(library)) {
                if library.is_dir() {
                    all.push_str(&texts(&library)?);
                }
            }
            parts.insert(name.to_owned(), format!("{head}\n{all}"));
        }
    }
    Ok(())
}

fn bundle(parts: &mut BTreeMap<String, String>) -> Result<()> {
    let ui = workspace::root().join("ui");
    let lock = fs::read_to_string(ui.join("package-lock.json")).context("reading the UI's lock file")?;
    let lock: Value = serde_json::from_str(&lock).context("reading the UI's lock file")?;
    for (folder, package) in lock["packages"].as_object().into_iter().flatten() {
        if folder.is_empty() || package["dev"] == true || package["optional"] == true {
            continue;
        }
        let text = |key: &str| package[key].as_str().unwrap_or_default();
        let name = folder.rsplit("node_modules/").next().unwrap_or(folder);
        let part = format!("{}\n{}", text("license"), texts(&ui.join(folder))?);
        parts.insert(format!("{name} {}", text("version")), part);
    }
    Ok(())
}

/// The licence and notice files that lie in a package's folder.
fn texts(folder: &Path) -> Result<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .with_context(|| format!("reading {}", folder.display()))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| {
            let name = name.to_lowercase();
            ["license", "licence", "copying", "notice", "copyright", "patents"]
                .iter()
                .any(|start| name.starts_with(start))
        })
        .collect();
    names.sort();
    let mut all = String::new();
    for name in names {
        // A folder of licence files lists them twice; the crate's own files are enough.
        if let Ok(text) = fs::read_to_string(folder.join(&name)) {
            all.push_str(&format!("\n-- {name}\n\n{}\n", text.trim_end()));
        }
    }
    Ok(all)
}
