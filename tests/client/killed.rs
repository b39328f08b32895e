//! The app is killed at random moments; what it said is on disk arrives, once.

use std::{
    collections::BTreeSet,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use deskside_protocol::{Entity, id::RequestId};
use deskside_tests::server::{TestServer, converged, drained};

use super::delivery::desk;

/// Rounds here; `KILL_ROUNDS` asks for more.
const ROUNDS: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_said_to_be_kept_arrives_once_although_the_app_is_killed() {
    let rounds = std::env::var("KILL_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(ROUNDS);
    let server = TestServer::start().await.expect("a server");
    let client = server.founder(server.address).await.expect("a founder");
    let desk = desk(&client).await;
    let folder = client.folder().to_owned();
    drop(client);
    let mut said = BTreeSet::new();
    for round in 0..rounds {
        let folder = folder.clone();
        let heard = tokio::task::spawn_blocking(move || {
            let mut child = Command::new(env!("CARGO_BIN_EXE_asker"))
                .arg(&folder)
                .arg(desk.to_string())
                .stdout(Stdio::piped())
                .spawn()
                .expect("the asker starts");
            let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
            // Another number of questions each time: at once, while sending, between two batches.
            let mut heard: Vec<String> =
                lines.by_ref().take(1 + round * 7 % 40).map(|line| line.expect("a line")).collect();
            child.kill().expect("killed");
            child.wait().expect("ended");
            // What it had said before it died counts too; a line cut in two does not.
            heard.extend(lines.map_while(Result::ok).filter(|line| line.len() == 36));
            heard
        });
        for line in heard.await.expect("no panic") {
            said.insert(line.parse::<RequestId>().expect("an id"));
        }
    }
    assert!(said.len() > rounds, "it said something");
    let client = server.profile("founder").await.expect("opened");
    drained(&client).await;
    converged(&client).await;
    let snapshot = client.replica().await.expect("readable").expect("a snapshot");
    let mut there: Vec<_> = snapshot
        .entities
        .iter()
        .filter_map(|entity| match entity {
            Entity::Request(request) => Some(request.id),
            _ => None,
        })
        .collect();
    let all = there.len();
    there.sort();
    there.dedup();
    assert_eq!(there.len(), all, "none doubled");
    let there: BTreeSet<_> = there.into_iter().collect();
    let lost: Vec<_> = said.difference(&there).collect();
    assert!(lost.is_empty(), "said to be kept and lost: {lost:?}");
    // At most one per round may have arrived without having been said.
    assert!(all <= said.len() + rounds, "{all} arrived of {} said", said.len());
    println!("{rounds} kills, {} questions said to be kept, {all} arrived", said.len());
}
