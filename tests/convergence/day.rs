//! The day itself.

use std::{
    path::Path,
    sync::{Arc, atomic::Ordering},
};

use deskside_client::{Client, Options};
use deskside_protocol::{
    Command, Entity,
    account::{Join, SetUp, SignIn, SignedIn},
    command::MakeInvite,
    id::InviteId,
    values::Role,
};
use deskside_server::hash_of;
use deskside_tests::{
    chance::{Chance, seed},
    cutting::CuttingProxy,
    desksided::{Desksided, desksided},
    person::Person,
    server::{converged, drained, until},
    within,
};
use serde_json::json;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{
    recipes::{FOUNDER, SPARE, around_the_clock},
    recording::recording,
    testers::{Tally, app, by_hand, listens, through},
};

const PASSWORD: &str = "correct horse battery";
/// Of the real binary during the day: killed, and ended in order.
const RESTARTS: u64 = 6;

async fn opened(folder: &Path, name: &str) -> Client {
    let mut options = Options::at(folder.join(name));
    options.keychain = false;
    Client::open(options).await.expect("a profile opens")
}

/// The organisation with its founder, whose desk is open around the clock; and a way for others to join.
async fn founded(folder: &Path, server: &Desksided, proxy: &CuttingProxy) -> (Client, String) {
    let mia = opened(folder, "mia").await;
    let link = server.set_up_link().expect("an empty server prints its set-up link");
    let set_up = SetUp {
        secret: format!("{}/set-up#{}", through(proxy), link.split_once('#').expect("a secret").1),
        org: "Numbra".into(),
        zone: "Europe/Berlin".into(),
        name: "Mia".into(),
        email: FOUNDER.into(),
        password: PASSWORD.into(),
        desk: "Phones help".into(),
    };
    mia.set_up(set_up).await.expect("founded");
    until("the desk", || async { mia.replica().await.expect("readable").is_some() }).await;
    let snapshot = mia.replica().await.expect("readable").expect("a snapshot");
    let desk = snapshot.entities.iter().find_map(|entity| match entity {
        Entity::Desk(desk) => Some(desk),
        _ => None,
    });
    let desk = desk.expect("set-up makes a desk");
    let open = json!({
        "desk": desk.id, "name": desk.name, "purpose": desk.purpose, "owner": desk.owner,
        "helpers": desk.helpers, "audience": desk.audience, "hours": around_the_clock(),
    });
    let open = Command::from_parts("edit_desk", open).expect("fits");
    mia.keep(Uuid::now_v7(), open).await.expect("kept").decided().await.expect("open around the clock");
    let secret = Uuid::new_v4().simple().to_string();
    let invite = MakeInvite {
        invite: InviteId::fresh(),
        secret_hash: hash_of(&secret).iter().map(|byte| format!("{byte:02x}")).collect(),
        role: Role::Lead,
        label: String::new(),
        uses: 20,
        days: 1,
    };
    mia.keep(Uuid::now_v7(), invite.into()).await.expect("kept").decided().await.expect("an invitation");
    (mia, secret)
}

fn joining(secret: String, name: &str) -> Join {
    let email = format!("{name}@numbra.example");
    Join { secret, name: name.into(), email, password: PASSWORD.into() }
}

async fn post<T: serde::Serialize>(base: &str, path: &str, body: &T) -> reqwest::Response {
    let sent = reqwest::Client::new().post(format!("{base}{path}")).json(body).send();
    let answer = within("an answer", sent).await.expect("the server answers");
    assert_eq!(answer.status(), 200, "{path}");
    answer
}

/// A device that speaks by hand, and follows.
async fn device(base: &str, email: &str) -> Person {
    let sign_in =
        SignIn { email: email.into(), password: PASSWORD.into(), device: "by hand".into(), token: true };
    let signed_in: SignedIn = post(base, "/api/v1/session", &sign_in).await.json().await.expect("signed in");
    let mut person = Person::new(email, base, signed_in);
    person.follows().await;
    person
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_day_of_everything_every_replica_is_what_a_fresh_snapshot_says() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let seed = seed();
    let mut chance = Chance(seed);
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("server");
    let mut server = Desksided::serve(&data, "127.0.0.1:0").expect("serves");
    let listen = server.address.to_string();
    let proxy = CuttingProxy::start(server.address, seed, (500, 150_000)).await.expect("a proxy");
    let base = through(&proxy);

    let (mia, secret) = founded(folder.path(), &server, &proxy).await;
    let mut apps = vec![mia];
    for name in ["sam", "ben"] {
        let client = opened(folder.path(), name).await;
        client.join(joining(format!("{base}/join#{secret}"), name)).await.expect("joined");
        until("a replica", || async { client.replica().await.expect("readable").is_some() }).await;
        apps.push(client);
    }
    for name in ["ana", SPARE.split_once('@').expect("an address").0] {
        post(&base, "/api/v1/join", &joining(secret.clone(), name)).await;
    }
    // Ana at one device, and Mia at a second one.
    let raw = [device(&base, "ana@numbra.example").await, device(&base, FOUNDER).await];

    let media = folder.path().join("clip.webm");
    std::fs::write(&media, recording(2).concat()).expect("writes");
    let tally = Arc::new(Tally::default());
    let mut by_app = JoinSet::new();
    for (at, client) in apps.iter().enumerate() {
        let day = app(client.clone(), chance.branch(), tally.clone(), media.clone());
        by_app.spawn(async move { (at, day.await) });
    }
    let mut hands = JoinSet::new();
    for person in raw {
        hands.spawn(by_hand(person, chance.branch(), tally.clone()));
    }
    proxy.cut(true);

    let all = 5 * (Command::KINDS.len() as u64 + 10);
    for restart in 1..=RESTARTS {
        let enough = all * restart / (RESTARTS + 1);
        until("so many commands", || async { tally.decided.load(Ordering::Relaxed) >= enough }).await;
        if chance.below(2) == 0 {
            server.kill().expect("it runs until it is killed");
        } else {
            server.end().expect("ends in order");
        }
        server = Desksided::serve(&data, &listen).expect("serves again");
    }
    let mut asked = vec![Vec::new(); apps.len()];
    while let Some(done) = by_app.join_next().await {
        let (at, requests) = done.expect("an app's day");
        asked[at] = requests;
    }
    let hands = hands.join_all().await;
    let cuts = proxy.cuts();
    proxy.cut(false);

    for (client, asked) in apps.iter().zip(asked) {
        client.hurry();
        drained(client).await;
        within("the files to be through", client.uploads_through()).await.expect("readable");
        converged(client).await;
        let replica = client.replica().await.expect("readable").expect("a snapshot");
        for request in asked {
            let is_there = |entity: &Entity| matches!(entity, Entity::Request(row) if row.id == request);
            let there = replica.entities.iter().filter(|entity| is_there(entity)).count();
            assert_eq!(there, 1, "an own question that was taken: {request}");
        }
    }
    for mut person in hands {
        let agreed = async {
            loop {
                listens(&mut person).await;
                if person.is_connected() && person.agrees().await {
                    return;
                }
            }
        };
        within("a raw client's replica to be a fresh snapshot", agreed).await;
    }
    drop(apps);
    server.end().expect("ends in order");
    let sound = desksided(&["verify"], &[("--data", &data)]).expect("sound");
    assert_eq!(sound, "everything is in order\n");
    let (tried, done) = tally.kinds();
    let decided = tally.decided.load(Ordering::Relaxed);
    println!(
        "{decided} commands of {tried} kinds decided, {done} kinds done; {cuts} cuts, {RESTARTS} restarts"
    );
    assert_eq!(tried, Command::KINDS.len(), "every kind was tried");
    assert!(done * 2 > tried, "only {done} of {tried} kinds were ever done: the recipes are too wild");
    assert!(cuts > 10, "the network was cut {cuts} times only");
}
