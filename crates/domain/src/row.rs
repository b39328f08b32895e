//! Rows: what the server keeps, one kind per noun, each found by a key. A decision is made on the rows a
//! command reads (`State`) and answers with rows. Where a row leads (`leads_to`) is what else must be read
//! to know who may see it.

use std::collections::BTreeMap;

use crate::{
    Refusal, attachment::Attachment, call::Call, clip::Clip, desk::Desk, id::*, invite::Invite,
    message::Message, org::Org, person::Person, request::Request, secret::Secret,
};

/// Where a row is found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The one organisation.
    Org,
    /// A person.
    Person(PersonId),
    /// A desk.
    Desk(DeskId),
    /// A request.
    Request(RequestId),
    /// An entry of a thread.
    Message(MessageId),
    /// A picture or file.
    Attachment(AttachmentId),
    /// A screen recording.
    Clip(ClipId),
    /// A call.
    Call(CallId),
    /// A link to join by.
    Invite(InviteId),
    /// A signing key, by name.
    Secret(String),
}

/// A row of any kind.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "each variant is the type it holds")]
#[allow(clippy::large_enum_variant, reason = "most rows are requests and messages; a box each saves nothing")]
pub enum Row {
    Org(Org),
    Person(Person),
    Desk(Desk),
    Request(Request),
    Message(Message),
    Attachment(Attachment),
    Clip(Clip),
    Call(Call),
    Invite(Invite),
    Secret(Secret),
}

/// A set of rows that becomes visible or invisible together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The desk and every request at it, with all that belongs to those.
    Desk(DeskId),
    /// The request and all that belongs to it.
    Request(RequestId),
    /// One clip (a watcher was let in or sent out).
    Clip(ClipId),
}

impl Row {
    /// Where this row is found.
    pub fn key(&self) -> Key {
        match self {
            Row::Org(_) => Key::Org,
            Row::Person(row) => Key::Person(row.id),
            Row::Desk(row) => Key::Desk(row.id),
            Row::Request(row) => Key::Request(row.id),
            Row::Message(row) => Key::Message(row.id),
            Row::Attachment(row) => Key::Attachment(row.id),
            Row::Clip(row) => Key::Clip(row.id),
            Row::Call(row) => Key::Call(row.id),
            Row::Invite(row) => Key::Invite(row.id),
            Row::Secret(row) => Key::Secret(row.name.clone()),
        }
    }

    /// The rows that must be known to say who may see this one and when what about it falls due; followed until
    /// nothing new turns up.
    pub fn leads_to(&self) -> Vec<Key> {
        match self {
            Row::Request(row) => {
                let offered = row.care.hand_over.as_ref().map(|hand_over| Key::Desk(hand_over.desk));
                [Key::Desk(row.desk)].into_iter().chain(offered).collect()
            }
            // Its hours are in the organisation's zone unless it has one of its own. Where not everybody may ask at any
            // hour, it leads to where they turn instead.
            Row::Desk(row) if row.service.posting.is_restricted() => {
                let people = row.deputy().into_iter().chain([row.owner]).map(Key::Person);
                let above = row.service.escalation.map(Key::Desk);
                [Key::Org].into_iter().chain(above).chain(people).collect()
            }
            Row::Desk(_) => vec![Key::Org],
            Row::Message(row) => vec![Key::Request(row.request)],
            Row::Attachment(row) => vec![Key::Request(row.request)],
            Row::Clip(row) => row.request.map(Key::Request).into_iter().collect(),
            Row::Call(row) => row.request.map(Key::Request).into_iter().collect(),
            Row::Org(_) | Row::Person(_) | Row::Invite(_) | Row::Secret(_) => Vec::new(),
        }
    }

    /// The scope the row belongs to besides its own desk's: its request. A store indexes rows by it.
    pub fn request(&self) -> Option<RequestId> {
        match self {
            Row::Request(row) => Some(row.id),
            Row::Message(row) => Some(row.request),
            Row::Attachment(row) => Some(row.request),
            Row::Clip(row) => row.request,
            Row::Call(row) => row.request,
            _ => None,
        }
    }
}

/// Rows by key: all that a decision, or a question of permission, may look at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    rows: BTreeMap<Key, Row>,
}

macro_rules! getters {
    ($($(#[$doc:meta])* $get:ident, $all:ident: $kind:ident($id:ty);)+) => {$(
        $(#[$doc])*
        pub fn $get(&self, id: $id) -> Result<&$kind, Refusal> {
            match self.rows.get(&Key::$kind(id)) {
                Some(Row::$kind(row)) => Ok(row),
                _ => Err(Refusal::Unknown(stringify!($get))),
            }
        }

        /// Every loaded row of this kind, by id.
        pub fn $all(&self) -> impl Iterator<Item = &$kind> {
            self.rows.values().filter_map(|row| if let Row::$kind(row) = row { Some(row) } else { None })
        }
    )+};
}

impl State {
    /// Adds a row or replaces the one at its key.
    pub fn put(&mut self, row: Row) {
        self.rows.insert(row.key(), row);
    }

    /// The row at `key`, if loaded.
    pub fn get(&self, key: &Key) -> Option<&Row> {
        self.rows.get(key)
    }

    /// Every loaded row in key order.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values()
    }

    /// The organisation.
    pub fn org(&self) -> Result<&Org, Refusal> {
        match self.rows.get(&Key::Org) {
            Some(Row::Org(row)) => Ok(row),
            _ => Err(Refusal::Unknown("org")),
        }
    }

    getters! {
        /// The person, or the refusal *unknown*.
        person, people: Person(PersonId);
        /// The desk, or the refusal *unknown*.
        desk, desks: Desk(DeskId);
        /// The request, or the refusal *unknown*.
        request, requests: Request(RequestId);
        /// The thread entry, or the refusal *unknown*.
        message, messages: Message(MessageId);
        /// The attachment, or the refusal *unknown*.
        attachment, attachments: Attachment(AttachmentId);
        /// The clip, or the refusal *unknown*.
        clip, clips: Clip(ClipId);
        /// The call, or the refusal *unknown*.
        call, calls: Call(CallId);
        /// The invitation, or the refusal *unknown*.
        invite, invites: Invite(InviteId);
    }
}
