//! A picture of all displays that leaves without anybody looking at it first: `deskside ask --shot`, and the answer to
//! "show me". Windows of the deny-list and numbers are painted over; where numbers could not be looked for, whoever
//! asked is told so.

use deskside_capture::Desktop;
use deskside_client::{Client, Trouble};
use deskside_domain::org::ExemptNumber;
use deskside_protocol::Mirror as _;

use crate::{area, ask, numbers, picture};

/// A picture of all displays that nobody looks at before it leaves.
pub(crate) struct WholeScreen {
    /// Windows of the deny-list and numbers that may not be stored are painted over.
    pub picture: picture::Clean,
    /// Why numbers could not be looked for.
    unlooked: Option<Trouble>,
}

impl WholeScreen {
    /// What whoever asked has to know of it.
    pub fn note(&self) -> Option<&'static str> {
        self.unlooked.as_ref().map(|_| {
            "The picture was NOT searched for card numbers, because the program tesseract is missing or failed. \
             If it shows one, delete the picture now and install tesseract-ocr."
        })
    }
}

/// The line and, below it, what else has to be known.
pub(crate) fn with_note(line: String, note: Option<&str>) -> String {
    match note {
        Some(note) => format!("{line}\n{note}"),
        None => line,
    }
}

/// All displays as a picture that may leave.
pub(crate) async fn whole_screen(client: &Client) -> Result<WholeScreen, Trouble> {
    let deny = deny(client).await;
    let picture = on_desktop(move |desktop| crate::shots::take(desktop, &deny)).await?;
    match numbers::covered(picture.clone(), exempt(client).await).await {
        Ok(picture) => Ok(WholeScreen { picture, unlooked: None }),
        Err(trouble) => Ok(WholeScreen { picture, unlooked: Some(trouble) }),
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
