//! Everybody's clients. Each notes when its cursor came how far, and which messages it was sent, so that afterwards
//! lateness can be read off and nothing that is missing or came twice stays unseen.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use deskside_protocol::feed::{Cursor, Snapshot};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinSet},
};
use uuid::Uuid;

use crate::{
    Shared,
    support::socket::{Heard, Socket},
    work::Work,
};

/// Whatever is waited for must have happened by then.
const PATIENCE: Duration = Duration::from_secs(120);

/// All clients.
pub struct Crowd {
    house: Shared,
    address: SocketAddr,
    clients: Vec<Arc<Mutex<Client>>>,
    connections: Vec<AbortHandle>,
}

/// What one client knows.
#[derive(Default)]
struct Client {
    cursor: Option<Cursor>,
    /// Where the cursor came when.
    came: Vec<(u64, Instant)>,
    /// How often each message was put; a message that nobody edits is put once.
    messages: HashMap<Uuid, u32>,
    /// Each row as it was put last, for a client of each desk.
    rows: Option<HashMap<Uuid, Box<str>>>,
    /// Why its connection ended, if not by us.
    trouble: Option<String>,
}

/// What was found when everything was compared.
pub struct Verdict {
    /// Messages a client had to have, over all clients.
    pub checked: usize,
    /// Rows compared with a fresh snapshot.
    pub compared: usize,
    /// Missing, doubled or different ones.
    pub wrong: usize,
}

impl Crowd {
    /// Nobody is connected yet.
    pub fn new(house: Shared, address: SocketAddr) -> Self {
        let client =
            |number| Client { rows: (number < house.desks.len()).then(HashMap::new), ..Client::default() };
        let clients = (0..house.people.len()).map(|number| Arc::new(Mutex::new(client(number)))).collect();
        Self { house, address, clients, connections: Vec::new() }
    }

    /// All connect at once; how long until the last has caught up.
    pub async fn connect(&mut self) -> anyhow::Result<Duration> {
        let known = self.client(0).cursor;
        let first = match known {
            Some(cursor) => cursor,
            None => self.snapshot(0).await?.cursor,
        };
        let begun = Instant::now();
        let (done, mut caught_up) = mpsc::unbounded_channel();
        self.connections.clear();
        for (number, client) in self.clients.iter().enumerate() {
            let member = &self.house.people[number];
            let (client, done) = (client.clone(), done.clone());
            let (address, token, id) = (self.address, member.token.clone(), member.client_id.clone());
            let followed = tokio::spawn(async move {
                if let Err(error) = follow(&client, address, &token, &id, first, done).await {
                    lock(&client).trouble = Some(format!("{error:#}"));
                }
            });
            self.connections.push(followed.abort_handle());
        }
        drop(done);
        for _ in &self.clients {
            let next = tokio::time::timeout(PATIENCE, caught_up.recv()).await;
            if next.context("not all clients caught up")?.is_none() {
                self.check()?;
            }
        }
        self.check()?;
        Ok(begun.elapsed())
    }

    /// Everybody's connection is gone, without a word.
    pub fn cut(&mut self) {
        for connection in self.connections.drain(..) {
            connection.abort();
        }
    }

    /// Waits until every client that sees `desk` has come to `seq`; how late each was, counted from `since`.
    pub async fn arrivals(&self, desk: usize, seq: u64, mut each: impl FnMut(Instant)) -> anyhow::Result<()> {
        let until = Instant::now() + PATIENCE;
        for number in (0..self.clients.len()).filter(|number| self.house.sees(*number, desk)) {
            loop {
                let came = {
                    let client = self.client(number);
                    if let Some(trouble) = &client.trouble {
                        anyhow::bail!("client {number}: {trouble}");
                    }
                    let at = client.came.partition_point(|(cursor, _)| *cursor < seq);
                    client.came.get(at).map(|(_, when)| *when)
                };
                if let Some(when) = came {
                    each(when);
                    break;
                }
                ensure!(Instant::now() < until, "client {number} never came to {seq}");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        Ok(())
    }

    /// Compares what every client was sent with what was done, and a client of each desk with a fresh snapshot.
    pub async fn verify(&self, work: &Work) -> anyhow::Result<Verdict> {
        let mut verdict = Verdict { checked: 0, compared: 0, wrong: 0 };
        for done in work.done() {
            self.arrivals(done.desk, done.seq, |_| {}).await?;
        }
        for number in 0..self.clients.len() {
            let client = self.client(number);
            for done in work.done().iter().filter(|done| self.house.sees(number, done.desk)) {
                let Some(message) = done.message else { continue };
                verdict.checked += 1;
                let times = client.messages.get(&message).copied().unwrap_or_default();
                if times != 1 {
                    verdict.wrong += 1;
                    eprintln!("client {number} was sent message {message} {times} times");
                }
            }
        }
        let mut snapshots = JoinSet::new();
        for number in 0..self.house.desks.len() {
            let abreast = self.abreast(number);
            snapshots.spawn(async move { anyhow::Ok((number, abreast.await?)) });
        }
        while let Some(found) = snapshots.join_next().await {
            let (number, (rows, snapshot)) = found??;
            let fresh: HashMap<Uuid, String> = snapshot
                .entities
                .iter()
                .filter_map(|entity| {
                    let text = serde_json::to_string(entity).ok()?;
                    let id = serde_json::from_str::<Row<'_>>(&text).ok()?.id;
                    Some((id, text))
                })
                .collect();
            for (id, row) in &rows {
                verdict.compared += 1;
                let expected = fresh.get(id).map(String::as_str);
                if expected != Some(&**row) {
                    verdict.wrong += 1;
                    eprintln!("client {number} holds {row}, a fresh snapshot {expected:?}");
                }
            }
        }
        Ok(verdict)
    }

    /// A client's rows and a fresh snapshot that stand at the same place of the log. After the last answer the server
    /// still writes down what the last questions met, so one of the two may be ahead at first.
    fn abreast(
        &self,
        number: usize,
    ) -> impl Future<Output = anyhow::Result<(HashMap<Uuid, Box<str>>, Snapshot)>> + use<> {
        let client = self.clients[number].clone();
        let (address, token) = (self.address, self.house.people[number].token.clone());
        async move {
            let until = Instant::now() + PATIENCE;
            let mut snapshot = fetch(address, &token).await?;
            loop {
                let at = {
                    let client = lock(&client);
                    let at = client.cursor.map_or(0, |cursor| cursor.seq);
                    if at == snapshot.cursor.seq {
                        return Ok((client.rows.clone().unwrap_or_default(), snapshot));
                    }
                    at
                };
                ensure!(
                    Instant::now() < until,
                    "client {number} stands at {at}, the server at {}",
                    snapshot.cursor.seq
                );
                tokio::time::sleep(Duration::from_millis(50)).await;
                if at > snapshot.cursor.seq {
                    snapshot = fetch(address, &token).await?;
                }
            }
        }
    }

    async fn snapshot(&self, number: usize) -> anyhow::Result<Snapshot> {
        fetch(self.address, &self.house.people[number].token).await
    }

    fn client(&self, number: usize) -> std::sync::MutexGuard<'_, Client> {
        lock(&self.clients[number])
    }

    fn check(&self) -> anyhow::Result<()> {
        for number in 0..self.clients.len() {
            if let Some(trouble) = &self.client(number).trouble {
                anyhow::bail!("client {number}: {trouble}");
            }
        }
        Ok(())
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.cut();
    }
}

async fn fetch(address: SocketAddr, token: &str) -> anyhow::Result<Snapshot> {
    let request = reqwest::Client::new().get(format!("http://{address}/api/v1/snapshot")).bearer_auth(token);
    Ok(request.send().await?.error_for_status()?.json().await?)
}

async fn follow(
    client: &Mutex<Client>,
    address: SocketAddr,
    token: &str,
    id: &str,
    first: Cursor,
    done: mpsc::UnboundedSender<()>,
) -> anyhow::Result<()> {
    let cursor = lock(client).cursor.unwrap_or(first);
    let mut socket = Socket::open(address, token, id, cursor).await?;
    loop {
        let heard = socket.hear().await?;
        let mut client = lock(client);
        match heard {
            Heard::Changes(items) => {
                let now = Instant::now();
                client.cursor = Some(socket.cursor);
                client.came.push((socket.cursor.seq, now));
                for item in items {
                    client.take(&item);
                }
            }
            Heard::CaughtUp => {
                let now = Instant::now();
                client.cursor = Some(socket.cursor);
                client.came.push((socket.cursor.seq, now));
                let _ = done.send(());
            }
            Heard::Nothing => {}
        }
    }
}

impl Client {
    fn take(&mut self, item: &str) {
        let Ok(Put { put }) = serde_json::from_str(item) else { return };
        let Ok(row) = serde_json::from_str::<Row<'_>>(put.get()) else { return };
        if row.entity == "message" {
            *self.messages.entry(row.id).or_default() += 1;
        }
        if let Some(rows) = &mut self.rows {
            rows.insert(row.id, put.get().into());
        }
    }
}

/// A change that shows a row.
#[derive(Deserialize)]
struct Put<'a> {
    #[serde(borrow)]
    put: &'a RawValue,
}

/// A row as far as it is needed here; the organisation has no id.
#[derive(Deserialize)]
struct Row<'a> {
    entity: &'a str,
    id: Uuid,
}

fn lock(client: &Mutex<Client>) -> std::sync::MutexGuard<'_, Client> {
    client.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
