//! How many decisions per second one machine makes durable: one at a time (each waits for its own flush), and as many
//! at once as an office sends. Prints one JSON line per case.
//!
//! `cargo xtask bench commits`; `DESKSIDE_BENCH_DIR` names the directory, and so the disk.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use deskside_domain::{
    Row, Time,
    id::{MessageId, PersonId, RequestId},
    message::{Message, MessageKind},
};
use deskside_local::Machine;
use deskside_ports::{
    Store,
    store::{Commit, Origin},
};
use uuid::Uuid;

/// How long each case is measured.
const SPAN: Duration = Duration::from_secs(3);

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let place = std::env::var_os("DESKSIDE_BENCH_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let directory = place.join(format!("commits-{}", std::process::id()));
    for writers in [1, 8, 50, 200] {
        let machine = Arc::new(deskside_local::open(&directory)?);
        let measured = measure(&machine, writers, SPAN).await?;
        println!("{measured}");
        drop(machine);
        std::fs::remove_dir_all(&directory)?;
    }
    Ok(())
}

async fn measure(machine: &Arc<Machine>, writers: u64, time: Duration) -> anyhow::Result<serde_json::Value> {
    let begun = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..writers {
        let machine = Arc::clone(machine);
        tasks.spawn(async move {
            let mut waits = Vec::new();
            for n in 1.. {
                if begun.elapsed() >= time {
                    break;
                }
                let sent = Instant::now();
                machine.store.commit(say(writer, n)).await?;
                waits.push(sent.elapsed());
            }
            anyhow::Ok(waits)
        });
    }
    let mut waits = Vec::new();
    for done in tasks.join_all().await {
        waits.extend(done?);
    }
    let elapsed = begun.elapsed().as_secs_f64();
    waits.sort_unstable();
    let at = |share: usize| waits.get(waits.len() * share / 100).map_or(0.0, |wait| wait.as_secs_f64() * 1e3);
    Ok(serde_json::json!({
        "bench": "store_commits",
        "synchronous": "full",
        "writers_at_once": writers,
        "commits": waits.len(),
        "commits_per_second": (waits.len() as f64 / elapsed).round(),
        "p50_ms": (at(50) * 100.0).round() / 100.0,
        "p99_ms": (at(99) * 100.0).round() / 100.0,
    }))
}

/// A person's words in a thread: one row, one log row, one result; what most commands are.
fn say(writer: u64, n: u64) -> Commit {
    let author = PersonId(Uuid::from_u128(u128::from(writer)));
    let message = Message {
        id: MessageId(Uuid::now_v7()),
        request: RequestId(Uuid::from_u128(u128::from(writer))),
        author: Some(author),
        kind: MessageKind::Said,
        text: "The customer says the lamp is red now, and it was green this morning. What do I tell them?"
            .to_owned(),
        attachments: Vec::new(),
        clip: None,
        moment: None,
        mentions: Default::default(),
        at: Time(0),
        deleted: false,
    };
    let rows = vec![Row::Message(message)];
    Commit {
        origin: Origin::Line { client_id: format!("client-{writer}"), person: author, n, body_hash: [0; 32] },
        now: Time(0),
        expect: rows.iter().map(|row| (row.key(), 0)).collect(),
        expect_seq: None,
        rows,
        access: Vec::new(),
        due: Vec::new(),
        refused: None,
    }
}
