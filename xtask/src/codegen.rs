//! `codegen`: the files generated from `protocol`, or with `--check` whether the committed ones are fresh.
//!
//! The work is done by an example program of `protocol`; this file only starts it, so that this program is built
//! without `protocol` and starts while that does not compile.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::{shell, workspace};

#[derive(Args)]
pub struct Options {
    /// Write nothing; fail when a committed file differs from what would be written.
    #[arg(long)]
    check: bool,
}

/// The task.
pub fn codegen(options: &Options) -> Result<()> {
    shell::run(&mut command(options.check))
}

/// The command that writes the generated files, or only compares them.
pub fn command(check: bool) -> Command {
    let mut cargo = workspace::cargo();
    cargo.args(["run", "--quiet", "--package", "deskside-protocol", "--example", "codegen", "--"]);
    cargo.arg(workspace::root());
    if check {
        cargo.arg("--check");
    }
    cargo
}
