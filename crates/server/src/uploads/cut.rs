//! Cutting a finished clip: what is kept becomes bytes of its own, then the row says so, then the old bytes are erased.
//! In this order, so that a crash in between leaves either the old clip and its order to be cut, or the new one and old
//! bytes that the sweep at start erases. Nobody sees the clip meanwhile, so only what will never be otherwise gives the
//! order up: whatever else stands in the way (a full disk) may pass, and its owner wanted it gone.

use std::io;

use anyhow::{Context as _, ensure};
use deskside_clip::{CutError, Cutter, ReadError, Scan, Stretch};
use deskside_domain::{
    Key, Read,
    clip::{Clip, ClipPart as Kept},
    command::System,
    id::ClipId,
};
use deskside_frame::Time;
use deskside_ports::Blobs;
use tokio::runtime::Handle;

use super::{
    clip::{Prefix, begin, prefix},
    sprite,
    tus::KEEP_FREE,
};
use crate::{
    decisions::{OF_CLIP, PREFIX, erase},
    parts::Shared,
};

/// Bytes read and written at once.
const PIECE: usize = 1024 * 1024;

/// Cuts the clip if its row asks for it.
pub(super) async fn run(server: Shared, clip: ClipId) -> anyhow::Result<()> {
    let server = &server;
    let reads = [Read::Row(Key::Clip(clip)), Read::MessagesOfClip(clip)];
    let state = server.parts.store.load(&reads).await?.state;
    let Ok(row) = state.clip(clip) else { return Ok(()) };
    if row.cutting.is_empty() || row.is_gone() {
        return Ok(());
    }
    let version = row.version + 1;
    let new = Clip::name_of_bytes(clip, version);
    // What a crash left of an earlier try.
    erase(&*server.parts.blobs, &new, OF_CLIP).await?;
    let made = match make(server, row, &new).await {
        Ok(made) => made,
        Err(error) => {
            // It may have been deleted meanwhile; and a full disk gets its room back.
            erase(&*server.parts.blobs, &new, OF_CLIP).await?;
            return Err(error);
        }
    };
    let kept = made.as_ref().map(|made| made.kept.clone());
    // Read before the decision, after which they are erased.
    let sprite = match &kept {
        Some(kept) => sprite::cut(server, row, kept).await.unwrap_or_else(|error| {
            tracing::warn!(%clip, error = format!("{error:#}"), "the small pictures could not be cut along");
            None
        }),
        None => None,
    };
    let command = match made {
        Some(Made { kept, duration_ms, bytes }) => {
            let comments =
                state.messages().filter(|row| row.moment.is_some_and(|moment| moment.clip == clip));
            let comments = comments.map(|row| row.id).collect();
            System::ClipCut { clip, version, kept, duration_ms, bytes, comments }
        }
        None => {
            erase(&*server.parts.blobs, &new, OF_CLIP).await?;
            System::ClipUncut { clip, version: row.version }
        }
    };
    server.decisions.system(command).await.map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
    match sprite {
        Some((sprite, jpeg)) => sprite::keep_cut(server, clip, version, sprite, jpeg).await,
        None => Ok(()),
    }
}

/// The new version as it lies on the disk.
struct Made {
    kept: Vec<Kept>,
    duration_ms: u32,
    bytes: u64,
}

/// Whether a cut fails for good: the clip can't be cut like this, now or later.
fn is_for_good(error: &CutError) -> bool {
    matches!(
        error,
        CutError::Order
            | CutError::Nothing
            | CutError::Unwritable(_)
            | CutError::Read(ReadError::Broken { .. } | ReadError::Short)
    )
}

/// Writes the new version; `None` if nothing can be kept.
async fn make(server: &Shared, row: &Clip, new: &str) -> anyhow::Result<Option<Made>> {
    let old = row.bytes_name();
    let blobs = server.parts.blobs.clone();
    let Some(prefix) = prefix(&*blobs, &old).await? else { return Ok(None) };
    // Both versions lie there for a while.
    let free = blobs.free().await?;
    ensure!(free >= KEEP_FREE.saturating_add(row.bytes), "the disk has only {free} bytes left");
    let (server, handle) = (server.clone(), Handle::current());
    let (row, new) = (row.clone(), new.to_owned());
    let work = move || -> anyhow::Result<Option<Made>> {
        let source = Old { blobs: &*blobs, handle: &handle, name: &old, at: 0, end: prefix.layout.cut };
        let end = Time::from_millis(row.duration_ms.into());
        let keep: Vec<Stretch> = row.cutting.iter().map(asked).collect();
        let mut cutter = match Cutter::open(source, &keep, end) {
            Ok(cutter) => cutter,
            Err(error) if is_for_good(&error) => {
                tracing::warn!(clip = %row.id, %error, "a clip can't be cut");
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let token = handle.block_on(begin(&*blobs, &new, &row, server.now()))?;
        let mut scan = Scan::new();
        let mut waiting = cutter.prefix().to_vec();
        let mut offset = 0;
        loop {
            let ended = match cutter.next() {
                Some(Ok(cluster)) => {
                    waiting.extend_from_slice(&cluster.bytes);
                    false
                }
                Some(Err(error)) if is_for_good(&error) => {
                    tracing::warn!(clip = %row.id, %error, "a clip can't be cut");
                    return Ok(None);
                }
                Some(Err(error)) => return Err(error.into()),
                None => true,
            };
            if waiting.len() >= PIECE || ended {
                scan.push(&waiting);
                offset = handle.block_on(blobs.append(&new, token, offset, &waiting, server.now()))?;
                waiting.clear();
            }
            if ended {
                break;
            }
        }
        let Ok(finished) = scan.finish() else { return Ok(None) };
        let made = Made {
            kept: cutter.kept().into_iter().map(in_millis).collect(),
            duration_ms: finished.duration.as_millis().try_into().unwrap_or(u32::MAX),
            bytes: finished.layout().total(),
        };
        handle.block_on(blobs.put(&format!("{new}{PREFIX}"), Prefix::pack(finished, offset)))?;
        handle.block_on(blobs.set_length(&new, offset))?;
        handle.block_on(blobs.close(&new))?;
        Ok(Some(made))
    };
    tokio::task::spawn_blocking(work).await.context("cutting a clip")?
}

fn asked(part: &Kept) -> Stretch {
    Stretch { from: Time::from_millis(part.from_ms.into()), to: Time::from_millis(part.to_ms.into()) }
}

fn in_millis(stretch: Stretch) -> Kept {
    let millis = |time: Time| u32::try_from(time.micros() / 1_000).unwrap_or(u32::MAX);
    Kept { from_ms: millis(stretch.from), to_ms: millis(stretch.to) }
}

/// The bytes of the old version, up to its last whole cluster, for a reader that blocks.
struct Old<'a> {
    blobs: &'a dyn Blobs,
    handle: &'a Handle,
    name: &'a str,
    at: u64,
    end: u64,
}

impl io::Read for Old<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end = self.end.min(self.at + buffer.len() as u64);
        let bytes =
            self.handle.block_on(self.blobs.read(self.name, self.at, end)).map_err(io::Error::other)?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        self.at += bytes.len() as u64;
        Ok(bytes.len())
    }
}
