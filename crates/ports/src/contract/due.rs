//! What falls due: once, also after a restart.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "this is test code")]

use deskside_domain::{
    Key, Time,
    command::System,
    decide::Due,
    id::{CallId, PersonId, RequestId},
};

use super::{
    Place,
    rows::{commit, org, uuid},
};
use crate::store::{Commit, CommitError, DueRow, Origin};

fn ring(n: u64, at: i64) -> Due {
    let command = System::RingOver { call: CallId(uuid(n)), callee: PersonId(uuid(2)), rang_at: at - 1 };
    Due { key: Key::Call(CallId(uuid(n))), slot: "ring", at: Some((Time(at), command)) }
}

fn with(due: Vec<Due>) -> Commit {
    Commit { due, ..commit(vec![]) }
}

fn fire(due: &DueRow, days: u16) -> Commit {
    Commit { origin: Origin::System { due: Some(due.clone()) }, ..commit(vec![org(days)]) }
}

/// Of two who fire the same thing, one does; after a restart it stays fired.
pub async fn due_rows_are_used_once(place: &dyn Place) {
    let opened = place.open().await;
    opened.store.commit(with(vec![ring(1, 500), ring(2, 300), ring(3, 900)])).await.unwrap();
    drop(opened);
    let opened = place.open().await;
    let store = &opened.store;
    assert_eq!(store.next_due().await.unwrap(), Some(Time(300)));
    assert!(store.due(Time(299), 10).await.unwrap().is_empty());
    let due = store.due(Time(500), 10).await.unwrap();
    assert_eq!(due.iter().map(|due| due.at).collect::<Vec<_>>(), [Time(300), Time(500)]);
    assert_eq!(
        due[0].command,
        System::RingOver { call: CallId(uuid(2)), callee: PersonId(uuid(2)), rang_at: 299 }
    );
    assert_eq!(store.due(Time(1_000), 1).await.unwrap().len(), 1);

    let (left, right) = tokio::join!(store.commit(fire(&due[0], 1)), store.commit(fire(&due[0], 1)));
    let used = [&left, &right].iter().filter(|fired| fired.is_ok()).count();
    assert_eq!(used, 1, "{left:?} {right:?}");
    assert!([left, right].iter().any(|fired| matches!(fired, Err(CommitError::NotDue))));
    assert_eq!(store.head().await.unwrap().seq, 1);
    drop(opened);
    let store = place.open().await.store;
    assert!(matches!(store.commit(fire(&due[0], 2)).await, Err(CommitError::NotDue)));
    assert_eq!(store.next_due().await.unwrap(), Some(Time(500)));
}

/// One per thing and clock: a later one replaces it, `None` takes it away, and what was replaced can't fire.
pub async fn due_rows_are_replaced(place: &dyn Place) {
    let store = place.open().await.store;
    store.commit(with(vec![ring(1, 500)])).await.unwrap();
    let old = store.due(Time(500), 10).await.unwrap().remove(0);
    store.commit(with(vec![ring(1, 800)])).await.unwrap();
    assert!(matches!(store.commit(fire(&old, 1)).await, Err(CommitError::NotDue)));
    assert_eq!(store.due(Time(1_000), 10).await.unwrap().len(), 1);

    // What fires may wind its own clock again.
    let due = store.due(Time(1_000), 10).await.unwrap().remove(0);
    let again = Commit { due: vec![ring(1, 2_000)], ..fire(&due, 1) };
    store.commit(again).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(Time(2_000)));

    // Another clock of the same thing is another clock.
    let soon = System::SoonOver { call: CallId(uuid(1)) };
    let soon = Due { key: Key::Call(CallId(uuid(1))), slot: "soon", at: Some((Time(1_500), soon)) };
    store.commit(with(vec![soon])).await.unwrap();
    assert_eq!(store.due(Time(9_000), 10).await.unwrap().len(), 2);
    let none = |slot| Due { key: Key::Call(CallId(uuid(1))), slot, at: None };
    store.commit(with(vec![none("soon"), none("ring"), none("never")])).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), None);

    // What the server has seen is no clock's business.
    let seen = System::AttachmentRefused { attachment: deskside_domain::id::AttachmentId(uuid(1)) };
    let seen = Due { key: Key::Request(RequestId(uuid(1))), slot: "seen", at: Some((Time(1), seen)) };
    assert!(matches!(store.commit(with(vec![seen])).await, Err(CommitError::Fault(_))));
}
