//! Who may ask where, and when: a desk that agents ask in its opening hours, leads at any hour. A refusal says where to
//! turn instead; what was asked in time and kept without a network is taken when it arrives.

use deskside_domain::time::{HOUR, MINUTE};
use deskside_ports::Clock;
use deskside_protocol::{
    Code,
    charter::{Charter, Posting, When},
    command::*,
    id::DeskId,
    values::{Audience, Helpers, OpenInterval, Role},
};

use crate::{
    desk::{phones, request},
    support::{House, question},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_says_who_asks_when_and_who_may_not_is_sent_on_with_their_words() {
    let (house, mut ada, [mut ana, mut sam, sid, ben]) = House::with_team(["Ana", "Sam", "Sid", "Ben"]).await;
    let desk = phones(&house, &mut ada, sam.id, sid.id, ben.id).await;
    ada.does(SetRole { person: sam.id, role: Role::Lead }).await;
    let night = DeskId::fresh();
    let week = (1..=7).map(|weekday| OpenInterval { weekday, from: 0, to: 1_440 });
    ada.does(OpenDesk {
        desk: night,
        name: "Night desk".into(),
        purpose: "When the others sleep".into(),
        owner: sid.id,
        helpers: Helpers::These { people: vec![sid.id] },
        audience: Audience::Open,
        hours: week.collect(),
        zone: String::new(),
    })
    .await;
    let posting = Posting { agents: When::WhileOpen, ..Posting::default() };
    let service = Charter { escalation: Some(night), posting, ..Charter::default() };
    ada.does(ArrangeDesk { desk, service }).await;
    ana.follows().await;

    // In the morning it is open; Ana writes once more and her network goes, until after five.
    ana.asks(desk, "Which discount?").await;
    let in_time = Ask { asked_at: house.clock.now().0, ..question(desk, "And for two lines?") };
    house.clock.turn(7 * HOUR);
    let late = Ask { asked_at: house.clock.now().0, ..question(desk, "Anybody there?") };
    let problem = ana.tries(late.clone()).await.expect_err("agents ask while it is open");
    assert_eq!(problem.code, Code::OutsideHours);
    assert!(problem.title.ends_with("ask Night desk"), "{problem}");
    let kept = in_time.request;
    let seq = ana.does(in_time).await;
    ana.reaches(seq).await;
    let row = request(&ana, kept).expect("it was asked in time");
    assert_eq!(row.asked_at.0, house.clock.now().0, "the clock of the desk is the server's");

    // The words go where the refusal said, leads ask at any hour, and a clock that is a day ahead moves nothing.
    let there = Ask { desk: night, ..question(night, &late.text) };
    ana.does(there).await;
    sam.asks(desk, "For tomorrow").await;
    let ahead = Ask { asked_at: house.clock.now().0 + 24 * HOUR, ..question(desk, "Tomorrow morning?") };
    assert_eq!(ana.tries(ahead).await.expect_err("not yet").code, Code::OutsideHours);
    house.clock.turn(MINUTE);
    ana.verifies().await;
}
