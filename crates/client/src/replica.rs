//! The replica: every entity this person may see, as the server last said, and where in the log that is. Entity and
//! cursor change in one transaction, so a cut can neither lose nor double a change.

use deskside_protocol::{
    Entity, EntityRef, Millis,
    feed::{Change, Cursor, Snapshot},
    id::PersonId,
};
use rusqlite::{Connection, params};

use crate::db::{meta, set_meta};

/// Where the replica stands; `None` before the first snapshot.
pub(crate) fn cursor(connection: &Connection) -> anyhow::Result<Option<Cursor>> {
    let Some(text) = meta(connection, "cursor")? else { return Ok(None) };
    Ok(text
        .split_once(':')
        .and_then(|(epoch, seq)| Some(Cursor { epoch: epoch.parse().ok()?, seq: seq.parse().ok()? })))
}

fn set_cursor(connection: &Connection, cursor: Option<Cursor>) -> rusqlite::Result<()> {
    let text = cursor.map(|cursor| format!("{}:{}", cursor.epoch, cursor.seq));
    set_meta(connection, "cursor", text.as_deref())
}

/// Whose replica it is; `None` before the first snapshot.
pub(crate) fn me(connection: &Connection) -> anyhow::Result<Option<PersonId>> {
    Ok(meta(connection, "me")?.and_then(|text| text.parse().ok()))
}

/// Replaces everything.
pub(crate) fn replace(connection: &mut Connection, snapshot: &Snapshot) -> anyhow::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute("delete from entities", [])?;
    for entity in &snapshot.entities {
        put(&transaction, entity)?;
    }
    set_cursor(&transaction, Some(snapshot.cursor))?;
    set_meta(&transaction, "me", Some(&snapshot.me.to_string()))?;
    Ok(transaction.commit()?)
}

/// Applies a frame and moves the cursor.
pub(crate) fn apply(connection: &mut Connection, items: &[Change], cursor: Cursor) -> anyhow::Result<()> {
    let transaction = connection.transaction()?;
    for change in items {
        match change {
            Change::Put(entity) => put(&transaction, entity)?,
            Change::Gone(reference) => {
                let (kind, id) = key(*reference);
                transaction.execute("delete from entities where kind = ?1 and id = ?2", [kind, &id])?;
            }
        }
    }
    set_cursor(&transaction, Some(cursor))?;
    Ok(transaction.commit()?)
}

/// Forgets everything, so that nothing of one person is shown to the next.
pub(crate) fn wipe(connection: &mut Connection) -> anyhow::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute("delete from entities", [])?;
    set_cursor(&transaction, None)?;
    set_meta(&transaction, "me", None)?;
    Ok(transaction.commit()?)
}

/// Everything, as the server would say it; `now` is its time. `None` before the first snapshot.
pub(crate) fn snapshot(connection: &Connection, now: Millis) -> anyhow::Result<Option<Snapshot>> {
    let (Some(cursor), Some(me)) = (cursor(connection)?, me(connection)?) else { return Ok(None) };
    let mut statement = connection.prepare_cached("select json from entities order by kind, id")?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut entities = Vec::new();
    for json in rows {
        entities.push(serde_json::from_str(&json?)?);
    }
    Ok(Some(Snapshot { cursor, me, now, entities }))
}

/// One entity.
pub(crate) fn entity(connection: &Connection, reference: EntityRef) -> anyhow::Result<Option<Entity>> {
    use rusqlite::OptionalExtension as _;
    let (kind, id) = key(reference);
    let json: Option<String> = connection
        .query_row("select json from entities where kind = ?1 and id = ?2", [kind, &id], |row| row.get(0))
        .optional()?;
    Ok(json.map(|json| serde_json::from_str(&json)).transpose()?)
}

fn put(connection: &Connection, entity: &Entity) -> anyhow::Result<()> {
    let (kind, id) = key(entity.reference());
    connection
        .prepare_cached(
            "insert into entities (kind, id, json) values (?1, ?2, ?3)
             on conflict (kind, id) do update set json = excluded.json",
        )?
        .execute(params![kind, id, serde_json::to_string(entity)?])?;
    Ok(())
}

fn key(reference: EntityRef) -> (&'static str, String) {
    let id = match reference {
        EntityRef::Org => String::new(),
        EntityRef::Person(id) => id.to_string(),
        EntityRef::Desk(id) => id.to_string(),
        EntityRef::Request(id) => id.to_string(),
        EntityRef::Message(id) => id.to_string(),
        EntityRef::Attachment(id) => id.to_string(),
        EntityRef::Clip(id) => id.to_string(),
        EntityRef::Call(id) => id.to_string(),
        EntityRef::Invite(id) => id.to_string(),
    };
    (reference.kind().plural(), id)
}
