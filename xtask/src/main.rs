//! The one task runner: `cargo xtask setup | run | test | codegen | bench | demo-media | dist`.
//!
//! One file per task, plain `std::process` underneath. It is a program and not a set of shell scripts so that
//! the same lines run on a developer's machine and in CI, and so that the rules it checks are themselves tested.
//! Nothing of the product is linked in: a task must start while a crate does not compile.

mod bench;
mod children;
mod codegen;
mod demo_media;
mod display;
mod dist;
mod elsewhere;
mod run;
mod setup;
mod shell;
mod test;
mod tidy;
mod ui;
mod wayland;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Build, test, bench, run: the one task runner.", version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what this Debian or Ubuntu machine lacks: system packages, UI packages, cargo-nextest.
    Setup(setup::Options),
    /// Build and start a demo server and the desktop app signed in to it.
    Run(run::Options),
    /// Everything CI runs, cheapest first.
    Test(test::Options),
    /// Write the TypeScript types and the OpenAPI document from `protocol`.
    Codegen(codegen::Options),
    /// Run measuring programs; they print JSON lines.
    Bench(bench::Options),
    /// Record the clips and pictures that the demo shows, from staged pages.
    DemoMedia(demo_media::Options),
    /// Make the release packages of both binaries.
    Dist(dist::Options),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Setup(options) => setup::setup(&options),
        Task::Run(options) => run::run(&options),
        Task::Test(options) => test::test(&options),
        Task::Codegen(options) => codegen::codegen(&options),
        Task::Bench(options) => bench::bench(&options),
        Task::DemoMedia(options) => demo_media::demo_media(&options),
        Task::Dist(options) => dist::dist(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The chain of causes, and never a trace of this program: what failed is another one.
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
