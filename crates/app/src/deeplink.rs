//! `deskside://` links, which pages and other programs can open. Anybody can write one, so none of them does more than
//! show something: words wait in the overlay for their person to press Enter.

use deskside_client::Trouble;
use deskside_protocol::{Code, id::RequestId};
use url::Url;

/// Most characters taken from a link's `text`.
const LONGEST: usize = 2000;

/// What a link asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum DeepLink {
    /// Open the overlay with this.
    Ask {
        /// The ticket's address.
        ticket: Option<String>,
        /// Words to begin with.
        text: Option<String>,
    },
    /// Show a request.
    Request(RequestId),
    /// Show where to ask.
    Where,
    /// Join by the invitation that is inside.
    Join {
        /// The invitation's own link.
        link: String,
    },
}

impl DeepLink {
    /// Reads one. Refused as `invalid`.
    pub fn parse(text: &str) -> Result<Self, Trouble> {
        let invalid = || Trouble::refused(Code::Invalid, "this is no link that Deskside understands");
        let url = Url::parse(text).ok().filter(|url| url.scheme() == "deskside").ok_or_else(invalid)?;
        let value = |name: &str| {
            let found = url.query_pairs().find(|(key, _)| key == name);
            found.map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        match url.host_str() {
            Some("ask") => Ok(Self::Ask {
                ticket: value("ticket"),
                text: value("text")
                    .map(|text| text.chars().filter(|char| !char.is_control()).take(LONGEST).collect()),
            }),
            Some("request") => {
                let id = url.path().trim_matches('/');
                Ok(Self::Request(id.parse().map_err(|_| invalid())?))
            }
            Some("where") => Ok(Self::Where),
            Some("join") => {
                // What the client would refuse is not shown as an invitation at all.
                deskside_client::ServerLink::parse(text)?;
                Ok(Self::Join { link: value("link").ok_or_else(invalid)? })
            }
            _ => Err(invalid()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pages_may_ask_for() {
        let id = RequestId::fresh();
        for (text, wanted) in [
            (
                "deskside://ask?ticket=https%3A%2F%2Facme.zendesk.com%2Fagent%2Ftickets%2F4711&text=refund%3F".to_owned(),
                Some(DeepLink::Ask {
                    ticket: Some("https://acme.zendesk.com/agent/tickets/4711".to_owned()),
                    text: Some("refund?".to_owned()),
                }),
            ),
            ("deskside://ask".to_owned(), Some(DeepLink::Ask { ticket: None, text: None })),
            ("deskside://where".to_owned(), Some(DeepLink::Where)),
            (format!("deskside://request/{id}"), Some(DeepLink::Request(id))),
            (
                "deskside://join?link=https%3A%2F%2Fd.example%2Fjoin%23abc".to_owned(),
                Some(DeepLink::Join { link: "https://d.example/join#abc".to_owned() }),
            ),
            ("deskside://join?link=http%3A%2F%2Fd.example%2Fjoin%23abc".to_owned(), None),
            ("deskside://request/../../etc".to_owned(), None),
            ("deskside://run?command=rm".to_owned(), None),
            ("https://ask".to_owned(), None),
        ] {
            assert_eq!(DeepLink::parse(&text).ok(), wanted, "{text}");
        }
    }

    #[test]
    fn a_link_puts_no_control_characters_into_the_overlay() {
        let link = DeepLink::parse("deskside://ask?text=a%0D%0Ab%1B%5B31m").expect("a link");
        assert_eq!(link, DeepLink::Ask { ticket: None, text: Some("ab[31m".to_owned()) });
    }
}
