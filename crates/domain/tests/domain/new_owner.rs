//! A desk changes hands while somebody waits: whoever owns it now is called where the one before was.

use deskside_domain::{
    care::{Alarm, AlarmStep},
    command::*,
    desk::{Audience, DutySlot, Helpers},
    id::PersonId,
    time::{HOUR, MINUTE},
};

use crate::{
    care::{QUARTER_TO_FIVE, edit, staffed},
    world::*,
};

fn alarm(world: &World) -> Alarm {
    world.r1().care.alarm.clone().expect("nobody has it")
}

/// The desk without a rota: its members are on duty.
fn without_rota() -> World {
    let mut world = staffed();
    world.ok(SAM, SetRota { desk: PHONES, slots: Vec::new() });
    world
}

fn these(people: &[PersonId]) -> Helpers {
    Helpers::These(people.to_vec())
}

#[test]
fn whoever_owns_a_closed_desk_now_has_the_card_of_its_waiting_customer() {
    let mut world = without_rota();
    // Only Sid helps there; Sam sees what waits because the desk is his.
    world.ok(ADA, edit(PHONES, SAM, these(&[SID]), Audience::Open));
    world.pass(QUARTER_TO_FIVE.since(world.now) + HOUR);
    world.ok(ANA, ask("customer on the line"));
    let before = alarm(&world);
    assert_eq!((before.step, before.cards), (AlarmStep::Closed, these(&[SID, SAM])));
    world.pass(MINUTE);
    world.ok(SAM, edit(PHONES, BEN, these(&[SID]), Audience::Open));
    let after = alarm(&world);
    assert_eq!((after.step, after.cards), (AlarmStep::Closed, these(&[SID, BEN])), "Ben, and no longer Sam");
    assert_eq!((after.begins_at, after.since), (before.begins_at, before.since), "nothing else is new");
}

#[test]
fn an_alarm_goes_on_under_the_new_owner_and_calls_them() {
    let mut world = staffed();
    world.ok(ANA, ask("customer on the line"));
    world.pass(2 * MINUTE);
    let before = alarm(&world);
    assert_eq!((before.step, &before.call_now), (AlarmStep::Leads, &vec![SID, SAM]));
    world.pass(MINUTE);
    world.ok(SAM, edit(PHONES, BEN, these(&[SAM, SID, BEN]), Audience::Open));
    let after = alarm(&world);
    assert_eq!((after.step, after.since, after.next_at), (before.step, before.since, before.next_at));
    assert_eq!(after.call_now, [SID, BEN]);
    assert_eq!(after.rings, these(&[SAM, SID, BEN]), "Sam is still on duty");

    // Ben leaves: the desk goes to the first who is still there, and so does the call.
    world.ok(ADA, Deactivate { person: BEN });
    let last = alarm(&world);
    assert_eq!((last.step, last.since), (before.step, before.since));
    assert_eq!(last.call_now, [SID, SAM]);
}

#[test]
fn an_owner_who_alone_was_rung_hands_the_ring_on() {
    let mut world = without_rota();
    world.ok(ADA, edit(PHONES, SAM, Helpers::NOBODY, Audience::Open));
    world.ok(ANA, ask("customer on the line"));
    assert_eq!(alarm(&world).rings, these(&[SAM]), "nobody else is a member");
    world.ok(SAM, edit(PHONES, BEN, Helpers::NOBODY, Audience::Open));
    assert_eq!(alarm(&world).rings, these(&[BEN]));
}

#[test]
fn whoever_helps_no_more_is_on_duty_no_more() {
    let mut world = staffed();
    let slot = |person| DutySlot { weekday: 5, from: 480, to: 1_020, person };
    world.ok(SAM, SetRota { desk: PHONES, slots: vec![slot(BEN), slot(SID)] });
    world.ok(SAM, edit(PHONES, SAM, these(&[SAM, SID]), Audience::Open));
    assert_eq!(world.state.desk(PHONES).expect("it is there").rota, [slot(SID)]);
    world.ok(ANA, ask("customer on the line"));
    assert_eq!(alarm(&world).rings, these(&[SID]), "and is not rung");
}
