//! Rings, and what falls due when nobody answers.

use deskside_domain::time::{HOUR, MINUTE, SECOND};
use deskside_protocol::{
    Entity, EntityRef, Problem,
    account::CallLink,
    calls::{CallState, CallStep, Provider},
    command::{AcceptCall, EditOrg, EndCall, JoinCall, KeepSecret, Ring, StillTalking},
    id::{CallId, PersonId},
    values::{Event, MessageKind},
};

use crate::support::{House, Person};

fn call(person: &Person, id: CallId) -> Option<(CallState, PersonId)> {
    match person.replica.get(&EntityRef::Call(id)) {
        Some(Entity::Call(call)) => Some((call.state, call.callee)),
        _ => None,
    }
}

async fn with_jitsi(ada: &mut Person, app_id: &str) {
    let provider = Provider::Jitsi { host: "meet.numbra.example".into(), app_id: app_id.into() };
    ada.does(EditOrg {
        name: "Numbra".into(),
        zone: "Europe/Berlin".into(),
        provider: Some(provider),
        ticket_patterns: Vec::new(),
        deny_windows: Vec::new(),
        exempt_numbers: Vec::new(),
        keep_media_days: 90,
        browser_clips: true,
        mask_contacts: false,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ring_that_nobody_answers_goes_on_to_the_next_and_is_then_missed_also_after_a_restart() {
    let (mut house, mut ada, [mut ana, sam, sid]) = House::with_team(["Ana", "Sam", "Sid"]).await;
    with_jitsi(&mut ada, "").await;
    ana.follows().await;
    let id = CallId::fresh();
    ana.does(Ring { call: id, request: None, callee: sam.id, then: vec![sid.id], wants_callback: false })
        .await;
    ana.hears_until("Sam being rung", |ana| call(ana, id) == Some((CallState::Ringing, sam.id))).await;
    house.clock.turn(44 * SECOND);
    ana.verifies().await;
    assert_eq!(call(&ana, id), Some((CallState::Ringing, sam.id)), "not yet");
    house.clock.turn(SECOND);
    ana.hears_until("Sid being rung", |ana| call(ana, id) == Some((CallState::Ringing, sid.id))).await;
    // What falls due while the server is down is done when it is up again.
    house.stop().await;
    house.clock.turn(600 * SECOND);
    house.start().await;
    ana.base = house.base.clone();
    ana.connects().await;
    ana.hears_until("the missed call", |ana| {
        call(ana, id).is_some_and(|(state, _)| state == CallState::Missed)
    })
    .await;
    ana.verifies().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_land_in_the_same_room_with_a_token_of_their_own() {
    let (_house, mut ada, [mut ana, mut sam, ben]) = House::with_team(["Ana", "Sam", "Ben"]).await;
    let id = CallId::fresh();
    let ring = Ring { call: id, request: None, callee: sam.id, then: Vec::new(), wants_callback: false };
    let refused = ana.tries(ring.clone()).await.expect_err("nobody said how to call");
    assert_eq!(refused.code, deskside_protocol::Code::NoProvider);
    with_jitsi(&mut ada, "numbra-app").await;
    ada.does(KeepSecret { name: "jitsi".into(), value: "top-secret".into() }).await;
    ana.does(ring).await;
    let path = format!("/api/v1/calls/{id}/link");
    assert_eq!(ana.get(&path).await.status(), 409, "nobody has said yes");
    sam.does(AcceptCall { call: id }).await;
    let anas: CallLink = ana.get(&path).await.json().await.expect("a link");
    let sams: CallLink = sam.get(&path).await.json().await.expect("a link");
    let room = |link: &CallLink| link.web.split('?').next().map(str::to_owned);
    assert_eq!(room(&anas), room(&sams));
    assert!(anas.web.starts_with("https://meet.numbra.example/"), "{}", anas.web);
    assert!(anas.web.contains("jwt=") && anas.web != sams.web, "a token each");
    let address = room(&anas).expect("an address");
    let room = address.rsplit('/').next().expect("a room");
    assert!(room.len() >= 26, "{room}");
    for person in [&ana, &sam, &ben, &ada] {
        for path in ["/api/v1/snapshot", "/api/v1/calls"] {
            let text = person.get(path).await.text().await.expect("a body");
            assert!(!text.contains(room), "{} reads the room in {path}", person.name);
        }
    }
    assert_eq!(ben.get(&path).await.status(), 404);
    assert_eq!(ada.get(&path).await.status(), 404, "an admin is no guest");
    let text = ada.get("/api/v1/snapshot").await.text().await.expect("a body");
    assert!(!text.contains("top-secret"), "nobody reads the key back");
    let problem: Problem = ben.get(&path).await.json().await.expect("a problem");
    assert_eq!(problem.code, deskside_protocol::Code::Unknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_hour_both_are_asked_whether_they_still_talk_also_after_a_restart() {
    let (mut house, mut ada, [mut ana, mut sam]) = House::with_team(["Ana", "Sam"]).await;
    with_jitsi(&mut ada, "").await;
    let id = CallId::fresh();
    ana.does(Ring { call: id, request: None, callee: sam.id, then: Vec::new(), wants_callback: false }).await;
    sam.does(AcceptCall { call: id }).await;
    sam.does(JoinCall { call: id }).await;
    ana.follows().await;
    let asked = |person: &Person| match person.replica.get(&EntityRef::Call(id)) {
        Some(Entity::Call(call)) => call.still_asked_at.is_some(),
        _ => false,
    };
    assert!(!asked(&ana));
    house.stop().await;
    house.clock.turn(HOUR);
    house.start().await;
    for person in [&mut ana, &mut sam] {
        person.base = house.base.clone();
    }
    ana.connects().await;
    ana.hears_until("the question", asked).await;
    sam.does(StillTalking { call: id }).await;
    ana.hears_until("the answer", |ana| !asked(ana)).await;
    ana.verifies().await;
}

/// Scenario 10, by link.
#[tokio::test(flavor = "multi_thread")]
async fn the_thread_says_who_talked_and_how_long_and_nobody_else_gets_in() {
    let (house, mut ada, [mut ana, mut sam, mut ben]) = House::with_team(["Ana", "Sam", "Ben"]).await;
    with_jitsi(&mut ada, "").await;
    let desk = house.desk(&ana).await.id;
    ana.follows().await;
    ben.follows().await;
    let talked = [sam.id, ana.id];
    let r1 = ana.asks(desk, "Refund after port-out, allowed?").await;
    let id = CallId::fresh();
    let (callee, then) = (ana.id, Vec::new());
    sam.does(Ring { call: id, request: Some(r1), callee, then, wants_callback: false }).await;
    ana.does(AcceptCall { call: id }).await;
    let link = format!("/api/v1/calls/{id}/link");
    for person in [&mut sam, &mut ana] {
        assert_eq!(person.get(&link).await.status(), 200);
        person.does(JoinCall { call: id }).await;
    }
    assert_eq!(ben.get(&link).await.status(), 404, "Ben may read the thread, and not come into the room");
    house.clock.turn(4 * MINUTE);
    sam.does(EndCall { call: id, outcome: "Porting date was empty".into() }).await;

    let ended = |person: &Person| {
        person.replica.values().find_map(|entity| match entity {
            Entity::Message(message) if message.request == r1 => match &message.kind {
                MessageKind::Event { event: Event::Call { call, step: CallStep::Ended { seconds } } } => {
                    Some((*call, *seconds))
                }
                _ => None,
            },
            _ => None,
        })
    };
    for person in [&mut ana, &mut ben] {
        person.hears_until("the end of the call", |person| ended(person).is_some()).await;
        assert_eq!(ended(person), Some((id, 240)), "four minutes");
        let Some(Entity::Call(call)) = person.replica.get(&EntityRef::Call(id)) else {
            panic!("{} reads who talked", person.name)
        };
        assert_eq!(call.joined, talked, "who talked");
        assert_eq!((call.outcome.as_str(), call.room.as_str()), ("Porting date was empty", ""));
        person.verifies().await;
    }
    assert_eq!(ana.get(&link).await.status(), 409, "the room is closed");
}
