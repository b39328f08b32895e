//! Tickets in addresses and titles, and windows that are not for recording.

use deskside_domain::{
    deny::{default_windows, is_denied},
    org::TicketPattern,
    ticket::{default_patterns, in_address, in_title, validate},
};

fn label(address: &str) -> Option<String> {
    in_address(address, &default_patterns()).map(|ticket| ticket.label)
}

#[test]
fn the_usual_tools_are_known() {
    let known = |address, expected: &str| assert_eq!(label(address).as_deref(), Some(expected), "{address}");
    known("https://numbra.zendesk.com/agent/tickets/4711", "ZD 4711");
    known("https://numbra.zendesk.com/agent/tickets/4711/events?tab=2", "ZD 4711");
    known("HTTPS://Numbra.Zendesk.com/agent/tickets/4711", "ZD 4711");
    known("https://numbra.freshdesk.com/a/tickets/99", "FD 99");
    known("https://numbra.atlassian.net/browse/DESK-12", "JIRA DESK-12");
    known(
        "https://numbra.lightning.force.com/lightning/r/Case/5003000000D8cuIAAR/view",
        "SF 5003000000D8cuIAAR",
    );
}

#[test]
fn what_only_looks_like_a_ticket_is_none() {
    for address in [
        "https://zendesk.com/agent/tickets/4711",
        "https://evil.example/numbra.zendesk.com/agent/tickets/4711",
        "https://a.b.zendesk.com/agent/tickets/4711",
        "https://evil.example?x.zendesk.com/agent/tickets/4711",
        "http://numbra.zendesk.com/agent/tickets/4711",
        "https://numbra.zendesk.com/agent/tickets/",
        "https://numbra.zendesk.com/agent/tickets/47<11",
        "https://numbra.zendesk.com/agent/users/4711",
        "",
    ] {
        assert_eq!(label(address), None, "{address}");
    }
}

#[test]
fn the_address_kept_ends_with_the_ticket() {
    let found =
        in_address("https://numbra.zendesk.com/agent/tickets/4711?customer=Smith", &default_patterns());
    assert_eq!(found.expect("a ticket").url, "https://numbra.zendesk.com/agent/tickets/4711");
}

#[test]
fn titles_and_patterns_of_ones_own() {
    let found = in_title("[DESK-12] Port-out fails - Jira", &default_patterns()).expect("a ticket");
    assert_eq!((found.label.as_str(), found.url.as_str()), ("JIRA DESK-12", ""));
    let own = TicketPattern {
        label: "X".into(),
        address: "https://tickets.numbra.example/show?id={id}".into(),
        title: "*Ticket #{id} *".into(),
    };
    assert_eq!(validate(&own), Ok(()));
    let patterns = [own];
    let label = |found: Option<deskside_domain::request::Ticket>| found.map(|ticket| ticket.label);
    assert_eq!(
        label(in_address("https://tickets.numbra.example/show?id=7&x=1", &patterns)).as_deref(),
        Some("X 7")
    );
    assert_eq!(label(in_title("Open - Ticket #88 - Numbra", &patterns)).as_deref(), Some("X 88"));
    assert_eq!(label(in_title("Ticket #88", &patterns)), None, "the pattern wants a space after it");
    assert_eq!(label(in_title("no ticket", &patterns)), None);
}

#[test]
fn patterns_that_find_anything_or_nothing_are_refused() {
    for (address, title) in [
        ("", ""),
        ("https://example.com/tickets", ""),
        ("https://example.com/{id}/{id}", ""),
        ("https://*/{id}", ""),
        ("https://*.com/{id}", ""),
        ("http://example.com/{id}", ""),
        ("javascript:{id}", ""),
        ("", "Ticket"),
        ("", "*****{id}"),
    ] {
        let pattern = TicketPattern { label: "X".into(), address: address.into(), title: title.into() };
        assert!(validate(&pattern).is_err(), "{address:?} {title:?} was taken");
    }
    for pattern in default_patterns() {
        assert_eq!(validate(&pattern), Ok(()), "{pattern:?}");
    }
}

#[test]
fn a_hostile_title_costs_no_time() {
    let pattern = TicketPattern { label: "X".into(), address: String::new(), title: "*a*a*a*a{id}!".into() };
    let title = "a".repeat(200_000);
    assert_eq!(in_title(&title, &[pattern]), None);
}

#[test]
fn password_stores_are_denied_by_default_and_tickets_about_payments_are_not() {
    let windows = default_windows();
    for (title, class) in
        [("Vault", "KeePassXC"), ("Bitwarden - Vault", "chrome"), ("Secure checkout", "firefox")]
    {
        assert!(is_denied(title, class, &windows), "{title} {class}");
    }
    assert!(!is_denied("Ticket #4711: payment failed", "firefox", &windows));
    assert!(!is_denied("anything", "at all", &["  ".into()]), "an empty entry denies nothing");
}
