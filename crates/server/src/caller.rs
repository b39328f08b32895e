//! Who calls: the session behind a cookie (browsers) or a bearer token (apps), and from which address.
//!
//! A cookie is sent by a browser whatever page asks, so a change with a cookie must come from our own pages.

use std::net::IpAddr;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Method, header, request::Parts},
};
use deskside_domain::{Key, Row, id::PersonId, permission::Viewer, person::Person};
use deskside_protocol::Code;

use crate::{
    answer::{Answer, Oops},
    parts::{Settings, Shared},
    secret::hash_of,
};

/// A signed-in person who calls.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub person: Person,
    /// The id of the session, as its person knows it.
    pub session: String,
    /// SHA-256 of the session's token.
    pub token_hash: [u8; 32],
}

impl Caller {
    pub fn id(&self) -> PersonId {
        self.person.id
    }

    pub fn viewer(&self) -> Viewer {
        Viewer::of(&self.person)
    }
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Oops;

    async fn from_request_parts(parts: &mut Parts, server: &Shared) -> Answer<Self> {
        let settings = &server.parts.settings;
        let (token, by_cookie) = match bearer(&parts.headers) {
            Some(token) => (token, false),
            None => {
                let token = cookie(&parts.headers, settings)
                    .ok_or_else(|| Oops::new(Code::SignInNeeded, "nobody is signed in here"))?;
                (token, true)
            }
        };
        let socket = parts.headers.contains_key(header::UPGRADE);
        if by_cookie && (socket || !is_safe(&parts.method)) && !from_own_page(&parts.headers, settings) {
            return Err(Oops::new(Code::ForeignOrigin, "this came from another page"));
        }
        let token_hash = hash_of(token);
        let session = server.parts.accounts.session(token_hash).await?;
        let session = session.ok_or_else(|| Oops::new(Code::SignInNeeded, "this session has ended"))?;
        let person = person(server, session.person).await?;
        if !person.active {
            return Err(Oops::new(Code::Deactivated, "this account is deactivated"));
        }
        Ok(Self { person, session: session.id, token_hash })
    }
}

/// The person of this id.
pub(crate) async fn person(server: &Shared, id: PersonId) -> Answer<Person> {
    match server.parts.store.row(&Key::Person(id)).await?.get(&Key::Person(id)) {
        Some(Row::Person(person)) => Ok(person.clone()),
        _ => Err(Oops::new(Code::SignInNeeded, "this session has ended")),
    }
}

/// The address a request came from, for throttling.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub IpAddr);

impl Peer {
    /// The address behind `peer`: the last one that our own proxy wrote down.
    pub fn of(peer: IpAddr, headers: &HeaderMap, settings: &Settings) -> Self {
        let forwarded = || {
            let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
            last.rsplit(',').next()?.trim().parse().ok()
        };
        Self(if settings.behind_proxy { forwarded().unwrap_or(peer) } else { peer })
    }
}

impl FromRequestParts<Shared> for Peer {
    type Rejection = Oops;

    async fn from_request_parts(parts: &mut Parts, _server: &Shared) -> Answer<Self> {
        parts.extensions.get::<Peer>().copied().ok_or_else(|| anyhow::anyhow!("no peer address").into())
    }
}

/// The cookie's name: bound to this host and HTTPS wherever there is HTTPS.
pub(crate) fn cookie_name(settings: &Settings) -> &'static str {
    if settings.is_https() { "__Host-deskside" } else { "deskside" }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn cookie<'h>(headers: &'h HeaderMap, settings: &Settings) -> Option<&'h str> {
    let name = cookie_name(settings);
    headers.get_all(header::COOKIE).iter().find_map(|value| {
        value.to_str().ok()?.split(';').find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then_some(value)
        })
    })
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether the browser says that one of our own pages asks. Without a word from it, no.
pub(crate) fn from_own_page(headers: &HeaderMap, settings: &Settings) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        // A socket's handshake carries this header too; `none` is somebody typing the address.
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    if origin == settings.public_url {
        return true;
    }
    // Reached by another name of this host: the browser wrote both headers, a page can forge neither.
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    origin.split_once("://").is_some_and(|(_, origin)| Some(origin) == host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().expect("a header"), value.parse().expect("a value")))
            .collect()
    }

    #[test]
    fn only_our_own_pages_are_ours() {
        let settings = Settings::at("https://desk.example.com/");
        for (pairs, ours) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://desk.example.com")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("origin", "https://desk.example.com")], true),
            (&[("origin", "https://evil.example"), ("host", "desk.example.com")], false),
            (&[("origin", "http://127.0.0.1:5701"), ("host", "127.0.0.1:5701")], true),
            (&[("origin", "null"), ("host", "desk.example.com")], false),
            (&[("host", "desk.example.com")], false),
        ] {
            assert_eq!(from_own_page(&headers(pairs), &settings), ours, "{pairs:?}");
        }
    }

    #[test]
    fn a_forged_forwarded_address_is_believed_of_no_client() {
        let mut settings = Settings::at("https://desk.example.com");
        let peer = [10, 0, 0, 1].into();
        let forged = headers(&[("x-forwarded-for", "1.2.3.4, 203.0.113.9")]);
        assert_eq!(Peer::of(peer, &forged, &settings).0, peer);
        settings.behind_proxy = true;
        assert_eq!(Peer::of(peer, &forged, &settings).0, IpAddr::from([203, 0, 113, 9]));
    }
}
