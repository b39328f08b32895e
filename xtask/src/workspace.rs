//! Where things are: the repository, the build folder, the binaries.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::shell;

/// The repository's folder.
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().map_or_else(|| manifest.to_path_buf(), Path::to_path_buf)
}

/// The cargo that started this program, or the one on the path.
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// `npm` in the UI's folder.
pub fn npm() -> Command {
    let mut command = Command::new("npm");
    command.current_dir(root().join("ui"));
    command
}

/// Cargo's build folder; `CARGO_TARGET_DIR` counts, relative to the repository as cargo reads it.
pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// Where cargo puts the binary `name` in a debug or release build.
pub fn binary(name: &str, release: bool) -> PathBuf {
    target().join(if release { "release" } else { "debug" }).join(name)
}

/// `cargo metadata` of our own packages, without what they depend on.
pub fn metadata() -> Result<Value> {
    let text = shell::output(cargo().args(["metadata", "--format-version", "1", "--no-deps"]))?;
    serde_json::from_str(&text).context("reading what cargo metadata printed")
}

/// The command that builds both binaries. A released app carries the UI inside and never asks a development server.
pub fn build_binaries(release: bool) -> Result<Command> {
    let mut build = cargo();
    build.args(["build", "--package", "desksided", "--package", "deskside"]);
    if release {
        build.arg("--release");
        if has_feature(&metadata()?, "deskside", "custom-protocol") {
            build.args(["--features", "deskside/custom-protocol"]);
        }
    }
    Ok(build)
}

fn has_feature(metadata: &Value, package: &str, feature: &str) -> bool {
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    packages.iter().any(|found| found["name"] == package && !found["features"][feature].is_null())
}

/// The version all packages share.
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
