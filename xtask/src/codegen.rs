//! `codegen`: the files generated from `protocol`, or with `--check` whether the committed ones are fresh.
//!
//! The work is done by `protocol`'s example `codegen`, so that xtask links none of the product; this file only starts it.

use anyhow::Result;
use clap::Args;

use crate::{shell, workspace};

#[derive(Args)]
pub struct Options {
    /// Write nothing; fail when a committed file differs from what would be written.
    #[arg(long)]
    check: bool,
}

impl Options {
    /// Only look.
    pub fn check() -> Options {
        Options { check: true }
    }
}

/// The task.
pub fn codegen(options: &Options) -> Result<()> {
    let mut cargo = workspace::cargo();
    cargo.args(["run", "--quiet", "--package", "deskside-protocol", "--example", "codegen", "--"]).arg(workspace::root());
    if options.check {
        cargo.arg("--check");
    }
    shell::run(&mut cargo)
}
