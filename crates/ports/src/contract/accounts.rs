//! Sign-in data.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "this is test code")]

use deskside_domain::{Row, Time, id::PersonId, time::DAY};

use super::{
    Place,
    rows::{person, put, uuid},
};
use crate::accounts::{LinkPurpose, LinkRow};

/// A password is found by the sign-in name the person has now.
pub async fn passwords_belong_to_people(place: &dyn Place) {
    let opened = place.open().await;
    let (ana, accounts) = (PersonId(uuid(1)), &opened.accounts);
    accounts.set_password(ana, "hash one").await.unwrap();
    assert_eq!(accounts.password("1@numbra.example").await.unwrap(), None, "there is no such person yet");
    put(&*opened.store, [Row::Person(person(1, "Ana")), Row::Person(person(2, "Sam"))]).await;
    assert_eq!(accounts.password("1@numbra.example").await.unwrap(), Some((ana, "hash one".to_owned())));
    assert_eq!(accounts.password("2@numbra.example").await.unwrap(), None, "Sam has none");
    accounts.set_password(ana, "hash two").await.unwrap();
    let mut renamed = person(1, "Ana");
    renamed.email = "ana@numbra.example".to_owned();
    put(&*opened.store, [Row::Person(renamed)]).await;
    drop(opened);
    let accounts = place.open().await.accounts;
    assert_eq!(accounts.password("ana@numbra.example").await.unwrap(), Some((ana, "hash two".to_owned())));
    assert_eq!(accounts.password("1@numbra.example").await.unwrap(), None);
}

/// A session is found by its token, listed and ended by its person only.
pub async fn sessions_begin_and_end(place: &dyn Place) {
    let opened = place.open().await;
    let (ana, sam, accounts) = (PersonId(uuid(1)), PersonId(uuid(2)), &opened.accounts);
    let laptop = accounts.begin_session([1; 32], ana, "laptop", Time(10)).await.unwrap();
    let phone = accounts.begin_session([2; 32], ana, "phone", Time(20)).await.unwrap();
    let desk = accounts.begin_session([3; 32], sam, "desk", Time(15)).await.unwrap();
    assert!(laptop != phone && phone != desk);
    let session = accounts.session([1; 32]).await.unwrap().unwrap();
    assert_eq!(
        (session.id.as_str(), session.person, session.device.as_str()),
        (laptop.as_str(), ana, "laptop")
    );
    assert_eq!(session.since, Time(10));
    let listed: Vec<String> =
        accounts.sessions_of(ana).await.unwrap().into_iter().map(|session| session.device).collect();
    assert_eq!(listed, ["phone", "laptop"]);
    assert!(!accounts.end_session(sam, &laptop).await.unwrap(), "Sam can't end Ana's");
    assert!(accounts.end_session(ana, &laptop).await.unwrap());
    assert!(!accounts.end_session(ana, &laptop).await.unwrap());
    drop(opened);
    let accounts = place.open().await.accounts;
    assert!(accounts.session([1; 32]).await.unwrap().is_none());
    assert!(accounts.session([2; 32]).await.unwrap().is_some());
    accounts.end_sessions_of(ana).await.unwrap();
    assert!(accounts.sessions_of(ana).await.unwrap().is_empty());
    assert!(accounts.session([3; 32]).await.unwrap().is_some());
}

/// Of many who use a link at once, one gets it; a link that is over is nobody's.
pub async fn links_are_used_once(place: &dyn Place) {
    let opened = place.open().await;
    let ana = PersonId(uuid(1));
    let purposes = [LinkPurpose::SetUp, LinkPurpose::SignIn(ana), LinkPurpose::NewPassword(ana)];
    let link = |n: u8, purpose| LinkRow { secret_hash: [n; 32], purpose, expires_at: Time(1_000) };
    for (n, purpose) in (0..).zip(purposes) {
        opened.accounts.keep_link(link(n, purpose)).await.unwrap();
    }
    drop(opened);
    let accounts = place.open().await.accounts;
    for (n, purpose) in (0..).zip(purposes) {
        assert_eq!(accounts.link([n; 32], Time(999)).await.unwrap(), Some(link(n, purpose)));
    }
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let accounts = accounts.clone();
        tasks.spawn(async move { accounts.use_link([1; 32], Time(5)).await.unwrap() });
    }
    let used: Vec<LinkRow> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(used, [link(1, purposes[1])]);
    assert_eq!(accounts.link([1; 32], Time(5)).await.unwrap(), None);
    assert_eq!(accounts.link([2; 32], Time(1_000)).await.unwrap(), None, "over");
    assert_eq!(accounts.use_link([2; 32], Time(1_000)).await.unwrap(), None);
    assert!(accounts.use_link([2; 32], Time(999)).await.unwrap().is_some());
    accounts.forget_old(Time(1_000)).await.unwrap();
    assert_eq!(accounts.link([0; 32], Time(0)).await.unwrap(), None, "forgotten");
}

/// A restart is no way around the throttle.
pub async fn failures_survive(place: &dyn Place) {
    let opened = place.open().await;
    assert_eq!(opened.accounts.failures("ana").await.unwrap(), (0, Time(0)));
    for at in [DAY, DAY + 1, DAY + 2] {
        opened.accounts.add_failure("ana", Time(at)).await.unwrap();
    }
    opened.accounts.add_failure("sam", Time(7)).await.unwrap();
    drop(opened);
    let accounts = place.open().await.accounts;
    assert_eq!(accounts.failures("ana").await.unwrap(), (3, Time(DAY + 2)));
    accounts.forget_old(Time(DAY + 8)).await.unwrap();
    assert_eq!(accounts.failures("sam").await.unwrap().0, 0, "a day is long enough");
    assert_eq!(accounts.failures("ana").await.unwrap().0, 3);
    accounts.clear_failures("ana").await.unwrap();
    assert_eq!(accounts.failures("ana").await.unwrap().0, 0);
}
