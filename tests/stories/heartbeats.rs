//! Connections that only seem to be there: a machine that fell asleep, a session that ended somewhere else.

use std::time::Duration;

use deskside_domain::id::PersonId;
use deskside_protocol::{Mirror, feed::FromServer};
use deskside_server::Limits;

use crate::support::{House, Person};

/// Beats fast enough for a test, and patient enough for a busy machine.
const QUICK: Limits =
    Limits { connections: 100, beat: Duration::from_millis(250), dead_after: Duration::from_secs(2) };

/// What `who` was last told of `whom`.
fn is_here(who: &Person, whom: &Person) -> Option<bool> {
    let told = who.fleeting.iter().rev().filter_map(|frame| match frame {
        FromServer::Presence { people } => people.iter().rev().find(|here| here.person == whom.id),
        _ => None,
    });
    told.map(|here| here.connected).next()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_fell_asleep_is_not_taken_for_a_person_at_a_desk() {
    let (house, _ada, [mut ana, mut sam]) = House::limited(QUICK).await.with_people(["Ana", "Sam"]).await;
    ana.follows().await;
    sam.follows().await;
    sam.hears_until("Ana to be here", |sam| is_here(sam, &ana) == Some(true)).await;
    // From now on nobody reads or answers on Ana's side, and nothing closes the connection.
    sam.hears_until("Ana to be gone", |sam| is_here(sam, &ana) == Some(false)).await;
    // Sam's app answered every beat meanwhile, and its connection still carries.
    let desk = house.desk(&sam).await.id;
    sam.asks(desk, "still there?").await;
    sam.verifies().await;
    let close = ana.hears_the_close().await;
    assert!(close == 1000 || close == 0, "ended without a complaint: {close}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_nobody_told_the_socket_of_is_ended_by_the_next_beat() {
    let (house, _ada, [mut ana]) = House::limited(QUICK).await.with_people(["Ana"]).await;
    ana.follows().await;
    let person: PersonId = ana.id.into_domain();
    let accounts = &house.parts().accounts;
    let session = accounts.sessions_of(person).await.expect("reads").remove(0);
    // In the store alone, as another node of the same organisation would.
    assert!(accounts.end_session(person, &session.id).await.expect("ends"));
    assert_eq!(ana.hears_the_close().await, 4001, "signed out");
}
