//! Passwords, sessions, one-time links and throttles beside the rows, in the same database and by the same writer.

use std::sync::Arc;

use anyhow::Context;
use async_trait::async_trait;
use deskside_domain::{Time, id::PersonId, time::DAY};
use deskside_ports::accounts::{Accounts, LinkPurpose, LinkRow, SessionRow};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{database::Database, store::person_at};

/// Sign-in data of one machine.
pub struct LocalAccounts {
    database: Arc<Database>,
}

impl LocalAccounts {
    pub(crate) fn new(database: Arc<Database>) -> Self {
        Self { database }
    }
}

const SESSION: &str = "id, person, device, since";

#[async_trait]
impl Accounts for LocalAccounts {
    async fn password(&self, email: &str) -> anyhow::Result<Option<(PersonId, String)>> {
        let email = email.to_owned();
        self.database
            .read(move |connection| {
                let found = connection
                    .prepare_cached(
                        "select person, hash from rows join passwords on person = id
                         where kind = 'person' and email = ?1",
                    )?
                    .query_row([email], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?)))
                    .optional()?;
                found.map(|(person, hash)| Ok((person_at(&person)?, hash))).transpose()
            })
            .await
    }

    async fn set_password(&self, person: PersonId, hash: &str) -> anyhow::Result<()> {
        let hash = hash.to_owned();
        self.database
            .put(move |connection| {
                let set = "insert into passwords (person, hash) values (?1, ?2)
                           on conflict do update set hash = excluded.hash";
                connection.prepare_cached(set)?.execute(params![person.0.as_bytes(), hash])?;
                Ok(())
            })
            .await
    }

    async fn begin_session(
        &self,
        token_hash: [u8; 32],
        person: PersonId,
        device: &str,
        now: Time,
    ) -> anyhow::Result<String> {
        // Half of a hash names the session to its person and leads nobody to the token.
        let id: String = token_hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        let device = device.to_owned();
        self.database
            .put(move |connection| {
                let insert = "insert into sessions (token_hash, id, person, device, since) values (?1, ?2, ?3, ?4, ?5)";
                connection
                    .prepare_cached(insert)?
                    .execute(params![token_hash, id, person.0.as_bytes(), device, now.0])?;
                Ok(id)
            })
            .await
    }

    async fn session(&self, token_hash: [u8; 32]) -> anyhow::Result<Option<SessionRow>> {
        self.database
            .read(move |connection| {
                let select = format!("select {SESSION} from sessions where token_hash = ?1");
                let found =
                    connection.prepare_cached(&select)?.query_row([token_hash], read_session).optional()?;
                found.map(session).transpose()
            })
            .await
    }

    async fn sessions_of(&self, person: PersonId) -> anyhow::Result<Vec<SessionRow>> {
        self.database
            .read(move |connection| {
                let select = format!(
                    "select {SESSION} from sessions where person = ?1 order by since desc, rowid desc"
                );
                let mut statement = connection.prepare_cached(&select)?;
                let found = statement.query_map([person.0.as_bytes()], read_session)?;
                found.map(|row| session(row?)).collect()
            })
            .await
    }

    async fn end_session(&self, person: PersonId, id: &str) -> anyhow::Result<bool> {
        let id = id.to_owned();
        self.database
            .put(move |connection| {
                let delete = "delete from sessions where person = ?1 and id = ?2";
                Ok(connection.prepare_cached(delete)?.execute(params![person.0.as_bytes(), id])? > 0)
            })
            .await
    }

    async fn end_sessions_of(&self, person: PersonId) -> anyhow::Result<()> {
        self.database
            .put(move |connection| {
                connection.execute("delete from sessions where person = ?1", [person.0.as_bytes()])?;
                Ok(())
            })
            .await
    }

    async fn keep_link(&self, link: LinkRow) -> anyhow::Result<()> {
        self.database
            .put(move |connection| {
                let (purpose, person) = match &link.purpose {
                    LinkPurpose::SetUp => ("set_up", None),
                    LinkPurpose::SignIn(person) => ("sign_in", Some(person)),
                    LinkPurpose::NewPassword(person) => ("new_password", Some(person)),
                };
                let person = person.map(|person| &person.0.as_bytes()[..]);
                let insert =
                    "insert into links (secret_hash, purpose, person, expires_at) values (?1, ?2, ?3, ?4)";
                connection.execute(insert, params![link.secret_hash, purpose, person, link.expires_at.0])?;
                Ok(())
            })
            .await
    }

    async fn link(&self, secret_hash: [u8; 32], now: Time) -> anyhow::Result<Option<LinkRow>> {
        let select = "select secret_hash, purpose, person, expires_at from links
                      where secret_hash = ?1 and expires_at > ?2";
        self.database.read(move |connection| find_link(connection, select, secret_hash, now)).await
    }

    async fn use_link(&self, secret_hash: [u8; 32], now: Time) -> anyhow::Result<Option<LinkRow>> {
        let delete = "delete from links where secret_hash = ?1 and expires_at > ?2
                      returning secret_hash, purpose, person, expires_at";
        self.database.put(move |connection| find_link(connection, delete, secret_hash, now)).await
    }

    async fn failures(&self, name: &str) -> anyhow::Result<(u32, Time)> {
        let name = name.to_owned();
        self.database
            .read(move |connection| {
                let found = connection
                    .prepare_cached("select count, last_at from failures where name = ?1")?
                    .query_row([name], |row| Ok((row.get(0)?, Time(row.get(1)?))))
                    .optional()?;
                Ok(found.unwrap_or((0, Time(0))))
            })
            .await
    }

    async fn add_failure(&self, name: &str, now: Time) -> anyhow::Result<()> {
        let name = name.to_owned();
        self.database
            .put(move |connection| {
                let add = "insert into failures (name, count, last_at) values (?1, 1, ?2)
                           on conflict do update set count = min(count + 1, 1000000), last_at = excluded.last_at";
                connection.prepare_cached(add)?.execute(params![name, now.0])?;
                Ok(())
            })
            .await
    }

    async fn clear_failures(&self, name: &str) -> anyhow::Result<()> {
        let name = name.to_owned();
        self.database
            .put(move |connection| {
                connection.prepare_cached("delete from failures where name = ?1")?.execute([name])?;
                Ok(())
            })
            .await
    }

    async fn forget_old(&self, now: Time) -> anyhow::Result<()> {
        self.database
            .put(move |connection| {
                connection.execute("delete from links where expires_at <= ?1", [now.0])?;
                connection.execute("delete from failures where last_at < ?1", [now.plus(-DAY).0])?;
                Ok(())
            })
            .await
    }
}

type SessionColumns = (String, Vec<u8>, String, i64);

fn read_session(row: &Row<'_>) -> rusqlite::Result<SessionColumns> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

fn session((id, person, device, since): SessionColumns) -> anyhow::Result<SessionRow> {
    Ok(SessionRow { id, person: person_at(&person)?, device, since: Time(since) })
}

fn find_link(
    connection: &Connection,
    statement: &str,
    secret_hash: [u8; 32],
    now: Time,
) -> anyhow::Result<Option<LinkRow>> {
    let found = connection
        .prepare_cached(statement)?
        .query_row(params![secret_hash, now.0], |row| {
            Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, Option<Vec<u8>>>(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((secret_hash, purpose, person, expires_at)) = found else { return Ok(None) };
    let person = || person_at(person.as_deref().context("a link for nobody")?);
    let purpose = match purpose.as_str() {
        "set_up" => LinkPurpose::SetUp,
        "sign_in" => LinkPurpose::SignIn(person()?),
        "new_password" => LinkPurpose::NewPassword(person()?),
        other => anyhow::bail!("a link of the unknown purpose {other}"),
    };
    Ok(Some(LinkRow { secret_hash, purpose, expires_at: Time(expires_at) }))
}
