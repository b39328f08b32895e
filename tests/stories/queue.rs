//! Scenario 8, an honest queue: a place and a range that come from what the desk has done, and follow what happens.

use std::time::{Duration, Instant};

use deskside_domain::time::MINUTE;
use deskside_protocol::{
    Entity, EntityRef,
    command::*,
    entity::Desk,
    id::{DeskId, PersonId, RequestId},
    place::{Place, Wait},
    values::{Audience, Helpers, OpenInterval, Urgency},
};

use crate::support::{House, Person, question, within};

/// The desk around the clock, with Sam and Ben.
async fn phones(house: &House, ada: &mut Person, sam: PersonId, ben: PersonId) -> DeskId {
    let Desk { id, name, purpose, .. } = house.desk(ada).await;
    ada.does(EditDesk {
        desk: id,
        name,
        purpose,
        owner: sam,
        helpers: Helpers::These { people: vec![sam, ben] },
        audience: Audience::Open,
        hours: (1..=7).map(|weekday| OpenInterval { weekday, from: 0, to: 1_440 }).collect(),
        zone: String::new(),
        provider: None,
        review_before_upload: false,
        closed: false,
    })
    .await;
    id
}

async fn place(person: &Person, path: String) -> Place {
    let answer = person.get(&path).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.json().await.expect("a place")
}

fn is_counted(person: &Person, id: RequestId) -> bool {
    matches!(person.replica.get(&EntityRef::Request(id)), Some(Entity::Request(row)) if row.care.met.is_some())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_tells_its_place_and_a_range_learned_from_what_the_desk_has_done() {
    let (house, mut ada, [mut ana, mut dov, sam, mut ben]) =
        House::with_team(["Ana", "Dov", "Sam", "Ben"]).await;
    let desk = phones(&house, &mut ada, sam.id, ben.id).await;
    ana.follows().await;
    dov.follows().await;
    let about = format!("/api/v1/desks/{desk}/place?urgency=today");
    // Thirty questions of before: sixteen were answered after three minutes, fourteen after seven.
    for n in 0..30 {
        if n == 5 {
            let known = place(&dov, about.clone()).await.wait;
            assert_eq!(known, Wait::Usually { within_ms: 30 * MINUTE }, "of five answers no number is made");
        }
        let asked = ana.asks(desk, "which form?").await;
        ana.hears_until("what the question met", |ana| is_counted(ana, asked)).await;
        house.clock.turn(if n % 2 == 0 || n == 29 { 3 } else { 7 } * MINUTE);
        ben.answers(asked, "form 12").await;
        ana.does(Solve { request: asked }).await;
    }
    for text in ["first", "second", "third"] {
        ana.asks(desk, text).await;
    }
    // Twice the work for each of the two: three others first, and the question itself.
    let Place { place: stands, on_duty, has_room, wait, .. } = place(&dov, about).await;
    assert_eq!((stands, on_duty, has_room), (4, 2, true));
    let Wait::About { from_ms, to_ms } = wait else { panic!("a range: {wait:?}") };
    assert_eq!(from_ms, 6 * MINUTE, "half of them are answered by then");
    assert!(
        (11 * MINUTE..=17 * MINUTE).contains(&to_ms),
        "about 14 minutes, corrected by what came: {to_ms}"
    );

    let asked = dov.asks(desk, "may I refund it?").await;
    let mine = format!("/api/v1/requests/{asked}/place");
    assert_eq!(place(&dov, mine.clone()).await.place, 4);
    // A customer on the line is served first; who waits learns of it at once.
    let live = Ask { urgency: Urgency::Live, ..question(desk, "on the line") };
    let (overtaking, begun) = (live.request, Instant::now());
    ana.does(live).await;
    let hears = dov
        .hears_until("the other question", |dov| dov.replica.contains_key(&EntityRef::Request(overtaking)));
    within("the overtaking", hears).await;
    let overtaken = place(&dov, mine.clone()).await;
    assert_eq!(overtaken.place, 5);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    let Wait::About { to_ms: now_to_ms, .. } = overtaken.wait else { panic!("a range") };
    assert!(now_to_ms > to_ms, "{now_to_ms} after {to_ms}: it takes longer now");
    // Somebody takes it: the place is as before.
    ben.does(Take { request: overtaking }).await;
    assert_eq!(place(&dov, mine).await.place, 4);
    for person in [&mut ana, &mut dov] {
        person.verifies().await;
    }
}
