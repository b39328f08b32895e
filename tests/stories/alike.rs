//! Scenario 3, a look-alike: what one asks, another waits for already. Two people, one request, one answer.

use deskside_app::notices::{Notice, Watch};
use deskside_domain::time::MINUTE;
use deskside_ports::Clock;
use deskside_protocol::{
    Code, Entity, EntityRef, command::*, feed::Change, id::DeskId, place::Place, search::Found,
    values::RequestState,
};

use crate::{
    desk::{phones, request, steps},
    support::{House, Person},
};

/// Requests of this desk that somebody's app holds.
fn asked_at(person: &Person, desk: DeskId) -> usize {
    let is_there = |entity: &&Entity| matches!(entity, Entity::Request(row) if row.desk == desk);
    person.replica.values().filter(is_there).count()
}

async fn place(person: &Person, desk: DeskId) -> u16 {
    let answer = person.get(&format!("/api/v1/desks/{desk}/place?urgency=today")).await;
    answer.json::<Place>().await.expect("a place").place
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_the_same_waits_with_the_other_and_one_answer_reaches_both() {
    let (house, mut ada, [mut ana, mut chi, mut sam, sid, ben, eve]) =
        House::with_team(["Ana", "Chi", "Sam", "Sid", "Ben", "Eve"]).await;
    let desk = phones(&house, &mut ada, sam.id, sid.id, ben.id).await;
    for person in [&mut ana, &mut chi, &mut sam] {
        person.follows().await;
    }
    let t0 = house.clock.now().0;
    let r1 = ana.asks(desk, "Refund after port-out, allowed?").await;
    chi.hears_until("Ana's question", |chi| request(chi, r1).is_some()).await;
    house.clock.turn(4 * MINUTE);

    // Chi types the same in other words: it is found, it is Ana's, and it waits.
    let found = chi.get("/api/v1/search?q=port-out%20refund%20ok%3F").await;
    let found: Found = found.json().await.expect("hits");
    let hit = found.hits.first().expect("a look-alike");
    assert_eq!((hit.request, hit.solved), (r1, false));
    assert_eq!(request(&chi, r1).map(|row| row.asker), Some(ana.id), "\"Ana is waiting on this\"");
    assert_eq!(place(&eve, desk).await, 2);
    chi.does(JoinRequest { request: r1 }).await;
    // Pressed again, or sent again, it is the same.
    chi.does(JoinRequest { request: r1 }).await;
    for person in [&mut ana, &mut sam] {
        let chi = chi.id;
        person
            .hears_until("that Chi waits too", |person| {
                request(person, r1).is_some_and(|row| row.care.joined == [chi])
            })
            .await;
        assert_eq!(asked_at(person, desk), 1, "one thread, two askers");
    }
    assert_eq!(place(&eve, desk).await, 2, "only one of them counts");

    // Both apps watch, and neither person looks.
    let rows = |person: &Person| person.replica.values().cloned().collect::<Vec<_>>();
    let mut watches = [&ana, &chi].map(|person| {
        let mut watch = Watch::default();
        watch.begin(person.id, &rows(person));
        watch
    });
    house.clock.turn(5 * MINUTE);
    let answer = sam.answers(r1, "Yes, until day 14.").await;
    let anas = ana.id;
    for (person, watch) in [&mut ana, &mut chi].into_iter().zip(&mut watches) {
        person
            .hears_until("the answer", |person| {
                person.replica.contains_key(&EntityRef::Message(answer))
                    && request(person, r1).is_some_and(|row| row.state == RequestState::Answered)
            })
            .await;
        let changes: Vec<Change> = rows(person).into_iter().map(Change::Put).collect();
        assert!(watch.changed(&changes).contains(&Notice::Answered { message: answer }), "{}", person.name);
        let row = request(person, r1).expect("it is there");
        assert_eq!((row.asker, row.asked_at.0), (anas, t0), "time starts when Ana asked");
        assert_eq!(row.first_response_at.map(|at| at.0), Some(t0 + 9 * MINUTE));
        assert_eq!(row.care.waited, 9 * MINUTE);
    }

    // It helped Chi: that closes it for both, and nobody else could have.
    assert_eq!(sam.tries(Solve { request: r1 }).await.expect_err("not an asker").code, Code::NotAllowed);
    chi.does(Confirm { request: r1, solved: true, line: String::new() }).await;
    ana.hears_until("the end", |ana| request(ana, r1).is_some_and(|row| row.state == RequestState::Solved))
        .await;
    assert_eq!(steps(&ana, r1).len(), 1, "that Chi joined stands on the timeline, once");
    for person in [&mut ana, &mut chi, &mut sam] {
        person.verifies().await;
        assert_eq!(asked_at(person, desk), 1);
    }
}
