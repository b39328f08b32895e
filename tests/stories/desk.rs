//! The rules of a desk, as people live them: an unclaimed customer, a closed desk, a hand-over, an answer that
//! nobody confirms. The clock is turned; what falls due is fired by the real server.

use deskside_domain::time::{HOUR, MINUTE, SECOND};
use deskside_ports::Clock;
use deskside_protocol::{
    Code, Command, Entity, EntityRef, Millis,
    care::{AlarmStep, CareStep, NewCard},
    charter::{Charter, Deputy},
    command::*,
    entity::{Desk, Request},
    id::{DeskId, PersonId, RequestId},
    place::{Affected, Place, Wait},
    values::{Audience, Event, Helpers, MessageKind, OpenInterval, RequestState, Status, Ticket, Urgency},
};

use crate::support::{House, Person, question};

/// The desk of the scenarios: Sam owns it, Sid stands in, both and Ben are members.
pub async fn phones(house: &House, ada: &mut Person, sam: PersonId, sid: PersonId, ben: PersonId) -> DeskId {
    let Desk { id, name, purpose, .. } = house.desk(ada).await;
    let split = [(8 * 60, 12 * 60), (13 * 60, 17 * 60)];
    let day = |weekday| split.iter().map(move |&(from, to)| OpenInterval { weekday, from, to });
    ada.does(EditDesk {
        desk: id,
        name,
        purpose,
        owner: sam,
        helpers: Helpers::These { people: vec![sam, sid, ben] },
        audience: Audience::Open,
        hours: (1..=5).flat_map(day).collect(),
        zone: String::new(),
        provider: None,
        review_before_upload: false,
        closed: false,
    })
    .await;
    let service = Charter { deputy: Deputy::Person { person: sid }, ..Charter::default() };
    ada.does(ArrangeDesk { desk: id, service }).await;
    // Sam is on duty in the morning, Sid in the afternoon.
    let slot = |weekday, from, to, person| deskside_protocol::charter::DutySlot { weekday, from, to, person };
    let slots = (1..=5).flat_map(|day| [slot(day, 480, 720, sam), slot(day, 780, 1_020, sid)]).collect();
    ada.does(SetRota { desk: id, slots }).await;
    id
}

pub fn request(person: &Person, id: RequestId) -> Option<&Request> {
    match person.replica.get(&EntityRef::Request(id)) {
        Some(Entity::Request(request)) => Some(request),
        _ => None,
    }
}

fn step(person: &Person, id: RequestId) -> Option<AlarmStep> {
    request(person, id)?.care.alarm.as_ref().map(|alarm| alarm.step)
}

/// The steps of looking after it, as they stand on the request's timeline.
pub fn steps(person: &Person, id: RequestId) -> Vec<(CareStep, Millis, String)> {
    let mut steps: Vec<_> = person
        .replica
        .values()
        .filter_map(|entity| match entity {
            Entity::Message(message) if message.request == id => match &message.kind {
                MessageKind::Event { event: Event::Care { step } } => {
                    Some((step.clone(), message.at, message.text.clone()))
                }
                _ => None,
            },
            _ => None,
        })
        .collect();
    steps.sort_by_key(|(_, at, _)| *at);
    steps
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reacts_and_a_waiting_customer_is_called_out_step_by_step_also_after_a_restart() {
    let (mut house, mut ada, [mut ana, sam, sid, ben]) = House::with_team(["Ana", "Sam", "Sid", "Ben"]).await;
    let desk = phones(&house, &mut ada, sam.id, sid.id, ben.id).await;
    ana.follows().await;
    let asked_at = house.clock.now().0;
    let live = Ask { urgency: Urgency::Live, ..question(desk, "Refund after port-out, allowed?") };
    let r1 = live.request;
    ana.does(live).await;
    ana.hears_until("the request", |ana| step(ana, r1) == Some(AlarmStep::Duty)).await;
    let alarm = request(&ana, r1).and_then(|row| row.care.alarm.clone()).expect("an alarm");
    assert_eq!(alarm.rings, Helpers::These { people: vec![sam.id] }, "Sam is on duty, at once");
    assert_eq!(alarm.next_at.0, asked_at + 45_000);

    house.clock.turn(44 * SECOND);
    ana.verifies().await;
    assert_eq!(step(&ana, r1), Some(AlarmStep::Duty), "not a second early");
    house.clock.turn(SECOND);
    ana.hears_until("the members being told", |ana| step(ana, r1) == Some(AlarmStep::Members)).await;
    let alarm = request(&ana, r1).and_then(|row| row.care.alarm.clone()).expect("an alarm");
    let Helpers::These { people } = &alarm.cards else { panic!("named members") };
    assert!(people.contains(&sid.id) && people.contains(&ben.id) && !people.contains(&ana.id), "{people:?}");

    // The server sleeps through the next step, and takes it when it is up again.
    house.stop().await;
    house.clock.turn(75 * SECOND);
    house.start().await;
    ana.base = house.base.clone();
    ana.connects().await;
    ana.hears_until("deputy and owner being called", |ana| step(ana, r1) == Some(AlarmStep::Leads)).await;
    let alarm = request(&ana, r1).and_then(|row| row.care.alarm.clone()).expect("an alarm");
    assert_eq!(alarm.call_now, [sid.id, sam.id], "Ana sees \"Call Sid\"");
    let told: Vec<_> = steps(&ana, r1).into_iter().map(|(step, at, _)| (step, at.0 - asked_at)).collect();
    let alarm = |alarm| CareStep::Alarm { alarm };
    assert_eq!(told, [(alarm(AlarmStep::Members), 45_000), (alarm(AlarmStep::Leads), 120_000)]);

    // "No longer live" downgrades and deletes nothing.
    ana.does(SetUrgency { request: r1, urgency: Urgency::Today }).await;
    ana.hears_until("the paging to stop", |ana| {
        request(ana, r1)
            .and_then(|row| row.care.alarm.as_ref())
            .is_some_and(|alarm| alarm.call_now.is_empty())
    })
    .await;
    assert_eq!(steps(&ana, r1).len(), 2, "the history is kept");
    let mut ben = ben;
    ben.base = house.base.clone();
    ben.answers(r1, "Yes, until day 14.").await;
    ana.hears_until("the answer", |ana| request(ana, r1).is_some_and(|row| row.care.alarm.is_none())).await;
    ana.verifies().await;
}

/// Scenario 6: both on duty are rung, a peer answers.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_answers_first_owns_it_and_it_is_silent_everywhere_within_a_second() {
    let (house, mut ada, [mut ana, mut sam, mut sid, mut ben]) =
        House::with_team(["Ana", "Sam", "Sid", "Ben"]).await;
    let desk = phones(&house, &mut ada, sam.id, sid.id, ben.id).await;
    let [sams, sids, bens] = [sam.id, sid.id, ben.id];
    let duty = |person| {
        move |weekday| deskside_protocol::charter::DutySlot { weekday, from: 480, to: 1_020, person }
    };
    let slots = (1..=5).map(duty(sam.id)).chain((1..=5).map(duty(sid.id))).collect();
    ada.does(SetRota { desk, slots }).await;
    // Sid is with a customer: the same ring, silent where it arrives.
    sid.does(SetStatus { status: Status::OnCall, until: None }).await;
    for person in [&mut ana, &mut sam, &mut sid, &mut ben] {
        person.follows().await;
    }
    let live = Ask { urgency: Urgency::Live, ..question(desk, "Refund after port-out, allowed?") };
    let r1 = live.request;
    ana.does(live).await;
    for person in [&mut sam, &mut sid, &mut ben] {
        person.hears_until("the request", |person| step(person, r1) == Some(AlarmStep::Duty)).await;
        let alarm = request(person, r1).and_then(|row| row.care.alarm.clone()).expect("an alarm");
        let Helpers::These { people } = &alarm.rings else { panic!("named people") };
        assert!(people.contains(&sams) && people.contains(&sids), "both on duty are rung");
        assert!(!people.contains(&bens), "Ben reads it because he may, not because he is rung");
    }
    house.clock.turn(30 * SECOND);
    let answered_at = house.clock.now().0;
    ben.answers(r1, "Yes, until day 14.").await;
    let answered = std::time::Instant::now();
    for person in [&mut sam, &mut sid] {
        person
            .hears_until("the silence", |person| {
                request(person, r1).is_some_and(|row| row.care.alarm.is_none() && row.owner == Some(bens))
            })
            .await;
        assert!(answered.elapsed() < std::time::Duration::from_secs(1), "{:?}", answered.elapsed());
    }
    let row = request(&sam, r1).expect("on Sam's screen").clone();
    assert_eq!(row.first_response_at.map(|at| at.0), Some(answered_at), "Ben's words");
    // Sam helps beside Ben: that is no change of hands.
    sam.says(r1, "And put the date into the ticket.").await;
    ana.hears_until("Sam's word", |ana| ana.holds("put the date into the ticket")).await;
    let row = request(&ana, r1).expect("Ana asked it");
    assert_eq!((row.owner, row.care.owner_changes, row.care.desk_changes), (Some(bens), 0, 0));

    // To take it is no answer: the clock of the first response goes on.
    let r2 = ana.asks(desk, "And after a port-in?").await;
    sam.does(Take { request: r2 }).await;
    sam.hears_until("it being taken", |sam| request(sam, r2).is_some_and(|row| row.owner == Some(sams)))
        .await;
    assert_eq!(request(&sam, r2).and_then(|row| row.first_response_at), None);
    for person in [&mut ana, &mut sam, &mut sid, &mut ben] {
        person.verifies().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_desk_says_when_it_opens_and_a_callback_that_nobody_keeps_pages_one_after_the_other() {
    let (house, mut ada, [mut eve, sam, sid, ben]) = House::with_team(["Eve", "Sam", "Sid", "Ben"]).await;
    let desk = phones(&house, &mut ada, sam.id, sid.id, ben.id).await;
    eve.follows().await;
    // Friday 17:20 in Berlin; the story's clock began at 10:45.
    house.clock.turn(6 * HOUR + 35 * MINUTE);
    let asked_at = house.clock.now().0;
    let r1 = eve.asks(desk, "Invoice shows twice").await;
    eve.hears_until("the receipt", |eve| step(eve, r1) == Some(AlarmStep::Closed)).await;
    let opens = request(&eve, r1).and_then(|row| row.care.alarm.clone()).expect("an alarm").begins_at;
    let monday_eight = asked_at + (62 * HOUR + 40 * MINUTE);
    assert_eq!(opens.0, monday_eight, "opens Monday 08:00");

    // A customer who waits is shown to whoever of the desk is still there, and Eve is told how many that is.
    let (mut ben, mut sid) = (ben, sid);
    eve.does(SetUrgency { request: r1, urgency: Urgency::Live }).await;
    let path = format!("/api/v1/requests/{r1}/place");
    let here = async |eve: &Person| eve.get(&path).await.json::<Place>().await.expect("a place").here;
    assert_eq!(here(&eve).await, Some(0), "nobody of the desk is connected");
    ben.follows().await;
    sid.does(SetStatus { status: Status::Away, until: None }).await;
    sid.follows().await;
    assert_eq!(here(&eve).await, Some(1), "Ben is; Sid said that he is away");
    let alarm = request(&ben, r1).and_then(|row| row.care.alarm.clone()).expect("an alarm");
    assert_eq!(alarm.rings, Helpers::These { people: vec![] }, "a closed desk rings nobody");
    assert_eq!(alarm.cards, Helpers::These { people: vec![sam.id, sid.id, ben.id] });
    eve.does(SetUrgency { request: r1, urgency: Urgency::Today }).await;
    assert_eq!(here(&eve).await, None, "what can wait is shown to nobody before it opens");

    let refused = eve.tries(PromiseCallback { request: r1, at: Millis(asked_at + HOUR) }).await;
    assert_eq!(refused.expect_err("nobody is there").code, Code::Invalid);
    let refused = eve.tries(PromiseCallback { request: r1, at: Millis(asked_at - 1) }).await;
    assert_eq!(refused.expect_err("past").code, Code::Invalid);
    eve.does(PromiseCallback { request: r1, at: Millis(monday_eight + 30 * MINUTE) }).await;

    house.clock.turn(62 * HOUR + 40 * MINUTE);
    eve.hears_until("the alarm to begin", |eve| step(eve, r1) == Some(AlarmStep::Duty)).await;
    let paged = |eve: &Person| {
        request(eve, r1)
            .and_then(|row| row.care.callback.clone())
            .map(|callback| callback.paged)
            .unwrap_or_default()
    };
    house.clock.turn(30 * MINUTE);
    eve.hears_until("Sid being paged", |eve| paged(eve) == [sid.id]).await;
    house.clock.turn(10 * MINUTE);
    eve.hears_until("Sam being paged", |eve| paged(eve) == [sid.id, sam.id]).await;
    house.clock.turn(26 * HOUR);
    eve.hears_until("the sweep", |eve| request(eve, r1).is_some_and(|row| row.care.stalled.is_some())).await;
    assert_eq!(request(&eve, r1).map(|row| row.state), Some(RequestState::Open), "never dropped or closed");
    eve.verifies().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warm_hand_over_keeps_its_giver_its_clocks_and_its_story() {
    let (house, mut ada, [mut ana, mut sam, mut sid, mut ben]) =
        House::with_team(["Ana", "Sam", "Sid", "Ben"]).await;
    let desk = phones(&house, &mut ada, sam.id, sid.id, ben.id).await;
    let billing = DeskId::fresh();
    ada.does(OpenDesk {
        desk: billing,
        name: "Billing".into(),
        purpose: "Invoices, refunds".into(),
        owner: ben.id,
        helpers: Helpers::These { people: vec![ben.id] },
        audience: Audience::Private,
        hours: (1..=5).map(|weekday| OpenInterval { weekday, from: 480, to: 1_020 }).collect(),
        zone: String::new(),
    })
    .await;
    for person in [&mut ana, &mut sam, &mut ben] {
        person.follows().await;
    }
    let r2 = ana.asks(desk, "Refund of the last invoice?").await;
    sam.does(Take { request: r2 }).await;
    let t0 = house.clock.now().0;
    house.clock.turn(5 * MINUTE);
    let card = NewCard {
        summary: "Charged twice in May".into(),
        tried: "Checked the invoice".into(),
        impact: "Customer threatens to leave".into(),
        needed: "Refund of 12 EUR".into(),
    };
    let offer = |desk, card: &NewCard| OfferHandOver { request: r2, desk, person: None, card: card.clone() };
    let itself = OfferHandOver { person: Some(sam.id), ..offer(desk, &card) };
    assert_eq!(sam.tries(itself).await.expect_err("to oneself").code, Code::Invalid);
    assert_eq!(
        sam.tries(offer(billing, &card)).await.expect_err("a desk Sam may not see").code,
        Code::Unknown
    );
    // Ben takes Sam in: then he can hand it there.
    ada.does(edit_members(billing, ben.id, vec![ben.id, sam.id])).await;
    let wordless = NewCard { needed: String::new(), ..card.clone() };
    assert_eq!(sam.tries(offer(billing, &wordless)).await.expect_err("no wish").code, Code::Empty);
    sam.does(offer(billing, &card)).await;
    ben.hears_until("the offer", |ben| request(ben, r2).is_some_and(|row| row.care.hand_over.is_some()))
        .await;
    assert_eq!(request(&ben, r2).and_then(|row| row.owner), Some(sam.id), "Sam owns it until it is taken");
    assert_eq!(sid.tries(TakeOver { request: r2 }).await.expect_err("not to Sid").code, Code::NotAllowed);
    ben.does(DeclineHandOver { request: r2, reason: "needs the invoice number".into() }).await;
    sam.does(offer(billing, &card)).await;
    house.clock.turn(5 * MINUTE);
    ben.does(TakeOver { request: r2 }).await;
    ana.hears_until("the one notice", |ana| request(ana, r2).is_some_and(|row| row.desk == billing)).await;
    let row = request(&ana, r2).expect("Ana asked it").clone();
    assert_eq!((row.owner, row.care.desk_changes, row.asked_at.0), (Some(ben.id), 1, t0));
    assert_eq!(row.care.worked, 10 * MINUTE, "the desk's clock went on");
    let told = steps(&ana, r2);
    let (last, _, words) = told.last().expect("a step");
    assert_eq!(*last, CareStep::TakenOver { from: sam.id, desk: billing });
    assert_eq!(words, "Refund of 12 EUR");
    // A desk can't close what it does not want: only who asked can.
    assert_eq!(ben.tries(Solve { request: r2 }).await.expect_err("not the asker").code, Code::NotAllowed);
    assert_eq!(ben.tries(Withdraw { request: r2 }).await.expect_err("not the asker").code, Code::NotAllowed);
    for person in [&mut ana, &mut sam, &mut ben] {
        person.verifies().await;
    }
    sid.follows().await;
    assert!(request(&sid, r2).is_none(), "what is private at Billing is not for Sid");
}

fn edit_members(desk: DeskId, owner: PersonId, people: Vec<PersonId>) -> EditDesk {
    EditDesk {
        desk,
        name: "Billing".into(),
        purpose: "Invoices, refunds".into(),
        owner,
        helpers: Helpers::These { people },
        audience: Audience::Private,
        hours: (1..=5).map(|weekday| OpenInterval { weekday, from: 480, to: 1_020 }).collect(),
        zone: String::new(),
        provider: None,
        review_before_upload: false,
        closed: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_nobody_contradicts_is_solved_and_a_no_makes_somebody_call() {
    let (house, mut ada, [mut ana, sam, sid, mut ben]) = House::with_team(["Ana", "Sam", "Sid", "Ben"]).await;
    let desk = phones(&house, &mut ada, sam.id, sid.id, ben.id).await;
    ana.follows().await;
    let r1 = ana.asks(desk, "Which form for a port-out?").await;
    let r2 = ana.asks(desk, "And which for a port-in?").await;
    ben.answers(r1, "Form 12.").await;
    ben.answers(r2, "Form 13.").await;
    let state = |ana: &Person, id| request(ana, id).map(|row| row.state);
    ana.hears_until("the answers", |ana| state(ana, r2) == Some(RequestState::Answered)).await;
    // Friday 10:45: one working day later it is Monday 10:45.
    house.clock.turn(71 * HOUR + 59 * MINUTE);
    ana.verifies().await;
    assert_eq!(state(&ana, r1), Some(RequestState::Answered), "the weekend does not count");
    house.clock.turn(MINUTE);
    ana.hears_until("silence", |ana| {
        [r1, r2].iter().all(|id| request(ana, *id).is_some_and(|row| row.care.unconfirmed))
    })
    .await;
    let asked =
        [r1, r2].iter().filter(|id| request(&ana, **id).is_some_and(|row| row.care.asks_solved)).count();
    assert_eq!(asked, 1, "asked about one of them, once a day");
    ana.does(Thank { request: r2 }).await;
    ana.does(Confirm { request: r1, solved: false, line: "form 12 is for business customers".into() }).await;
    ana.hears_until("who will call", |ana| request(ana, r1).is_some_and(|row| row.care.follow_up.is_some()))
        .await;
    let row = request(&ana, r1).expect("Ana asked it");
    assert_eq!(row.care.follow_up.as_ref().map(|follow_up| follow_up.by), Some(sam.id), "the desk's owner");
    assert_eq!(
        (row.state, row.owner),
        (RequestState::Accepted, Some(ben.id)),
        "it is open again, with its owner"
    );
    assert_eq!(state(&ana, r2), Some(RequestState::Solved), "thanks restarts nothing");
    ana.verifies().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_is_honest_and_everything_about_a_ticket_is_found_within_ones_rights() {
    let (house, mut ada, [mut ana, mut sam, sid, ben]) = House::with_team(["Ana", "Sam", "Sid", "Ben"]).await;
    let desk = phones(&house, &mut ada, sam.id, sid.id, ben.id).await;
    let ticket = |label: &str| Some(Ticket { label: label.into(), url: String::new() });
    let mut asked = Vec::new();
    for text in ["first", "second", "third"] {
        let ask = Ask { ticket: ticket("ZD 4711"), ..question(desk, text) };
        asked.push(ask.request);
        ana.does(ask).await;
        house.clock.turn(SECOND);
    }
    let place = async |person: &Person, path: String| -> Place {
        let answer = person.get(&path).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.expect("a place")
    };
    let third = place(&ana, format!("/api/v1/requests/{}/place", asked[2])).await;
    assert_eq!((third.place, third.on_duty, third.has_room), (3, 1, true), "Sam is on duty");
    assert_eq!(third.wait, Wait::Usually { within_ms: 30 * MINUTE }, "nothing is known yet: no number");
    let live = place(&sam, format!("/api/v1/desks/{desk}/place?urgency=live")).await;
    assert_eq!(live.place, 1, "a customer on the line would be served first");
    let overtaking =
        Ask { urgency: Urgency::Live, ticket: ticket("zd 4711"), ..question(desk, "on the line") };
    sam.does(overtaking).await;
    assert_eq!(place(&ana, format!("/api/v1/requests/{}/place", asked[2])).await.place, 4, "overtaken");

    let private =
        Ask { private_with: Some(vec![sam.id]), ticket: ticket("ZD 4711"), ..question(desk, "psst") };
    ana.does(private).await;
    let about = async |person: &Person| {
        let page: serde_json::Value =
            person.get("/api/v1/requests?ticket=ZD%204711").await.json().await.expect("a page");
        page["items"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(about(&sam).await, 5, "whatever way it is written");
    assert_eq!(about(&ben).await, 4, "what is private is not for Ben, not even as a number");

    // Whom a change would affect is said before it is made.
    let mut edit = edit_members(desk, sam.id, vec![sam.id]);
    edit.hours = vec![OpenInterval { weekday: 1, from: 480, to: 720 }];
    let preview = async |command: Command| {
        let path = format!("/api/v1/desks/{desk}/affected");
        let request = ada.http(reqwest::Method::POST, &path).json(&command).send();
        request.await.expect("the server answers")
    };
    let affected: Affected = preview(edit.clone().into()).await.json().await.expect("an answer");
    assert_eq!(affected.requests, 5, "whose promises are counted anew");
    assert!(affected.lose_sight.contains(&ana.id) && affected.are_helpers_no_more.contains(&ben.id));
    edit.hours = vec![OpenInterval { weekday: 8, from: 480, to: 720 }];
    assert_eq!(preview(edit.into()).await.status(), 422, "what would be refused is refused here too");
    let unchanged = house.desk(&ada).await;
    assert_eq!(unchanged.helpers, Helpers::These { people: vec![sam.id, sid.id, ben.id] });
    let fields: Vec<&str> = unchanged.history.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(fields, ["owner", "helpers", "hours", "deputy", "rota"], "what was changed before");
}
