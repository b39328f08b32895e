//! The wire: what it looks like, that both ways agree, and that generated files are fresh.

use std::path::Path;

use deskside_domain as domain;
use deskside_protocol::{Code, Command, Entity, Mirror, Problem, feed::Change};
use expect_test::expect;
use serde_json::json;
use uuid::Uuid;

fn ask() -> serde_json::Value {
    json!({
        "request": Uuid::from_u128(1), "message": Uuid::from_u128(2), "desk": Uuid::from_u128(3),
        "text": "refund after port-out, allowed?", "urgency": "live", "asked_at": 1_780_000_000_000_i64,
    })
}

#[test]
fn a_command_reads_the_same_alone_and_in_a_batch() {
    let alone = Command::from_parts("ask", ask()).expect("the arguments fit");
    let batched: Command = serde_json::from_value(json!({ "kind": "ask", "args": ask() })).expect("the same");
    assert_eq!(alone, batched);
    assert_eq!(alone.kind(), "ask");
    assert_eq!(Command::from_domain(alone.clone().into_domain()), alone, "the mirror loses nothing");
}

#[test]
fn every_kind_in_the_table_is_readable_by_name() {
    for kind in Command::KINDS {
        let error =
            Command::from_parts(kind, json!("not arguments")).expect_err("a string is no argument object");
        assert!(
            error.to_string().starts_with("the arguments don't fit"),
            "{kind} is not in the table: {error}"
        );
    }
    let error = Command::from_parts("rank_people", json!({})).expect_err("there is no such command");
    assert_eq!(error.to_string(), "there is no command of this kind");
}

#[test]
fn an_unknown_argument_is_refused_instead_of_being_lost() {
    let mut args = ask();
    args["priority"] = json!("high");
    let error = Command::from_parts("ask", args).expect_err("no such field");
    assert!(error.to_string().contains("unknown field `priority`"), "{error}");
}

#[test]
fn entities_and_changes_are_tagged_by_kind() {
    let message = domain::message::Message {
        id: domain::id::MessageId(Uuid::from_u128(5)),
        request: domain::id::RequestId(Uuid::from_u128(1)),
        author: None,
        kind: domain::message::MessageKind::Event(domain::message::Event::Call(
            domain::id::CallId(Uuid::from_u128(9)),
            domain::call::CallStep::Missed,
        )),
        text: String::new(),
        attachments: vec![],
        clip: None,
        moment: None,
        mentions: Default::default(),
        at: domain::Time(1_780_000_000_000),
        deleted: false,
    };
    let row = domain::Row::Message(message);
    let entity = Entity::from_row(row.clone()).expect("messages have a wire form");
    expect![[r#"{"put":{"entity":"message","id":"00000000-0000-0000-0000-000000000005","request":"00000000-0000-0000-0000-000000000001","author":null,"kind":{"kind":"event","event":{"what":"call","call":"00000000-0000-0000-0000-000000000009","step":{"step":"missed"}}},"text":"","attachments":[],"clip":null,"moment":null,"mentions":{"whom":[],"reason":"","tells":{"kind":"these","people":[]},"told":0},"at":1780000000000,"deleted":false}}"#]]
    .assert_eq(&serde_json::to_string(&Change::Put(entity.clone())).expect("serialises"));
    let text = serde_json::to_string(&entity).expect("serialises");
    let back: Entity = serde_json::from_str(&text).expect("reads back");
    assert_eq!(back.into_row(), row, "there and back");
}

/// As version 0.3 stored it: sums instead of clocks, and shares of earlier desks.
const EARLIER: &str = r#"{"entity":"request","id":"00000000-0000-0000-0000-000000000001","desk":"00000000-0000-0000-0000-000000000002","asker":"00000000-0000-0000-0000-000000000003","owner":null,"text":"refund?","urgency":"today","ticket":null,"private_with":null,"state":"open","asked_at":1780000000000,"first_response_at":null,"answered_at":null,"solved_at":null,"touched_at":1780000000000,"clip_wanted_by":null,"thanked":false,"archived":false,"care":{"plan":"","waiting_for":"","next_update_by":null,"update_late":"no","update_look_at":null,"silence_at":null,"first_response_by":1780001800000,"solve_by":1780014400000,"worked":600000,"waited":600000,"counted_at":1780000600000,"earlier_desks":[{"desk":"00000000-0000-0000-0000-000000000002","worked":5}],"alarm":null,"callback":null,"hand_over":null,"card":null,"desk_changes":0,"owner_changes":0,"critical":null,"to_vet":false,"joined":[],"merged_into":null,"stalled":null,"unconfirmed":false,"asks_solved":false,"verdict":null,"follow_up":null,"next_time":"","met":null,"details":[]}}"#;

#[test]
fn a_request_of_an_earlier_version_is_read_and_its_clocks_go_on() {
    let entity: Entity = serde_json::from_str(EARLIER).expect("it is read");
    let domain::Row::Request(request) = entity.into_row() else { panic!("a request") };
    let clocks = request.clocks(domain::clock::Standards::default().today);
    assert_eq!((clocks.counted_to.0, clocks.response.used_ms), (1_780_000_600_000, 600_000));
    let row = domain::Row::Request(domain::request::Request {
        care: domain::care::Care { clocks: Some(clocks), ..request.care.clone() },
        ..request
    });
    let kept = serde_json::to_string(&Entity::from_row(row.clone())).expect("serialises");
    let back: Entity = serde_json::from_str(&kept).expect("reads back");
    assert_eq!(back.into_row(), row, "there and back, with its clocks");
    let shown = serde_json::to_string(&Entity::shown(row)).expect("serialises");
    assert!(!shown.contains("clocks"), "clients are given what they show: {shown}");
}

#[test]
fn a_secret_has_no_wire_form() {
    let secret = domain::secret::Secret { name: "jitsi".into(), value: "k".into() };
    assert_eq!(Entity::from_row(domain::Row::Secret(secret)), None);
}

#[test]
fn every_code_names_a_status_and_a_next_step() {
    for &code in Code::ALL {
        assert!((400..600).contains(&code.status()), "{code:?} is no error status");
        assert!(code.next_step().ends_with('.'), "{code:?} needs a next step in words");
    }
    let problem = Problem::from(domain::Refusal::AlreadyTaken);
    assert_eq!((problem.status, problem.kind.as_str()), (409, "urn:deskside:already_taken"));
}

/// Invariant 10: what is known of a person holds no count, and no read can be grouped or summed by one.
#[test]
fn a_person_carries_no_number_but_times() {
    let document = deskside_protocol::generate::files()
        .into_iter()
        .find_map(|(path, text)| path.ends_with("openapi.json").then_some(text))
        .expect("the OpenAPI document is generated");
    let document: serde_json::Value = serde_json::from_str(&document).expect("JSON");
    let schemas = &document["components"]["schemas"];
    for (name, schema) in schemas["Person"]["properties"].as_object().expect("a person has fields") {
        let is_number = schema["type"].as_str().is_some_and(|kind| kind == "integer" || kind == "number");
        assert!(!is_number, "Person.{name} is a number; a time would be a reference to Millis: {schema}");
    }
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                if parameter["in"] == "header" {
                    continue;
                }
                let name = parameter["name"].as_str().unwrap_or_default();
                let groups = ["group", "sum", "count", "total", "rank", "by_person"]
                    .iter()
                    .any(|word| name.contains(word));
                assert!(!groups, "{method} {path} takes {name}");
            }
        }
    }
}

#[test]
fn generated_files_are_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (path, text) in deskside_protocol::generate::files() {
        let committed = std::fs::read_to_string(root.join(&path)).unwrap_or_default();
        assert!(committed == text, "{} is stale: run `cargo xtask codegen`", path.display());
    }
}
