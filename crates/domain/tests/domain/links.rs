//! Links: the formats of the providers, and that neither a template nor a name leads anywhere else.

use deskside_domain::{
    Refusal, Time,
    call::{
        Call, CallState, Provider,
        link::{Claims, Occasion, check_web_address, join_link, validate},
    },
    id::CallId,
    person::Person,
    time::SECOND,
};
use expect_test::{Expect, expect};
use proptest::prelude::*;
use uuid::Uuid;

use crate::world::{ANA, SAM, START, World};

fn ana_and_sam() -> (Person, Person) {
    let world = World::numbra();
    let person = |id| world.state.person(id).expect("a person").clone();
    (person(ANA), person(SAM))
}

/// Ana rings Sam.
fn call() -> Call {
    Call {
        id: CallId(Uuid::from_u128(7)),
        request: None,
        caller: ANA,
        callee: SAM,
        then: vec![],
        before: vec![],
        state: CallState::Accepted,
        silent: false,
        wants_callback: false,
        room: "abcdefghijklmnopqrstuvwx23".into(),
        joined: vec![],
        outcome: String::new(),
        rang_at: START,
        accepted_at: Some(START),
        joined_at: None,
        ended_at: None,
        still_asked_at: None,
    }
}

fn template(address: &str) -> Provider {
    Provider::Template { address: address.into() }
}

fn told(provider: &Provider, me: &Person, other: &Person, occasion: &Occasion<'_>) -> String {
    match join_link(provider, &call(), me, other, occasion) {
        Ok(link) => format!("{}\n{}\n", link.web, link.app.unwrap_or("no app".into())),
        Err(refusal) => format!("refused: {refusal}\n"),
    }
}

fn check(provider: &Provider, expected: Expect) {
    let (ana, sam) = ana_and_sam();
    let occasion = Occasion { asker: None, subject: "refund & port-out?", locale: "de", token: "a.b-c_d.e" };
    expected.assert_eq(&told(provider, &ana, &sam, &occasion));
}

#[test]
fn each_provider_has_its_format() {
    check(
        &template("https://meet.example.com/{room}?n={agent_name}&s={subject}&l={locale}#{session_id}"),
        expect![[r#"
            https://meet.example.com/abcdefghijklmnopqrstuvwx23?n=Ana&s=refund%20%26%20port-out%3F&l=de#00000000-0000-0000-0000-000000000007
            no app
        "#]],
    );
    check(
        &template("https://meet.example.com:8443/{supervisor_email}/{agent_email}/{supervisor_name}"),
        expect![[r#"
            https://meet.example.com:8443/sam%40numbra.example/ana%40numbra.example/Sam
            no app
        "#]],
    );
    check(
        &Provider::Teams,
        expect![[r#"
        https://teams.microsoft.com/l/call/0/0?users=sam%40numbra.example&withVideo=true
        msteams:/l/call/0/0?users=sam%40numbra.example&withVideo=true
    "#]],
    );
    check(
        &Provider::SlackHuddle { team: "T0123ABCD".into(), channel: "C0123ABCD".into() },
        expect![[r#"
        https://app.slack.com/huddle/T0123ABCD/C0123ABCD
        no app
    "#]],
    );
    check(
        &Provider::Jitsi { host: "meet.numbra.example".into(), app_id: String::new() },
        expect![[r#"
        https://meet.numbra.example/abcdefghijklmnopqrstuvwx23#config.prejoinConfig.enabled=false&config.startWithVideoMuted=true&userInfo.displayName=%22Ana%22
        jitsi-meet://meet.numbra.example/abcdefghijklmnopqrstuvwx23
    "#]],
    );
    check(
        &Provider::Jitsi { host: "meet.numbra.example".into(), app_id: "desk".into() },
        expect![[r#"
        https://meet.numbra.example/abcdefghijklmnopqrstuvwx23?jwt=a.b-c_d.e#config.prejoinConfig.enabled=false&config.startWithVideoMuted=true&userInfo.displayName=%22Ana%22
        jitsi-meet://meet.numbra.example/abcdefghijklmnopqrstuvwx23?jwt=a.b-c_d.e
    "#]],
    );
    let (meet, server) = ("https://meet.livekit.example/".into(), "wss://live.numbra.example".into());
    check(
        &Provider::LiveKit { meet, server, key: "APIkey".into() },
        expect![[r#"
        https://meet.livekit.example/custom?liveKitUrl=wss%3A%2F%2Flive.numbra.example&token=a.b-c_d.e
        no app
    "#]],
    );
    check(
        &Provider::Phone,
        expect![[r#"
        refused: the provider needs something: phone
    "#]],
    );
    check(
        &Provider::PersonalLink,
        expect![[r#"
        refused: the provider needs something: call_link
    "#]],
    );
}

#[test]
fn phones_and_personal_links() {
    let (mut ana, mut sam) = ana_and_sam();
    sam.phone = "+49 (0)228 20-41".into();
    ana.call_link = "https://us02web.zoom.us/j/8123456789?pwd=Ab1.x".into();
    let occasion = Occasion::default();
    expect![[r#"
        tel:+492282041
        no app
    "#]]
    .assert_eq(&told(&Provider::Phone, &ana, &sam, &occasion));
    // Both open the caller's room.
    expect![[r#"
        https://us02web.zoom.us/j/8123456789?pwd=Ab1.x
        zoommtg://us02web.zoom.us/join?action=join&confno=8123456789&pwd=Ab1.x
    "#]]
    .assert_eq(&told(&Provider::PersonalLink, &ana, &sam, &occasion));
    expect![[r#"
        https://us02web.zoom.us/j/8123456789?pwd=Ab1.x
        zoommtg://us02web.zoom.us/join?action=join&confno=8123456789&pwd=Ab1.x
    "#]]
    .assert_eq(&told(&Provider::PersonalLink, &sam, &ana, &occasion));
    ana.call_link = "https://meet.google.com/abc-defg-hij".into();
    expect![[r#"
        https://meet.google.com/abc-defg-hij
        no app
    "#]]
    .assert_eq(&told(&Provider::PersonalLink, &ana, &sam, &occasion));
    let lookalikes =
        ["https://zoom.us.evil.example/j/1", "https://evilzoom.us/j/1", "https://zoom.us@evil.example/j/1"];
    for hostile in lookalikes {
        ana.call_link = hostile.into();
        let refused = join_link(&Provider::PersonalLink, &call(), &ana, &sam, &occasion);
        assert_eq!(refused, Err(Refusal::ProviderIncomplete("call_link")), "{hostile}");
    }
}

#[test]
fn the_asker_is_the_agent_whoever_rings() {
    let (ana, sam) = ana_and_sam();
    let provider = template("https://meet.example.com/{agent_name}/{supervisor_name}");
    let link = |me, other, asker| {
        let occasion = Occasion { asker, ..Occasion::default() };
        join_link(&provider, &call(), me, other, &occasion).expect("a link").web
    };
    assert_eq!(link(&ana, &sam, None), "https://meet.example.com/Ana/Sam");
    assert_eq!(link(&sam, &ana, None), "https://meet.example.com/Ana/Sam");
    assert_eq!(link(&ana, &sam, Some(SAM)), "https://meet.example.com/Sam/Ana");
}

#[test]
fn hostile_templates_are_refused() {
    for address in [
        "",
        "javascript:alert('{room}')",
        "JavaScript://meet.example.com/%0aalert(1)//{room}",
        "data:text/html,{room}",
        "http://meet.example.com/{room}",
        "HTTPS://meet.example.com/{room}",
        " https://meet.example.com/{room}",
        "https:/meet.example.com/{room}",
        "https:\\\\meet.example.com\\{room}",
        "https://meet.example.com\\@evil.example/{room}",
        "https://user:pass@meet.example.com/{room}",
        "https://{agent_name}.example.com/",
        "https://{room}",
        "https://meet.example.com{room}",
        "https://meet.example.com:{room}/",
        "{room}",
        "https://meet.example.com/{unknown}",
        "https://meet.example.com/{jwt}",
        "https://meet.example.com/{room",
        "https://meet.example.com/room}",
        "https://meet.example.com/{{room}}",
        "https://meet.exam\u{202e}ple.com/{room}",
        "https://meet.example.com/\n{room}",
        "https://m\u{435}et.example.com/{room}",
        "https://meet.example.com:99999/{room}",
        "https://meet.example.com:0/{room}",
        "https://-meet.example.com/{room}",
        "https://meet..example.com/{room}",
        "https:///{room}",
        "https://meet.example.com/<script>{room}",
        "zoommtg://zoom.us/{room}",
        "tel:{room}",
    ] {
        assert!(validate(&template(address)).is_err(), "{address:?} was taken");
    }
}

#[test]
fn hostile_hosts_keys_and_channels_are_refused() {
    let jitsi = |host: &str| Provider::Jitsi { host: host.into(), app_id: String::new() };
    for host in
        ["", "https://meet.example.com", "meet.example.com/x", "a@b.example", "meet example", "x#y", "x?y"]
    {
        assert!(validate(&jitsi(host)).is_err(), "{host:?} was taken");
    }
    let app = Provider::Jitsi { host: "meet.example.com".into(), app_id: "a\"b".into() };
    assert!(validate(&app).is_err());
    let livekit = |meet: &str, server: &str, key: &str| Provider::LiveKit {
        meet: meet.into(),
        server: server.into(),
        key: key.into(),
    };
    for provider in [
        livekit("http://meet.example.com", "wss://live.example.com", "k"),
        livekit("https://meet.example.com/?x=", "wss://live.example.com", "k"),
        livekit("https://meet.example.com", "ws://live.example.com", "k"),
        livekit("https://meet.example.com", "wss://live.example.com/?x", "k"),
        livekit("https://meet.example.com", "wss://live.example.com", ""),
        livekit("https://meet.example.com", "wss://live.example.com", "k&y=1"),
    ] {
        assert!(validate(&provider).is_err(), "{provider:?} was taken");
    }
    let slack =
        |team: &str, channel: &str| Provider::SlackHuddle { team: team.into(), channel: channel.into() };
    for provider in [
        slack("T1234567/../..", "C1234567"),
        slack("T1234567", "c1234567"),
        slack("", ""),
        slack("X1234567", "C1234567"),
    ] {
        assert!(validate(&provider).is_err(), "{provider:?} was taken");
    }
}

#[test]
fn addresses_that_are_fine() {
    for address in [
        "https://zoom.us/j/1?pwd=a%20b#x",
        "https://xn--mnchen-3ya.example/",
        "https://10.0.0.7:8443/a;b=c,d",
    ] {
        assert_eq!(check_web_address("link", address), Ok(()), "{address}");
    }
    let long = format!("https://example.com/{}", "a".repeat(2_000));
    assert_eq!(check_web_address("link", &long), Err(Refusal::TooLong { field: "link", limit: 2_000 }));
}

#[test]
fn tokens_say_who_and_which_room_and_not_for_long() {
    let (ana, _) = ana_and_sam();
    let hostile = Person { name: "A\"},\"x\":{\"\\\n\u{1}ä".into(), ..ana };
    let jitsi = Provider::Jitsi { host: "meet.numbra.example".into(), app_id: "desk".into() };
    let (meet, server) = ("https://meet.livekit.example".into(), "wss://live.numbra.example".into());
    let livekit = Provider::LiveKit { meet, server, key: "APIkey".into() };
    for (provider, secret) in [(jitsi, "jitsi"), (livekit, "livekit")] {
        let claims =
            Claims::of(&provider, &call(), &hostile, Time(1_000 * SECOND)).expect("a token is wanted");
        assert_eq!(claims.secret(), secret);
        let payload: serde_json::Value = serde_json::from_str(&claims.payload()).expect("JSON");
        assert_eq!((payload["nbf"].as_i64(), payload["exp"].as_i64()), (Some(940), Some(15_400)));
        let (name, room) = match secret {
            "jitsi" => (&payload["context"]["user"]["name"], &payload["room"]),
            _ => (&payload["name"], &payload["video"]["room"]),
        };
        assert_eq!((name.as_str(), room.as_str()), (Some(hostile.name.as_str()), Some(call().room.as_str())));
    }
    assert_eq!(Claims::of(&Provider::Teams, &call(), &hostile, START), None);
    let open = Provider::Jitsi { host: "meet.numbra.example".into(), app_id: String::new() };
    assert_eq!(Claims::of(&open, &call(), &hostile, START), None, "without an app id there is no token");
}

#[test]
fn a_name_of_dots_climbs_no_path_not_even_with_an_invisible_character() {
    let (mut ana, sam) = ana_and_sam();
    let provider = template("https://meet.example.com/a/{agent_name}/{room}");
    for name in ["..", ".", ".\u{202e}", ".\u{200b}."] {
        ana.name = name.into();
        let link = join_link(&provider, &call(), &ana, &sam, &Occasion::default()).expect("a link").web;
        assert_eq!(link, "https://meet.example.com/a/_/abcdefghijklmnopqrstuvwx23", "{name:?}");
    }
}

proptest! {
    /// Whatever somebody calls themselves or the request is about: the link leads to the template's host, on
    /// the template's path, with nothing in it that could mean something to a browser.
    #[test]
    fn no_name_changes_where_a_link_leads(name in "\\PC{0,40}|[./\\\\%@:#?&={}\u{202e}\n\"<>]{0,12}", subject in any::<String>()) {
        let (mut ana, sam) = ana_and_sam();
        ana.name = name;
        let provider = template("https://meet.example.com/a/{agent_name}/{room}?s={subject}");
        let occasion = Occasion { subject: &subject, ..Occasion::default() };
        let link = join_link(&provider, &call(), &ana, &sam, &occasion).expect("a link").web;
        let rest = link.strip_prefix("https://meet.example.com/a/").expect("host and path stay");
        let (name, rest) = rest.split_once('/').expect("a name is one segment");
        prop_assert!(rest.starts_with("abcdefghijklmnopqrstuvwx23?s="), "{}", link);
        prop_assert!(name != "." && name != "..", "{}", link);
        prop_assert!(link.chars().all(|char| char.is_ascii_graphic()), "{}", link);
        prop_assert_eq!(link.matches(['/', '?', '#', '@', '\\', ':', '"', '<', '&']).count(), 7, "{}", link);
    }
}
