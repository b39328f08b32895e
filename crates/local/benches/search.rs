//! How long a search takes while somebody types, over many requests. Prints one JSON line per kind of query.
//!
//! `cargo xtask bench search`. The texts are made of words drawn with the
//! frequencies of speech (the n-th most common word n times rarer than the first), so that common words are common.

use std::time::Instant;

use deskside_domain::Row;
use deskside_local::Machine;
use deskside_ports::{
    Store,
    contract::{
        rows::{commit, desk, request},
        seed::Seeded,
    },
};

const VOCABULARY: u64 = 8_000;
const QUERIES: usize = 200;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let count = 10_000;
    let directory = std::env::temp_dir().join(format!("search-{}", std::process::id()));
    let machine = deskside_local::open(&directory)?;
    let mut random = Seeded::from_environment();
    machine.store.commit(commit(vec![Row::Desk(desk(1))])).await?;
    for first in (0..count).step_by(500) {
        let rows =
            (first..count.min(first + 500)).map(|n| Row::Request(request(10 + n, 1, &text(&mut random, 14))));
        machine.store.commit(commit(rows.collect())).await?;
    }
    for words in [1, 3, 8] {
        println!(
            "{}",
            measure(&machine, count, &format!("{words} words"), true, || text(&mut random, words)).await?
        );
    }
    println!(
        "{}",
        measure(&machine, count, "a word with two letters swapped", true, || swap(&word(&mut random)))
            .await?
    );
    println!(
        "{}",
        measure(&machine, count, "3 words, nothing may be seen", false, || text(&mut random, 3)).await?
    );
    drop(machine);
    std::fs::remove_dir_all(directory)?;
    Ok(())
}

async fn measure(
    machine: &Machine,
    requests: u64,
    query: &str,
    visible: bool,
    mut next: impl FnMut() -> String,
) -> anyhow::Result<serde_json::Value> {
    let mut times = Vec::new();
    let mut hits = 0;
    for _ in 0..QUERIES {
        let words = next();
        let begun = Instant::now();
        hits += machine.store.search(&words, 5, Box::new(move |_, _| visible)).await?.len();
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    let at = |share: usize| (times[times.len() * share / 100].as_secs_f64() * 1e5).round() / 100.0;
    Ok(serde_json::json!({
        "bench": "store_search", "requests": requests, "query": query, "p50_ms": at(50), "p95_ms": at(95),
        "hits_per_query": hits as f64 / QUERIES as f64,
    }))
}

fn text(random: &mut Seeded, words: usize) -> String {
    (0..words).map(|_| word(random)).collect::<Vec<_>>().join(" ")
}

/// A word by its rank; the rank is drawn as 1/rank.
fn word(random: &mut Seeded) -> String {
    let share = random.below(1_000_000) as f64 / 1e6;
    let mut rank = (VOCABULARY as f64).powf(share) as u64 * 7_919 + 13;
    let mut word = String::new();
    while rank > 0 {
        word.push(char::from(b"bdfgklmnprstvz"[(rank % 14) as usize]));
        word.push(char::from(b"aeiou"[(rank / 14 % 5) as usize]));
        rank /= 70;
    }
    word
}

fn swap(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    if letters.len() > 3 {
        letters.swap(1, 2);
    }
    letters.into_iter().collect()
}
