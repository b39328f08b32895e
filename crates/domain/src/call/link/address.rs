//! What an address somebody typed must look like before anybody is led to it.

use crate::{Refusal, decide::is_deceptive};

/// Hosts that personal meeting links may lead to, each with its subdomains. Other hosts are an organisation's
/// decision: a template, or one's own Jitsi or LiveKit.
pub const PERSONAL_HOSTS: [&str; 10] = [
    "zoom.us",
    "zoom.com",
    "zoomgov.com",
    "meet.google.com",
    "webex.com",
    "teams.microsoft.com",
    "teams.live.com",
    "meet.goto.com",
    "whereby.com",
    "meet.jit.si",
];

/// Most characters of an address.
const LONGEST: usize = 2_000;
/// Most characters of one value put into an address.
const LONGEST_VALUE: usize = 300;

/// Accepts `https` addresses with a plain ASCII host: no user name, no control, direction or space characters,
/// no backslash (browsers read it as `/`), no braces, quotes or angle brackets.
///
/// # Errors
/// [`Refusal::Invalid`] for `field`, or [`Refusal::TooLong`].
pub fn check_web_address(field: &'static str, address: &str) -> Result<(), Refusal> {
    let invalid = |why| Err(Refusal::Invalid { field, why });
    if address.chars().count() > LONGEST {
        return Err(Refusal::TooLong { field, limit: LONGEST as u64 });
    }
    if address.chars().any(|char| is_deceptive(char) || char.is_whitespace() || "\\\"<>`{}|^".contains(char))
    {
        return invalid("characters that do not belong into an address");
    }
    if !address.starts_with("https://") {
        return invalid("must begin with https://");
    }
    check_host(field, authority(address))
}

/// Accepts a host name with an optional port.
pub(super) fn check_host(field: &'static str, authority: &str) -> Result<(), Refusal> {
    let invalid = |why| Err(Refusal::Invalid { field, why });
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    if port.is_some_and(|port| !port.parse::<u16>().is_ok_and(|port| port > 0) || port.starts_with('+')) {
        return invalid("not a port");
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|char| char.is_ascii_alphanumeric() || char == '-')
    };
    // Names with other letters are written as xn--…, so that two hosts that look alike are not alike.
    if host.len() > 253 || !host.split('.').all(is_label) {
        return invalid("not a host name");
    }
    Ok(())
}

/// The host of an address that [`check_web_address`] accepts, without port.
pub(super) fn host_of(address: &str) -> Option<&str> {
    address.starts_with("https://").then(|| authority(address).split(':').next().unwrap_or_default())
}

pub(super) fn is_personal_host(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    PERSONAL_HOSTS.iter().any(|known| {
        host == *known || host.strip_suffix(known).is_some_and(|subdomain| subdomain.ends_with('.'))
    })
}

/// A value as it stands anywhere in an address: everything but letters, digits and `-._~` is encoded, and
/// what would climb a path is not let through.
pub(super) fn encode(value: &str) -> String {
    // A token is longer than any name; it is made of letters that need no encoding.
    let is_token = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let limit = if is_token { LONGEST * 2 } else { LONGEST_VALUE };
    let mut encoded = String::new();
    for char in value.chars().filter(|char| !is_deceptive(*char)).take(limit) {
        if char.is_ascii_alphanumeric() || "-._~".contains(char) {
            encoded.push(char);
        } else {
            let mut bytes = [0; 4];
            for byte in char.encode_utf8(&mut bytes).bytes() {
                encoded.push('%');
                encoded.push(char::from(b"0123456789ABCDEF"[usize::from(byte >> 4)]));
                encoded.push(char::from(b"0123456789ABCDEF"[usize::from(byte & 15)]));
            }
        }
    }
    if matches!(encoded.as_str(), "." | "..") { "_".to_owned() } else { encoded }
}

fn authority(address: &str) -> &str {
    let rest = address.strip_prefix("https://").unwrap_or_default();
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}
