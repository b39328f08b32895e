//! Pictures, files and clips. Every request asks for permission anew, so a link is worth nothing to whoever
//! may not see its thread. What people made is served so that nothing in it runs.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use deskside_domain::{
    Key, Row,
    attachment::AttachmentState,
    clip::{Clip, ClipCodec, ClipState, Conversion},
    id::{AttachmentId, ClipId},
    may_see, may_watch,
};
use deskside_ports::bus::Hint;
use deskside_protocol::Code;
use futures_util::stream;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tokio::sync::broadcast::{self, error::RecvError};

use crate::{
    answer::{Answer, Asked, Named, Oops, id},
    caller::Caller,
    decisions::{ALONE, CONVERTED, THUMB},
    parts::Shared,
    range::{Wanted, endless, part, wanted},
    secret::hex,
    uploads::{Prefix, prefix},
};

/// Bytes handed to the connection at once.
const PIECE: u64 = 256 * 1024;

/// Where the bytes that initialise a player of a growing clip end.
const INIT: HeaderName = HeaderName::from_static("deskside-init");
/// The offset of the newest cluster a player that comes late can begin with.
const JOIN: HeaderName = HeaderName::from_static("deskside-join");

/// In which form a clip is asked for.
#[derive(Deserialize)]
pub(crate) struct Form {
    #[serde(rename = "as")]
    coded: Option<Coded>,
}

/// How its pictures shall be coded.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Coded {
    Vp9,
}

/// `GET /media/clip/ID[?as=vp9]`
pub(crate) async fn clip(
    State(server): State<Shared>,
    caller: Caller,
    Named(clip): Named,
    Asked(form): Asked<Form>,
    headers: HeaderMap,
) -> Answer {
    let clip = watched(&server, &caller, &clip).await?;
    if form.coded == Some(Coded::Vp9) && clip.codec != Some(ClipCodec::Vp9) {
        if clip.conversion != Conversion::Done {
            return Err(Oops::new(Code::WrongState, "the clip was not converted"));
        }
        let name = format!("{}{CONVERTED}", clip.bytes_name());
        let prefix = prefix(&*server.parts.blobs, &name).await?.ok_or_else(Oops::unknown)?;
        return Ok(whole_clip(server, &clip, name, prefix, &headers));
    }
    let finished = match clip.state {
        ClipState::Recording => None,
        _ => prefix(&*server.parts.blobs, &clip.bytes_name()).await?,
    };
    match finished {
        Some(prefix) => Ok(whole_clip(server, &clip, clip.bytes_name(), prefix, &headers)),
        None => growing_clip(server, caller, &clip, &headers).await,
    }
}

/// `GET /media/clip/ID/poster` and `/sprite`: the picture with that suffix beside the clip's bytes.
pub(crate) async fn picture(
    server: Shared,
    caller: Caller,
    clip: &str,
    suffix: &str,
    headers: &HeaderMap,
) -> Answer {
    let clip = watched(&server, &caller, clip).await?;
    let picture = server.parts.blobs.get(&format!("{}{suffix}", clip.bytes_name())).await?;
    Ok(small(picture.ok_or_else(Oops::unknown)?, "image/jpeg", headers))
}

/// Whether a small version is asked for.
#[derive(Deserialize)]
pub(crate) struct Size {
    thumb: Option<String>,
}

/// `GET /media/attachment/ID[?thumb]`
pub(crate) async fn attachment(
    State(server): State<Shared>,
    caller: Caller,
    Named(attachment): Named,
    Asked(size): Asked<Size>,
    headers: HeaderMap,
) -> Answer {
    let key = Key::Attachment(AttachmentId(id(&attachment)?));
    let state = server.parts.store.row(&key).await?;
    let Some(row @ Row::Attachment(attachment)) = state.get(&key) else { return Err(Oops::unknown()) };
    if !may_see(&caller.viewer(), row, &state) || attachment.state != AttachmentState::Stored {
        return Err(Oops::unknown());
    }
    let name = attachment.id.to_string();
    if size.thumb.is_some() {
        let small_one = server.parts.blobs.get(&format!("{name}{THUMB}")).await?.ok_or_else(Oops::unknown)?;
        return Ok(small(small_one, "image/jpeg", &headers));
    }
    let etag = format!("\"{}-{:x}\"", attachment.id.0.simple(), attachment.size);
    let inline = attachment.width > 0;
    let mut answer = user_content(&attachment.mime);
    answer.push((header::CONTENT_DISPOSITION, disposition(inline, &attachment.name)));
    let alone = server.parts.blobs.get(&format!("{name}{ALONE}")).await?;
    let source = Source { server, name, prefix: None, alone };
    Ok(ranged(source, attachment.size, &etag, &headers, answer))
}

async fn watched(server: &Shared, caller: &Caller, clip: &str) -> Answer<Clip> {
    let clip = ClipId(id(clip)?);
    let state = server.parts.store.row(&Key::Clip(clip)).await?;
    let row = state.clip(clip).map_err(|_| Oops::unknown())?;
    if !may_watch(&caller.viewer(), row, &state) {
        return Err(Oops::unknown());
    }
    if !row.cutting.is_empty() {
        return Err(Oops::new(Code::WrongState, "the clip is being cut"));
    }
    Ok(row.clone())
}

fn whole_clip(server: Shared, clip: &Clip, name: String, prefix: Prefix, headers: &HeaderMap) -> Response {
    let etag = prefix.etag(clip.id);
    let total = prefix.layout.total();
    let mut answer = user_content("video/webm");
    answer.push((header::CONTENT_DISPOSITION, disposition(true, &format!("clip-{}.webm", clip.id))));
    let source = Source { server, name, prefix: Some(prefix), alone: None };
    ranged(source, total, &etag, headers, answer)
}

/// A clip whose end nobody knows yet: what is on disk, and an honest `*` for the rest.
async fn growing_clip(server: Shared, caller: Caller, clip: &Clip, headers: &HeaderMap) -> Answer {
    let name = clip.id.to_string();
    let kept = server.parts.blobs.upload(&name).await?.map_or(0, |upload| upload.offset);
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let mut answer = user_content("video/webm");
    answer.push((header::ACCEPT_RANGES, HeaderValue::from_static("bytes")));
    if let Some((init, join)) = server.watch.join(clip.id) {
        answer.push((INIT, HeaderValue::from(init)));
        answer.push((JOIN, HeaderValue::from(join)));
    }
    if let Some(start) = range.and_then(endless).filter(|start| *start <= kept) {
        let range = format!("bytes {start}-{}/*", u64::MAX >> 11);
        answer.extend(HeaderValue::try_from(range).map(|range| (header::CONTENT_RANGE, range)));
        return Ok(with(StatusCode::PARTIAL_CONTENT, answer, follow(server, caller, clip.id, start)));
    }
    let (status, start, end) = match range.map_or(Wanted::Whole, |range| part(range, kept)) {
        Wanted::Part(start, end) => {
            let range = format!("bytes {start}-{}/*", end.saturating_sub(1));
            answer.extend(HeaderValue::try_from(range).map(|range| (header::CONTENT_RANGE, range)));
            (StatusCode::PARTIAL_CONTENT, start, end)
        }
        Wanted::Beyond => {
            let range = format!("bytes */{kept}");
            answer.extend(HeaderValue::try_from(range).map(|range| (header::CONTENT_RANGE, range)));
            return Ok(with(StatusCode::RANGE_NOT_SATISFIABLE, answer, Body::empty()));
        }
        Wanted::Whole | Wanted::Unchanged => (StatusCode::OK, 0, kept),
    };
    answer.push((header::CONTENT_LENGTH, HeaderValue::from(end - start)));
    let source = Source { server, name, prefix: None, alone: None };
    Ok(with(status, answer, source.stream(start, end)))
}

/// What follows `start`, as it comes: a watcher sees a new second as soon as it is on disk instead of when they
/// ask next. Ends when the clip is over or the watcher was sent out, which is asked anew for every piece.
fn follow(server: Shared, caller: Caller, clip: ClipId, start: u64) -> Body {
    let hints = server.parts.bus.listen();
    let name = clip.to_string();
    Body::from_stream(stream::try_unfold((server, caller, hints, start), move |following| {
        let name = name.clone();
        async move {
            let (server, caller, mut hints, at) = following;
            loop {
                let Ok(row) = watched(&server, &caller, &name).await else {
                    return Ok::<_, std::io::Error>(None);
                };
                let upload = server.parts.blobs.upload(&name).await.map_err(std::io::Error::other)?;
                let Some(upload) = upload else { return Ok(None) };
                if upload.offset > at {
                    let end = upload.offset.min(at + PIECE);
                    let piece =
                        server.parts.blobs.read(&name, at, end).await.map_err(std::io::Error::other)?;
                    let next = at + piece.len() as u64;
                    return Ok(Some((piece, (server, caller, hints, next))));
                }
                if upload.closed || row.state != ClipState::Recording {
                    return Ok(None);
                }
                if !grows(&mut hints, &name).await {
                    return Ok(None);
                }
            }
        }
    }))
}

/// Waits until something may have become of the upload `name`; false when the server is going down.
async fn grows(hints: &mut broadcast::Receiver<Hint>, name: &str) -> bool {
    loop {
        match hints.recv().await {
            Ok(Hint::Upload(grown)) if grown == name => return true,
            // A decision: the clip may be over, or the watcher sent out.
            Ok(Hint::Log(_)) | Err(RecvError::Lagged(_)) => return true,
            Ok(_) => {}
            Err(RecvError::Closed) => return false,
        }
    }
}

/// Bytes that can be read at any offset: an upload, or a prefix and the part of an upload behind it.
struct Source {
    server: Shared,
    name: String,
    prefix: Option<Prefix>,
    /// All of them, where they are not the upload's.
    alone: Option<Bytes>,
}

impl Source {
    /// The bytes `start..end` in pieces, each read when the connection has taken the one before.
    fn stream(self, start: u64, end: u64) -> Body {
        Body::from_stream(stream::try_unfold((self, start), move |(source, at)| async move {
            if at >= end {
                return Ok::<_, std::io::Error>(None);
            }
            let piece = source.read(at, end.min(at + PIECE)).await.map_err(std::io::Error::other)?;
            if piece.is_empty() {
                return Err(std::io::Error::other("bytes that were promised are not there"));
            }
            let next = at + piece.len() as u64;
            Ok(Some((piece, (source, next))))
        }))
    }

    async fn read(&self, start: u64, end: u64) -> anyhow::Result<Bytes> {
        if let Some(alone) = &self.alone {
            let end = end.min(alone.len() as u64);
            return Ok(alone.slice(start.min(end) as usize..end as usize));
        }
        let Some(prefix) = &self.prefix else {
            return self.server.parts.blobs.read(&self.name, start, end).await;
        };
        let parts = prefix.layout.parts(start..end);
        if !parts.prefix.is_empty() {
            return Ok(prefix.bytes.slice(parts.prefix));
        }
        self.server.parts.blobs.read(&self.name, parts.file.start, parts.file.end).await
    }
}

fn ranged(
    source: Source,
    total: u64,
    etag: &str,
    headers: &HeaderMap,
    mut answer: Vec<(HeaderName, HeaderValue)>,
) -> Response {
    answer.extend(HeaderValue::try_from(etag).map(|etag| (header::ETAG, etag)));
    answer.push((header::ACCEPT_RANGES, HeaderValue::from_static("bytes")));
    let (status, start, end) = match wanted(headers, etag, total) {
        Wanted::Whole => (StatusCode::OK, 0, total),
        Wanted::Part(start, end) => {
            let range = format!("bytes {start}-{}/{total}", end.saturating_sub(1));
            answer.extend(HeaderValue::try_from(range).map(|range| (header::CONTENT_RANGE, range)));
            (StatusCode::PARTIAL_CONTENT, start, end)
        }
        Wanted::Beyond => {
            let range = format!("bytes */{total}");
            answer.extend(HeaderValue::try_from(range).map(|range| (header::CONTENT_RANGE, range)));
            return with(StatusCode::RANGE_NOT_SATISFIABLE, answer, Body::empty());
        }
        Wanted::Unchanged => return with(StatusCode::NOT_MODIFIED, answer, Body::empty()),
    };
    answer.push((header::CONTENT_LENGTH, HeaderValue::from(end - start)));
    with(status, answer, source.stream(start, end))
}

fn small(bytes: Bytes, mime: &str, headers: &HeaderMap) -> Response {
    let hash: [u8; 32] = Sha256::digest(&bytes).into();
    let etag = format!("\"{}\"", hex(&hash[..12]));
    let mut answer = user_content(mime);
    answer.extend(HeaderValue::try_from(&etag).map(|etag| (header::ETAG, etag)));
    match wanted(headers, &etag, bytes.len() as u64) {
        Wanted::Unchanged => with(StatusCode::NOT_MODIFIED, answer, Body::empty()),
        _ => with(StatusCode::OK, answer, Body::from(bytes)),
    }
}

/// Headers under which nothing of what people made is run, whatever it is, and nothing of it is kept on the way: what
/// its owner erases would stay readable in the caches of everybody who has seen it.
fn user_content(mime: &str) -> Vec<(HeaderName, HeaderValue)> {
    let mime = HeaderValue::try_from(mime).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    vec![
        (header::CONTENT_TYPE, mime),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'"),
        ),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    ]
}

/// `Content-Disposition` with the name in both forms (RFC 6266): a plain one, and the true one percent-encoded.
fn disposition(inline: bool, name: &str) -> HeaderValue {
    use std::fmt::Write;
    let plain: String = name
        .chars()
        .map(|char| if char.is_ascii_alphanumeric() || "-_. ".contains(char) { char } else { '_' })
        .collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    let how = if inline { "inline" } else { "attachment" };
    HeaderValue::try_from(format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{encoded}"))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

fn with(status: StatusCode, headers: Vec<(HeaderName, HeaderValue)>, body: Body) -> Response {
    let mut response = (status, body).into_response();
    response.headers_mut().extend(headers);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_file_name_stays_a_name() {
        let value = disposition(false, "a\"\r\nSet-Cookie: x=y; größe.pdf");
        assert_eq!(
            value,
            "attachment; filename=\"a___Set-Cookie_ x_y_ gr__e.pdf\"; \
             filename*=UTF-8''a%22%0D%0ASet-Cookie%3A%20x%3Dy%3B%20gr%C3%B6%C3%9Fe.pdf"
        );
    }
}
