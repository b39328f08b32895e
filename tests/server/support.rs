//! An organisation of one on the real binary.

use std::net::SocketAddr;

use deskside_protocol::{
    Entity,
    account::{SetUp, SignIn, SignedIn},
    id::DeskId,
};
use deskside_tests::{desksided::Desksided, person::Person, within};
use reqwest::Client;

const EMAIL: &str = "mia@numbra.example";
const PASSWORD: &str = "correct horse battery";

/// Opens the set-up link that `server` printed and signs the founder in.
pub async fn founder(server: &Desksided) -> Person {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let link = server.set_up_link().expect("an empty server prints its set-up link");
    let set_up = SetUp {
        secret: link.split_once('#').expect("a secret").1.into(),
        org: "Numbra".into(),
        zone: "Europe/Berlin".into(),
        name: "Mia".into(),
        email: EMAIL.into(),
        password: PASSWORD.into(),
        desk: "Phones help".into(),
    };
    let base = format!("http://{}", server.address);
    let sent = Client::new().post(format!("{base}/api/v1/setup")).json(&set_up).send();
    let answer = within("the set-up", sent).await.expect("the server answers");
    assert_eq!(answer.status(), 200);
    signed_in(server.address).await
}

/// A new device of the founder.
pub async fn signed_in(address: SocketAddr) -> Person {
    let base = format!("http://{address}");
    let device = "test".into();
    let sign_in = SignIn { email: EMAIL.into(), password: PASSWORD.into(), device, token: true };
    let sent = Client::new().post(format!("{base}/api/v1/session")).json(&sign_in).send();
    let answer = within("a session", sent).await.expect("the server answers");
    assert_eq!(answer.status(), 200);
    let signed_in: SignedIn = answer.json().await.expect("an answer to sign-in");
    Person::new("Mia", &base, signed_in)
}

/// The first desk.
pub async fn desk(person: &Person) -> DeskId {
    let desks = person.page("desks").await;
    let found = desks.into_iter().find_map(|entity| match entity {
        Entity::Desk(desk) => Some(desk.id),
        _ => None,
    });
    found.expect("set-up makes a desk")
}

/// The byte at `at` of a file that differs everywhere.
pub fn byte_at(at: u64) -> u8 {
    (at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8
}

/// The first `length` bytes of that file.
pub fn bytes(length: u64) -> Vec<u8> {
    (0..length).map(byte_at).collect()
}
