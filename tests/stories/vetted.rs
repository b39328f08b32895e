//! Scenario 11, a gated desk: what is asked of Engineering goes through its vetters, who send it on with a card. What is
//! critical goes straight there, and is looked at afterwards.

use deskside_domain::time::{HOUR, MINUTE};
use deskside_ports::Clock;
use deskside_protocol::{
    Code, Entity, Millis,
    care::{AlarmStep, CareStep, NewCard, Owed, Reminder},
    charter::Charter,
    command::*,
    entity::Desk,
    id::{DeskId, PersonId, RequestId},
    values::{Audience, Helpers, OpenInterval, RequestState, Ticket},
};

use crate::{
    desk::{request, steps},
    support::{House, Person, question},
};

/// Eli helps there, Sam and Sid decide what goes there.
async fn engineering(ada: &mut Person, eli: PersonId, vetters: Vec<PersonId>) -> DeskId {
    let desk = DeskId::fresh();
    ada.does(OpenDesk {
        desk,
        name: "Engineering".into(),
        purpose: "What only who built it can answer".into(),
        owner: eli,
        helpers: Helpers::These { people: vec![eli] },
        audience: Audience::Vetted,
        hours: (1..=5).map(|weekday| OpenInterval { weekday, from: 480, to: 1_020 }).collect(),
        zone: String::new(),
    })
    .await;
    ada.does(ArrangeDesk { desk, service: Charter { vetters, ..Charter::default() } }).await;
    desk
}

/// Whom the request rings now.
fn rung(person: &Person, id: RequestId) -> Vec<PersonId> {
    match request(person, id).and_then(|row| row.care.alarm.clone()).map(|alarm| alarm.rings) {
        Some(Helpers::These { people }) => people,
        other => panic!("named people are rung: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn engineering_is_reached_through_its_vetters_and_the_asker_always_reads_who_is_next() {
    let (house, mut ada, [mut chi, mut sam, sid, mut eli, mut ben]) =
        House::with_team(["Chi", "Sam", "Sid", "Eli", "Ben"]).await;
    let desk = engineering(&mut ada, eli.id, vec![sam.id, sid.id]).await;
    for person in [&mut chi, &mut sam, &mut eli] {
        person.follows().await;
    }
    // What Chi's composer says before she asks: "goes through Sam or Sid first".
    let known = chi.replica.values().find_map(|row| match row {
        Entity::Desk(row) if row.id == desk => Some(row.clone()),
        _ => None,
    });
    let Some(Desk { audience, service, .. }) = known else { panic!("Chi sees the desk") };
    assert_eq!((audience, &service.vetters), (Audience::Vetted, &vec![sam.id, sid.id]));

    let ticket =
        Some(Ticket { label: "ZD 4725".into(), url: "https://numbra.zendesk.com/agent/tickets/4725".into() });
    let asks = Ask { ticket: ticket.clone(), ..question(desk, "The number pool answers with an error") };
    let (r1, t0) = (asks.request, house.clock.now().0);
    chi.does(asks).await;
    sam.hears_until("the question", |sam| request(sam, r1).is_some()).await;
    assert_eq!(rung(&sam, r1), [sam.id, sid.id], "the vetters, not Eli");
    assert!(request(&chi, r1).is_none_or(|row| row.care.to_vet));

    house.clock.turn(5 * MINUTE);
    let card = NewCard {
        summary: "Every second number cannot be given out".into(),
        tried: "Other numbers, another browser".into(),
        impact: "Three customers since noon".into(),
        needed: "Why the pool refuses".into(),
    };
    let forward = |card: &NewCard| Forward { request: r1, card: card.clone() };
    assert_eq!(ben.tries(forward(&card)).await.expect_err("no vetter").code, Code::NotAllowed);
    let wordless = NewCard { needed: String::new(), ..card.clone() };
    assert_eq!(sam.tries(forward(&wordless)).await.expect_err("no wish").code, Code::Empty);
    sam.does(forward(&card)).await;
    eli.hears_until("what was sent on", |eli| request(eli, r1).is_some_and(|row| !row.care.to_vet)).await;
    assert_eq!(rung(&eli, r1), [eli.id]);
    let row = request(&eli, r1).expect("Eli reads it").clone();
    let read = row.care.card.expect("the card");
    assert_eq!(
        (read.by, read.summary, read.tried, read.impact, read.needed),
        (sam.id, card.summary, card.tried, card.impact, card.needed)
    );
    // The thread and the ticket's number, without an account at the ticket tool.
    assert_eq!(row.ticket, ticket);
    let thread = eli.thread("messages", r1).await;
    let asked = |entity: &Entity| matches!(entity, Entity::Message(row) if row.author == Some(chi.id) && row.text.contains("number pool"));
    assert!(thread.iter().any(asked), "{thread:?}");

    // "Waiting for Engineering (Eli), next update by 15:00"; it is ten to eleven in Berlin.
    let three = Millis(t0 + 4 * HOUR + 15 * MINUTE);
    eli.does(Take { request: r1 }).await;
    house.clock.turn(MINUTE);
    eli.does(Plan { request: r1, text: "Reading the pool's log".into(), update_by: Some(three) }).await;
    chi.hears_until("the plan", |chi| request(chi, r1).is_some_and(|row| !row.care.plan.is_empty())).await;
    let row = request(&chi, r1).expect("Chi asked it");
    assert_eq!((row.desk, row.owner, row.care.next_update_by), (desk, Some(eli.id), Some(three)));
    assert_eq!((row.asked_at.0, row.care.desk_changes, row.care.owner_changes), (t0, 0, 0));
    let told: Vec<CareStep> = steps(&chi, r1).into_iter().map(|(step, _, _)| step).collect();
    assert_eq!(told, [CareStep::Vetted, CareStep::Planned { until: three }]);

    // It is three, and no word has come: Eli is reminded, the others are not bothered yet.
    house.clock.turn(three.0 - house.clock.now().0);
    eli.hears_until("the reminder", |eli| request(eli, r1).is_some_and(|row| !row.care.reminders.is_empty()))
        .await;
    let reminders = request(&eli, r1).map(|row| row.care.reminders.clone());
    assert_eq!(reminders, Some(vec![Reminder { person: eli.id, of: Owed::Update }]));
    eli.answers(r1, "A stale lock; it is removed.").await;
    chi.hears_until("the answer", |chi| {
        request(chi, r1)
            .is_some_and(|row| row.state == RequestState::Answered && row.care.reminders.is_empty())
    })
    .await;
    for person in [&mut chi, &mut sam, &mut eli] {
        person.verifies().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_critical_calls_engineers_and_vetters_at_once_and_is_listed_until_its_lesson_is_written() {
    let (house, mut ada, [mut chi, mut sam, sid, mut eli]) =
        House::with_team(["Chi", "Sam", "Sid", "Eli"]).await;
    let desk = engineering(&mut ada, eli.id, vec![sam.id, sid.id]).await;
    for person in [&mut chi, &mut sam, &mut eli] {
        person.follows().await;
    }
    // Friday 17:15: the desk has closed.
    house.clock.turn(6 * HOUR + 30 * MINUTE);
    let r2 = chi.asks(desk, "No number can be given out").await;
    eli.hears_until("the question", |eli| request(eli, r2).is_some()).await;
    assert_eq!(rung(&eli, r2), [], "a closed desk rings nobody");
    let critical = |reason: &str| MarkCritical { request: r2, reason: reason.into() };
    assert_eq!(chi.tries(critical(" ")).await.expect_err("no reason").code, Code::Empty);
    chi.does(critical("Every shop is affected")).await;
    for person in [&mut sam, &mut eli] {
        person
            .hears_until("the call", |person| {
                let alarm = request(person, r2).and_then(|row| row.care.alarm.clone());
                alarm.is_some_and(|alarm| alarm.step == AlarmStep::Leads)
            })
            .await;
    }
    let called = rung(&eli, r2);
    for person in [eli.id, sam.id, sid.id] {
        assert!(called.contains(&person), "{called:?}");
    }
    let said = steps(&eli, r2);
    let (step, _, reason) = said.last().expect("a step");
    assert_eq!((step, reason.as_str()), (&CareStep::Critical, "Every shop is affected"));

    // Nobody has to send it on first.
    assert!(request(&eli, r2).is_some_and(|row| !row.care.to_vet));
    eli.answers(r2, "The pool is up again.").await;
    chi.hears_until("the answer", |chi| request(chi, r2).is_some_and(|row| row.care.alarm.is_none())).await;
    chi.does(Solve { request: r2 }).await;
    let is_to_review = |person: &Person| {
        let critical = request(person, r2).and_then(|row| row.care.critical.clone());
        critical.is_some_and(|critical| critical.review.is_none())
    };
    eli.hears_until("the end", |eli| request(eli, r2).is_some_and(|row| row.state == RequestState::Solved))
        .await;
    assert!(is_to_review(&eli), "\"critical, to review\"");
    let review = ReviewCritical { request: r2, text: "The pool gets an alarm of its own".into() };
    assert_eq!(chi.tries(review.clone()).await.expect_err("not hers to write").code, Code::NotAllowed);
    eli.does(review).await;
    chi.hears_until("what was learnt", |chi| !is_to_review(chi)).await;
    for person in [&mut chi, &mut sam, &mut eli] {
        person.verifies().await;
    }
}
