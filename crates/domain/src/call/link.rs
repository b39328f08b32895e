//! From a provider to the address that is opened, and back: what makes a provider acceptable at all. Formats
//! and their sources are in the design's *hand-off by link*. Only `https` and `tel` are ever opened as web
//! addresses; app schemes are built here from checked parts, never taken from what somebody typed. The host of
//! a template holds no placeholder and is thereby the only host it can lead to; personal links may lead to the
//! known meeting hosts. Tokens are described here (`Claims`) and signed by the server.

mod address;
mod claims;

pub use address::{PERSONAL_HOSTS, check_web_address};
pub use claims::Claims;

use crate::{
    Refusal,
    call::{Call, Provider},
    id::PersonId,
    person::Person,
};
use address::{check_host, encode, host_of, is_personal_host};

/// Where a call is joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// For any browser, or `tel:`.
    pub web: String,
    /// For the provider's installed app; open `web` if it does not answer.
    pub app: Option<String>,
}

/// What a link may say besides who talks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Occasion<'a> {
    /// Who asked, if the call is about a request: the *agent* of templates. Without one it is the caller.
    pub asker: Option<PersonId>,
    /// What it is about; goes to the provider only where a template says `{subject}`.
    pub subject: &'a str,
    /// The locale of whoever opens the link, e.g. `de`.
    pub locale: &'a str,
    /// The signed token, where the provider wants one ([`Claims::of`]); else empty.
    pub token: &'a str,
}

/// Placeholders of [`Provider::Template`].
pub const PLACEHOLDERS: [&str; 8] = [
    "session_id",
    "room",
    "agent_name",
    "agent_email",
    "supervisor_name",
    "supervisor_email",
    "subject",
    "locale",
];

/// Whether a provider may be set.
///
/// # Errors
/// [`Refusal::Invalid`] or [`Refusal::Empty`] naming what is wrong with it.
pub fn validate(provider: &Provider) -> Result<(), Refusal> {
    match provider {
        Provider::PersonalLink | Provider::Phone | Provider::Teams => Ok(()),
        Provider::SlackHuddle { team, channel } => {
            slack_id("Slack workspace", team, &['T', 'E'])?;
            slack_id("Slack channel", channel, &['C', 'D', 'G'])
        }
        Provider::Template { address } => {
            let parts = split(address)?;
            let sample: String =
                parts.iter().map(|part| if let Part::Text(text) = part { text } else { "x" }).collect();
            check_web_address("call address", &sample)?;
            // A placeholder in the host would let a name choose where the call leads.
            let Some(Part::Text(start)) = parts.first() else { return Err(no_host()) };
            let after_scheme = start.get("https://".len()..).ok_or_else(no_host)?;
            if parts.len() > 1 && !after_scheme.contains(['/', '?', '#']) {
                return Err(no_host());
            }
            Ok(())
        }
        Provider::Jitsi { host, app_id } => {
            check_host("Jitsi host", host)?;
            if app_id.chars().all(|char| char.is_ascii_alphanumeric() || "-_.".contains(char)) {
                Ok(())
            } else {
                Err(Refusal::Invalid { field: "Jitsi app id", why: "letters, digits, - _ . only" })
            }
        }
        Provider::LiveKit { meet, server, key } => {
            check_web_address("LiveKit Meet address", meet)?;
            if meet.contains(['?', '#']) {
                return Err(Refusal::Invalid { field: "LiveKit Meet address", why: "has a query" });
            }
            let Some(server) = server.strip_prefix("wss://") else {
                return Err(Refusal::Invalid { field: "LiveKit server", why: "must begin with wss://" });
            };
            check_host("LiveKit server", server.trim_end_matches('/'))?;
            if key.is_empty() {
                return Err(Refusal::Empty("LiveKit key"));
            }
            if key.chars().all(|char| char.is_ascii_alphanumeric() || "-_".contains(char)) {
                Ok(())
            } else {
                Err(Refusal::Invalid { field: "LiveKit key", why: "letters, digits, - _ only" })
            }
        }
    }
}

/// What `provider` lacks for `host` to talk with `guest`; `None` if they can.
pub fn lacks(provider: &Provider, host: &Person, guest: &Person) -> Option<&'static str> {
    match provider {
        Provider::PersonalLink if personal_link(host).is_none() => Some("call_link"),
        Provider::Phone if dialled(&guest.phone).is_empty() => Some("phone"),
        Provider::Teams if guest.email.is_empty() => Some("email"),
        _ => None,
    }
}

/// Where `me` opens `call` with `other`.
///
/// # Errors
/// [`Refusal::ProviderIncomplete`] where a person lacks what the provider needs; what [`validate`] refuses, for
/// a provider that was stored before a rule became stricter.
pub fn join_link(
    provider: &Provider,
    call: &Call,
    me: &Person,
    other: &Person,
    occasion: &Occasion<'_>,
) -> Result<Link, Refusal> {
    validate(provider)?;
    let web_only = |web| Ok(Link { web, app: None });
    match provider {
        Provider::PersonalLink => {
            let host = if call.host() == me.id { me } else { other };
            let web = personal_link(host).ok_or(Refusal::ProviderIncomplete("call_link"))?;
            Ok(Link { app: zoom_app(&web), web })
        }
        Provider::Phone => {
            let number = dialled(&other.phone);
            if number.is_empty() {
                return Err(Refusal::ProviderIncomplete("phone"));
            }
            web_only(format!("tel:{number}"))
        }
        Provider::Teams => {
            if other.email.is_empty() {
                return Err(Refusal::ProviderIncomplete("email"));
            }
            let rest = format!("/l/call/0/0?users={}&withVideo=true", encode(&other.email));
            let app = Some(format!("msteams:{rest}"));
            Ok(Link { web: format!("https://teams.microsoft.com{rest}"), app })
        }
        Provider::SlackHuddle { team, channel } => {
            web_only(format!("https://app.slack.com/huddle/{team}/{channel}"))
        }
        Provider::Template { address } => web_only(fill(address, call, me, other, occasion)?),
        Provider::Jitsi { host, app_id } => {
            let room = encode(&call.room);
            let token =
                if app_id.is_empty() { String::new() } else { format!("?jwt={}", encode(occasion.token)) };
            let name = encode(&claims::json_string(&me.name));
            let web = format!(
                "https://{host}/{room}{token}#config.prejoinConfig.enabled=false\
                 &config.startWithVideoMuted=true&userInfo.displayName={name}"
            );
            Ok(Link { web, app: Some(format!("jitsi-meet://{host}/{room}{token}")) })
        }
        Provider::LiveKit { meet, server, .. } => web_only(format!(
            "{}/custom?liveKitUrl={}&token={}",
            meet.trim_end_matches('/'),
            encode(server),
            encode(occasion.token)
        )),
    }
}

enum Part<'a> {
    Text(&'a str),
    Placeholder(&'a str),
}

fn split(address: &str) -> Result<Vec<Part<'_>>, Refusal> {
    let invalid = |why| Refusal::Invalid { field: "call address", why };
    let mut parts = Vec::new();
    let mut rest = address;
    while let Some(open) = rest.find('{') {
        let (text, from) = rest.split_at(open);
        let close = from.find('}').ok_or(invalid("a { without }"))?;
        let name = &from[1..close];
        if !PLACEHOLDERS.contains(&name) {
            return Err(invalid("an unknown placeholder"));
        }
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        parts.push(Part::Placeholder(name));
        rest = &from[close + 1..];
    }
    if rest.contains('}') {
        return Err(invalid("a } without {"));
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    Ok(parts)
}

fn fill(
    address: &str,
    call: &Call,
    me: &Person,
    other: &Person,
    occasion: &Occasion<'_>,
) -> Result<String, Refusal> {
    let agent_id = occasion.asker.unwrap_or(call.caller);
    let (agent, supervisor) = if other.id == agent_id { (other, me) } else { (me, other) };
    let session = call.id.to_string();
    let mut filled = String::new();
    for part in split(address)? {
        let value = match part {
            Part::Text(text) => {
                filled.push_str(text);
                continue;
            }
            Part::Placeholder("session_id") => &session,
            Part::Placeholder("room") => &call.room,
            Part::Placeholder("agent_name") => &agent.name,
            Part::Placeholder("agent_email") => &agent.email,
            Part::Placeholder("supervisor_name") => &supervisor.name,
            Part::Placeholder("supervisor_email") => &supervisor.email,
            Part::Placeholder("subject") => occasion.subject,
            Part::Placeholder("locale") => occasion.locale,
            Part::Placeholder(_) => "",
        };
        filled.push_str(&encode(value));
    }
    Ok(filled)
}

fn no_host() -> Refusal {
    Refusal::Invalid {
        field: "call address",
        why: "must begin with https:// and a host without placeholders",
    }
}

/// Whether `address` leads to one of [`PERSONAL_HOSTS`].
pub fn is_personal(address: &str) -> bool {
    check_web_address("call_link", address).is_ok() && host_of(address).is_some_and(is_personal_host)
}

fn personal_link(person: &Person) -> Option<String> {
    let link = person.call_link.trim();
    is_personal(link).then(|| link.to_owned())
}

/// `https://zoom.us/j/ID?pwd=P` opens in the app as `zoommtg://`.
fn zoom_app(web: &str) -> Option<String> {
    let host = host_of(web)?;
    if host != "zoom.us" && !host.ends_with(".zoom.us") {
        return None;
    }
    let (path, query) = web.split_once('?').unwrap_or((web, ""));
    let meeting = path.split_once("/j/")?.1;
    if meeting.is_empty() || !meeting.chars().all(|char| char.is_ascii_digit()) {
        return None;
    }
    let pwd = query.split(['&', '#']).find_map(|pair| pair.strip_prefix("pwd="));
    let is_plain = |pwd: &&str| pwd.chars().all(|char| char.is_ascii_alphanumeric() || "-_.".contains(char));
    let pwd = pwd.filter(is_plain).map(|pwd| format!("&pwd={pwd}")).unwrap_or_default();
    Some(format!("zoommtg://{host}/join?action=join&confno={meeting}{pwd}"))
}

/// The digits to dial, with a leading plus if there is one. In `+49 (0)228` the zero is for callers within the
/// country only.
fn dialled(phone: &str) -> String {
    let is_international = phone.trim_start().starts_with('+');
    let phone = if is_international { phone.replace("(0)", "") } else { phone.to_owned() };
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let plus = if is_international && !digits.is_empty() { "+" } else { "" };
    format!("{plus}{digits}")
}

fn slack_id(field: &'static str, id: &str, first: &[char]) -> Result<(), Refusal> {
    let is_id = id.starts_with(first)
        && (6..=24).contains(&id.len())
        && id.chars().all(|char| char.is_ascii_uppercase() || char.is_ascii_digit());
    if is_id { Ok(()) } else { Err(Refusal::Invalid { field, why: "not a Slack id" }) }
}
