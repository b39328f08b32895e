//! Who is in a meeting: the calendar files that people have named are read every quarter of an hour, and a person's row
//! says until when they are busy. What a meeting is about is never looked at, the file is not kept, and when somebody
//! is busy later is in memory alone.
//!
//! An address that somebody typed makes this server ask another one, so it may lead to no place that only this server
//! can reach: https alone, no redirects, and no address of a private network, looked at after the name was resolved so
//! that no name can be turned around in between. An administrator whose calendars lie inside says so
//! ([`crate::Settings::private_calendars`]).

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use deskside_domain::{
    Key, Read, Row, Time,
    calendar::Span,
    command::System,
    id::PersonId,
    person::{CalendarFile, Person, calendar_secret},
    time::{DAY, MINUTE},
};
use deskside_ports::bus::Hint;
use futures_util::{StreamExt as _, stream};
use reqwest::{
    Client,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect,
};
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::parts::Shared;

/// A calendar is read anew after this long.
const EVERY: i64 = 15 * MINUTE;
/// So far ahead it is looked at.
const AHEAD: i64 = DAY;
/// The other server must have answered whole by then.
const PATIENCE: Duration = Duration::from_secs(10);
/// Calendars read at the same time.
const BESIDE: usize = 4;
/// After something broke here.
const PAUSE: Duration = Duration::from_secs(60);

/// What was read of one calendar.
struct Known {
    source: String,
    read_at: Time,
    spans: Vec<Span>,
    file: CalendarFile,
    /// What the person's row was told last.
    told: Option<(Option<Time>, CalendarFile)>,
}

/// What was read of all of them.
#[derive(Default)]
pub(crate) struct Calendars {
    known: Mutex<HashMap<PersonId, Known>>,
}

/// Reads calendars, and says who is busy when a meeting begins or ends, until `stop`.
pub(crate) async fn run(server: Shared, stop: CancellationToken) {
    let mut hints = server.parts.bus.listen();
    loop {
        let next = look(&server).await;
        let wait = async {
            match next {
                Ok(Some(at)) => server.parts.clock.sleep_until(at).await,
                Ok(None) => std::future::pending().await,
                Err(error) => {
                    tracing::warn!(error = format!("{error:#}"), "the calendars could not be looked at");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        };
        let hinted = async {
            loop {
                match hints.recv().await {
                    Ok(Hint::Calendar(_)) | Err(RecvError::Lagged(_)) => break,
                    Err(RecvError::Closed) => std::future::pending().await,
                    Ok(_) => {}
                }
            }
        };
        tokio::select! {
            () = wait => {}
            () = hinted => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Looks at everybody's calendar once; says when to look again.
async fn look(server: &Shared) -> anyhow::Result<Option<Time>> {
    let state = server.parts.store.load(&[Read::People, Read::Row(Key::Org)]).await?.state;
    let named: Vec<Person> =
        state.people().filter(|row| row.active && row.calendar != CalendarFile::None).cloned().collect();
    server.calendars.lock().retain(|id, _| named.iter().any(|person| person.id == *id));
    let zone = state.org().map(|org| org.zone.clone()).unwrap_or_default();
    let reads =
        named.iter().map(|person| Read::Row(Key::Secret(calendar_secret(person.id)))).collect::<Vec<_>>();
    let secrets = server.parts.store.load(&reads).await?.state;
    let now = server.now();
    let stale = named.iter().filter_map(|person| {
        let Some(Row::Secret(secret)) = secrets.get(&Key::Secret(calendar_secret(person.id))) else {
            return None;
        };
        let known = server.calendars.lock();
        let is_fresh = known
            .get(&person.id)
            .is_some_and(|known| known.source == secret.value && now.since(known.read_at) < EVERY);
        let zone = if person.profile.zone.is_empty() { &zone } else { &person.profile.zone };
        (!is_fresh).then(|| (person.id, secret.value.clone(), zone.clone()))
    });
    let stale: Vec<_> = stale.collect();
    stream::iter(stale)
        .for_each_concurrent(BESIDE, |(person, source, zone)| async move {
            let read = read(&source, &zone, now, server.parts.settings.private_calendars).await;
            server.calendars.keep(person, source, now, read);
        })
        .await;
    for person in &named {
        let Some((until, file)) = server.calendars.to_tell(person.id, now) else { continue };
        let says = System::CalendarSays { person: person.id, busy_until: until, file };
        server.decisions.system(says).await.map_err(|problem| anyhow::anyhow!("{problem}"))?;
    }
    Ok(server.calendars.next(now))
}

impl Calendars {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<PersonId, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, person: PersonId, source: String, now: Time, read: Result<Vec<Span>, CalendarFile>) {
        let mut known = self.lock();
        let before = known.remove(&person).filter(|known| known.source == source);
        let (spans, file) = match read {
            Ok(spans) => (spans, CalendarFile::Read),
            // A server that is away for a while does not empty anybody's afternoon.
            Err(file) => (before.as_ref().map(|known| known.spans.clone()).unwrap_or_default(), file),
        };
        let told = before.and_then(|known| known.told);
        known.insert(person, Known { source, read_at: now, spans, file, told });
    }

    /// What the person's row is to be told, if that is new. Only what changes is told: who says that they are there
    /// although a meeting goes on is believed until the next one.
    fn to_tell(&self, person: PersonId, now: Time) -> Option<(Option<Time>, CalendarFile)> {
        let mut known = self.lock();
        let known = known.get_mut(&person)?;
        let says = (deskside_agenda::meeting_at(&known.spans, now).map(|meeting| meeting.to), known.file);
        if known.told == Some(says) {
            return None;
        }
        known.told = Some(says);
        Some(says)
    }

    /// When a meeting begins or ends next, or a calendar is to be read.
    fn next(&self, now: Time) -> Option<Time> {
        let known = self.lock();
        let moments = known.values().flat_map(|known| {
            let turns = known.spans.iter().flat_map(|span| [span.from, span.to]);
            turns.chain([known.read_at.plus(EVERY)])
        });
        moments.filter(|at| *at > now).min()
    }
}

/// When the owner of this calendar is busy from now on.
async fn read(source: &str, zone: &str, now: Time, private: bool) -> Result<Vec<Span>, CalendarFile> {
    let fetched;
    let file = if source.contains("BEGIN:VCALENDAR") {
        source
    } else {
        fetched = fetch(source, private).await?;
        &fetched
    };
    // A meeting that began before now is one, too.
    let busy = deskside_agenda::busy(file, zone, now.plus(-DAY), now.plus(AHEAD));
    busy.map(|busy| busy.spans).map_err(|_| CalendarFile::NotACalendar)
}

/// The file at `address`.
async fn fetch(address: &str, private: bool) -> Result<String, CalendarFile> {
    // What calendars are published under in the wild.
    let address = address.replacen("webcal://", "https://", 1);
    let url = Url::parse(&address).map_err(|_| CalendarFile::Unreachable)?;
    is_allowed(&url, private)?;
    let unreachable = |error: reqwest::Error| {
        // The address itself opens the calendar: it stands in no log.
        let error = error.without_url();
        let why = if format!("{error:?}").contains(NOT_PUBLIC) {
            CalendarFile::NotAllowed
        } else {
            CalendarFile::Unreachable
        };
        tracing::debug!(?error, "a calendar can't be fetched");
        why
    };
    let mut client = Client::builder()
        .timeout(PATIENCE)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .https_only(!private);
    if !private {
        client = client.dns_resolver(Arc::new(PublicOnly));
    }
    let client = client.build().map_err(unreachable)?;
    let mut answer = client.get(url).send().await.map_err(unreachable)?;
    if !answer.status().is_success() {
        return Err(CalendarFile::Unreachable);
    }
    let mut bytes = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(unreachable)? {
        if bytes.len() + piece.len() > deskside_agenda::MOST_BYTES {
            return Err(CalendarFile::NotACalendar);
        }
        bytes.extend_from_slice(&piece);
    }
    String::from_utf8(bytes).map_err(|_| CalendarFile::NotACalendar)
}

/// Refuses what no calendar of the internet is behind. A host that is written as an address is never resolved, so it is
/// looked at here.
fn is_allowed(url: &Url, private: bool) -> Result<(), CalendarFile> {
    let scheme = url.scheme() == "https" || (private && url.scheme() == "http");
    let host = match url.host() {
        Some(url::Host::Ipv4(address)) => private || is_public(address.into()),
        Some(url::Host::Ipv6(address)) => private || is_public(address.into()),
        Some(url::Host::Domain(_)) => true,
        None => false,
    };
    if scheme && host && url.username().is_empty() { Ok(()) } else { Err(CalendarFile::NotAllowed) }
}

/// What the resolver says of a name that leads inside.
const NOT_PUBLIC: &str = "the name leads to no public address";

struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<_> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(NOT_PUBLIC.into());
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
            "file:///etc/passwd",
        ] {
            assert_eq!(is_allowed(&url(text), false), Err(CalendarFile::NotAllowed), "{text}");
        }
        for text in
            ["https://calendar.example/a.ics", "https://1.1.1.1/a.ics", "https://[2606:4700::1111]/a.ics"]
        {
            assert_eq!(is_allowed(&url(text), false), Ok(()), "{text}");
        }
        assert_eq!(is_allowed(&url("http://10.1.2.3/a.ics"), true), Ok(()), "an administrator allows it");
    }

    /// `localhost` is resolved here by every system, to nothing public.
    #[tokio::test]
    async fn a_name_that_leads_inside_is_resolved_to_nothing() {
        let name = "localhost".parse().expect("a name");
        let refused = PublicOnly.resolve(name).await.err().expect("nothing public");
        assert_eq!(refused.to_string(), NOT_PUBLIC);
    }
}
