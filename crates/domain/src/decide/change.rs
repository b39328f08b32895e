//! A decision in the making: rows read, rows changed so far, and what follows from both. Who gains or loses
//! sight of what is derived here, once, from each row before and after.
//!
//! A changed row needs no access entry for itself: the feed asks anew who may see each row it sends. Access is
//! about rows that did not change themselves, e.g. the messages of a request that was opened to the desk.

use crate::{
    Read, Refusal, Row, Scope, State, Time, Viewer,
    attachment::Attachment,
    call::CallStep,
    care::CareStep,
    clip::Clip,
    clock::Promise,
    command::System,
    decide::{Access, Circumstances, Decision, Due, Effect, attendance, block, vigil},
    desk::{Desk, Helpers},
    id::{AttachmentId, ClipId, DeskId, MessageId, PersonId, RequestId},
    mention::Mentions,
    message::{Event, Message, MessageKind},
    permission::{may_see, sees_request},
    person::{Person, Role},
    request::Request,
    row::Key,
};

/// A decision in the making.
pub(crate) struct Change<'a> {
    /// The rows as they were read.
    pub state: &'a State,
    /// The server's time.
    pub now: Time,
    at: Circumstances,
    rows: Vec<Row>,
    due: Vec<Due>,
    effects: Vec<Effect>,
    minted: u64,
}

impl<'a> Change<'a> {
    pub fn new(state: &'a State, at: Circumstances) -> Self {
        Self { state, now: at.now, at, rows: Vec::new(), due: Vec::new(), effects: Vec::new(), minted: 0 }
    }

    /// The row as it shall be.
    pub fn put(&mut self, row: Row) {
        match self.rows.iter_mut().find(|known| known.key() == row.key()) {
            Some(known) => *known = row,
            None => self.rows.push(row),
        }
    }

    /// Has what is open at this desk looked after anew; what this decision changes anyway is.
    pub fn look_after(&mut self, desk: DeskId) {
        let open: Vec<Request> =
            self.state.requests().filter(|row| row.is_open() && row.desk == desk).cloned().collect();
        for request in open {
            if self.is_free_of(&Key::Request(request.id)) {
                self.put(Row::Request(request));
            }
        }
    }

    /// `command` falls due at `at`; replaces whatever was due at this clock of this thing.
    pub fn due(&mut self, key: Key, slot: &'static str, at: Time, command: System) {
        self.set_due(Due { key, slot, at: Some((at, command)) });
    }

    /// Nothing falls due any more at this clock of this thing.
    pub fn not_due(&mut self, key: Key, slot: &'static str) {
        self.set_due(Due { key, slot, at: None });
    }

    fn set_due(&mut self, due: Due) {
        self.due.retain(|known| known.key != due.key || known.slot != due.slot);
        self.due.push(due);
    }

    pub fn effect(&mut self, effect: Effect) {
        if !self.effects.contains(&effect) {
            self.effects.push(effect);
        }
    }

    /// The chance this decision was given.
    pub fn chance(&self) -> u128 {
        self.at.chance
    }

    /// A fresh id for a message that Deskside writes.
    pub fn mint(&mut self) -> MessageId {
        self.minted += 1;
        MessageId(self.at.mint(self.minted))
    }

    /// Writes on the request's timeline what happened.
    pub fn event(&mut self, request: RequestId, author: Option<PersonId>, event: Event) {
        self.event_saying(request, author, event, String::new());
    }

    /// Writes on the request's timeline how it is looked after, in these words.
    pub fn step(&mut self, request: RequestId, author: Option<PersonId>, step: CareStep, text: &str) {
        self.event_saying(request, author, Event::Care(step), text.to_owned());
    }

    fn event_saying(&mut self, request: RequestId, author: Option<PersonId>, event: Event, text: String) {
        let message = Message {
            id: self.mint(),
            request,
            author,
            kind: MessageKind::Event(event),
            text,
            attachments: Vec::new(),
            clip: None,
            moment: None,
            mentions: Mentions::default(),
            at: self.now,
            deleted: false,
        };
        self.put(Row::Message(message));
    }

    /// The request, if `by` sees it.
    pub fn request_seen(&self, by: &Person, id: RequestId) -> Result<Request, Refusal> {
        let request = self.state.request(id)?;
        self.seen(by, Row::Request(request.clone()), "request")?;
        Ok(request.clone())
    }

    /// The clip, if `by` sees it.
    pub fn clip_seen(&self, by: &Person, id: ClipId) -> Result<Clip, Refusal> {
        let clip = self.state.clip(id)?;
        self.seen(by, Row::Clip(clip.clone()), "clip")?;
        Ok(clip.clone())
    }

    /// The attachment, if `by` sees it.
    pub fn attachment_seen(&self, by: &Person, id: AttachmentId) -> Result<Attachment, Refusal> {
        let attachment = self.state.attachment(id)?;
        self.seen(by, Row::Attachment(attachment.clone()), "attachment")?;
        Ok(attachment.clone())
    }

    /// The message, if `by` sees it.
    pub fn message_seen(&self, by: &Person, id: MessageId) -> Result<Message, Refusal> {
        let message = self.state.message(id)?;
        self.seen(by, Row::Message(message.clone()), "message")?;
        Ok(message.clone())
    }

    /// The desk, if `by` sees it.
    pub fn desk_seen(&self, by: &Person, id: DeskId) -> Result<Desk, Refusal> {
        let desk = self.state.desk(id)?;
        self.seen(by, Row::Desk(desk.clone()), "desk")?;
        Ok(desk.clone())
    }

    fn seen(&self, by: &Person, row: Row, what: &'static str) -> Result<(), Refusal> {
        if may_see(&Viewer::of(by), &row, self.state) { Ok(()) } else { Err(Refusal::Unknown(what)) }
    }

    /// Refuses if the row at `key` exists already, read or made by this decision.
    pub fn is_free(&self, key: &Key) -> Result<(), Refusal> {
        let made = self.rows.iter().any(|row| row.key() == *key);
        if made || self.state.get(key).is_some() { Err(Refusal::IdTaken) } else { Ok(()) }
    }

    /// The person `id` if active; somebody who left can't be asked, rung or put in charge.
    pub fn active_person(&self, id: PersonId) -> Result<&'a Person, Refusal> {
        let person = self.state.person(id)?;
        if person.active { Ok(person) } else { Err(Refusal::Unknown("person")) }
    }

    pub fn finish(mut self) -> Decision {
        let state = self.state;
        self.watch_over();
        let mut access = Vec::new();
        for row in &self.rows {
            for entry in access_of(state, row) {
                if !access.contains(&entry) {
                    access.push(entry);
                }
            }
        }
        // Invitations belong to no scope; sending them again lets the feed ask anew who may see them.
        if self.rows.iter().any(|row| is_admin_change(state, row)) {
            for invite in state.invites() {
                if self.is_free_of(&Key::Invite(invite.id)) {
                    self.rows.push(Row::Invite(invite.clone()));
                }
            }
        }
        self.rows.retain(|row| matches!(row, Row::Invite(_)) || state.get(&row.key()) != Some(row));
        Decision { rows: self.rows, due: self.due, access, effects: self.effects }
    }

    /// Derives what changed desks and requests need looked at, and when.
    fn watch_over(&mut self) {
        let state = self.state;
        let org =
            self.rows.iter().find_map(|row| if let Row::Org(org) = row { Some(org.clone()) } else { None });
        let Some(org) = org.or_else(|| state.org().ok().cloned()) else { return };
        let mut due = Vec::new();
        let mut desks = Vec::new();
        for row in &mut self.rows {
            if let Row::Desk(desk) = row {
                due.push(vigil::keep_desk(self.now, &org, desk));
                let before = state.desk(desk.id).ok().zip(state.org().ok());
                due.extend(attendance::keep(self.now, before, &org, desk));
                desks.push(desk.clone());
            }
        }
        let spoken: Vec<(RequestId, Option<PersonId>)> = self.rows.iter().filter_map(spoken).collect();
        let mut missed: Vec<(RequestId, Promise)> = Vec::new();
        for row in &mut self.rows {
            let Row::Request(request) = row else { continue };
            let before = state.request(request.id).ok();
            let changed = desks.iter().find(|desk| desk.id == request.desk);
            let Some(desk) = changed.or_else(|| state.desk(request.desk).ok()) else { continue };
            let mut moment = vigil::Moment::new(self.now, desk, &org);
            let counted_by = before.and_then(|before| state.desk(before.desk).ok()).zip(state.org().ok());
            if let Some((desk, org)) = counted_by {
                moment.counted = desk.calendar(org);
            }
            moment.repriced = state.desk(desk.id).is_ok_and(|known| {
                known.present_hours(&org) != desk.present_hours(&org)
                    || known.service != desk.service
                    || known.helpers != desk.helpers
                    || known.rota != desk.rota
            }) || state.org().is_ok_and(|known| known.zone != org.zone);
            moment.owner_was =
                state.desk(desk.id).ok().map(|known| known.owner).filter(|owner| *owner != desk.owner);
            let mut spoke = vigil::Spoke::default();
            for (_, person) in spoken.iter().filter(|(about, _)| *about == request.id) {
                let is_asker = person.is_some_and(|person| request.is_asked_by(person));
                spoke = vigil::Spoke { asker: spoke.asker || is_asker, helper: spoke.helper || !is_asker };
            }
            let promises = vigil::keep(&moment, before, request, spoke);
            missed.extend(promises.into_iter().map(|promise| (request.id, promise)));
            due.extend(vigil::new_dues(before, request));
            due.extend(block::dues(before, request));
        }
        for (request, promise) in missed {
            self.step(request, None, CareStep::Missed(promise), "");
        }
        for due in due {
            self.set_due(due);
        }
    }

    fn is_free_of(&self, key: &Key) -> bool {
        !self.rows.iter().any(|row| row.key() == *key)
    }
}

/// About what somebody has spoken in this row, and who, as the clocks understand it: in words or by a clip; nobody
/// named is both, on a call.
fn spoken(row: &Row) -> Option<(RequestId, Option<PersonId>)> {
    let Row::Message(message) = row else { return None };
    match &message.kind {
        MessageKind::Event(Event::Call(_, CallStep::Accepted)) => Some((message.request, None)),
        MessageKind::Event(Event::Care(CareStep::CallbackKept)) => Some((message.request, message.author)),
        MessageKind::Event(_) => None,
        _ if message.deleted => None,
        _ => Some((message.request, message.author)),
    }
}

/// What a change of role reads, because the new rights decide about every desk and invitation.
pub(crate) fn reads_of_role_change() -> [Read; 3] {
    [Read::People, Read::Desks, Read::Invites]
}

fn is_admin_change(state: &State, row: &Row) -> bool {
    match (state.get(&row.key()), row) {
        (Some(Row::Person(before)), Row::Person(after)) => {
            (before.role == Role::Admin) != (after.role == Role::Admin)
        }
        _ => false,
    }
}

fn access_of(state: &State, after: &Row) -> Vec<Access> {
    match (state.get(&after.key()), after) {
        (Some(Row::Request(before)), Row::Request(after)) => access_of_request(state, before, after),
        (Some(Row::Desk(before)), Row::Desk(after)) => {
            let mut access = access_of_desk(before, after);
            // What is on offer to the desk is asked at another one.
            let offered = state.requests().filter(|row| {
                row.care
                    .hand_over
                    .as_ref()
                    .is_some_and(|offer| offer.desk == after.id && offer.person.is_none())
            });
            let helpers_differ = (before.owner, &before.helpers) != (after.owner, &after.helpers);
            let offered = offered.filter(|_| helpers_differ).map(|row| row.id);
            access.extend(offered.map(|id| Access { scope: Scope::Request(id), person: None }));
            access
        }
        (Some(Row::Clip(before)), Row::Clip(after)) => access_of_clip(before, after),
        (Some(Row::Person(person)), Row::Person(_)) if is_admin_change(state, after) => {
            let private = state.desks().filter(|desk| desk.is_private());
            private.map(|desk| Access { scope: Scope::Desk(desk.id), person: Some(person.id) }).collect()
        }
        _ => Vec::new(),
    }
}

fn access_of_request(state: &State, before: &Request, after: &Request) -> Vec<Access> {
    let scope = Scope::Request(after.id);
    if before.archived != after.archived
        || before.private_with != after.private_with
        || before.desk != after.desk
    {
        return vec![Access { scope, person: None }];
    }
    let offer = |request: &Request| request.care.hand_over.as_ref().map(|offer| (offer.desk, offer.person));
    let is_hidden = after.private_with.is_some() || state.desk(after.desk).is_ok_and(Desk::is_private);
    if is_hidden && offer(before) != offer(after) {
        return vec![Access { scope, person: None }];
    }
    let sees = |person, request: &Request| sees_request(person, request, state);
    let mut people: Vec<PersonId> = [before.owner, after.owner].into_iter().flatten().collect();
    people.extend(before.care.joined.iter().chain(&after.care.joined));
    people.sort_unstable();
    people.dedup();
    people
        .into_iter()
        .filter(|person| sees(*person, before) != sees(*person, after))
        .map(|person| Access { scope, person: Some(person) })
        .collect()
}

fn access_of_desk(before: &Desk, after: &Desk) -> Vec<Access> {
    let scope = Scope::Desk(after.id);
    if before.is_private() != after.is_private() {
        return vec![Access { scope, person: None }];
    }
    if !after.is_private() {
        return Vec::new();
    }
    match (&before.helpers, &after.helpers) {
        (Helpers::These(left), Helpers::These(right)) => {
            let mut people: Vec<PersonId> = left.iter().chain(right).copied().collect();
            people.extend([before.owner, after.owner]);
            people.sort_unstable();
            people.dedup();
            people
                .into_iter()
                .filter(|person| before.is_helped_by(*person) != after.is_helped_by(*person))
                .map(|person| Access { scope, person: Some(person) })
                .collect()
        }
        (Helpers::Everyone, Helpers::Everyone) => Vec::new(),
        (Helpers::Everyone, Helpers::These(_)) | (Helpers::These(_), Helpers::Everyone) => {
            vec![Access { scope, person: None }]
        }
    }
}

fn access_of_clip(before: &Clip, after: &Clip) -> Vec<Access> {
    let scope = Scope::Clip(after.id);
    if before.is_shown() != after.is_shown() || before.request != after.request {
        return vec![Access { scope, person: None }];
    }
    before
        .watchers
        .iter()
        .chain(&after.watchers)
        .filter(|person| before.watchers.contains(person) != after.watchers.contains(person))
        .map(|person| Access { scope, person: Some(*person) })
        .collect()
}
