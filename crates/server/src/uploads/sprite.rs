//! A clip's small pictures along the time, in one: its recorder sends them along, and they are decoded here and encoded
//! anew. Each version of a clip has its own, named like its bytes: those of what was cut out go with it.

use std::io::Cursor;

use axum::{body::Bytes, extract::State, http::StatusCode};
use deskside_domain::{
    Key,
    clip::{Clip, ClipPart, Sprite},
    command::System,
    id::ClipId,
};
use deskside_protocol::Code;
use image::{DynamicImage, GenericImage as _, GenericImageView as _, RgbImage, codecs::jpeg::JpegEncoder};
use serde::Deserialize;

use super::picture;
use crate::{
    answer::{Answer, Asked, Named, Oops, id},
    caller::Caller,
    decisions::SPRITE,
    parts::Shared,
};

/// Largest side of all of them together, in pixels.
const SIDE: u32 = 4_096;
const QUALITY: u8 = 75;

/// How they stand in the picture.
#[derive(Deserialize)]
pub(crate) struct Laid {
    version: Option<u32>,
    every_ms: u32,
    tiles: u32,
    columns: u32,
}

/// `PUT /api/v1/clips/ID/sprite?every_ms=N&tiles=N&columns=N[&version=N]`
pub(crate) async fn put(
    State(server): State<Shared>,
    caller: Caller,
    Named(clip): Named,
    Asked(laid): Asked<Laid>,
    bytes: Bytes,
) -> Answer<StatusCode> {
    let clip = ClipId(id(&clip)?);
    let state = server.parts.store.row(&Key::Clip(clip)).await?;
    let row = state.clip(clip)?.clone();
    if row.recorder != caller.id() {
        return Err(Oops::unknown());
    }
    if row.is_gone() {
        return Err(Oops::new(Code::WrongState, "the clip is gone"));
    }
    let version = laid.version.unwrap_or(1);
    if !row.cutting.is_empty() || row.version != version {
        return Err(Oops::new(Code::WrongState, "the clip was cut since"));
    }
    if bytes.len() > super::MAX_POSTER {
        return Err(Oops::new(Code::TooLarge, format!("at most {} bytes", super::MAX_POSTER)));
    }
    let sprite = Sprite { every_ms: laid.every_ms, tiles: laid.tiles, columns: laid.columns };
    let invalid = |why: String| Oops::new(Code::Invalid, "the pictures can't be read").detail(why);
    if !sprite.makes_sense() {
        return Err(invalid("every_ms, tiles and columns do not fit each other".to_owned()));
    }
    let format = picture::format_of(&bytes)
        .ok_or_else(|| Oops::new(Code::MediaType, "a sprite is PNG, JPEG or WebP"))?;
    let turn = server.decoding.acquire().await.map_err(anyhow::Error::from)?;
    let made = tokio::task::spawn_blocking(move || {
        let all = picture::open(&bytes, format)?;
        anyhow::ensure!(all.width().max(all.height()) <= SIDE, "{}x{} pixels", all.width(), all.height());
        let fits = all.width() % sprite.columns == 0 && all.height() % sprite.rows() == 0;
        anyhow::ensure!(fits, "{}x{} pixels for {sprite:?}", all.width(), all.height());
        jpeg(&all)
    });
    let made = made.await.map_err(anyhow::Error::from)?;
    drop(turn);
    keep(&server, &row, sprite, made.map_err(|error| invalid(format!("{error:#}")))?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps them beside the version that `row` is of, and says so; nothing of them stays if it has gone meanwhile.
async fn keep(server: &Shared, row: &Clip, sprite: Sprite, jpeg: Bytes) -> anyhow::Result<()> {
    let (clip, version) = (row.id, row.version);
    let name = format!("{}{SPRITE}", row.bytes_name());
    server.parts.blobs.put(&name, jpeg).await?;
    let said = server.decisions.system(System::ClipSprite { clip, version, sprite }).await;
    let state = server.parts.store.row(&Key::Clip(clip)).await?;
    if state.clip(clip).map_or(true, |now| now.is_gone() || now.version != version) {
        server.parts.blobs.remove(&name).await?;
    }
    said.map(drop).map_err(|problem| anyhow::anyhow!("{problem:?}"))
}

/// Those of the version before that show nothing but what was kept, in the order of the new one.
pub(super) async fn cut(
    server: &Shared,
    old: &Clip,
    kept: &[ClipPart],
) -> anyhow::Result<Option<(Sprite, Bytes)>> {
    let Some(sprite) = old.sprite else { return Ok(None) };
    let Some(jpeg_before) = server.parts.blobs.get(&format!("{}{SPRITE}", old.bytes_name())).await? else {
        return Ok(None);
    };
    let Some((after, places)) = sprite.after_cut(kept) else { return Ok(None) };
    let made = tokio::task::spawn_blocking(move || {
        let all = image::load_from_memory(&jpeg_before)?;
        let (width, height) = (all.width() / sprite.columns, all.height() / sprite.rows());
        let mut new = RgbImage::new(after.columns * width, after.rows() * height);
        for (to, from) in (0..).zip(places) {
            let Some(from) = from else { continue };
            let tile = all
                .view(from % sprite.columns * width, from / sprite.columns * height, width, height)
                .to_image();
            let tile = DynamicImage::from(tile).to_rgb8();
            new.copy_from(&tile, to % after.columns * width, to / after.columns * height)?;
        }
        jpeg(&new.into())
    });
    Ok(Some((after, made.await??)))
}

/// Keeps what [`cut`] made, beside the version that it is of.
pub(super) async fn keep_cut(
    server: &Shared,
    clip: ClipId,
    version: u32,
    sprite: Sprite,
    jpeg: Bytes,
) -> anyhow::Result<()> {
    let state = server.parts.store.row(&Key::Clip(clip)).await?;
    match state.clip(clip) {
        Ok(row) if !row.is_gone() && row.version == version => keep(server, row, sprite, jpeg).await,
        _ => Ok(()),
    }
}

fn jpeg(image: &DynamicImage) -> anyhow::Result<Bytes> {
    let mut bytes = Cursor::new(Vec::new());
    image.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))?;
    Ok(bytes.into_inner().into())
}
