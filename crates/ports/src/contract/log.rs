//! The log: from any moment on it tells exactly what a fresh snapshot would, and nothing that is gone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "this is test code")]

use deskside_domain::{
    Key, Row, Scope, Time, call::CallState, decide::Access, id::*, in_feed, request::RequestState,
    secret::Secret, time::DAY,
};

use super::{
    Place,
    rows::{answer, attachment, call, clip, command, commit, desk, org, person, put, request, uuid},
    seed::Seeded,
};
use crate::store::{Commit, KEEP_DAYS, LogPage, LogWhat, Store};

/// A follower of the log: what a client would hold if it might see everything.
#[derive(Default)]
struct Follower {
    seq: u64,
    rows: std::collections::BTreeMap<Key, Row>,
}

impl Follower {
    async fn from_snapshot(store: &dyn Store) -> Self {
        let (cursor, state) = store.snapshot().await.unwrap();
        Self { seq: cursor.seq, rows: state.rows().map(|row| (row.key(), row.clone())).collect() }
    }

    async fn catch_up(&mut self, store: &dyn Store, limit: usize) {
        loop {
            let page = store.log_after(self.seq, limit).await.unwrap();
            if page.items.is_empty() {
                assert_eq!(self.seq, page.head);
                return;
            }
            self.apply(&page);
        }
    }

    fn apply(&mut self, page: &LogPage) {
        for item in &page.items {
            assert_eq!(item.seq, self.seq + 1, "the log has a hole");
            self.seq = item.seq;
            let keys = match &item.what {
                LogWhat::Touched(key) => std::slice::from_ref(key),
                LogWhat::Access { keys, .. } => keys,
            };
            for key in keys {
                match page.state.get(key).filter(|row| in_feed(row, &page.state)) {
                    Some(row) => self.rows.insert(key.clone(), row.clone()),
                    None => self.rows.remove(key),
                };
            }
        }
    }
}

fn random_row(random: &mut Seeded) -> Row {
    let text = format!("version {}", random.below(1_000_000));
    let request_n = 20 + random.below(4);
    match random.below(8) {
        0 => org(u16::try_from(random.below(1_000)).unwrap()),
        1 => Row::Person(person(1 + random.below(3), &text)),
        2 => Row::Desk(deskside_domain::desk::Desk { purpose: text, ..desk(10 + random.below(2)) }),
        3 => {
            let mut row = request(request_n, 10 + random.below(2), &text);
            row.archived = random.below(3) == 0;
            row.state = if random.below(2) == 0 { RequestState::Open } else { RequestState::Solved };
            Row::Request(row)
        }
        4 => Row::Message(answer(30 + 10 * (request_n - 20) + random.below(4), request_n, &text)),
        5 => Row::Attachment(attachment(70 + 10 * (request_n - 20) + random.below(3), request_n)),
        6 => {
            let belongs = (random.below(2) == 0).then_some(request_n);
            Row::Clip(clip(110 + random.below(3), belongs))
        }
        _ => Row::Call(call(120 + random.below(3), Some(request_n), CallState::Ringing)),
    }
}

/// A decision like the domain's: a request that enters or leaves the feed takes what belongs to it along.
async fn random_commit(store: &dyn Store, random: &mut Seeded) -> Commit {
    let mut rows: Vec<Row> = Vec::new();
    for _ in 0..=random.below(3) {
        let row = random_row(random);
        if rows.iter().all(|known| known.key() != row.key()) {
            rows.push(row);
        }
    }
    let mut access = Vec::new();
    for row in &rows {
        if let Row::Request(request) = row {
            let before = store.row(&row.key()).await.unwrap();
            let was = before.request(request.id).is_ok_and(|before| !before.archived);
            if was == request.archived {
                access.push(Access { scope: Scope::Request(request.id), person: None });
            }
        }
    }
    if random.below(10) == 0 {
        access.push(Access { scope: Scope::Desk(DeskId(uuid(10))), person: Some(PersonId(uuid(1))) });
    }
    Commit { access, ..commit(rows) }
}

/// Whoever follows from any moment holds what a fresh snapshot holds.
pub async fn snapshot_and_log_equal_snapshot(place: &dyn Place) {
    let mut random = Seeded::from_environment();
    let store = place.open().await.store;
    let mut followers = vec![Follower::default()];
    for step in 0..120 {
        let commit = random_commit(&*store, &mut random).await;
        store.commit(commit).await.unwrap();
        if random.below(20) == 0 {
            followers.push(Follower::from_snapshot(&*store).await);
        }
        if random.below(5) > 0 {
            continue;
        }
        let fresh = Follower::from_snapshot(&*store).await;
        for follower in &mut followers {
            follower.catch_up(&*store, 1 + usize::try_from(random.below(9)).unwrap()).await;
            assert_eq!(follower.rows, fresh.rows, "after step {step}");
            assert_eq!(follower.seq, fresh.seq);
        }
    }
}

/// An access row carries every row of its scope, archived ones and their threads too.
pub async fn access_carries_the_scope(place: &dyn Place) {
    let store = place.open().await.store;
    let mut archived = request(21, 10, "long ago");
    archived.archived = true;
    put(
        &*store,
        [
            Row::Desk(desk(10)),
            Row::Desk(desk(11)),
            Row::Request(request(20, 10, "now")),
            Row::Request(archived),
            Row::Request(request(22, 11, "elsewhere")),
            Row::Message(answer(30, 20, "a")),
            Row::Message(answer(31, 21, "b")),
            Row::Message(answer(32, 22, "c")),
            Row::Clip(clip(40, Some(21))),
            Row::Clip(clip(41, None)),
        ],
    )
    .await;
    let before = store.head().await.unwrap().seq;
    let scopes = [
        (Scope::Desk(DeskId(uuid(10))), None),
        (Scope::Request(RequestId(uuid(21))), Some(PersonId(uuid(5)))),
        (Scope::Clip(ClipId(uuid(41))), Some(PersonId(uuid(6)))),
    ];
    let access = scopes.iter().map(|(scope, person)| Access { scope: *scope, person: *person }).collect();
    store.commit(Commit { access, ..commit(vec![]) }).await.unwrap();
    let page = store.log_after(before, 10).await.unwrap();
    let expected = [vec![10, 20, 21, 30, 31, 40], vec![21, 31, 40], vec![41]];
    assert_eq!(page.items.len(), 3);
    for ((item, ids), (scope, person)) in page.items.iter().zip(expected).zip(scopes) {
        let LogWhat::Access { scope: said, person: whom, keys } = &item.what else { panic!("{item:?}") };
        assert_eq!((*said, *whom), (scope, person));
        assert!(keys.iter().all(|key| page.state.get(key).is_some()));
        let mut keys: Vec<String> = keys.iter().map(|key| format!("{key:?}")).collect();
        keys.sort();
        assert_eq!(keys.len(), ids.len(), "{keys:?}");
        for id in ids {
            assert!(keys.iter().any(|key| key.contains(&uuid(id).to_string())), "{id} is missing: {keys:?}");
        }
    }
}

/// A signing key reaches neither snapshot nor log page nor list.
pub async fn secrets_stay_inside(place: &dyn Place) {
    let store = place.open().await.store;
    let key = Key::Secret("jitsi".to_owned());
    put(&*store, [org(1), Row::Secret(Secret { name: "jitsi".to_owned(), value: "key".to_owned() })]).await;
    assert!(store.snapshot().await.unwrap().1.get(&key).is_none());
    let page = store.log_after(0, 10).await.unwrap();
    assert!(page.state.get(&key).is_none());
    assert_eq!(page.items.len(), 2);
    assert!(store.page(&key, None, 10).await.unwrap().0.is_empty());
}

/// After thirty days the log is forgotten from its old end; what is newer can still be followed.
pub async fn old_log_is_forgotten(place: &dyn Place) {
    let opened = place.open().await;
    let store = &opened.store;
    assert_eq!(store.log_floor().await.unwrap(), 0);
    let day = |n: i64| Time(n * DAY);
    for n in 0..5 {
        let row = Row::Person(person(u64::try_from(n).unwrap(), "somebody"));
        store
            .commit(Commit { now: day(10 * n), ..command("app", u64::try_from(n).unwrap() + 1, vec![row]) })
            .await
            .unwrap();
    }
    store.forget_old(day(KEEP_DAYS + 20)).await.unwrap();
    assert_eq!(store.log_floor().await.unwrap(), 2);
    let page = store.log_after(2, 10).await.unwrap();
    assert_eq!(page.items.iter().map(|item| item.seq).collect::<Vec<_>>(), [3, 4, 5]);
    assert!(store.stored("app", 1).await.unwrap().0.is_some(), "a numbered result waits for its client");
    assert_eq!(store.snapshot().await.unwrap().1.people().count(), 5);
    store.forget_old(day(1_000)).await.unwrap();
    store.forget_old(day(0)).await.unwrap();
    assert_eq!(store.log_floor().await.unwrap(), 5);
    put(&**store, [org(1)]).await;
    assert_eq!(store.log_after(5, 10).await.unwrap().items[0].seq, 6);
}

/// A page goes on where the one before ended, in order of ids, with what its rows lead to besides.
pub async fn pages_are_in_order(place: &dyn Place) {
    let store = place.open().await.store;
    put(&*store, [Row::Desk(desk(10)), org(1)]).await;
    for n in [25, 21, 24, 22, 23] {
        put(&*store, [Row::Request(request(n, 10, "text"))]).await;
    }
    let kind = Key::Request(RequestId(uuid(0)));
    let mut after = None;
    let mut seen = Vec::new();
    loop {
        let (rows, state) = store.page(&kind, after.as_ref(), 2).await.unwrap();
        let Some(last) = rows.last() else { break };
        assert!(state.desk(DeskId(uuid(10))).is_ok());
        after = Some(last.key());
        seen.extend(rows.iter().map(Row::key));
    }
    let expected: Vec<Key> = (21..=25).map(|n| Key::Request(RequestId(uuid(n)))).collect();
    assert_eq!(seen, expected);
    assert_eq!(store.page(&Key::Org, None, 10).await.unwrap().0.len(), 1);
    assert!(store.page(&Key::Org, Some(&Key::Org), 10).await.unwrap().0.is_empty());
}
