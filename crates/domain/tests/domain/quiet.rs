//! Quiet hours: when they are, and that they leave no desk unwatched.

use deskside_domain::{
    command::*,
    id::PersonId,
    person::{QuietHours, Status},
    request::Urgency,
    time::{HOUR, MINUTE},
};
use expect_test::expect;

use crate::{telling::check, world::*};

fn quiet(from: u16, to: u16) -> SetQuietHours {
    SetQuietHours { hours: Some(QuietHours { from, to, zone: "Europe/Berlin".into() }) }
}

fn is_quiet(world: &World, person: PersonId) -> bool {
    world.state.person(person).expect("a person").quiet_now
}

/// Minutes since midnight in Berlin, where this world's day is.
fn wall(world: &World) -> u16 {
    u16::try_from((world.now.0 / MINUTE + 120) % 1_440).expect("a minute of a summer's day")
}

#[test]
fn they_begin_and_end_by_the_clock_on_the_wall() {
    let mut world = World::numbra();
    let now = wall(&world);
    world.ok(SAM, quiet(now + 60, now));
    assert!(!is_quiet(&world, SAM), "not for an hour yet");
    world.pass(HOUR - 1);
    assert!(!is_quiet(&world, SAM));
    world.pass(1);
    assert!(is_quiet(&world, SAM), "over midnight");
    world.pass(23 * HOUR - 1);
    assert!(is_quiet(&world, SAM));
    world.pass(1);
    assert!(!is_quiet(&world, SAM), "every day anew");
    world.pass(HOUR);
    assert!(is_quiet(&world, SAM));
    world.ok(SAM, SetQuietHours { hours: None });
    assert!(!is_quiet(&world, SAM));
    world.pass(48 * HOUR);
    assert!(!is_quiet(&world, SAM));
}

#[test]
fn no_hours_that_nobody_can_keep() {
    let mut world = World::numbra();
    for (from, to) in [(60, 60), (1_440, 60), (60, 1_440)] {
        assert!(world.give(SAM, quiet(from, to)).is_err(), "{from} to {to}");
    }
    let hours = Some(QuietHours { from: 0, to: 60, zone: "Europe/Nowhere".into() });
    check(
        &mut world,
        SAM,
        SetQuietHours { hours },
        expect![[r#"
            refused: zone is not valid: not the name of a time zone
        "#]],
    );
}

#[test]
fn a_ring_is_silent_in_them_unless_a_customer_waits_and_nobody_else_watches() {
    let mut world = World::numbra();
    world.ok(ANA, Ask { urgency: Urgency::Live, ..ask("refund after port-out, allowed?") });
    let now = wall(&world);
    world.ok(SAM, quiet(now, now + 60));
    assert!(is_quiet(&world, SAM), "at once");
    let silent = |world: &mut World, n: u128, request| {
        let ring = Ring { call: call(n), request, callee: SAM, then: Vec::new(), wants_callback: true };
        world.ok(ANA, ring);
        let silent = world.state.call(call(n)).expect("a call").silent;
        world.ok(ANA, CancelCall { call: call(n) });
        silent
    };
    assert!(silent(&mut world, 1, Some(R1)), "others watch");
    assert!(silent(&mut world, 2, None), "about no customer");
    let others: Vec<_> =
        world.state.people().map(|person| person.id).filter(|id| *id != SAM && *id != ANA).collect();
    for person in others {
        world.ok(person, SetStatus { status: Status::Off, until: None });
    }
    assert!(!silent(&mut world, 3, Some(R1)), "nobody else is there: it rings");
    assert!(silent(&mut world, 4, None));
    world.pass(HOUR);
    assert!(!silent(&mut world, 5, None), "they are over");
}
