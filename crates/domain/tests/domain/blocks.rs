//! "Blocked by": who may say it, what it changes and what not, and how it ends.

use deskside_domain::{
    Key, Refusal,
    care::{CareStep, MOST_BLOCKERS},
    command::*,
    id::{DeskId, PersonId, RequestId},
    message::{Event, MessageKind},
    request::{Request, RequestState, Urgency},
    time::{HOUR, MINUTE},
};
use uuid::Uuid;

use crate::world::{ANA, BEN, PAYROLL, PHONES, SAM, SID, World, ask, message};

fn id(n: u128) -> RequestId {
    RequestId(Uuid::from_u128(500 + n))
}

/// Request `n`, asked by `who`.
fn asks(world: &mut World, who: PersonId, n: u128, desk: DeskId) -> RequestId {
    let asked =
        Ask { request: id(n), message: message(500 + n), desk, urgency: Urgency::Today, ..ask("why?") };
    world.ok(who, asked);
    id(n)
}

fn row(world: &World, id: RequestId) -> &Request {
    world.state.request(id).expect("it was asked")
}

fn blocks(request: RequestId, blocker: RequestId) -> BlockBy {
    BlockBy { request, blocker }
}

fn steps(world: &World, id: RequestId) -> Vec<CareStep> {
    let steps = world.state.messages().filter(|row| row.request == id).filter_map(|row| match &row.kind {
        MessageKind::Event(Event::Care(step)) => Some((row.id, step.clone())),
        _ => None,
    });
    let mut steps: Vec<_> = steps.collect();
    steps.sort_by_key(|(id, _)| *id);
    steps.into_iter().map(|(_, step)| step).collect()
}

#[test]
fn its_owner_waits_then_and_goes_on_when_it_is_over() {
    let mut world = World::numbra();
    let [first, second] = [1, 2].map(|n| asks(&mut world, ANA, n, PHONES));
    world.ok(BEN, Take { request: second });
    world.ok(BEN, blocks(second, first));
    assert_eq!(row(&world, second).state, RequestState::WaitingOther);
    assert_eq!(row(&world, second).care.blocked_by, [first]);
    world.pass(MINUTE);
    world.ok(ANA, Solve { request: first });
    world.pass(0);
    let after = row(&world, second);
    assert_eq!((after.state, after.care.unblocked_at), (RequestState::Accepted, Some(world.now)));
    assert_eq!(after.care.blocked_by, []);
    assert_eq!(steps(&world, second), [CareStep::BlockedBy(first), CareStep::BlockOver(first)]);
    assert_eq!(steps(&world, first), [], "the other thread says nothing: its people may not see this one");
    world.pass(MINUTE);
    world.ok(BEN, Plan { request: second, text: "now".into(), update_by: None });
    assert_eq!(row(&world, second).care.unblocked_at, None, "somebody goes on with it");
}

/// What the owner waits for besides is still awaited; what nobody has is nobody's yet.
#[test]
fn nothing_else_changes() {
    let mut world = World::numbra();
    let [first, second, third] = [1, 2, 3].map(|n| asks(&mut world, ANA, n, PHONES));
    let alarm = row(&world, third).care.alarm.clone();
    world.ok(ANA, blocks(third, first));
    assert_eq!((row(&world, third).state, &row(&world, third).care.alarm), (RequestState::Open, &alarm));
    world.ok(BEN, Take { request: second });
    world.ok(BEN, WaitForOther { request: second, what: "the carrier".into(), until: None });
    world.ok(BEN, blocks(second, first));
    world.ok(ANA, Withdraw { request: first });
    world.pass(0);
    assert_eq!(row(&world, second).state, RequestState::WaitingOther, "the carrier has not called");
    assert_eq!(row(&world, third).state, RequestState::Open);
}

#[test]
fn the_desk_s_clock_goes_on() {
    let mut world = World::numbra();
    let [first, second, third] = [1, 2, 3].map(|n| asks(&mut world, ANA, n, PHONES));
    for request in [second, third] {
        world.ok(BEN, Take { request });
    }
    world.ok(BEN, blocks(second, first));
    world.pass(HOUR / 2);
    for request in [second, third] {
        world.ok(BEN, Plan { request, text: "see".into(), update_by: None });
    }
    assert_eq!(row(&world, second).care.worked, HOUR / 2);
    assert_eq!(row(&world, second).care.worked, row(&world, third).care.worked);
}

#[test]
fn nothing_waits_for_itself_also_through_others() {
    let mut world = World::numbra();
    let [first, second, third] = [1, 2, 3].map(|n| asks(&mut world, ANA, n, PHONES));
    world.ok(ANA, blocks(second, first));
    world.ok(ANA, blocks(third, second));
    for (request, blocker) in [(first, first), (first, second), (first, third)] {
        assert_eq!(world.give(ANA, blocks(request, blocker)), Err(Refusal::WaitInCircle));
    }
    world.ok(ANA, Unblock { request: third, blocker: second });
    world.ok(ANA, blocks(first, third));
    assert_eq!(row(&world, third).care.blocks, [first]);
    assert_eq!(row(&world, second).care.blocks, [], "and nobody is told for nothing");
}

#[test]
fn who_may_say_it_and_of_what() {
    let mut world = World::numbra();
    let open = asks(&mut world, ANA, 1, PHONES);
    let secret = asks(&mut world, SID, 2, PAYROLL);
    assert_eq!(world.give(ANA, blocks(open, secret)), Err(Refusal::Unknown("request")), "it is not seen");
    world.ok(SID, blocks(open, secret));
    assert!(world.sees(ANA, &Key::Request(open)) && !world.sees(ANA, &Key::Request(secret)));
    world.ok(ANA, Unblock { request: open, blocker: secret });
    assert_eq!(row(&world, open).care.blocked_by, [], "the link is the request's own");
    // What is over can't hold anything up.
    let done = asks(&mut world, ANA, 3, PHONES);
    world.ok(ANA, Solve { request: done });
    assert_eq!(world.give(ANA, blocks(open, done)), Err(Refusal::RequestClosed));
    // Not by who only reads it.
    let service = deskside_domain::desk::Helpers::These(vec![SID]);
    world.ok(
        SAM,
        EditDesk {
            desk: PHONES,
            name: "Phones help".into(),
            purpose: String::new(),
            owner: SAM,
            helpers: service,
            audience: deskside_domain::desk::Audience::Open,
            hours: crate::world::weekdays(&[(480, 1_020)]),
            zone: String::new(),
            provider: None,
            review_before_upload: false,
            closed: false,
        },
    );
    let other = asks(&mut world, ANA, 4, PHONES);
    assert!(matches!(world.give(BEN, blocks(open, other)), Err(Refusal::NotAllowed(_))));
}

#[test]
fn what_goes_on_elsewhere_is_waited_for_there() {
    let mut world = World::numbra();
    let [first, second, third] = [1, 2, 3].map(|n| asks(&mut world, ANA, n, PHONES));
    world.ok(ANA, blocks(third, first));
    world.ok(BEN, Merge { request: first, into: second });
    world.pass(0);
    assert_eq!(row(&world, third).care.blocked_by, [second]);
    world.ok(ANA, Solve { request: second });
    world.pass(0);
    assert_eq!(row(&world, third).care.blocked_by, []);
    assert!(row(&world, third).care.unblocked_at.is_some());
    // Into what waits for it: nothing is left to wait for.
    let [fourth, fifth] = [4, 5].map(|n| asks(&mut world, ANA, n, PHONES));
    world.ok(ANA, blocks(fourth, fifth));
    world.ok(BEN, Merge { request: fifth, into: fourth });
    world.pass(0);
    assert_eq!(row(&world, fourth).care.blocked_by, []);
}

/// The last of several tells; the others only stand in the thread.
#[test]
fn several_are_waited_for_up_to_a_limit() {
    let mut world = World::numbra();
    let last = asks(&mut world, ANA, 0, PHONES);
    let all: Vec<RequestId> = (1..=6).map(|n| asks(&mut world, ANA, n, PHONES)).collect();
    for blocker in &all[..MOST_BLOCKERS] {
        world.ok(ANA, blocks(last, *blocker));
    }
    assert!(matches!(world.give(ANA, blocks(last, all[MOST_BLOCKERS])), Err(Refusal::TooLong { .. })));
    for (n, blocker) in all[..MOST_BLOCKERS].iter().enumerate() {
        assert_eq!(row(&world, last).care.unblocked_at, None);
        assert_eq!(row(&world, last).care.blocked_by.len(), MOST_BLOCKERS - n);
        world.ok(ANA, Solve { request: *blocker });
        world.pass(0);
    }
    assert!(row(&world, last).care.unblocked_at.is_some());
}
