//! Scenario 25, a day across a shift: what Sam has goes to Sid with one line each, also when the server goes away in
//! between; who is missing tomorrow is said today; and what somebody said of themselves this morning is not relied on.

use deskside_app::notices::{Notice, Watch};
use deskside_domain::time::{HOUR, MINUTE};
use deskside_ports::Clock;
use deskside_protocol::{
    Code, Entity, EntityRef,
    care::{CareStep, NewCard},
    charter::DutySlot,
    command::*,
    feed::Change,
    id::{DeskId, PersonId, RequestId},
    values::{RequestState, Status},
};

use crate::{
    desk::{phones, request, steps},
    support::{House, Person},
};

/// The hours without anybody on duty that a desk shows, in hours since `midnight`.
fn gaps(person: &Person, desk: DeskId, midnight: i64) -> Vec<(i64, i64)> {
    let Some(Entity::Desk(desk)) = person.replica.get(&EntityRef::Desk(desk)) else { panic!("the desk") };
    let hour = |at: i64| (at - midnight) / HOUR;
    desk.gaps.iter().map(|gap| (hour(gap.from.0), hour(gap.to.0))).collect()
}

fn is_unconfirmed(person: &Person, id: PersonId) -> bool {
    matches!(person.replica.get(&EntityRef::Person(id)), Some(Entity::Person(row)) if row.status_unconfirmed)
}

fn taken_over(person: &Person, id: RequestId) -> Vec<String> {
    let is_that = |step: &CareStep| matches!(step, CareStep::TakenOver { .. });
    steps(person, id).into_iter().filter(|(step, _, _)| is_that(step)).map(|(_, _, words)| words).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shift_ends_and_nothing_of_it_is_lost_or_asked_twice() {
    let (mut house, mut ada, [mut ana, mut chi, mut sam, mut sid, mut ben]) =
        House::with_team(["Ana", "Chi", "Sam", "Sid", "Ben"]).await;
    let desk = phones(&house, &mut ada, sam.id, sid.id, ben.id).await;
    for person in [&mut ana, &mut chi, &mut sam, &mut sid] {
        person.follows().await;
    }
    let quarter_to_eleven = house.clock.now().0;
    let bens = ben.id;

    // 11:45, five hours before the shift ends: Ben says that he is available.
    house.clock.turn(HOUR);
    ben.does(SetStatus { status: Status::Available, until: None }).await;
    // 15:30 and later: four questions, and Sam takes them.
    house.clock.turn(3 * HOUR + 45 * MINUTE);
    let mut all = Vec::new();
    for (n, text) in
        ["Lost SIM", "Which discount?", "Second invoice", "Port-out date"].into_iter().enumerate()
    {
        let asker = if n % 2 == 0 { &mut ana } else { &mut chi };
        let asked = asker.asks(desk, text).await;
        all.push((asked, house.clock.now().0));
        sam.does(Take { request: asked }).await;
        house.clock.turn(MINUTE);
    }
    // 16:45.
    house.clock.turn(quarter_to_eleven + 6 * HOUR - house.clock.now().0);
    sid.hears_until("what is known of Ben", |sid| is_unconfirmed(sid, bens)).await;

    // Monday is the next day on which the desk is open; from eight to nine nobody is there, and Sam reads it today.
    let midnight = quarter_to_eleven - 10 * HOUR - 45 * MINUTE + 72 * HOUR;
    let slot = |weekday, from, to, person| DutySlot { weekday, from, to, person };
    let slots = vec![slot(1, 540, 720, sam.id), slot(1, 780, 1_020, sid.id), slot(5, 480, 1_020, sam.id)];
    sam.does(SetRota { desk, slots }).await;
    sam.hears_until("the gap", |sam| gaps(sam, desk, midnight) == [(8, 9)]).await;

    // The shift: all four are listed as Sam's, and each needs a line.
    let sams = sam.id;
    let is_sams = |row: &deskside_protocol::entity::Request| {
        row.owner == Some(sams) && row.state == RequestState::Accepted
    };
    let listed = |sam: &Person| {
        sam.replica.values().filter(|row| matches!(row, Entity::Request(row) if is_sams(row))).count()
    };
    sam.hears_until("the list", |sam| listed(sam) == 4).await;
    let offer = |request: RequestId, needed: &str| OfferHandOver {
        request,
        desk,
        person: Some(sid.id),
        card: NewCard {
            summary: "End of the shift".into(),
            tried: String::new(),
            impact: String::new(),
            needed: needed.into(),
        },
    };
    let offers: Vec<_> =
        all.iter().enumerate().map(|(n, (asked, _))| offer(*asked, &format!("Next step {n}"))).collect();
    let wordless = offer(all[0].0, " ");
    assert_eq!(sam.tries(wordless).await.expect_err("no line").code, Code::Empty);
    for offer in offers {
        sam.does(offer).await;
    }
    ana.hears_until("the offers", |ana| {
        all.iter().all(|(id, _)| request(ana, *id).is_some_and(|row| row.care.hand_over.is_some()))
    })
    .await;
    for (id, _) in &all {
        assert_eq!(request(&ana, *id).and_then(|row| row.owner), Some(sams), "Sam's until it is taken over");
        assert_eq!(taken_over(&ana, *id), Vec::<String>::new(), "nobody is told yet");
    }

    // The server goes down while they are on offer, and comes back on another address.
    house.restart().await;
    for person in [&mut ana, &mut chi, &mut sam, &mut sid] {
        person.base = house.base.clone();
        person.connects().await;
    }
    house.clock.turn(2 * MINUTE);
    let mut watch = Watch::default();
    watch.begin(ana.id, &ana.replica.values().cloned().collect::<Vec<_>>());
    for (id, _) in &all {
        sid.does(TakeOver { request: *id }).await;
    }
    let sids = sid.id;
    for person in [&mut ana, &mut chi] {
        person
            .hears_until("Sid having them", |person| {
                all.iter().all(|(id, _)| {
                    request(person, *id).is_some_and(|row| row.owner == Some(sids))
                        && taken_over(person, *id).len() == 1
                })
            })
            .await;
    }
    let now = house.clock.now().0;
    for (n, (id, asked_at)) in all.iter().enumerate() {
        assert_eq!(taken_over(&ana, *id), [format!("Next step {n}")], "one notice, with the next step");
        let row = request(&ana, *id).expect("it is there");
        assert_eq!((row.asked_at.0, row.care.hand_over.as_ref()), (*asked_at, None));
        assert_eq!((row.care.owner_changes, row.care.desk_changes), (1, 0));
        assert_eq!(row.care.worked, now - asked_at, "no second of its clock is lost");
        assert!(row.care.next_update_by.is_some_and(|by| by.0 > now), "Sid owes the next word");
    }
    // It is on the timeline; nothing pops up over what Ana does.
    let changes: Vec<Change> = ana.replica.values().cloned().map(Change::Put).collect();
    let told = watch.changed(&changes);
    assert!(
        !told.iter().any(|notice| matches!(notice, Notice::Asked { .. } | Notice::Answered { .. })),
        "{told:?}"
    );

    // Nothing is left with Sam, and Sid goes on where he stopped, without asking again.
    sam.hears_until("the end of the shift", |sam| listed(sam) == 0).await;
    sid.answers(all[0].0, "The new SIM is on its way.").await;
    ana.hears_until("the answer", |ana| ana.holds("The new SIM is on its way.")).await;
    for person in [&mut ana, &mut chi, &mut sam, &mut sid] {
        person.verifies().await;
    }
}
