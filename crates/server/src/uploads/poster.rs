//! A clip's poster: a still that its recorder sends along, decoded here and encoded anew. It is kept under the name of
//! the version it shows, so that one that comes late is erased with its version and never shows what was cut out.

use axum::{body::Bytes, extract::State, http::StatusCode};
use deskside_domain::{command::System, id::ClipId};
use deskside_protocol::Code;
use serde::Deserialize;

use super::picture;
use crate::{
    answer::{Answer, Asked, Named, Oops, id},
    caller::Caller,
    decisions::POSTER,
    parts::Shared,
};

/// Largest poster in bytes.
pub(crate) const MAX: usize = 4 * 1024 * 1024;

/// Which version of the clip the still is of; left out by recorders, which know only the first.
#[derive(Deserialize)]
pub(crate) struct Of {
    version: Option<u32>,
}

/// `PUT /api/v1/clips/ID/poster[?version=N]`
pub(crate) async fn put(
    State(server): State<Shared>,
    caller: Caller,
    Named(clip): Named,
    Asked(of): Asked<Of>,
    bytes: Bytes,
) -> Answer<StatusCode> {
    let clip = ClipId(id(&clip)?);
    let state = server.parts.store.row(&deskside_domain::Key::Clip(clip)).await?;
    let row = state.clip(clip)?;
    if row.recorder != caller.id() {
        return Err(Oops::unknown());
    }
    if row.is_gone() {
        return Err(Oops::new(Code::WrongState, "the clip is gone"));
    }
    if !row.cutting.is_empty() || row.version != of.version.unwrap_or(1) {
        return Err(Oops::new(Code::WrongState, "the clip was cut since"));
    }
    if bytes.len() > MAX {
        return Err(Oops::new(Code::TooLarge, format!("at most {MAX} bytes")));
    }
    let format = picture::format_of(&bytes)
        .ok_or_else(|| Oops::new(Code::MediaType, "a poster is PNG, JPEG or WebP"))?;
    let turn = server.decoding.acquire().await.map_err(anyhow::Error::from)?;
    let decoded = tokio::task::spawn_blocking(move || picture::decode(&bytes, format)).await;
    drop(turn);
    let picture = decoded.map_err(anyhow::Error::from)?.map_err(|error| {
        Oops::new(Code::Invalid, "the picture can't be read").detail(format!("{error:#}"))
    })?;
    server.parts.blobs.put(&format!("{}{POSTER}", row.bytes_name()), picture.small).await?;
    // The picture waited for its turn: what became of the clip meanwhile is decided with its row as it is now.
    server.decisions.system(System::PosterStored { clip, version: row.version }).await?;
    Ok(StatusCode::NO_CONTENT)
}
