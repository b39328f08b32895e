//! The design's scenarios, as far as they are rules: the same people, the same steps, in the pure. The whole
//! product lives them again in `tests/stories`.

use deskside_domain::{
    Key,
    call::{CallState, CallStep},
    command::*,
    message::{Event, MessageKind},
    request::{RequestState, Ticket, Urgency},
    time::{DAY, MINUTE, SECOND},
};

use crate::world::*;

/// What happened in R1's thread, oldest first.
fn timeline(world: &World) -> Vec<String> {
    let mut messages: Vec<_> = world.state.messages().filter(|row| row.request == R1).collect();
    messages.sort_by_key(|row| row.at);
    let name = |id| world.state.person(id).expect("a person").name.clone();
    messages
        .into_iter()
        .map(|row| {
            let author = row.author.map_or("Deskside".into(), name);
            match &row.kind {
                MessageKind::Event(Event::Call(_, step)) => format!("{author}: {step:?}"),
                MessageKind::Event(event) => format!("{author}: {event:?}"),
                kind => format!("{author}: {kind:?}"),
            }
        })
        .collect()
}

#[test]
fn scenario_1_ask_in_ten_seconds_no_other_field_is_required() {
    let mut world = World::numbra();
    let ticket =
        Ticket { label: "ZD 4711".into(), url: "https://numbra.zendesk.com/agent/tickets/4711".into() };
    let asked_at = START.0 - 3 * MINUTE;
    world.ok(ANA, Ask { ticket: Some(ticket.clone()), asked_at, ..ask("refund after port-out, allowed?") });
    let request = world.r1();
    assert_eq!((request.urgency, request.state), (Urgency::Live, RequestState::Open));
    assert_eq!(request.ticket, Some(ticket));
    assert_eq!(request.asked_at, START, "T0 is the server's time, whatever the asker's clock says");
    for person in world.members() {
        assert!(world.sees(person, &Key::Request(R1)), "an open desk's request reaches everybody");
    }
}

#[test]
fn scenario_4_a_card_number_in_the_text_is_masked_before_it_is_stored() {
    let mut world = World::numbra();
    world.ok(ANA, ask("fails with 4111 1111 1111 1111, cvv 123, from ana@numbra.example"));
    assert_eq!(world.r1().text, "fails with [card], cvv [code], from ana@numbra.example");
}

#[test]
fn scenario_5_clip_on_request() {
    let mut world = World::with_r1();
    world.ok(SAM, AskForClip { request: R1 });
    assert_eq!(world.r1().state, RequestState::WaitingAsker);
    assert_eq!(world.r1().clip_wanted_by, Some(SAM));
    world.ok(
        ANA,
        StartClip {
            clip: clip(1),
            request: Some(R1),
            width: 1280,
            height: 720,
            sound: true,
            in_browser: false,
            reviewed: false,
            system_sound: false,
        },
    );
    world.pass(40 * SECOND);
    assert_eq!(world.r1().state, RequestState::WaitingAsker, "recording is not yet sending");
    assert!(!world.sees(SAM, &Key::Clip(clip(1))));
    world.ok(ANA, StopClip { clip: clip(1), note: None });
    assert_eq!((world.r1().state, world.r1().clip_wanted_by), (RequestState::Accepted, None), "by itself");
    assert!(world.sees(SAM, &Key::Clip(clip(1))));
    let finished =
        System::ClipFinished { clip: clip(1), duration_ms: 40_000, bytes: 1, codec: None, poster: true };
    world.system(&finished).expect("allowed");
    assert_eq!(timeline(&world), ["Ana: Asked", "Sam: ClipWanted", "Ana: Said"], "it is shown once");
}

#[test]
fn scenario_6_claim_silences_peers_may_answer() {
    let mut world = World::with_r1();
    world.pass(12 * SECOND);
    world.ok(BEN, answer(1, "yes, within 14 days"));
    assert_eq!(world.r1().owner, Some(BEN), "whoever answers first has it, nobody is rung any more");
    assert_eq!(world.r1().first_response_at, Some(START.plus(12 * SECOND)));
    world.pass(5 * SECOND);
    world.ok(SAM, answer(2, "here is the form"));
    assert_eq!(world.r1().owner, Some(BEN), "help is no hand-over");
    assert_eq!(world.r1().first_response_at, Some(START.plus(12 * SECOND)));
}

#[test]
fn a_bare_claim_is_no_first_response() {
    let mut world = World::with_r1();
    world.ok(SAM, Take { request: R1 });
    assert_eq!(world.r1().first_response_at, None);
    world.pass(MINUTE);
    world.ok(SAM, ask_back(1, "which tariff?"));
    assert_eq!(world.r1().first_response_at, Some(START.plus(MINUTE)));
}

#[test]
fn scenario_10_jump_to_call() {
    let mut world = World::with_r1();
    world.ok(SAM, Take { request: R1 });
    world.pass(SECOND);
    world
        .ok(SAM, Ring { call: call(1), request: Some(R1), callee: ANA, then: vec![], wants_callback: false });
    world.pass(3 * SECOND);
    world.ok(ANA, AcceptCall { call: call(1) });
    world.pass(SECOND);
    world.ok(ANA, JoinCall { call: call(1) });
    world.pass(SECOND);
    world.ok(SAM, JoinCall { call: call(1) });
    assert!(world.give(BEN, JoinCall { call: call(1) }).is_err(), "nobody else joins by link");
    world.pass(4 * MINUTE - SECOND);
    world.ok(SAM, EndCall { call: call(1), outcome: "ticked porting".into() });
    let ended = world.state.call(call(1)).expect("a call");
    assert_eq!((ended.state, ended.outcome.as_str()), (CallState::Ended, "ticked porting"));
    let steps: Vec<String> = timeline(&world).split_off(2);
    let expected = [
        format!("Sam: {:?}", CallStep::Rang(ANA)),
        "Ana: Accepted".into(),
        "Ana: Joined".into(),
        "Sam: Joined".into(),
        "Sam: Ended(240)".into(),
    ];
    assert_eq!(steps, expected, "every step is on the timeline");
}

#[test]
fn scenario_14_reopen_and_thanks() {
    let mut world = World::with_r1();
    world.ok(SAM, answer(1, "yes"));
    world.ok(ANA, Solve { request: R1 });
    world.ok(ANA, Thank { request: R1 });
    assert_eq!(world.r1().state, RequestState::Solved, "thanks restarts nothing");
    world.pass(DAY);
    world.ok(ANA, say(2, "still fails"));
    assert_eq!((world.r1().state, world.r1().owner), (RequestState::Accepted, Some(SAM)));
    assert_eq!(world.r1().asked_at, START, "the cycle goes on from T0");
    world.ok(ANA, Solve { request: R1 });
    world.pass(8 * DAY);
    let refused = world.give(ANA, say(3, "again"));
    assert_eq!(refused, Err(deskside_domain::Refusal::TooLateToReopen), "a new, linked request is offered");
}

#[test]
fn scenario_25_what_is_due_survives_because_it_is_data() {
    let mut world = World::with_r1();
    world.ok(
        SAM,
        Ring { call: call(1), request: Some(R1), callee: ANA, then: vec![BEN], wants_callback: false },
    );
    // A restart: rows and due rows are all there is.
    let mut after = World::resumed(world.state.clone(), world.due.clone(), world.now);
    after.pass(45 * SECOND);
    assert_eq!(after.state.call(call(1)).expect("a call").callee, BEN);
    after.pass(45 * SECOND);
    assert_eq!(after.state.call(call(1)).expect("a call").state, CallState::Missed);
}

#[test]
fn ask_sam_directly_then_open_it_to_the_desk() {
    let mut world = World::numbra();
    world.ok(ANA, Ask { private_with: Some(vec![SAM]), ..ask("may I leave at noon?") });
    world.ok(SAM, ask_back(1, "does somebody cover?"));
    assert!(!world.sees(BEN, &Key::Request(R1)) && !world.sees(ADA, &Key::Message(message(1))));
    world.ok(ANA, OpenToDesk { request: R1 });
    assert!(world.sees(BEN, &Key::Request(R1)) && world.sees(BEN, &Key::Message(message(1))));
}

#[test]
fn a_customer_who_hung_up_waits_no_longer() {
    let mut world = World::with_r1();
    world.ok(ANA, SetUrgency { request: R1, urgency: Urgency::Today });
    assert_eq!(
        (world.r1().urgency, world.r1().state),
        (Urgency::Today, RequestState::Open),
        "nothing is lost"
    );
}
