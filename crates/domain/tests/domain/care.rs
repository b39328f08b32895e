//! How a request is looked after: alarms, promises, hand-overs, look-alikes, what is critical. One decision at a
//! time; what falls due happens as time passes.

use deskside_domain::{
    Refusal, Time,
    care::{AlarmStep, CareStep, Late, Stall},
    clock::{Promise, Standard, Standards},
    command::*,
    desk::{Audience, Charter, Deputy, DutySlot, Helpers},
    id::{DeskId, PersonId, RequestId},
    message::{Event, MessageKind},
    place::{shown_to, would_be_shown_to},
    request::{RequestState, Urgency},
    time::{DAY, HOUR, MINUTE, SECOND},
};
use expect_test::expect;
use uuid::Uuid;

use crate::{telling::check, world::*};

const R2: RequestId = RequestId(Uuid::from_u128(22));

/// 2026-06-05 16:45 in Berlin, a Friday: a quarter of an hour before the desk closes.
pub const QUARTER_TO_FIVE: Time = Time(1_780_670_700_000);

pub fn edit(desk: DeskId, owner: PersonId, helpers: Helpers, audience: Audience) -> EditDesk {
    EditDesk {
        desk,
        name: "A desk".into(),
        purpose: "For tests".into(),
        owner,
        helpers,
        audience,
        hours: weekdays(&[(480, 720), (780, 1_020)]),
        zone: String::new(),
        provider: None,
        review_before_upload: false,
        closed: false,
    }
}

/// Sam owns Phones, Sid stands in, Ben is a member too; Sam is on duty.
pub fn staffed() -> World {
    let mut world = World::numbra();
    world.ok(ADA, edit(PHONES, SAM, Helpers::These(vec![SAM, SID, BEN]), Audience::Open));
    let service = Charter { deputy: Deputy::Person(SID), ..Charter::default() };
    world.ok(ADA, ArrangeDesk { desk: PHONES, service });
    let slots = (1..=5).map(|weekday| DutySlot { weekday, from: 480, to: 1_020, person: SAM }).collect();
    world.ok(SAM, SetRota { desk: PHONES, slots });
    world
}

pub fn today(text: &str) -> Ask {
    Ask { urgency: Urgency::Today, ..ask(text) }
}

fn card() -> NewCard {
    NewCard {
        summary: "charged twice".into(),
        tried: "looked at the invoice".into(),
        impact: "customer is angry".into(),
        needed: "a refund".into(),
    }
}

#[test]
fn a_live_request_calls_more_people_the_longer_nobody_takes_it() {
    let mut world = staffed();
    check(
        &mut world,
        ANA,
        ask("customer on the line"),
        expect![[r#"
            Ana Asked "customer on the line"
            request Open Live of the desk, alarm Duty rings Sam
            due: clocks of request in 2 min
            due: alarm of request in 45 s
        "#]],
    );
    world.ok(BEN, SetStatus { status: deskside_domain::person::Status::OnCall, until: None });
    let step = |world: &World| world.r1().care.alarm.clone().expect("an alarm");
    world.pass(44 * SECOND);
    assert_eq!(step(&world).step, AlarmStep::Duty);
    world.pass(SECOND);
    assert_eq!(step(&world).step, AlarmStep::Members);
    assert_eq!(step(&world).cards, Helpers::These(vec![SID]), "Ben is on a call");
    world.pass(75 * SECOND);
    assert_eq!(step(&world).step, AlarmStep::Leads);
    assert_eq!(step(&world).call_now, [SID, SAM]);
    world.pass(8 * MINUTE);
    assert_eq!(step(&world).step, AlarmStep::Stuck, "is it still live?");
    world.ok(BEN, Take { request: R1 });
    assert_eq!(world.r1().care.alarm, None, "the first claim silences everybody");
}

#[test]
fn no_longer_live_stops_the_paging_and_live_again_begins_anew() {
    let mut world = staffed();
    world.ok(ANA, ask("customer on the line"));
    world.pass(50 * SECOND);
    world.ok(ANA, SetUrgency { request: R1, urgency: Urgency::Today });
    let alarm = world.r1().care.alarm.clone().expect("an alarm");
    assert_eq!((alarm.step, alarm.cards), (AlarmStep::Duty, Helpers::NOBODY));
    // Three quarters of the 30 minutes that are promised are near it; 50 seconds are used.
    assert_eq!(alarm.next_at.since(world.now), 30 * MINUTE * 3 / 4 - 50 * SECOND);
    world.ok(ANA, SetUrgency { request: R1, urgency: Urgency::Live });
    world.pass(45 * SECOND);
    assert_eq!(world.r1().care.alarm.as_ref().map(|alarm| alarm.step), Some(AlarmStep::Members));
}

#[test]
fn a_closed_desk_shows_a_waiting_customer_to_its_people_and_rings_nobody() {
    let mut world = staffed();
    world.pass(QUARTER_TO_FIVE.since(world.now) + HOUR);
    check(
        &mut world,
        ANA,
        ask("customer on the line"),
        expect![[r#"
            Ana Asked "customer on the line"
            request Open Live of the desk, alarm Closed rings nobody, cards Sam Sid Ben
            due: clocks of request in 2 d
            due: alarm of request in 2 d
        "#]],
    );
    let alarm = |world: &World| world.r1().care.alarm.clone().expect("an alarm");
    // What can wait shows nothing, and what can't once more does.
    world.ok(ANA, SetUrgency { request: R1, urgency: Urgency::Today });
    assert_eq!((alarm(&world).step, alarm(&world).cards), (AlarmStep::Closed, Helpers::NOBODY));
    world.ok(ANA, SetUrgency { request: R1, urgency: Urgency::Live });
    assert_eq!(alarm(&world).cards, Helpers::These(vec![SAM, SID, BEN]));
    world.pass(alarm(&world).begins_at.since(world.now));
    assert_eq!((alarm(&world).step, alarm(&world).cards), (AlarmStep::Duty, Helpers::NOBODY), "it opens");
    assert_eq!(alarm(&world).rings, Helpers::These(vec![SAM]));
}

#[test]
fn behind_closed_doors_the_asker_is_told_of_those_who_see_it() {
    let mut world = staffed();
    world.pass(QUARTER_TO_FIVE.since(world.now) + HOUR);
    let desk = |world: &World| world.state.desk(PHONES).expect("a desk").clone();
    let would = |world: &World, urgency| would_be_shown_to(&world.state, &desk(world), urgency, ANA);
    assert_eq!(would(&world, Urgency::Live), Some(vec![BEN, SAM, SID]));
    assert_eq!(would(&world, Urgency::Today), None, "what can wait is shown to nobody");
    world.ok(BEN, SetStatus { status: deskside_domain::person::Status::Away, until: None });
    world.ok(ANA, ask("customer on the line"));
    assert_eq!(shown_to(&world.state, world.r1()), Some(vec![SAM, SID]));

    // What is asked of some rings them at any hour and shows it to nobody else.
    let mut private = staffed();
    private.pass(QUARTER_TO_FIVE.since(private.now) + HOUR);
    private.ok(ANA, Ask { private_with: Some(vec![SID]), ..ask("between us") });
    assert_eq!(shown_to(&private.state, private.r1()), None);

    // Where it is vetted first, only those who vet have the card.
    let mut vetted = staffed();
    vetted.ok(ADA, edit(PHONES, SID, Helpers::These(vec![SID, BEN]), Audience::Vetted));
    let service = Charter { vetters: vec![SAM], deputy: Deputy::Members, ..desk(&vetted).service };
    vetted.ok(ADA, ArrangeDesk { desk: PHONES, service });
    vetted.pass(QUARTER_TO_FIVE.since(vetted.now) + HOUR);
    assert_eq!(would(&vetted, Urgency::Live), Some(vec![SAM]));
    assert_eq!(
        would_be_shown_to(&vetted.state, &desk(&vetted), Urgency::Live, BEN),
        Some(vec![SID]),
        "what its own people ask is not vetted"
    );
    vetted.ok(ANA, ask("customer on the line"));
    assert_eq!(shown_to(&vetted.state, vetted.r1()), Some(vec![SAM]));
}

#[test]
fn others_escalate_near_their_standard_and_then_at_it() {
    let mut world = staffed();
    world.ok(ANA, today("which form?"));
    let step = |world: &World| world.r1().care.alarm.as_ref().map(|alarm| alarm.step);
    world.pass(22 * MINUTE + 30 * SECOND);
    assert_eq!(step(&world), Some(AlarmStep::Members));
    world.pass(7 * MINUTE + 30 * SECOND);
    assert_eq!(step(&world), Some(AlarmStep::Leads), "30 minutes are over");
    world.pass(4 * DAY);
    assert_eq!(step(&world), Some(AlarmStep::Stuck));
    assert_eq!(
        world.r1().care.stalled.map(|stalled| stalled.why),
        Some(Stall::NoOwner),
        "the sweep lists it"
    );
    assert!(world.r1().is_open(), "nothing is dropped or closed");
}

#[test]
fn clocks_count_working_time_and_only_the_askers_turn_pauses() {
    // Scenario 13: created Friday 16:45 at a desk that closes at 17:00.
    let mut world = staffed();
    world.pass(QUARTER_TO_FIVE.since(world.now));
    world.ok(ANA, today("R3"));
    let monday = |hour: i64, minute: i64| {
        Time(QUARTER_TO_FIVE.0 + 63 * HOUR + 15 * MINUTE - 8 * HOUR + hour * HOUR + minute * MINUTE)
    };
    let care = |world: &World| world.r1().care.clone();
    assert_eq!(care(&world).first_response_by, Some(monday(8, 15)));
    let until = |world: &mut World, at: Time| world.pass(at.since(world.now));
    until(&mut world, monday(8, 10));
    world.ok(SAM, say(1, "looking into it"));
    assert_eq!(care(&world).waited, 25 * MINUTE, "first response after 25 working minutes");
    assert_eq!(care(&world).solve_by, Some(monday(11, 45)));
    until(&mut world, monday(11, 30));
    world.ok(SAM, ask_back(2, "which tariff?"));
    assert_eq!(care(&world).solve_by, None, "paused");
    until(&mut world, monday(13, 30));
    world.ok(ANA, say(3, "Flex M"));
    assert_eq!(care(&world).solve_by, Some(monday(13, 45)));
    until(&mut world, monday(13, 40));
    world.ok(ANA, Solve { request: R1 });
    assert_eq!(care(&world).worked, 3 * HOUR + 55 * MINUTE);
    assert_eq!(world.now.since(world.r1().asked_at), 68 * HOUR + 55 * MINUTE, "the customer's clock");
}

#[test]
fn a_new_standard_prices_what_is_left() {
    // The variant of scenario 13: five hours instead of four, said on Monday at 11:00.
    let mut world = staffed();
    world.pass(QUARTER_TO_FIVE.since(world.now));
    world.ok(ANA, today("R3"));
    let monday = |hour: i64, minute: i64| {
        Time(QUARTER_TO_FIVE.0 + 63 * HOUR + 15 * MINUTE - 8 * HOUR + hour * HOUR + minute * MINUTE)
    };
    let until = |world: &mut World, at: Time| world.pass(at.since(world.now));
    until(&mut world, monday(8, 10));
    world.ok(SAM, say(1, "looking into it"));
    until(&mut world, monday(11, 0));
    let five = Standard { solve_ms: Some(5 * HOUR), ..Standards::default().today };
    let standards = Standards { today: five, ..Standards::default() };
    let service = Charter { deputy: Deputy::Person(SID), standards, ..Charter::default() };
    world.ok(SAM, ArrangeDesk { desk: PHONES, service });
    assert_eq!(world.r1().care.solve_by, Some(monday(13, 45)), "1 h 45 are left, an hour of lunch");
    until(&mut world, monday(11, 30));
    world.ok(SAM, ask_back(2, "which tariff?"));
    until(&mut world, monday(13, 30));
    world.ok(ANA, say(3, "Flex M"));
    assert_eq!(world.r1().care.solve_by, Some(monday(14, 45)));
}

#[test]
fn a_row_of_the_version_before_is_counted_on_from_where_it_was() {
    // The same morning twice; once the server is replaced in the middle of it, and finds rows without clocks.
    let morning = |replaced: bool| {
        let mut world = staffed();
        world.pass(QUARTER_TO_FIVE.since(world.now));
        world.ok(ANA, today("R3"));
        world.pass(63 * HOUR + 20 * MINUTE);
        world.ok(SAM, say(1, "looking into it"));
        world.pass(HOUR);
        if replaced {
            let mut request = world.r1().clone();
            request.care.clocks = None;
            request.care.clocks_look_at = None;
            world.state.put(deskside_domain::Row::Request(request));
        }
        world.ok(SAM, ask_back(2, "which tariff?"));
        world.pass(30 * MINUTE);
        world.ok(ANA, say(3, "Flex M"));
        world.pass(DAY);
        let care = world.r1().care.clone();
        (
            care.worked,
            care.waited,
            care.first_response_by,
            care.solve_by,
            care.clocks.map(|clocks| clocks.missed),
        )
    };
    assert_eq!(morning(true), morning(false));
}

#[test]
fn a_promise_that_is_not_kept_stands_on_the_timeline_once() {
    let mut world = staffed();
    let standards = Standards {
        today: Standard { reply_ms: Some(10 * MINUTE), ..Standards::default().today },
        ..Standards::default()
    };
    world.ok(ADA, ArrangeDesk { desk: PHONES, service: Charter { standards, ..Charter::default() } });
    world.ok(ANA, today("which form?"));
    let missed = |world: &World| -> Vec<Promise> {
        let messages = world.state.messages().filter(|row| row.request == R1);
        let steps = messages.filter_map(|row| match row.kind {
            MessageKind::Event(Event::Care(CareStep::Missed(promise))) => Some((row.at, promise)),
            _ => None,
        });
        let mut steps: Vec<_> = steps.collect();
        steps.sort_unstable();
        steps.into_iter().map(|(_, promise)| promise).collect()
    };
    world.pass(5 * MINUTE);
    world.ok(SAM, say(1, "the blue one"));
    world.ok(ANA, say(2, "there are two"));
    world.pass(10 * MINUTE);
    assert_eq!(missed(&world), Vec::<Promise>::new(), "the last moment is in time");
    world.pass(SECOND);
    assert_eq!(missed(&world), [Promise::Reply]);
    world.ok(SAM, say(3, "the smaller one"));
    world.pass(7 * DAY);
    assert_eq!(missed(&world), [Promise::Reply, Promise::Solution]);
}

#[test]
fn whoever_takes_it_owes_the_next_word_and_is_reminded() {
    let mut world = staffed();
    world.ok(ANA, ask("live"));
    world.ok(SAM, Take { request: R1 });
    assert_eq!(world.r1().care.next_update_by, Some(world.now.plus(10 * MINUTE)), "live: ten minutes");
    world.ok(
        SAM,
        Plan { request: R1, text: "asking Billing".into(), update_by: Some(world.now.plus(20 * MINUTE)) },
    );
    assert_eq!(world.r1().care.plan, "asking Billing");
    world.pass(20 * MINUTE);
    assert_eq!(world.r1().care.update_late, Late::OwnerReminded);
    world.pass(5 * MINUTE);
    assert_eq!(world.r1().care.update_late, Late::DeskTold);
    world.ok(SAM, say(1, "Billing is looking"));
    assert_eq!(world.r1().care.update_late, Late::No);
    assert_eq!(world.r1().care.next_update_by, Some(world.now.plus(10 * MINUTE)));
    let past = Plan { request: R1, text: "x".into(), update_by: Some(world.now.plus(-DAY)) };
    check(
        &mut world,
        SAM,
        past,
        expect![[r#"
            refused: update_by is not valid: past by the server's clock
        "#]],
    );
    check(
        &mut world,
        BEN,
        Plan { request: R1, text: "mine".into(), update_by: None },
        expect![[r#"
            refused: this needs another role or another person: the request's owner
        "#]],
    );
}

#[test]
fn who_waits_for_a_third_party_says_for_what_and_until_when() {
    let mut world = staffed();
    world.ok(ANA, today("parcel lost"));
    world.ok(SAM, Take { request: R1 });
    check(
        &mut world,
        SAM,
        WaitForOther { request: R1, what: " ".into(), until: None },
        expect![[r#"
            refused: what must not be empty
        "#]],
    );
    world.ok(SAM, WaitForOther { request: R1, what: "the courier's answer".into(), until: None });
    let end_of_hours = Time(QUARTER_TO_FIVE.0 + 15 * MINUTE);
    assert_eq!(
        (world.r1().state, world.r1().care.next_update_by),
        (RequestState::WaitingOther, Some(end_of_hours))
    );
    world.ok(SAM, GoOn { request: R1 });
    assert_eq!((world.r1().state, world.r1().care.waiting_for.as_str()), (RequestState::Accepted, ""));
}

#[test]
fn a_vetted_desk_is_reached_through_its_vetters_and_critical_goes_straight_there() {
    let mut world = World::numbra();
    world.ok(ADA, edit(PHONES, SID, Helpers::These(vec![SID]), Audience::Vetted));
    world
        .ok(ADA, ArrangeDesk { desk: PHONES, service: Charter { vetters: vec![SAM], ..Charter::default() } });
    check(
        &mut world,
        ANA,
        today("the switch is down"),
        expect![[r#"
            Ana Asked "the switch is down"
            request Open Today of the desk, alarm Duty rings Sam, to vet
            due: clocks of request in 30 min
            due: alarm of request in 22 min
        "#]],
    );
    check(
        &mut world,
        BEN,
        Forward { request: R1, card: card() },
        expect![[r#"
            refused: this needs another role or another person: a vetter of the desk
        "#]],
    );
    check(
        &mut world,
        SAM,
        Forward { request: R1, card: card() },
        expect![[r#"
            Sam care: Vetted
            request Open Today of the desk, alarm Duty rings Sid
        "#]],
    );
    check(
        &mut world,
        ANA,
        MarkCritical { request: R1, reason: String::new() },
        expect![[r#"
            refused: reason must not be empty
        "#]],
    );
    check(
        &mut world,
        ANA,
        MarkCritical { request: R1, reason: "every shop is offline".into() },
        expect![[r#"
            Ana care: Critical "every shop is offline"
            request Open Today of the desk, alarm Leads rings Sid Sam, cards Sid, may call Sid, critical
            due: alarm of request in 10 min
        "#]],
    );
    world.ok(SID, answer(1, "a fibre was cut"));
    world.ok(ANA, Solve { request: R1 });
    assert!(world.r1().care.owes_something(), "to be reviewed afterwards");
    world.ok(SID, ReviewCritical { request: R1, text: "order a second line".into() });
    assert!(!world.r1().care.owes_something());
}

#[test]
fn look_alikes_are_joined_and_merged_and_the_earliest_time_counts() {
    let mut world = staffed();
    world.ok(ANA, today("port-out refund?"));
    world.pass(MINUTE);
    world.ok(SID, Ask { request: R2, message: message(50), ..today("refund at port-out?") });
    check(
        &mut world,
        ADA,
        JoinRequest { request: R2 },
        expect![[r#"
            Ada care: Joined
            request Open Today of the desk, alarm Duty rings Sam, joined
        "#]],
    );
    world.ok(SAM, Take { request: R2 });
    world.ok(SAM, Merge { request: R1, into: R2 });
    let into = world.state.request(R2).expect("it is there");
    assert_eq!(into.asked_at, START, "the earliest T0");
    assert_eq!(into.care.joined, [ADA, ANA]);
    assert_eq!((world.r1().state, world.r1().care.merged_into), (RequestState::Merged, Some(R2)));
    assert_eq!(world.give(SAM, say(9, "too late")), Err(Refusal::RequestClosed), "it went on in the other");
    world.ok(SAM, Answer { request: R2, ..answer(8, "yes, until day 14") });
    world.ok(ADA, Confirm { request: R2, solved: true, line: String::new() });
    assert_eq!(world.state.request(R2).map(|row| row.state), Ok(RequestState::Solved));
}

#[test]
fn two_that_become_one_have_waited_as_long_as_the_longer() {
    let mut world = World::with_r1();
    world.ok(SID, Ask { request: R2, message: message(50), ..ask("refund at port-out?") });
    world.ok(SAM, Take { request: R2 });
    // The alarm counts R1 on the way; R2 was last counted when it was taken.
    world.pass(3 * MINUTE);
    world.ok(SAM, Merge { request: R1, into: R2 });
    let care = &world.state.request(R2).expect("it is there").care;
    assert_eq!((care.worked, care.counted_at), (3 * MINUTE, Some(world.now)));
}

#[test]
fn desks_that_call_each_other_in_a_loop_are_refused_and_so_are_impossible_rotas() {
    let mut world = staffed();
    let to = |escalation| Charter { escalation: Some(escalation), ..Charter::default() };
    world.ok(ADA, ArrangeDesk { desk: PHONES, service: to(PAYROLL) });
    check(
        &mut world,
        ADA,
        ArrangeDesk { desk: PAYROLL, service: to(PHONES) },
        expect![[r#"
            refused: escalation is not valid: the desks escalate to each other in a loop
        "#]],
    );
    let slot = |from, to| DutySlot { weekday: 1, from, to, person: SAM };
    check(
        &mut world,
        SAM,
        SetRota { desk: PHONES, slots: vec![slot(480, 600), slot(599, 700)] },
        expect![[r#"
            refused: slots is not valid: two slots of one person overlap
        "#]],
    );
    check(
        &mut world,
        SAM,
        SetRota { desk: PHONES, slots: vec![DutySlot { person: ANA, ..slot(480, 600) }] },
        expect![[r#"
            refused: slots is not valid: somebody who is no member of the desk
        "#]],
    );
}

#[test]
fn a_gap_in_the_rota_is_shown_the_day_before() {
    let mut world = staffed();
    // Friday is covered; on Monday nobody is there before nine, nor after four.
    let slots = vec![DutySlot { weekday: 1, from: 540, to: 960, person: SID }];
    world.ok(SAM, SetRota { desk: PHONES, slots });
    let gaps = &world.state.desk(PHONES).expect("it is there").gaps;
    let monday = QUARTER_TO_FIVE.plus(63 * HOUR + 15 * MINUTE - 8 * HOUR);
    let hours: Vec<(i64, i64)> =
        gaps.iter().map(|gap| (gap.from.since(monday) / HOUR, gap.to.since(monday) / HOUR)).collect();
    assert_eq!(hours, [(8, 9), (16, 17)]);
}

#[test]
fn a_desk_asks_for_at_most_two_further_things_and_learns_whether_they_help() {
    let mut world = staffed();
    let fields = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let service = |names: &[&str]| Charter { fields: fields(names), ..Charter::default() };
    let three = ArrangeDesk { desk: PHONES, service: service(&["tariff", "device", "mood"]) };
    check(
        &mut world,
        SAM,
        three,
        expect![[r#"
            refused: fields is over the limit of 2
        "#]],
    );
    world.ok(SAM, ArrangeDesk { desk: PHONES, service: service(&["tariff"]) });
    assert_eq!(world.give(ANA, today("x")), Err(Refusal::Empty("details")));
    let details = vec![GivenDetail { name: "tariff".into(), value: "Flex M".into() }];
    world.ok(ANA, Ask { details, ..today("which discount?") });
    world.ok(SAM, UseDetail { request: R1, name: "tariff".into() });
    assert!(world.r1().care.details[0].used);
}

#[test]
fn a_status_ends_when_it_was_said_to_and_is_not_relied_on_for_ever() {
    let mut world = staffed();
    let status = |world: &World| world.state.person(BEN).expect("Ben").clone();
    let away = deskside_domain::person::Status::Away;
    world.ok(BEN, SetStatus { status: away, until: Some(world.now.plus(HOUR)) });
    world.pass(HOUR);
    assert_eq!(
        status(&world).status,
        deskside_domain::person::Status::Available,
        "back at the hour they said"
    );
    world.pass(4 * HOUR - SECOND);
    assert!(!status(&world).status_unconfirmed);
    world.pass(SECOND);
    assert!(status(&world).status_unconfirmed, "four hours old");
}
