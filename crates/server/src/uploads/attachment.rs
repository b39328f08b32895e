//! Attachments: whole, looked at, then stored or refused. The declared type must be what the bytes are. A picture whose
//! file held more than the picture is kept encoded anew, as the small blob `ID.alone`, and what was uploaded is erased:
//! the upload stays as an empty one that is known to be whole, so that a client that lost the last answer hears so.

use bytes::Bytes;
use deskside_domain::{
    Key, Row,
    attachment::{Attachment, AttachmentState},
    command::System,
    id::AttachmentId,
};
use deskside_ports::blobs::Upload;

use super::picture::{self, Picture};
use crate::{
    decisions::{ALONE, OF_ATTACHMENT, THUMB, erase},
    parts::Shared,
};

/// Looks at an upload if it is whole and awaited.
pub(super) async fn look(server: &Shared, upload: &Upload) -> anyhow::Result<()> {
    let Ok(id) = upload.name.parse().map(AttachmentId) else { return Ok(()) };
    let key = Key::Attachment(id);
    let state = server.parts.store.row(&key).await?;
    let Some(Row::Attachment(row)) = state.get(&key) else { return Ok(()) };
    let name = &upload.name;
    if row.state != AttachmentState::Awaited {
        if row.state != AttachmentState::Stored {
            erase(&*server.parts.blobs, name, OF_ATTACHMENT).await?;
        }
        return Ok(());
    }
    if upload.owner != row.owner.to_string() {
        // Uploaded under this id before somebody else's command named it.
        tracing::warn!(attachment = %id, "the uploader is not the owner");
        return erase(&*server.parts.blobs, name, OF_ATTACHMENT).await;
    }
    if upload.length != Some(upload.offset) {
        return Ok(());
    }
    let blobs = &server.parts.blobs;
    // A crash may have come between keeping the picture alone and saying so.
    let bytes = match blobs.get(&format!("{name}{ALONE}")).await? {
        Some(alone) => alone,
        None => blobs.read(name, 0, upload.offset).await?,
    };
    let mut size = bytes.len() as u64;
    let command = match check(server, row.clone(), bytes).await? {
        Ok(picture) => {
            let (width, height) = picture.as_ref().map_or((0, 0), |picture| (picture.width, picture.height));
            blobs.close(name).await?;
            if let Some(picture) = picture {
                blobs.put(&format!("{name}{THUMB}"), picture.small).await?;
                if let Some(alone) = picture.alone {
                    size = alone.len() as u64;
                    blobs.put(&format!("{name}{ALONE}"), alone).await?;
                }
            }
            if blobs.get(&format!("{name}{ALONE}")).await?.is_some() {
                blobs.empty(name).await?;
            }
            System::AttachmentStored { attachment: id, size, width, height }
        }
        Err(why) => {
            tracing::info!(attachment = %id, why, "an attachment was refused");
            erase(&*server.parts.blobs, name, OF_ATTACHMENT).await?;
            System::AttachmentRefused { attachment: id }
        }
    };
    server.decisions.system(command).await?;
    Ok(())
}

/// What the bytes are: a picture, another allowed file, or (the inner error) not what was declared.
async fn check(
    server: &Shared,
    row: Attachment,
    bytes: Bytes,
) -> anyhow::Result<Result<Option<Picture>, String>> {
    let _turn = server.decoding.acquire().await?;
    let looked = tokio::task::spawn_blocking(move || {
        if let Some(format) = picture::format_of(&bytes) {
            if format.to_mime_type() != row.mime {
                return Err(format!("{} declared as {}", format.to_mime_type(), row.mime));
            }
            return picture::decode(&bytes, format).map(Some).map_err(|error| format!("{error:#}"));
        }
        let is_it = match row.mime.as_str() {
            "text/plain" => std::str::from_utf8(&bytes).is_ok_and(|text| !text.contains('\0')),
            "application/pdf" => bytes.starts_with(b"%PDF-"),
            "application/zip" => bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06"),
            _ => false,
        };
        if is_it { Ok(None) } else { Err(format!("not {}", row.mime)) }
    });
    // A decoder that panics refuses the picture, not the server.
    Ok(looked.await.unwrap_or_else(|error| Err(format!("the decoder failed: {error}"))))
}
