//! Two people talk.

use std::collections::BTreeMap;

use deskside_domain::time::{DAY, MINUTE, SECOND};
use deskside_protocol::{
    Code, Entity, EntityRef,
    command::{Reopen, Say, SetStatus, Solve, Take, Thank},
    entity::Request,
    feed::{FromClient, FromServer},
    id::{AttachmentId, MessageId, RequestId},
    values::{AttachmentState, NewAttachment, RequestState, Status, Urgency},
};

use crate::support::{House, Person, png, question};

fn request(person: &Person, id: RequestId) -> Request {
    match person.replica.get(&EntityRef::Request(id)) {
        Some(Entity::Request(request)) => request.clone(),
        other => panic!("{} does not hold the request: {other:?}", person.name),
    }
}

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
async fn thanks_restarts_nothing_words_reopen_within_a_week_and_after_it_a_new_question_is_offered() {
    let (house, _ada, [mut ana, mut sam]) = House::with_team(["Ana", "Sam"]).await;
    let desk = house.desk(&ana).await.id;
    ana.follows().await;
    let r3 = ana.asks(desk, "Refund after port-out fails").await;
    sam.does(Take { request: r3 }).await;
    house.clock.turn(10 * MINUTE);
    sam.answers(r3, "Set the porting date first.").await;
    ana.does(Solve { request: r3 }).await;
    ana.hears_until("the end", |ana| state(ana, r3) == Some(RequestState::Solved)).await;
    let solved = request(&ana, r3);
    house.clock.turn(MINUTE);
    ana.does(Thank { request: r3 }).await;
    ana.hears_until("the thanks", |ana| request(ana, r3).thanked).await;
    let thanked = request(&ana, r3);
    assert_eq!(thanked.care, solved.care, "no clock and no promise begins anew");
    assert_eq!((thanked.state, thanked.solved_at), (RequestState::Solved, solved.solved_at));

    house.clock.turn(DAY);
    ana.says(r3, "still fails").await;
    ana.hears_until("it being open again", |ana| state(ana, r3) == Some(RequestState::Accepted)).await;
    let reopened = request(&ana, r3);
    assert_eq!(reopened.owner, Some(sam.id), "the same owner");
    assert_eq!(reopened.asked_at, solved.asked_at, "T0 stays");
    assert_eq!(reopened.first_response_at, solved.first_response_at, "and so does the first response");
    assert!(reopened.care.worked > solved.care.worked, "the desk's clock goes on from where it stood");

    ana.does(Solve { request: r3 }).await;
    sam.does(SetStatus { status: Status::Off, until: None }).await;
    house.clock.turn(DAY);
    ana.does(Reopen { request: r3 }).await;
    ana.hears_until("the desk having it", |ana| {
        state(ana, r3) == Some(RequestState::Open) && request(ana, r3).owner.is_none()
    })
    .await;

    ana.does(Solve { request: r3 }).await;
    house.clock.turn(7 * DAY + 1);
    let say = Say {
        request: r3,
        message: MessageId::fresh(),
        text: "and again".into(),
        readable_ibans: Vec::new(),
        mentions: Default::default(),
        attachments: Vec::new(),
        clip: None,
        moment: None,
    };
    let refused = ana.tries(say).await.expect_err("a week is over");
    assert_eq!(refused.code, Code::TooLateToReopen);
    assert_eq!(refused.code.next_step(), "Ask a new request and link this one.");
    let refused = ana.tries(Reopen { request: r3 }).await.expect_err("by a tap neither");
    assert_eq!(refused.code, Code::TooLateToReopen);
    let link = format!("and again\n{}/r/{r3}", house.base);
    let anew = ana.asks(desk, &link).await;
    ana.hears_until("the new question", |ana| state(ana, anew).is_some()).await;
    assert_eq!(request(&ana, anew).text, link, "the link is no number to be masked");
    assert_eq!(state(&ana, r3), Some(RequestState::Solved));
    ana.verifies().await;
}

/// Scenario 25: the server goes and comes in the middle of the day. Drafts live with the apps: `tests/client/versions.rs` and
/// `tests/browser/offline.test.mjs` keep those.
#[tokio::test(flavor = "multi_thread")]
async fn a_restart_loses_no_request_no_upload_and_no_second_of_a_clock() {
    let (mut house, _ada, [mut ana, mut sam]) = House::with_team(["Ana", "Sam"]).await;
    let desk = house.desk(&ana).await.id;
    let waiting = ana.asks(desk, "Refund after port-out, allowed?").await;
    let live = deskside_protocol::command::Ask { urgency: Urgency::Live, ..question(desk, "She waits") };
    let called = live.request;
    ana.does(live).await;
    let taken = ana.asks(desk, "Which form?").await;
    sam.does(Take { request: taken }).await;
    // Less than the alarm waits, so that nothing falls due meanwhile.
    house.clock.turn(30 * SECOND);
    ana.says(taken, "the blue one?").await;

    let (picture, id) = (png(300, 200), AttachmentId::fresh());
    let upload = ana.begins_upload("attachment", id.0, Some(picture.len() as u64)).await;
    let half = picture.len() / 2;
    ana.uploads(&upload, 0, &picture[..half]).await;

    let told = async |person: &Person| -> BTreeMap<EntityRef, Entity> {
        let mut entities = person.snapshot().await.entities;
        for entity in &mut entities {
            // When a clock was last counted says nothing: what it shows now does.
            if let Entity::Request(Request { care, .. }) = entity
                && let Some(counted_at) = care.counted_at.take()
            {
                care.worked -= counted_at.0;
                care.waited -= counted_at.0;
            }
        }
        entities.into_iter().map(|entity| (entity.reference(), entity)).collect()
    };
    let before = (told(&ana).await, told(&sam).await);
    house.restart().await;
    for person in [&mut ana, &mut sam] {
        person.base = house.base.clone();
    }
    assert_eq!(told(&ana).await, before.0, "every row of Ana's, and every clock in it");
    assert_eq!(told(&sam).await, before.1, "every row of Sam's");

    assert_eq!(ana.offset(&upload).await, half as u64, "what came is kept");
    assert_eq!(ana.uploads(&upload, half as u64, &picture[half..]).await, picture.len() as u64);
    let file = NewAttachment {
        id,
        name: "screen.png".into(),
        mime: "image/png".into(),
        size: picture.len() as u64,
        width: 300,
        height: 200,
    };
    ana.follows().await;
    let message = MessageId::fresh();
    let attachments = vec![file];
    let text = "this one".to_owned();
    ana.does(Say {
        request: taken,
        message,
        text,
        readable_ibans: vec![],
        mentions: Default::default(),
        attachments,
        clip: None,
        moment: None,
    })
    .await;
    ana.hears_until("the picture", |ana| {
        matches!(ana.replica.get(&EntityRef::Attachment(id)), Some(Entity::Attachment(row)) if row.state == AttachmentState::Stored)
    })
    .await;

    house.clock.turn(10 * SECOND);
    sam.answers(waiting, "Yes, until day 14.").await;
    sam.answers(called, "Put her through.").await;
    ana.hears_until("both answers", |ana| {
        [waiting, called].iter().all(|id| state(ana, *id) == Some(RequestState::Answered))
    })
    .await;
    for id in [waiting, called] {
        assert_eq!(request(&ana, id).care.waited, 40 * SECOND, "thirty seconds before, ten after");
    }
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
