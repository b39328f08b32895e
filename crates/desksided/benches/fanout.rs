//! 2,000 people on 50 desks: how late is what one of them did on the others' screens, what does the server need for it,
//! is anything lost or doubled, and how long does it take when the network was gone for everybody at once.
//!
//! The server is a process of its own; this one is all clients, on the same cores. What a person may see is a desk's
//! matter: first with private desks, where 40 people see what is asked, and then, without a bar, with open ones,
//! where all 2,000 do. Late is counted from the moment a command leaves its client (so the time until it is on disk is
//! within the figure), and at every client that may see it.
//!
//! `DESKSIDE_FANOUT_SECONDS`, `_CLIENTS`, `_DESKS`, `_RATE`, `_SEED` change it; `_ONLY=private|open` leaves one out.

#[path = "fanout/crowd.rs"]
mod crowd;
#[path = "fanout/house.rs"]
mod house;
mod support;
#[path = "fanout/work.rs"]
mod work;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use crowd::Crowd;
use house::House;
use serde_json::json;
use support::{Running, figure};
use work::Work;

/// Nobody is connected for this long while the others' changes go on.
const AWAY: Duration = Duration::from_secs(5);

/// How large everything is.
#[derive(Clone, Copy)]
pub struct Size {
    clients: usize,
    desks: usize,
    /// Commands per second.
    rate: u64,
    seconds: u64,
    seed: u64,
}

fn main() -> anyhow::Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let number = |name: &str, usual: u64| -> anyhow::Result<u64> {
        let set = std::env::var(format!("DESKSIDE_FANOUT_{name}")).ok();
        set.map_or(Ok(usual), |text| text.parse().with_context(|| format!("DESKSIDE_FANOUT_{name}={text}")))
    };
    let size = Size {
        clients: number("CLIENTS", 2_000)? as usize,
        desks: number("DESKS", 50)? as usize,
        rate: number("RATE", 85)?,
        seconds: number("SECONDS", 60)?,
        seed: number("SEED", 7)?,
    };
    let files = support::lift_file_limit()?;
    anyhow::ensure!(
        files > size.clients as u64 * 2 + 200,
        "{files} open files are too few for {} clients: raise `ulimit -n`",
        size.clients
    );
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let only = std::env::var("DESKSIDE_FANOUT_ONLY").unwrap_or_default();
    for private in [true, false] {
        if only.is_empty() || (only == "private") == private {
            runtime.block_on(measure(size, private))?;
        }
    }
    Ok(())
}

async fn measure(size: Size, private: bool) -> anyhow::Result<()> {
    let kind = if private { "private desks" } else { "open desks" };
    let bar = |bar: f64| private.then_some(bar);
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("server");
    let begun = Instant::now();
    let house = Arc::new(house::build(&data, size, private).await?);
    eprintln!("{kind}: {} people and {} desks made in {:.1?}", size.clients, size.desks, begun.elapsed());
    let server = Running::serve(&data)?;
    server.healthy("/readyz")?;

    let mut crowd = Crowd::new(house.clone(), server.address);
    let first = crowd.connect().await.context("connecting for the first time")?;
    let (connected, _) = server.memory()?;
    eprintln!("{kind}: all connected after {first:.1?}, {connected:.0} MB");

    let mut work = Work::new(house.clone(), server.url(), size);
    let cpu = server.cpu()?;
    let (mut late, did) = work.go_on(Duration::from_secs(size.seconds), &crowd).await?;
    let busy = (server.cpu()? - cpu).as_secs_f64() / size.seconds as f64;
    let besides = json!({
        "p50_ms": support::percentile(&mut late.from_sending, 0.5),
        "p99_from_the_answer_ms": support::percentile(&mut late.from_the_answer, 0.99),
        "max_ms": support::percentile(&mut late.from_sending, 1.0),
        "clients": size.clients, "desks": size.desks, "commands_per_second": size.rate, "commands": did,
        "deliveries": late.from_sending.len(), "server_cores_busy": busy,
    });
    let p99 = support::percentile(&mut late.from_sending, 0.99);
    figure(&format!("{kind}: from sending to every client, p99"), p99, "ms", bar(250.0), besides);

    crowd.cut();
    work.go_on_alone(AWAY).await?;
    // The others' work goes on while everybody comes back.
    let (back, went_on) = tokio::join!(crowd.connect(), work.go_on_alone(Duration::from_secs(1)));
    let back = back.context("coming back")?;
    went_on?;
    let besides = json!({ "away_s": AWAY.as_secs(), "first_time_s": first.as_secs_f64() });
    let name = format!("{kind}: all caught up after all came back at once");
    figure(&name, back.as_secs_f64(), "s", bar(10.0), besides);

    let verdict = crowd.verify(&work).await?;
    let name = format!("{kind}: lost or doubled");
    let besides = json!({ "messages_checked": verdict.checked, "rows_compared": verdict.compared });
    figure(&name, verdict.wrong as f64, "", bar(0.0), besides);

    let (now, most) = server.memory()?;
    let besides = json!({ "connected_at_first": connected, "at_the_end": now });
    figure(&format!("{kind}: the server's memory, most ever"), most, "MB", bar(250.0), besides);
    drop(crowd);
    server.end()
}

/// A small generator whose seed replays.
pub struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Below `sides`.
    fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

/// So that files need not name each other's insides.
pub type Shared = Arc<House>;
