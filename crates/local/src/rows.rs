//! Rows as the table keeps them: found by (kind, id), whole as the JSON of their wire form, with copies of the few
//! fields that reads look for. Secrets have no wire form and live in a table of their own.

use anyhow::Context;
use deskside_domain::{
    Key, Row,
    id::{AttachmentId, CallId, ClipId, DeskId, InviteId, MessageId, PersonId, RequestId},
    message::MessageKind,
    request::{RequestState, Urgency},
    secret::Secret,
};
use deskside_protocol::Entity;
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

/// The table's name for the kind of `key`.
pub(crate) fn kind_of(key: &Key) -> &'static str {
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

/// The table's id of `key`: 16 bytes, none for the organisation, the name of a secret.
pub(crate) fn id_of(key: &Key) -> Vec<u8> {
    let id = match key {
        Key::Org => return Vec::new(),
        Key::Secret(name) => return name.clone().into_bytes(),
        Key::Person(id) => id.0,
        Key::Desk(id) => id.0,
        Key::Request(id) => id.0,
        Key::Message(id) => id.0,
        Key::Attachment(id) => id.0,
        Key::Clip(id) => id.0,
        Key::Call(id) => id.0,
        Key::Invite(id) => id.0,
    };
    id.as_bytes().to_vec()
}

/// The key at (kind, id).
pub(crate) fn key_at(kind: &str, id: &[u8]) -> anyhow::Result<Key> {
    let uuid = || Uuid::from_slice(id).context("an id in the database is not 16 bytes long");
    Ok(match kind {
        "org" => Key::Org,
        "person" => Key::Person(PersonId(uuid()?)),
        "desk" => Key::Desk(DeskId(uuid()?)),
        "request" => Key::Request(RequestId(uuid()?)),
        "message" => Key::Message(MessageId(uuid()?)),
        "attachment" => Key::Attachment(AttachmentId(uuid()?)),
        "clip" => Key::Clip(ClipId(uuid()?)),
        "call" => Key::Call(CallId(uuid()?)),
        "invite" => Key::Invite(InviteId(uuid()?)),
        "secret" => Key::Secret(String::from_utf8(id.to_vec()).context("a secret's name is not text")?),
        other => anyhow::bail!("the database holds a row of the unknown kind {other}"),
    })
}

/// The row that `body` is.
pub(crate) fn from_body(body: &str) -> anyhow::Result<Row> {
    let entity: Entity = serde_json::from_str(body).context("a row in the database can't be read")?;
    Ok(entity.into_row())
}

/// The row at `key` and its revision.
pub(crate) fn get(connection: &Connection, key: &Key) -> anyhow::Result<Option<(Row, u64)>> {
    if let Key::Secret(name) = key {
        let found = connection
            .prepare_cached("select value, rev from secrets where name = ?1")?
            .query_row([name], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))
            .optional()?;
        return Ok(found.map(|(value, rev)| (Row::Secret(Secret { name: name.clone(), value }), rev as u64)));
    }
    let found = connection
        .prepare_cached("select body, rev from rows where kind = ?1 and id = ?2")?
        .query_row(params![kind_of(key), id_of(key)], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
        })
        .optional()?;
    found.map(|(body, rev)| Ok((from_body(&body)?, rev as u64))).transpose()
}

/// The revision of the row at `key`; 0 if there is none.
pub(crate) fn revision(connection: &Connection, key: &Key) -> anyhow::Result<u64> {
    let found: Option<i64> = match key {
        Key::Secret(name) => connection
            .prepare_cached("select rev from secrets where name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?,
        key => connection
            .prepare_cached("select rev from rows where kind = ?1 and id = ?2")?
            .query_row(params![kind_of(key), id_of(key)], |row| row.get(0))
            .optional()?,
    };
    Ok(found.unwrap_or(0) as u64)
}

/// Stores `row` with the next revision; answers its place in the table (`None`: a secret).
pub(crate) fn put(connection: &Connection, row: &Row) -> anyhow::Result<Option<i64>> {
    if let Row::Secret(secret) = row {
        connection
            .prepare_cached(
                "insert into secrets (name, rev, value) values (?1, 1, ?2)
                 on conflict (name) do update set rev = rev + 1, value = excluded.value",
            )?
            .execute(params![secret.name, secret.value])?;
        return Ok(None);
    }
    let key = row.key();
    let entity = Entity::from_row(row.clone()).context("a row without a wire form")?;
    let columns = Columns::of(row);
    let place = connection
        .prepare_cached(
            "insert into rows (kind, id, rev, request, desk, owner, clip, moment, email, live, active, archived,
                               solved, answer, open, offered, ticket, urgency, responded, body)
             values (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
             on conflict (kind, id) do update set
                 rev = rev + 1, request = excluded.request, desk = excluded.desk, owner = excluded.owner,
                 clip = excluded.clip, moment = excluded.moment, email = excluded.email, live = excluded.live,
                 active = excluded.active, archived = excluded.archived, solved = excluded.solved,
                 answer = excluded.answer, open = excluded.open, offered = excluded.offered,
                 ticket = excluded.ticket, urgency = excluded.urgency, responded = excluded.responded,
                 body = excluded.body
             returning place",
        )?
        .query_row(
            params![
                kind_of(&key),
                id_of(&key),
                columns.request,
                columns.desk,
                columns.owner,
                columns.clip,
                columns.moment,
                columns.email,
                columns.live,
                columns.active,
                columns.archived,
                columns.solved,
                columns.answer,
                columns.open,
                columns.offered,
                columns.ticket,
                columns.urgency,
                columns.responded,
                serde_json::to_string(&entity)?,
            ],
            |row| row.get(0),
        )?;
    Ok(Some(place))
}

/// The same word as it is known here, if it is one of them.
pub(crate) fn urgency_word(word: &str) -> Option<&'static str> {
    [Urgency::Live, Urgency::Today, Urgency::Whenever]
        .map(urgency_of)
        .into_iter()
        .find(|known| *known == word)
}

/// The column's word for an urgency.
pub(crate) fn urgency_of(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Live => "live",
        Urgency::Today => "today",
        Urgency::Whenever => "whenever",
    }
}

/// The copies of fields that reads look for.
#[derive(Default, PartialEq)]
pub(crate) struct Columns<'a> {
    pub request: Option<&'a [u8]>,
    pub desk: Option<&'a [u8]>,
    pub owner: Option<&'a [u8]>,
    pub clip: Option<&'a [u8]>,
    pub moment: Option<&'a [u8]>,
    pub email: Option<&'a str>,
    pub live: bool,
    pub active: bool,
    pub archived: bool,
    pub solved: bool,
    pub answer: bool,
    pub open: bool,
    pub offered: Option<&'a [u8]>,
    pub ticket: Option<String>,
    pub urgency: Option<&'static str>,
    pub responded: Option<i64>,
}

impl<'a> Columns<'a> {
    /// The copies that belong to `row`.
    pub fn of(row: &'a Row) -> Self {
        let none = Self::default();
        match row {
            Row::Request(row) => Self {
                request: Some(row.id.0.as_bytes()),
                desk: Some(row.desk.0.as_bytes()),
                owner: row.owner.as_ref().filter(|_| row.is_open()).map(|id| &id.0.as_bytes()[..]),
                live: row.is_open() && row.urgency == Urgency::Live,
                archived: row.archived,
                solved: row.state == RequestState::Solved,
                open: row.is_open(),
                offered: row.care.hand_over.as_ref().map(|offer| &offer.desk.0.as_bytes()[..]),
                ticket: row.ticket.as_ref().map(|ticket| ticket.label.to_ascii_lowercase()),
                urgency: Some(urgency_of(row.urgency)),
                responded: row.first_response_at.map(|at| at.0),
                ..none
            },
            Row::Message(row) => Self {
                request: Some(row.request.0.as_bytes()),
                clip: row.clip.as_ref().map(|id| &id.0.as_bytes()[..]),
                moment: row.moment.as_ref().map(|moment| &moment.clip.0.as_bytes()[..]),
                answer: row.kind == MessageKind::Answered && !row.deleted && !row.text.is_empty(),
                ..none
            },
            Row::Attachment(row) => Self { request: Some(row.request.0.as_bytes()), ..none },
            Row::Clip(row) => Self { request: row.request.as_ref().map(|id| &id.0.as_bytes()[..]), ..none },
            Row::Call(row) => Self {
                request: row.request.as_ref().map(|id| &id.0.as_bytes()[..]),
                active: row.is_active(),
                ..none
            },
            Row::Person(row) => Self { email: Some(&row.email), ..none },
            Row::Org(_) | Row::Desk(_) | Row::Invite(_) | Row::Secret(_) => none,
        }
    }
}
