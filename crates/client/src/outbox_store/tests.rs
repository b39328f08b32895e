//! The outbox against a database of its own, without a server.

use deskside_protocol::{
    Code,
    command::{Ask, Say, Thank},
    id::{DeskId, MessageId, RequestId},
};

use super::*;
use crate::db::Db;

struct Bench {
    db: Db,
    me: PersonId,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let db = Db::open(&folder.path().join("profile.db")).expect("a database");
        Self { db, me: PersonId::fresh(), _folder: folder }
    }

    async fn keep(&self, command: impl Into<Command>, at: i64) -> Uuid {
        let (id, me, command) = (Uuid::now_v7(), self.me, command.into());
        self.db.call(move |db| keep(db, me, id, &command, Millis(at))).await.expect("kept");
        id
    }

    async fn next(&self, now: i64) -> Option<Batch> {
        let me = self.me;
        self.db.call(move |db| next_batch(db, me, Millis(now), BATCH)).await.expect("a batch")
    }

    async fn decided(&self, results: Vec<CommandResult>, cursor: Cursor) -> Vec<(Uuid, CommandResult)> {
        let me = self.me;
        self.db.call(move |db| decided(db, me, 1, &results, Some(cursor), Millis(0))).await.expect("stored")
    }

    async fn states(&self) -> Vec<(Uuid, WaitingState)> {
        let me = self.me;
        let list = self.db.call(move |db| list(db, me, |_| false)).await.expect("a list");
        list.into_iter().map(|waiting| (waiting.command_id, waiting.state)).collect()
    }
}

fn ask(urgency: Urgency) -> Ask {
    Ask {
        request: RequestId::fresh(),
        message: MessageId::fresh(),
        desk: DeskId::fresh(),
        text: "refund after port-out?".to_owned(),
        readable_ibans: Vec::new(),
        mentions: Default::default(),
        urgency,
        ticket: None,
        private_with: None,
        attachments: Vec::new(),
        clip: None,
        details: Vec::new(),
        asked_at: 0,
    }
}

fn thank() -> Thank {
    Thank { request: RequestId::fresh() }
}

fn numbers(batch: &Option<Batch>) -> Vec<(u64, Uuid)> {
    batch.iter().flat_map(|batch| &batch.commands).map(|line| (line.n, line.command_id)).collect()
}

fn done(n: u64, seq: u64) -> CommandResult {
    CommandResult { n, seq, refused: None }
}

#[tokio::test]
async fn the_same_numbers_are_sent_until_they_are_answered() {
    let bench = Bench::new();
    let (a, b) = (bench.keep(thank(), 0).await, bench.keep(thank(), 0).await);
    let first = bench.next(0).await;
    let c = bench.keep(thank(), 0).await;
    let again = bench.next(0).await;
    assert_eq!(numbers(&first), [(1, a), (2, b)]);
    assert_eq!(
        numbers(&again),
        [(1, a), (2, b), (3, c)],
        "after a cut: the same numbers, and what came since"
    );
    bench.decided(vec![done(1, 10)], Cursor { epoch: 1, seq: 4 }).await;
    let rest = bench.next(0).await.expect("a batch");
    assert_eq!(rest.acked, 1);
    assert_eq!(numbers(&Some(rest)), [(2, b), (3, c)]);
    assert_eq!(
        bench.states().await.first(),
        Some(&(a, WaitingState::Sending)),
        "decided, but its effects (10) are ahead of the replica (4)"
    );
    bench.db.call(|db| arrived(db, Cursor { epoch: 1, seq: 10 }, Millis(0))).await.expect("left");
    assert_eq!(bench.states().await.len(), 2, "its effects arrived");
}

#[tokio::test]
async fn a_waiting_customer_from_long_ago_is_asked_about_first() {
    let bench = Bench::new();
    let live = ask(Urgency::Live);
    let request = live.request;
    let asked = bench.keep(live, 0).await;
    let said = bench
        .keep(
            Say {
                request,
                message: MessageId::fresh(),
                text: "more".to_owned(),
                readable_ibans: Vec::new(),
                mentions: Default::default(),
                attachments: Vec::new(),
                clip: None,
                moment: None,
            },
            0,
        )
        .await;
    let today = bench.keep(ask(Urgency::Today), 0).await;
    let batch = bench.next(STALE + 1).await;
    assert_eq!(numbers(&batch), [(1, today)], "neither it nor what speaks of it goes out, the rest does");
    assert_eq!(bench.states().await.first(), Some(&(asked, WaitingState::Held)));

    bench.db.call(move |db| release(db, asked)).await.expect("released");
    let batch = bench.next(STALE + 1).await;
    assert_eq!(numbers(&batch), [(1, today), (2, asked), (3, said)], "still needed: whatever its age");
}

#[tokio::test]
async fn what_is_not_needed_any_more_leaves_no_gap() {
    let bench = Bench::new();
    let live = ask(Urgency::Live);
    let asked = bench.keep(live, 0).await;
    assert_eq!(numbers(&bench.next(STALE + 1).await), []);
    assert!(bench.db.call(move |db| forget(db, asked)).await.expect("forgotten"));
    let next = bench.keep(thank(), STALE).await;
    assert_eq!(numbers(&bench.next(STALE + 1).await), [(1, next)]);
    assert!(!bench.db.call(move |db| forget(db, next)).await.expect("asked"), "sent once: not taken back");
}

#[tokio::test]
async fn a_command_that_was_on_the_wire_is_never_held() {
    let bench = Bench::new();
    let asked = bench.keep(ask(Urgency::Live), 0).await;
    assert_eq!(numbers(&bench.next(0).await), [(1, asked)]);
    assert_eq!(numbers(&bench.next(STALE * 9).await), [(1, asked)], "the server may have decided it already");
}

#[tokio::test]
async fn a_new_line_keeps_the_order_and_changes_the_name() {
    let bench = Bench::new();
    let (a, b) = (bench.keep(thank(), 0).await, bench.keep(thank(), 0).await);
    let before = bench.next(0).await.expect("a batch");
    bench.decided(vec![done(1, 1)], Cursor { epoch: 1, seq: 1 }).await;
    let me = bench.me;
    bench.db.call(move |db| rotate(db, me)).await.expect("rotated");
    let after = bench.next(0).await.expect("a batch");
    assert_ne!(before.client_id, after.client_id);
    assert_eq!(
        (after.acked, numbers(&Some(after))),
        (0, vec![(1, b)]),
        "{a} was decided and does not return"
    );
}

#[tokio::test]
async fn an_unreadable_command_gives_its_number_to_the_next() {
    let bench = Bench::new();
    let (a, b) = (bench.keep(thank(), 0).await, bench.keep(thank(), 0).await);
    bench.next(0).await;
    let me = bench.me;
    let problem = Problem::new(Code::Malformed, "no such field");
    let refused = bench.db.call(move |db| unreadable(db, me, 1, &problem)).await.expect("stored");
    assert_eq!(refused, Some(a));
    assert_eq!(numbers(&bench.next(0).await), [(1, b)]);
    assert_eq!(bench.states().await, [(a, WaitingState::Refused), (b, WaitingState::Kept)]);
}

#[tokio::test]
async fn one_persons_lines_are_not_sent_for_another() {
    let bench = Bench::new();
    bench.keep(thank(), 0).await;
    let other = PersonId::fresh();
    let theirs = bench.db.call(move |db| next_batch(db, other, Millis(0), BATCH)).await.expect("asked");
    assert!(theirs.is_none());
}
