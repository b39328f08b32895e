//! The outbox on disk. A line gets its number when it is first sent, not when it is kept, so that one that is held or
//! taken back leaves no gap. From then on it is sent again under the same number, letter for letter, until the server
//! has said what became of it.

use deskside_protocol::{
    Command, Millis, Problem,
    feed::{CommandResult, Cursor},
    id::PersonId,
    values::Urgency,
};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde::Serialize;
use uuid::Uuid;

use crate::news::{Waiting, WaitingState};

/// After this long "a customer is waiting" is probably not true any more.
const STALE: i64 = 10 * 60 * 1000;
/// Most commands of one batch; the server takes 256.
pub(crate) const BATCH: usize = 64;
/// A decided line whose effects this person can't see leaves after this long.
const UNSEEN: i64 = 30_000;

/// A batch as it is sent; the commands are the stored text, so that a newer app sends the same body again.
#[derive(Debug, Serialize)]
pub(crate) struct Batch {
    pub(crate) client_id: String,
    pub(crate) acked: u64,
    pub(crate) commands: Vec<Line>,
    /// The first number that was never used before this batch.
    #[serde(skip)]
    pub(crate) fresh: u64,
}

/// One command of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Line {
    pub(crate) n: u64,
    pub(crate) command_id: Uuid,
    pub(crate) command: serde_json::Value,
}

/// Keeps a command; on disk when this returns.
pub(crate) fn keep(
    connection: &Connection,
    person: PersonId,
    command_id: Uuid,
    command: &Command,
    now: Millis,
) -> anyhow::Result<()> {
    connection.execute(
        "insert into lines (person, command_id, command, kept_at, state) values (?1, ?2, ?3, ?4, 'kept')
         on conflict (command_id) do nothing",
        params![person.to_string(), command_id.to_string(), serde_json::to_string(command)?, now.0],
    )?;
    Ok(())
}

/// Everything that is on its way, oldest first.
pub(crate) fn list(
    connection: &Connection,
    person: PersonId,
    in_flight: impl Fn(&Uuid) -> bool,
) -> anyhow::Result<Vec<Waiting>> {
    let mut statement = connection.prepare_cached(
        "select command_id, command, state, kept_at, problem from lines where person = ?1 order by position",
    )?;
    let mut rows = statement.query([person.to_string()])?;
    let mut waiting = Vec::new();
    while let Some(row) = rows.next()? {
        let command_id: Uuid = row.get::<_, String>(0)?.parse()?;
        // A line that this version can't read (the app was downgraded) is still sent; it can't be shown.
        let Ok(command) = serde_json::from_str(&row.get::<_, String>(1)?) else { continue };
        let state = match row.get::<_, String>(2)?.as_str() {
            "held" => WaitingState::Held,
            "refused" => WaitingState::Refused,
            "decided" => WaitingState::Sending,
            _ if in_flight(&command_id) => WaitingState::Sending,
            _ => WaitingState::Kept,
        };
        let problem: Option<String> = row.get(4)?;
        waiting.push(Waiting {
            command_id,
            command,
            state,
            since: Millis(row.get(3)?),
            problem: problem.map(|json| serde_json::from_str(&json)).transpose()?,
        });
    }
    Ok(waiting)
}

/// Whether anything is left to send or undecided (held and refused lines wait for their person).
pub(crate) fn is_busy(connection: &Connection, person: PersonId) -> anyhow::Result<bool> {
    Ok(connection
        .prepare_cached(
            "select exists (select 1 from lines where person = ?1 and state in ('kept', 'released'))",
        )?
        .query_row([person.to_string()], |row| row.get(0))?)
}

/// The next batch: what was numbered before, then what was not, which is numbered now. Requests with a customer
/// waiting that lay here too long become held instead, and whatever speaks of them waits with them.
pub(crate) fn next_batch(
    connection: &mut Connection,
    person: PersonId,
    now: Millis,
    most: usize,
) -> anyhow::Result<Option<Batch>> {
    let transaction = connection.transaction()?;
    let person = person.to_string();
    let (client_id, mut next_n, acked) = head(&transaction, &person)?;
    let fresh = next_n;
    let mut commands = Vec::new();
    let mut held = held_requests(&transaction, &person)?;
    {
        let mut statement = transaction.prepare_cached(
            "select position, command_id, command, kept_at, n, state from lines
             where person = ?1 and state in ('kept', 'released') order by n is null, n, position",
        )?;
        let mut rows = statement.query([&person])?;
        while commands.len() < most
            && let Some(row) = rows.next()?
        {
            let position: i64 = row.get(0)?;
            let text: String = row.get(2)?;
            let command: serde_json::Value = serde_json::from_str(&text)?;
            let line = |n| -> anyhow::Result<Line> {
                Ok(Line { n, command_id: row.get::<_, String>(1)?.parse()?, command: command.clone() })
            };
            if let Some(n) = row.get::<_, Option<i64>>(4)? {
                commands.push(line(n.cast_unsigned())?);
                continue;
            }
            let released = row.get::<_, String>(5)? == "released";
            if !released
                && now.0 - row.get::<_, i64>(3)? > STALE
                && let Ok(Command::Ask(ask)) = serde_json::from_str(&text)
                && ask.urgency == Urgency::Live
            {
                transaction.execute("update lines set state = 'held' where position = ?1", [position])?;
                held.push(ask.request.to_string());
                continue;
            }
            if held.iter().any(|request| text.contains(request)) {
                continue;
            }
            transaction.execute(
                "update lines set n = ?2 where position = ?1",
                params![position, next_n.cast_signed()],
            )?;
            commands.push(line(next_n)?);
            next_n += 1;
        }
    }
    transaction
        .execute("update heads set next_n = ?2 where person = ?1", params![person, next_n.cast_signed()])?;
    transaction.commit()?;
    Ok((!commands.is_empty()).then_some(Batch { client_id, acked, commands, fresh }))
}

/// Nothing of the batch left this machine: what was numbered for it is without a number again, and may still be held.
pub(crate) fn not_sent(connection: &mut Connection, person: PersonId, fresh: u64) -> anyhow::Result<()> {
    let transaction = connection.transaction()?;
    let (person, fresh) = (person.to_string(), fresh.cast_signed());
    transaction.execute("update lines set n = null where person = ?1 and n >= ?2", params![person, fresh])?;
    transaction.execute("update heads set next_n = ?2 where person = ?1", params![person, fresh])?;
    Ok(transaction.commit()?)
}

/// Stores what became of commands. Those whose effects the replica has already leave at once.
pub(crate) fn decided(
    connection: &mut Connection,
    person: PersonId,
    epoch: u64,
    results: &[CommandResult],
    cursor: Option<Cursor>,
    now: Millis,
) -> anyhow::Result<Vec<(Uuid, CommandResult)>> {
    let transaction = connection.transaction()?;
    let person = person.to_string();
    let mut answered = Vec::new();
    for result in results {
        let n = result.n.cast_signed();
        let id: Option<String> = transaction
            .query_row(
                "select command_id from lines where person = ?1 and n = ?2 and state in ('kept', 'released')",
                params![person, n],
                |row| row.get(0),
            )
            .optional()?;
        let Some(id) = id else { continue };
        let (state, problem) = match &result.refused {
            Some(problem) => ("refused", Some(serde_json::to_string(problem)?)),
            None => ("decided", None),
        };
        transaction.execute(
            "update lines set state = ?2, problem = ?3, epoch = ?4, seq = ?5, decided_at = ?6, n = null
             where command_id = ?1",
            params![id, state, problem, epoch.cast_signed(), result.seq.cast_signed(), now.0],
        )?;
        transaction
            .execute("update heads set acked = max(acked, ?2) where person = ?1", params![person, n])?;
        answered.push((id.parse()?, result.clone()));
    }
    if let Some(cursor) = cursor {
        arrived(&transaction, cursor, now)?;
    }
    transaction.commit()?;
    Ok(answered)
}

/// The server could not even read this line: refused, and its number goes to the next one.
pub(crate) fn unreadable(
    connection: &mut Connection,
    person: PersonId,
    n: u64,
    problem: &Problem,
) -> anyhow::Result<Option<Uuid>> {
    let transaction = connection.transaction()?;
    let (person, n) = (person.to_string(), n.cast_signed());
    let id: Option<String> = transaction
        .query_row("select command_id from lines where person = ?1 and n = ?2", params![person, n], |row| {
            row.get(0)
        })
        .optional()?;
    transaction.execute(
        "update lines set state = 'refused', problem = ?3, n = null where person = ?1 and n = ?2",
        params![person, n, serde_json::to_string(problem)?],
    )?;
    // Nothing after it was decided either: the server takes no number before the one it waits for.
    transaction.execute("update lines set n = null where person = ?1 and n > ?2", params![person, n])?;
    transaction.execute("update heads set next_n = ?2 where person = ?1", params![person, n])?;
    transaction.commit()?;
    Ok(id.map(|id| id.parse()).transpose()?)
}

/// Begins a new line of numbers. Right when the server knows nothing of our present numbers (it was restored from a
/// backup) or knows other commands under them (this profile was): either way it has not decided what is kept here.
pub(crate) fn rotate(connection: &mut Connection, person: PersonId) -> anyhow::Result<()> {
    let transaction = connection.transaction()?;
    let person = person.to_string();
    transaction.execute(
        "update heads set client_id = ?2, next_n = 1, acked = 0 where person = ?1",
        [&person, &Uuid::now_v7().to_string()],
    )?;
    // In the order they had.
    transaction.execute("update lines set n = null where person = ?1", [&person])?;
    Ok(transaction.commit()?)
}

/// Lines whose effects the replica has now leave. Answers whether any did.
pub(crate) fn arrived(connection: &Connection, cursor: Cursor, now: Millis) -> anyhow::Result<bool> {
    let gone = connection
        .prepare_cached(
            "delete from lines where state = 'decided' and (epoch <> ?1 or seq <= ?2 or decided_at < ?3)",
        )?
        .execute([cursor.epoch.cast_signed(), cursor.seq.cast_signed(), now.0 - UNSEEN])?;
    Ok(gone > 0)
}

/// Still needed: it is sent whatever its age.
pub(crate) fn release(connection: &Connection, command_id: Uuid) -> anyhow::Result<bool> {
    let sql = "update lines set state = 'released' where command_id = ?1 and state = 'held'";
    Ok(connection.execute(sql, [command_id.to_string()])? > 0)
}

/// Forgets a refused or held line, or one that was never sent. What speaks of a held request goes with it.
pub(crate) fn forget(connection: &mut Connection, command_id: Uuid) -> anyhow::Result<bool> {
    let transaction = connection.transaction()?;
    let row: Option<(String, String, String)> = transaction
        .query_row(
            "select person, command, state from lines where command_id = ?1 and n is null and state <> 'decided'",
            [command_id.to_string()],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let Some((person, command, state)) = row else { return Ok(false) };
    transaction.execute("delete from lines where command_id = ?1", [command_id.to_string()])?;
    if state == "held"
        && let Ok(Command::Ask(ask)) = serde_json::from_str(&command)
    {
        transaction.execute(
            "delete from lines where person = ?1 and n is null and instr(command, ?2) > 0",
            [person, ask.request.to_string()],
        )?;
    }
    transaction.commit()?;
    Ok(true)
}

/// This person's client id here, made at the first use.
pub(crate) fn client_id(connection: &Connection, person: PersonId) -> anyhow::Result<String> {
    Ok(head(connection, &person.to_string())?.0)
}

fn head(connection: &Connection, person: &str) -> anyhow::Result<(String, u64, u64)> {
    connection.execute(
        "insert into heads (person, client_id, next_n, acked) values (?1, ?2, 1, 0) on conflict (person) do nothing",
        [person, &Uuid::now_v7().to_string()],
    )?;
    Ok(connection.query_row(
        "select client_id, next_n, acked from heads where person = ?1",
        [person],
        |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned(), row.get::<_, i64>(2)?.cast_unsigned())),
    )?)
}

fn held_requests(transaction: &Transaction<'_>, person: &str) -> anyhow::Result<Vec<String>> {
    let mut statement =
        transaction.prepare_cached("select command from lines where person = ?1 and state = 'held'")?;
    let mut rows = statement.query([person])?;
    let mut requests = Vec::new();
    while let Some(row) = rows.next()? {
        if let Ok(Command::Ask(ask)) = serde_json::from_str(&row.get::<_, String>(0)?) {
            requests.push(ask.request.to_string());
        }
    }
    Ok(requests)
}

#[cfg(test)]
mod tests;
