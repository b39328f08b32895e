//! A server that is its own authority is believed by whoever was given its fingerprint, and by nobody else.

use std::net::{SocketAddr, TcpListener};

use deskside_client::{Client, Connection, News, Options, SessionState, Trouble};
use deskside_protocol::{Code, account::SetUp};
use deskside_tests::{
    desksided::Desksided,
    server::{PATIENCE, converged},
};

async fn opened(folder: &tempfile::TempDir, name: &str) -> Client {
    let mut options = Options::at(folder.path().join(name));
    options.keychain = false;
    Client::open(options).await.expect("a profile opens")
}

fn set_up(link: &str) -> SetUp {
    SetUp {
        secret: link.to_owned(),
        org: "Numbra".into(),
        zone: "Europe/Berlin".into(),
        name: "Mia".into(),
        email: "mia@numbra.example".into(),
        password: "correct horse battery".into(),
        desk: "Phones help".into(),
    }
}

async fn online(client: &Client) {
    let mut news = client.subscribe().await.expect("news");
    let online = async {
        while !matches!(news.next().await.expect("news"), News::Connection { state: Connection::Online }) {}
    };
    tokio::time::timeout(PATIENCE, online).await.expect("the feed is followed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_of_its_own_authority_is_believed_by_the_pin_of_its_link_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("server");
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address: SocketAddr = free.expect("a free port");
    let url = format!("https://localhost:{}", address.port());
    let server = Desksided::serve_with(&data, &address.to_string(), &["--public-url", &url]).expect("serves");
    let link = server.set_up_link().expect("an empty server prints its set-up link").to_owned();
    let (bare, pin) = link.split_once("&pin=").expect("a pin");
    assert_eq!(pin.len(), 64);

    // Another fingerprint, or none: somebody in between, or a link that lost its end.
    let other = if pin.starts_with('0') { "1" } else { "0" };
    let wrong = format!("{bare}&pin={other}{}", &pin[1..]);
    for (name, link) in [("wrong", wrong.as_str()), ("none", bare)] {
        let client = opened(&folder, name).await;
        let refused = client.set_up(set_up(link)).await.expect_err(name);
        assert!(!matches!(refused, Trouble::Refused(_)), "{name}: {refused}");
        assert!(client.hello(Some(link)).await.is_err(), "{name}: nothing is even asked");
    }
    // The right one: over HTTP, over the socket, and after a restart of the app, which has kept it.
    let mia = opened(&folder, "mia").await;
    mia.set_up(set_up(&link)).await.expect("the link was used by nobody before");
    online(&mia).await;
    converged(&mia).await;
    drop(mia);
    let mia = opened(&folder, "mia").await;
    let mut news = mia.subscribe().await.expect("news");
    assert!(matches!(news.next().await, Some(News::Session { state: SessionState::In { .. } })));
    online(&mia).await;

    // A server that is somebody else's by now: the same address, another authority.
    drop(news);
    server.end().expect("ends in order");
    let other = folder.path().join("other");
    let _impostor =
        Desksided::serve_with(&other, &address.to_string(), &["--public-url", &url]).expect("serves");
    let refused = mia.fresh_snapshot().await.expect_err("another authority");
    assert!(!matches!(refused, Trouble::Refused(_)), "it was not even asked: {refused}");
}

#[tokio::test]
async fn plain_http_is_spoken_with_this_very_machine_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let client = opened(&folder, "mia").await;
    for link in ["http://desk.example.com/set-up#secret", "http://192.0.2.7:7373/set-up#secret"] {
        let refused = client.set_up(set_up(link)).await.expect_err(link);
        assert_eq!(refused.code(), Some(Code::Invalid), "{link}: {refused}");
        let refused = client.sign_in(Some(link), "mia@numbra.example", "correct horse battery").await;
        assert_eq!(refused.expect_err(link).code(), Some(Code::Invalid), "no password leaves for {link}");
    }
}
