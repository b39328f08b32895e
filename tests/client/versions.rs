//! An app of another year against this server: it is told so, and what was written in it waits.

use deskside_client::{Client, Connection, News, Options, Trouble, Waiting, WaitingState};
use deskside_protocol::{Code, Entity, VERSION, id::RequestId, values::Urgency};
use deskside_tests::server::{PATIENCE, TestServer, converged, drained};
use uuid::Uuid;

use super::delivery::{ask, desk};

fn speaking(server: &TestServer, version: &str) -> Options {
    let mut options = server.options("founder");
    options.version = version.to_owned();
    options
}

/// The outbox as it is when the app has noticed that it does not fit.
async fn noticed(client: &Client) -> Vec<Waiting> {
    let mut news = client.subscribe().await.expect("news");
    let noticed = async {
        let (mut outdated, mut tried, mut last) = (false, false, Vec::new());
        loop {
            match news.next().await.expect("news") {
                News::Connection { state } => outdated |= state == Connection::Outdated,
                News::Outbox { waiting } => {
                    // On its way once, and back: the server has said no to the batch.
                    let sending = waiting.iter().any(|line| line.state == WaitingState::Sending);
                    if outdated && tried && !sending && !waiting.is_empty() {
                        return waiting;
                    }
                    tried |= sending;
                    last = waiting;
                }
                _ => {}
            }
            if outdated
                && tried
                && last.iter().all(|line| line.state != WaitingState::Sending)
                && !last.is_empty()
            {
                return last;
            }
        }
    };
    tokio::time::timeout(PATIENCE, noticed).await.expect("it notices")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn between_two_versions_nothing_that_was_written_is_lost() {
    let server = TestServer::start().await.expect("a server");
    let client = server.founder(server.address).await.expect("a founder");
    let desk = desk(&client).await;
    drop(client);

    let mut asked: Vec<RequestId> = Vec::new();
    for version in ["0.9", "2.0"] {
        let client = Client::open(speaking(&server, version)).await.expect("opens");
        let question = ask(desk, format!("asked by an app of {version}"), Urgency::Today);
        asked.push(question.request);
        client.keep(Uuid::now_v7(), question.into()).await.expect("kept");
        client.put_draft(version.to_owned(), "half a sentence".to_owned()).await.expect("kept");
        let waiting = noticed(&client).await;
        assert_eq!(waiting.len(), asked.len(), "{version}: {waiting:?}");
        assert!(waiting.iter().all(|line| line.problem.is_none()), "{version}: {waiting:?}");

        // It can ask what the server is, and every no says where the app that fits is.
        assert_eq!(client.hello(None).await.expect("the server says what it is").version, VERSION);
        let Err(Trouble::Refused(problem)) = client.fresh_snapshot().await else {
            panic!("{version} is refused")
        };
        assert_eq!(problem.code, Code::VersionMismatch);
        let page = format!("http://{}/download", server.address);
        assert!(problem.detail.as_ref().is_some_and(|detail| detail.contains(&page)), "{problem:?}");
        let signing_in = client.sign_in(None, "mia@numbra.example", "correct horse battery").await;
        assert_eq!(signing_in.expect_err("refused").code(), Some(Code::VersionMismatch));
    }

    let client = server.profile("founder").await.expect("the app that fits");
    drained(&client).await;
    converged(&client).await;
    let replica = client.replica().await.expect("readable").expect("a replica");
    let mut there: Vec<RequestId> = replica
        .entities
        .iter()
        .filter_map(|entity| match entity {
            Entity::Request(request) => Some(request.id),
            _ => None,
        })
        .collect();
    there.sort_unstable();
    assert_eq!(there, asked, "each arrived, once");
    let drafts = client.drafts().await.expect("readable");
    assert_eq!(drafts.keys().map(String::as_str).collect::<Vec<_>>(), ["0.9", "2.0"]);
}
