//! The schema as numbered SQL files, applied once each and in order. A file is never edited once it is merged:
//! its checksum is kept in the database, and a difference stops the start. A database of a newer Deskside is
//! not opened; before an older one is changed, a copy of it is put aside.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use sha2::{Digest, Sha256};

/// One step of the schema.
pub(crate) struct Migration {
    /// What it adds; the file's name without the number.
    name: &'static str,
    sql: &'static str,
}

/// Every step, in order; the first is number 1.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { name: "rows_and_log", sql: include_str!("../../migrations/0001_rows_and_log.sql") },
    Migration { name: "search", sql: include_str!("../../migrations/0002_search.sql") },
    Migration { name: "accounts", sql: include_str!("../../migrations/0003_accounts.sql") },
    Migration { name: "uploads", sql: include_str!("../../migrations/0004_uploads.sql") },
    Migration { name: "care", sql: include_str!("../../migrations/0005_care.sql") },
    Migration { name: "asked", sql: include_str!("../../migrations/0006_asked.sql") },
];

/// Where the copy of `database` is kept while a new version has not started yet.
pub(crate) fn kept_copy(database: &Path) -> PathBuf {
    database.with_extension("db.before-upgrade")
}

/// Brings the schema up to `migrations`. `database` is the file behind `connection`.
///
/// # Errors
/// If the schema is newer than this program, or was made by steps that differ from `migrations`.
pub(crate) fn migrate(
    connection: &mut Connection,
    migrations: &[Migration],
    database: &Path,
) -> anyhow::Result<()> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let done = usize::try_from(version).context("the schema's version is negative")?;
    ensure!(
        done <= migrations.len(),
        "this database has schema {done}, this program knows {} at most: start the newer version again, or restore \
         a backup made by this one",
        migrations.len()
    );
    check_past(connection, &migrations[..done])?;
    if done == migrations.len() {
        return Ok(());
    }
    if done > 0 {
        put_aside(connection, &kept_copy(database))?;
    }
    for (number, migration) in migrations.iter().enumerate().skip(done) {
        let number = number + 1;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction
            .execute_batch(
                "create table if not exists migrations
                     (number integer primary key, name text not null, checksum blob not null) strict",
            )
            .and_then(|()| transaction.execute_batch(migration.sql))
            .with_context(|| format!("adding {} (schema {number})", migration.name))?;
        transaction.execute(
            "insert into migrations (number, name, checksum) values (?1, ?2, ?3)",
            params![number as i64, migration.name, checksum(migration)],
        )?;
        transaction.pragma_update(None, "user_version", number as i64)?;
        transaction.commit()?;
        tracing::info!(schema = number, adds = migration.name, "database migrated");
    }
    Ok(())
}

fn check_past(connection: &Connection, past: &[Migration]) -> anyhow::Result<()> {
    for (number, migration) in past.iter().enumerate() {
        let number = number + 1;
        let known: Option<Vec<u8>> = connection
            .query_row("select checksum from migrations where number = ?1", [number as i64], |row| row.get(0))
            .optional()?;
        ensure!(
            known.as_deref() == Some(&checksum(migration)[..]),
            "schema {number} ({}) of this database was made by other statements than this program's: it belongs to \
             another build; start that one, or restore a backup",
            migration.name
        );
    }
    Ok(())
}

fn checksum(migration: &Migration) -> [u8; 32] {
    Sha256::digest(migration.sql.as_bytes()).into()
}

fn put_aside(connection: &Connection, copy: &Path) -> anyhow::Result<()> {
    // A copy that is there already is older: that upgrade never got as far as starting, so it is the one to keep.
    if copy.exists() {
        return Ok(());
    }
    let partial = copy.with_extension("partial");
    if partial.exists() {
        std::fs::remove_file(&partial)?;
    }
    super::copy_into(connection, &partial).context("putting a copy aside before the upgrade")?;
    std::fs::rename(&partial, copy)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Migration = Migration { name: "first", sql: "create table a (x)" };
    const SECOND: Migration = Migration { name: "second", sql: "create table b (x)" };
    const BROKEN: Migration = Migration { name: "broken", sql: "create table c (x); create nonsense" };

    fn open(directory: &Path) -> (Connection, PathBuf) {
        let path = directory.join("test.db");
        (Connection::open(&path).unwrap(), path)
    }

    #[test]
    fn steps_are_applied_once_and_a_copy_of_the_older_database_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        let (mut connection, path) = open(directory.path());
        migrate(&mut connection, &[FIRST], &path).unwrap();
        assert!(!kept_copy(&path).exists(), "a fresh database has nothing to keep");
        connection.execute("insert into a values (7)", []).unwrap();
        migrate(&mut connection, &[FIRST, SECOND], &path).unwrap();
        migrate(&mut connection, &[FIRST, SECOND], &path).unwrap();
        connection.execute("insert into b values (1)", []).unwrap();

        let kept = Connection::open(kept_copy(&path)).unwrap();
        assert_eq!(kept.query_row("select x from a", [], |row| row.get::<_, i64>(0)).unwrap(), 7);
        assert!(kept.query_row("select count(*) from b", [], |row| row.get::<_, i64>(0)).is_err());
    }

    #[test]
    fn a_newer_schema_is_not_opened() {
        let directory = tempfile::tempdir().unwrap();
        let (mut connection, path) = open(directory.path());
        migrate(&mut connection, &[FIRST, SECOND], &path).unwrap();
        let refusal = migrate(&mut connection, &[FIRST], &path).unwrap_err();
        assert!(refusal.to_string().contains("newer version"), "{refusal}");
    }

    #[test]
    fn an_edited_step_is_noticed() {
        let directory = tempfile::tempdir().unwrap();
        let (mut connection, path) = open(directory.path());
        migrate(&mut connection, &[FIRST], &path).unwrap();
        let edited = Migration { name: "first", sql: "create table a (x, y)" };
        assert!(migrate(&mut connection, &[edited], &path).is_err());
    }

    #[test]
    fn a_step_that_fails_leaves_nothing_behind() {
        let directory = tempfile::tempdir().unwrap();
        let (mut connection, path) = open(directory.path());
        assert!(migrate(&mut connection, &[FIRST, BROKEN], &path).is_err());
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(version, 1);
        assert!(connection.execute("insert into c values (1)", []).is_err(), "half a step stayed");
        migrate(&mut connection, &[FIRST, SECOND], &path).unwrap();
    }
}
