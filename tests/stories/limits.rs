//! How much is too much, said as a refusal instead of felt as a failure.

use std::{sync::atomic::Ordering, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use deskside_protocol::{Code, Problem};
use deskside_server::Limits;
use reqwest::{Method, Response};
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use uuid::Uuid;

use crate::support::{House, Person, within};

/// Bytes that must stay free.
const KEPT_FREE: u64 = 512 * 1024 * 1024;

async fn creates(person: &Person) -> Response {
    let id = Uuid::now_v7();
    let metadata = format!("kind {},id {}", STANDARD.encode("attachment"), STANDARD.encode(id.to_string()));
    let request = person
        .http(Method::POST, "/api/v1/uploads")
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Length", 10)
        .header("Upload-Metadata", metadata);
    within("an answer", request.send()).await.expect("answers")
}

async fn refused(answer: Response, status: u16, code: Code) -> Problem {
    assert_eq!(answer.status(), status);
    let problem: Problem = answer.json().await.expect("a problem");
    assert_eq!(problem.code, code, "{problem:?}");
    assert!(!problem.next.is_empty());
    problem
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_leaves_at_most_two_hundred_uploads_open() {
    let (_house, _ada, [ana, sam]) = House::with_team(["Ana", "Sam"]).await;
    let mut first = None;
    for count in 0..200 {
        let answer = creates(&ana).await;
        assert_eq!(answer.status(), 201, "upload {count}");
        first = first.or_else(|| answer.headers()["location"].to_str().ok().map(str::to_owned));
    }
    refused(creates(&ana).await, 422, Code::TooLong).await;
    assert_eq!(creates(&sam).await.status(), 201, "Sam has not begun any");
    let first = ana.http(Method::DELETE, &first.expect("an address")).header("Tus-Resumable", "1.0.0");
    assert_eq!(within("an answer", first.send()).await.expect("answers").status(), 204);
    assert_eq!(creates(&ana).await.status(), 201, "one was ended: there is room again");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_disk_is_nearly_full_uploads_wait_and_words_go_on() {
    let (house, _ada, [mut ana]) = House::with_team(["Ana"]).await;
    let desk = house.desk(&ana).await.id;
    house.free.store(KEPT_FREE - 1, Ordering::Relaxed);
    refused(creates(&ana).await, 503, Code::Unavailable).await;
    ana.asks(desk, "can I still ask?").await;
    assert_eq!(house.get("/readyz").await.status(), 200, "it still works");
    house.free.store(64 * 1024 * 1024 - 1, Ordering::Relaxed);
    refused(house.get("/readyz").await, 503, Code::Unavailable).await;
    assert_eq!(house.get("/livez").await.status(), 200, "restarting it would not help");
    house.free.store(KEPT_FREE, Ordering::Relaxed);
    assert_eq!(creates(&ana).await.status(), 201, "as soon as there is room");
    assert_eq!(house.get("/readyz").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_can_be_held_is_not_taken_with_a_checksum() {
    let (_house, _ada, [ana]) = House::with_team(["Ana"]).await;
    let upload = ana.begins_upload("clip", Uuid::now_v7(), None).await;
    let most = vec![7; 8 * 1024 * 1024];
    let sum = |bytes: &[u8]| format!("sha256 {}", STANDARD.encode(Sha256::digest(bytes)));
    let more = [&most[..], &[7]].concat();
    let sent = ana.patch(&upload, 0).header("Upload-Checksum", sum(&more)).body(more);
    refused(within("an answer", sent.send()).await.expect("answers"), 413, Code::TooLarge).await;
    assert_eq!(ana.offset(&upload).await, 0, "nothing of it counts");
    let sent = ana.patch(&upload, 0).header("Upload-Checksum", sum(&most)).body(most.clone());
    assert_eq!(within("an answer", sent.send()).await.expect("answers").status(), 204);
    assert_eq!(ana.offset(&upload).await, most.len() as u64);
}

/// A connection that was taken: asked something and answered, and held open.
async fn taken(house: &House) -> TcpStream {
    let mut stream = asks(house).await;
    assert!(answered(&mut stream).await);
    stream
}

async fn asks(house: &House) -> TcpStream {
    let address = house.base.strip_prefix("http://").expect("http");
    let mut stream = TcpStream::connect(address).await.expect("connects");
    let request = format!("GET /livez HTTP/1.1\r\nHost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("writes");
    stream
}

async fn answered(stream: &mut TcpStream) -> bool {
    let mut answer = [0; 12];
    within("an answer", stream.read_exact(&mut answer)).await.expect("reads");
    &answer == b"HTTP/1.1 200"
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_house_takes_the_next_one_when_somebody_leaves_and_still_ends_in_order() {
    let mut house = House::limited(Limits { connections: 3, ..Limits::default() }).await;
    let mut inside = vec![taken(&house).await, taken(&house).await, taken(&house).await];
    let mut waiting = asks(&house).await;
    let mut byte = [0];
    let early = tokio::time::timeout(Duration::from_millis(300), waiting.peek(&mut byte)).await;
    assert!(early.is_err(), "the fourth has to wait");
    drop(inside.remove(0));
    assert!(answered(&mut waiting).await, "and then has its turn");
    // Full again: it must hear that it shall end all the same.
    house.stop().await;
}
