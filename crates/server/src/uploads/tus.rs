//! tus 1.0: core, creation, creation-with-upload, creation-defer-length, checksum, expiration, termination.
//!
//! An offset is promised only for bytes on disk. The newest writer wins: a PATCH takes the writer's place and
//! the next append of an older one fails, which is what a recorder behind a dead connection needs. Appending
//! runs in a task of its own, so that what arrived before a cut is kept.

use std::time::{Duration, Instant};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::{Buf, BytesMut};
use deskside_domain::{
    Key, Row,
    attachment::{self, AttachmentState},
    clip::{Clip, ClipState, OPEN_FOR},
    id::{AttachmentId, ClipId, PersonId},
    time::SECOND,
};
use deskside_ports::{
    blobs::{AppendError, Upload},
    bus::Hint,
};
use deskside_protocol::Code;
use futures_util::StreamExt;
use uuid::Uuid;

use super::{checksum::Checksum, date::http_date};
use crate::{
    answer::{Answer, Named, Oops, fault, id},
    caller::Caller,
    parts::Shared,
};

/// Largest clip in bytes: more than eight hours of screen at the recorder's rate.
const MAX_CLIP: u64 = 8 * 1024 * 1024 * 1024;
/// Uploads that one person may leave unfinished.
const MOST_OPEN: usize = 200;
/// Uploads stop while fewer bytes than this are free, so that the database can still write.
pub(super) const KEEP_FREE: u64 = 512 * 1024 * 1024;
/// A body with a checksum is held until it was checked; larger ones are sent in pieces.
const MAX_CHECKED: usize = 8 * 1024 * 1024;
/// Bytes go to disk in pieces of this size, or after this time.
const PIECE: usize = 1024 * 1024;
const SOON: Duration = Duration::from_millis(500);
/// Without a byte for this long the connection is given up; what came is kept.
const PATIENCE: Duration = Duration::from_secs(60);

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const DEFER: HeaderName = HeaderName::from_static("upload-defer-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
const OFFSET_STREAM: &str = "application/offset+octet-stream";

/// `OPTIONS /api/v1/uploads`
pub(crate) async fn options() -> Response {
    (
        StatusCode::NO_CONTENT,
        [
            (RESUMABLE, VERSION),
            (HeaderName::from_static("tus-version"), VERSION),
            (HeaderName::from_static("tus-max-size"), HeaderValue::from(MAX_CLIP)),
            (
                HeaderName::from_static("tus-extension"),
                HeaderValue::from_static(
                    "creation,creation-with-upload,creation-defer-length,termination,checksum,expiration",
                ),
            ),
            (HeaderName::from_static("tus-checksum-algorithm"), HeaderValue::from_static("sha1,sha256")),
        ],
    )
        .into_response()
}

/// `POST /api/v1/uploads`
pub(crate) async fn create(State(server): State<Shared>, caller: Caller, request: Request) -> Answer {
    speaks_tus(request.headers())?;
    let headers = request.headers().clone();
    let length = match (number(&headers, &LENGTH)?, headers.get(&DEFER)) {
        (Some(length), None) => Some(length),
        (None, Some(defer)) if defer == "1" => None,
        _ => return Err(Oops::malformed("either Upload-Length or Upload-Defer-Length: 1 is needed")),
    };
    let metadata = Metadata::read(&headers)?;
    let name = metadata.name.to_string();
    let most = metadata.kind.most();
    if length.is_some_and(|length| length > most) {
        return Err(Oops::new(Code::TooLarge, format!("at most {most} bytes")));
    }
    may_write(&server, &caller, metadata.kind, metadata.name).await?;
    server.pace.allow(caller.token_hash, 1, server.now())?;
    let owner = caller.id().to_string();
    let open = server.parts.blobs.open_uploads().await?;
    if open.iter().filter(|upload| upload.owner == owner && upload.name != name).count() >= MOST_OPEN {
        return Err(Oops::new(Code::TooLong, format!("at most {MOST_OPEN} uploads of one person are open"))
            .detail("finish or terminate one of them"));
    }
    if server.parts.blobs.free().await? < KEEP_FREE {
        return Err(Oops::new(Code::Unavailable, "the server's disk is nearly full"));
    }
    let upload = server
        .parts
        .blobs
        .create(Upload {
            name: name.clone(),
            kind: metadata.kind.word().into(),
            owner: owner.clone(),
            length,
            offset: 0,
            touched_at: server.now(),
            closed: false,
        })
        .await?;
    if upload.owner != owner {
        return Err(Oops::new(Code::IdTaken, "this id is somebody else's"));
    }
    let mut answer = vec![
        (RESUMABLE, VERSION),
        (header::LOCATION, value(format!("/api/v1/uploads/{name}"))?),
        (EXPIRES, expires(&upload)?),
    ];
    let carries_bytes = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == OFFSET_STREAM);
    let mut offset = upload.offset;
    // Whoever lost the answer to a creation creates again: the body begins where the upload did.
    let is_new_to_us = upload.offset == 0 || !headers.contains_key(&CHECKSUM);
    if carries_bytes && is_new_to_us && !upload.closed {
        offset = append(server.clone(), upload, 0, most, &headers, request.into_body()).await?;
    } else {
        server.parts.bus.say(Hint::Upload(name));
    }
    answer.push((OFFSET, HeaderValue::from(offset)));
    Ok(Headers(answer).with(StatusCode::CREATED))
}

/// `HEAD /api/v1/uploads/ID`
pub(crate) async fn head(
    State(server): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Named(name): Named,
) -> Answer {
    speaks_tus(&headers)?;
    let upload = own(&server, &caller, &name).await?;
    let metadata = format!("kind {},id {}", STANDARD.encode(&upload.kind), STANDARD.encode(&upload.name));
    let mut answer = vec![
        (RESUMABLE, VERSION),
        (OFFSET, HeaderValue::from(upload.offset)),
        (METADATA, value(metadata)?),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    match upload.length {
        Some(length) => answer.push((LENGTH, HeaderValue::from(length))),
        None => answer.push((DEFER, HeaderValue::from_static("1"))),
    }
    if upload.length != Some(upload.offset) {
        answer.push((EXPIRES, expires(&upload)?));
    }
    Ok(Headers(answer).with(StatusCode::OK))
}

/// `PATCH /api/v1/uploads/ID`
pub(crate) async fn patch(
    State(server): State<Shared>,
    caller: Caller,
    Named(name): Named,
    request: Request,
) -> Answer {
    speaks_tus(request.headers())?;
    let headers = request.headers().clone();
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != OFFSET_STREAM) {
        return Err(Oops::new(Code::MediaType, format!("Content-Type must be {OFFSET_STREAM}")));
    }
    let asked = number(&headers, &OFFSET)?.ok_or_else(|| Oops::malformed("Upload-Offset is missing"))?;
    let mut upload = own(&server, &caller, &name).await?;
    let kind = Kind::of(&upload.kind)?;
    if upload.closed {
        return Err(Oops::new(Code::WrongState, "this upload takes no more bytes"));
    }
    may_write(&server, &caller, kind, id(&name)?).await?;
    if let Some(length) = number(&headers, &LENGTH)? {
        if length > kind.most() {
            return Err(Oops::new(Code::TooLarge, format!("at most {} bytes", kind.most())));
        }
        server.parts.blobs.set_length(&name, length).await.map_err(append_oops)?;
        upload.length = Some(length);
    }
    if asked != upload.offset {
        return Err(offset_oops(upload.offset));
    }
    let expires = expires(&Upload { touched_at: server.now(), ..upload.clone() })?;
    let offset = append(server, upload, asked, kind.most(), &headers, request.into_body()).await?;
    let answer = vec![(RESUMABLE, VERSION), (OFFSET, HeaderValue::from(offset)), (EXPIRES, expires)];
    Ok(Headers(answer).with(StatusCode::NO_CONTENT))
}

/// `DELETE /api/v1/uploads/ID`
pub(crate) async fn terminate(
    State(server): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Named(name): Named,
) -> Answer {
    speaks_tus(&headers)?;
    let upload = own(&server, &caller, &name).await?;
    // What a thread shows is erased by its command, which leaves a tombstone.
    let in_use = match Kind::of(&upload.kind)? {
        Kind::Clip => clip_row(&server, ClipId(id(&name)?)).await?.is_some_and(|clip| !clip.is_gone()),
        Kind::Attachment => {
            let key = Key::Attachment(AttachmentId(id(&name)?));
            let state = server.parts.store.row(&key).await?;
            matches!(state.get(&key), Some(Row::Attachment(row)) if row.state == AttachmentState::Stored)
        }
    };
    if in_use {
        return Err(Oops::new(Code::WrongState, "it is in use: discard the clip, or delete the attachment"));
    }
    server.parts.blobs.erase(&name).await?;
    Ok(Headers(vec![(RESUMABLE, VERSION)]).with(StatusCode::NO_CONTENT))
}

/// Appends a body, whose first byte is the upload's byte `begins`, at the upload's end; what arrives is kept even if the
/// rest never does.
async fn append(
    server: Shared,
    upload: Upload,
    begins: u64,
    most: u64,
    headers: &HeaderMap,
    body: Body,
) -> Answer<u64> {
    let checksum = headers.get(&CHECKSUM).map(Checksum::read).transpose()?;
    let task = tokio::spawn(async move {
        server.metrics.uploads_active.add(1);
        let done = write(&server, &upload, upload.offset - begins, most, checksum, body).await;
        server.metrics.uploads_active.sub(1);
        // Even after a failure bytes may have come.
        server.parts.bus.say(Hint::Upload(upload.name));
        done
    });
    task.await.map_err(|error| Oops::from(fault(&format!("an upload panicked: {error}"))))?
}

async fn write(
    server: &Shared,
    upload: &Upload,
    mut known: u64,
    most: u64,
    checksum: Option<Checksum>,
    body: Body,
) -> Answer<u64> {
    let token = server.parts.blobs.take_writer(&upload.name).await?;
    let limit = upload.length.unwrap_or(most);
    let mut pieces = body.into_data_stream();
    let mut waiting = BytesMut::new();
    let mut offset = upload.offset;
    let mut since = Instant::now();
    let mut broken = None;
    let mut too_long = false;
    loop {
        let hold = checksum.is_some() || waiting.is_empty();
        let mut pause = false;
        let next = tokio::time::timeout(if hold { PATIENCE } else { SOON }, pieces.next()).await;
        let ended = match next {
            Ok(Some(Ok(mut piece))) => {
                let skip = known.min(piece.len() as u64);
                piece.advance(skip as usize);
                known -= skip;
                if waiting.is_empty() {
                    since = Instant::now();
                }
                let room = limit.saturating_sub(offset + waiting.len() as u64);
                let taken = (piece.len() as u64).min(room) as usize;
                waiting.extend_from_slice(&piece[..taken]);
                too_long |= taken < piece.len();
                too_long
            }
            Ok(None) => true,
            Ok(Some(Err(error))) => {
                broken = Some(error.to_string());
                true
            }
            Err(_) if hold => {
                broken = Some("no byte came".into());
                true
            }
            // A recorder pauses between clusters: what came is promised meanwhile.
            Err(_) => {
                pause = true;
                false
            }
        };
        if let Some(checksum) = &checksum {
            if waiting.len() > MAX_CHECKED {
                return Err(Oops::new(
                    Code::TooLarge,
                    format!("with a checksum at most {MAX_CHECKED} bytes"),
                ));
            }
            if !ended {
                continue;
            }
            // Half a body can't be checked: nothing of it counts.
            if broken.is_some() || too_long || !checksum.fits(&waiting) {
                return Err(Oops::new(Code::ChecksumMismatch, "the checksum does not fit the bytes"));
            }
        }
        if !waiting.is_empty() && (ended || pause || waiting.len() >= PIECE || since.elapsed() >= SOON) {
            let bytes = waiting.split();
            let now = server.now();
            let appended = server.parts.blobs.append(&upload.name, token, offset, &bytes, now).await;
            offset = appended.map_err(append_oops)?;
            server.metrics.upload_bytes_total.add(bytes.len() as u64);
            server.parts.bus.say(Hint::Upload(upload.name.clone()));
        }
        if ended {
            break;
        }
    }
    if too_long {
        return Err(Oops::new(Code::TooLarge, "more bytes than were declared; the rest was not taken"));
    }
    if let Some(error) = broken {
        return Err(Oops::malformed(format!("the body was cut off: {error}")));
    }
    Ok(offset)
}

/// What is uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Clip,
    Attachment,
}

impl Kind {
    fn of(word: &str) -> Answer<Self> {
        match word {
            "clip" => Ok(Self::Clip),
            "attachment" => Ok(Self::Attachment),
            _ => Err(Oops::malformed("the metadata kind must be clip or attachment")),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Clip => "clip",
            Self::Attachment => "attachment",
        }
    }

    fn most(self) -> u64 {
        match self {
            Self::Clip => MAX_CLIP,
            Self::Attachment => attachment::MAX_SIZE,
        }
    }
}

struct Metadata {
    kind: Kind,
    name: Uuid,
}

impl Metadata {
    fn read(headers: &HeaderMap) -> Answer<Self> {
        let text = headers.get(&METADATA).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let field = |name: &str| {
            let pairs = text.split(',').filter_map(|pair| pair.trim().split_once(' '));
            let encoded = pairs.into_iter().find(|(key, _)| *key == name)?.1;
            String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()
        };
        let kind = Kind::of(&field("kind").unwrap_or_default())?;
        let name = field("id").and_then(|id| id.parse().ok());
        Ok(Self { kind, name: name.ok_or_else(|| Oops::malformed("the metadata id must be a UUID"))? })
    }
}

/// Only the clip's recorder or the attachment's owner writes. An id that no command has named yet is bound to
/// whoever uploads first; the command's own owner is checked before the bytes count.
async fn may_write(server: &Shared, caller: &Caller, kind: Kind, name: Uuid) -> Answer<()> {
    let over = || Oops::new(Code::WrongState, "it takes no more bytes");
    let (owner, open): (PersonId, bool) = match kind {
        Kind::Clip => match clip_row(server, ClipId(name)).await? {
            None => return Ok(()),
            Some(clip) => {
                let open =
                    matches!(clip.state, ClipState::Recording | ClipState::Stopped | ClipState::Interrupted);
                (clip.recorder, open)
            }
        },
        Kind::Attachment => {
            let key = Key::Attachment(AttachmentId(name));
            let state = server.parts.store.row(&key).await?;
            match state.get(&key) {
                Some(Row::Attachment(row)) => (row.owner, row.state == AttachmentState::Awaited),
                _ => return Ok(()),
            }
        }
    };
    if owner != caller.id() {
        return Err(Oops::unknown());
    }
    if open { Ok(()) } else { Err(over()) }
}

async fn clip_row(server: &Shared, clip: ClipId) -> Answer<Option<Clip>> {
    let state = server.parts.store.row(&Key::Clip(clip)).await?;
    Ok(state.clip(clip).ok().cloned())
}

async fn own(server: &Shared, caller: &Caller, name: &str) -> Answer<Upload> {
    let name: Uuid = id(name)?;
    let upload = server.parts.blobs.upload(&name.to_string()).await?;
    upload.filter(|upload| upload.owner == caller.id().to_string()).ok_or_else(|| {
        Oops::unknown()
            .header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))
            .header(RESUMABLE, VERSION)
    })
}

fn speaks_tus(headers: &HeaderMap) -> Answer<()> {
    if headers.get(&RESUMABLE).is_some_and(|version| *version == VERSION) {
        return Ok(());
    }
    Err(Oops::new(Code::VersionMismatch, "uploads speak tus 1.0.0")
        .status(StatusCode::PRECONDITION_FAILED)
        .header(HeaderName::from_static("tus-version"), VERSION))
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Answer<Option<u64>> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let number = value.to_str().ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    match number.and_then(|text| text.parse().ok()) {
        Some(number) => Ok(Some(number)),
        None => Err(Oops::malformed(format!("{name} must be a number"))),
    }
}

fn append_oops(error: AppendError) -> Oops {
    match error {
        AppendError::Fenced => Oops::new(Code::OffsetMismatch, "another writer has gone on with this upload"),
        AppendError::Offset(offset) => offset_oops(offset),
        AppendError::Length => Oops::malformed("that does not fit the declared length"),
        AppendError::Closed => Oops::new(Code::WrongState, "this upload takes no more bytes"),
        AppendError::Full => Oops::new(Code::Unavailable, "the server's disk is full"),
        AppendError::Fault(error) => error.into(),
    }
}

fn offset_oops(offset: u64) -> Oops {
    let mut oops = Oops::new(Code::OffsetMismatch, "the upload stands elsewhere").header(OFFSET, offset);
    oops.problem.expected = Some(offset);
    oops
}

fn expires(upload: &Upload) -> Answer<HeaderValue> {
    value(http_date(upload.touched_at.plus(OPEN_FOR).0 / SECOND))
}

fn value(text: String) -> Answer<HeaderValue> {
    Ok(HeaderValue::try_from(text).map_err(anyhow::Error::from)?)
}

/// Headers of an answer without a body.
struct Headers(Vec<(HeaderName, HeaderValue)>);

impl Headers {
    fn with(self, status: StatusCode) -> Response {
        let mut response = status.into_response();
        response.headers_mut().extend(self.0);
        response
    }
}
