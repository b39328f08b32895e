//! Fetching a calendar. An address that somebody typed makes this server ask another one, so it may lead to no place
//! that only this server can reach: https at its own port alone, no redirects, and no address of a private network,
//! looked at after the name was resolved so that no name can be turned around in between. An administrator whose
//! calendars lie inside says so ([`crate::Settings::private_calendars`]).

use std::{
    error::Error,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
    time::Duration,
};

use deskside_domain::person::CalendarFile;
use reqwest::{
    Client,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect,
};
use tokio::sync::OnceCell;
use url::Url;

/// The other server must have answered whole by then.
const PATIENCE: Duration = Duration::from_secs(10);

/// The way to other servers.
pub(super) struct Outside {
    /// Made when it is first needed: most servers fetch nothing.
    client: OnceCell<Client>,
    private: bool,
}

impl Outside {
    /// `private`: also to addresses that only this server can reach.
    pub fn new(private: bool) -> Self {
        Self { client: OnceCell::new(), private }
    }

    async fn client(&self) -> reqwest::Result<&Client> {
        self.client.get_or_try_init(async || self.build()).await
    }

    fn build(&self) -> reqwest::Result<Client> {
        let mut client = Client::builder()
            .timeout(PATIENCE)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .https_only(!self.private);
        if !self.private {
            client = client.dns_resolver(Arc::new(PublicOnly));
        }
        client.build()
    }

    /// The file at `address`.
    pub async fn fetch(&self, address: &str) -> Result<String, CalendarFile> {
        // What calendars are published under in the wild.
        let address = match address.strip_prefix("webcal://") {
            Some(rest) => format!("https://{rest}"),
            None => address.to_owned(),
        };
        let url = Url::parse(&address).map_err(|_| CalendarFile::Unreachable)?;
        is_allowed(&url, self.private)?;
        let mut answer = self.client().await.map_err(why)?.get(url).send().await.map_err(why)?;
        if !answer.status().is_success() {
            return Err(CalendarFile::Unreachable);
        }
        let mut bytes = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(why)? {
            if bytes.len() + piece.len() > deskside_agenda::MOST_BYTES {
                return Err(CalendarFile::NotACalendar);
            }
            bytes.extend_from_slice(&piece);
        }
        String::from_utf8(bytes).map_err(|_| CalendarFile::NotACalendar)
    }
}

/// What its owner is told of a fetch that failed.
fn why(error: reqwest::Error) -> CalendarFile {
    // The address itself opens the calendar: it stands in no log.
    let error = error.without_url();
    tracing::debug!(?error, "a calendar can't be fetched");
    let mut cause = error.source();
    while let Some(because) = cause {
        if because.is::<NotPublic>() {
            return CalendarFile::NotAllowed;
        }
        cause = because.source();
    }
    CalendarFile::Unreachable
}

/// Refuses what no calendar of the internet is behind. A host that is written as an address is never resolved, so it is
/// looked at here.
fn is_allowed(url: &Url, private: bool) -> Result<(), CalendarFile> {
    let scheme = url.scheme() == "https" || (private && url.scheme() == "http");
    // At other ports there are other things than calendars.
    let port = private || url.port_or_known_default() == Some(443);
    let host = match url.host() {
        Some(url::Host::Ipv4(address)) => private || is_public(address.into()),
        Some(url::Host::Ipv6(address)) => private || is_public(address.into()),
        Some(url::Host::Domain(_)) => true,
        None => false,
    };
    if scheme && port && host && url.username().is_empty() { Ok(()) } else { Err(CalendarFile::NotAllowed) }
}

/// What the resolver says of a name that leads inside.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to no public address")]
struct NotPublic;

struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<_> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(NotPublic.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one that the whole internet reaches (the registries of special-purpose addresses, RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        // Shared by the customers of one provider; protocol assignments; benchmarks.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    if let Some(inner) = address.to_ipv4() {
        // `::ffff:10.0.0.1` is 10.0.0.1, whoever writes it.
        return is_public_v4(inner);
    }
    // Global unicast, without what is for documentation, and without tunnels that hide a private address.
    (first & 0xe000) == 0x2000
        && !(first == 0x2001 && second == 0x0db8)
        && first != 0x2002
        && !(first == 0x2001 && second == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("an address")
    }

    #[test]
    fn no_address_leads_inside() {
        for text in [
            "http://calendar.example/a.ics",
            "https://127.0.0.1/a.ics",
            "https://10.1.2.3/a.ics",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/a.ics",
            "https://[fd00::1]/a.ics",
            "https://[::ffff:192.168.0.1]/a.ics",
            "https://0x7f000001/a.ics",
            "https://me:secret@calendar.example/a.ics",
            "https://calendar.example:8443/a.ics",
            "https://calendar.example:25/a.ics",
            "file:///etc/passwd",
        ] {
            assert_eq!(is_allowed(&url(text), false), Err(CalendarFile::NotAllowed), "{text}");
        }
        for text in [
            "https://calendar.example/a.ics",
            "https://calendar.example:443/a.ics",
            "https://1.1.1.1/a.ics",
            "https://[2606:4700::1111]/a.ics",
        ] {
            assert_eq!(is_allowed(&url(text), false), Ok(()), "{text}");
        }
        assert_eq!(
            is_allowed(&url("http://10.1.2.3:8080/a.ics"), true),
            Ok(()),
            "an administrator allows it"
        );
    }

    /// `localhost` is resolved here by every system, to nothing public.
    #[tokio::test]
    async fn a_name_that_leads_inside_is_told_from_one_that_leads_nowhere() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let outside = Outside::new(false);
        assert_eq!(outside.fetch("https://localhost/a.ics").await, Err(CalendarFile::NotAllowed));
        assert_eq!(outside.fetch("webcal://localhost/a.ics").await, Err(CalendarFile::NotAllowed));
        assert_eq!(outside.fetch("https://nowhere.invalid/a.ics").await, Err(CalendarFile::Unreachable));
    }
}
