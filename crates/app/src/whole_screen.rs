//! A picture of all displays that leaves without anybody looking at it first: `deskside ask --shot`. Windows of the
//! deny-list and numbers are painted over. Where numbers could not be looked for to the end no picture leaves, and whoever
//! asked is told so.

use std::time::Duration;

use deskside_capture::{Desktop, Session};
use deskside_client::{Client, Trouble};
use deskside_domain::org::ExemptNumber;
use deskside_protocol::Mirror as _;

use crate::{area, ask, numbers, picture::Clean, shots};

/// Most time to look for numbers: somebody waits at a command line, see [`crate::instance::PATIENCE`].
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// What whoever asked is told where windows can't be painted over.
const UNCOVERED: &str = "The picture did NOT go along: a Wayland desktop tells nobody which windows there are, so those that \
     must not be seen can't be painted over. Ask with a screenshot in the window, where you look at it yourself.";

/// What whoever asked is told when the picture stayed behind.
const STAYED: &str = "The picture did NOT go along: it could not be searched for card numbers, because the program tesseract \
     is missing, failed or took too long. Install tesseract-ocr, or ask with a screenshot in the window, where you look at \
     it yourself.";

/// The line and, below it, what else has to be known.
pub(crate) fn with_note(line: String, note: Option<&str>) -> String {
    match note {
        Some(note) => format!("{line}\n{note}"),
        None => line,
    }
}

/// The picture that goes along with a question, if one is `wanted` and may leave, and what whoever asked has to know.
pub(crate) async fn along(
    client: &Client,
    wanted: bool,
) -> Result<(Option<Clean>, Option<&'static str>), Trouble> {
    if !wanted {
        return Ok((None, None));
    }
    if !Session::here().knows_windows() {
        return Ok((None, Some(UNCOVERED)));
    }
    let deny = deny(client).await;
    let image = on_desktop(move |desktop| shots::take(desktop, &deny)).await?;
    match numbers::covered(image, exempt(client).await, PATIENCE).await {
        Ok(picture) => Ok((Some(picture), None)),
        Err(trouble) => {
            tracing::warn!(%trouble, "a picture stays here");
            Ok((None, Some(STAYED)))
        }
    }
}

pub(crate) async fn exempt(client: &Client) -> Vec<ExemptNumber> {
    let org = ask::org(client).await.ok().flatten();
    org.map(|org| org.exempt_numbers.into_domain()).unwrap_or_default()
}

pub(crate) async fn deny(client: &Client) -> deskside_capture::DenyList {
    let org = ask::org(client).await.ok().flatten();
    area::deny_list(&org.map(|org| org.deny_windows).unwrap_or_default())
}

/// Runs `work` with the desktop on a thread of its own, as its connection must not change threads.
pub(crate) async fn on_desktop<T: Send + 'static>(
    work: impl FnOnce(&dyn Desktop) -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    let done = tokio::task::spawn_blocking(move || {
        let desktop = deskside_capture::desktop().map_err(area::no_screen)?;
        work(&*desktop)
    });
    done.await.map_err(anyhow::Error::from)?
}
