//! One request holds another up: said by who has it, read on both sides as far as one may see, refused where both would
//! wait for ever, and lifted when it is solved: whoever has it and whoever asked are told, once.

use deskside_app::notices::{Notice, Watch};
use deskside_domain::time::MINUTE;
use deskside_protocol::{
    Code, Entity,
    care::CareStep,
    command::*,
    feed::Change,
    id::{DeskId, RequestId},
    values::{Audience, Helpers, RequestState},
};

use crate::{
    desk::{phones, request, steps},
    support::{House, Person, question},
};

fn blocks(request: RequestId, blocker: RequestId) -> BlockBy {
    BlockBy { request, blocker }
}

/// What this person's app tells of these requests being free again.
fn told(watch: &mut Watch, person: &Person) -> Vec<RequestId> {
    let changes: Vec<Change> = person.replica.values().cloned().map(Change::Put).collect();
    let told = watch.changed(&changes).into_iter();
    told.filter_map(|notice| match notice {
        Notice::Unblocked { request, .. } => Some(request),
        _ => None,
    })
    .collect()
}

fn watch_of(person: &Person) -> Watch {
    let mut watch = Watch::default();
    watch.begin(person.id, &person.replica.values().cloned().collect::<Vec<Entity>>());
    watch
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_another_request_goes_on_when_that_is_solved_and_its_people_are_told_once() {
    let (mut house, mut ada, [mut ana, mut chi, mut sam, mut sid, ben]) =
        House::with_team(["Ana", "Chi", "Sam", "Sid", "Ben"]).await;
    let desk = phones(&house, &mut ada, sam.id, sid.id, ben.id).await;
    for person in [&mut ana, &mut chi, &mut sam, &mut sid] {
        person.follows().await;
    }
    let cause = ana.asks(desk, "No port-out is booked since this morning").await;
    let held = chi.asks(desk, "When is the number of my customer ported?").await;
    sam.does(Take { request: cause }).await;
    sid.does(Take { request: held }).await;
    sid.does(blocks(held, cause)).await;
    let waits = |row: &deskside_protocol::entity::Request| row.state == RequestState::WaitingOther;
    chi.hears_until("the block", |chi| {
        request(chi, held).is_some_and(|row| waits(row) && row.care.blocked_by == [cause])
    })
    .await;
    sam.hears_until("the block", |sam| request(sam, held).is_some_and(waits)).await;
    assert_eq!(steps(&sam, cause), [], "the cause's own thread says nothing of it");
    let refused = sid.tries(blocks(cause, held)).await.expect_err("both would wait for ever");
    assert_eq!(refused.code, Code::WaitInCircle);
    assert!(refused.next.starts_with("Take the other link away"), "{}", refused.next);

    // The server goes away and comes back; what waits still does, and its clock went on.
    house.restart().await;
    for person in [&mut ana, &mut chi, &mut sam, &mut sid] {
        person.base = house.base.clone();
        person.connects().await;
    }
    house.clock.turn(20 * MINUTE);
    let (mut chis, mut sids, mut sams) = (watch_of(&chi), watch_of(&sid), watch_of(&sam));
    ana.does(Solve { request: cause }).await;
    for person in [&mut chi, &mut sid, &mut sam] {
        person
            .hears_until("it going on", |person| {
                request(person, held).is_some_and(|row| {
                    row.state == RequestState::Accepted
                        && row.care.blocked_by.is_empty()
                        && row.care.unblocked_at.is_some()
                })
            })
            .await;
        person.verifies().await;
    }
    let steps: Vec<CareStep> = steps(&chi, held).into_iter().map(|(step, _, _)| step).collect();
    assert_eq!(steps, [CareStep::BlockedBy { request: cause }, CareStep::BlockOver { request: cause }]);
    assert_eq!(
        (told(&mut chis, &chi), told(&mut sids, &sid)),
        (vec![held], vec![held]),
        "who asked, who has it"
    );
    assert_eq!((told(&mut chis, &chi), told(&mut sids, &sid)), (vec![], vec![]), "once");
    assert_eq!(told(&mut sams, &sam), [], "nobody else");
    let row = request(&chi, held).expect("it is there");
    assert_eq!(row.care.worked, 20 * MINUTE, "nothing stopped its clock");
}

/// A private cause has no words in the other thread, nor the other way round.
#[tokio::test(flavor = "multi_thread")]
async fn a_private_request_does_not_leak_through_the_link() {
    let (house, mut ada, [mut ana, mut chi, mut sam, sid, ben]) =
        House::with_team(["Ana", "Chi", "Sam", "Sid", "Ben"]).await;
    let desk = phones(&house, &mut ada, sam.id, sid.id, ben.id).await;
    let payroll = DeskId::fresh();
    ada.does(OpenDesk {
        desk: payroll,
        name: "Payroll".into(),
        purpose: String::new(),
        owner: sam.id,
        helpers: Helpers::These { people: vec![sam.id] },
        audience: Audience::Private,
        hours: house.desk(&ada).await.hours,
        zone: String::new(),
    })
    .await;
    for person in [&mut ana, &mut chi, &mut sam] {
        person.follows().await;
    }
    let secret = question(payroll, "My pay slip of May is wrong");
    let secret_id = secret.request;
    sam.does(secret).await;
    let open = chi.asks(desk, "Why is the bonus missing?").await;
    sam.does(blocks(open, secret_id)).await;
    for person in [&mut ana, &mut chi] {
        person
            .hears_until("the block", |person| {
                request(person, open).is_some_and(|row| row.care.blocked_by == [secret_id])
            })
            .await;
        assert!(request(person, secret_id).is_none() && !person.holds("pay slip"), "{}", person.name);
        person.verifies().await;
    }
    let refused = chi.tries(blocks(open, secret_id)).await.expect_err("nobody finds it by its id");
    assert_eq!(refused.code, Code::Unknown);

    // The other way round: who sees the cause does not learn of what waits for it.
    let cause = chi.asks(desk, "Which tariff was that?").await;
    sam.does(blocks(secret_id, cause)).await;
    for person in [&mut ana, &mut chi] {
        person.verifies().await;
        let row = person.replica.values().find(|row| matches!(row, Entity::Request(row) if row.id == cause));
        let sent = serde_json::to_string(row.expect("the cause")).expect("JSON");
        assert!(!sent.contains(&secret_id.to_string()), "{sent}");
    }
    chi.does(Unblock { request: open, blocker: secret_id }).await;
    ana.hears_until("the link being gone", |ana| {
        request(ana, open).is_some_and(|row| row.care.blocked_by.is_empty())
    })
    .await;
    chi.verifies().await;
}
