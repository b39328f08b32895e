//! A telephone says that somebody is on a call: over real HTTP, to a real app with a real server.

use std::sync::Arc;

use deskside_app::{app::App, to_ui::Shown};
use deskside_protocol::{
    Entity,
    command::SetStatus,
    values::{Status, Urgency},
};
use deskside_tests::server::{TestServer, until};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

async fn status(app: &App) -> Option<Status> {
    let snapshot = app.client.replica().await.expect("readable")?;
    snapshot.entities.into_iter().find_map(|entity| match entity {
        Entity::Person(person) if person.id == snapshot.me => Some(person.status),
        _ => None,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_on_the_telephone_is_seen_by_colleagues_and_fills_the_next_question() {
    let server = TestServer::start().await.expect("a server");
    let founder = server.founder(server.address).await.expect("a founder");
    let folder = founder.folder().to_owned();
    drop(founder);
    let app = App::open(folder.clone()).await.expect("the profile opens");
    until("the person to be known", || async { status(&app).await == Some(Status::Available) }).await;

    let door = || -> Value {
        let text = std::fs::read(folder.join("telephony.json")).expect("the address is written down");
        serde_json::from_slice(&text).expect("JSON")
    };
    let (address, secret) = (door()["address"].clone(), door()["secret"].clone());
    let (address, secret) = (address.as_str().expect("an address"), secret.as_str().expect("a secret"));
    // Chosen once in a program; the app's own client brings its own.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = Client::new();
    let say = async |secret: &str, body: Value, origin: Option<&str>| {
        let mut request = http.post(address).bearer_auth(secret).json(&body);
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        request.send().await.expect("the app listens").status()
    };
    let begins = json!({ "on_call": true, "contact": "ZD 4711" });
    assert_eq!(say("guessed", begins.clone(), None).await, StatusCode::UNAUTHORIZED);
    assert_eq!(say(secret, begins.clone(), Some("https://evil.example")).await, StatusCode::FORBIDDEN);
    assert_eq!(say(secret, json!({ "on_call": "yes" }), None).await, StatusCode::UNPROCESSABLE_ENTITY);
    let Shown::Ask { urgency, .. } = app.question(None) else { panic!("a question") };
    assert_eq!(urgency, None, "nobody was heard yet");

    assert_eq!(say(secret, begins, None).await, StatusCode::NO_CONTENT);
    until("being on a call", || async { status(&app).await == Some(Status::OnCall) }).await;
    let Shown::Ask { urgency, .. } = app.question(None) else { panic!("a question") };
    let guess = app.ticket(None, None).await.expect("the contact");
    assert_eq!((guess.ticket.label.as_str(), guess.guessed), ("ZD 4711", false));
    assert_eq!(urgency, Some(Urgency::Live), "a customer is on the line");

    assert_eq!(say(secret, json!({ "on_call": false }), None).await, StatusCode::NO_CONTENT);
    until("being back", || async { status(&app).await == Some(Status::Available) }).await;
    let Shown::Ask { urgency, .. } = app.question(None) else { panic!("a question") };
    assert_eq!(urgency, None);
    assert_eq!(say(secret, json!({ "on_call": false }), None).await, StatusCode::NO_CONTENT, "once more");
}

/// An app whose person is signed in and known, and the address and secret that its telephone has.
async fn opened(server: &TestServer) -> (Arc<App>, Door) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let app = App::open_as(server.options("founder")).await.expect("the profile opens");
    until("the person to be known", || async { status(&app).await.is_some() }).await;
    let door = door(&app);
    (app, door)
}

#[derive(Debug, PartialEq)]
struct Door {
    address: String,
    secret: String,
}

fn door(app: &App) -> Door {
    let text = std::fs::read(app.client.folder().join("telephony.json")).expect("it is written down");
    let door: Value = serde_json::from_slice(&text).expect("JSON");
    let of = |key: &str| door[key].as_str().expect("a text").to_owned();
    Door { address: of("address"), secret: of("secret") }
}

impl Door {
    async fn say(&self, body: Value) -> StatusCode {
        let said = Client::new().post(&self.address).bearer_auth(&self.secret).json(&body).send().await;
        said.expect("the app listens").status()
    }

    async fn call(&self) {
        assert_eq!(self.say(json!({ "on_call": true })).await, StatusCode::NO_CONTENT);
    }

    async fn hang_up(&self) {
        assert_eq!(self.say(json!({ "on_call": false })).await, StatusCode::NO_CONTENT);
    }
}

async fn is(app: &App, wanted: Status) {
    until(&format!("being {wanted:?}"), || async { status(app).await == Some(wanted) }).await;
}

async fn say(app: &App, status: Status) {
    let said = SetStatus { status, until: None };
    app.client.keep(Uuid::now_v7(), said.into()).await.expect("kept").decided().await.expect("said");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_call_one_is_what_one_was_or_has_said_since() {
    let server = TestServer::start().await.expect("a server");
    drop(server.founder(server.address).await.expect("a founder"));
    let (app, door) = opened(&server).await;

    say(&app, Status::Away).await;
    is(&app, Status::Away).await;
    // Two calls without a moment between them: what was before is not "on a call".
    door.call().await;
    door.hang_up().await;
    door.call().await;
    is(&app, Status::OnCall).await;
    door.hang_up().await;
    is(&app, Status::Away).await;

    door.call().await;
    is(&app, Status::OnCall).await;
    say(&app, Status::Off).await;
    is(&app, Status::Off).await;
    door.hang_up().await;
    say_nothing_more(&app).await;
    assert_eq!(status(&app).await, Some(Status::Off), "what was said by hand during the call stays");

    say(&app, Status::OnCall).await;
    is(&app, Status::OnCall).await;
    door.hang_up().await;
    say_nothing_more(&app).await;
    assert_eq!(status(&app).await, Some(Status::OnCall), "said by hand, and no telephone knows of it");

    say(&app, Status::Available).await;
    is(&app, Status::Available).await;
    door.call().await;
    is(&app, Status::OnCall).await;
    drop(app);
    let (app, door) = opened(&server).await;
    door.hang_up().await;
    is(&app, Status::Available).await;

    let long = "x".repeat(501);
    let refused = door.say(json!({ "on_call": true, "contact": long })).await;
    assert_eq!(refused, StatusCode::UNPROCESSABLE_ENTITY, "it is said, not cut or dropped");
    let umlauts = "\u{fc}".repeat(500);
    assert_eq!(door.say(json!({ "on_call": true, "contact": umlauts })).await, StatusCode::NO_CONTENT);
}

/// Everything that was kept is decided and here.
async fn say_nothing_more(app: &App) {
    until("the outbox to be empty", || async { app.client.waiting().await.expect("readable").is_empty() })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_secret_stays_with_its_port_and_goes_with_it() {
    let server = TestServer::start().await.expect("a server");
    drop(server.founder(server.address).await.expect("a founder"));
    let (app, first) = opened(&server).await;
    let port = reqwest::Url::parse(&first.address).expect("an address").port().expect("a port");
    let free = || std::net::TcpListener::bind(("127.0.0.1", port)).ok();
    drop(app);
    until("the port to be free", || async { free().is_some() }).await;
    let (app, second) = opened(&server).await;
    assert_eq!(first, second, "what was connected stays so");

    drop(app);
    let mut other = None;
    until("another program to have the port", || {
        other = other.take().or_else(free);
        let has = other.is_some();
        async move { has }
    })
    .await;
    let (_app, third) = opened(&server).await;
    assert_ne!(third.address, first.address);
    assert_ne!(third.secret, first.secret, "that program may have been told the old one");
}
