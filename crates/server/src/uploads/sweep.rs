//! At start: takes up what was under way, and erases bytes that a crash left behind although their row says
//! that they are gone. Twice a day: erases what no row ever named.

use deskside_domain::{
    Key, Row,
    attachment::AttachmentState,
    clip::{ClipState, Conversion, OPEN_FOR},
    id::{AttachmentId, ClipId},
};
use uuid::Uuid;

use crate::{
    decisions::{OF_ATTACHMENT, erase, erase_clip, purge_clip},
    parts::Shared,
};

/// What was under way.
#[derive(Default)]
pub(super) struct Found {
    pub clips: Vec<ClipId>,
    pub attachments: Vec<AttachmentId>,
}

/// Looks at every clip, attachment and open upload.
pub(super) async fn run(server: &Shared) -> anyhow::Result<Found> {
    let mut found = Found::default();
    let blobs = &*server.parts.blobs;
    for kind in [Key::Clip(ClipId(Uuid::nil())), Key::Attachment(AttachmentId(Uuid::nil()))] {
        let mut after = None;
        loop {
            let (rows, _) = server.parts.store.page(&kind, after.as_ref(), 500).await?;
            for row in &rows {
                match row {
                    // The next version may have been in the making when it was deleted.
                    Row::Clip(row) if row.is_gone() => erase_clip(blobs, row.id, row.version).await?,
                    Row::Clip(row) => {
                        purge_clip(blobs, row.id, row.version).await?;
                        let is_asked_for = !row.cutting.is_empty() || row.conversion == Conversion::Asked;
                        if row.state != ClipState::Finished || is_asked_for {
                            found.clips.push(row.id);
                        }
                    }
                    Row::Attachment(row) => match row.state {
                        AttachmentState::Stored => {}
                        AttachmentState::Awaited => found.attachments.push(row.id),
                        AttachmentState::Refused | AttachmentState::Deleted | AttachmentState::Expired => {
                            erase(blobs, &row.id.to_string(), OF_ATTACHMENT).await?;
                        }
                    },
                    _ => {}
                }
            }
            after = rows.last().map(Row::key);
            if rows.len() < 500 {
                break;
            }
        }
    }
    Ok(found)
}

/// Erases uploads that no command has named in the time that `Upload-Expires` gave them. (What a command named is
/// finished, refused or abandoned by its row's own clocks.)
pub(crate) async fn expire(server: &Shared) -> anyhow::Result<()> {
    for upload in server.parts.blobs.open_uploads().await? {
        let Ok(id) = upload.name.parse::<Uuid>() else { continue };
        let key =
            if upload.kind == "clip" { Key::Clip(ClipId(id)) } else { Key::Attachment(AttachmentId(id)) };
        let named = server.parts.store.row(&key).await?.get(&key).is_some();
        if !named && server.now().since(upload.touched_at) > OPEN_FOR {
            tracing::info!(upload = upload.name, "an upload that no command ever named has expired");
            server.parts.blobs.erase(&upload.name).await?;
        }
    }
    Ok(())
}
