//! `kill -9` of the real server at random moments, under load: three apps that ask, one that uploads, one that follows
//! the feed. Whatever was acknowledged is there, once; promised bytes are there; the follower's rows are the server's.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use deskside_protocol::{
    Entity,
    command::{Ask, StartClip},
    feed::{Batch, BatchResult, FromServer, Numbered},
    id::{ClipId, DeskId, RequestId},
};
use deskside_tests::{
    chance::{Chance, seed},
    desksided::{Desksided, desksided},
    person::{Person, question},
    within,
};
use reqwest::{Client, Method};
use tokio::sync::watch;
use uuid::Uuid;

use super::support::{byte_at, desk, founder};

/// Kills; `KILL_ROUNDS` asks for another number.
const ROUNDS: u64 = 100;
const ASKERS: u64 = 3;
/// Between two tries while the server is down.
const BREATH: Duration = Duration::from_millis(20);

/// What the load and the killer know of each other.
struct Days {
    base: String,
    token: String,
    /// How often the server was started.
    up: watch::Sender<u64>,
    /// Answers since the start.
    answers: AtomicU64,
    over: watch::Sender<bool>,
}

impl Days {
    /// One try, which fails when the server is killed under it; then waits for its next start, for a moment.
    async fn tries<T>(&self, what: impl Future<Output = reqwest::Result<T>>) -> Option<T> {
        let mut up = self.up.subscribe();
        match within("an answer or a cut", what).await {
            Ok(answer) => {
                self.answers.fetch_add(1, Ordering::Relaxed);
                Some(answer)
            }
            Err(_) => {
                let _ = tokio::time::timeout(BREATH, up.changed()).await;
                None
            }
        }
    }

    fn is_over(&self) -> bool {
        *self.over.borrow()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_over_a_hundred_kills() {
    let rounds = std::env::var("KILL_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(ROUNDS);
    let mut chance = Chance(seed());
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let mut server = Desksided::serve(&data, "127.0.0.1:0").expect("serves");
    let listen = server.address.to_string();
    let mut mia = founder(&server).await;
    let (desk, clip) = (desk(&mia).await, ClipId::fresh());
    mia.does(StartClip {
        clip,
        request: None,
        width: 16,
        height: 16,
        sound: false,
        in_browser: false,
        reviewed: false,
        system_sound: false,
    })
    .await;
    mia.begins_upload("clip", clip.0, None).await;
    let mut follower = super::support::signed_in(server.address).await;
    follower.follows().await;

    let days = Arc::new(Days {
        base: mia.base.clone(),
        token: mia.token.clone(),
        up: watch::Sender::new(1),
        answers: AtomicU64::new(0),
        over: watch::Sender::new(false),
    });
    let mut askers = tokio::task::JoinSet::new();
    for _ in 0..ASKERS {
        let token = super::support::signed_in(server.address).await.token;
        askers.spawn(asks(days.clone(), token, desk, Chance(chance.below(u64::MAX))));
    }
    let uploader = tokio::spawn(uploads(days.clone(), clip, Chance(chance.below(u64::MAX))));
    let following = tokio::spawn(follows(days.clone(), follower));

    let began = Instant::now();
    for round in 0..rounds {
        // Mostly while it works, sometimes as soon as it listens; every tenth dies again before it does.
        let enough = days.answers.load(Ordering::Relaxed) + chance.below(24);
        within("answers", async {
            while days.answers.load(Ordering::Relaxed) < enough {
                tokio::task::yield_now().await;
            }
        })
        .await;
        server.kill().expect("it runs until it is killed");
        if round % 10 == 9 {
            let (mut child, _) = Desksided::spawn(&data, &listen).expect("starts");
            tokio::time::sleep(Duration::from_millis(chance.below(60))).await;
            child.kill().expect("kill");
            child.wait().expect("ends");
        }
        server = Desksided::serve(&data, &listen).unwrap_or_else(|error| panic!("round {round}: {error:#}"));
        days.up.send_modify(|up| *up += 1);
    }
    days.over.send_replace(true);
    let took = began.elapsed();
    let mut asked = Vec::new();
    for line in askers.join_all().await {
        asked.extend(line);
    }
    let promised = within("the uploader to end", uploader).await.expect("no panic");
    let mut follower = within("the follower to end", following).await.expect("no panic");

    follower.connects().await;
    follower.verifies().await;
    let mut there: Vec<RequestId> = Vec::new();
    let mut texts = 0;
    for entity in follower.replica.values() {
        match entity {
            Entity::Request(request) => there.push(request.id),
            Entity::Message(_) => texts += 1,
            _ => {}
        }
    }
    asked.sort();
    there.sort();
    assert_eq!(there, asked, "every question that was acknowledged is there, and no other");
    assert_eq!(texts, asked.len(), "each once");
    let kept = mia.get(&format!("/media/clip/{clip}")).await.bytes().await.expect("bytes");
    assert!(kept.len() as u64 >= promised, "{promised} bytes were promised, {} are kept", kept.len());
    assert!((0..).zip(&kept).all(|(at, byte)| *byte == byte_at(at)), "other bytes than sent");
    server.end().expect("ends in order");
    let sound = desksided(&["verify"], &[("--data", &data)]).expect("sound");
    assert_eq!(sound, "everything is in order\n");
    assert!(asked.len() as u64 > rounds, "hardly anything was asked");
    println!(
        "{rounds} kills in {:.1} s: {} questions acknowledged, {promised} bytes promised",
        took.as_secs_f32(),
        asked.len()
    );
}

/// An app's line of commands: a batch goes out again, as it was, until it is answered. What was acknowledged.
async fn asks(days: Arc<Days>, token: String, desk: DeskId, mut chance: Chance) -> Vec<RequestId> {
    let http = Client::new();
    let client_id = Uuid::now_v7().to_string();
    let mut asked = Vec::new();
    let mut n = 0;
    while !days.is_over() {
        let asks: Vec<Ask> =
            (0..=chance.below(4)).map(|at| question(desk, &format!("question {}", n + at + 1))).collect();
        let acked = n;
        let commands = asks.iter().map(|ask| {
            n += 1;
            Numbered { n, command_id: Uuid::now_v7(), command: ask.clone().into() }
        });
        let batch = Batch { client_id: client_id.clone(), acked, commands: commands.collect() };
        let answer = loop {
            let send = http.post(format!("{}/api/v1/commands", days.base)).bearer_auth(&token).json(&batch);
            let sent = async { send.send().await?.error_for_status()?.json::<BatchResult>().await };
            if let Some(answer) = days.tries(sent).await {
                break answer;
            }
        };
        assert_eq!(answer.results.len(), batch.commands.len());
        for (ask, result) in asks.iter().zip(answer.results) {
            // One that had been done twice would be told that its id is taken.
            assert_eq!(result.refused, None, "{}", ask.text);
            asked.push(ask.request);
        }
    }
    asked
}

/// A recorder: appends from wherever the server stands, which is never before what it has promised. Returns that.
async fn uploads(days: Arc<Days>, clip: ClipId, mut chance: Chance) -> u64 {
    let http = Client::new();
    let mut promised = 0_u64;
    let upload = |method: Method| {
        let url = format!("{}/api/v1/uploads/{clip}", days.base);
        http.request(method, url).bearer_auth(&days.token).header("Tus-Resumable", "1.0.0")
    };
    let offset_in = |answer: &reqwest::Response| -> u64 {
        answer.headers()["upload-offset"].to_str().expect("text").parse().expect("a number")
    };
    while !days.is_over() {
        let Some(head) = days.tries(async { upload(Method::HEAD).send().await }).await else { continue };
        let offset = offset_in(&head);
        assert!(offset >= promised, "{promised} bytes were promised, the server stands at {offset}");
        promised = offset;
        for _ in 0..chance.below(6) {
            let piece: Vec<u8> = (promised..promised + 1 + chance.below(40_000)).map(byte_at).collect();
            let patch = upload(Method::PATCH)
                .header("Upload-Offset", promised)
                .header("Content-Type", "application/offset+octet-stream")
                .body(piece);
            let Some(answer) = days.tries(async { patch.send().await?.error_for_status() }).await else {
                break;
            };
            promised = offset_in(&answer);
        }
    }
    promised
}

/// Follows the feed over every kill; `Person` checks that no frame is lost or doubled.
async fn follows(days: Arc<Days>, mut person: Person) -> Person {
    let (mut up, mut over) = (days.up.subscribe(), days.over.subscribe());
    loop {
        tokio::select! {
            heard = person.hears() => match heard {
                Ok(frame) => assert!(!matches!(frame, FromServer::Reset { .. }), "{frame:?}"),
                Err(_) => while !days.is_over() && !person.tries_to_connect().await {
                    let _ = tokio::time::timeout(BREATH, up.changed()).await;
                },
            },
            () = async { drop(over.wait_for(|over| *over).await) } => {
                person.is_cut_off();
                return person;
            }
        }
    }
}
