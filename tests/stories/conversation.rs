//! Two people talk.

use deskside_protocol::{
    Entity, EntityRef,
    command::{Solve, Take, Thank},
    feed::{FromClient, FromServer},
    values::RequestState,
};

use crate::support::House;

fn state(person: &crate::support::Person, request: deskside_protocol::id::RequestId) -> Option<RequestState> {
    match person.replica.get(&EntityRef::Request(request)) {
        Some(Entity::Request(request)) => Some(request.state),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ana_asks_sam_sees_it_at_once_answers_and_ana_says_solved() {
    let (house, mut ada, [mut ana, mut sam]) = House::with_team(["Ana", "Sam"]).await;
    let desk = house.desk(&ana).await.id;
    for person in [&mut ada, &mut ana, &mut sam] {
        person.follows().await;
    }

    let request = ana.asks(desk, "Refund after port-out, allowed?").await;
    sam.hears_until("Ana's request on Sam's screen", |sam| state(sam, request).is_some()).await;
    assert_eq!(state(&sam, request), Some(RequestState::Open));

    sam.does(Take { request }).await;
    sam.answers(request, "Yes, until day 14.").await;
    ana.hears_until("the answer", |ana| state(ana, request) == Some(RequestState::Answered)).await;
    assert!(ana.holds("Yes, until day 14."));

    ana.does(Solve { request }).await;
    ana.does(Thank { request }).await;
    sam.hears_until("the end", |sam| state(sam, request) == Some(RequestState::Solved)).await;
    for person in [&mut ada, &mut ana, &mut sam] {
        person.verifies().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_while_away_is_there_on_coming_back() {
    let (house, _ada, [mut ana, mut sam]) = House::with_team(["Ana", "Sam"]).await;
    let desk = house.desk(&ana).await.id;
    sam.follows().await;
    sam.is_cut_off();
    // More rows than one page of the log holds, so that catching up takes several.
    let mut requests = Vec::new();
    for n in 0..60 {
        let request = ana.asks(desk, &format!("question {n}")).await;
        for m in 0..4 {
            ana.says(request, &format!("and {m}")).await;
        }
        requests.push(request);
    }
    sam.connects().await;
    sam.hears_until("the last question", |sam| state(sam, requests[59]).is_some()).await;
    sam.verifies().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_in_the_middle_of_the_day_loses_nothing() {
    let (mut house, _ada, [mut ana, mut sam]) = House::with_team(["Ana", "Sam"]).await;
    let desk = house.desk(&ana).await.id;
    ana.follows().await;
    sam.follows().await;
    let before = ana.asks(desk, "before").await;
    sam.hears_until("the first", |sam| state(sam, before).is_some()).await;

    house.stop().await;
    assert_eq!(sam.hears_the_close().await, 1001, "the server says that it goes");
    house.start().await;
    ana.base = house.base.clone();
    sam.base = house.base.clone();

    ana.connects().await;
    let after = ana.asks(desk, "after").await;
    sam.connects().await;
    sam.hears_until("the second", |sam| state(sam, after).is_some()).await;
    ana.verifies().await;
    sam.verifies().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_out_of_the_feed_can_still_be_read_whole() {
    let (house, _ada, [mut ana, mut sam]) = House::with_team(["Ana", "Sam"]).await;
    let desk = house.desk(&ana).await.id;
    let other = ana.asks(desk, "something else").await;
    let request = ana.asks(desk, "Refund after port-out, allowed?").await;
    sam.follows().await;
    sam.answers(request, "Yes, until day 14.").await;
    ana.does(Solve { request }).await;
    house.clock.turn(deskside_domain::request::ARCHIVE_AFTER);
    sam.hears_until("the request leaving the feed", |sam| state(sam, request).is_none()).await;

    let thread = sam.thread("messages", request).await;
    let words: Vec<&str> = thread
        .iter()
        .filter_map(|entity| match entity {
            Entity::Message(message) if !message.text.is_empty() => Some(message.text.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(words, ["Refund after port-out, allowed?", "Yes, until day 14."]);
    let is_of_other =
        |entity: &Entity| matches!(entity, Entity::Message(message) if message.request == other);
    assert!(sam.thread("messages", other).await.iter().all(is_of_other), "each thread by itself");
    assert_eq!(sam.get("/api/v1/messages?request=nonsense").await.status(), 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sees_who_is_there_and_who_writes_in_a_thread_one_may_see() {
    let (house, _ada, [mut ana, mut sam]) = House::with_team(["Ana", "Sam"]).await;
    let desk = house.desk(&ana).await.id;
    ana.follows().await;
    sam.follows().await;
    let sams = sam.id;
    let here = |frames: &[FromServer], idle: bool| {
        frames.iter().any(|frame| match frame {
            FromServer::Presence { people } => {
                people.iter().any(|here| here.person == sams && here.connected && here.idle == idle)
            }
            _ => false,
        })
    };
    ana.hears_until("Sam being there", |ana| here(&ana.fleeting, false)).await;
    sam.tells(&FromClient::Idle { idle: true }).await;
    ana.hears_until("Sam being idle", |ana| here(&ana.fleeting, true)).await;

    let request = ana.asks(desk, "Is somebody there?").await;
    sam.hears_until("the request", |sam| state(sam, request).is_some()).await;
    sam.tells(&FromClient::Typing { request }).await;
    ana.hears_until("Sam writing", |ana| {
        ana.fleeting.contains(&FromServer::Typing { request, person: sams })
    })
    .await;
    sam.is_cut_off();
    ana.hears_until("Sam being gone", |ana| {
        ana.fleeting.iter().any(|frame| match frame {
            FromServer::Presence { people } => {
                people.iter().any(|here| here.person == sams && !here.connected)
            }
            _ => false,
        })
    })
    .await;
}
