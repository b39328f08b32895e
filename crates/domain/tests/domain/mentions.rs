//! Whom a mention tells: the vectors that the composer's meter passes too, and what stands on the message.

use std::{collections::BTreeMap, fs};

use deskside_domain::{
    Actor, Circumstances, Command, Decision, Refusal, Row, State, Time,
    command::{Ask, DeleteMessage, Say},
    decide::decide,
    desk::{Audience, Desk, DutySlot, Helpers},
    id::PersonId,
    mention::{MOST_MENTIONS, Mention, Mentions, NewMentions},
    message::Message,
    person::Person,
    request::Request,
};
use serde_json::Value;
use uuid::Uuid;

use crate::world::*;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/mentions.json");

fn whom(whom: &[Mention]) -> NewMentions {
    NewMentions { whom: whom.to_vec(), ..NewMentions::default() }
}

fn written(decision: &Decision) -> &Message {
    let rows = decision.rows.iter();
    rows.filter_map(|row| if let Row::Message(row) = row { Some(row) } else { None })
        .next()
        .expect("a message")
}

/// Everybody of the vectors, by name.
struct Cast {
    ids: BTreeMap<String, PersonId>,
}

impl Cast {
    fn of(vectors: &Value) -> Self {
        let names = vectors["people"].as_array().expect("people").iter();
        let id = |n: usize| PersonId(Uuid::from_u128(7_000 + n as u128));
        let fixed = [("ana", ANA), ("ben", BEN), ("sam", SAM), ("sid", SID), ("ada", ADA)];
        let mut ids: BTreeMap<String, PersonId> =
            names.enumerate().map(|(n, name)| (name.as_str().expect("a name").to_owned(), id(n))).collect();
        ids.extend(fixed.map(|(name, id)| (name.to_owned(), id)));
        Self { ids }
    }

    fn id(&self, name: &str) -> PersonId {
        self.ids.get(name).copied().unwrap_or(PersonId(Uuid::from_u128(9_999)))
    }

    fn list(&self, names: &Value) -> Vec<PersonId> {
        let names = names.as_array().into_iter().flatten();
        names.map(|name| self.id(name.as_str().expect("a name"))).collect()
    }

    fn mention(&self, name: &str) -> Mention {
        match name {
            "@desk" => Mention::Desk,
            "@all" => Mention::All,
            name => Mention::Person(self.id(name)),
        }
    }

    fn helpers(&self, case: &Value) -> Helpers {
        match &case["helpers"] {
            Value::Null => Helpers::These(vec![SAM, SID, BEN]),
            Value::String(_) => Helpers::Everyone,
            names => Helpers::These(self.list(names)),
        }
    }

    /// The rows as the case describes them.
    fn state(&self, case: &Value) -> State {
        let mut state = World::with_r1().state;
        let model = state.person(ANA).expect("Ana").clone();
        for (name, id) in &self.ids {
            if state.person(*id).is_err() {
                let active = name != "gone";
                state.put(Row::Person(Person { id: *id, name: name.clone(), active, ..model.clone() }));
            }
        }
        let slot = |slot: &Value| DutySlot {
            person: self.id(slot[0].as_str().expect("who")),
            weekday: slot[1].as_u64().expect("a weekday") as u8,
            from: slot[2].as_u64().expect("a minute") as u16,
            to: slot[3].as_u64().expect("a minute") as u16,
        };
        let mut desk: Desk = state.desk(PHONES).expect("the desk").clone();
        desk.helpers = self.helpers(case);
        desk.rota = case["rota"].as_array().into_iter().flatten().map(slot).collect();
        desk.service.vetters = self.list(&case["vetters"]);
        desk.audience = match case["audience"].as_str() {
            Some("private") => Audience::Private,
            Some("vetted") => Audience::Vetted,
            _ => Audience::Open,
        };
        state.put(Row::Desk(desk));
        let mut request: Request = state.request(R1).expect("R1").clone();
        request.private_with = case["private_with"].as_array().map(|_| self.list(&case["private_with"]));
        request.owner = case["owner"].as_str().map(|name| self.id(name));
        request.care.joined = self.list(&case["joined"]);
        request.care.to_vet = case["to_vet"].as_bool().unwrap_or_default();
        state.put(Row::Request(request));
        state
    }
}

#[test]
fn a_mention_tells_whom_the_vectors_say() {
    let text = fs::read_to_string(FILE).expect("the vectors");
    let vectors: Value = serde_json::from_str(&text).expect("JSON");
    let cast = Cast::of(&vectors);
    let cases = vectors["cases"].as_array().expect("cases");
    for case in cases {
        let name = case["name"].as_str().expect("a name");
        let state = cast.state(case);
        let names = case["whom"].as_array().expect("whom").iter();
        let mentions = NewMentions {
            whom: names.map(|name| cast.mention(name.as_str().expect("a name"))).collect(),
            reason: case["reason"].as_str().unwrap_or_default().to_owned(),
        };
        let at = &vectors[if case["at"] == "closed" { "closed_at" } else { "open_at" }];
        let at = Circumstances { now: Time(at.as_i64().expect("a time")), chance: 7 };
        let by = cast.id(case["by"].as_str().expect("who"));
        let command = Command::from(Say { mentions, ..say(1, "Look at this, please.") });
        let decided = decide(&state, Actor::Person(by), &command, at);
        match case["refused"].as_str() {
            Some(code) => {
                let refusal = decided.expect_err(name);
                let found = match &refusal {
                    Refusal::Unknown("person") => "unknown",
                    Refusal::CannotSee { name: who } => {
                        assert_eq!(Some(who.to_lowercase().as_str()), case["who"].as_str(), "{name}");
                        "cannot_see"
                    }
                    Refusal::ReasonNeeded { .. } => "reason_needed",
                    other => panic!("{name}: {other}"),
                };
                assert_eq!(found, code, "{name}");
            }
            None => {
                let decision = decided.unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
                let Mentions { tells, told, .. } = &written(&decision).mentions;
                let expected = match &case["tells"] {
                    Value::String(_) => Helpers::Everyone,
                    names => Helpers::These(cast.list(names)),
                };
                assert_eq!(sorted(tells), sorted(&expected), "{name}");
                let listed = case["tells"].as_array().map_or(0, Vec::len) as u64;
                assert_eq!(u64::from(*told), case["told"].as_u64().unwrap_or(listed), "{name}");
            }
        }
    }
    assert!(cases.len() > 25, "all of them were read");
}

fn sorted(people: &Helpers) -> Option<Vec<PersonId>> {
    let Helpers::These(people) = people else { return None };
    let mut people = people.clone();
    people.sort_unstable();
    Some(people)
}

#[test]
fn a_question_names_people_as_words_in_its_thread_do() {
    let mut world = World::numbra();
    let ask = Ask { mentions: whom(&[Mention::Person(SID), Mention::Person(SID)]), ..ask("@Sid, may I?") };
    let decision = world.ok(ANA, ask.clone());
    let mentions = &written(&decision).mentions;
    assert_eq!(mentions.whom, [Mention::Person(SID)], "each once");
    assert_eq!((&mentions.tells, mentions.told), (&Helpers::These(vec![SID]), 1));
    let secret = Ask { private_with: Some(vec![SAM]), ..ask };
    let refusal = World::numbra().give(ANA, secret).expect_err("Sid was not asked");
    assert_eq!(refusal, Refusal::CannotSee { name: "Sid".into() });
}

#[test]
fn nobody_names_two_hundred() {
    let mentions = whom(&vec![Mention::Person(SID); 200]);
    let refusal = World::with_r1().give(ANA, Say { mentions, ..say(1, "you all") });
    assert_eq!(refusal, Err(Refusal::TooLong { field: "mentions", limit: MOST_MENTIONS as u64 }));
}

#[test]
fn a_deleted_message_names_nobody_any_more() {
    let mut world = World::with_r1();
    let mentions = NewMentions { whom: vec![Mention::Person(SID)], reason: "only they know".into() };
    world.ok(ANA, Say { mentions, ..say(1, "@Sid knows") });
    world.ok(ANA, DeleteMessage { message: message(1) });
    assert_eq!(world.state.message(message(1)).expect("its place").mentions, Mentions::default());
}

#[test]
fn a_reason_is_masked_like_all_words() {
    let mut world = World::with_r1();
    let mentions = NewMentions {
        whom: vec![Mention::Person(SID)],
        reason: "card  4111 1111 1111 1111\nis everywhere".into(),
    };
    let decision = world.ok(ANA, Say { mentions, ..say(1, "@Sid") });
    let reason = &written(&decision).mentions.reason;
    assert!(!reason.contains("4111 1111") && !reason.contains('\n'), "{reason}");
}
