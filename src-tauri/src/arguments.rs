//! What the command line asks for.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use deskside_app::{ask_command::AskCommand, cli, profile};

/// Help at the side of your desk.
#[derive(Parser)]
#[command(name = "deskside", version)]
struct Arguments {
    /// The profile's folder: replica, outbox, clips. One app per profile.
    #[arg(long, value_name = "DIR", global = true)]
    profile: Option<PathBuf>,
    /// Sign in by a one-time link.
    #[arg(long, value_name = "LINK")]
    sign_in: Option<String>,
    /// Start in the tray, without a window.
    #[arg(long)]
    tray: bool,
    /// A deskside:// link.
    #[arg(value_name = "LINK")]
    link: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Ask a desk for help.
    Ask(AskCommand),
    #[command(flatten)]
    Capture(cli::Command),
}

/// How to start.
pub enum Start {
    /// A capture command: no window, and but for one flag of the self-test no server and no account.
    Capture {
        /// The profile.
        folder: PathBuf,
        /// What to do.
        command: cli::Command,
    },
    /// `deskside ask`.
    Ask {
        /// The profile.
        folder: PathBuf,
        /// What to ask.
        command: AskCommand,
    },
    /// The app.
    Windows(How),
}

/// How the app starts.
pub struct How {
    /// The profile.
    pub folder: PathBuf,
    /// A one-time link to sign in by.
    pub sign_in: Option<String>,
    /// Whether to stay in the tray.
    pub tray: bool,
    /// A deep link to follow.
    pub link: Option<String>,
}

/// Reads the arguments; an exit code when they were help, version or nonsense.
pub fn read() -> Result<Start, ExitCode> {
    let arguments = Arguments::try_parse().map_err(|error| {
        let _ = error.print();
        ExitCode::from(if error.use_stderr() { 2 } else { 0 })
    })?;
    let folder = arguments.profile.unwrap_or_else(profile::default_folder);
    Ok(match arguments.command {
        Some(Command::Capture(command)) => Start::Capture { folder, command },
        Some(Command::Ask(command)) => Start::Ask { folder, command },
        None => Start::Windows(How {
            folder,
            sign_in: arguments.sign_in,
            tray: arguments.tray,
            link: arguments.link,
        }),
    })
}
