//! A small organisation, *Numbra*, whose every step is watched. Each decision is made twice, with all rows and
//! with exactly those its command reads; each person's view is kept up the way a client keeps it, from changed
//! rows and access entries, and compared with a fresh one.

use std::collections::BTreeMap;

use deskside_domain::{
    Actor, Circumstances, Command, Decision, Key, Read, Refusal, Row, Scope, State, Time, Viewer,
    call::{CallState, Provider},
    clip::ClipState,
    command::{Answer, Ask, AskBack, EditOrg, NewAttachment, Say, System},
    decide::{decide, decide_system},
    desk::{Audience, Desk, Helpers, OpenInterval},
    id::*,
    in_feed, may_see,
    mention::NewMentions,
    org::Org,
    person::{Person, Role, Status},
    reads::{blockers_of, reads, system_reads},
    request::{Request, RequestState, Urgency},
};
use uuid::Uuid;

use crate::shadow::Shadows;

pub const ANA: PersonId = PersonId(Uuid::from_u128(1));
pub const BEN: PersonId = PersonId(Uuid::from_u128(2));
pub const SAM: PersonId = PersonId(Uuid::from_u128(3));
pub const SID: PersonId = PersonId(Uuid::from_u128(4));
pub const ADA: PersonId = PersonId(Uuid::from_u128(5));
/// Phones help: Sam owns it, everyone helps, everyone sees.
pub const PHONES: DeskId = DeskId(Uuid::from_u128(11));
/// Payroll: Sam owns it, Sid helps, private.
pub const PAYROLL: DeskId = DeskId(Uuid::from_u128(12));
pub const R1: RequestId = RequestId(Uuid::from_u128(21));

/// 2026-06-05 14:21 UTC, a Friday.
pub const START: Time = Time(1_780_669_260_000);

/// The message with this number.
pub fn message(n: u128) -> MessageId {
    MessageId(Uuid::from_u128(1_000 + n))
}

/// The clip with this number.
pub fn clip(n: u128) -> ClipId {
    ClipId(Uuid::from_u128(2_000 + n))
}

/// The call with this number.
pub fn call(n: u128) -> CallId {
    CallId(Uuid::from_u128(3_000 + n))
}

/// A picture named by a message.
pub fn picture(n: u128) -> NewAttachment {
    NewAttachment {
        id: AttachmentId(Uuid::from_u128(4_000 + n)),
        name: "shot.png".into(),
        mime: "image/png".into(),
        size: 1_000,
        width: 640,
        height: 400,
    }
}

/// A question at Phones help.
pub fn ask(text: &str) -> Ask {
    Ask {
        request: R1,
        message: message(0),
        desk: PHONES,
        text: text.into(),
        readable_ibans: Vec::new(),
        mentions: Default::default(),
        urgency: Urgency::Live,
        ticket: None,
        private_with: None,
        attachments: Vec::new(),
        clip: None,
        details: Vec::new(),
        asked_at: START.0,
    }
}

/// Three commands carry words into R1's thread, and nothing else.
macro_rules! words {
    ($command:ident, $n:expr, $text:expr) => {
        $command {
            request: R1,
            message: message($n),
            text: $text.into(),
            readable_ibans: Vec::new(),
            mentions: NewMentions::default(),
            attachments: Vec::new(),
            clip: None,
            moment: None,
        }
    };
}

/// Words in R1's thread.
pub fn say(n: u128, text: &str) -> Say {
    words!(Say, n, text)
}

/// An answer in R1's thread.
pub fn answer(n: u128, text: &str) -> Answer {
    words!(Answer, n, text)
}

/// A question back in R1's thread.
pub fn ask_back(n: u128, text: &str) -> AskBack {
    words!(AskBack, n, text)
}

/// The organisation as it is, to change one thing of.
pub fn edit_org() -> EditOrg {
    EditOrg {
        name: "Numbra".into(),
        zone: "Europe/Berlin".into(),
        provider: None,
        ticket_patterns: vec![],
        deny_windows: vec![],
        exempt_numbers: vec![],
        keep_media_days: 90,
        browser_clips: true,
        mask_contacts: false,
    }
}

/// Monday to Friday, the same each day, in minutes.
pub fn weekdays(stretches: &[(u16, u16)]) -> Vec<OpenInterval> {
    let day = |weekday| stretches.iter().map(move |&(from, to)| OpenInterval { weekday, from, to });
    (1..=5).flat_map(day).collect()
}

type View = BTreeMap<Key, Row>;

/// The organisation, its clock, and what everybody sees.
pub struct World {
    pub state: State,
    pub now: Time,
    pub due: BTreeMap<(Key, &'static str), (Time, System)>,
    views: BTreeMap<PersonId, View>,
    shadows: Shadows,
    steps: u128,
}

impl World {
    /// Ana and Ben (agents), Sam and Sid (leads), Ada (admin); two desks; calls by an own template.
    pub fn numbra() -> Self {
        let mut state = State::default();
        state.put(Row::Org(Org {
            name: "Numbra".into(),
            zone: "Europe/Berlin".into(),
            provider: Some(Provider::Template { address: "https://meet.example.com/{room}".into() }),
            ticket_patterns: Vec::new(),
            deny_windows: Vec::new(),
            exempt_numbers: Vec::new(),
            keep_media_days: 90,
            browser_clips: true,
            mask_contacts: false,
        }));
        for (id, name, role) in [
            (ANA, "Ana", Role::Agent),
            (BEN, "Ben", Role::Agent),
            (SAM, "Sam", Role::Lead),
            (SID, "Sid", Role::Lead),
            (ADA, "Ada", Role::Admin),
        ] {
            state.put(Row::Person(Person {
                id,
                name: name.into(),
                email: format!("{}@numbra.example", name.to_lowercase()),
                role,
                active: true,
                status: Status::Available,
                status_at: START,
                quiet: None,
                quiet_now: false,
                phone: String::new(),
                call_link: String::new(),
                status_until: None,
                status_unconfirmed: false,
                busy_until: None,
                calendar: Default::default(),
                asked_solved_at: None,
                profile: Default::default(),
            }));
        }
        for (id, name, helpers, audience) in [
            (PHONES, "Phones help", Helpers::Everyone, Audience::Open),
            (PAYROLL, "Payroll", Helpers::These(vec![SID]), Audience::Private),
        ] {
            state.put(Row::Desk(Desk {
                id,
                name: name.into(),
                purpose: String::new(),
                owner: SAM,
                helpers,
                audience,
                hours: weekdays(&[(480, 720), (780, 1_020)]),
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
            }));
        }
        let mut world = Self {
            state,
            now: START,
            due: BTreeMap::new(),
            views: BTreeMap::new(),
            shadows: Shadows::default(),
            steps: 0,
        };
        for person in [ANA, BEN, SAM, SID, ADA] {
            world.views.insert(person, world.fresh_view(person));
        }
        world
    }

    /// The same with Ana waiting at Phones help.
    pub fn with_r1() -> Self {
        let mut world = Self::numbra();
        world.ok(ANA, ask("refund after port-out, allowed?"));
        world
    }

    /// `who` gives a command.
    pub fn give(&mut self, who: PersonId, command: impl Into<Command>) -> Result<Decision, Refusal> {
        let command = command.into();
        let at = self.circumstances();
        let actor = Actor::Person(who);
        let decision = decide(&self.state, actor, &command, at);
        let mut named = reads(&command);
        named.push(Read::Row(Key::Person(who)));
        let frugal = decide(&self.load(&named), actor, &command, at);
        assert_eq!(frugal, decision, "with the rows named for {command:?} instead of all rows");
        if let Ok(decision) = &decision {
            self.apply(decision);
        }
        decision
    }

    /// `who` gives a command that is allowed.
    pub fn ok(&mut self, who: PersonId, command: impl Into<Command>) -> Decision {
        let command = command.into();
        self.give(who, command.clone()).unwrap_or_else(|refusal| panic!("{command:?} is refused: {refusal}"))
    }

    /// A server that was restarted: what it kept, and fresh snapshots for everybody.
    pub fn resumed(state: State, due: BTreeMap<(Key, &'static str), (Time, System)>, now: Time) -> Self {
        let mut world =
            Self { state, now, due, views: BTreeMap::new(), shadows: Shadows::default(), steps: 1_000 };
        let members: Vec<PersonId> =
            world.state.people().filter(|row| row.active).map(|row| row.id).collect();
        for person in members {
            world.views.insert(person, world.fresh_view(person));
        }
        world
    }

    /// Nobody and nothing: a server before its set-up.
    pub fn empty() -> Self {
        Self {
            state: State::default(),
            now: START,
            due: BTreeMap::new(),
            views: BTreeMap::new(),
            shadows: Shadows::default(),
            steps: 0,
        }
    }

    /// The server has seen something, or something falls due.
    pub fn system(&mut self, command: &System) -> Result<Decision, Refusal> {
        let at = self.circumstances();
        let decision = decide_system(&self.state, command, at);
        let frugal = decide_system(&self.load(&system_reads(command)), command, at);
        assert_eq!(frugal, decision, "with the rows named for {command:?} instead of all rows");
        if let Ok(decision) = &decision {
            self.apply(decision);
            let at = self.circumstances();
            let again = decide_system(&self.state, command, at);
            let again =
                again.unwrap_or_else(|refusal| panic!("{command:?} a second time is refused: {refusal}"));
            assert_eq!(again.rows, Vec::new(), "{command:?} given a second time changes something");
        }
        decision
    }

    /// Time passes and what falls due meanwhile happens.
    pub fn pass(&mut self, millis: i64) {
        let until = self.now.plus(millis);
        loop {
            let next = self.due.iter().filter(|(_, (at, _))| *at <= until).min_by_key(|(_, (at, _))| *at);
            let Some((slot, (at, command))) = next.map(|(slot, due)| (slot.clone(), due.clone())) else {
                break;
            };
            self.due.remove(&slot);
            self.now = self.now.max(at);
            self.system(&command).expect("what falls due is not refused");
        }
        self.now = until;
    }

    /// R1 as it stands.
    pub fn r1(&self) -> &Request {
        self.state.request(R1).expect("R1 was asked")
    }

    /// Whether `person`'s app shows the row.
    pub fn sees(&self, person: PersonId, key: &Key) -> bool {
        self.views[&person].contains_key(key)
    }

    /// The people who have views now.
    pub fn members(&self) -> Vec<PersonId> {
        self.views.keys().copied().collect()
    }

    fn circumstances(&mut self) -> Circumstances {
        self.steps += 1;
        // An odd multiplier spreads the counter over all bits; nothing here needs better chance.
        Circumstances {
            now: self.now,
            chance: self.steps.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835),
        }
    }

    fn apply(&mut self, decision: &Decision) {
        self.shadows.follow(&self.state, decision, self.now);
        for row in &decision.rows {
            keeps_promises(self.state.get(&row.key()), row);
            self.state.put(row.clone());
        }
        for due in &decision.due {
            let slot = (due.key.clone(), due.slot);
            match &due.at {
                Some(at) => drop(self.due.insert(slot, at.clone())),
                None => drop(self.due.remove(&slot)),
            }
        }
        self.nothing_sleeps();
        self.nothing_waits_in_a_circle();
        let mut views = std::mem::take(&mut self.views);
        for person in self.state.people().filter(|person| person.active) {
            let viewer = Viewer::of(person);
            let fresh = self.fresh_view(person.id);
            // Who comes, or comes back, begins with a snapshot.
            let view = views.entry(person.id).or_insert_with(|| fresh.clone());
            let gained =
                decision.access.iter().filter(|entry| entry.person.is_none_or(|who| who == person.id));
            let resent = gained.flat_map(|entry| self.rows_of(entry.scope));
            let changed = decision.rows.iter().filter_map(|row| self.state.get(&row.key()));
            for row in changed.chain(resent) {
                if may_see(&viewer, row, &self.state) && in_feed(row, &self.state) {
                    view.insert(row.key(), row.clone());
                } else {
                    view.remove(&row.key());
                }
            }
            assert_eq!(*view, fresh, "what {} was sent differs from a fresh snapshot", person.name);
        }
        views.retain(|id, _| self.state.person(*id).is_ok_and(|person| person.active));
        self.views = views;
        decision.rows.iter().for_each(|row| self.tells_only_who_sees(row));
    }

    /// A mention reaches as many as it says, none of whom may not see what they are told of.
    fn tells_only_who_sees(&self, row: &Row) {
        let Row::Message(message) = row else { return };
        let told: Vec<_> = self
            .views
            .keys()
            .filter(|person| message.mentions.tells.includes(**person) && message.author != Some(**person))
            .collect();
        if let Helpers::These(people) = &message.mentions.tells {
            assert_eq!(told.len(), people.len(), "somebody is told who is not here, or of their own words");
        }
        assert_eq!(told.len(), message.mentions.told as usize, "the number is that of those who are told");
        for person in told {
            assert!(self.views[person].contains_key(&row.key()), "{person:?} is told of what they can't see");
        }
    }

    fn fresh_view(&self, person: PersonId) -> View {
        let viewer = Viewer::of(self.state.person(person).expect("a view is a member's"));
        self.state
            .rows()
            .filter(|row| may_see(&viewer, row, &self.state) && in_feed(row, &self.state))
            .map(|row| (row.key(), row.clone()))
            .collect()
    }

    fn rows_of(&self, scope: Scope) -> Vec<&Row> {
        let is_at = |row: &Row, desk| {
            row.request()
                .and_then(|id| self.state.request(id).ok())
                .is_some_and(|request| request.desk == desk)
        };
        let is_in = |row: &&Row| match scope {
            Scope::Desk(desk) => row.key() == Key::Desk(desk) || is_at(row, desk),
            Scope::Request(request) => row.request() == Some(request),
            Scope::Clip(clip) => row.key() == Key::Clip(clip),
        };
        self.state.rows().filter(is_in).collect()
    }

    /// The rows a store would load.
    fn load(&self, reads: &[Read]) -> State {
        let is_named = |row: &Row| {
            reads.iter().any(|read| match (read, row) {
                (Read::Row(key), row) => *key == row.key(),
                (Read::People, Row::Person(_))
                | (Read::Desks, Row::Desk(_))
                | (Read::Invites, Row::Invite(_)) => true,
                (Read::OpenOwnedBy(owner), Row::Request(row)) => row.is_open() && row.owner == Some(*owner),
                (Read::AllOpen, Row::Request(row)) => row.is_open(),
                (Read::OpenAt(desk), Row::Request(row)) => {
                    let is_offered = row.care.hand_over.as_ref().is_some_and(|offer| offer.desk == *desk);
                    row.is_open() && (row.desk == *desk || is_offered)
                }
                (Read::AskerOf(id), Row::Person(row)) => {
                    self.state.request(*id).is_ok_and(|request| request.asker == row.id)
                }
                (Read::LiveRequests, Row::Request(row)) => row.is_open() && row.urgency == Urgency::Live,
                (Read::ActiveCalls, Row::Call(row)) => row.is_active(),
                (Read::Thread(id), Row::Message(row)) => row.request == *id,
                (Read::Thread(id), Row::Attachment(row)) => row.request == *id,
                (Read::Thread(id), Row::Clip(row)) => row.request == Some(*id),
                (Read::Thread(id), Row::Call(row)) => row.request == Some(*id),
                (Read::OwnerOf(id), Row::Person(row)) => {
                    self.state.request(*id).is_ok_and(|request| request.owner == Some(row.id))
                }
                (Read::ShownBy(id), Row::Attachment(row)) => {
                    self.state.message(*id).is_ok_and(|message| message.attachments.contains(&row.id))
                }
                (Read::ShownBy(id), Row::Clip(row)) => {
                    self.state.message(*id).is_ok_and(|message| message.clip == Some(row.id))
                }
                (Read::MessagesOfClip(id), Row::Message(row)) => {
                    row.clip == Some(*id) || row.moment.is_some_and(|moment| moment.clip == *id)
                }
                (Read::AskedAt(desk, from, to), Row::Request(row)) => {
                    row.desk == *desk && (*from..*to).contains(&row.asked_at)
                }
                (Read::BlockersOf(id), Row::Request(row)) => self.chain(*id, blockers_of).contains(&row.id),
                _ => false,
            })
        };
        let mut loaded = State::default();
        let mut open: Vec<&Row> = self.state.rows().filter(|row| is_named(row)).collect();
        while let Some(row) = open.pop() {
            if loaded.get(&row.key()).is_none() {
                loaded.put(row.clone());
                open.extend(row.leads_to().iter().filter_map(|key| self.state.get(key)));
            }
        }
        loaded
    }

    /// This request, where `on` leads from it, and so on.
    fn chain(&self, id: RequestId, on: impl Fn(&Request) -> Vec<RequestId>) -> Vec<RequestId> {
        let mut chain = vec![id];
        let mut next = 0;
        while let Some(id) = chain.get(next).copied() {
            next += 1;
            let leads = self.state.request(id).map(&on).unwrap_or_default();
            chain.extend(leads.into_iter().filter(|id| !chain.contains(id)).collect::<Vec<_>>());
        }
        chain
    }

    /// Nothing waits for itself, not through others either; and nothing that is over holds anything up unnoticed.
    fn nothing_waits_in_a_circle(&self) {
        for request in self.state.requests() {
            for blocker in &request.care.blocked_by {
                let chain = self.chain(*blocker, |row| row.care.blocked_by.clone());
                assert!(!chain.contains(&request.id), "{request:?} waits for itself");
                let row = self.state.request(*blocker).expect("what is waited for is there");
                let is_due = self.due.contains_key(&(Key::Request(request.id), "blocker"));
                assert!(row.is_open() || is_due, "{request:?} waits for what is over");
                assert!(row.care.blocks.contains(&request.id), "{row:?} would tell nobody");
            }
        }
    }

    /// Whatever waits has something due that goes on with it.
    fn nothing_sleeps(&self) {
        let has = |key: Key, slot| self.due.contains_key(&(key, slot));
        for call in
            self.state.calls().filter(|call| matches!(call.state, CallState::Ringing | CallState::Soon))
        {
            assert!(has(Key::Call(call.id), "ring"), "nobody will go on with {call:?}");
        }
        for request in self.state.requests().filter(|request| request.is_open()) {
            let looks = ["alarm", "update", "silence"];
            let next = looks.iter().filter_map(|slot| self.due.get(&(Key::Request(request.id), *slot)));
            assert!(next.count() > 0, "nothing will ever look at {request:?} again");
        }
        for request in self.state.requests().filter(|request| !request.is_open() && !request.archived) {
            assert!(has(Key::Request(request.id), "archive"), "{request:?} stays in the feed for ever");
        }
        for desk in self.state.desks().filter(|desk| desk.unwatched.is_some()) {
            assert!(has(Key::Desk(desk.id), "watch"), "nobody looks at {desk:?} again");
            assert!(!desk.closed, "nobody need be there: {desk:?}");
        }
        for clip in self.state.clips().filter(|clip| clip.state == ClipState::Interrupted) {
            assert!(has(Key::Clip(clip.id), "open"), "nobody will close {clip:?}");
        }
    }
}

/// What may never change, and what belongs together.
fn keeps_promises(before: Option<&Row>, after: &Row) {
    match (before, after) {
        (Some(Row::Request(before)), Row::Request(after)) => {
            assert_eq!(before.asker, after.asker, "the asker stays");
            assert!(after.asked_at <= before.asked_at, "T0 never becomes later: {after:?}");
            let used = |row: &Request| row.care.clocks.as_ref().map(|clocks| clocks.solution.used_ms);
            assert!(used(after) >= used(before), "a clock was set back: {after:?}");
            let took_over = after.care.desk_changes > before.care.desk_changes;
            assert!(
                before.desk == after.desk || took_over,
                "the desk changes by taking over only: {after:?}"
            );
            if before.first_response_at.is_some() {
                assert_eq!(before.first_response_at, after.first_response_at, "there is one first response");
            }
            has_one_owner(after);
        }
        (None, Row::Request(after)) => has_one_owner(after),
        (Some(Row::Message(before)), Row::Message(after)) => {
            assert_eq!((before.author, before.at, &before.kind), (after.author, after.at, &after.kind));
        }
        (Some(Row::Clip(before)), Row::Clip(after)) => {
            assert_eq!((before.recorder, before.started_at), (after.recorder, after.started_at));
            assert!(!before.is_gone() || after.is_gone(), "what was erased came back: {after:?}");
        }
        _ => {}
    }
}

fn has_one_owner(request: &Request) {
    match request.state {
        RequestState::Open => assert_eq!(request.owner, None, "open means that the desk owns it"),
        RequestState::Accepted | RequestState::WaitingAsker | RequestState::WaitingOther => {
            assert!(request.owner.is_some(), "somebody has it: {request:?}");
        }
        RequestState::Answered | RequestState::Solved | RequestState::Withdrawn | RequestState::Merged => {}
    }
    assert_eq!(
        request.is_in_work(),
        request.care.next_update_by.is_some(),
        "who has it owes a word: {request:?}"
    );
    assert_eq!(request.is_unclaimed(), request.care.alarm.is_some(), "an alarm seeks an owner: {request:?}");
    assert!(request.owner.is_none_or(|owner| !request.is_asked_by(owner)), "nobody helps themselves");
}
