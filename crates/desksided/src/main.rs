//! The server binary: reads configuration, assembles the parts in one function, serves.
//!
//! Beside a running server the same binary talks to it through a socket in the data directory (`console`), so
//! that a set-up link or a sign-in link can be had without stopping anything. No rule of the desk lives here.

mod assemble;
mod certificates;
mod console;
mod convert;
mod demo;
mod doors;
mod links;
mod nightly;
mod options;
mod serve;
mod service;
mod ui;

use std::process::ExitCode;

use clap::Parser;
use options::{Command, Options};

fn main() -> ExitCode {
    let options = Options::parse();
    // Before anything is opened: it will be given what strangers made.
    if let Command::Convert(convert) = &options.command {
        return ended(convert::run(convert));
    }
    start_logging();
    // ring is the one provider that everything here is built with.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let done = match options.command {
        Command::Serve(serve) => on_runtime(serve::run(serve)),
        Command::Demo(demo) => on_runtime(demo::run(demo)),
        Command::SetupLink(link) => on_runtime(links::set_up(link)),
        Command::Backup { data, to } => deskside_local::backup(&data, &to),
        Command::Restore { from, data } => deskside_local::restore(&from, &data),
        Command::Verify { data } => verify(&data),
        Command::Convert(_) => Ok(()),
    };
    ended(done)
}

fn ended(done: anyhow::Result<()>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("desksided: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn on_runtime(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

fn verify(data: &std::path::Path) -> anyhow::Result<()> {
    let findings = deskside_local::verify(data)?;
    for finding in &findings {
        println!("{}: {}", finding.about, finding.wrong);
    }
    anyhow::ensure!(findings.is_empty(), "{} things are wrong in {}", findings.len(), data.display());
    println!("everything is in order");
    Ok(())
}

/// Standard error, one line each; `DESKSIDE_LOG=debug` says more. Secrets are never given to it.
fn start_logging() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("DESKSIDE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .init();
}
