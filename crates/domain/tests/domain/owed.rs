//! Who is told that they owe something, when, and until when. What apps show to people who look elsewhere is this, and
//! nothing else.

use deskside_domain::{
    care::{CareStep, Owed, Reminder},
    command::*,
    id::PersonId,
    message::{Event, MessageKind},
    time::{DAY, MINUTE},
};

use crate::{
    care::{staffed, today},
    world::*,
};

fn reminded(world: &World) -> Vec<(PersonId, Owed)> {
    world.r1().care.reminders.iter().map(|Reminder { person, of }| (*person, *of)).collect()
}

#[test]
fn a_late_word_reminds_its_owner_and_then_those_who_answer_for_the_desk() {
    let mut world = staffed();
    world.ok(ANA, ask("customer on the line"));
    world.ok(BEN, Take { request: R1 });
    world.pass(10 * MINUTE - 1);
    assert_eq!(reminded(&world), [], "not a moment early");
    world.pass(1);
    assert_eq!(reminded(&world), [(BEN, Owed::Update)]);
    world.pass(5 * MINUTE);
    assert_eq!(reminded(&world), [(BEN, Owed::Update), (SID, Owed::Update), (SAM, Owed::Update)]);
    world.ok(BEN, say(1, "Billing is looking"));
    assert_eq!(reminded(&world), [], "said");
}

#[test]
fn a_late_call_reminds_whoever_promised_it_then_deputy_then_owner() {
    let mut world = staffed();
    world.ok(ANA, today("which form?"));
    world.ok(BEN, PromiseCallback { request: R1, at: world.now.plus(10 * MINUTE) });
    assert_eq!(reminded(&world), [], "promised is not late");
    let mut expected = Vec::new();
    for person in [BEN, SID, SAM] {
        expected.push((person, Owed::Callback));
        world.pass(10 * MINUTE);
        assert_eq!(reminded(&world), expected);
    }
    world.ok(SID, CallbackDone { request: R1, called: true });
    assert_eq!(reminded(&world), [], "whoever called, it is kept");
}

#[test]
fn somebody_who_was_not_helped_is_called_also_when_the_request_is_closed_again() {
    let mut world = staffed();
    world.ok(ANA, today("which form?"));
    world.ok(BEN, answer(1, "the blue one"));
    world.ok(ANA, Confirm { request: R1, solved: false, line: "there is none".into() });
    assert_eq!(reminded(&world), [(SAM, Owed::FollowUp)], "the desk's owner is told at once");
    world.ok(BEN, answer(2, "page 2"));
    world.ok(ANA, Solve { request: R1 });
    let until = world.r1().care.follow_up.as_ref().expect("it is owed").until;
    world.pass(until.since(world.now) - 1);
    assert_eq!(reminded(&world), [(SAM, Owed::FollowUp)]);
    world.pass(1);
    assert_eq!(reminded(&world), [(SAM, Owed::LateFollowUp), (SID, Owed::LateFollowUp)]);
    world.pass(2 * DAY);
    let is_late = |kind: &MessageKind| *kind == MessageKind::Event(Event::Care(CareStep::FollowUpLate));
    let said = world.state.messages().filter(|row| row.request == R1 && is_late(&row.kind)).count();
    assert_eq!(said, 1, "it stands on the timeline, once");
    world.ok(SID, FollowUpDone { request: R1, text: "sent her the sheet".into() });
    assert_eq!(reminded(&world), []);
}
