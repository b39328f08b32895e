//! One transaction per decision: once, in order, on what was read, and nothing lost.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "this is test code")]

use std::collections::BTreeMap;

use deskside_domain::{
    Key, Read, Row, State, Time,
    call::CallState,
    id::*,
    message::Moment,
    request::{RequestState, Urgency},
    secret::Secret,
};
use deskside_protocol::{Code, Problem};

use super::{
    Place,
    rows::{answer, attachment, call, clip, command, commit, desk, invite, org, person, put, request, uuid},
};
use crate::store::{Commit, CommitError, Origin, Store, StoredResult};

fn person_row(n: u64, name: &str) -> Row {
    Row::Person(person(n, name))
}

async fn people(store: &dyn Store) -> Vec<String> {
    let state = store.load(&[Read::People]).await.unwrap().state;
    state.people().map(|person| person.name.clone()).collect()
}

async fn revision(store: &dyn Store, key: &Key) -> u64 {
    store.load(&[Read::Row(key.clone())]).await.unwrap().revisions[key]
}

/// A command that is sent again is answered with what was answered, also after a restart, and changes nothing.
pub async fn commands_count_once(place: &dyn Place) {
    let opened = place.open().await;
    let first = opened.store.commit(command("app", 1, vec![person_row(1, "Ana")])).await.unwrap();
    let expected = StoredResult { body_hash: [1; 32], seq: first.seq, refused: None };
    drop(opened);
    let opened = place.open().await;
    let again = opened.store.commit(command("app", 1, vec![person_row(2, "Ana's double")])).await;
    let Err(CommitError::Duplicate(result)) = again else { panic!("expected a duplicate: {again:?}") };
    assert_eq!(result, expected);
    assert_eq!(opened.store.stored("app", 1).await.unwrap(), (Some(expected), 1));
    assert_eq!(opened.store.stored("app", 2).await.unwrap(), (None, 1));
    assert_eq!(opened.store.stored("other", 1).await.unwrap(), (None, 0));
    assert_eq!(people(&*opened.store).await, ["Ana"]);

    // Once the client has the answer it is forgotten, and the number stays used.
    opened.store.forget_results("app", 1).await.unwrap();
    assert_eq!(opened.store.stored("app", 1).await.unwrap(), (None, 1));
    let again = opened.store.commit(command("app", 1, vec![person_row(2, "Ana's double")])).await;
    assert!(matches!(again, Err(CommitError::Gap { expected: 2 })), "{again:?}");
    assert_eq!(people(&*opened.store).await, ["Ana"]);
}

/// A key of a token counts once; another token's equal key is another one.
pub async fn keys_count_once(place: &dyn Place) {
    let opened = place.open().await;
    let keyed = |client: &str, n, name| Commit {
        origin: Origin::Keyed {
            client_id: client.to_owned(),
            person: PersonId(uuid(1)),
            key: "order-7".to_owned(),
            body_hash: [9; 32],
        },
        ..commit(vec![person_row(n, name)])
    };
    let first = opened.store.commit(keyed("token", 1, "Ana")).await.unwrap();
    drop(opened);
    let opened = place.open().await;
    let expected = StoredResult { body_hash: [9; 32], seq: first.seq, refused: None };
    let again = opened.store.commit(keyed("token", 2, "Ana's double")).await;
    assert!(matches!(&again, Err(CommitError::Duplicate(result)) if *result == expected), "{again:?}");
    assert_eq!(opened.store.stored_by_key("token", "order-7").await.unwrap(), Some(expected));
    assert_eq!(opened.store.stored_by_key("token", "order-8").await.unwrap(), None);
    opened.store.commit(keyed("another", 3, "Sam")).await.unwrap();
    assert_eq!(people(&*opened.store).await, ["Ana", "Sam"]);
}

/// A missing number is named, and what came after it is not stored.
pub async fn gaps_are_refused(place: &dyn Place) {
    let store = place.open().await.store;
    for (n, expected) in [(2, 1), (0, 1)] {
        let early = store.commit(command("app", n, vec![person_row(1, "Ana")])).await;
        assert!(matches!(early, Err(CommitError::Gap { expected: named }) if named == expected), "{early:?}");
    }
    store.commit(command("app", 1, vec![])).await.unwrap();
    let early = store.commit(command("app", 3, vec![person_row(1, "Ana")])).await;
    assert!(matches!(early, Err(CommitError::Gap { expected: 2 })), "{early:?}");
    assert!(people(&*store).await.is_empty());
}

/// Nobody goes on with another person's line of commands.
pub async fn lines_belong_to_one_person(place: &dyn Place) {
    let store = place.open().await.store;
    assert_eq!(store.line_of("app").await.unwrap(), None);
    store.commit(command("app", 1, vec![])).await.unwrap();
    assert_eq!(store.line_of("app").await.unwrap(), Some(PersonId(uuid(1))));
    for n in [1, 2] {
        let mut foreign = command("app", n, vec![person_row(7, "Eve")]);
        if let Origin::Line { person, .. } = &mut foreign.origin {
            *person = PersonId(uuid(7));
        }
        let refused = store.commit(foreign).await;
        assert!(matches!(refused, Err(CommitError::Fault(_))), "{refused:?}");
    }
    assert_eq!(store.stored("app", 1).await.unwrap().1, 1);
    assert!(people(&*store).await.is_empty());
}

/// A decision on what is no longer true stores nothing, not even its number.
pub async fn stale_decisions_conflict(place: &dyn Place) {
    let store = place.open().await.store;
    let key = person_row(1, "").key();
    let expecting = |n, revision, name| Commit {
        expect: BTreeMap::from([(key.clone(), revision)]),
        ..command("app", n, vec![person_row(1, name)])
    };
    store.commit(expecting(1, 0, "Ana")).await.unwrap();
    assert_eq!(revision(&*store, &key).await, 1);
    let before = store.head().await.unwrap();
    for stale in [0, 2] {
        let conflict = store.commit(expecting(2, stale, "Bo")).await;
        assert!(matches!(conflict, Err(CommitError::Conflict)), "{conflict:?}");
    }
    let absent = Commit {
        expect: BTreeMap::from([(Key::Secret("jitsi".to_owned()), 1)]),
        ..command("app", 2, vec![person_row(1, "Bo")])
    };
    assert!(matches!(store.commit(absent).await, Err(CommitError::Conflict)));
    assert_eq!(store.head().await.unwrap(), before);
    assert_eq!(store.stored("app", 2).await.unwrap(), (None, 1));
    assert_eq!(people(&*store).await, ["Ana"]);
    store.commit(expecting(2, 1, "Cleo")).await.unwrap();
    assert_eq!(revision(&*store, &key).await, 2);

    // A decision on a set of rows stands on the whole log: a row that was not in the set may be by now.
    let loaded = store.load(&[Read::People]).await.unwrap();
    let on_set = |n| Commit { expect_seq: Some(loaded.seq), ..command("app", n, vec![person_row(2, "Dan")]) };
    store.commit(on_set(3)).await.unwrap();
    let conflict = store.commit(on_set(4)).await;
    assert!(matches!(conflict, Err(CommitError::Conflict)), "{conflict:?}");
}

/// A refusal is a result like any other: stored, numbered, the same when asked again.
pub async fn refusals_are_stored(place: &dyn Place) {
    let opened = place.open().await;
    put(&*opened.store, [org(1)]).await;
    let head = opened.store.head().await.unwrap();
    let mut problem = Problem::new(Code::AlreadyTaken, "somebody else already has this request");
    problem.detail = Some("Sam has it".to_owned());
    let refused = Commit { refused: Some(problem.clone()), ..command("app", 1, vec![]) };
    let committed = opened.store.commit(refused.clone()).await.unwrap();
    assert_eq!(committed.seq, head.seq);
    assert_eq!(opened.store.head().await.unwrap(), head, "a refusal is nothing to tell others");
    drop(opened);
    let store = place.open().await.store;
    let again = store.commit(refused).await;
    let Err(CommitError::Duplicate(result)) = again else { panic!("expected a duplicate: {again:?}") };
    assert_eq!(result, StoredResult { body_hash: [1; 32], seq: head.seq, refused: Some(problem) });
    store.commit(command("app", 2, vec![person_row(1, "Ana")])).await.unwrap();
}

/// Eight writers at once: every increment counts, every command is in the log, in order and without a hole, for a
/// tail that reads meanwhile.
pub async fn writers_lose_nothing(place: &dyn Place) {
    const WRITERS: u64 = 8;
    const EACH: u64 = 25;
    let store = place.open().await.store;
    put(&*store, [org(0)]).await;
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let store = store.clone();
        tasks.spawn(async move {
            let client = format!("client-{writer}");
            for n in 1..=EACH {
                let marker = person_row(1_000 * (writer + 1) + n, &format!("{client}-{n}"));
                loop {
                    let loaded = store.load(&[Read::Row(Key::Org)]).await.unwrap();
                    let days = loaded.state.org().unwrap().keep_media_days;
                    let rows = vec![org(days + 1), marker.clone()];
                    let commit = Commit { expect: loaded.revisions, ..command(&client, n, rows) };
                    match store.commit(commit).await {
                        Ok(_) => break,
                        Err(CommitError::Conflict) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            }
        });
    }
    let total = 1 + 2 * WRITERS * EACH;
    let tail = tokio::spawn({
        let store = store.clone();
        async move {
            let mut seq = 0;
            while seq < total {
                let page = store.log_after(seq, 7).await.unwrap();
                for item in &page.items {
                    assert_eq!(item.seq, seq + 1, "the log has a hole or is out of order");
                    seq = item.seq;
                }
                assert!(page.head >= seq);
                tokio::task::yield_now().await;
            }
        }
    });
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    tokio::time::timeout(std::time::Duration::from_secs(60), tail)
        .await
        .expect("the tail never saw it all")
        .unwrap();
    let state = store.load(&[Read::Row(Key::Org), Read::People]).await.unwrap().state;
    assert_eq!(u64::from(state.org().unwrap().keep_media_days), WRITERS * EACH, "an increment was lost");
    assert_eq!(state.people().count() as u64, WRITERS * EACH);
    assert_eq!(store.head().await.unwrap().seq, total);
}

/// A load brings what was named and all that leads to, with revisions, absent rows as 0.
pub async fn loads_follow(place: &dyn Place) {
    let opened = place.open().await;
    let mut owned = request(20, 10, "owned");
    owned.owner = Some(PersonId(uuid(2)));
    owned.care.blocked_by = vec![RequestId(uuid(21))];
    let mut closed = request(21, 10, "closed");
    closed.owner = Some(PersonId(uuid(2)));
    closed.state = RequestState::Solved;
    let mut live = request(22, 11, "a customer waits");
    live.urgency = Urgency::Live;
    let mut was_live = request(23, 11, "no customer waits any more");
    was_live.urgency = Urgency::Live;
    was_live.state = RequestState::Withdrawn;
    let mut shows = answer(30, 20, "see the clip");
    shows.clip = Some(ClipId(uuid(40)));
    shows.attachments = vec![AttachmentId(uuid(35))];
    let mut comments = answer(31, 20, "at this moment");
    comments.moment = Some(Moment { clip: ClipId(uuid(40)), version: 1, at_ms: 1 });
    let mut both = answer(32, 20, "both");
    both.clip = Some(ClipId(uuid(40)));
    both.moment = Some(Moment { clip: ClipId(uuid(40)), version: 1, at_ms: 2 });
    let secret = Secret { name: "jitsi".to_owned(), value: "key".to_owned() };
    put(
        &*opened.store,
        [
            Row::Person(person(2, "Sam")),
            Row::Desk(desk(10)),
            Row::Desk(desk(11)),
            Row::Request(owned),
            Row::Request(closed),
            Row::Request(live),
            Row::Request(was_live),
            Row::Invite(invite(60)),
            Row::Message(shows),
            Row::Message(comments),
            Row::Message(both),
            Row::Message(answer(33, 21, "elsewhere")),
            Row::Attachment(attachment(35, 20)),
            Row::Clip(clip(40, Some(20))),
            Row::Call(call(50, Some(20), CallState::Ringing)),
            Row::Call(call(51, Some(21), CallState::Missed)),
            Row::Secret(secret),
        ],
    )
    .await;
    drop(opened);
    let store = place.open().await.store;
    let load = async |read: Read| {
        let loaded = store.load(&[read]).await.unwrap();
        assert!(loaded.state.rows().all(|row| loaded.revisions[&row.key()] == 1));
        loaded
    };
    let count = |state: &State| state.rows().count();

    let loaded = load(Read::Row(Key::Message(MessageId(uuid(30))))).await;
    assert!(loaded.state.request(RequestId(uuid(20))).is_ok(), "a message leads to its request");
    assert!(loaded.state.desk(DeskId(uuid(10))).is_ok(), "and from there to its desk");
    assert_eq!(count(&loaded.state), 3);
    assert_eq!(loaded.seq, 17);

    let missing = Key::Call(CallId(uuid(99)));
    assert_eq!(load(Read::Row(missing.clone())).await.revisions, BTreeMap::from([(missing, 0)]));

    let owned = load(Read::OpenOwnedBy(PersonId(uuid(2)))).await.state;
    assert_eq!(owned.requests().map(|request| request.id).collect::<Vec<_>>(), [RequestId(uuid(20))]);
    let calls = load(Read::ActiveCalls).await.state;
    assert_eq!(calls.calls().map(|call| call.id).collect::<Vec<_>>(), [CallId(uuid(50))]);
    let thread = load(Read::Thread(RequestId(uuid(20)))).await.state;
    assert_eq!(
        (
            thread.messages().count(),
            thread.attachments().count(),
            thread.clips().count(),
            thread.calls().count()
        ),
        (3, 1, 1, 1)
    );
    let of_clip = load(Read::MessagesOfClip(ClipId(uuid(40)))).await.state;
    assert_eq!(of_clip.messages().count(), 3);
    assert_eq!(load(Read::People).await.state.people().count(), 1);
    assert_eq!(load(Read::Desks).await.state.desks().count(), 2);
    assert_eq!(load(Read::Invites).await.state.invites().count(), 1);
    let live = load(Read::LiveRequests).await.state;
    assert_eq!(live.requests().map(|request| request.id).collect::<Vec<_>>(), [RequestId(uuid(22))]);
    let owner = load(Read::OwnerOf(RequestId(uuid(20)))).await.state;
    assert!(owner.person(PersonId(uuid(2))).is_ok());
    assert_eq!(load(Read::OwnerOf(RequestId(uuid(22)))).await.state.people().count(), 0);
    let shown = load(Read::ShownBy(MessageId(uuid(30)))).await.state;
    assert_eq!((shown.attachments().count(), shown.clips().count()), (1, 1));
    assert!(
        store.load(&[Read::ShownBy(MessageId(uuid(99)))]).await.unwrap().state.messages().next().is_none()
    );
    let desk = DeskId(uuid(10));
    let asked =
        async |from, to| load(Read::AskedAt(desk, Time(from), Time(to))).await.state.requests().count();
    let here = store.load(&[Read::AllOpen]).await.unwrap();
    let there = here.state.requests().filter(|row| row.desk == desk).count();
    assert!(asked(1, 2).await >= there, "closed ones too");
    assert_eq!(
        (asked(0, 1).await, asked(2, 9).await),
        (0, 0),
        "from the first time on and before the second"
    );
    let chain = load(Read::BlockersOf(RequestId(uuid(20)))).await.state;
    assert_eq!(
        chain.requests().map(|row| row.id).collect::<Vec<_>>(),
        [RequestId(uuid(20)), RequestId(uuid(21))]
    );
    let key = Key::Secret("jitsi".to_owned());
    let secret = load(Read::Row(key.clone())).await.state;
    assert!(matches!(secret.get(&key), Some(Row::Secret(secret)) if secret.value == "key"));
}
