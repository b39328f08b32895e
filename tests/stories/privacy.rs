//! Nothing reaches someone who may not see it, on any path.

use deskside_protocol::{
    Entity, EntityRef,
    command::{Ask, EditDesk, OpenDesk, OpenToDesk},
    entity::Desk,
    feed::FromClient,
    id::{DeskId, RequestId},
    values::{Audience, Helpers},
};

use crate::support::{House, Person, Shown, question};

const SECRET: &str = "zebra-quartz-47";

/// Asks every path for what `person` must not see.
async fn sees_nothing(person: &mut Person, request: RequestId) {
    person.verifies().await;
    assert!(!person.holds(SECRET), "{}'s replica", person.name);
    assert!(!person.holds(&request.to_string()), "{}'s replica names it", person.name);
    let messages = format!("/api/v1/requests/{request}");
    assert_eq!(person.get(&messages).await.status(), 404, "{}", person.name);
    for path in [
        "/api/v1/snapshot".to_owned(),
        "/api/v1/requests?limit=200".to_owned(),
        "/api/v1/messages?limit=200".to_owned(),
        format!("/api/v1/search?q={SECRET}"),
        "/api/v1/search?q=zebra".to_owned(),
    ] {
        let text = person.get(&path).await.text().await.expect("a body");
        assert!(!text.contains(SECRET), "{} sees it by {path}", person.name);
    }
}

async fn sees_all(person: &mut Person, request: RequestId) {
    person.verifies().await;
    assert!(person.holds(SECRET), "{}'s replica", person.name);
    let found = person.get(&format!("/api/v1/search?q={SECRET}")).await.text().await.expect("a body");
    assert!(found.contains(&request.to_string()), "{}'s search: {found}", person.name);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_question_is_seen_by_two_until_it_is_opened_to_the_desk() {
    let (house, mut ada, [mut ana, mut sam, mut ben]) = House::with_team(["Ana", "Sam", "Ben"]).await;
    let desk = house.desk(&ana).await.id;
    for person in [&mut ada, &mut ana, &mut sam, &mut ben] {
        person.follows().await;
    }
    let ask = Ask { private_with: Some(vec![sam.id]), ..question(desk, SECRET) };
    let request = ask.request;
    ana.does(ask).await;
    sam.answers(request, &format!("about {SECRET}: yes")).await;
    for person in [&mut ben, &mut ada] {
        sees_nothing(person, request).await;
    }
    for person in [&mut ana, &mut sam] {
        sees_all(person, request).await;
    }

    // Typing in it is told to those two only: Ben's next frames are about something else.
    sam.tells(&FromClient::Typing { request }).await;
    ben.tells(&FromClient::Typing { request }).await;
    ana.hears_until("Sam writing", |ana| {
        ana.fleeting.iter().any(|frame| matches!(frame, deskside_protocol::feed::FromServer::Typing { person, .. } if *person == sam.id))
    })
    .await;
    ben.verifies().await;
    assert!(!serde_json::to_string(&ben.fleeting).expect("JSON").contains(&request.to_string()));
    assert!(
        !serde_json::to_string(&ana.fleeting)
            .expect("JSON")
            .contains(&format!("{}\",\"person\":\"{}", request, ben.id))
    );

    ana.does(OpenToDesk { request }).await;
    for person in [&mut ana, &mut sam, &mut ben, &mut ada] {
        sees_all(person, request).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_private_question_shows_is_fetched_by_its_two_people_only() {
    let (house, ada, [mut ana, mut sam, ben]) = House::with_team(["Ana", "Sam", "Ben"]).await;
    let desk = house.desk(&ana).await.id;
    for person in [&mut ana, &mut sam] {
        person.follows().await;
    }
    let ask = Ask { private_with: Some(vec![sam.id]), ..question(desk, "for Sam alone") };
    let request = ask.request;
    ana.does(ask).await;
    let shown = Shown::in_thread(&mut ana, request, "look").await;
    for person in [&ana, &sam] {
        assert_eq!(shown.answers(person).await, [200; 4], "{}", person.name);
    }
    // Ben knows every address, and Ada runs the house: to both it is as if there were nothing.
    let rows = [format!("/api/v1/attachments/{}", shown.picture), format!("/api/v1/clips/{}", shown.clip)];
    for person in [&ben, &ada] {
        assert_eq!(shown.answers(person).await, [404; 4], "{}", person.name);
        for row in &rows {
            assert_eq!(person.get(row).await.status(), 404, "{}: {row}", person.name);
        }
    }
    for address in shown.addresses() {
        assert_eq!(house.get(&address).await.status(), 401, "{address}: nobody");
    }
    ana.does(OpenToDesk { request }).await;
    assert_eq!(shown.answers(&ben).await, [200; 4], "until Ana opens it to the desk");
}

fn private_desk(desk: DeskId, owner: &Person, helpers: &[&Person]) -> OpenDesk {
    OpenDesk {
        desk,
        name: "Complaints".into(),
        purpose: "what nobody else shall read".into(),
        owner: owner.id,
        helpers: Helpers::These { people: helpers.iter().map(|person| person.id).collect() },
        audience: Audience::Private,
        hours: vec![deskside_protocol::values::OpenInterval { weekday: 1, from: 540, to: 1_020 }],
        zone: String::new(),
    }
}

fn with(desk: Desk, helpers: &[&Person], audience: Audience) -> EditDesk {
    EditDesk {
        desk: desk.id,
        name: desk.name,
        purpose: desk.purpose,
        owner: desk.owner,
        helpers: Helpers::These { people: helpers.iter().map(|person| person.id).collect() },
        audience,
        hours: desk.hours,
        zone: desk.zone,
        provider: None,
        review_before_upload: false,
        closed: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_a_private_desk_gains_its_past_and_who_leaves_it_loses_all() {
    let (_house, mut ada, [mut ana, mut sam, mut ben]) = House::with_team(["Ana", "Sam", "Ben"]).await;
    let desk = DeskId::fresh();
    ada.does(private_desk(desk, &sam, &[])).await;
    for person in [&mut ada, &mut ana, &mut sam, &mut ben] {
        person.follows().await;
    }
    // An agent who may not see the desk can't ask there either.
    let refused = ana.tries(question(desk, SECRET)).await;
    assert!(refused.is_err(), "a hidden desk was asked");
    let request = sam.asks(desk, SECRET).await;
    sees_nothing(&mut ana, request).await;
    sees_nothing(&mut ben, request).await;
    // An admin sees that the desk is there, and nothing of what is asked.
    sees_nothing(&mut ada, request).await;
    assert!(ada.holds("Complaints"));
    assert!(!ben.holds("Complaints"));

    let Some(Entity::Desk(row)) = sam.replica.get(&EntityRef::Desk(desk)).cloned() else {
        panic!("Sam's desk")
    };
    ada.does(with(row.clone(), &[&ben], Audience::Private)).await;
    sees_all(&mut ben, request).await;
    sees_nothing(&mut ana, request).await;

    // Ben is away while he loses it: coming back takes it away too.
    ben.is_cut_off();
    ada.does(with(row.clone(), &[], Audience::Private)).await;
    ben.connects().await;
    sees_nothing(&mut ben, request).await;
    assert!(!ben.holds("Complaints"));

    ada.does(with(row, &[], Audience::Open)).await;
    for person in [&mut ana, &mut ben, &mut ada, &mut sam] {
        sees_all(person, request).await;
    }
}
