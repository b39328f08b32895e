//! Unfinished uploads on disk: which file, as what, how long, where the server keeps it.

use std::path::PathBuf;

use deskside_protocol::{Millis, Problem, id::PersonId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use uuid::Uuid;

/// What a file is uploaded as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadKind {
    /// A picture or file of a message.
    Attachment,
    /// A clip.
    Clip,
}

impl UploadKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Attachment => "attachment",
            Self::Clip => "clip",
        }
    }
}

/// How far an upload is.
#[derive(Clone, Debug, PartialEq)]
pub enum UploadState {
    /// The file still grows, or its recorder ended without saying how long it is.
    Growing,
    /// Its length is known and not all of it is there.
    Waiting,
    /// All of it is there.
    Done,
    /// The server does not want it.
    Refused(Box<Problem>),
}

/// One upload.
#[derive(Clone, Debug, PartialEq)]
pub struct UploadStatus {
    /// The attachment or clip.
    pub id: Uuid,
    /// Which of them.
    pub kind: UploadKind,
    /// Media type.
    pub mime: String,
    /// The file.
    pub path: PathBuf,
    /// If set, the first bytes are this file's: a clip's file gets another beginning when it is finished, and what
    /// was uploaded must not change.
    pub head: Option<PathBuf>,
    /// Bytes in all, once known.
    pub length: Option<u64>,
    /// How far.
    pub state: UploadState,
    pub(crate) location: Option<String>,
}

const COLUMNS: &str = "id, kind, mime, path, length, location, state, problem, head";

pub(crate) fn add(
    connection: &Connection,
    person: PersonId,
    upload: &UploadStatus,
    now: Millis,
) -> anyhow::Result<()> {
    let text = |path: &PathBuf| {
        path.to_str().map(str::to_owned).ok_or_else(|| anyhow::anyhow!("{} is no UTF-8", path.display()))
    };
    let head = upload.head.as_ref().map(text).transpose()?;
    connection.execute(
        "insert into uploads (id, person, kind, mime, path, length, state, made_at, head)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) on conflict (id) do nothing",
        params![
            upload.id.to_string(),
            person.to_string(),
            upload.kind.name(),
            upload.mime,
            text(&upload.path)?,
            upload.length.map(u64::cast_signed),
            if upload.length.is_some() { "waiting" } else { "growing" },
            now.0,
            head,
        ],
    )?;
    Ok(())
}

pub(crate) fn get(connection: &Connection, id: Uuid) -> anyhow::Result<Option<UploadStatus>> {
    connection
        .query_row(&format!("select {COLUMNS} from uploads where id = ?1"), [id.to_string()], read)
        .optional()?
        .transpose()
}

/// What still has to move, oldest first.
pub(crate) fn unfinished(connection: &Connection, person: PersonId) -> anyhow::Result<Vec<UploadStatus>> {
    let mut statement = connection.prepare_cached(&format!(
        "select {COLUMNS} from uploads where person = ?1 and state in ('growing', 'waiting') order by made_at, id"
    ))?;
    let rows = statement.query_map([person.to_string()], read)?;
    rows.map(|row| row?).collect()
}

pub(crate) fn set_location(connection: &Connection, id: Uuid, location: Option<&str>) -> anyhow::Result<()> {
    connection
        .execute("update uploads set location = ?2 where id = ?1", params![id.to_string(), location])?;
    Ok(())
}

/// The length is known now.
pub(crate) fn set_length(connection: &Connection, id: Uuid, length: u64) -> anyhow::Result<()> {
    connection.execute(
        "update uploads set length = ?2, state = 'waiting' where id = ?1 and state = 'growing'",
        params![id.to_string(), length.cast_signed()],
    )?;
    Ok(())
}

pub(crate) fn set_done(connection: &Connection, id: Uuid) -> anyhow::Result<()> {
    connection.execute("update uploads set state = 'done' where id = ?1", [id.to_string()])?;
    Ok(())
}

pub(crate) fn set_refused(connection: &Connection, id: Uuid, problem: &Problem) -> anyhow::Result<()> {
    connection.execute(
        "update uploads set state = 'refused', problem = ?2 where id = ?1",
        params![id.to_string(), serde_json::to_string(problem)?],
    )?;
    Ok(())
}

pub(crate) fn remove(connection: &Connection, id: Uuid) -> anyhow::Result<()> {
    connection.execute("delete from uploads where id = ?1", [id.to_string()])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<anyhow::Result<UploadStatus>> {
    let id: String = row.get(0)?;
    let kind: String = row.get(1)?;
    let state: String = row.get(6)?;
    let problem: Option<String> = row.get(7)?;
    let head: Option<String> = row.get(8)?;
    let (mime, path, length, location) =
        (row.get(2)?, row.get::<_, String>(3)?, row.get::<_, Option<i64>>(4)?, row.get(5)?);
    Ok((|| {
        Ok(UploadStatus {
            id: id.parse()?,
            kind: if kind == "clip" { UploadKind::Clip } else { UploadKind::Attachment },
            mime,
            path: path.into(),
            head: head.map(PathBuf::from),
            length: length.map(i64::cast_unsigned),
            state: match (state.as_str(), problem) {
                ("growing", _) => UploadState::Growing,
                ("done", _) => UploadState::Done,
                ("refused", Some(problem)) => UploadState::Refused(serde_json::from_str(&problem)?),
                _ => UploadState::Waiting,
            },
            location,
        })
    })())
}
