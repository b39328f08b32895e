//! Decisions in few words, for snapshots that a person can check against the rules.

use std::fmt::Write;

use deskside_domain::{
    Command, Decision, Key, Refusal, Row, Scope, State, Time,
    call::CallStep,
    care::{CareStep, Late},
    decide::Effect,
    desk::Helpers,
    id::PersonId,
    message::{Event, MessageKind},
    request::Request,
};
use expect_test::Expect;

use crate::world::World;

/// Given a world, when `who` gives `command`, then what becomes of it reads like `expected`.
pub fn check(world: &mut World, who: PersonId, command: impl Into<Command>, expected: Expect) {
    let result = world.give(who, command);
    expected.assert_eq(&told(world, &result));
}

/// What became of a command.
pub fn told(world: &World, result: &Result<Decision, Refusal>) -> String {
    let decision = match result {
        Ok(decision) => decision,
        Err(refusal) => return format!("refused: {refusal}\n"),
    };
    let teller = Teller { state: &world.state, now: world.now };
    let mut told = String::new();
    for row in &decision.rows {
        let _ = writeln!(told, "{}", teller.row(row));
    }
    for due in &decision.due {
        let thing = thing(&due.key);
        let _ = match &due.at {
            Some((at, _)) => writeln!(told, "due: {} of {thing} in {}", due.slot, span(at.since(world.now))),
            None => writeln!(told, "due no longer: {} of {thing}", due.slot),
        };
    }
    for entry in &decision.access {
        let scope = match entry.scope {
            Scope::Desk(_) => "desk",
            Scope::Request(_) => "request",
            Scope::Clip(_) => "clip",
        };
        let who = entry.person.map_or("everyone".into(), |person| teller.name(person));
        let _ = writeln!(told, "access: {scope} for {who}");
    }
    for effect in &decision.effects {
        let _ = match effect {
            Effect::EndSessions(person) => writeln!(told, "effect: end sessions of {}", teller.name(*person)),
            Effect::EraseAttachment(_) => writeln!(told, "effect: erase attachment"),
            Effect::EraseClip(..) => writeln!(told, "effect: erase clip"),
            Effect::PurgeClip(_, version) => writeln!(told, "effect: purge clip before version {version}"),
        };
    }
    if told.is_empty() { "nothing changes\n".into() } else { told }
}

struct Teller<'a> {
    state: &'a State,
    now: Time,
}

impl Teller<'_> {
    fn name(&self, id: PersonId) -> String {
        self.state.person(id).map_or_else(|_| "?".into(), |person| person.name.clone())
    }

    fn names(&self, ids: &[PersonId]) -> String {
        ids.iter().map(|id| self.name(*id)).collect::<Vec<_>>().join(" ")
    }

    fn ago(&self, at: Time) -> String {
        span(self.now.since(at))
    }

    fn row(&self, row: &Row) -> String {
        match row {
            Row::Org(row) => {
                format!("org {:?} zone {} keeps {} days", row.name, row.zone, row.keep_media_days)
            }
            Row::Person(row) => {
                let left = if row.active { "" } else { " left" };
                format!("person {} {:?} {:?}{left}", row.name, row.role, row.status)
            }
            Row::Desk(row) => {
                let helpers = match &row.helpers {
                    Helpers::Everyone => "everyone".into(),
                    Helpers::These(people) => self.names(people),
                };
                let closed = if row.closed { " closed" } else { "" };
                let name = &row.name;
                format!(
                    "desk {name:?} {:?} of {}, helped by {helpers}{closed}",
                    row.audience,
                    self.name(row.owner)
                )
            }
            Row::Request(row) => {
                let owner = row.owner.map_or("the desk".into(), |owner| self.name(owner));
                let mut told = format!("request {:?} {:?} of {owner}", row.state, row.urgency);
                if let Some(people) = &row.private_with {
                    let _ = write!(told, ", private with {}", self.names(people));
                }
                if let Some(at) = row.first_response_at {
                    let _ = write!(told, ", first response after {}", span(at.since(row.asked_at)));
                }
                if let Some(person) = row.clip_wanted_by {
                    let _ = write!(told, ", {} wants a clip", self.name(person));
                }
                self.care(row, &mut told);
                for (is, word) in [
                    (row.thanked, "thanked"),
                    (row.archived, "archived"),
                    (row.text.is_empty(), "without words"),
                ] {
                    if is {
                        let _ = write!(told, ", {word}");
                    }
                }
                told
            }
            Row::Message(row) => {
                let author = row.author.map_or("Deskside".into(), |author| self.name(author));
                let kind = match &row.kind {
                    MessageKind::Event(Event::Call(_, step)) => format!("call: {}", self.step(step)),
                    MessageKind::Event(Event::Care(step)) => format!("care: {}", self.care_step(step)),
                    MessageKind::Event(event) => format!("event: {event:?}"),
                    kind => format!("{kind:?}"),
                };
                let mut told = format!("{author} {kind}");
                if !row.text.is_empty() {
                    let _ = write!(told, " {:?}", row.text);
                }
                for _ in &row.attachments {
                    told.push_str(" +picture");
                }
                if row.clip.is_some() {
                    told.push_str(" +clip");
                }
                if let Some(moment) = row.moment {
                    let _ = write!(told, " at {} ms", moment.at_ms);
                }
                told + if row.deleted { " deleted" } else { "" }
            }
            Row::Attachment(row) => format!("attachment {:?} {:?} {} bytes", row.state, row.name, row.size),
            Row::Clip(row) => {
                let mut told = format!("clip {:?} {} ms", row.state, row.duration_ms);
                told.push_str(if row.request.is_some() { " in the thread" } else { " of its recorder only" });
                if !row.watchers.is_empty() {
                    let _ = write!(told, ", watched by {}", self.names(&row.watchers));
                }
                if let Some(note) = row.note {
                    let _ = write!(told, ", {note:?}");
                }
                told
            }
            Row::Call(row) => {
                let silent = if row.silent { " silently" } else { "" };
                let mut told = format!(
                    "call {:?}{silent} {} > {}",
                    row.state,
                    self.name(row.caller),
                    self.name(row.callee)
                );
                if !row.then.is_empty() {
                    let _ = write!(told, ", then {}", self.names(&row.then));
                }
                for (person, why) in &row.before {
                    let _ = write!(told, ", before {} ({})", self.name(*person), self.step(why));
                }
                if !row.joined.is_empty() {
                    let _ = write!(told, ", joined by {}", self.names(&row.joined));
                }
                if let Some(at) = row.ended_at {
                    let _ = write!(told, ", over {} ago", self.ago(at));
                }
                if let Some(at) = row.still_asked_at {
                    let _ = write!(told, ", asked whether they still talk {} ago", self.ago(at));
                }
                if !row.outcome.is_empty() {
                    let _ = write!(told, ", {:?}", row.outcome);
                }
                told
            }
            Row::Invite(row) => {
                let revoked = if row.revoked { " revoked" } else { "" };
                format!("invite {:?} {} uses left{revoked}", row.role, row.uses_left)
            }
            Row::Secret(row) => format!("secret {}", row.name),
        }
    }

    fn care(&self, row: &Request, told: &mut String) {
        let care = &row.care;
        if let Some(alarm) = &care.alarm {
            let _ = write!(told, ", alarm {:?} rings {}", alarm.step, self.helpers(&alarm.rings));
            if alarm.cards != Helpers::NOBODY {
                let _ = write!(told, ", cards {}", self.helpers(&alarm.cards));
            }
            if !alarm.call_now.is_empty() {
                let _ = write!(told, ", may call {}", self.names(&alarm.call_now));
            }
        }
        if let Some(offer) = &care.hand_over {
            let to = offer.person.map_or("whoever takes it".into(), |person| self.name(person));
            let desk = self.state.desk(offer.desk).map_or("?", |desk| &desk.name);
            let _ = write!(told, ", offered by {} to {to} at {desk}", self.name(offer.from));
        }
        if let Some(callback) = &care.callback {
            let _ = write!(told, ", callback in {}", span(callback.at.since(self.now)));
            if !callback.paged.is_empty() {
                let _ = write!(told, " paged {}", self.names(&callback.paged));
            }
        }
        for (is, word) in [
            (care.to_vet, "to vet"),
            (care.unconfirmed, "unconfirmed"),
            (care.asks_solved, "asks solved?"),
            (care.critical.is_some(), "critical"),
            (!care.joined.is_empty(), "joined"),
            (care.merged_into.is_some(), "merged"),
        ] {
            if is {
                let _ = write!(told, ", {word}");
            }
        }
        if care.update_late != Late::No {
            let _ = write!(told, ", update late: {:?}", care.update_late);
        }
        if let Some(stalled) = care.stalled {
            let _ = write!(told, ", stalled: {:?}", stalled.why);
        }
        if let Some(follow_up) = &care.follow_up {
            let late = if follow_up.late { ", late" } else { "" };
            let _ = write!(told, ", {} will call{late}", self.name(follow_up.by));
        }
    }

    fn care_step(&self, step: &CareStep) -> String {
        let desk = |id| self.state.desk(id).map_or("?", |desk| desk.name.as_str());
        let until = |at: &Time| span(at.since(self.now));
        match step {
            CareStep::Planned(at) => format!("planned, update in {}", until(at)),
            CareStep::WaitsForOther(at) => format!("waits for somebody, update in {}", until(at)),
            CareStep::CallbackPromised(at) => format!("callback promised in {}", until(at)),
            CareStep::CallbackLate(person) => format!("callback late, paged {}", self.name(*person)),
            CareStep::Offered(to, None) => format!("offered to {}", desk(*to)),
            CareStep::Offered(to, Some(person)) => {
                format!("offered to {} at {}", self.name(*person), desk(*to))
            }
            CareStep::TakenOver(from, to) => format!("taken over from {} at {}", self.name(*from), desk(*to)),
            CareStep::NotSolved(person) => format!("not solved, {} will call", self.name(*person)),
            CareStep::MergedIn(_) => "merged in".into(),
            CareStep::MergedInto(_) => "merged into another".into(),
            step => format!("{step:?}"),
        }
    }

    fn helpers(&self, helpers: &Helpers) -> String {
        match helpers {
            Helpers::Everyone => "everyone".into(),
            Helpers::These(people) if people.is_empty() => "nobody".into(),
            Helpers::These(people) => self.names(people),
        }
    }

    fn step(&self, step: &CallStep) -> String {
        match step {
            CallStep::Rang(person) => format!("rang {}", self.name(*person)),
            CallStep::AskedToCall(person) => format!("asked {} to call", self.name(*person)),
            CallStep::PassedOn(person) => format!("passed on to {}", self.name(*person)),
            step => format!("{step:?}"),
        }
    }
}

fn thing(key: &Key) -> &'static str {
    match key {
        Key::Org => "org",
        Key::Person(_) => "person",
        Key::Desk(_) => "desk",
        Key::Request(_) => "request",
        Key::Message(_) => "message",
        Key::Attachment(_) => "attachment",
        Key::Clip(_) => "clip",
        Key::Call(_) => "call",
        Key::Invite(_) => "invite",
        Key::Secret(_) => "secret",
    }
}

fn span(millis: i64) -> String {
    let seconds = millis / 1_000;
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}
