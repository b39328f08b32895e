//! Exactly once, in order, whatever the network does.

use deskside_protocol::{
    Code, Entity,
    command::{Solve, Take},
    feed::{FromServer, Numbered, ResetReason},
};
use uuid::Uuid;

use crate::support::{House, question};

fn numbered(n: u64, command: impl Into<deskside_protocol::Command>) -> Numbered {
    Numbered { n, command_id: Uuid::now_v7(), command: command.into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_sent_again_and_again_is_done_once_also_after_a_restart() {
    let (mut house, _ada, [mut ana]) = House::with_team(["Ana"]).await;
    let desk = house.desk(&ana).await.id;
    let asks: Vec<_> = (1..=3).map(|n| numbered(n, question(desk, &format!("question {n}")))).collect();
    let first = ana.sends(&asks).await.expect("taken");
    assert!(first.iter().all(|result| result.refused.is_none()), "{first:?}");
    assert_eq!(ana.sends(&asks).await.expect("taken"), first, "the same answers");
    // Many at once: what a nervous client does after a timeout.
    let (a, b, c) = tokio::join!(ana.sends(&asks[1..]), ana.sends(&asks), ana.sends(&asks[2..]));
    assert_eq!(a.expect("taken"), first[1..]);
    assert_eq!(b.expect("taken"), first);
    assert_eq!(c.expect("taken"), first[2..]);
    house.restart().await;
    ana.base = house.base.clone();
    assert_eq!(ana.sends(&asks).await.expect("taken"), first, "also after a restart");
    assert_eq!(ana.page("requests").await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_an_answer_too_and_the_line_goes_on() {
    let (house, _ada, [mut ana, mut sam]) = House::with_team(["Ana", "Sam"]).await;
    let desk = house.desk(&ana).await.id;
    let ask = question(desk, "whose is it?");
    let request = ask.request;
    ana.does(ask).await;
    sam.does(Take { request }).await;
    let batch = [numbered(1, Solve { request }), numbered(2, question(desk, "next"))];
    let device = house.sign_in("sam@numbra.example").await;
    let results = device.sends(&batch).await.expect("taken");
    assert_eq!(results[0].refused.as_ref().map(|problem| problem.code), Some(Code::NotAllowed));
    assert_eq!(results[1].refused, None, "a refusal does not stop what follows");
    assert_eq!(device.sends(&batch).await.expect("taken"), results);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_and_another_body_under_a_used_number_are_refused() {
    let (house, _ada, [ana]) = House::with_team(["Ana"]).await;
    let desk = house.desk(&ana).await.id;
    let gap = ana.sends(&[numbered(2, question(desk, "too early"))]).await.expect_err("a gap");
    assert_eq!((gap.code, gap.expected), (Code::Gap, Some(1)));
    ana.sends(&[numbered(1, question(desk, "first"))]).await.expect("taken");
    let differs = ana.sends(&[numbered(1, question(desk, "another"))]).await.expect_err("another body");
    assert_eq!(differs.code, Code::BodyDiffers);
    assert_eq!(ana.page("requests").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_from_a_newer_app_is_refused_alone() {
    let (house, _ada, [ana]) = House::with_team(["Ana"]).await;
    let desk = house.desk(&ana).await.id;
    let mut batch = serde_json::json!({ "client_id": "newer", "commands": [
        numbered(1, question(desk, "old words")), numbered(2, question(desk, "x")), numbered(3, question(desk, "after")),
    ] });
    batch["commands"][1]["command"] = serde_json::json!({ "kind": "dance", "args": { "partner": "Sam" } });
    let answer =
        ana.http(reqwest::Method::POST, "/api/v1/commands").json(&batch).send().await.expect("answers");
    let answer: serde_json::Value = answer.json().await.expect("JSON");
    let refused: Vec<_> =
        answer["results"].as_array().expect("results").iter().map(|r| r["refused"]["code"].clone()).collect();
    assert_eq!(refused, [serde_json::Value::Null, "malformed".into(), serde_json::Value::Null]);
    assert_eq!(ana.page("requests").await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idempotency_key_gives_the_same_answer() {
    let (house, _ada, [ana]) = House::with_team(["Ana"]).await;
    let desk = house.desk(&ana).await.id;
    let ask = question(desk, "by hand");
    let send = async |key: Option<&str>, ask: &deskside_protocol::command::Ask| {
        let request = ana.http(reqwest::Method::POST, "/api/v1/commands/ask").json(ask);
        let request = match key {
            Some(key) => request.header("Idempotency-Key", key),
            None => request,
        };
        let answer = request.send().await.expect("answers");
        (answer.status().as_u16(), answer.json::<serde_json::Value>().await.expect("JSON"))
    };
    let first = send(Some("k1"), &ask).await;
    assert_eq!(first.0, 200, "{}", first.1);
    assert_eq!(send(Some("k1"), &ask).await, first);
    assert_eq!(send(Some("k2"), &ask).await.1["code"], "id_taken");
    assert_eq!(send(Some("k1"), &question(desk, "other")).await.1["code"], "body_differs");
    assert_eq!(send(None, &ask).await.0, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_of_another_history_starts_again_with_a_snapshot() {
    let (_house, _ada, [mut ana]) = House::with_team(["Ana"]).await;
    ana.follows().await;
    let good = ana.cursor;
    for (cursor, reason) in [
        (deskside_protocol::feed::Cursor { epoch: good.epoch + 1, ..good }, ResetReason::Epoch),
        (deskside_protocol::feed::Cursor { seq: good.seq + 1_000, ..good }, ResetReason::Cursor),
    ] {
        ana.is_cut_off();
        ana.cursor = cursor;
        ana.connects().await;
        assert_eq!(ana.hears().await.ok(), Some(FromServer::Reset { reason }));
        // On the same socket it goes on after a snapshot.
        ana.cursor = good;
        ana.hello().await;
        ana.hears_until("being caught up", |ana| !ana.fleeting.is_empty()).await;
        ana.verifies().await;
        ana.fleeting.clear();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_socket_of_the_same_client_replaces_the_older() {
    let (house, _ada, [mut ana]) = House::with_team(["Ana"]).await;
    ana.follows().await;
    let mut again = house.sign_in("ana@numbra.example").await;
    again.client_id = ana.client_id.clone();
    again.follows().await;
    assert_eq!(ana.hears_the_close().await, 4009);
    again.verifies().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_helpers_take_at_once_and_one_has_it() {
    let (house, _ada, [mut ana, mut sam, mut sid]) = House::with_team(["Ana", "Sam", "Sid"]).await;
    let desk = house.desk(&ana).await.id;
    for _ in 0..10 {
        let request = ana.asks(desk, "who is faster?").await;
        let (sams, sids) = tokio::join!(sam.tries(Take { request }), sid.tries(Take { request }));
        assert!(sams.is_ok() != sids.is_ok(), "{sams:?} {sids:?}");
    }
    let owners = ana.page("requests").await.into_iter().filter(|entity| match entity {
        Entity::Request(request) => request.owner.is_some(),
        _ => false,
    });
    assert_eq!(owners.count(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_can_not_keep_up_is_cut_off_and_loses_nothing() {
    let (house, _ada, [ana, mut sam]) = House::with_team(["Ana", "Sam"]).await;
    let desk = house.desk(&ana).await.id;
    let snapshot = sam.snapshot().await;
    sam.cursor = snapshot.cursor;
    sam.replica = snapshot.entities.into_iter().map(|entity| (entity.reference(), entity)).collect();
    sam.opens_narrow_socket().await;
    sam.hello().await;
    sam.hears().await.expect("is caught up");

    // Sam's machine reads nothing more; Ana's questions fill every buffer on the way, then the queue.
    let words = "a long story ".repeat(700);
    let mut n = 0;
    let slow = async |house: &House| {
        let metrics = house.get("/metrics").await.text().await.expect("text");
        !metrics.contains("\ndeskside_sockets_slow_total 0\n")
    };
    while !slow(&house).await {
        assert!(n < 2_000, "36 MB later the server still waits for Sam");
        let batch: Vec<_> = (n + 1..=n + 50).map(|n| numbered(n, question(desk, &words))).collect();
        ana.sends(&batch).await.expect("taken");
        n += 50;
    }
    // Whatever of it still arrives is whole; then the server has closed or gone.
    let code = sam.hears_the_close().await;
    assert!(code == 4008 || code == 0, "{code}");
    sam.connects().await;
    sam.verifies().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_for_longer_than_the_log_reaches_starts_again() {
    let (house, _ada, [mut ana, mut sam]) = House::with_team(["Ana", "Sam"]).await;
    let desk = house.desk(&ana).await.id;
    sam.follows().await;
    sam.is_cut_off();
    ana.asks(desk, "while Sam is on leave").await;
    house.clock.turn(31 * deskside_domain::time::DAY);
    let forgotten = async {
        while house.parts().store.log_floor().await.expect("reads") <= sam.cursor.seq {
            tokio::task::yield_now().await;
        }
    };
    crate::support::within("the old log to be forgotten", forgotten).await;
    sam.connects().await;
    assert_eq!(sam.hears().await.ok(), Some(FromServer::Reset { reason: ResetReason::Cursor }));
    sam.follows().await;
    sam.verifies().await;
}
