//! Loading: what reads name, and what those rows lead to, followed until nothing new turns up. Runs inside one read
//! transaction, so all of it is of one moment.

use anyhow::Context;
use deskside_domain::{Key, Read, Row, State, Time, reads::blockers_of};
use deskside_ports::{
    due,
    store::{DueRow, Loaded},
};
use rusqlite::{Connection, Params, params};

use crate::rows;

pub(super) fn load(connection: &Connection, reads: &[Read]) -> anyhow::Result<Loaded> {
    let mut loading = Loading::new(connection);
    for read in reads {
        loading.read(read)?;
    }
    loading.follow()?;
    let mut loaded = loading.loaded;
    loaded.seq = super::log::head(connection)?.seq;
    Ok(loaded)
}

/// Every row of the feed: nothing archived, nor what belongs to that, nor what belongs to nothing.
pub(super) fn feed(connection: &Connection) -> anyhow::Result<State> {
    let mut loading = Loading::new(connection);
    loading.set(
        "select body, rev from rows as r
         where request is null
            or exists (select 1 from rows as q where q.kind = 'request' and q.id = r.request and q.archived = 0)",
        [],
    )?;
    Ok(loading.loaded.state)
}

pub(super) fn page(
    connection: &Connection,
    kind: &Key,
    after: Option<&Key>,
    limit: usize,
) -> anyhow::Result<(Vec<Row>, State)> {
    let after = after.map(rows::id_of);
    let mut statement = connection.prepare_cached(
        "select id from rows where kind = ?1 and (?2 is null or id > ?2) order by id limit ?3",
    )?;
    let kind = rows::kind_of(kind);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let ids = statement.query_map(params![kind, after, limit], |row| row.get::<_, Vec<u8>>(0))?;
    let mut loading = Loading::new(connection);
    let mut keys = Vec::new();
    for id in ids {
        let key = rows::key_at(kind, &id?)?;
        loading.key(&key)?;
        keys.push(key);
    }
    loading.follow()?;
    let state = loading.loaded.state;
    Ok((keys.iter().filter_map(|key| state.get(key).cloned()).collect(), state))
}

pub(super) fn due(connection: &Connection, now: Time, limit: usize) -> anyhow::Result<Vec<DueRow>> {
    let mut statement = connection.prepare_cached(
        "select kind, id, slot, at, command from due where at <= ?1 order by at, kind, id, slot limit ?2",
    )?;
    let mut found = statement.query(params![now.0, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    let mut due = Vec::new();
    while let Some(row) = found.next()? {
        let kind: String = row.get(0)?;
        let command: String = row.get(4)?;
        due.push(DueRow {
            key: rows::key_at(&kind, &row.get::<_, Vec<u8>>(1)?)?,
            slot: row.get(2)?,
            at: Time(row.get(3)?),
            command: due::from_json(&command)?,
        });
    }
    Ok(due)
}

/// Rows on their way into memory.
pub(super) struct Loading<'a> {
    connection: &'a Connection,
    pub loaded: Loaded,
    to_follow: Vec<Key>,
}

impl<'a> Loading<'a> {
    pub fn new(connection: &'a Connection) -> Self {
        Self { connection, loaded: Loaded::default(), to_follow: Vec::new() }
    }

    /// How many rows are loaded.
    pub fn len(&self) -> usize {
        self.loaded.revisions.len()
    }

    /// The row at `key`, unless it was asked for before.
    pub fn key(&mut self, key: &Key) -> anyhow::Result<()> {
        if self.loaded.revisions.contains_key(key) {
            return Ok(());
        }
        match rows::get(self.connection, key)? {
            Some((row, revision)) => self.take(row, revision),
            None => {
                self.loaded.revisions.insert(key.clone(), 0);
            }
        }
        Ok(())
    }

    /// Everything that the loaded rows lead to.
    pub fn follow(&mut self) -> anyhow::Result<()> {
        while let Some(key) = self.to_follow.pop() {
            self.key(&key)?;
        }
        Ok(())
    }

    /// Every row that `select body, rev from rows …` finds; answers their keys.
    pub fn set(&mut self, select: &str, parameters: impl Params) -> anyhow::Result<Vec<Key>> {
        let mut statement = self.connection.prepare_cached(select)?;
        let mut found = statement.query(parameters)?;
        let mut keys = Vec::new();
        while let Some(row) = found.next()? {
            let body = row.get_ref(0)?.as_str().context("a row's body is not text")?;
            let revision: i64 = row.get(1)?;
            let row = rows::from_body(body)?;
            keys.push(row.key());
            self.take(row, revision as u64);
        }
        Ok(keys)
    }

    fn take(&mut self, row: Row, revision: u64) {
        if self.loaded.revisions.insert(row.key(), revision).is_none() {
            self.to_follow.extend(row.leads_to());
            self.loaded.state.put(row);
        }
    }

    fn read(&mut self, read: &Read) -> anyhow::Result<()> {
        match read {
            Read::Row(key) => return self.key(key),
            Read::People => self.set("select body, rev from rows where kind = 'person'", [])?,
            Read::Desks => self.set("select body, rev from rows where kind = 'desk'", [])?,
            Read::Invites => self.set("select body, rev from rows where kind = 'invite'", [])?,
            Read::LiveRequests => self.set("select body, rev from rows where live = 1", [])?,
            Read::AllOpen => self.set("select body, rev from rows where open = 1", [])?,
            Read::OpenAt(desk) => self.set(
                "select body, rev from rows where desk = ?1 and open = 1
                 union select body, rev from rows where offered = ?1",
                [desk.0.as_bytes()],
            )?,
            Read::Ticket(label) => {
                self.set("select body, rev from rows where ticket = ?1", [label.to_ascii_lowercase()])?
            }
            Read::Responses(desk, urgency, after) => self.set(
                "select body, rev from rows where desk = ?1 and urgency = ?2 and responded > ?3
                 order by responded desc limit 60",
                params![desk.0.as_bytes(), rows::urgency_of(*urgency), after.0],
            )?,
            Read::AskerOf(request) => {
                self.key(&Key::Request(*request))?;
                let asker = self.loaded.state.request(*request).ok().map(|request| request.asker);
                return asker.map_or(Ok(()), |asker| self.key(&Key::Person(asker)));
            }
            Read::OwnerOf(request) => {
                self.key(&Key::Request(*request))?;
                let owner = self.loaded.state.request(*request).ok().and_then(|request| request.owner);
                return owner.map_or(Ok(()), |owner| self.key(&Key::Person(owner)));
            }
            Read::BlockersOf(request) => {
                let mut chain = vec![*request];
                let mut next = 0;
                while let Some(id) = chain.get(next).copied() {
                    next += 1;
                    self.key(&Key::Request(id))?;
                    let Ok(row) = self.loaded.state.request(id) else { continue };
                    chain.extend(
                        blockers_of(row).into_iter().filter(|id| !chain.contains(id)).collect::<Vec<_>>(),
                    );
                }
                return Ok(());
            }
            Read::AskedAt(desk, from, to) => self.set(
                "select body, rev from rows
                 where kind = 'request' and desk = ?1
                   and json_extract(body, '$.asked_at') >= ?2 and json_extract(body, '$.asked_at') < ?3",
                params![desk.0.as_bytes(), from.0, to.0],
            )?,
            Read::ShownBy(message) => {
                self.key(&Key::Message(*message))?;
                let Ok(message) = self.loaded.state.message(*message) else { return Ok(()) };
                let shown = message.attachments.iter().copied().map(Key::Attachment);
                let shown: Vec<Key> = shown.chain(message.clip.map(Key::Clip)).collect();
                return shown.iter().try_for_each(|key| self.key(key));
            }
            Read::OpenOwnedBy(person) => {
                self.set("select body, rev from rows where owner = ?1", [person.0.as_bytes()])?
            }
            Read::ActiveCalls => self.set("select body, rev from rows where active = 1", [])?,
            Read::Thread(request) => self.set(
                "select body, rev from rows
                 where request = ?1 and kind in ('message', 'attachment', 'clip', 'call')",
                [request.0.as_bytes()],
            )?,
            Read::MessagesOfClip(clip) => self.set(
                "select body, rev from rows where clip = ?1 union all
                 select body, rev from rows where moment = ?1 and clip is not ?1",
                [clip.0.as_bytes()],
            )?,
        };
        Ok(())
    }
}
