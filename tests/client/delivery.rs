//! Commands and the feed over bad networks, restarts and a clock.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use deskside_client::{Client, News, SessionState, WaitingState};
use deskside_protocol::{
    Code, Entity, Millis,
    command::{Ask, Solve, Take},
    id::{DeskId, MessageId, RequestId},
    values::Urgency,
};
use deskside_tests::{
    chance::seed,
    cutting::CuttingProxy,
    server::{TestServer, converged, drained, until},
};
use uuid::Uuid;

pub fn ask(desk: DeskId, text: impl Into<String>, urgency: Urgency) -> Ask {
    Ask {
        request: RequestId::fresh(),
        message: MessageId::fresh(),
        desk,
        text: text.into(),
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

pub async fn desk(client: &Client) -> DeskId {
    until("a desk in the replica", || async { first_desk(client).await.is_some() }).await;
    first_desk(client).await.expect("just seen")
}

async fn first_desk(client: &Client) -> Option<DeskId> {
    let snapshot = client.replica().await.expect("readable")?;
    snapshot.entities.iter().find_map(|entity| match entity {
        Entity::Desk(desk) => Some(desk.id),
        _ => None,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_arrives_once_over_a_network_that_cuts() {
    let server = TestServer::start().await.expect("a server");
    let proxy = CuttingProxy::start(server.address, seed(), (200, 6_000)).await.expect("a proxy");
    let client = server.founder(proxy.address).await.expect("a founder");
    let desk = desk(&client).await;
    proxy.cut(true);
    let mut asked = BTreeSet::new();
    let mut tickets = Vec::new();
    for count in 0..120 {
        let ask = ask(desk, format!("question {count}"), Urgency::Today);
        asked.insert(ask.request);
        tickets.push(client.keep(Uuid::now_v7(), ask.into()).await.expect("kept"));
    }
    for ticket in tickets {
        let decided = tokio::time::timeout(Duration::from_secs(60), ticket.decided()).await;
        decided.expect("in time").expect("accepted");
    }
    assert!(proxy.cuts() > 5, "the network was cut {} times only", proxy.cuts());
    proxy.cut(false);
    client.hurry();
    drained(&client).await;
    converged(&client).await;
    let snapshot = client.replica().await.expect("readable").expect("a snapshot");
    let there: Vec<_> = snapshot
        .entities
        .iter()
        .filter_map(|entity| match entity {
            Entity::Request(request) => Some(request.id),
            _ => None,
        })
        .collect();
    assert_eq!(there.len(), asked.len(), "none doubled");
    assert_eq!(there.into_iter().collect::<BTreeSet<_>>(), asked, "none lost");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_asked_without_a_network_survives_a_restart_and_arrives_once() {
    let mut server = TestServer::start().await.expect("a server");
    let client = server.founder(server.address).await.expect("a founder");
    let desk = desk(&client).await;
    server.stop().await.expect("stopped");
    let ask = ask(desk, "asked on the train", Urgency::Today);
    let request = ask.request;
    client.keep(Uuid::now_v7(), ask.into()).await.expect("kept without a network");
    drop(client);

    let client = server.profile("founder").await.expect("opened without a network");
    let mut news = client.subscribe().await.expect("news");
    let mut signed_in = false;
    loop {
        match news.next().await.expect("news") {
            News::Session { state: SessionState::In { .. } } => signed_in = true,
            News::Outbox { waiting } if !waiting.is_empty() => {
                let state = waiting[0].state;
                assert!(
                    matches!(state, WaitingState::Kept | WaitingState::Sending),
                    "not sent, and said so: {state:?}"
                );
            }
            News::Snapshot { snapshot } => {
                assert!(!snapshot.entities.is_empty(), "what was seen last is shown");
                break;
            }
            _ => {}
        }
    }
    assert!(signed_in, "whoever was signed in still is");
    server.start_again().await.expect("started again");
    drained(&client).await;
    converged(&client).await;
    let snapshot = client.replica().await.expect("readable").expect("a snapshot");
    let count = snapshot.entities.iter().filter(|entity| matches!(entity, Entity::Request(_))).count();
    assert_eq!(count, 1);
    assert!(
        snapshot.entities.iter().any(|entity| matches!(entity, Entity::Request(row) if row.id == request))
    );
    until("the outbox to forget it", || async {
        let mut news = client.subscribe().await.expect("news");
        loop {
            if let News::Outbox { waiting } = news.next().await.expect("news") {
                break waiting.is_empty();
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_see_the_same_and_a_refusal_is_told() {
    let server = TestServer::start().await.expect("a server");
    let mia = server.founder(server.address).await.expect("a founder");
    let sam = server.newcomer(&mia, "Sam", server.address).await.expect("a newcomer");
    let ask = ask(desk(&sam).await, "refund after port-out?", Urgency::Live);
    let request = ask.request;
    sam.keep(Uuid::now_v7(), ask.into()).await.expect("kept").decided().await.expect("accepted");
    let take = mia.keep(Uuid::now_v7(), Take { request }.into()).await.expect("kept");
    take.decided().await.expect("accepted");
    let refused = mia.keep(Uuid::now_v7(), Solve { request }.into()).await.expect("kept").decided().await;
    assert_eq!(refused.expect_err("only the asker says solved").code, Code::NotAllowed);
    converged(&mia).await;
    converged(&sam).await;
    let mut news = mia.subscribe().await.expect("news");
    let refused = loop {
        if let News::Outbox { waiting } = news.next().await.expect("news") {
            break waiting;
        }
    };
    assert_eq!(refused.len(), 1, "a refused command stays until its person has seen it");
    assert_eq!(refused[0].state, WaitingState::Refused);
    assert!(mia.forget(refused[0].command_id).await.expect("forgotten"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_ten_minutes_a_waiting_customer_is_asked_about() {
    let mut server = TestServer::start().await.expect("a server");
    let founder = server.founder(server.address).await.expect("a founder");
    let desk = desk(&founder).await;
    drop(founder);
    server.stop().await.expect("stopped");
    let now = Arc::new(AtomicI64::new((server.options("founder").clock)().0));
    let mut options = server.options("founder");
    let clock = now.clone();
    options.clock = Arc::new(move || Millis(clock.load(Ordering::Relaxed)));
    let client = Client::open(options).await.expect("opened");
    let live = ask(desk, "customer waits", Urgency::Live);
    let request = live.request;
    let id = Uuid::now_v7();
    let mut news = client.subscribe().await.expect("news");
    client.keep(id, live.into()).await.expect("kept");
    // It was tried once, and nobody was there.
    for state in [WaitingState::Sending, WaitingState::Kept] {
        while !matches!(
            news.next().await.expect("news"),
            News::Outbox { waiting } if waiting.iter().map(|line| line.state).collect::<Vec<_>>() == [state]
        ) {}
    }
    now.fetch_add(11 * 60_000, Ordering::Relaxed);
    server.start_again().await.expect("started again");
    client.hurry();
    until("the question to be held", || async { outbox(&client).await == [WaitingState::Held] }).await;
    converged(&client).await;
    let snapshot = client.replica().await.expect("readable").expect("a snapshot");
    assert!(!snapshot.entities.iter().any(|entity| matches!(entity, Entity::Request(_))), "nobody was rung");
    client.release(id).await.expect("released");
    drained(&client).await;
    converged(&client).await;
    let snapshot = client.replica().await.expect("readable").expect("a snapshot");
    assert!(
        snapshot.entities.iter().any(|entity| matches!(entity, Entity::Request(row) if row.id == request))
    );
}

async fn outbox(client: &Client) -> Vec<WaitingState> {
    let mut news = client.subscribe().await.expect("news");
    loop {
        if let News::Outbox { waiting } = news.next().await.expect("news") {
            return waiting.iter().map(|line| line.state).collect();
        }
    }
}
