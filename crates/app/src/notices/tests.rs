//! Who is told of what, and how loudly.

mod anew;

use deskside_protocol::{
    Millis,
    care::{Alarm, AlarmStep, Care, Critical, Reminder},
    charter::Unwatched,
    mentions::Mentions,
    values::Audience,
};

use super::*;

fn desk(owner: PersonId, helpers: Helpers) -> Desk {
    Desk {
        id: DeskId::fresh(),
        name: "Phones help".to_owned(),
        purpose: String::new(),
        owner,
        helpers,
        audience: Audience::Open,
        hours: Vec::new(),
        zone: String::new(),
        provider: None,
        review_before_upload: false,
        system_sound: None,
        closed: false,
        service: Default::default(),
        hours_since: None,
        earlier_hours: Vec::new(),
        rota: Vec::new(),
        gaps: Vec::new(),
        unwatched: None,
        history: Vec::new(),
    }
}

fn request(desk: DeskId, asker: PersonId, urgency: Urgency) -> Request {
    Request {
        id: RequestId::fresh(),
        desk,
        asker,
        owner: None,
        text: "refund after port-out?".to_owned(),
        urgency,
        ticket: None,
        private_with: None,
        state: RequestState::Open,
        asked_at: Millis(0),
        first_response_at: None,
        answered_at: None,
        solved_at: None,
        touched_at: Millis(0),
        clip_wanted_by: None,
        thanked: false,
        archived: false,
        care: Default::default(),
    }
}

fn put(entity: Entity) -> Vec<Change> {
    vec![Change::Put(entity)]
}

#[test]
fn a_helper_hears_of_a_waiting_customer_once() {
    let (me, ana) = (PersonId::fresh(), PersonId::fresh());
    let desk = desk(ana, Helpers::These { people: vec![me] });
    let old = request(desk.id, ana, Urgency::Live);
    let mut watch = Watch::default();
    let begun = watch.begin(me, &[Entity::Desk(desk.clone()), Entity::Request(old)]);
    assert_eq!(begun, [Notice::Waiting { count: 1 }], "what was there is not told, only counted");
    let new = request(desk.id, ana, Urgency::Live);
    let told = watch.changed(&put(Entity::Request(new.clone())));
    let expected = Notice::Asked {
        request: new.id,
        asker: String::new(),
        text: new.text.clone(),
        live: true,
        sound: true,
    };
    assert_eq!(told, [expected, Notice::Waiting { count: 2 }]);
    assert_eq!(watch.changed(&put(Entity::Request(new.clone()))), [], "the same again is no news");
    let whenever = request(desk.id, ana, Urgency::Whenever);
    assert_eq!(watch.changed(&put(Entity::Request(whenever))), [Notice::Waiting { count: 3 }]);
    let taken = Request { owner: Some(ana), ..new.clone() };
    let over = watch.changed(&put(Entity::Request(taken)));
    assert_eq!(over, [Notice::Over { request: new.id }, Notice::Waiting { count: 2 }], "its card goes");
}

#[test]
fn a_private_question_is_told_to_whom_it_is_for() {
    let (me, ana) = (PersonId::fresh(), PersonId::fresh());
    let desk = desk(ana, Helpers::Everyone);
    let mut watch = Watch::default();
    watch.begin(me, &[Entity::Desk(desk.clone())]);
    let private = |with| Request { private_with: Some(vec![with]), ..request(desk.id, ana, Urgency::Live) };
    assert_eq!(watch.changed(&put(Entity::Request(private(PersonId::fresh())))), []);
    let told = watch.changed(&put(Entity::Request(private(me))));
    assert!(matches!(told[0], Notice::Asked { live: true, .. }), "{told:?}");
}

fn person(id: PersonId, quiet_now: bool) -> Person {
    Person {
        id,
        name: "Somebody".to_owned(),
        email: "somebody@numbra.example".to_owned(),
        role: deskside_protocol::values::Role::Agent,
        active: true,
        status: Status::Available,
        status_at: Millis(0),
        phone: String::new(),
        call_link: String::new(),
        quiet: None,
        quiet_now,
        status_until: None,
        status_unconfirmed: false,
        busy_until: None,
        calendar: Default::default(),
        asked_solved_at: None,
        profile: Default::default(),
    }
}

#[test]
fn quiet_hours_hold_a_waiting_customer_back_only_while_somebody_else_watches() {
    let (me, ana, sam) = (PersonId::fresh(), PersonId::fresh(), PersonId::fresh());
    let desk = desk(sam, Helpers::These { people: vec![me] });
    let here = |connected| [Here { person: sam, connected, idle: false }];
    let mut watch = Watch::default();
    let people = [person(me, true), person(ana, false), person(sam, false)].map(Entity::Person);
    watch.begin(me, &[&people[..], &[Entity::Desk(desk.clone())]].concat());
    watch.present(&here(true));
    let live = request(desk.id, ana, Urgency::Live);
    let counted = watch.changed(&put(Entity::Request(live.clone())));
    assert_eq!(counted, [Notice::Waiting { count: 1 }], "Sam watches");
    let told = watch.present(&here(false));
    assert!(
        matches!(&told[..], [Notice::Asked { request, live: true, .. }] if *request == live.id),
        "{told:?}"
    );
    assert_eq!(watch.present(&here(true)), [], "told once");
    let today = watch.changed(&put(Entity::Request(request(desk.id, ana, Urgency::Today))));
    assert_eq!(today, [Notice::Waiting { count: 2 }], "what can wait waits");
    let over = watch.changed(&put(Entity::Person(person(me, false))));
    assert!(matches!(&over[..], [Notice::Asked { live: false, .. }]), "and is told when they are over");
}

fn these(people: &[PersonId]) -> Helpers {
    Helpers::These { people: people.to_vec() }
}

fn alarm(rings: &[PersonId], cards: &[PersonId]) -> Option<Alarm> {
    Some(Alarm {
        step: AlarmStep::Duty,
        since: Millis(0),
        begins_at: Millis(0),
        rings: these(rings),
        cards: these(cards),
        call_now: Vec::new(),
        next_at: Millis(45_000),
    })
}

/// What `watch` shows of this row now: whether each note stays, and whether it is heard.
fn shown(watch: &mut Watch, row: &Request) -> Vec<(bool, bool)> {
    let told = watch.changed(&put(Entity::Request(row.clone())));
    let note = |notice: &Notice| match notice {
        Notice::Asked { live, sound, .. } => Some((*live, *sound)),
        _ => None,
    };
    told.iter().filter_map(note).collect()
}

#[test]
fn an_alarm_says_who_is_told_and_how_loudly() {
    let (me, ana) = (PersonId::fresh(), PersonId::fresh());
    let many = Critical { by: ana, reason: "no calls".to_owned(), at: Millis(0), review: None };
    let (nobody, mine): (&[PersonId], &[PersonId]) = (&[], &[me]);
    let heard = vec![(true, true)];
    let stays = vec![(true, false)];
    let banner = vec![(false, false)];
    let nothing = vec![];
    // Urgency, critical, rung, card, one's status, what is shown.
    let table = [
        (Urgency::Live, false, mine, nobody, Status::Available, &heard),
        (Urgency::Live, false, mine, nobody, Status::OnCall, &stays),
        (Urgency::Live, false, mine, nobody, Status::Off, &nothing),
        (Urgency::Live, false, nobody, mine, Status::Available, &stays),
        (Urgency::Live, false, mine, mine, Status::Available, &heard),
        (Urgency::Live, false, nobody, nobody, Status::Available, &nothing),
        (Urgency::Today, false, mine, nobody, Status::Available, &banner),
        (Urgency::Today, false, nobody, mine, Status::Available, &banner),
        (Urgency::Today, false, mine, nobody, Status::OnCall, &nothing),
        (Urgency::Today, true, mine, nobody, Status::Available, &heard),
        (Urgency::Today, true, nobody, mine, Status::Available, &stays),
        (Urgency::Whenever, false, mine, nobody, Status::Available, &nothing),
        (Urgency::Whenever, true, mine, nobody, Status::Available, &heard),
    ];
    for (n, (urgency, critical, rings, cards, status, expected)) in table.into_iter().enumerate() {
        let desk = desk(ana, these(&[me]));
        let myself = Person { status, ..person(me, false) };
        let mut watch = Watch::default();
        watch.begin(me, &[Entity::Desk(desk.clone()), Entity::Person(myself)]);
        let critical = critical.then(|| many.clone());
        let care = Care { alarm: alarm(rings, cards), critical, ..Care::default() };
        let row = Request { care, ..request(desk.id, ana, urgency) };
        assert_eq!(&shown(&mut watch, &row), expected, "line {n}");
    }
}

#[test]
fn an_alarm_that_grows_louder_is_told_again() {
    let (me, ana, sam) = (PersonId::fresh(), PersonId::fresh(), PersonId::fresh());
    // Called from another desk: one does not help here.
    let desk = desk(ana, these(&[sam]));
    let mut watch = Watch::default();
    watch.begin(me, &[Entity::Desk(desk.clone()), Entity::Person(person(me, false))]);
    let first = request(desk.id, ana, Urgency::Live);
    let id = first.id;
    let step = |rings: &[PersonId], cards: &[PersonId]| Request {
        care: Care { alarm: alarm(rings, cards), ..Care::default() },
        ..first.clone()
    };
    assert_eq!(shown(&mut watch, &step(&[sam], &[])), [], "whoever is on duty is rung, and nobody else");
    assert_eq!(shown(&mut watch, &step(&[sam], &[me])), [(true, false)], "45 s: a silent card");
    assert_eq!(shown(&mut watch, &step(&[sam], &[me])), [], "the same again is no news");
    assert_eq!(shown(&mut watch, &step(&[sam, me], &[me])), [(true, true)], "120 s: rung");
    let over = |watch: &mut Watch, row: Request| {
        watch.changed(&put(Entity::Request(row))).contains(&Notice::Over { request: id })
    };
    let taken = |by| Request { owner: Some(by), state: RequestState::Accepted, ..step(&[], &[]) };
    assert!(over(&mut watch, taken(sam)), "the first claim takes every card back");
    assert_eq!(shown(&mut watch, &step(&[sam, me], &[])), [(true, true)], "given back: it waits again");
    let later = Request { urgency: Urgency::Today, ..step(&[sam, me], &[]) };
    assert!(over(&mut watch, later), "nobody waits on the line any more");
    assert_eq!(shown(&mut watch, &step(&[sam, me], &[])), [(true, true)], "and now somebody does");
    assert!(over(&mut watch, taken(me)));
    assert_eq!(shown(&mut watch, &step(&[sam, me], &[])), [], "giving back is one's own act");
}

#[test]
fn quiet_hours_hold_back_only_while_somebody_who_was_told_watches() {
    let (me, ana, sam) = (PersonId::fresh(), PersonId::fresh(), PersonId::fresh());
    let desk = desk(ana, these(&[me, sam]));
    let people = [person(me, true), person(ana, false), person(sam, false)].map(Entity::Person);
    let told = |rings: &[PersonId], cards: &[PersonId]| {
        let mut watch = Watch::default();
        watch.begin(me, &[&people[..], &[Entity::Desk(desk.clone())]].concat());
        watch.present(&[Here { person: sam, connected: true, idle: false }]);
        let care = Care { alarm: alarm(rings, cards), ..Care::default() };
        shown(&mut watch, &Request { care, ..request(desk.id, ana, Urgency::Live) })
    };
    assert_eq!(told(&[me, sam], &[]), [], "Sam is rung and watches");
    assert_eq!(told(&[me], &[sam]), [], "Sam has a card and watches");
    assert_eq!(told(&[me], &[]), [(true, true)], "Sam watches, but of this nobody told him");
}

#[test]
fn nobody_is_told_of_their_own_act_or_of_other_desks() {
    let (me, ana) = (PersonId::fresh(), PersonId::fresh());
    let (mine, other) = (desk(ana, Helpers::Everyone), desk(ana, Helpers::These { people: vec![ana] }));
    let mut watch = Watch::default();
    watch.begin(me, &[Entity::Desk(mine.clone()), Entity::Desk(other.clone())]);
    assert_eq!(watch.changed(&put(Entity::Request(request(mine.id, me, Urgency::Live)))), []);
    assert_eq!(watch.changed(&put(Entity::Request(request(other.id, ana, Urgency::Live)))), []);
}

fn answer_by(author: PersonId, request: RequestId) -> Message {
    Message {
        id: MessageId::fresh(),
        request,
        author: Some(author),
        kind: MessageKind::Answered,
        text: "yes".to_owned(),
        attachments: Vec::new(),
        clip: None,
        moment: None,
        mentions: Default::default(),
        at: Millis(0),
        deleted: false,
    }
}

#[test]
fn an_answer_reaches_the_asker() {
    let (me, ana) = (PersonId::fresh(), PersonId::fresh());
    let desk = desk(ana, Helpers::These { people: vec![ana] });
    let asked = request(desk.id, me, Urgency::Today);
    let mut watch = Watch::default();
    watch.begin(me, &[Entity::Desk(desk), Entity::Request(asked.clone())]);
    let answer = |author| answer_by(author, asked.id);
    let theirs = answer(ana);
    assert_eq!(
        watch.changed(&put(Entity::Message(theirs.clone()))),
        [Notice::Answered { message: theirs.id }]
    );
    assert_eq!(watch.changed(&put(Entity::Message(theirs))), [], "an edited answer is not a new one");
    assert_eq!(watch.changed(&put(Entity::Message(answer(me)))), []);
}

#[test]
fn an_answer_reaches_whoever_joined() {
    let (me, ana, sam) = (PersonId::fresh(), PersonId::fresh(), PersonId::fresh());
    let desk = desk(ana, these(&[ana]));
    for (joined, is_told) in [(vec![me], true), (vec![sam], false)] {
        let care = Care { joined, ..Care::default() };
        let asked = Request { care, ..request(desk.id, sam, Urgency::Today) };
        let mut watch = Watch::default();
        watch.begin(me, &[Entity::Desk(desk.clone()), Entity::Request(asked.clone())]);
        let answer = answer_by(ana, asked.id);
        let told = watch.changed(&put(Entity::Message(answer.clone())));
        let expected = if is_told { vec![Notice::Answered { message: answer.id }] } else { vec![] };
        assert_eq!(told, expected);
    }
}

#[test]
fn a_closed_desk_shows_its_waiting_customer_silently_and_only_to_who_is_available() {
    let (me, ana) = (PersonId::fresh(), PersonId::fresh());
    let desk = desk(me, Helpers::Everyone);
    let alarm = Alarm {
        step: AlarmStep::Closed,
        since: Millis(0),
        begins_at: Millis(9),
        rings: Helpers::These { people: vec![] },
        cards: Helpers::Everyone,
        call_now: vec![],
        next_at: Millis(9),
    };
    let asked = |status, quiet_now| {
        let mut watch = Watch::default();
        let me_now = Person { status, ..person(me, quiet_now) };
        watch.begin(me, &[Entity::Desk(desk.clone()), Entity::Person(me_now)]);
        let care = Care { alarm: Some(alarm.clone()), ..Default::default() };
        let request = Request { care, ..request(desk.id, ana, Urgency::Live) };
        let told = watch.changed(&put(Entity::Request(request)));
        told.into_iter().find_map(|notice| match notice {
            Notice::Asked { live, sound, .. } => Some((live, sound)),
            _ => None,
        })
    };
    assert_eq!(asked(Status::Available, false), Some((true, false)), "a card that stays, without a sound");
    for (status, quiet) in
        [(Status::OnCall, false), (Status::Away, false), (Status::Off, false), (Status::Available, true)]
    {
        assert_eq!(asked(status, quiet), None, "{status:?}, quiet hours {quiet}");
    }
}

fn call(callee: PersonId, silent: bool) -> Call {
    Call {
        id: CallId::fresh(),
        request: None,
        caller: PersonId::fresh(),
        callee,
        then: Vec::new(),
        before: Vec::new(),
        state: CallState::Ringing,
        silent,
        wants_callback: false,
        room: String::new(),
        joined: Vec::new(),
        outcome: String::new(),
        rang_at: Millis(0),
        accepted_at: None,
        joined_at: None,
        ended_at: None,
        still_asked_at: None,
    }
}

#[test]
fn a_ring_is_heard_until_it_is_over_however_it_ends() {
    let me = PersonId::fresh();
    for end in [
        Call { state: CallState::Accepted, ..call(me, false) },
        Call { state: CallState::Declined, ..call(me, false) },
        Call { state: CallState::Missed, ..call(me, false) },
        Call { state: CallState::Soon, ..call(me, false) },
        // Passed on: it rings somebody else now.
        Call { callee: PersonId::fresh(), ..call(me, false) },
    ] {
        let mut watch = Watch::default();
        watch.begin(me, &[]);
        let rings = Call { id: end.id, ..call(me, false) };
        let told = watch.changed(&put(Entity::Call(rings.clone())));
        assert_eq!(told, [Notice::Rings { call: rings.id }, Notice::Bell { rings: true }]);
        assert_eq!(watch.changed(&put(Entity::Call(rings))), [], "once is enough");
        let over = watch.changed(&put(Entity::Call(end.clone())));
        assert_eq!(over, [Notice::RingOver, Notice::Bell { rings: false }], "{:?}", end.state);
    }
}

#[test]
fn a_silent_ring_is_only_seen_and_one_that_is_heard_is_heard_beside_it() {
    let me = PersonId::fresh();
    let mut watch = Watch::default();
    watch.begin(me, &[]);
    let (silent, loud) = (call(me, true), call(me, false));
    assert_eq!(watch.changed(&put(Entity::Call(silent.clone()))), [Notice::Rings { call: silent.id }]);
    let told = watch.changed(&put(Entity::Call(loud.clone())));
    assert_eq!(told, [Notice::Rings { call: loud.id }, Notice::Bell { rings: true }]);
    let gone = watch.changed(&[Change::Gone(EntityRef::Call(loud.id))]);
    assert_eq!(gone, [Notice::Bell { rings: false }], "the silent card stays");
}

#[test]
fn a_snapshot_while_it_rings_neither_stops_the_bell_nor_leaves_it_ringing() {
    let me = PersonId::fresh();
    let mut watch = Watch::default();
    let rings = call(me, false);
    let begun = watch.begin(me, &[Entity::Call(rings.clone())]);
    assert!(begun.contains(&Notice::Bell { rings: true }), "{begun:?}");
    let again = watch.begin(me, &[Entity::Call(rings)]);
    assert!(!again.iter().any(|notice| matches!(notice, Notice::Bell { .. })), "{again:?}");
    let over = watch.begin(me, &[]);
    assert!(over.contains(&Notice::RingOver) && over.contains(&Notice::Bell { rings: false }), "{over:?}");
}

#[test]
fn every_call_that_may_be_heard_rings_the_bell_for_an_older_one_may_have_fallen_silent() {
    let me = PersonId::fresh();
    let mut watch = Watch::default();
    watch.begin(me, &[]);
    let (first, second, third) = (call(me, false), call(me, false), call(me, false));
    watch.changed(&put(Entity::Call(first.clone())));
    let told = watch.changed(&put(Entity::Call(second.clone())));
    assert_eq!(told, [Notice::Rings { call: second.id }, Notice::Bell { rings: true }]);
    let silent = call(me, true);
    assert_eq!(watch.changed(&put(Entity::Call(silent.clone()))), [Notice::Rings { call: silent.id }]);
    let all = [&first, &second, &third].map(|call| Entity::Call(call.clone()));
    let told = watch.begin(me, &all);
    assert!(told.contains(&Notice::Bell { rings: true }), "the third is new: {told:?}");
}

#[test]
fn when_nobody_is_signed_in_any_more_nothing_rings_and_nothing_is_shown() {
    let me = PersonId::fresh();
    let mut watch = Watch::default();
    assert_eq!(watch.over(), [], "nobody was");
    let desk = desk(PersonId::fresh(), Helpers::Everyone);
    watch.begin(me, &[Entity::Desk(desk.clone())]);
    let waits = request(desk.id, PersonId::fresh(), Urgency::Live);
    watch.changed(&[put(Entity::Request(waits.clone())), put(Entity::Call(call(me, false)))].concat());
    let over = [
        Notice::Over { request: waits.id },
        Notice::RingOver,
        Notice::Bell { rings: false },
        Notice::Waiting { count: 0 },
    ];
    assert_eq!(watch.over(), over);
    assert_eq!(watch.over(), [], "once is enough");
    let rings = call(me, false);
    let begun = watch.begin(me, &[Entity::Call(rings.clone())]);
    assert!(begun.contains(&Notice::Bell { rings: true }), "the next person's call is heard: {begun:?}");
}

#[test]
fn the_wish_for_a_clip_reaches_the_asker_each_time_it_is_said() {
    let (me, sam) = (PersonId::fresh(), PersonId::fresh());
    let asked = request(DeskId::fresh(), me, Urgency::Today);
    let mut watch = Watch::default();
    watch.begin(me, &[Entity::Request(asked.clone())]);
    let wanted = Request {
        owner: Some(sam),
        clip_wanted_by: Some(sam),
        state: RequestState::WaitingAsker,
        ..asked.clone()
    };
    let wishes =
        |told: Vec<Notice>| told.into_iter().filter(|one| matches!(one, Notice::ClipWanted { .. })).collect();
    let mut told = |row: &Request| -> Vec<_> { wishes(watch.changed(&put(Entity::Request(row.clone())))) };
    let wish = Notice::ClipWanted { request: asked.id, by: sam };
    assert_eq!(told(&wanted), std::slice::from_ref(&wish));
    assert_eq!(told(&Request { touched_at: Millis(1), ..wanted.clone() }), [], "the same wish is no news");
    assert_eq!(told(&Request { state: RequestState::Accepted, ..wanted.clone() }), [], "answered in words");
    assert_eq!(told(&wanted), [wish], "asked for once more");

    let mut other = Watch::default();
    other.begin(sam, &[Entity::Request(asked)]);
    let told = other.changed(&put(Entity::Request(wanted)));
    assert!(
        !told.iter().any(|notice| matches!(notice, Notice::ClipWanted { .. })),
        "only the asker: {told:?}"
    );
}

#[test]
fn who_asked_and_who_has_it_are_told_once_that_nothing_holds_it_up() {
    let (ana, sam, ben) = (PersonId::fresh(), PersonId::fresh(), PersonId::fresh());
    let asked = request(DeskId::fresh(), ana, Urgency::Today);
    let free = |at: Option<i64>| {
        let care = Care { unblocked_at: at.map(Millis), ..Care::default() };
        Request { owner: Some(sam), state: RequestState::Accepted, care, ..asked.clone() }
    };
    for (me, is_told) in [(ana, true), (sam, true), (ben, false)] {
        let mut watch = Watch::default();
        watch.begin(me, &[Entity::Request(free(None))]);
        let told = watch.changed(&put(Entity::Request(free(Some(5)))));
        let news = Notice::Unblocked { request: asked.id, text: asked.text.clone() };
        assert_eq!(told.contains(&news), is_told);
        assert_eq!(watch.changed(&put(Entity::Request(free(Some(5))))), [], "once");
        let told = watch.begin(me, &[Entity::Request(free(Some(5)))]);
        assert!(!told.contains(&news), "what was there is no news");
    }
}

#[test]
fn who_answers_for_an_unwatched_desk_is_told_once_until_somebody_is_there() {
    let (me, sid) = (PersonId::fresh(), PersonId::fresh());
    let desk = desk(me, these(&[sid]));
    let unwatched =
        |who| Desk { unwatched: Some(Unwatched { tell_at: None, tells: vec![who] }), ..desk.clone() };
    let mut watch = Watch::default();
    let myself = |quiet| Entity::Person(person(me, quiet));
    watch.begin(me, &[myself(true), Entity::Desk(desk.clone())]);
    assert_eq!(watch.changed(&put(Entity::Desk(unwatched(sid)))), [], "it is Sid's to know");
    assert_eq!(watch.changed(&put(Entity::Desk(unwatched(me)))), [], "in quiet hours it waits");
    let told = Notice::Unwatched { desk: desk.id, name: desk.name.clone() };
    assert_eq!(watch.changed(&put(myself(false))), std::slice::from_ref(&told));
    assert_eq!(watch.changed(&put(Entity::Desk(unwatched(me)))), [], "once");
    let over = [Notice::Watched { desk: desk.id }];
    assert_eq!(watch.changed(&put(Entity::Desk(desk.clone()))), over);
    assert_eq!(watch.changed(&put(Entity::Desk(unwatched(me)))), [told], "another time");
    assert_eq!(watch.over(), over, "signed out");
}

#[test]
fn who_owes_something_is_told_what_the_server_reminds_of_until_it_is_done() {
    let (me, ana, sid) = (PersonId::fresh(), PersonId::fresh(), PersonId::fresh());
    let desk = desk(sid, these(&[sid]));
    let asked = request(desk.id, ana, Urgency::Today);
    let owing = |who, of| {
        let reminders = vec![Reminder { person: who, of }];
        Request { owner: Some(sid), care: Care { reminders, ..Care::default() }, ..asked.clone() }
    };
    let told = |mut watch: Watch, of| {
        let told = watch.changed(&put(Entity::Request(owing(me, of))));
        told.into_iter().find_map(|notice| match notice {
            Notice::Owed { request, of: what, stays, sound, asker, text } => {
                assert_eq!((request, what, &*asker, &*text), (asked.id, of, "Somebody", &*asked.text));
                Some((stays, sound))
            }
            _ => None,
        })
    };
    let watch = |status, quiet_now| {
        let mut watch = Watch::default();
        let people = [Person { status, ..person(me, quiet_now) }, person(ana, false)].map(Entity::Person);
        watch.begin(
            me,
            &[&people[..], &[Entity::Request(Request { owner: Some(sid), ..asked.clone() })]].concat(),
        );
        watch
    };
    let (free, called) = (Status::Available, Status::OnCall);
    assert_eq!(told(watch(free, false), Owed::Callback), Some((true, true)), "a late call is heard");
    assert_eq!(told(watch(called, false), Owed::Callback), Some((true, false)), "not beside a customer");
    assert_eq!(told(watch(free, false), Owed::LateFollowUp), Some((true, true)));
    assert_eq!(told(watch(free, false), Owed::FollowUp), Some((false, false)));
    assert_eq!(told(watch(free, false), Owed::Update), Some((false, false)));
    assert_eq!(told(watch(Status::Off, false), Owed::Callback), None);

    let mut watch = watch(free, true);
    let late = || put(Entity::Request(owing(me, Owed::Callback)));
    assert_eq!(watch.changed(&late()), [], "in quiet hours it waits");
    let after = watch.changed(&put(Entity::Person(person(me, false))));
    assert!(matches!(&after[..], [Notice::Owed { of: Owed::Callback, .. }]), "and is told after: {after:?}");
    assert_eq!(watch.changed(&late()), [], "once");
    let to_sid = watch.changed(&put(Entity::Request(owing(sid, Owed::Callback))));
    assert_eq!(to_sid, [Notice::Kept { request: asked.id, of: Owed::Callback }], "it is another's now");

    let again = watch.begin(me, &[Entity::Request(owing(me, Owed::Update))]);
    assert!(!again.iter().any(|notice| matches!(notice, Notice::Owed { .. })), "what was there: {again:?}");
    let begun = watch.begin(me, &[]);
    assert!(begun.contains(&Notice::Kept { request: asked.id, of: Owed::Update }), "{begun:?}");
}

fn mention(author: PersonId, tells: Helpers) -> Message {
    let mentions = Mentions { tells, told: 1, ..Mentions::default() };
    Message { kind: MessageKind::Said, mentions, ..answer_by(author, RequestId::fresh()) }
}

/// Which messages are said to name this person.
fn named(told: &[Notice]) -> Vec<MessageId> {
    let message = |notice: &Notice| match notice {
        Notice::Mentioned { message, .. } => Some(*message),
        _ => None,
    };
    told.iter().filter_map(message).collect()
}

#[test]
fn words_tell_whom_the_message_says_and_never_their_writer() {
    let (me, ana) = (PersonId::fresh(), PersonId::fresh());
    let mut watch = Watch::default();
    let old = mention(ana, these(&[me]));
    watch.begin(me, &[Entity::Person(person(me, false)), Entity::Message(old.clone())]);
    let mut hears = |message: &Message| named(&watch.changed(&put(Entity::Message(message.clone()))));
    assert_eq!(hears(&old), [], "what was there stands in the inbox");
    let (one, all) = (mention(ana, these(&[me])), mention(ana, Helpers::Everyone));
    assert_eq!(hears(&one), [one.id]);
    assert_eq!(hears(&one), [], "once");
    assert_eq!(hears(&all), [all.id]);
    assert_eq!(hears(&mention(ana, these(&[ana]))), []);
    assert_eq!(hears(&mention(me, Helpers::Everyone)), [], "one's own words");
    assert_eq!(hears(&Message { deleted: true, ..mention(ana, these(&[me])) }), []);
}

#[test]
fn a_mention_waits_for_the_end_of_quiet_hours_and_goes_with_its_words() {
    let (me, ana) = (PersonId::fresh(), PersonId::fresh());
    let off = Person { status: Status::Off, ..person(me, false) };
    for waits in [person(me, true), off] {
        let mut watch = Watch::default();
        watch.begin(me, &[Entity::Person(waits)]);
        let (kept, deleted, unseen) =
            (mention(ana, these(&[me])), mention(ana, these(&[me])), mention(ana, these(&[me])));
        for message in [&kept, &deleted, &unseen] {
            assert_eq!(named(&watch.changed(&put(Entity::Message(message.clone())))), []);
        }
        watch.changed(&put(Entity::Message(Message { deleted: true, ..deleted })));
        watch.changed(&[Change::Gone(EntityRef::Message(unseen.id))]);
        assert_eq!(named(&watch.changed(&put(Entity::Person(person(me, false))))), [kept.id]);
    }
}

#[test]
fn an_answer_that_names_its_asker_is_told_once() {
    let (me, ana) = (PersonId::fresh(), PersonId::fresh());
    let desk = desk(ana, these(&[ana]));
    let asked = request(desk.id, me, Urgency::Today);
    let mut watch = Watch::default();
    watch.begin(me, &[Entity::Desk(desk), Entity::Request(asked.clone())]);
    let mentions = Mentions { tells: these(&[me]), told: 1, ..Mentions::default() };
    let answer = Message { mentions, ..answer_by(ana, asked.id) };
    let told = watch.changed(&put(Entity::Message(answer.clone())));
    assert_eq!(told, [Notice::Answered { message: answer.id }]);
}
