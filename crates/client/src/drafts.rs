//! Drafts: what was typed and not sent, by person, so that a crash or the next person at the desk loses nothing.

use std::collections::BTreeMap;

use deskside_protocol::id::PersonId;
use rusqlite::Connection;

/// All of a person's drafts.
pub(crate) fn all(connection: &Connection, person: PersonId) -> anyhow::Result<BTreeMap<String, String>> {
    let mut statement = connection.prepare_cached("select key, value from drafts where person = ?1")?;
    let rows = statement.query_map([person.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Keeps a draft; an empty one is forgotten.
pub(crate) fn put(connection: &Connection, person: PersonId, key: &str, value: &str) -> anyhow::Result<()> {
    if value.is_empty() {
        connection
            .execute("delete from drafts where person = ?1 and key = ?2", [&person.to_string(), key])?;
    } else {
        connection.execute(
            "insert into drafts (person, key, value) values (?1, ?2, ?3)
             on conflict (person, key) do update set value = excluded.value",
            [&person.to_string(), key, value],
        )?;
    }
    Ok(())
}
