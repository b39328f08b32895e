//! Whether a data directory is what it should be: the database's own check, then what only Deskside knows about its
//! rows, its log, its words and its bytes. Reads only, beside a running server too.

use std::path::Path;

use anyhow::Context;
use deskside_domain::{Row, attachment::AttachmentState, clip::ClipState};
use deskside_ports::{blobs::ALONE, due};
use rusqlite::Connection;

use crate::{
    blobs::{Files, all_uploads},
    database::{self, FILE},
    rows::{self, Columns},
    store,
};

/// One thing that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is about, e.g. `request 0190…`.
    pub about: String,
    /// What is wrong.
    pub wrong: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.about, self.wrong)
    }
}

/// Checks the data directory (or backup) `directory`. Nothing found: it is sound.
///
/// # Errors
/// If it can't be read at all.
pub fn verify(directory: &Path) -> anyhow::Result<Vec<Finding>> {
    let connection = database::open_beside(&directory.join(FILE))?;
    // One moment for everything.
    let connection = connection.unchecked_transaction()?;
    let mut check = Check { connection: &connection, files: Files::below(directory), findings: Vec::new() };
    check.database()?;
    if check.findings.is_empty() {
        check.rows()?;
        check.words()?;
        check.indexes()?;
        check.log()?;
        check.results_and_due()?;
        check.bytes()?;
    }
    Ok(check.findings)
}

struct Check<'a> {
    connection: &'a Connection,
    files: Files,
    findings: Vec<Finding>,
}

impl Check<'_> {
    fn found(&mut self, about: impl std::fmt::Display, wrong: impl std::fmt::Display) {
        self.findings.push(Finding { about: about.to_string(), wrong: wrong.to_string() });
    }

    /// The file as SQLite sees it, its full-text indexes included.
    fn database(&mut self) -> anyhow::Result<()> {
        for (pragma, column) in [("pragma integrity_check", 0), ("pragma foreign_key_check", 0)] {
            let mut statement = self.connection.prepare(pragma)?;
            let answers: Vec<String> =
                statement.query_map([], |row| row.get(column))?.collect::<Result<_, _>>().context(pragma)?;
            for answer in answers.into_iter().filter(|answer| answer != "ok") {
                self.found("database", answer);
            }
        }
        Ok(())
    }

    fn rows(&mut self) -> anyhow::Result<()> {
        let mut statement = self.connection.prepare(
            "select kind, id, rev, body, request, desk, owner, clip, moment, email, live, active, archived, solved,
                    answer, open, offered, ticket, urgency, responded
             from rows",
        )?;
        let mut found = statement.query([])?;
        while let Some(stored) = found.next()? {
            let kind: String = stored.get(0)?;
            let id: Vec<u8> = stored.get(1)?;
            let about = name(&kind, &id);
            if stored.get::<_, i64>(2)? < 1 {
                self.found(&about, "has no revision");
            }
            let row = match rows::from_body(&stored.get::<_, String>(3)?) {
                Ok(row) => row,
                Err(error) => {
                    self.found(&about, format!("{error:#}"));
                    continue;
                }
            };
            if rows::key_at(&kind, &id).ok() != Some(row.key()) {
                self.found(&about, "is stored under a key that is not its own");
            }
            let columns = Columns {
                request: stored.get_ref(4)?.as_blob_or_null()?,
                desk: stored.get_ref(5)?.as_blob_or_null()?,
                owner: stored.get_ref(6)?.as_blob_or_null()?,
                clip: stored.get_ref(7)?.as_blob_or_null()?,
                moment: stored.get_ref(8)?.as_blob_or_null()?,
                email: stored.get_ref(9)?.as_str_or_null()?,
                live: stored.get(10)?,
                active: stored.get(11)?,
                archived: stored.get(12)?,
                solved: stored.get(13)?,
                answer: stored.get(14)?,
                open: stored.get(15)?,
                offered: stored.get_ref(16)?.as_blob_or_null()?,
                ticket: stored.get(17)?,
                urgency: stored.get::<_, Option<String>>(18)?.as_deref().and_then(rows::urgency_word),
                responded: stored.get(19)?,
            };
            if columns != Columns::of(&row) {
                self.found(&about, "what reads look for differs from the row");
            }
            for key in row.leads_to() {
                if rows::revision(self.connection, &key)? == 0 {
                    self.found(&about, format!("leads to {key:?}, which is not there"));
                }
            }
        }
        Ok(())
    }

    /// What search holds is exactly what it should find.
    fn words(&mut self) -> anyhow::Result<()> {
        let mut statement = self.connection.prepare(
            "select r.kind, r.id, r.body, t.text, q.solved from rows as r
             left join texts as t on t.place = r.place
             left join rows as q on q.kind = 'request' and q.id = r.request
             where r.kind in ('request', 'message')",
        )?;
        let mut found = statement.query([])?;
        while let Some(stored) = found.next()? {
            let about = name(&stored.get::<_, String>(0)?, &stored.get::<_, Vec<u8>>(1)?);
            let Ok(row) = rows::from_body(stored.get_ref(2)?.as_str()?) else { continue };
            let should = store::words_of(&row, stored.get::<_, Option<bool>>(4)?.unwrap_or(false));
            if stored.get::<_, Option<String>>(3)? != should {
                self.found(&about, "search holds other words than it should");
            }
        }
        Ok(())
    }

    /// Every text stands in both indexes. (SQLite's check looks at each index for itself.)
    fn indexes(&mut self) -> anyhow::Result<()> {
        for index in ["words", "trigrams"] {
            let differ: i64 = self.connection.query_row(
                &format!(
                    "select (select count(*) from (select place from texts except select id from {index}_docsize))
                          + (select count(*) from (select id from {index}_docsize except select place from texts))"
                ),
                [],
                |row| row.get(0),
            )?;
            if differ > 0 {
                self.found(
                    format!("search index {index}"),
                    format!("differs from its texts in {differ} places"),
                );
            }
        }
        Ok(())
    }

    fn log(&mut self) -> anyhow::Result<()> {
        let (seq, floor): (i64, i64) =
            self.connection
                .query_row("select seq, floor from head", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut expected = floor + 1;
        let mut statement = self.connection.prepare("select seq, kind, id, access from log order by seq")?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            let at: i64 = row.get(0)?;
            if at != expected {
                self.found(format!("log {at}"), format!("follows where {expected} should"));
            }
            expected = at + 1;
            let (kind, id): (String, Vec<u8>) = (row.get(1)?, row.get(2)?);
            match rows::key_at(&kind, &id) {
                Ok(key) if rows::revision(self.connection, &key)? == 0 => {
                    self.found(format!("log {at}"), "names a row that is not there");
                }
                Ok(_) => {}
                Err(error) => self.found(format!("log {at}"), error),
            }
        }
        if expected != seq + 1 {
            self.found("log", format!("ends before {seq}, where its head stands"));
        }
        Ok(())
    }

    fn results_and_due(&mut self) -> anyhow::Result<()> {
        let strange: i64 = self.connection.query_row(
            "select count(*) from results left join clients using (client_id) where last_n is null or n > last_n",
            [],
            |row| row.get(0),
        )?;
        if strange > 0 {
            self.found("results", format!("{strange} have a number that was never given"));
        }
        let mut statement = self.connection.prepare("select slot, command from due")?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            if let Err(error) = due::from_json(row.get_ref(1)?.as_str()?) {
                self.found(format!("due {}", row.get::<_, String>(0)?), error);
            }
        }
        Ok(())
    }

    fn has_alone(&self, name: &str) -> anyhow::Result<bool> {
        Ok(self.files.small(&format!("{name}{ALONE}"))?.exists())
    }

    fn was_cut(&self, name: &str) -> anyhow::Result<bool> {
        let later = "select exists (select 1 from uploads where kind = 'clip' and name like ?1 || '.v%')";
        Ok(self.connection.query_row(later, [name], |row| row.get(0))?)
    }

    fn bytes(&mut self) -> anyhow::Result<()> {
        for upload in all_uploads(self.connection)? {
            let about = format!("{} {}", upload.kind, upload.name);
            match std::fs::metadata(self.files.upload(&upload.name)?) {
                // Emptied: what it held is kept in another form.
                Ok(file)
                    if file.len() == 0
                        && upload.closed
                        && (self.has_alone(&upload.name)? || self.was_cut(&upload.name)?) => {}
                Ok(file) if file.len() < upload.offset => {
                    self.found(&about, format!("holds {} of {} bytes", file.len(), upload.offset));
                }
                Ok(_) => {}
                Err(error) => self.found(&about, format!("its bytes: {error}")),
            }
            if upload.length.is_some_and(|length| upload.offset > length) {
                self.found(&about, "is longer than was declared");
            }
        }
        let mut statement =
            self.connection.prepare("select body from rows where kind in ('attachment', 'clip')")?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            let Ok(row) = rows::from_body(row.get_ref(0)?.as_str()?) else { continue };
            let (name, should, about) = match &row {
                Row::Attachment(row) => {
                    (row.id.to_string(), bytes_of_attachment(row.state), format!("attachment {}", row.id))
                }
                Row::Clip(row) => (row.bytes_name(), bytes_of_clip(row.state), format!("clip {}", row.id)),
                _ => continue,
            };
            let is_there: bool = self.connection.query_row(
                "select exists (select 1 from uploads where name = ?1)",
                [name],
                |row| row.get(0),
            )?;
            match should {
                Some(true) if !is_there => self.found(about, "its bytes are not there"),
                Some(false) if is_there => self.found(about, "its bytes should be gone and are there"),
                _ => {}
            }
        }
        Ok(())
    }
}

/// `None`: either way is fine.
fn bytes_of_attachment(state: AttachmentState) -> Option<bool> {
    match state {
        AttachmentState::Awaited | AttachmentState::Refused => None,
        AttachmentState::Stored => Some(true),
        AttachmentState::Deleted | AttachmentState::Expired => Some(false),
    }
}

fn bytes_of_clip(state: ClipState) -> Option<bool> {
    match state {
        ClipState::Recording | ClipState::Stopped | ClipState::Interrupted => None,
        ClipState::Finished => Some(true),
        ClipState::Discarded | ClipState::Deleted | ClipState::Expired => Some(false),
    }
}

fn name(kind: &str, id: &[u8]) -> String {
    match uuid::Uuid::from_slice(id) {
        Ok(id) => format!("{kind} {id}"),
        Err(_) => kind.to_owned(),
    }
}
