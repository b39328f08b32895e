//! Killed at random moments: whatever was acknowledged is there, once. The child is this test binary again; what it
//! prints is what a client would have been told.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use deskside_domain::{Key, Read, Row, Time, id::PersonId};
use deskside_local::Machine;
use deskside_ports::{
    Blobs, Store,
    blobs::Upload,
    contract::{
        rows::{command, person},
        seed::Seeded,
    },
    store::CommitError,
};
use uuid::Uuid;

const ROUNDS: usize = 20;
const CLIENTS: u64 = 4;
const DIRECTORY: &str = "DESKSIDE_KILLED_DIRECTORY";

/// What was acknowledged over all rounds.
#[derive(Default)]
struct Ledger {
    /// By client: the highest number.
    commands: BTreeMap<u64, u64>,
    /// Bytes of the upload.
    bytes: u64,
}

impl Ledger {
    fn note(&mut self, line: &str) -> bool {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["acknowledged", client, n] => {
                let highest = self.commands.entry(client.parse().unwrap()).or_default();
                *highest = (*highest).max(n.parse().unwrap());
                true
            }
            ["kept", bytes] => {
                self.bytes = self.bytes.max(bytes.parse().unwrap());
                true
            }
            _ => false,
        }
    }
}

#[test]
fn what_was_acknowledged_survives_kill_9_once() {
    let mut random = Seeded::from_environment();
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let mut ledger = Ledger::default();
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::commits_until_killed", "--ignored", "--nocapture"])
            .env(DIRECTORY, &data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut left = random.below(60);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        for line in lines.by_ref() {
            if ledger.note(&line.unwrap()) {
                left = match left.checked_sub(1) {
                    Some(left) => left,
                    None => break,
                };
            }
        }
        child.kill().unwrap();
        // What it still said before it died was said, too.
        for line in lines.map_while(Result::ok) {
            ledger.note(&line);
        }
        child.wait().unwrap();
        check(&data, &ledger, round);
    }
    assert!(ledger.commands.values().sum::<u64>() > 100, "the children hardly got anything done");
    assert!(ledger.bytes > 0);
    let findings = deskside_local::verify(&data).unwrap();
    assert!(findings.is_empty(), "{findings:?}");
}

#[tokio::main(flavor = "current_thread")]
async fn check(data: &Path, ledger: &Ledger, round: usize) {
    let machine = deskside_local::open(data).unwrap();
    let state = machine.store.load(&[Read::People]).await.unwrap().state;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for person in state.people() {
        *counts.entry(person.name.clone()).or_default() += 1;
    }
    for client in 0..CLIENTS {
        let (_, last) = machine.store.stored(&format!("client-{client}"), 0).await.unwrap();
        let acknowledged = ledger.commands.get(&client).copied().unwrap_or(0);
        assert!(
            last >= acknowledged,
            "round {round}: client {client} was told {acknowledged}, stored is {last}"
        );
        for n in 1..=last {
            let count = counts.remove(&format!("{client}-{n}"));
            assert_eq!(count, Some(1), "round {round}: command {n} of client {client}");
        }
    }
    assert!(counts.is_empty(), "round {round}: rows without a stored command: {counts:?}");
    let head = machine.store.head().await.unwrap().seq;
    let page = machine.store.log_after(0, usize::MAX).await.unwrap();
    assert_eq!(page.items.last().map_or(0, |item| item.seq), head);

    let kept = machine.blobs.upload("clip").await.unwrap().map_or(0, |upload| upload.offset);
    assert!(kept >= ledger.bytes, "round {round}: {} bytes were promised, {kept} are kept", ledger.bytes);
    if kept > 0 {
        let bytes = machine.blobs.read("clip", 0, kept).await.unwrap();
        assert_eq!(bytes.len() as u64, kept);
        assert!(
            (0..).zip(&bytes).all(|(at, byte)| *byte == byte_at(at)),
            "round {round}: other bytes than sent"
        );
    }
}

fn byte_at(at: u64) -> u8 {
    u8::try_from((at * 31 + at / 251) % 256).unwrap()
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// The child: clients that send their last command again first, because they can't know whether it arrived, and a
/// recorder that uploads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "runs as the child of what_was_acknowledged_survives_kill_9_once"]
async fn commits_until_killed() {
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    let machine = Arc::new(deskside_local::open(Path::new(&directory)).unwrap());
    let mut tasks = tokio::task::JoinSet::new();
    for client in 0..CLIENTS {
        tasks.spawn(send_commands(Arc::clone(&machine), client));
    }
    tasks.spawn(upload(machine));
    tasks.join_all().await;
}

async fn send_commands(machine: Arc<Machine>, client: u64) {
    let line = format!("client-{client}");
    let (_, last) = machine.store.stored(&line, 0).await.unwrap();
    for n in last.max(1).. {
        // A fresh id every time: a command that counted twice would leave two rows of one name.
        let mut row = person(0, &format!("{client}-{n}"));
        row.id = PersonId(Uuid::now_v7());
        let mut commit = command(&line, n, vec![Row::Person(row)]);
        commit.expect.insert(Key::Org, 0);
        match machine.store.commit(commit).await {
            Ok(_) | Err(CommitError::Duplicate(_)) => say(&format!("acknowledged {client} {n}")),
            Err(error) => panic!("{error}"),
        }
    }
}

async fn upload(machine: Arc<Machine>) {
    let fresh = Upload {
        name: "clip".to_owned(),
        kind: "clip".to_owned(),
        owner: "ana".to_owned(),
        length: None,
        offset: 0,
        touched_at: Time(0),
        closed: false,
    };
    let mut offset = machine.blobs.create(fresh).await.unwrap().offset;
    let token = machine.blobs.take_writer("clip").await.unwrap();
    loop {
        let bytes: Vec<u8> = (offset..offset + 3_000).map(byte_at).collect();
        offset = machine.blobs.append("clip", token, offset, &bytes, Time(1)).await.unwrap();
        say(&format!("kept {offset}"));
    }
}
