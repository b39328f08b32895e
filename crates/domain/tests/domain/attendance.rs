//! An unwatched desk: who is told, when, and when it is over. What the server sees is given; time is passed.

use deskside_domain::{
    Key, Time,
    attendance::{Seen, UNWATCHED_AFTER},
    command::*,
    desk::{Charter, Deputy, Desk, DutySlot, Unwatched},
    id::PersonId,
    person::Status,
    time::{HOUR, MINUTE, SECOND},
};

use crate::world::{ADA, ANA, BEN, PHONES, SAM, SID, START, World};

/// 14:21 UTC is 16:21 in Berlin: the desk closes at 17:00, on a Friday. Sam owns it, Sid stands in; Ben is on duty till
/// then, Sid on Monday from eight.
fn afternoon() -> World {
    let mut world = World::numbra();
    let service = Charter { deputy: Deputy::Person(SID), ..Charter::default() };
    world.ok(SAM, ArrangeDesk { desk: PHONES, service });
    let slot = |weekday, from, to, person| DutySlot { weekday, from, to, person };
    world.ok(SAM, SetRota { desk: PHONES, slots: vec![slot(1, 480, 720, SID), slot(5, 780, 1_020, BEN)] });
    world.pass(0);
    sees(&mut world, &[BEN]);
    world
}

fn desk(world: &World) -> &Desk {
    world.state.desk(PHONES).expect("Phones help")
}

/// The server looks, and these people are connected.
fn sees(world: &mut World, here: &[PersonId]) {
    sees_since(world, here, START.plus(-HOUR));
}

fn sees_since(world: &mut World, here: &[PersonId], since: Time) {
    let seen = Some(Seen { here: here.to_vec(), since });
    world.system(&System::LookAtDesk { desk: PHONES, seen }).expect("looking is never refused");
}

/// Time passes; whenever something falls due about the desk, the server sees these people.
fn passes(world: &mut World, millis: i64, here: &[PersonId]) {
    let until = world.now.plus(millis);
    while let Some((at, _)) = world.due.get(&(Key::Desk(PHONES), "watch")).filter(|(at, _)| *at <= until) {
        world.now = world.now.max(*at);
        sees(world, here);
    }
    world.now = until;
}

fn told(world: &World) -> Option<&[PersonId]> {
    desk(world).unwatched.as_ref().filter(|row| row.tell_at.is_none()).map(|row| &*row.tells)
}

#[test]
fn a_lid_that_was_closed_for_a_moment_is_no_alarm() {
    let mut world = afternoon();
    assert_eq!(desk(&world).unwatched, None, "Ben is there");
    sees(&mut world, &[]);
    passes(&mut world, 30 * SECOND, &[]);
    sees(&mut world, &[BEN]);
    assert_eq!(desk(&world).unwatched, None);
    passes(&mut world, 10 * MINUTE, &[BEN]);
    assert_eq!(told(&world), None, "and nothing comes after");
}

#[test]
fn the_deputy_and_the_owner_are_told_once_and_until_somebody_on_duty_is_there() {
    let mut world = afternoon();
    sees(&mut world, &[]);
    passes(&mut world, UNWATCHED_AFTER - 1, &[]);
    assert_eq!(told(&world), None, "not a moment early");
    passes(&mut world, 1, &[]);
    assert_eq!(told(&world), Some(&[SID, SAM][..]));
    let as_told = desk(&world).clone();
    passes(&mut world, 10 * MINUTE, &[]);
    assert_eq!(*desk(&world), as_told, "once");
    sees(&mut world, &[SAM]);
    assert_eq!(told(&world), Some(&[SID, SAM][..]), "the owner is there, but not on duty");
    sees(&mut world, &[BEN]);
    assert_eq!(desk(&world).unwatched, None);
}

/// What is said counts like what is seen, whoever says it: away, off, on duty no more, deactivated.
#[test]
fn going_in_words_is_going() {
    let away: [fn(&mut World); 5] = [
        |world| drop(world.ok(BEN, SetStatus { status: Status::Away, until: None })),
        |world| drop(world.ok(BEN, SetStatus { status: Status::Off, until: None })),
        |world| {
            drop(world.ok(
                SAM,
                SetRota {
                    desk: PHONES,
                    slots: vec![DutySlot { weekday: 1, from: 480, to: 720, person: SID }],
                },
            ))
        },
        |world| drop(world.ok(ADA, Deactivate { person: BEN })),
        |world| passes(world, 39 * MINUTE - UNWATCHED_AFTER, &[BEN]),
    ];
    for (n, goes) in away.into_iter().enumerate() {
        let mut world = afternoon();
        goes(&mut world);
        sees(&mut world, &[BEN]);
        passes(&mut world, UNWATCHED_AFTER, &[BEN]);
        // The last one only stays until the desk closes.
        assert_eq!(told(&world).is_some(), n < 4, "{n}");
    }
    let mut world = afternoon();
    world.ok(BEN, SetStatus { status: Status::OnCall, until: None });
    sees(&mut world, &[BEN]);
    assert_eq!(desk(&world).unwatched, None, "who is with a customer works");
}

/// Ben's hours end at 16:30, half an hour before the desk's.
#[test]
fn where_a_slot_ends_and_nobody_follows_the_desk_is_unwatched() {
    let mut world = afternoon();
    let slots = vec![DutySlot { weekday: 5, from: 780, to: 990, person: BEN }];
    world.ok(SAM, SetRota { desk: PHONES, slots });
    passes(&mut world, 9 * MINUTE + UNWATCHED_AFTER - 1, &[BEN]);
    assert_eq!(told(&world), None);
    passes(&mut world, 1, &[BEN]);
    assert_eq!(told(&world), Some(&[SID, SAM][..]));
    passes(&mut world, 28 * MINUTE, &[BEN]);
    assert_eq!(desk(&world).unwatched, None, "it is closed");
    passes(&mut world, 63 * HOUR - 1, &[]);
    assert_eq!(desk(&world).unwatched, None, "all weekend");
    passes(&mut world, UNWATCHED_AFTER + 1, &[]);
    assert_eq!(told(&world), Some(&[SID, SAM][..]), "on Monday it opens and nobody comes");
}

/// Without a rota all who help are on duty, and the owner too.
#[test]
fn without_a_rota_anybody_who_helps_will_do() {
    let mut world = afternoon();
    world.ok(SAM, SetRota { desk: PHONES, slots: vec![] });
    sees(&mut world, &[ANA]);
    passes(&mut world, UNWATCHED_AFTER, &[ANA]);
    assert_eq!(told(&world), None);
    sees(&mut world, &[]);
    passes(&mut world, UNWATCHED_AFTER, &[]);
    assert_eq!(told(&world), Some(&[SID, SAM][..]));
}

/// Sockets take a while to come back: who has not yet is not gone.
#[test]
fn after_a_restart_people_have_the_same_time_to_come_back() {
    let mut world = afternoon();
    sees(&mut world, &[]);
    world.pass(0);
    let restarted = world.now.plus(10 * MINUTE);
    world.now = restarted;
    sees_since(&mut world, &[], restarted);
    let waits = Unwatched { tell_at: Some(restarted.plus(UNWATCHED_AFTER)), tells: vec![] };
    assert_eq!(desk(&world).unwatched, Some(waits));
    sees_since(&mut world, &[BEN], restarted);
    assert_eq!(desk(&world).unwatched, None);
}

/// Before it opens, the desk's day has not been swept yet.
#[test]
fn what_changes_a_desk_in_the_night_costs_it_no_sweep() {
    let mut world = afternoon();
    passes(&mut world, 9 * HOUR, &[]);
    let sweep = |world: &World| world.due[&(Key::Desk(PHONES), "sweep")].0;
    let monday = sweep(&world);
    passes(&mut world, 53 * HOUR, &[]);
    assert!(monday > world.now && monday.since(world.now) < 8 * HOUR, "it is the night to Monday");
    world.ok(SAM, ArrangeDesk { desk: PHONES, service: Charter { wip_limit: 3, ..Charter::default() } });
    assert_eq!(sweep(&world), monday);
}

#[test]
fn whoever_answers_for_it_from_now_on_is_told_instead() {
    let mut world = afternoon();
    sees(&mut world, &[]);
    passes(&mut world, UNWATCHED_AFTER, &[]);
    let service = Charter { deputy: Deputy::Members, ..Charter::default() };
    world.ok(SAM, ArrangeDesk { desk: PHONES, service });
    assert_eq!(told(&world), Some(&[SAM][..]));
    world.ok(ADA, Deactivate { person: SAM });
    assert_eq!(told(&world), Some(&[ADA][..]), "Sam has left, and the desk is Ada's");
}
