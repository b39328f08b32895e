//! From Enter to "sent", and to the card on a colleague's screen: two real clients, each with its outbox and replica on
//! disk, and the real server between them, over the socket.
//!
//! Enter is the moment the command is handed to the asker's client; the card is there when the other client has the
//! request on disk and tells its screens. Both run here, so one clock says it.

mod support;

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use deskside_client::{Client, Connection, News, Options, Subscription};
use deskside_protocol::{
    Entity,
    command::Ask,
    feed::Change,
    id::{DeskId, MessageId, RequestId},
    values::Urgency,
};
use serde_json::json;
use support::{Running, figure};
use uuid::Uuid;

const WARM_UP: usize = 20;
const ROUNDS: usize = 300;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("server");
    support::fill_demo(&data)?;
    let server = Running::serve(&data)?;
    server.healthy("/readyz")?;
    let links = support::demo_links(&data)?;
    let (asker, mut asked) = open(folder.path().join("ana"), &links["Ana"]).await?;
    let (helper, mut cards) = open(folder.path().join("sam"), &links["Sam"]).await?;
    let desk = desk(&asker).await?;

    let (mut kept, mut sent, mut shown) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..WARM_UP + ROUNDS {
        let ask = question(desk, round);
        let request = ask.request;
        let enter = Instant::now();
        let ticket = asker.keep(Uuid::now_v7(), ask.into()).await?;
        let saved = enter.elapsed();
        let (decided, card) = tokio::join!(
            async {
                ticket.decided().await.map_err(|problem| anyhow::anyhow!("{problem}"))?;
                anyhow::Ok(enter.elapsed())
            },
            async {
                sees(&mut cards, request).await?;
                anyhow::Ok(enter.elapsed())
            }
        );
        let (decided, card) = (decided?, card?);
        // The asker's own screen is not measured, but must not fall behind either.
        sees(&mut asked, request).await?;
        if round >= WARM_UP {
            kept.push(saved);
            sent.push(decided);
            shown.push(card);
        }
    }
    say("Enter to kept on disk", &mut kept, Some(100.0));
    say("Enter to acknowledged", &mut sent, None);
    say("Enter to the card on another client", &mut shown, Some(300.0));
    drop((asker, helper));
    server.end()
}

async fn open(
    folder: std::path::PathBuf,
    link: &serde_json::Value,
) -> anyhow::Result<(Client, Subscription)> {
    let mut options = Options::at(folder);
    options.keychain = false;
    let client = Client::open(options).await?;
    client.sign_in_by_link(link.as_str().context("a link")?, None).await?;
    let mut news = client.subscribe().await?;
    let online = async {
        loop {
            match news.next().await {
                Some(News::Connection { state: Connection::Online }) => return Ok(()),
                Some(_) => {}
                None => bail!("the news ended"),
            }
        }
    };
    tokio::time::timeout(support::PATIENCE, online).await.context("never online")??;
    Ok((client, news))
}

async fn desk(client: &Client) -> anyhow::Result<DeskId> {
    let replica = client.replica().await?.context("a replica")?;
    let phones = replica.entities.into_iter().find_map(|entity| match entity {
        Entity::Desk(desk) if desk.name == "Phones help" => Some(desk.id),
        _ => None,
    });
    phones.context("the demo has a desk for phones")
}

/// Returns once the news bring this request.
async fn sees(news: &mut Subscription, wanted: RequestId) -> anyhow::Result<()> {
    let seen = async {
        loop {
            match news.next().await {
                Some(News::Changes { items }) if items.iter().any(|item| is_of(item, wanted)) => {
                    return Ok(());
                }
                Some(_) => {}
                None => bail!("the news ended"),
            }
        }
    };
    tokio::time::timeout(support::PATIENCE, seen).await.context("the card never came")?
}

fn is_of(change: &Change, wanted: RequestId) -> bool {
    matches!(change, Change::Put(Entity::Request(request)) if request.id == wanted)
}

fn question(desk: DeskId, round: usize) -> Ask {
    Ask {
        request: RequestId::fresh(),
        message: MessageId::fresh(),
        desk,
        text: format!("Round {round}: the customer's porting date is in the past, what do I tell them?"),
        readable_ibans: Vec::new(),
        mentions: Default::default(),
        urgency: Urgency::Today,
        ticket: None,
        private_with: None,
        attachments: Vec::new(),
        clip: None,
        asked_at: 0,
        details: Vec::new(),
    }
}

fn say(name: &str, times: &mut [Duration], bar: Option<f64>) {
    let at = |times: &mut [Duration], share| (support::percentile(times, share) * 100.0).round() / 100.0;
    let besides = json!({ "p50_ms": at(times, 0.5), "p99_ms": at(times, 0.99), "rounds": times.len() });
    figure(&format!("{name}, p95"), support::percentile(times, 0.95), "ms", bar, besides);
}
