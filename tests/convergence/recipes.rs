//! One recipe per kind of command: plausible arguments, drawn from what its sender sees. Some are refused on purpose; a
//! refusal has to converge, too. A kind without a recipe fails the test, so that a new command is in it from its first day.

use deskside_protocol::{
    Command, Entity,
    entity::{Attachment, Call, Clip, Desk, Invite, Message, Org, Person, Request},
    id::PersonId,
    values::{ClipState, RequestState},
};
use deskside_tests::chance::Chance;
use serde_json::{Value, json};
use uuid::Uuid;

/// Sets the organisation up; nobody takes her rights.
pub const FOUNDER: &str = "mia@numbra.example";
/// Has no device: only Kit is ever deactivated, so that every device has its say until the end.
pub const SPARE: &str = "kit@numbra.example";

const HOUR: i64 = 3_600_000;

/// What somebody sees, by kind.
pub struct View {
    me: PersonId,
    now: i64,
    org: Option<Org>,
    people: Vec<Person>,
    desks: Vec<Desk>,
    requests: Vec<Request>,
    messages: Vec<Message>,
    attachments: Vec<Attachment>,
    clips: Vec<Clip>,
    calls: Vec<Call>,
    invites: Vec<Invite>,
}

impl View {
    pub fn of(me: PersonId, now: i64, entities: impl IntoIterator<Item = Entity>) -> Self {
        let mut view = Self {
            me,
            now,
            org: None,
            people: Vec::new(),
            desks: Vec::new(),
            requests: Vec::new(),
            messages: Vec::new(),
            attachments: Vec::new(),
            clips: Vec::new(),
            calls: Vec::new(),
            invites: Vec::new(),
        };
        for entity in entities {
            match entity {
                Entity::Org(row) => view.org = Some(row),
                Entity::Person(row) => view.people.push(row),
                Entity::Desk(row) => view.desks.push(row),
                Entity::Request(row) => view.requests.push(row),
                Entity::Message(row) => view.messages.push(row),
                Entity::Attachment(row) => view.attachments.push(row),
                Entity::Clip(row) => view.clips.push(row),
                Entity::Call(row) => view.calls.push(row),
                Entity::Invite(row) => view.invites.push(row),
            }
        }
        view
    }

    /// A request: mostly one that its sender has a say in and that is not over.
    fn request(&self, chance: &mut Chance) -> Value {
        let is_mine = |row: &&Request| {
            let is_over =
                matches!(row.state, RequestState::Solved | RequestState::Withdrawn | RequestState::Merged);
            !is_over && (row.asker == self.me || row.owner == Some(self.me))
        };
        let mine: Vec<_> = self.requests.iter().filter(is_mine).collect();
        match chance.below(4) {
            0 => id(chance.one_of(&self.requests).map(|row| row.id.0)),
            _ => id(chance.one_of(&mine).map(|row| row.id.0)),
        }
    }

    fn person(&self, chance: &mut Chance) -> Value {
        let others: Vec<_> = self.people.iter().filter(|row| row.id != self.me).collect();
        id(chance.one_of(&others).map(|row| row.id.0))
    }

    fn person_with(&self, email: &str) -> Value {
        id(self.people.iter().find(|row| row.email == email).map(|row| row.id.0))
    }

    fn desk(&self, chance: &mut Chance) -> Value {
        id(chance.one_of(&self.desks).map(|row| row.id.0))
    }

    fn call(&self, chance: &mut Chance) -> Value {
        let mine: Vec<_> =
            self.calls.iter().filter(|row| row.callee == self.me || row.caller == self.me).collect();
        id(chance.one_of(&mine).map(|row| row.id.0))
    }

    fn clip(&self, chance: &mut Chance) -> Value {
        id(chance.one_of(&self.own_clips()).map(|row| row.id.0))
    }

    fn own_clips(&self) -> Vec<&Clip> {
        let is_gone =
            |row: &Clip| matches!(row.state, ClipState::Discarded | ClipState::Deleted | ClipState::Expired);
        self.clips.iter().filter(|row| row.recorder == self.me && !is_gone(row)).collect()
    }

    /// Words, and sometimes a file or a clip with them.
    fn words(&self, chance: &mut Chance) -> Value {
        let attachments = if chance.below(3) == 0 { vec![file(chance)] } else { Vec::new() };
        let free: Vec<_> = self.own_clips().into_iter().filter(|row| row.request.is_none()).collect();
        let clip = if chance.below(3) == 0 { chance.one_of(&free).map(|row| row.id.0) } else { None };
        json!({
            "request": self.request(chance),
            "message": fresh(),
            "text": text(chance),
            "attachments": attachments,
            "clip": clip,
        })
    }
}

/// The command of `kind` that `chance` makes of what is seen.
pub fn command(kind: &str, view: &View, chance: &mut Chance) -> Command {
    let args = arguments(kind, view, chance);
    Command::from_parts(kind, args.clone()).unwrap_or_else(|error| panic!("{kind} {args}: {error}"))
}

fn arguments(kind: &str, view: &View, chance: &mut Chance) -> Value {
    match kind {
        "ask" => {
            let private = (chance.below(4) == 0).then(|| vec![view.person(chance)]);
            let attachments = if chance.below(3) == 0 { vec![file(chance)] } else { Vec::new() };
            json!({
                "request": fresh(), "message": fresh(), "desk": view.desk(chance), "text": text(chance),
                "urgency": urgency(chance), "private_with": private, "attachments": attachments, "asked_at": 0,
            })
        }
        "say" | "answer" | "ask_back" => view.words(chance),
        "take"
        | "give_back"
        | "ask_for_clip"
        | "open_to_desk"
        | "solve"
        | "reopen"
        | "thank"
        | "withdraw"
        | "go_on"
        | "take_over"
        | "take_back_hand_over"
        | "join_request"
        | "leave_request" => {
            json!({ "request": view.request(chance) })
        }
        "block_by" | "unblock" => {
            json!({ "request": view.request(chance), "blocker": view.request(chance) })
        }
        "set_urgency" => json!({ "request": view.request(chance), "urgency": urgency(chance) }),
        "plan" => json!({ "request": view.request(chance), "text": text(chance) }),
        "wait_for_other" => {
            json!({ "request": view.request(chance), "what": text(chance), "until": view.now + HOUR })
        }
        "promise_callback" => json!({ "request": view.request(chance), "at": view.now + HOUR }),
        "callback_done" => json!({ "request": view.request(chance), "called": chance.below(2) == 0 }),
        "offer_hand_over" => {
            let person = (chance.below(2) == 0).then(|| view.person(chance));
            json!({
                "request": view.request(chance), "desk": view.desk(chance), "person": person,
                "card": card(chance),
            })
        }
        "decline_hand_over" | "mark_critical" => {
            json!({ "request": view.request(chance), "reason": text(chance) })
        }
        "forward" => json!({ "request": view.request(chance), "card": card(chance) }),
        "review_critical" | "follow_up_done" | "point_next_time" => {
            json!({ "request": view.request(chance), "text": text(chance) })
        }
        "merge" => json!({ "request": view.request(chance), "into": view.request(chance) }),
        "confirm" => {
            json!({ "request": view.request(chance), "solved": chance.below(2) == 0, "line": text(chance) })
        }
        "use_detail" => json!({ "request": view.request(chance), "name": "router" }),
        "delete_message" => {
            let own: Vec<_> = view.messages.iter().filter(|row| row.author == Some(view.me)).collect();
            json!({ "message": id(chance.one_of(&own).map(|row| row.id.0)) })
        }
        "delete_attachment" => {
            let own: Vec<_> = view.attachments.iter().filter(|row| row.owner == view.me).collect();
            json!({ "attachment": id(chance.one_of(&own).map(|row| row.id.0)) })
        }
        "start_clip" => {
            let request = (chance.below(2) == 0).then(|| view.request(chance));
            json!({ "clip": fresh(), "request": request, "width": 64, "height": 48, "sound": false })
        }
        "attach_clip" => json!({ "clip": view.clip(chance), "request": view.request(chance) }),
        "let_watch" => {
            json!({ "clip": view.clip(chance), "person": view.person(chance), "watch": chance.below(3) > 0 })
        }
        "stop_clip" | "discard_clip" | "delete_clip" => json!({ "clip": view.clip(chance) }),
        "ring" => {
            let request = (chance.below(2) == 0).then(|| view.request(chance));
            json!({
                "call": fresh(), "request": request, "callee": view.person(chance),
                "then": [view.person(chance)], "wants_callback": chance.below(3) == 0,
            })
        }
        "accept_call" | "answer_soon" | "cancel_call" | "join_call" | "still_talking" => {
            json!({ "call": view.call(chance) })
        }
        "decline_call" => json!({ "call": view.call(chance), "reason": { "kind": "on_call" } }),
        "pass_on_call" => json!({ "call": view.call(chance), "to": view.person(chance) }),
        "end_call" => json!({ "call": view.call(chance), "outcome": text(chance) }),
        "set_status" => {
            let status = ["available", "on_call", "away", "off"][chance.below(4) as usize];
            json!({ "status": status })
        }
        "set_quiet_hours" => {
            let hours = json!({ "from": 1_320, "to": 360, "zone": "Europe/Berlin" });
            json!({ "hours": (chance.below(2) == 0).then_some(hours) })
        }
        "edit_profile" => json!({ "name": text(chance), "phone": "2041" }),
        "describe_self" => json!({ "profile": { "team": text(chance), "languages": ["de", "en"] } }),
        "set_role" => {
            let others: Vec<_> = view.people.iter().filter(|row| row.email != FOUNDER).collect();
            let role = ["agent", "lead", "admin"][chance.below(3) as usize];
            json!({ "person": id(chance.one_of(&others).map(|row| row.id.0)), "role": role })
        }
        "deactivate" | "reactivate" => json!({ "person": view.person_with(SPARE) }),
        "make_invite" => {
            let hash: String =
                (0..64).map(|_| char::from(b"0123456789abcdef"[chance.below(16) as usize])).collect();
            json!({ "invite": fresh(), "secret_hash": hash, "role": "agent", "label": text(chance), "uses": 3, "days": 7 })
        }
        "revoke_invite" => json!({ "invite": id(chance.one_of(&view.invites).map(|row| row.id.0)) }),
        "open_desk" => {
            let audience = ["open", "vetted", "private"][chance.below(3) as usize];
            let helpers = json!({ "kind": "these", "people": [view.person(chance), view.person(chance)] });
            json!({
                "desk": fresh(), "name": text(chance), "purpose": text(chance), "owner": view.me,
                "helpers": helpers, "audience": audience, "hours": around_the_clock(), "zone": "",
            })
        }
        "edit_desk" => {
            let Some(desk) = chance.one_of(&view.desks) else { return edit_of_no_desk(view) };
            // Whoever helped at a private desk loses its past with this, and others gain it.
            let helpers = match chance.below(3) {
                0 => json!({ "kind": "everyone" }),
                _ => json!({ "kind": "these", "people": [view.person(chance), view.person(chance)] }),
            };
            json!({
                "desk": desk.id, "name": text(chance), "purpose": desk.purpose, "owner": desk.owner,
                "helpers": helpers, "audience": desk.audience, "hours": around_the_clock(), "zone": "",
            })
        }
        "arrange_desk" => {
            let desk = chance.one_of(&view.desks).expect("everybody sees the first desk");
            let mut service = json!(desk.service);
            service["guidelines"] = json!(text(chance));
            json!({ "desk": desk.id, "service": service })
        }
        "allow_system_sound" => json!({ "desk": view.desk(chance), "reason": text(chance) }),
        "forbid_system_sound" => json!({ "desk": view.desk(chance) }),
        "set_rota" => {
            let slot = json!({ "weekday": 1 + chance.below(7), "from": 0, "to": 1_440, "person": view.me });
            json!({ "desk": view.desk(chance), "slots": if chance.below(2) == 0 { vec![slot] } else { Vec::new() } })
        }
        "edit_org" => {
            let name = view.org.as_ref().map_or("Numbra", |org| &org.name);
            json!({
                "name": name, "zone": "Europe/Berlin", "ticket_patterns": [], "deny_windows": [text(chance)],
                "exempt_numbers": [], "keep_media_days": 30 + chance.below(60),
            })
        }
        "cut_clip" => {
            json!({ "clip": view.clip(chance), "version": 1, "keep": [{ "from_ms": 0, "to_ms": 1_000 }] })
        }
        "convert_clip" => json!({ "clip": view.clip(chance), "version": 1 }),
        "set_calendar" => json!({ "person": view.me, "source": "" }),
        "keep_secret" => json!({ "name": "jitsi", "value": text(chance) }),
        other => panic!("how is {other} made up? Say it in tests/convergence/recipes.rs"),
    }
}

fn edit_of_no_desk(view: &View) -> Value {
    json!({
        "desk": fresh(), "name": "None", "purpose": "none", "owner": view.me, "helpers": { "kind": "everyone" },
        "audience": "open", "hours": around_the_clock(),
    })
}

/// Open whenever the test runs: what is tried here must not depend on the hour.
pub fn around_the_clock() -> Value {
    (1..=7).map(|weekday| json!({ "weekday": weekday, "from": 0, "to": 1_440 })).collect()
}

fn file(chance: &mut Chance) -> Value {
    json!({ "id": fresh(), "name": "log.txt", "mime": "text/plain", "size": 20 + chance.below(2_000) })
}

fn card(chance: &mut Chance) -> Value {
    json!({ "summary": text(chance), "needed": text(chance) })
}

fn urgency(chance: &mut Chance) -> &'static str {
    ["live", "today", "whenever"][chance.below(3) as usize]
}

fn text(chance: &mut Chance) -> String {
    const WORDS: [&str; 8] =
        ["refund", "port-out", "eSIM", "outage in Bonn", "größe", "🦀", "who?", "router"];
    let words = (0..=chance.below(3)).map(|_| WORDS[chance.below(8) as usize]);
    words.collect::<Vec<_>>().join(" ")
}

fn fresh() -> Value {
    json!(Uuid::now_v7())
}

/// This one; where there is none, one that nobody has.
fn id(known: Option<Uuid>) -> Value {
    json!(known.unwrap_or_else(Uuid::now_v7))
}
