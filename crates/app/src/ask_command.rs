//! `deskside ask TEXT …`: hands the question to the running app, or keeps it itself and tries to deliver it.

use std::{path::Path, process::ExitCode, time::Duration};

use clap::{Args, ValueEnum};
use deskside_client::{Client, Options, Trouble};
use deskside_protocol::{Code, values::Urgency};

use crate::{
    app::told,
    ask::{self, AskFor},
    hotkeys::Does,
    instance::{Errand, Instance, hand_over},
    settings::Settings,
    whole_screen::{along, with_note},
};

/// How long a command line waits for its picture to be sent; it goes on by itself when the app runs.
const PICTURE: Duration = Duration::from_secs(10);

/// What `deskside ask` takes.
#[derive(Debug, Args)]
pub struct AskCommand {
    /// The question. Without one, the line to write it opens in the running app: bind this to a key where no program may
    /// take one itself (Wayland).
    text: Vec<String>,
    /// A desk's name, or the beginning of it; the one asked last when nothing is said.
    #[arg(long)]
    desk: Option<String>,
    /// How soon an answer is needed.
    #[arg(long, value_enum)]
    urgency: Option<Soon>,
    /// The address of the customer's ticket.
    #[arg(long, value_name = "URL")]
    ticket: Option<String>,
    /// With a picture of the screen; windows on the deny-list, card numbers and IBANs are painted over. Where numbers can't be
    /// looked for the question goes without it.
    #[arg(long)]
    shot: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Soon {
    /// A customer is waiting now.
    Live,
    /// Today.
    Today,
    /// Whenever there is time.
    Whenever,
}

impl From<AskCommand> for AskFor {
    fn from(command: AskCommand) -> Self {
        Self {
            text: command.text.join(" "),
            desk: command.desk,
            urgency: command.urgency.map(|soon| match soon {
                Soon::Live => Urgency::Live,
                Soon::Today => Urgency::Today,
                Soon::Whenever => Urgency::Whenever,
            }),
            ticket: command.ticket,
            shot: command.shot,
        }
    }
}

/// Runs it. Exit code 0: asked, or kept and delivered later by itself; 1: refused, and why.
pub fn run(folder: &Path, command: AskCommand) -> ExitCode {
    let does = if command.shot { Does::Shot } else { Does::Ask };
    let opens = command.text.iter().all(|word| word.trim().is_empty());
    let what = AskFor::from(command);
    let done = match Instance::take(folder) {
        Ok(None) if opens => hand_over(folder, &Errand::Key { does }),
        Ok(Some(_lock)) if opens => Err(Trouble::refused(
            Code::Unavailable,
            "Deskside does not run: start it, or write the question after `deskside ask`",
        )),
        Ok(None) => hand_over(folder, &Errand::Ask { ask: what }),
        Ok(Some(_lock)) => alone(folder, &what),
        Err(error) => Err(error.into()),
    };
    match done {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(trouble) => {
            eprintln!("deskside: {}", sentence(&trouble));
            ExitCode::FAILURE
        }
    }
}

fn alone(folder: &Path, what: &AskFor) -> Result<String, Trouble> {
    let runtime = tokio::runtime::Runtime::new().map_err(anyhow::Error::from)?;
    runtime.block_on(async {
        let client = Client::open(Options::at(folder)).await?;
        let settings = Settings::open(folder);
        let (picture, note) = along(&client, what.shot).await?;
        let with_shot = picture.is_some();
        let asked = ask::ask(&client, &settings, what, picture).await?;
        let address = client.address().unwrap_or_default();
        let line = with_note(told(asked, &address).await?, note);
        if with_shot {
            // The picture follows now if it can, else when the app runs.
            let _ = tokio::time::timeout(PICTURE, client.uploads_through()).await;
        }
        Ok(line)
    })
}

/// What happened and what to do next, for a terminal.
pub fn sentence(trouble: &Trouble) -> String {
    let problem = trouble.problem();
    let next = match problem.code {
        Code::SignInNeeded => "Start Deskside and sign in, then ask again.",
        _ => &problem.next,
    };
    match &problem.detail {
        Some(detail) => format!("{} ({detail}). {next}", problem.title),
        None => format!("{}. {next}", problem.title),
    }
}
