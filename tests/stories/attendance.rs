//! The last one on duty goes: whoever answers for the desk is told, once, whatever way it happened, also where the server
//! was away meanwhile; and it is over when somebody is there again. Nobody learns who went.

use deskside_app::notices::{Notice, Watch};
use deskside_domain::{
    Key,
    time::{HOUR, MINUTE, SECOND},
};
use deskside_protocol::{
    Entity, EntityRef, Mirror,
    charter::DutySlot,
    command::*,
    feed::Change,
    id::{DeskId, PersonId},
    place::Place,
    values::Status,
};

use crate::{
    desk::phones,
    support::{House, Person, within},
};

/// Whom the desk tells that nobody is there, as this person's app knows it.
fn told(person: &Person, desk: DeskId) -> Option<Vec<PersonId>> {
    match person.replica.get(&EntityRef::Desk(desk)) {
        Some(Entity::Desk(desk)) => desk.unwatched.as_ref().map(|row| row.tells.clone()),
        _ => None,
    }
}

/// Waits until the server has looked whether somebody is at the desk, and found that it is so.
async fn looked(house: &House, desk: DeskId, is_watched: bool) {
    let store = house.parts().store.clone();
    let mut hints = house.parts().bus.listen();
    let key = Key::Desk(desk.into_domain());
    let found = async {
        loop {
            let state = store.row(&key).await.expect("the store answers");
            if state.desk(desk.into_domain()).expect("the desk").unwatched.is_none() == is_watched {
                return;
            }
            let _ = hints.recv().await;
        }
    };
    within(&format!("the desk to be found watched: {is_watched}"), found).await;
}

/// 10:45 in Berlin. Sam owns Phones help and is on duty till noon, Sid stands in, Ben is a member.
#[tokio::test(flavor = "multi_thread")]
async fn the_last_one_on_duty_goes_and_those_who_answer_for_the_desk_know_it_until_somebody_is_there() {
    let (mut house, mut ada, [sam, mut sid, mut ben]) = House::with_team(["Sam", "Sid", "Ben"]).await;
    let desk = phones(&house, &mut ada, sam.id, sid.id, ben.id).await;
    let [sams, sids, bens] = [sam.id, sid.id, ben.id];
    // Ben is on duty all day.
    let slots = (1..=5).map(|weekday| DutySlot { weekday, from: 480, to: 1_020, person: bens }).collect();
    ada.does(SetRota { desk, slots }).await;
    sid.follows().await;
    ben.follows().await;
    looked(&house, desk, true).await;
    let mut watch = Watch::default();
    watch.begin(sids, &sid.replica.values().cloned().collect::<Vec<_>>());

    // A lid that is closed and opened again is nothing.
    ben.is_cut_off();
    looked(&house, desk, false).await;
    house.clock.turn(30 * SECOND);
    ben.connects().await;
    looked(&house, desk, true).await;
    house.clock.turn(5 * MINUTE);
    sid.verifies().await;
    assert_eq!(told(&sid, desk), None);

    // He goes. Who asks now is told at once that nobody is there; after two minutes Sid and Sam are, and nobody is named.
    let path = format!("/api/v1/desks/{desk}/place?urgency=live");
    let place = async |ada: &Person| ada.get(&path).await.json::<Place>().await.expect("a place");
    assert_eq!(place(&ada).await.here, None, "Ben is there");
    ben.is_cut_off();
    looked(&house, desk, false).await;
    assert_eq!((place(&ada).await.on_duty, place(&ada).await.here), (1, Some(0)));
    house.clock.turn(2 * MINUTE - SECOND);
    sid.verifies().await;
    assert_eq!(told(&sid, desk), None, "not a second early");
    house.clock.turn(SECOND);
    sid.hears_until("the desk being unwatched", |sid| told(sid, desk) == Some(vec![sids, sams])).await;
    let changes = |sid: &Person| sid.replica.values().cloned().map(Change::Put).collect::<Vec<_>>();
    let notices = watch.changed(&changes(&sid));
    assert!(
        matches!(&notices[..], [Notice::Unwatched { desk: at, name }] if *at == desk && name == "Phones help"),
        "{notices:?}"
    );
    let Some(Entity::Desk(row)) = sid.replica.get(&EntityRef::Desk(desk)) else { panic!("the desk") };
    let shown = serde_json::to_value(&row.unwatched).expect("JSON");
    assert_eq!(shown, serde_json::json!({ "tells": [sids, sams] }), "neither who went nor when");

    // Also after a restart, and once.
    house.restart().await;
    sid.base = house.base.clone();
    sid.connects().await;
    house.clock.turn(HOUR / 2);
    sid.verifies().await;
    assert_eq!(told(&sid, desk), Some(vec![sids, sams]));
    assert_eq!(watch.changed(&changes(&sid)), []);

    // Sid takes the duty over for the rest of the day: it is over.
    sid.does(SetRota { desk, slots: vec![DutySlot { weekday: 5, from: 480, to: 1_020, person: sids }] })
        .await;
    sid.hears_until("the desk being watched", |sid| told(sid, desk).is_none()).await;
    assert_eq!(watch.changed(&changes(&sid)), [Notice::Watched { desk }]);
    sid.verifies().await;
}

/// What is said counts like what is seen; and a server that comes back gives everybody time to come back, too.
#[tokio::test(flavor = "multi_thread")]
async fn who_says_away_is_away_and_a_server_that_was_away_warns_of_nobody_who_comes_back() {
    let (mut house, mut ada, [mut sam, sid, ben]) = House::with_team(["Sam", "Sid", "Ben"]).await;
    let desk = phones(&house, &mut ada, sam.id, sid.id, ben.id).await;
    let [sams, sids] = [sam.id, sid.id];
    ada.follows().await;
    sam.follows().await;
    looked(&house, desk, true).await;
    sam.does(SetStatus { status: Status::Away, until: None }).await;
    looked(&house, desk, false).await;
    house.clock.turn(2 * MINUTE);
    ada.hears_until("the desk being unwatched", |ada| told(ada, desk) == Some(vec![sids, sams])).await;
    sam.does(SetStatus { status: Status::Available, until: None }).await;
    ada.hears_until("Sam being back", |ada| told(ada, desk).is_none()).await;

    // The server is away for long, and what would have fallen due meanwhile does so before anybody is back.
    sam.is_cut_off();
    looked(&house, desk, false).await;
    house.stop().await;
    house.clock.turn(10 * MINUTE);
    house.start().await;
    for person in [&mut ada, &mut sam] {
        person.base = house.base.clone();
        person.connects().await;
    }
    looked(&house, desk, true).await;
    house.clock.turn(10 * MINUTE);
    ada.verifies().await;
    assert_eq!(told(&ada, desk), None, "Sam is back");

    // Nobody need be there while it is closed: at noon the desk is, for an hour.
    sam.is_cut_off();
    looked(&house, desk, false).await;
    house.clock.turn(2 * MINUTE);
    ada.hears_until("the desk being unwatched", |ada| told(ada, desk).is_some()).await;
    house.clock.turn(HOUR);
    ada.hears_until("the desk being closed", |ada| told(ada, desk).is_none()).await;
}
