//! Media for the webview, over 127.0.0.1. The Linux webview plays no video from a custom scheme, so everything it
//! shows comes from here: clips that lie on this machine, and what the server keeps, fetched with the token that the
//! page never sees. A secret per launch in the path keeps every other program and page out. The port is the one of
//! before where that is free, because a telephone is heard here too, by a secret of its own (`telephony`).

use std::{
    io::SeekFrom,
    net::{Ipv4Addr, SocketAddr},
    path::Path as FilePath,
    sync::Arc,
};

use anyhow::Context as _;
use axum::{
    Router,
    body::Body,
    extract::{Path, RawQuery, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::get,
};
use deskside_client::{Client, Trouble};
use deskside_protocol::id::ClipId;
use futures_util::{Stream, StreamExt as _, stream};
use tokio::{
    fs::File,
    io::{AsyncReadExt as _, AsyncSeekExt as _},
    net::TcpListener,
    task::AbortHandle,
};
use uuid::Uuid;

use crate::{
    clips::Clips,
    secret,
    shots::Shots,
    telephony::{self, Telephone},
};

const PIECE: usize = 256 << 10;
/// The pages that may read what is served: the app's own, under the names that the systems give it.
const PAGES: [&str; 3] = ["tauri://localhost", "http://tauri.localhost", "https://tauri.localhost"];
/// What a player asks with, handed on to the server.
const ASKED: [HeaderName; 3] = [header::RANGE, header::IF_RANGE, header::IF_NONE_MATCH];

/// The server; it ends when this is dropped.
#[derive(Debug)]
pub struct Loopback {
    base: String,
    task: AbortHandle,
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Shared {
    secret: String,
    host: String,
    client: Client,
    clips: Arc<Clips>,
    shots: Arc<Shots>,
}

impl Loopback {
    /// Begins to serve: the server's media through `client`, whole clips that lie here, frozen screens.
    /// A telephone is heard at the same address, by its own secret.
    pub async fn start(
        client: Client,
        clips: Arc<Clips>,
        shots: Arc<Shots>,
        telephone: Arc<Telephone>,
    ) -> anyhow::Result<Self> {
        let listen = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
        let known = match telephone.port() {
            Some(port) => listen(port).await.ok(),
            None => None,
        };
        let listener = match known {
            Some(listener) => listener,
            None => listen(0).await.context("opening the loopback address")?,
        };
        let address: SocketAddr = listener.local_addr()?;
        telephone.is_at(address)?;
        let secret = secret::fresh()?;
        let base = format!("http://{address}/{secret}");
        let shared = Arc::new(Shared { secret, host: address.to_string(), client, clips, shots });
        let router = Router::new()
            .route("/{secret}/media/clip/{id}", get(clip))
            .route("/{secret}/media/clip/{id}/poster", get(poster))
            .route("/{secret}/media/clip/{id}/sprite", get(sprite))
            .route("/{secret}/media/attachment/{id}", get(attachment))
            .route("/{secret}/shot/{number}", get(shot))
            .layer(middleware::from_fn_with_state(shared.clone(), guard))
            .with_state(shared)
            .merge(telephony::routes(telephone, address));
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the loopback address is gone");
            }
        });
        Ok(Self { base, task: task.abort_handle() })
    }

    /// What addresses begin with: `http://127.0.0.1:PORT/SECRET`.
    pub fn base(&self) -> &str {
        &self.base
    }
}

type Answer = Result<Response, Failed>;

struct Failed(Trouble);

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        Self(trouble)
    }
}

impl axum::response::IntoResponse for Failed {
    fn into_response(self) -> Response {
        let problem = self.0.problem();
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_GATEWAY);
        (status, axum::Json(problem)).into_response()
    }
}

/// The secret, the host (a name that was rebound to 127.0.0.1 is not ours), and who may read the answer.
async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let given = request.uri().path().split('/').nth(1).unwrap_or_default();
    let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    if !secret::same(given, &shared.secret) || host != Some(&shared.host) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let foreign = origin.as_ref().is_some_and(|origin| !PAGES.iter().any(|page| origin == page));
    if foreign {
        return StatusCode::FORBIDDEN.into_response();
    }
    let preflight = request.method() == Method::OPTIONS;
    let mut response =
        if preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::VARY, HeaderValue::from_static("origin"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("range, if-range"));
        let exposed = "content-length, content-range, accept-ranges, etag, deskside-init, deskside-join";
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(exposed));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

async fn clip(
    State(shared): State<Arc<Shared>>,
    Path((_, id)): Path<(String, Uuid)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    if query.is_some_and(|query| query.split('&').any(|part| part == "as=vp9")) {
        return remote(&shared, &format!("/media/clip/{id}?as=vp9"), &headers).await;
    }
    // One's own clip while it is recorded has no length yet; the server knows how to say that.
    let own = match shared.clips.whole(id).await {
        Some(file) => local(&file, &headers).await,
        None => None,
    };
    match own {
        Some(response) => Ok(response),
        None => remote(&shared, &format!("/media/clip/{id}"), &headers).await,
    }
}

async fn poster(
    State(shared): State<Arc<Shared>>,
    Path((_, id)): Path<(String, Uuid)>,
    headers: HeaderMap,
) -> Answer {
    if let Some(png) = shared.clips.poster_of_held(ClipId(id)) {
        let headers = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "no-store")];
        return Ok((headers, Body::from(png)).into_response());
    }
    remote(&shared, &format!("/media/clip/{id}/poster"), &headers).await
}

async fn sprite(
    State(shared): State<Arc<Shared>>,
    Path((_, id)): Path<(String, Uuid)>,
    headers: HeaderMap,
) -> Answer {
    remote(&shared, &format!("/media/clip/{id}/sprite"), &headers).await
}

async fn attachment(
    State(shared): State<Arc<Shared>>,
    Path((_, id)): Path<(String, Uuid)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let thumb = if query.as_deref() == Some("thumb") { "?thumb" } else { "" };
    remote(&shared, &format!("/media/attachment/{id}{thumb}"), &headers).await
}

async fn shot(State(shared): State<Arc<Shared>>, Path((_, number)): Path<(String, u64)>) -> Response {
    match shared.shots.file(number) {
        Some(png) => {
            let headers = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "no-store")];
            (headers, Body::from(png)).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn remote(shared: &Shared, path: &str, headers: &HeaderMap) -> Answer {
    let wanted: Vec<_> =
        ASKED.into_iter().filter_map(|name| Some((name.clone(), headers.get(&name)?.clone()))).collect();
    let media = shared.client.media(path, &wanted).await?;
    let status = StatusCode::from_u16(media.status).unwrap_or(StatusCode::BAD_GATEWAY);
    Ok((status, media.headers.clone(), Body::from_stream(media.into_stream())).into_response())
}

/// A finished clip of one's own, or the part that is asked for. `None` if it does not lie here.
async fn local(path: &FilePath, headers: &HeaderMap) -> Option<Response> {
    let mut file = File::open(path).await.ok()?;
    let metadata = file.metadata().await.ok()?;
    let total = metadata.len();
    let range = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let mut answer = HeaderMap::new();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static("video/webm"));
    answer.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    // As the server says of the same clip: what its recorder deletes must be nowhere.
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let (status, start, end) = match range.map(|range| part(range, total)) {
        None | Some(Part::Ignored) => (StatusCode::OK, 0, total),
        Some(Part::Beyond) => {
            let range = HeaderValue::try_from(format!("bytes */{total}")).ok()?;
            answer.insert(header::CONTENT_RANGE, range);
            return Some((StatusCode::RANGE_NOT_SATISFIABLE, answer).into_response());
        }
        Some(Part::Of(start, end)) => {
            let range = HeaderValue::try_from(format!("bytes {start}-{}/{total}", end - 1)).ok()?;
            answer.insert(header::CONTENT_RANGE, range);
            (StatusCode::PARTIAL_CONTENT, start, end)
        }
    };
    answer.insert(header::CONTENT_LENGTH, HeaderValue::from(end - start));
    file.seek(SeekFrom::Start(start)).await.ok()?;
    Some((status, answer, Body::from_stream(pieces(file, end - start))).into_response())
}

fn pieces(file: File, length: u64) -> impl Stream<Item = std::io::Result<bytes::Bytes>> {
    stream::try_unfold((file, length), |(mut file, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let mut piece = vec![0; PIECE.min(usize::try_from(left).unwrap_or(PIECE))];
        let read = file.read(&mut piece).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        piece.truncate(read);
        Ok(Some((bytes::Bytes::from(piece), (file, left - read as u64))))
    })
    .boxed()
}

/// What a Range header asks of `total` bytes.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Of(u64, u64),
    Beyond,
    /// Not understood or several: the whole is a right answer (RFC 9110, 14.2).
    Ignored,
}

fn part(range: &str, total: u64) -> Part {
    let Some((first, last)) = range.trim().strip_prefix("bytes=").and_then(|range| range.split_once('-'))
    else {
        return Part::Ignored;
    };
    let (first, last) = (first.trim(), last.trim());
    let number =
        |text: &str| text.parse::<u64>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    match (number(first), number(last)) {
        (None, Some(suffix)) if first.is_empty() => match suffix.min(total) {
            0 => Part::Beyond,
            suffix => Part::Of(total - suffix, total),
        },
        (Some(start), _) if start >= total => Part::Beyond,
        (Some(start), None) if last.is_empty() => Part::Of(start, total),
        (Some(start), Some(end)) if end >= start => Part::Of(start, total.min(end + 1)),
        _ => Part::Ignored,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_as_players_ask() {
        for (range, wanted) in [
            ("bytes=0-", Part::Of(0, 100)),
            ("bytes=0-1", Part::Of(0, 2)),
            ("bytes=90-200", Part::Of(90, 100)),
            ("bytes=-10", Part::Of(90, 100)),
            ("bytes=-1000", Part::Of(0, 100)),
            ("bytes=100-", Part::Beyond),
            ("bytes=-0", Part::Beyond),
            ("bytes=5-4", Part::Ignored),
            ("bytes=0-1,5-6", Part::Ignored),
            ("items=0-1", Part::Ignored),
            ("bytes=+5-", Part::Ignored),
        ] {
            assert_eq!(part(range, 100), wanted, "{range}");
        }
    }
}
