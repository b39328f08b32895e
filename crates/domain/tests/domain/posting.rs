//! Who may ask at a desk, and when: a table, and where a refusal sends people.

use deskside_domain::{
    Refusal,
    command::{ArrangeDesk, Ask, EditDesk, OpenDesk, OpenToDesk},
    desk::{Audience, Charter, Deputy, Helpers},
    id::{DeskId, PersonId},
    posting::{Posting, When},
    refusal::Instead,
    time::{DAY, HOUR, MINUTE},
};
use uuid::Uuid;

use crate::world::*;

const BILLING: DeskId = DeskId(Uuid::from_u128(13));

fn posting(agents: When) -> Posting {
    Posting { agents, ..Posting::default() }
}

/// Numbra where agents ask Phones help only while it is open, Friday 16:21 in Berlin; it closes at 17:00.
fn hours_only(charter: Charter) -> World {
    let mut world = World::numbra();
    let service = Charter { posting: posting(When::WhileOpen), ..charter };
    world.ok(ADA, ArrangeDesk { desk: PHONES, service });
    world
}

#[test]
fn agents_ask_while_it_is_open_and_leads_at_any_hour() {
    let hour = HOUR;
    // Who, how long from now, how long before that they wrote it, whether it is taken.
    let table = [
        (ANA, 0, 0, true),
        (ANA, hour, 0, false),
        (SAM, hour, 0, true),
        (ADA, hour, 0, true),
        // Kept without a network since the desk was open.
        (ANA, hour, hour, true),
        // Written when it was closed, and sent when it is open.
        (ANA, 3 * DAY - 6 * hour, 2 * DAY, true),
        // Longer than a week is not believed: 03:21 on a night.
        (ANA, 7 * DAY + 11 * hour, 7 * DAY + 11 * hour, false),
        (ANA, 6 * DAY + 11 * hour, 6 * DAY + 11 * hour, true),
        // A clock that is ahead by a day says nothing.
        (ANA, hour, -DAY, false),
        (ANA, 0, -DAY, true),
    ];
    for (n, (who, later, ago, taken)) in table.into_iter().enumerate() {
        let mut world = hours_only(Charter::default());
        world.pass(later);
        let ask = Ask { asked_at: world.now.0 - ago, ..ask("may I?") };
        let answer = world.give(who, ask);
        assert_eq!(answer.is_ok(), taken, "line {n}: {answer:?}");
        if let Err(refusal) = answer {
            assert!(matches!(refusal, Refusal::OutsideHours { .. }), "line {n}: {refusal}");
        }
    }
}

#[test]
fn a_role_that_may_not_ask_is_told_so_at_any_hour() {
    let mut world = World::numbra();
    let service = Charter { posting: posting(When::Never), ..Charter::default() };
    world.ok(ADA, ArrangeDesk { desk: PHONES, service });
    let refusal = world.give(ANA, ask("may I?")).expect_err("agents may not");
    assert_eq!(refusal, Refusal::MayNotAsk { instead: Instead::Person("Sam".into()) });
    assert_eq!(
        refusal.to_string(),
        "the desk takes no questions from this role: ask Sam privately",
        "with what to do instead"
    );
    world.ok(SAM, ask("may I?"));
}

/// Billing, at any hour for everyone unless it is said otherwise; Sid owns it.
fn with_billing(world: &mut World, audience: Audience) {
    world.ok(
        ADA,
        OpenDesk {
            desk: BILLING,
            name: "Billing".into(),
            purpose: String::new(),
            owner: SID,
            helpers: Helpers::These(vec![SID]),
            audience,
            hours: weekdays(&[(480, 1_200)]),
            zone: String::new(),
        },
    );
}

fn refused(world: &mut World, who: PersonId) -> Instead {
    match world.give(who, Ask { asked_at: world.now.0, ..ask("may I?") }) {
        Err(Refusal::OutsideHours { instead } | Refusal::MayNotAsk { instead }) => instead,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_refusal_names_the_next_desk_that_takes_it_else_who_answers_for_this_one() {
    let to = |posting| Charter {
        posting,
        escalation: Some(BILLING),
        deputy: Deputy::Person(SID),
        ..Charter::default()
    };
    let mut world = World::numbra();
    with_billing(&mut world, Audience::Open);
    world.ok(ADA, ArrangeDesk { desk: PHONES, service: to(posting(When::WhileOpen)) });
    world.pass(HOUR);
    assert_eq!(refused(&mut world, ANA), Instead::Desk("Billing".into()));
    // Billing has rules of its own: it is open until 20:00.
    let billings = Charter { posting: posting(When::WhileOpen), ..Charter::default() };
    world.ok(SID, ArrangeDesk { desk: BILLING, service: billings });
    assert_eq!(refused(&mut world, ANA), Instead::Desk("Billing".into()));
    world.pass(3 * HOUR);
    assert_eq!(refused(&mut world, ANA), Instead::Person("Sid".into()), "the deputy, while both are closed");
    // A desk that one does not see is not named.
    let mut world = World::numbra();
    with_billing(&mut world, Audience::Private);
    world.ok(ADA, ArrangeDesk { desk: PHONES, service: to(posting(When::Never)) });
    assert_eq!(refused(&mut world, ANA), Instead::Person("Sid".into()));
}

#[test]
fn a_desk_that_nobody_may_ask_is_none() {
    let mut world = World::numbra();
    let never = Posting { agents: When::Never, leads: When::Never, admins: When::Never };
    let service = Charter { posting: never, ..Charter::default() };
    let refusal = world.give(ADA, ArrangeDesk { desk: PHONES, service }).expect_err("nobody could ask");
    assert!(refusal.to_string().contains("close the desk instead"), "{refusal}");
}

#[test]
fn a_change_stands_in_the_desks_history() {
    let world = hours_only(Charter::default());
    let change = world.state.desk(PHONES).expect("the desk").history.last().cloned();
    assert_eq!(change.map(|change| (change.by, change.field)), Some((ADA, "posting".into())));
}

#[test]
fn whom_one_asks_privately_is_no_question_to_the_desk_until_it_is_opened() {
    let mut world = hours_only(Charter::default());
    world.pass(40 * MINUTE);
    world.ok(ANA, Ask { private_with: Some(vec![SAM]), asked_at: world.now.0, ..ask("between us") });
    let refusal = world.give(ANA, OpenToDesk { request: R1 }).expect_err("the desk is closed for agents");
    assert!(matches!(refusal, Refusal::OutsideHours { .. }), "{refusal}");
    world.ok(SAM, OpenToDesk { request: R1 });
}

#[test]
fn other_changes_of_a_desk_keep_its_rules() {
    let mut world = hours_only(Charter::default());
    let row = world.state.desk(PHONES).expect("the desk").clone();
    world.ok(
        ADA,
        EditDesk {
            desk: PHONES,
            name: "Phones".into(),
            purpose: row.purpose,
            owner: row.owner,
            helpers: row.helpers,
            audience: row.audience,
            hours: row.hours,
            zone: row.zone,
            provider: row.provider,
            review_before_upload: false,
            closed: false,
        },
    );
    assert_eq!(world.state.desk(PHONES).expect("the desk").service.posting, posting(When::WhileOpen));
}
