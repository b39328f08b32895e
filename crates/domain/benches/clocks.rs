//! A million random lives of requests, counted as the product counts and minute by minute: opening hours in six
//! zones around changes of their clocks, split shifts, nights, holidays, new versions of hours, pauses, other
//! promises, other desks, reopening. There must be no difference; a seed that has one is printed and replays with
//! `CLOCKS_SEED=n cargo nextest run -p deskside-domain random_histories`.
//!
//! `CLOCKS_HISTORIES=n` takes another number of them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

#[allow(dead_code, reason = "shared with the tests")]
#[path = "../tests/time/chance.rs"]
mod chance;
#[allow(dead_code, reason = "shared with the tests")]
#[path = "../tests/time/history.rs"]
mod history;
#[allow(dead_code, reason = "shared with the tests")]
#[path = "../tests/time/wall.rs"]
mod wall;

use history::History;

/// Seeds that one thread takes at a time.
const BATCH: u64 = 1_000;

fn main() {
    let histories: u64 =
        std::env::var("CLOCKS_HISTORIES").ok().and_then(|count| count.parse().ok()).unwrap_or(1_000_000);
    let (next, differences) = (AtomicU64::new(0), AtomicU64::new(0));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let from = next.fetch_add(BATCH, Ordering::Relaxed);
                    for seed in from..(from + BATCH).min(histories) {
                        if let Some(difference) = history::difference(seed) {
                            differences.fetch_add(1, Ordering::Relaxed);
                            eprintln!("{difference}");
                        }
                    }
                    if from >= histories {
                        return;
                    }
                }
            });
        }
    });
    let (differences, spent) = (differences.into_inner(), begun.elapsed());
    println!(
        "{{\"bench\":\"clocks\",\"histories\":{histories},\"differences\":{differences},\"seconds\":{:.1},\
         \"ns_per_history_as_the_product_counts\":{}}}",
        spent.as_secs_f64(),
        alone().as_nanos()
    );
    assert_eq!(differences, 0, "the clocks and the minutes disagree");
}

/// What one history costs without the slow model: making it, its calendars, all steps and a look.
fn alone() -> Duration {
    const COUNT: u32 = 20_000;
    let begun = Instant::now();
    for seed in 0..u64::from(COUNT) {
        let history = History::of(seed);
        std::hint::black_box(history.fast());
    }
    begun.elapsed() / COUNT
}
