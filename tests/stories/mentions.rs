//! Whom does this disturb: a name in the words tells one person, `@desk` who is on duty, `@all` every member of the desk
//! once there is a reason, and nobody is ever shown what they may not see.

use deskside_app::notices::{Notice, Watch};
use deskside_domain::time::HOUR;
use deskside_protocol::{
    Code, Entity, EntityRef, Millis,
    command::*,
    entity::{Desk, Message},
    feed::Change,
    id::{MessageId, PersonId, RequestId},
    mentions::{Mention, NewMentions},
    values::{Helpers, QuietHours},
};

use crate::{
    desk::phones,
    support::{House, Person, question},
};

fn named(people: &[&Person]) -> NewMentions {
    let person = |person: &&Person| Mention::Person { person: person.id };
    NewMentions { whom: people.iter().map(person).collect(), reason: String::new() }
}

fn at(group: Mention, reason: &str) -> NewMentions {
    NewMentions { whom: vec![group], reason: reason.into() }
}

fn words(request: RequestId, text: &str, mentions: NewMentions) -> Say {
    Say {
        request,
        message: MessageId::fresh(),
        text: text.into(),
        readable_ibans: vec![],
        mentions,
        attachments: vec![],
        clip: None,
        moment: None,
    }
}

fn message(person: &Person, id: MessageId) -> Option<&Message> {
    match person.replica.get(&EntityRef::Message(id)) {
        Some(Entity::Message(message)) => Some(message),
        _ => None,
    }
}

/// What somebody's app makes of all that they have heard since `before`.
fn notices(person: &Person, before: &mut Watch) -> Vec<Notice> {
    let changes: Vec<Change> = person.replica.values().cloned().map(Change::Put).collect();
    before.changed(&changes)
}

fn begun(person: &Person) -> Watch {
    let mut watch = Watch::default();
    watch.begin(person.id, &person.replica.values().cloned().collect::<Vec<_>>());
    watch
}

fn mentions_in(notices: &[Notice]) -> Vec<MessageId> {
    let mentioned = |notice: &Notice| match notice {
        Notice::Mentioned { message, .. } => Some(*message),
        _ => None,
    };
    notices.iter().filter_map(mentioned).collect()
}

fn people(tells: &Helpers) -> Vec<PersonId> {
    match tells {
        Helpers::These { people } => people.clone(),
        Helpers::Everyone => panic!("everyone is told"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_tells_one_and_the_desk_tells_who_is_on_duty() {
    let (house, mut ada, [mut ana, mut sam, mut sid, mut ben]) =
        House::with_team(["Ana", "Sam", "Sid", "Ben"]).await;
    // Sam is on duty in the morning, which it is.
    let desk = phones(&house, &mut ada, sam.id, sid.id, ben.id).await;
    for person in [&mut ana, &mut sam, &mut sid, &mut ben] {
        person.follows().await;
    }
    let (mut sams, mut sids, mut bens) = (begun(&sam), begun(&sid), begun(&ben));

    let ask = Ask { mentions: named(&[&ben]), ..question(desk, "Refund after port-out, @Ben?") };
    let (request, first) = (ask.request, ask.message);
    let seq = ana.does(ask).await;
    for person in [&mut sam, &mut sid, &mut ben] {
        person.reaches(seq).await;
    }
    assert_eq!(mentions_in(&notices(&ben, &mut bens)), [first]);
    assert_eq!(mentions_in(&notices(&sid, &mut sids)), []);
    let asked = message(&sid, first).expect("it is open to all");
    assert_eq!((people(&asked.mentions.tells), asked.mentions.told), (vec![ben.id], 1));

    // Whoever was named need not take it: Sid does, and asks the desk.
    let seq = sid.does(words(request, "@desk has anybody seen this?", at(Mention::Desk, ""))).await;
    for person in [&mut sam, &mut ben, &mut ana] {
        person.reaches(seq).await;
    }
    assert_eq!(mentions_in(&notices(&sam, &mut sams)).len(), 1, "Sam is on duty");
    assert_eq!(mentions_in(&notices(&ben, &mut bens)), [], "Ben is not");

    // Quiet hours hold it back until they are over, and it is told once.
    let quiet = QuietHours { from: 10 * 60, to: 11 * 60, zone: "Europe/Berlin".into() };
    ben.does(SetQuietHours { hours: Some(quiet) }).await;
    let later = words(request, "@Ben, and this one?", named(&[&ben]));
    let id = later.message;
    let seq = ana.does(later).await;
    ben.reaches(seq).await;
    assert_eq!(mentions_in(&notices(&ben, &mut bens)), []);
    house.clock.turn(HOUR);
    let bens_id = ben.id;
    let is_over = |ben: &Person| match ben.replica.get(&EntityRef::Person(bens_id)) {
        Some(Entity::Person(row)) => !row.quiet_now,
        _ => false,
    };
    ben.hears_until("the end of quiet hours", is_over).await;
    assert_eq!(mentions_in(&notices(&ben, &mut bens)), [id]);
    assert_eq!(mentions_in(&notices(&ben, &mut bens)), []);
    for person in [&mut ana, &mut sam, &mut sid, &mut ben] {
        person.verifies().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_fourteen_are_told_once_there_is_a_reason() {
    let names = [
        "Ana", "Ben", "Chi", "Dov", "Eve", "Fay", "Gil", "Hal", "Ida", "Jon", "Kit", "Lea", "Mia", "Noa",
        "Olu",
    ];
    let (mut house, mut ada, mut team) = House::with_team(names).await;
    let Desk { id: desk, name, purpose, owner, audience, hours, zone, .. } = house.desk(&ada).await;
    // Fourteen besides Ana: Ada owns the desk, thirteen help.
    let helpers = Helpers::These { people: team[1..14].iter().map(|person| person.id).collect() };
    let edit = EditDesk {
        desk,
        name,
        purpose,
        owner,
        helpers,
        audience,
        hours,
        zone,
        provider: None,
        review_before_upload: false,
        closed: false,
    };
    ada.does(edit).await;
    let (ana, others) = team.split_first_mut().expect("Ana");
    let olu = others[13].id;
    let ben = &mut others[0];
    ben.follows().await;
    let mut bens = begun(ben);
    let request = ana.asks(desk, "IVR code 17 again?").await;

    let many = words(request, "@all the IVR is down", at(Mention::All, ""));
    let id = many.message;
    let problem = ana.tries(many.clone()).await.expect_err("fourteen at once");
    assert_eq!(problem.code, Code::ReasonNeeded);
    assert!(problem.title.contains("14 people") && problem.next.contains("reason"), "{problem}");
    // The words were kept; with a reason the same message goes, also after the server was away.
    house.restart().await;
    ana.base = house.base.clone();
    ben.base = house.base.clone();
    ben.connects().await;
    let reason = "Nobody can be reached";
    let mut again = many;
    again.mentions.reason = reason.into();
    let seq = ana.does(again).await;
    ben.reaches(seq).await;
    let told = message(ben, id).expect("it is there").mentions.clone();
    assert_eq!((told.told, told.reason.as_str()), (14, reason));
    assert_eq!(people(&told.tells).len(), 14);
    let shown = notices(ben, &mut bens);
    let (author, text) = ("Ana".into(), reason.into());
    let expected = Notice::Mentioned { request, message: id, author, text };
    assert!(shown.contains(&expected), "with the reason: {shown:?}");
    // Olu is no member: nothing is said to her, though she may read it.
    assert!(!people(&told.tells).contains(&olu));
    ben.verifies().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_question_is_never_shown_by_a_mention() {
    let (house, ada, [mut ana, mut ben, mut sam]) = House::with_team(["Ana", "Ben", "Sam"]).await;
    let desk = house.desk(&ada).await.id;
    ben.follows().await;
    sam.follows().await;
    let private = Ask { private_with: Some(vec![sam.id]), ..question(desk, "About my salary") };
    let request = private.request;
    ana.does(private).await;
    let to_ben = words(request, "@Ben knows more", named(&[&ben]));
    let problem = ana.tries(to_ben.clone()).await.expect_err("Ben may not see it");
    assert_eq!(problem.code, Code::CannotSee);
    assert!(problem.title.starts_with("Ben can't see this"), "{problem}");
    let everyone = words(request, "@all", at(Mention::All, ""));
    let id = everyone.message;
    let seq = ana.does(everyone).await;
    sam.reaches(seq).await;
    assert_eq!(people(&message(&sam, id).expect("Sam sees it").mentions.tells), [sam.id]);
    ben.reaches(seq).await;
    assert!(!ben.holds("salary") && !ben.holds("@all"), "Ben learns nothing");
    // The way that the refusal names.
    ana.does(OpenToDesk { request }).await;
    let seq = ana.does(Say { message: MessageId::fresh(), ..to_ben }).await;
    ben.reaches(seq).await;
    assert!(ben.holds("@Ben knows more"));
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_are_none_are_refused_and_nothing_is_lost_or_doubled() {
    let (house, mut ada, [mut ana, ben]) = House::with_team(["Ana", "Ben"]).await;
    let desk = house.desk(&ada).await.id;
    ana.follows().await;
    let request = ana.asks(desk, "Which discount?").await;
    ada.does(Deactivate { person: ben.id }).await;
    let stranger = Mention::Person { person: PersonId::fresh() };
    let gone = Mention::Person { person: ben.id };
    let refused = [
        (vec![stranger], Code::Unknown),
        (vec![gone], Code::Unknown),
        (vec![Mention::Person { person: ada.id }; 200], Code::TooLong),
    ];
    for (whom, code) in refused {
        let mentions = NewMentions { whom, reason: String::new() };
        assert_eq!(ana.tries(words(request, "you", mentions)).await.expect_err("no").code, code);
    }
    // Oneself is told nothing, and whoever is named twice once.
    let twice = words(request, "@Ana @Ada @Ada", named(&[&ana, &ada, &ada]));
    let id = twice.message;
    let seq = ana.does(twice).await;
    ana.reaches(seq).await;
    let row = message(&ana, id).expect("it is there");
    assert_eq!((row.mentions.whom.len(), people(&row.mentions.tells)), (2, vec![ada.id]));
    assert_ne!(row.at, Millis(0));
    ana.verifies().await;
}
