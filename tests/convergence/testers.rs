//! Who uses the server: apps with their outbox and replica on disk, and raw clients that speak the protocol by hand.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use deskside_client::{Client, UploadKind};
use deskside_protocol::{
    Command, Problem,
    command::StartClip,
    feed::{Batch, BatchResult, FromServer, Numbered},
    id::{ClipId, RequestId},
    values::NewAttachment,
};
use deskside_tests::{chance::Chance, cutting::CuttingProxy, person::Person, within};
use reqwest::Method;
use uuid::Uuid;

use super::recipes::{View, command};

/// How long an answer is waited for before the same batch goes out again.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a raw client listens between two commands, and waits before it sends one again.
const BREATH: Duration = Duration::from_millis(10);
/// Besides one of each kind: without something to talk about nothing happens.
const TALK: [&str; 16] = [
    "ask",
    "ask",
    "ask",
    "ask",
    "say",
    "say",
    "answer",
    "answer",
    "take",
    "take",
    "start_clip",
    "start_clip",
    "stop_clip",
    "ring",
    "solve",
    "edit_desk",
];

/// Every kind of command once and some more often, in any order; the first two are questions.
fn deck(chance: &mut Chance) -> Vec<&'static str> {
    let mut deck = [Command::KINDS, &TALK].concat();
    for at in (1..deck.len()).rev() {
        deck.swap(at, chance.below(at as u64 + 1) as usize);
    }
    [&["ask", "ask"], &deck[..]].concat()
}

/// What all testers did.
#[derive(Default)]
pub struct Tally {
    pub decided: AtomicU64,
    /// By kind: done, refused.
    kinds: Mutex<BTreeMap<&'static str, (u64, u64)>>,
}

impl Tally {
    fn add(&self, command: &Command, refused: Option<&Problem>) {
        self.decided.fetch_add(1, Ordering::Relaxed);
        let mut kinds = self.kinds.lock().expect("no panic under this lock");
        let (done, not) = kinds.entry(command.kind()).or_default();
        *(if refused.is_none() { done } else { not }) += 1;
    }

    /// Kinds that were tried, and kinds that were done at least once.
    pub fn kinds(&self) -> (usize, usize) {
        let kinds = self.kinds.lock().expect("no panic under this lock");
        (kinds.len(), kinds.values().filter(|(done, _)| *done > 0).count())
    }
}

/// Goes through a deck with an app; answers which of its questions were taken.
pub async fn app(
    client: Client,
    mut chance: Chance,
    tally: Arc<Tally>,
    media: std::path::PathBuf,
) -> Vec<RequestId> {
    let mut asked = Vec::new();
    let mut under_way = tokio::task::JoinSet::new();
    for kind in deck(&mut chance) {
        let snapshot = client.replica().await.expect("readable").expect("a snapshot");
        let view = View::of(snapshot.me, client.server_now().0, snapshot.entities);
        let command = command(kind, &view, &mut chance);
        let (files, clip) = promised(&command);
        let ticket = client.keep(Uuid::now_v7(), command.clone()).await.expect("kept on disk");
        for file in files {
            let bytes = vec![b'x'; file.size as usize];
            client.upload_bytes(file.id.0, &file.mime, bytes).await.expect("kept on disk");
        }
        if let Some(clip) = clip {
            client.upload(clip.0, UploadKind::Clip, "video/webm", media.clone()).await.expect("kept on disk");
        }
        let tally = tally.clone();
        under_way.spawn(async move {
            let decided = ticket.decided().await;
            tally.add(&command, decided.as_ref().err());
            match (command, decided) {
                (Command::Ask(ask), Ok(_)) => Some(ask.request),
                _ => None,
            }
        });
        // Mostly one after the other; sometimes several are on their way.
        if chance.below(4) > 0 {
            while let Some(done) = under_way.join_next().await {
                asked.extend(done.expect("no panic"));
            }
        }
    }
    while let Some(done) = under_way.join_next().await {
        asked.extend(done.expect("no panic"));
    }
    asked
}

/// Files whose bytes follow a command, and the clip that it begins.
fn promised(command: &Command) -> (Vec<NewAttachment>, Option<ClipId>) {
    match command {
        Command::Ask(ask) => (ask.attachments.clone(), None),
        Command::Say(say) => (say.attachments.clone(), None),
        Command::Answer(answer) => (answer.attachments.clone(), None),
        Command::AskBack(question) => (question.attachments.clone(), None),
        Command::StartClip(StartClip { clip, .. }) => (Vec::new(), Some(*clip)),
        _ => (Vec::new(), None),
    }
}

/// Goes through a deck by hand: each batch goes out again, as it was, until it is answered. [`Person`] checks that each
/// frame of the feed follows the one before.
pub async fn by_hand(mut person: Person, mut chance: Chance, tally: Arc<Tally>) -> Person {
    let mut n = 0;
    for kind in deck(&mut chance) {
        listens(&mut person).await;
        let view = View::of(person.id, person.heard_at.0, person.replica.values().cloned());
        n += 1;
        let command = command(kind, &view, &mut chance);
        let batch = Batch {
            client_id: person.client_id.clone(),
            acked: n - 1,
            commands: vec![Numbered { n, command_id: Uuid::now_v7(), command: command.clone() }],
        };
        let mut answer = loop {
            // A connection that was cut in the middle may say nothing at all; an app does not wait for ever either.
            let send = person.http(Method::POST, "/api/v1/commands").json(&batch).timeout(PATIENCE);
            let sent = async { send.send().await?.error_for_status()?.json::<BatchResult>().await };
            match within("an answer or a cut", sent).await {
                Ok(answer) => break answer,
                Err(error) => {
                    let passes = error.status().is_none_or(|status| status.is_server_error());
                    assert!(passes, "{command:?} was not even decided: {error}");
                    listens(&mut person).await;
                }
            }
        };
        let result = answer.results.remove(0);
        assert_eq!(result.n, n, "the answer to this command");
        tally.add(&command, result.refused.as_ref());
    }
    person
}

/// Hears what comes within a breath; where the feed was cut or begins anew, goes on as an app does.
pub async fn listens(person: &mut Person) {
    loop {
        let heard = if person.is_connected() {
            match tokio::time::timeout(BREATH, person.hears()).await {
                Ok(heard) => heard,
                Err(_) => return,
            }
        } else {
            Err(None)
        };
        let goes_on = match heard {
            Ok(FromServer::Reset { .. }) => person.tries_to_follow().await,
            Ok(_) => true,
            Err(_) => person.tries_to_connect().await,
        };
        if !goes_on {
            let _ = tokio::time::timeout(BREATH, std::future::pending::<()>()).await;
            return;
        }
    }
}

/// The proxy's address in front of a person's paths.
pub fn through(proxy: &CuttingProxy) -> String {
    format!("http://{}", proxy.address)
}
