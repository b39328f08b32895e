//! Coming in, being kept out, going.

use deskside_domain::time::{MINUTE, SECOND};
use deskside_protocol::{
    Code, Problem,
    account::{InviteOffer, Join, OneTimeLink, SetUp, SignIn, SignInByLink},
    command::{Deactivate, RevokeInvite, SetRole},
    values::Role,
};
use reqwest::Method;

use crate::support::House;

const PASSWORD: &str = "correct horse battery";

async fn code(answer: reqwest::Response) -> Code {
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    answer.json::<Problem>().await.expect("a problem").code
}

#[tokio::test(flavor = "multi_thread")]
async fn the_set_up_link_works_once() {
    let house = House::empty().await;
    let secret = house.set_up_secret().await;
    let set_up = |secret: &str, password: &str| SetUp {
        secret: secret.into(),
        org: "Numbra".into(),
        zone: "Europe/Berlin".into(),
        name: "Ada".into(),
        email: "Ada@Numbra.example".into(),
        password: password.into(),
        desk: "Phones help".into(),
    };
    assert_eq!(
        code(house.post("/api/v1/setup", &set_up("guessed", PASSWORD)).await).await,
        Code::InviteSpent
    );
    assert_eq!(code(house.post("/api/v1/setup", &set_up(&secret, "short")).await).await, Code::Invalid);
    let done = house.post("/api/v1/setup", &set_up(&secret, PASSWORD)).await;
    assert_eq!(done.status(), 200);
    let cookie = done.headers()["set-cookie"].to_str().expect("text").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    assert_eq!(code(house.post("/api/v1/setup", &set_up(&secret, PASSWORD)).await).await, Code::AlreadySetUp);
    // The founder owns the first desk, where everyone helps, Monday to Friday from nine to five.
    let ada = house.sign_in("ada@numbra.example").await;
    let desk = house.desk(&ada).await;
    assert_eq!(desk.owner, ada.id);
    assert_eq!(desk.hours.len(), 5);
    let hello: serde_json::Value = house.get("/api/v1/hello").await.json().await.expect("hello");
    assert_eq!((&hello["org"], &hello["set_up"]), (&"Numbra".into(), &true.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_says_what_it_offers_until_it_is_taken_back() {
    let (house, mut ada) = House::with_ada().await;
    let secret = house.invite(&mut ada, Role::Lead).await;
    let offer: InviteOffer =
        house.get(&format!("/api/v1/join/{secret}")).await.json().await.expect("an offer");
    assert_eq!((offer.org.as_str(), offer.role), ("Numbra", Role::Lead));
    let sid = house.join(&secret, "Sid").await;
    let join = |email: &str| Join {
        secret: secret.clone(),
        name: "Other".into(),
        email: email.into(),
        password: PASSWORD.into(),
    };
    assert_eq!(code(house.post("/api/v1/join", &join("sid@numbra.example")).await).await, Code::EmailTaken);
    let invites = ada.page("invites").await;
    let deskside_protocol::Entity::Invite(invite) = &invites[0] else { panic!("an invitation") };
    assert!(!serde_json::to_string(&invites).expect("JSON").contains(&secret), "the secret is not kept");
    assert!(sid.page("invites").await.is_empty(), "invitations are the admins'");
    ada.does(RevokeInvite { invite: invite.id }).await;
    assert_eq!(code(house.get(&format!("/api/v1/join/{secret}")).await).await, Code::InviteSpent);
    assert_eq!(code(house.post("/api/v1/join", &join("late@numbra.example")).await).await, Code::InviteSpent);
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_down_also_after_a_restart() {
    let (mut house, _ada) = House::with_ada().await;
    let sign_in = |email: &str, password: &str| SignIn {
        email: email.into(),
        password: password.into(),
        device: String::new(),
        token: false,
    };
    for _ in 0..5 {
        let wrong = house.post("/api/v1/session", &sign_in("ada@numbra.example", "wrong password")).await;
        assert_eq!(code(wrong).await, Code::WrongPassword);
    }
    let slow = house.post("/api/v1/session", &sign_in("ada@numbra.example", PASSWORD)).await;
    assert_eq!(slow.headers()["retry-after"], "1");
    assert_eq!(code(slow).await, Code::SlowDown, "even with the right password");
    house.restart().await;
    let slow = house.post("/api/v1/session", &sign_in("ADA@numbra.example", PASSWORD)).await;
    assert_eq!(code(slow).await, Code::SlowDown, "a restart forgives nothing, nor does another spelling");
    // Somebody who is not there is answered alike.
    let nobody = house.post("/api/v1/session", &sign_in("nobody@numbra.example", PASSWORD)).await;
    assert_eq!(code(nobody).await, Code::WrongPassword);
    house.clock.turn(2 * SECOND);
    assert_eq!(house.post("/api/v1/session", &sign_in("ada@numbra.example", PASSWORD)).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn deactivation_ends_sessions_and_sockets_at_once() {
    let (house, mut ada, [mut ben, mut ana]) = House::with_team(["Ben", "Ana"]).await;
    let desk = house.desk(&ben).await.id;
    let request = ana.asks(desk, "Ben takes this").await;
    ben.does(deskside_protocol::command::Take { request }).await;
    ben.follows().await;
    ana.follows().await;
    ada.does(Deactivate { person: ben.id }).await;
    assert_eq!(ben.hears_the_close().await, 4001);
    assert_eq!(code(ben.get("/api/v1/snapshot").await).await, Code::SignInNeeded);
    let again = SignIn {
        email: "ben@numbra.example".into(),
        password: PASSWORD.into(),
        device: String::new(),
        token: true,
    };
    assert_eq!(code(house.post("/api/v1/session", &again).await).await, Code::Deactivated);
    // His open request is the desk's again.
    ana.hears_until("the request at the desk", |ana| {
        let request = ana.replica.get(&deskside_protocol::EntityRef::Request(request));
        matches!(request, Some(deskside_protocol::Entity::Request(request)) if request.owner.is_none())
    })
    .await;
    ana.verifies().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_listed_and_ended_from_another_device() {
    let (house, _ada, [ana]) = House::with_team(["Ana"]).await;
    let mut lost = house.sign_in("ana@numbra.example").await;
    lost.follows().await;
    let list = async |person: &crate::support::Person| {
        let sessions: serde_json::Value =
            person.get("/api/v1/sessions").await.json().await.expect("sessions");
        sessions.as_array().expect("a list").clone()
    };
    let before = list(&ana).await;
    // Joining set a cookie: that is a session too.
    assert_eq!(before.len(), 3);
    assert_eq!(before.iter().filter(|session| session["current"] == true).count(), 1);
    let lost_id = list(&lost).await.into_iter().find(|session| session["current"] == true).expect("its own")
        ["id"]
        .clone();
    let path = format!("/api/v1/sessions/{}", lost_id.as_str().expect("an id"));
    assert_eq!(ana.http(Method::DELETE, &path).send().await.expect("answers").status(), 204);
    assert_eq!(lost.hears_the_close().await, 4001);
    assert_eq!(lost.get("/api/v1/snapshot").await.status(), 401);
    assert_eq!(list(&ana).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_makes_a_one_time_password_link() {
    let (house, ada, [ana]) = House::with_team(["Ana"]).await;
    let path = format!("/api/v1/people/{}/password-link", ana.id);
    assert_eq!(ana.http(Method::POST, &path).send().await.expect("answers").status(), 403);
    let link: OneTimeLink =
        ada.http(Method::POST, &path).send().await.expect("answers").json().await.expect("a link");
    let secret = link.link.split_once('#').expect("a secret").1.to_owned();
    let by_link = |new_password: Option<&str>| SignInByLink {
        secret: secret.clone(),
        new_password: new_password.map(str::to_owned),
        device: String::new(),
        token: true,
    };
    assert_eq!(
        code(house.post("/api/v1/session/link", &by_link(None)).await).await,
        Code::Empty,
        "only looked at"
    );
    assert_eq!(house.post("/api/v1/session/link", &by_link(Some("a brand new one"))).await.status(), 200);
    assert_eq!(ana.get("/api/v1/snapshot").await.status(), 401, "who knew the old password is out");
    let again = house.post("/api/v1/session/link", &by_link(Some("a brand new one"))).await;
    assert_eq!(code(again).await, Code::InviteSpent);
    let old = SignIn {
        email: "ana@numbra.example".into(),
        password: PASSWORD.into(),
        device: String::new(),
        token: true,
    };
    assert_eq!(code(house.post("/api/v1/session", &old).await).await, Code::WrongPassword);

    let link: OneTimeLink =
        ada.http(Method::POST, &path).send().await.expect("answers").json().await.expect("a link");
    house.clock.turn(25 * 60 * MINUTE);
    let late = SignInByLink {
        secret: link.link.split_once('#').expect("a secret").1.into(),
        ..by_link(Some("too late for this"))
    };
    assert_eq!(code(house.post("/api/v1/session/link", &late).await).await, Code::InviteSpent, "after a day");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_becomes_an_admin_sees_what_admins_see() {
    let (house, mut ada, [mut sam]) = House::with_team(["Sam"]).await;
    sam.follows().await;
    assert!(!sam.holds("secret_hash"));
    ada.does(SetRole { person: sam.id, role: Role::Admin }).await;
    // The rights changed: the feed says so and Sam starts again.
    let reset = loop {
        match sam.hears().await {
            Ok(deskside_protocol::feed::FromServer::Reset { reason }) => break reason,
            Ok(_) => {}
            Err(close) => panic!("cut off: {close:?}"),
        }
    };
    assert_eq!(reset, deskside_protocol::feed::ResetReason::Rights);
    // Cut off before the snapshot came, Sam's app comes back from where it was: it must hear so again.
    assert_eq!(sam.hears_the_close().await, 1000);
    sam.connects().await;
    let reset = sam.hears().await.expect("a frame");
    assert!(matches!(reset, deskside_protocol::feed::FromServer::Reset { .. }), "{reset:?}");
    sam.is_cut_off();
    sam.follows().await;
    assert!(sam.holds("secret_hash"), "the team link is shown to admins");
    // Away while it is taken back.
    sam.is_cut_off();
    ada.does(SetRole { person: sam.id, role: Role::Agent }).await;
    // Once more cut off at the worst moment: what admins see may not stay for want of a snapshot.
    for _ in 0..2 {
        sam.connects().await;
        let reset = sam.hears().await.expect("a frame");
        assert!(matches!(reset, deskside_protocol::feed::FromServer::Reset { .. }), "{reset:?}");
        sam.is_cut_off();
    }
    sam.follows().await;
    assert!(!sam.holds("secret_hash"));
    drop(house);
}
