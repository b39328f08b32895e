//! How much of what is asked at a desk is a waiting customer: over whole weeks, and only where enough people asked.

use deskside_domain::time::DAY;
use deskside_protocol::{
    command::*,
    place::{Counted, LiveShare},
    values::Urgency,
};

use crate::{
    desk::phones,
    support::{House, question},
};

#[tokio::test(flavor = "multi_thread")]
async fn the_share_of_waiting_customers_is_the_desk_s_and_never_a_person_s() {
    let (house, mut ada, [mut ana, mut ben, mut chi, mut dov, mut eve]) =
        House::with_team(["Ana", "Ben", "Chi", "Dov", "Eve"]).await;
    let owner = ada.id;
    let desk = phones(&house, &mut ada, owner, ben.id, ben.id).await;
    let path = format!("/api/v1/desks/{desk}/live-share");
    let live = |text: &str| Ask { urgency: Urgency::Live, ..question(desk, text) };
    for person in [&mut ana, &mut ben, &mut chi] {
        person.does(live("a customer is on the line")).await;
    }
    dov.asks(desk, "which form?").await;
    house.clock.turn(7 * DAY);
    let share: LiveShare = ana.get(&path).await.json().await.expect("a share");
    assert_eq!(share.counted, None, "four people could be told apart");

    eve.asks(desk, "this week's question does not count yet").await;
    let share: LiveShare = ana.get(&path).await.json().await.expect("a share");
    assert_eq!(share.counted, None);
    house.clock.turn(7 * DAY);
    let share: LiveShare = ana.get(&path).await.json().await.expect("a share");
    assert_eq!(share.counted, Some(Counted { asked: 5, live: 3 }));
    assert_eq!(share.to.0 - share.from.0, 28 * DAY);
    house.clock.turn(28 * DAY);
    let share: LiveShare = ana.get(&path).await.json().await.expect("a share");
    assert_eq!(share.counted, None, "it is long ago");

    // There is no axis of persons, whatever one asks for.
    let asked = ana.get(&format!("{path}?person={}", eve.id)).await;
    let text = asked.text().await.expect("an answer");
    assert!(!text.contains("person") && !text.contains(&eve.id.to_string()), "{text}");
    let unknown =
        ana.get(&format!("/api/v1/desks/{}/live-share", deskside_protocol::id::DeskId::fresh())).await;
    assert_eq!(unknown.status(), 404);
}
