//! What is deleted or past its time is gone: from every address, from search, from the disk; its place stays.

use deskside_domain::time::{DAY, HOUR};
use deskside_protocol::{
    Entity, EntityRef,
    command::{Answer, DeleteClip, DeleteMessage, Solve},
    id::MessageId,
    search::Found,
    values::{AttachmentState, ClipState},
};
use reqwest::header;

use crate::support::{House, Person, Shown, question, within};

const WORDS: &str = "marmalade-sphinx";

async fn finds(person: &Person) -> usize {
    let found: Found =
        person.get(&format!("/api/v1/search?q={WORDS}")).await.json().await.expect("an answer");
    found.hits.len()
}

/// Waits until no file of the data directory is named after `id`.
async fn no_file_of(house: &House, what: &str, id: impl ToString) {
    let id = id.to_string();
    within(what, async {
        while !house.files_named(&id).is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_clip_is_gone_with_all_that_was_made_of_it_and_leaves_its_place() {
    let (mut house, _ada, [mut ana, mut sam]) = House::with_team(["Ana", "Sam"]).await;
    let desk = house.desk(&ana).await.id;
    for person in [&mut ana, &mut sam] {
        person.follows().await;
    }
    let request = ana.asks(desk, "look at this").await;
    let shown = Shown::in_thread(&mut ana, request, "here").await;
    assert_eq!(shown.answers(&sam).await, [200; 4]);
    for address in shown.addresses() {
        let answer = sam.get(&address).await;
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store", "{address}: kept by no cache");
    }
    assert!(house.files_named(&shown.clip.to_string()).len() >= 3, "bytes, prefix, poster");

    assert!(sam.tries(DeleteClip { clip: shown.clip }).await.is_err(), "it is Ana's");
    ana.does(DeleteClip { clip: shown.clip }).await;
    let gone = Some((AttachmentState::Stored, ClipState::Deleted));
    sam.hears_until("the clip to be gone", |sam| shown.states(sam) == gone).await;
    no_file_of(&house, "bytes, prefix and poster to be gone", shown.clip).await;
    assert_eq!(shown.answers(&sam).await, [200, 200, 404, 404], "the picture stays");
    assert_eq!(shown.answers(&ana).await, [200, 200, 404, 404]);
    let Some(Entity::Clip(row)) = sam.replica.get(&EntityRef::Clip(shown.clip)) else {
        panic!("a tombstone")
    };
    assert_eq!((row.bytes, row.duration_ms, row.poster), (0, 0, false), "nothing is told of it");
    let Some(Entity::Message(message)) = sam.replica.get(&EntityRef::Message(shown.message)) else {
        panic!("the message stays")
    };
    assert_eq!((message.clip, message.deleted), (Some(shown.clip), false));
    for person in [&mut ana, &mut sam] {
        person.verifies().await;
    }
    house.restart().await;
    assert!(house.files_named(&shown.clip.to_string()).is_empty(), "also after a restart");
    assert_eq!(house.findings(), [], "the data is sound");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_message_takes_its_words_its_picture_and_its_clip_along() {
    let (mut house, _ada, [mut ana, mut sam]) = House::with_team(["Ana", "Sam"]).await;
    let desk = house.desk(&ana).await.id;
    for person in [&mut ana, &mut sam] {
        person.follows().await;
    }
    let ask = question(desk, &format!("who knows {WORDS}?"));
    let (request, asked) = (ask.request, ask.message);
    ana.does(ask).await;
    let shown = Shown::in_thread(&mut sam, request, "see both").await;
    let answer = MessageId::fresh();
    let text = format!("{WORDS} is in the list of names");
    sam.does(Answer {
        request,
        message: answer,
        text,
        readable_ibans: vec![],
        mentions: Default::default(),
        attachments: vec![],
        clip: None,
        moment: None,
    })
    .await;
    ana.does(Solve { request }).await;
    assert_eq!(finds(&ana).await, 1, "one request, by its question or its answer");

    assert!(ana.tries(DeleteMessage { message: answer }).await.is_err(), "it is Sam's");
    for message in [shown.message, answer] {
        sam.does(DeleteMessage { message }).await;
    }
    ana.does(DeleteMessage { message: asked }).await;
    let gone = Some((AttachmentState::Deleted, ClipState::Deleted));
    ana.hears_until("all of it to be gone", |ana| shown.states(ana) == gone && !ana.holds(WORDS)).await;
    no_file_of(&house, "the clip's files to be gone", shown.clip).await;
    no_file_of(&house, "the picture's files to be gone", shown.picture).await;
    for person in [&ana, &sam] {
        assert_eq!(shown.answers(person).await, [404; 4]);
        assert_eq!(finds(person).await, 0, "search has forgotten the words");
    }
    for id in [shown.message, answer, asked] {
        let Some(Entity::Message(place)) = ana.replica.get(&EntityRef::Message(id)) else {
            panic!("its place stays")
        };
        assert!(place.deleted && place.text.is_empty(), "{place:?}");
    }
    for person in [&mut ana, &mut sam] {
        person.verifies().await;
    }
    house.stop().await;
    assert_eq!(
        house.files_with(WORDS.as_bytes()),
        [] as [std::path::PathBuf; 0],
        "nor is a word on the disk"
    );
    assert_eq!(house.findings(), [], "the data is sound");
}

#[tokio::test(flavor = "multi_thread")]
async fn ninety_days_after_a_thread_is_closed_its_pictures_and_clips_expire_also_over_a_restart() {
    let (mut house, _ada, [mut ana, mut sam]) = House::with_team(["Ana", "Sam"]).await;
    let desk = house.desk(&ana).await.id;
    sam.follows().await;
    let (open, early, late) = (
        ana.asks(desk, "stays open").await,
        ana.asks(desk, "closed now").await,
        ana.asks(desk, "closed a day later").await,
    );
    let kept = Shown::in_thread(&mut sam, open, "kept").await;
    let first = Shown::in_thread(&mut sam, early, "first").await;
    let second = Shown::in_thread(&mut sam, late, "second").await;
    // It is the day it was closed that counts, not the day it was shown.
    house.clock.turn(10 * DAY);
    ana.does(Solve { request: early }).await;
    house.clock.turn(DAY);
    ana.does(Solve { request: late }).await;

    house.clock.turn(89 * DAY - HOUR);
    assert_eq!(first.answers(&sam).await, [200; 4], "an hour before");
    house.clock.turn(HOUR);
    no_file_of(&house, "the first clip to expire", first.clip).await;
    no_file_of(&house, "the first picture to expire", first.picture).await;
    assert_eq!(first.answers(&sam).await, [404; 4]);
    assert_eq!(second.answers(&sam).await, [200; 4], "its ninety days end tomorrow");

    // The server is down when the second one's time comes.
    house.stop().await;
    house.clock.turn(DAY);
    house.start().await;
    sam.base = house.base.clone();
    no_file_of(&house, "the second clip to expire", second.clip).await;
    no_file_of(&house, "the second picture to expire", second.picture).await;
    assert_eq!(second.answers(&sam).await, [404; 4]);
    assert_eq!(kept.answers(&sam).await, [200; 4], "an open thread keeps what it shows");
    let states = sam.thread("attachments", early).await;
    assert!(
        matches!(&states[..], [Entity::Attachment(row)] if row.state == AttachmentState::Expired),
        "its place says so: {states:?}"
    );
    assert_eq!(house.findings(), [], "the data is sound");
}
