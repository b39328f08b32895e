//! Addresses that people are given: a bare server, an invitation, a one-time sign-in. `#pin=` carries the SHA-256 of
//! the server's own certificate authority (hex), so that a team without a bought certificate is still safe; the part
//! after `#` never travels over the network.

use deskside_protocol::Code;
use url::{Host, Url};

use crate::Trouble;

/// A server, how to know it, and perhaps a secret to use there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerLink {
    /// The server's origin, e.g. `https://desk.example.com/`.
    pub base: Url,
    /// SHA-256 of its certificate authority's certificate (DER).
    pub pin: Option<[u8; 32]>,
    /// The one-time secret, if the link is for joining or signing in.
    pub secret: Option<String>,
}

impl ServerLink {
    /// Reads an address, an invitation or a sign-in link; also `deskside://join?link=…` around one. An address
    /// without a scheme is https, or http on loopback. Refused as `invalid` with what is wrong.
    pub fn parse(text: &str) -> Result<Self, Trouble> {
        let invalid = |why: &str| {
            let mut problem =
                deskside_protocol::Problem::new(Code::Invalid, "this is not the address of a Deskside");
            problem.detail = Some(why.to_owned());
            Trouble::from(problem)
        };
        let text = text.trim();
        if let Ok(link) = Url::parse(text)
            && link.scheme() == "deskside"
        {
            let inner = link.query_pairs().find(|(name, _)| name == "link");
            let (_, inner) = inner.ok_or_else(|| invalid("the link names no server"))?;
            // One level only: a link inside a link inside a link is somebody's game.
            return match Url::parse(&inner) {
                Ok(inner) if inner.scheme() != "deskside" => Self::parse(inner.as_str()),
                _ => Err(invalid("the link names no server")),
            };
        }
        let mut url = match Url::parse(text) {
            Ok(url) if url.has_host() => url,
            _ => {
                let secure =
                    Url::parse(&format!("https://{text}")).map_err(|error| invalid(&error.to_string()))?;
                if is_loopback(&secure) {
                    Url::parse(&format!("http://{text}")).map_err(|error| invalid(&error.to_string()))?
                } else {
                    secure
                }
            }
        };
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err(invalid("http is only for this very machine: use https")),
            other => return Err(invalid(&format!("{other} is no scheme of a server"))),
        }
        let fragment = url.fragment().unwrap_or_default().to_owned();
        let mut pin = None;
        let mut secret = None;
        for part in fragment.split(['&', '/', '?']).filter(|part| !part.is_empty()) {
            match part.split_once('=') {
                Some(("pin", hex)) => pin = Some(hash(hex).ok_or_else(|| invalid("the pin is cut off"))?),
                Some(("secret", value)) => secret = Some(value.to_owned()),
                Some(_) => {}
                None => secret = Some(part.to_owned()),
            }
        }
        // `/join/SECRET`, `/sign-in/SECRET`: a name and a secret; a single word is a page.
        let words: Vec<_> =
            url.path_segments().into_iter().flatten().filter(|word| !word.is_empty()).collect();
        if let [.., _, last] = words.as_slice() {
            secret = Some((*last).to_owned());
        }
        url.set_path("/");
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self { base: url, pin, secret })
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// 64 hex digits.
pub(crate) fn hash(hex: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (index, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(hash)
}

/// The other way.
pub(crate) fn hex(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, base: &str, secret: Option<&str>, pinned: bool) {
        let link = ServerLink::parse(text).unwrap_or_else(|trouble| panic!("{text}: {trouble}"));
        assert_eq!(link.base.as_str(), base, "{text}");
        assert_eq!(link.secret.as_deref(), secret, "{text}");
        assert_eq!(link.pin.is_some(), pinned, "{text}");
    }

    #[test]
    fn every_form_people_are_given() {
        let pin = "ab".repeat(32);
        check("desk.example.com", "https://desk.example.com/", None, false);
        check("desk.example.com:8443", "https://desk.example.com:8443/", None, false);
        check(" localhost:7373 ", "http://localhost:7373/", None, false);
        check("127.0.0.1:7373/", "http://127.0.0.1:7373/", None, false);
        check("https://desk.example.com/inbox", "https://desk.example.com/", None, false);
        check("https://desk.example.com/join/s3cr3t", "https://desk.example.com/", Some("s3cr3t"), false);
        check(&format!("https://10.0.0.7:7373/join/s#pin={pin}"), "https://10.0.0.7:7373/", Some("s"), true);
        check(&format!("https://10.0.0.7/#pin={pin}"), "https://10.0.0.7/", None, true);
        check("http://127.0.0.1:7373/#/sign-in/abc", "http://127.0.0.1:7373/", Some("abc"), false);
        check(
            "deskside://join?link=https%3A%2F%2Fd.example%2Fjoin%2Fs",
            "https://d.example/",
            Some("s"),
            false,
        );
    }

    #[test]
    fn what_is_refused() {
        for text in [
            "http://desk.example.com",
            "ftp://desk.example.com",
            "https://desk.example.com/join/s#pin=abcd",
            "deskside://join",
            "deskside://join?link=deskside%3A%2F%2Fjoin",
            "",
        ] {
            let trouble = ServerLink::parse(text).expect_err(text);
            assert_eq!(trouble.code(), Some(Code::Invalid), "{text}: {trouble}");
        }
    }
}
