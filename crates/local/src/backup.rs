//! Backup and restore of a data directory. A backup is a data directory itself: the database as of one moment, then
//! the bytes. In that order it is consistent while the server runs, because bytes below an upload's mark never change
//! and small blobs are replaced whole.
//!
//! Finished bytes are hard-linked where that is possible, so a nightly backup on the same disk costs little room; on
//! another disk they are copied. A file that still grows is always copied: a link would go on growing.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context, ensure};
use deskside_ports::blobs::Upload;
use rusqlite::Connection;

use crate::{
    blobs::{Files, all_uploads, flush_directory},
    database::{self, FILE},
    machine::make_private,
};

/// Copies the data directory `directory` to the new directory `to`, also while a server runs on it. `to` appears
/// whole or not at all.
///
/// # Errors
/// If `to` is there already, or something can't be read or written.
pub fn backup(directory: &Path, to: &Path) -> anyhow::Result<()> {
    let live = database::open_beside(&directory.join(FILE))?;
    whole_or_not_at_all(to, |partial| {
        database::copy_into(&live, &partial.join(FILE))?;
        let copy = Connection::open(partial.join(FILE))?;
        let (from, into) = (Files::below(directory), Files::below(partial));
        into.make()?;
        for upload in all_uploads(&copy)? {
            if !bring_upload(&from, &into, &upload)? {
                // Erased since the database was copied, or lost: only the former is fine.
                let is_known: bool = live.query_row(
                    "select exists (select 1 from uploads where name = ?1)",
                    [&upload.name],
                    |row| row.get(0),
                )?;
                ensure!(!is_known, "the bytes of {} {} are missing", upload.kind, upload.name);
                copy.execute("delete from uploads where name = ?1", [&upload.name])?;
            }
        }
        bring_small(&from, &into)?;
        copy.close().map_err(|(_, error)| error)?;
        File::open(partial.join(FILE))?.sync_all()?;
        Ok(())
    })
}

/// Makes the data directory `directory` from the backup `from`, as of then. It has a new epoch, so that clients who
/// have seen more start again with a snapshot instead of mixing two histories.
///
/// # Errors
/// If `directory` is there already (move it away; a restore never overwrites), or the backup can't be read.
pub fn restore(from: &Path, directory: &Path) -> anyhow::Result<()> {
    let kept = database::open_beside(&from.join(FILE))?;
    whole_or_not_at_all(directory, |partial| {
        database::copy_into(&kept, &partial.join(FILE))?;
        let copy = Connection::open(partial.join(FILE))?;
        copy.execute("update head set epoch = ?1", [database::fresh_epoch()?])?;
        let (source, into) = (Files::below(from), Files::below(partial));
        into.make()?;
        for upload in all_uploads(&copy)? {
            let is_there = bring_upload(&source, &into, &upload)?;
            ensure!(is_there, "the backup lacks the bytes of {} {}", upload.kind, upload.name);
        }
        bring_small(&source, &into)?;
        copy.close().map_err(|(_, error)| error)?;
        File::open(partial.join(FILE))?.sync_all()?;
        Ok(())
    })
}

fn whole_or_not_at_all(to: &Path, fill: impl FnOnce(&Path) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let is_empty = to
        .read_dir()
        .map_or_else(|error| error.kind() == io::ErrorKind::NotFound, |mut dir| dir.next().is_none());
    ensure!(is_empty, "{} is there already; name another place, or move it away first", to.display());
    let mut name = to.file_name().context("name a directory")?.to_owned();
    name.push(".partial");
    let partial = to.with_file_name(name);
    if partial.exists() {
        std::fs::remove_dir_all(&partial).with_context(|| format!("removing {}", partial.display()))?;
    }
    make_private(&partial)?;
    if let Err(error) = fill(&partial) {
        let _ = std::fs::remove_dir_all(&partial);
        return Err(error);
    }
    for files in [Files::below(&partial).uploads, Files::below(&partial).small] {
        File::open(files)?.sync_all()?;
    }
    flush_directory(&partial.join(FILE))?;
    std::fs::rename(&partial, to).with_context(|| format!("naming it {}", to.display()))?;
    flush_directory(to)
}

/// Brings an upload's kept bytes; false if they are not there.
fn bring_upload(from: &Files, into: &Files, upload: &Upload) -> anyhow::Result<bool> {
    let (source, target) = (from.upload(&upload.name)?, into.upload(&upload.name)?);
    if upload.closed {
        return link_or_copy(&source, &target);
    }
    let source = match File::open(&source) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error).with_context(|| format!("opening {}", source.display())),
    };
    let mut copy = File::create_new(&target)?;
    let copied = io::copy(&mut source.take(upload.offset), &mut copy)?;
    ensure!(copied == upload.offset, "{} {} is shorter than what was kept of it", upload.kind, upload.name);
    copy.sync_all()?;
    Ok(true)
}

fn bring_small(from: &Files, into: &Files) -> anyhow::Result<()> {
    let entries = match std::fs::read_dir(&from.small) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("reading {}", from.small.display())),
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        // A name with a dot in front is being written; a file that goes away meanwhile was erased.
        if !name.to_string_lossy().starts_with('.') {
            link_or_copy(&entry.path(), &into.small.join(name))?;
        }
    }
    Ok(())
}

/// False if there is nothing at `source`.
fn link_or_copy(source: &Path, target: &Path) -> anyhow::Result<bool> {
    match std::fs::hard_link(source, target) {
        Ok(()) => return Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(_) => {}
    }
    match std::fs::copy(source, target) {
        Ok(_) => File::open(target)?.sync_all()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error).with_context(|| format!("copying {}", source.display())),
    }
    Ok(true)
}
