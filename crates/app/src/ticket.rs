//! Which ticket somebody is working on, in this order: the link they came by, the title of the window they were in,
//! an address in the clipboard that was not there at the last ask. Looked at only when the overlay is called, never
//! in the background; everything but the link is a guess and shown as one.

use std::sync::{Mutex, PoisonError};

use deskside_domain::{org::TicketPattern, ticket};
use deskside_protocol::{Mirror as _, values::Ticket};
use serde::{Deserialize, Serialize};

/// A ticket and whether it is guessed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Guess {
    /// Which.
    pub ticket: Ticket,
    /// From a title or the clipboard, so that it is outlined.
    pub guessed: bool,
}

/// The ticket of an address that somebody gave: by pattern, or as a plain link with its last word as label.
pub fn of_address(address: &str, patterns: &[TicketPattern]) -> Option<Ticket> {
    if let Some(ticket) = ticket::in_address(address, patterns) {
        return Some(Ticket::from_domain(ticket));
    }
    let url = url::Url::parse(address.trim()).ok().filter(|url| url.scheme() == "https")?;
    let last = url.path_segments().and_then(|mut words| words.rfind(|word| !word.is_empty()));
    let label = last.or(url.host_str())?.chars().take(40).collect();
    Some(Ticket { label, url: url.into() })
}

/// Remembers which clipboard was looked at already.
#[derive(Debug, Default)]
pub struct Looks {
    seen: Mutex<Option<String>>,
}

impl Looks {
    /// What `title` and `clipboard` say. A clipboard that was offered once is not offered again.
    pub fn guess(
        &self,
        title: Option<&str>,
        clipboard: Option<&str>,
        patterns: &[TicketPattern],
    ) -> Option<Guess> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = clipboard.filter(|text| seen.as_deref() != Some(text.trim()));
        let of_title = title.and_then(|title| ticket::in_title(title, patterns));
        let ticket = match of_title {
            Some(ticket) => ticket,
            None => ticket::in_address(fresh?.trim(), patterns)?,
        };
        if let Some(text) = fresh {
            *seen = Some(text.trim().to_owned());
        }
        Some(Guess { ticket: Ticket::from_domain(ticket), guessed: true })
    }
}

/// The clipboard's text, if it is one line that could be an address.
pub fn clipboard() -> Option<String> {
    let text = arboard::Clipboard::new().and_then(|mut clipboard| clipboard.get_text()).ok()?;
    let text = text.trim();
    (text.len() < 2000 && text.starts_with("https://") && !text.contains(char::is_whitespace))
        .then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZENDESK: &str = "https://acme.zendesk.com/agent/tickets/4711";

    #[test]
    fn a_clipboard_is_offered_once() {
        let (looks, patterns) = (Looks::default(), ticket::default_patterns());
        let first = looks.guess(Some("Untitled"), Some(ZENDESK), &patterns).expect("found");
        assert_eq!((first.ticket.label.as_str(), first.guessed), ("ZD 4711", true));
        assert_eq!(looks.guess(None, Some(ZENDESK), &patterns), None, "it was there at the last ask");
        assert!(looks.guess(None, Some("https://acme.zendesk.com/agent/tickets/4712"), &patterns).is_some());
    }

    #[test]
    fn the_window_speaks_before_the_clipboard() {
        let guess = Looks::default().guess(
            Some("[ABC-12] Printer - Jira"),
            Some(ZENDESK),
            &ticket::default_patterns(),
        );
        assert_eq!(guess.expect("found").ticket.label, "JIRA ABC-12");
    }

    #[test]
    fn an_address_without_a_pattern_is_still_a_link() {
        let ticket = of_address("https://tool.example/case/77?tab=2", &[]).expect("a ticket");
        assert_eq!(ticket.label, "77");
        assert_eq!(of_address("javascript:alert(1)", &[]), None);
        assert_eq!(of_address("http://tool.example/77", &[]), None);
    }
}
