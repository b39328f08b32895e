//! What the server costs: from starting its process to the first healthy answer, and its memory with the demo
//! organisation in it, alone and with 200 connected people among whom something happens.
//!
//! A second process of the same framework that does nothing but answer "ok" and hold sockets is measured in the same
//! run: below that no server of this kind comes.

mod support;

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::Context;
use axum::{Router, extract::ws::WebSocketUpgrade, routing::get};
use deskside_protocol::{
    Entity,
    command::Ask,
    feed::Snapshot,
    id::{DeskId, MessageId, RequestId},
    values::Urgency,
};
use futures_util::StreamExt;
use serde_json::json;
use support::{Running, figure, socket::Socket};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

const CLIENTS: usize = 200;
const STARTS: usize = 10;
const ASKED: usize = 200;

fn main() -> anyhow::Result<()> {
    if std::env::var_os("DESKSIDE_BENCH_PLAIN").is_some() {
        return plain();
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("server");
    support::fill_demo(&data)?;

    starts(&data)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(memory(&data))?;
    runtime.block_on(memory_of_the_framework())
}

/// A server without a product.
fn plain() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("listening on http://{}", listener.local_addr()?);
        let hold = |upgrade: WebSocketUpgrade| async {
            upgrade.on_upgrade(|mut socket| async move { while socket.next().await.is_some() {} })
        };
        let routes = Router::new().route("/readyz", get(async || "ok\n")).route("/hold", get(hold));
        Ok(axum::serve(listener, routes).await?)
    })
}

fn start_plain() -> anyhow::Result<Running> {
    Running::start(Command::new(std::env::current_exe()?).env("DESKSIDE_BENCH_PLAIN", "1"))
}

fn starts(data: &Path) -> anyhow::Result<()> {
    let ours = env!("CARGO_BIN_EXE_desksided");
    let mut cold = time(
        || {
            support::make_cold(&[Path::new(ours), data])?;
            Ok(())
        },
        || Running::serve(data),
    )?;
    let mut warm = time(|| Ok(()), || Running::serve(data))?;
    let mut plain = time(|| Ok(()), start_plain)?;
    let worst = support::percentile(&mut cold, 1.0);
    let besides = json!({ "median_ms": support::percentile(&mut cold, 0.5), "starts": STARTS });
    figure("cold start to the first healthy answer, worst", worst, "ms", Some(500.0), besides);
    figure("the same, files in memory, median", support::percentile(&mut warm, 0.5), "ms", None, json!({}));
    figure("a plain server's, median", support::percentile(&mut plain, 0.5), "ms", None, json!({}));
    Ok(())
}

fn time(
    mut before: impl FnMut() -> anyhow::Result<()>,
    start: impl Fn() -> anyhow::Result<Running>,
) -> anyhow::Result<Vec<Duration>> {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        before()?;
        let begun = Instant::now();
        let server = start()?;
        server.healthy("/readyz")?;
        times.push(begun.elapsed());
        server.end().or_else(|_| anyhow::Ok(()))?;
    }
    Ok(times)
}

async fn memory(data: &Path) -> anyhow::Result<()> {
    let server = Running::serve(data)?;
    server.healthy("/readyz")?;
    server.healthy("/")?;
    let idle = settled(&server).await?;
    figure("memory idle, demo data", idle, "MB", Some(40.0), json!({}));

    let http = reqwest::Client::new();
    let mut people = Vec::new();
    for link in support::demo_links(data)?.values().filter_map(|link| link.as_str()) {
        people.push(support::sign_in(&http, link).await?);
    }
    let mut clients = tokio::task::JoinSet::new();
    let mut desk = None;
    for number in 0..CLIENTS {
        // As an app that starts: a snapshot, then the feed from there.
        let person = &people[number % people.len()];
        let token = person.token.clone().context("a token")?;
        let snapshot: Snapshot = http
            .get(format!("{}/api/v1/snapshot", server.url()))
            .bearer_auth(&token)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?;
        desk = desk.or(snapshot.entities.iter().find_map(|entity| match entity {
            Entity::Desk(desk) => Some(desk.id),
            _ => None,
        }));
        let mut socket =
            Socket::open(server.address, &token, &format!("client-{number}"), snapshot.cursor).await?;
        socket.catch_up().await?;
        clients.spawn(async move {
            let mut asked = 0;
            while asked < ASKED {
                if let support::socket::Heard::Changes(items) = socket.hear().await? {
                    asked += items.iter().filter(|item| item.contains(MARK) && is_request(item)).count();
                }
            }
            anyhow::Ok(socket)
        });
    }
    let connected = settled(&server).await?;

    let token = people[0].token.clone().context("a token")?;
    let mut pace = tokio::time::interval(Duration::from_millis(25));
    for number in 0..ASKED {
        pace.tick().await;
        let ask = question(desk.context("a desk")?, number);
        let request = http.post(format!("{}/api/v1/commands/ask", server.url())).bearer_auth(&token);
        request.header("idempotency-key", number.to_string()).json(&ask).send().await?.error_for_status()?;
    }
    let mut sockets = Vec::new();
    while let Some(client) = clients.join_next().await {
        sockets.push(client??);
    }
    let after = settled(&server).await?;
    let (_, most) = server.memory()?;
    let besides = json!({ "before_anything_happened": connected, "after": after, "clients": sockets.len(),
                          "asked_meanwhile": ASKED });
    figure("memory with 200 connected clients, most ever", most, "MB", Some(80.0), besides);
    drop(sockets);
    server.end()
}

const MARK: &str = "Where is form";

fn is_request(item: &str) -> bool {
    item.contains(r#""asked_at""#)
}

fn question(desk: DeskId, number: usize) -> Ask {
    Ask {
        request: RequestId::fresh(),
        message: MessageId::fresh(),
        desk,
        text: format!("{MARK} {number} for a customer who moved and wants the old invoice changed?"),
        readable_ibans: Vec::new(),
        mentions: Default::default(),
        urgency: Urgency::Whenever,
        ticket: None,
        private_with: None,
        attachments: Vec::new(),
        clip: None,
        asked_at: 0,
        details: Vec::new(),
    }
}

async fn memory_of_the_framework() -> anyhow::Result<()> {
    let server = start_plain()?;
    server.healthy("/readyz")?;
    figure("a plain server's memory idle", settled(&server).await?, "MB", None, json!({}));
    let mut sockets = Vec::new();
    for _ in 0..CLIENTS {
        let request = format!("ws://{}/hold", server.address).into_client_request()?;
        sockets.push(tokio_tungstenite::connect_async(request).await?.0);
    }
    figure("the same, holding 200 sockets", settled(&server).await?, "MB", None, json!({}));
    Ok(())
}

/// The resident memory once it has stopped changing.
async fn settled(server: &Running) -> anyhow::Result<f64> {
    let (mut before, _) = server.memory()?;
    let mut same = 0;
    let until = Instant::now() + support::PATIENCE;
    while same < 10 && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let (now, _) = server.memory()?;
        same = if (now - before).abs() < 0.2 { same + 1 } else { 0 };
        before = now;
    }
    Ok(before)
}
