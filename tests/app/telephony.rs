//! A telephone says that somebody is on a call: over real HTTP, to a real app with a real server.

use deskside_app::{app::App, to_ui::Shown};
use deskside_protocol::{
    Entity,
    values::{Status, Urgency},
};
use deskside_tests::server::{TestServer, until};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

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
