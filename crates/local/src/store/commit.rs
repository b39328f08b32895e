//! Storing one decision, inside the writer's transaction: is it new, was it made on what is still true, then rows,
//! words for search, what falls due, the result; the log's number last.

use anyhow::{Context, ensure};
use deskside_domain::{Row, id::PersonId};
use deskside_ports::{
    due,
    store::{Commit, CommitError, Committed, Origin, StoredResult},
};
use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    database::Undone,
    rows::{self, id_of, kind_of},
};

/// A line of commands.
pub(super) struct Line {
    pub person: PersonId,
    pub last_n: u64,
}

// Boxed: a stored result is far larger than a commit's answer.
type Undo = Undone<Box<CommitError>>;

pub(super) fn store(connection: &Connection, commit: &Commit) -> Result<Committed, Undo> {
    check_origin(connection, &commit.origin)?;
    check_unchanged(connection, commit)?;
    for row in &commit.rows {
        let place = rows::put(connection, row)?;
        if let Some(place) = place {
            super::search::index(connection, place, row)?;
        }
    }
    set_due(connection, commit)?;
    let seq = append_to_log(connection, commit)?;
    keep_result(connection, commit, seq)?;
    Ok(Committed { seq })
}

fn refuse(why: CommitError) -> Undo {
    Undone::Refused(Box::new(why))
}

fn check_origin(connection: &Connection, origin: &Origin) -> Result<(), Undo> {
    match origin {
        Origin::Line { client_id, person, n, .. } => {
            let line = line(connection, client_id)?;
            if line.as_ref().is_some_and(|line| line.person != *person) {
                return Err(Undone::Fault(anyhow::anyhow!("this line of commands is another person's")));
            }
            let last = line.map_or(0, |line| line.last_n);
            if *n <= last
                && let Some(result) = numbered_result(connection, client_id, *n)?
            {
                return Err(refuse(CommitError::Duplicate(result)));
            }
            if *n != last + 1 {
                return Err(refuse(CommitError::Gap { expected: last + 1 }));
            }
        }
        Origin::Keyed { client_id, key, .. } => {
            if let Some(result) = keyed_result(connection, client_id, key)? {
                return Err(refuse(CommitError::Duplicate(result)));
            }
        }
        Origin::System { due: None } => {}
        Origin::System { due: Some(due) } => {
            let used = connection
                .prepare_cached(
                    "delete from due where kind = ?1 and id = ?2 and slot = ?3 and at = ?4 and command = ?5",
                )?
                .execute(params![
                    kind_of(&due.key),
                    id_of(&due.key),
                    due.slot,
                    due.at.0,
                    due::to_json(&due.command).map_err(anyhow::Error::from)?
                ])?;
            if used == 0 {
                return Err(refuse(CommitError::NotDue));
            }
        }
    }
    Ok(())
}

fn check_unchanged(connection: &Connection, commit: &Commit) -> Result<(), Undo> {
    if let Some(expected) = commit.expect_seq
        && super::log::head(connection)?.seq != expected
    {
        return Err(refuse(CommitError::Conflict));
    }
    for (key, expected) in &commit.expect {
        if rows::revision(connection, key)? != *expected {
            return Err(refuse(CommitError::Conflict));
        }
    }
    Ok(())
}

fn set_due(connection: &Connection, commit: &Commit) -> anyhow::Result<()> {
    for due in &commit.due {
        let (kind, id) = (kind_of(&due.key), id_of(&due.key));
        match &due.at {
            Some((at, command)) => connection
                .prepare_cached(
                    "insert into due (kind, id, slot, at, command) values (?1, ?2, ?3, ?4, ?5)
                     on conflict do update set at = excluded.at, command = excluded.command",
                )?
                .execute(params![kind, id, due.slot, at.0, due::to_json(command)?])?,
            None => connection
                .prepare_cached("delete from due where kind = ?1 and id = ?2 and slot = ?3")?
                .execute(params![kind, id, due.slot])?,
        };
    }
    Ok(())
}

/// A log row for every row touched and every access that changed; answers the log's head with them in.
fn append_to_log(connection: &Connection, commit: &Commit) -> anyhow::Result<u64> {
    let count = commit.rows.len() + commit.access.len();
    if count == 0 {
        return Ok(super::log::head(connection)?.seq);
    }
    let head: i64 = connection
        .prepare_cached("update head set seq = seq + ?1 returning seq")?
        .query_row([i64::try_from(count)?], |row| row.get(0))?;
    let mut insert = connection.prepare_cached(
        "insert into log (seq, kind, id, access, person, at) values (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let mut seq = head - i64::try_from(count)?;
    for row in &commit.rows {
        seq += 1;
        let key = Row::key(row);
        insert.execute(params![seq, kind_of(&key), id_of(&key), false, None::<&[u8]>, commit.now.0])?;
    }
    for access in &commit.access {
        seq += 1;
        let key = super::log::key_of(access.scope);
        let person = access.person.as_ref().map(|person| &person.0.as_bytes()[..]);
        insert.execute(params![seq, kind_of(&key), id_of(&key), true, person, commit.now.0])?;
    }
    Ok(head as u64)
}

fn keep_result(connection: &Connection, commit: &Commit, seq: u64) -> anyhow::Result<()> {
    let refused = commit.refused.as_ref().map(serde_json::to_string).transpose()?;
    ensure!(refused.is_none() || commit.rows.is_empty(), "a refused command changes no rows");
    let seq = i64::try_from(seq)?;
    match &commit.origin {
        Origin::Line { client_id, person, n, body_hash } => {
            let n = i64::try_from(*n)?;
            connection
                .prepare_cached(
                    "insert into clients (client_id, person, last_n) values (?1, ?2, ?3)
                     on conflict do update set last_n = excluded.last_n",
                )?
                .execute(params![client_id, person.0.as_bytes(), n])?;
            connection
                .prepare_cached(
                    "insert into results (client_id, n, body_hash, seq, refused, at)
                     values (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![client_id, n, body_hash, seq, refused, commit.now.0])?;
        }
        Origin::Keyed { client_id, key, body_hash, .. } => {
            connection
                .prepare_cached(
                    "insert into keyed_results (client_id, key, body_hash, seq, refused, at)
                     values (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![client_id, key, body_hash, seq, refused, commit.now.0])?;
        }
        Origin::System { .. } => {}
    }
    Ok(())
}

pub(super) fn line(connection: &Connection, client_id: &str) -> anyhow::Result<Option<Line>> {
    let found = connection
        .prepare_cached("select person, last_n from clients where client_id = ?1")?
        .query_row([client_id], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?)))
        .optional()?;
    found.map(|(person, n)| Ok(Line { person: super::person_at(&person)?, last_n: n as u64 })).transpose()
}

pub(super) fn numbered_result(
    connection: &Connection,
    client_id: &str,
    n: u64,
) -> anyhow::Result<Option<StoredResult>> {
    let select = "select body_hash, seq, refused from results where client_id = ?1 and n = ?2";
    let n = i64::try_from(n).unwrap_or(i64::MAX);
    let found =
        connection.prepare_cached(select)?.query_row(params![client_id, n], read_result).optional()?;
    found.map(result).transpose()
}

pub(super) fn keyed_result(
    connection: &Connection,
    client_id: &str,
    key: &str,
) -> anyhow::Result<Option<StoredResult>> {
    let select = "select body_hash, seq, refused from keyed_results where client_id = ?1 and key = ?2";
    let found =
        connection.prepare_cached(select)?.query_row(params![client_id, key], read_result).optional()?;
    found.map(result).transpose()
}

type ResultColumns = ([u8; 32], i64, Option<String>);

fn read_result(row: &rusqlite::Row<'_>) -> rusqlite::Result<ResultColumns> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

fn result((body_hash, seq, refused): ResultColumns) -> anyhow::Result<StoredResult> {
    let refused = refused.map(|json| serde_json::from_str(&json)).transpose();
    Ok(StoredResult {
        body_hash,
        seq: seq as u64,
        refused: refused.context("a stored refusal can't be read")?,
    })
}
