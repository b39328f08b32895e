//! The state machine of a call.

use deskside_domain::{
    Key,
    call::{CallState, DeclineReason, Provider},
    command::*,
    id::PersonId,
    person::Status,
    request::Urgency,
    time::{HOUR, MINUTE, SECOND},
};
use expect_test::expect;

use crate::{telling::check, world::*};

fn ring(callee: PersonId, then: &[PersonId]) -> Ring {
    Ring { call: call(1), request: Some(R1), callee, then: then.to_vec(), wants_callback: false }
}

fn state(world: &World) -> CallState {
    world.state.call(call(1)).expect("a call").state
}

/// Ana waits, with less than a customer on the line, so that she can be rung aloud.
fn quiet_r1() -> World {
    let mut world = World::numbra();
    world.ok(ANA, Ask { urgency: Urgency::Today, ..ask("refund after port-out, allowed?") });
    world
}

#[test]
fn ring_accept_join_end() {
    let mut world = quiet_r1();
    check(
        &mut world,
        SAM,
        ring(ANA, &[]),
        expect![[r#"
        Sam call: rang Ana
        call Ringing Sam > Ana
        due: ring of call in 45 s
    "#]],
    );
    world.pass(10 * SECOND);
    check(
        &mut world,
        SAM,
        AcceptCall { call: call(1) },
        expect![[r#"
        refused: this needs another role or another person: whoever is rung
    "#]],
    );
    check(
        &mut world,
        ANA,
        AcceptCall { call: call(1) },
        expect![[r#"
            Ana call: Accepted
            Sam event: Taken
            request Accepted Today of Sam, first response after 10 s
            call Accepted Sam > Ana
            due no longer: ring of call
            due: talk of call in 60 min
            due: clocks of request in 2 d
            due no longer: alarm of request
            due: update of request in 38 min
        "#]],
    );
    check(
        &mut world,
        ANA,
        AcceptCall { call: call(1) },
        expect![[r#"
        nothing changes
    "#]],
    );
    check(
        &mut world,
        BEN,
        JoinCall { call: call(1) },
        expect![[r#"
        refused: this needs another role or another person: a party of the call
    "#]],
    );
    check(
        &mut world,
        ANA,
        JoinCall { call: call(1) },
        expect![[r#"
            Ana call: Joined
            call Joined Sam > Ana, joined by Ana
            due: talk of call in 60 min
        "#]],
    );
    check(
        &mut world,
        ANA,
        JoinCall { call: call(1) },
        expect![[r#"
        nothing changes
    "#]],
    );
    check(
        &mut world,
        SAM,
        JoinCall { call: call(1) },
        expect![[r#"
        Sam call: Joined
        call Joined Sam > Ana, joined by Ana Sam
    "#]],
    );
    world.pass(4 * MINUTE);
    check(
        &mut world,
        SAM,
        CancelCall { call: call(1) },
        expect![[r#"
        refused: that does not fit the present state: call
    "#]],
    );
    check(
        &mut world,
        SAM,
        EndCall { call: call(1), outcome: String::new() },
        expect![[r#"
            Sam call: Ended(240)
            request Accepted Today of Sam, first response after 10 s
            call Ended Sam > Ana, joined by Ana Sam, over 0 s ago
            due no longer: ring of call
            due no longer: talk of call
        "#]],
    );
    check(
        &mut world,
        ANA,
        EndCall { call: call(1), outcome: "tick porting,\nthen refund".into() },
        expect![[r#"
            call Ended Sam > Ana, joined by Ana Sam, over 0 s ago, "tick porting, then refund"
        "#]],
    );
    check(
        &mut world,
        SAM,
        EndCall { call: call(1), outcome: "something else".into() },
        expect![[r#"
        refused: that does not fit the present state: call
    "#]],
    );
    check(
        &mut world,
        SAM,
        JoinCall { call: call(1) },
        expect![[r#"
        refused: that does not fit the present state: call
    "#]],
    );
}

#[test]
fn whoever_talks_with_a_customer_is_rung_silently() {
    let mut world = World::with_r1();
    check(
        &mut world,
        SAM,
        ring(ANA, &[]),
        expect![[r#"
        Sam call: rang Ana
        call Ringing silently Sam > Ana
        due: ring of call in 45 s
    "#]],
    );
    let mut world = quiet_r1();
    world.ok(ANA, SetStatus { status: Status::OnCall, until: None });
    check(
        &mut world,
        SAM,
        ring(ANA, &[]),
        expect![[r#"
        Sam call: rang Ana
        call Ringing silently Sam > Ana
        due: ring of call in 45 s
    "#]],
    );
}

#[test]
fn the_owner_of_a_live_request_is_rung_aloud_about_it_and_silently_about_others() {
    let mut world = World::with_r1();
    world.ok(SAM, Take { request: R1 });
    check(
        &mut world,
        ANA,
        ring(SAM, &[]),
        expect![[r#"
        Ana call: rang Sam
        call Ringing Ana > Sam
        due: ring of call in 45 s
    "#]],
    );
    check(
        &mut world,
        BEN,
        Ring { call: call(2), request: None, ..ring(SAM, &[]) },
        expect![[r#"
        call Ringing silently Ben > Sam
        due: ring of call in 45 s
    "#]],
    );
}

#[test]
fn nobody_answers() {
    let mut world = quiet_r1();
    world.ok(SAM, ring(ANA, &[]));
    world.pass(45 * SECOND - 1);
    assert_eq!(state(&world), CallState::Ringing);
    world.pass(1);
    assert_eq!(state(&world), CallState::Missed);
    check(
        &mut world,
        ANA,
        AcceptCall { call: call(1) },
        expect![[r#"
        refused: that does not fit the present state: call
    "#]],
    );
}

#[test]
fn in_two_minutes() {
    let mut world = quiet_r1();
    world.ok(SAM, ring(ANA, &[]));
    check(
        &mut world,
        ANA,
        AnswerSoon { call: call(1) },
        expect![[r#"
        Ana call: Soon
        call Soon Sam > Ana
        due: ring of call in 2 min
    "#]],
    );
    world.pass(2 * MINUTE);
    assert_eq!(state(&world), CallState::Ringing);
    world.pass(45 * SECOND);
    assert_eq!(state(&world), CallState::Missed);
}

#[test]
fn declined_goes_on_to_the_next_who_is_there() {
    let mut world = quiet_r1();
    world.ok(SID, SetStatus { status: Status::Away, until: None });
    world.ok(ANA, ring(SAM, &[SID, BEN]));
    check(
        &mut world,
        BEN,
        DeclineCall { call: call(1), reason: DeclineReason::OnCall },
        expect![[r#"
        refused: this needs another role or another person: whoever is rung
    "#]],
    );
    check(
        &mut world,
        SAM,
        DeclineCall { call: call(1), reason: DeclineReason::OnCall },
        expect![[r#"
        Sam call: Declined(OnCall)
        Deskside call: passed on to Ben
        call Ringing Ana > Ben, before Sam (Declined(OnCall))
        due: ring of call in 45 s
    "#]],
    );
    let reason = DeclineReason::Said("in a meeting".into());
    check(
        &mut world,
        BEN,
        DeclineCall { call: call(1), reason },
        expect![[r#"
        Ben call: Declined(Said("in a meeting"))
        call Declined Ana > Ben, before Sam (Declined(OnCall)), over 0 s ago
        due no longer: ring of call
    "#]],
    );
}

#[test]
fn passing_on_by_hand() {
    let mut world = quiet_r1();
    world.ok(ANA, ring(SAM, &[BEN]));
    check(
        &mut world,
        SAM,
        PassOnCall { call: call(1), to: Some(ANA) },
        expect![[r#"
        refused: to is not valid: already in this call
    "#]],
    );
    check(
        &mut world,
        SAM,
        PassOnCall { call: call(1), to: Some(SID) },
        expect![[r#"
        Deskside call: passed on to Sid
        call Ringing Ana > Sid, then Ben, before Sam (Declined(NotMine))
        due: ring of call in 45 s
    "#]],
    );
    check(
        &mut world,
        ANA,
        PassOnCall { call: call(1), to: None },
        expect![[r#"
        Deskside call: passed on to Ben
        call Ringing Ana > Ben, before Sam (Declined(NotMine)), before Sid (Declined(NotMine))
        due: ring of call in 45 s
    "#]],
    );
    check(
        &mut world,
        BEN,
        PassOnCall { call: call(1), to: None },
        expect![[r#"
        refused: that does not fit the present state: nobody is next
    "#]],
    );
}

#[test]
fn the_caller_gives_up() {
    let mut world = quiet_r1();
    world.ok(SAM, ring(ANA, &[]));
    check(
        &mut world,
        ANA,
        CancelCall { call: call(1) },
        expect![[r#"
        refused: this needs another role or another person: the caller
    "#]],
    );
    check(
        &mut world,
        SAM,
        CancelCall { call: call(1) },
        expect![[r#"
        Sam call: Cancelled
        call Cancelled Sam > Ana, over 0 s ago
        due no longer: ring of call
    "#]],
    );
    check(
        &mut world,
        SAM,
        CancelCall { call: call(1) },
        expect![[r#"
        nothing changes
    "#]],
    );
}

#[test]
fn busy_only_if_nobody_is_next_and_not_for_ever() {
    let mut world = quiet_r1();
    world.ok(SAM, ring(ANA, &[]));
    world.ok(ANA, AcceptCall { call: call(1) });
    check(
        &mut world,
        BEN,
        Ring { call: call(2), ..ring(SAM, &[]) },
        expect![[r#"
        refused: the other person is on a call
    "#]],
    );
    check(
        &mut world,
        BEN,
        Ring { call: call(2), ..ring(SAM, &[SID]) },
        expect![[r#"
        Ben call: rang Sam
        Deskside call: passed on to Sid
        call Ringing Ben > Sid, before Sam (Declined(OnCall))
        due: ring of call in 45 s
    "#]],
    );
    world.pass(HOUR);
    check(
        &mut world,
        BEN,
        Ring { call: call(3), request: None, ..ring(SAM, &[]) },
        expect![[r#"
        call Ringing Ben > Sam
        due: ring of call in 45 s
    "#]],
    );
}

#[test]
fn can_you_call_me_works_the_other_way_round() {
    let mut world = quiet_r1();
    check(
        &mut world,
        ANA,
        Ring { wants_callback: true, ..ring(SAM, &[]) },
        expect![[r#"
        Ana call: asked Sam to call
        call Ringing Ana > Sam
        due: ring of call in 45 s
    "#]],
    );
    assert_eq!(world.state.call(call(1)).expect("a call").host(), SAM);
}

#[test]
fn an_answered_call_is_a_response_and_takes_the_request() {
    let mut world = quiet_r1();
    world.ok(ANA, ring(SAM, &[]));
    world.pass(20 * SECOND);
    check(
        &mut world,
        SAM,
        AcceptCall { call: call(1) },
        expect![[r#"
            Sam call: Accepted
            Sam event: Taken
            request Accepted Today of Sam, first response after 20 s
            call Accepted Ana > Sam
            due no longer: ring of call
            due: talk of call in 60 min
            due: clocks of request in 2 d
            due no longer: alarm of request
            due: update of request in 38 min
        "#]],
    );
}

#[test]
fn helpers_among_themselves_are_no_response() {
    let mut world = quiet_r1();
    world.ok(BEN, ring(SAM, &[]));
    check(
        &mut world,
        SAM,
        AcceptCall { call: call(1) },
        expect![[r#"
            Sam call: Accepted
            call Accepted Ben > Sam
            due no longer: ring of call
            due: talk of call in 60 min
        "#]],
    );
}

#[test]
fn nobody_is_rung_about_what_they_may_not_see() {
    let mut world = World::numbra();
    world.ok(ANA, Ask { private_with: Some(vec![SAM]), ..ask("psst") });
    check(
        &mut world,
        SAM,
        ring(BEN, &[]),
        expect![[r#"
        refused: this needs another role or another person: somebody who sees the request
    "#]],
    );
    world.ok(SAM, ring(ANA, &[BEN]));
    check(
        &mut world,
        ANA,
        DeclineCall { call: call(1), reason: DeclineReason::NotMine },
        expect![[r#"
        Ana call: Declined(NotMine)
        call Declined Sam > Ana, then Ben, over 0 s ago
        due no longer: ring of call
    "#]],
    );
}

#[test]
fn a_quick_call_without_a_request_is_known_to_its_two_only() {
    let mut world = World::numbra();
    check(
        &mut world,
        ANA,
        Ring { request: None, ..ring(SAM, &[]) },
        expect![[r#"
        call Ringing Ana > Sam
        due: ring of call in 45 s
    "#]],
    );
    let key = Key::Call(call(1));
    assert!(world.sees(ANA, &key) && world.sees(SAM, &key));
    assert!(!world.sees(BEN, &key) && !world.sees(ADA, &key));
    check(
        &mut world,
        ANA,
        Ring { call: call(2), request: None, ..ring(ANA, &[]) },
        expect![[r#"
        refused: callee is not valid: the caller
    "#]],
    );
    check(
        &mut world,
        ANA,
        Ring { call: call(2), request: None, ..ring(SAM, &[]) },
        expect![[r#"
        refused: that does not fit the present state: call
    "#]],
    );
}

#[test]
fn without_a_provider_nobody_is_rung() {
    let mut world = quiet_r1();
    let provider = |provider| EditOrg { provider, ..edit_org() };
    world.ok(ADA, provider(None));
    check(
        &mut world,
        SAM,
        ring(ANA, &[]),
        expect![[r#"
        refused: no way to call has been set up
    "#]],
    );
    world.ok(ADA, provider(Some(Provider::Phone)));
    check(
        &mut world,
        SAM,
        ring(ANA, &[]),
        expect![[r#"
        refused: the provider needs something: phone
    "#]],
    );
    world.ok(ANA, EditProfile { name: "Ana".into(), phone: "2041".into(), call_link: String::new() });
    assert!(world.give(SAM, ring(ANA, &[])).is_ok());
    world.ok(ADA, provider(Some(Provider::PersonalLink)));
    check(
        &mut world,
        SAM,
        Ring { call: call(2), ..ring(BEN, &[]) },
        expect![[r#"
        refused: the provider needs something: call_link
    "#]],
    );
}

#[test]
fn the_room_is_a_different_one_each_time() {
    let mut world = quiet_r1();
    world.ok(SAM, ring(ANA, &[]));
    world.ok(SAM, CancelCall { call: call(1) });
    world.ok(SAM, Ring { call: call(2), ..ring(ANA, &[]) });
    let room = |n| world.state.call(call(n)).expect("a call").room.clone();
    assert_ne!(room(1), room(2));
    for room in [room(1), room(2)] {
        assert_eq!(room.len(), 26, "128 bits, five a letter: {room}");
        assert!(room.chars().all(|char| char.is_ascii_lowercase() || ('2'..='7').contains(&char)), "{room}");
    }
}

#[test]
fn after_an_hour_of_talking_both_are_asked_and_a_yes_begins_the_next_hour() {
    let mut world = quiet_r1();
    let busy = |world: &World| {
        let call = world.state.call(call(1)).expect("a call");
        (call.occupies(SAM) && call.occupies(ANA), call.still_asked_at.is_some())
    };
    world.ok(SAM, ring(ANA, &[]));
    world.ok(ANA, AcceptCall { call: call(1) });
    world.pass(5 * MINUTE);
    // The hour is one of talking: it begins with the first join.
    world.ok(SAM, JoinCall { call: call(1) });
    world.pass(HOUR - SECOND);
    world.ok(ANA, JoinCall { call: call(1) });
    assert_eq!(busy(&world), (true, false));
    world.pass(SECOND);
    assert_eq!(busy(&world), (false, true), "until somebody answers, nobody is taken for busy");
    check(
        &mut world,
        BEN,
        StillTalking { call: call(1) },
        expect![[r#"
            refused: this needs another role or another person: a party of the call
        "#]],
    );
    check(
        &mut world,
        ANA,
        StillTalking { call: call(1) },
        expect![[r#"
        call Joined Sam > Ana, joined by Sam Ana
        due: talk of call in 60 min
    "#]],
    );
    assert_eq!(busy(&world), (true, false));
    check(
        &mut world,
        SAM,
        StillTalking { call: call(1) },
        expect![[r#"
        nothing changes
    "#]],
    );
    world.pass(HOUR);
    assert_eq!(busy(&world), (false, true), "and again after the next");
    check(
        &mut world,
        SAM,
        EndCall { call: call(1), outcome: "refunded".into() },
        expect![[r#"
            Sam call: Ended(7200)
            request Accepted Today of Sam, first response after 0 s, update late: OwnerReminded
            call Ended Sam > Ana, joined by Sam Ana, over 0 s ago, "refunded"
            due no longer: ring of call
            due no longer: talk of call
        "#]],
    );
    world.pass(HOUR);
    assert_eq!(busy(&world), (false, false));
    check(
        &mut world,
        SAM,
        StillTalking { call: call(1) },
        expect![[r#"
        refused: that does not fit the present state: call
    "#]],
    );
}
