//! What is no API: the UI bundle, the OpenAPI document, signs of life, numbers for operators.

use std::{
    path::{Component, Path as FilePath, PathBuf},
    sync::LazyLock,
};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use deskside_protocol::Code;

use crate::{
    answer::{Answer, Oops},
    caller::Peer,
    parts::{Shared, Ui},
    secret::hex,
};

static OPENAPI: LazyLock<Bytes> = LazyLock::new(|| {
    let files = deskside_protocol::generate::files();
    let document = files.into_iter().find(|(path, _)| path.ends_with("openapi.json"));
    document.map(|(_, text)| text.into()).unwrap_or_default()
});

/// `GET /api/openapi.json`
pub(crate) async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI.clone()).into_response()
}

/// `GET /livez`: the process answers.
pub(crate) async fn livez() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: rows can be read and bytes can be kept.
pub(crate) async fn readyz(State(server): State<Shared>) -> Answer<&'static str> {
    server.parts.store.head().await?;
    if server.parts.blobs.free().await? < 64 * 1024 * 1024 {
        return Err(Oops::new(Code::Unavailable, "the disk is full"));
    }
    Ok("ok\n")
}

/// `GET /metrics`: for a collector on this machine.
pub(crate) async fn metrics(State(server): State<Shared>, peer: Peer) -> Answer {
    if !peer.0.is_loopback() {
        return Err(Oops::unknown());
    }
    let conflicts = server.decisions.conflicts.load(std::sync::atomic::Ordering::Relaxed);
    server.metrics.decide_conflicts_total.set(conflicts);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], server.metrics.text()).into_response())
}

/// Everything that no route answers: a file of the UI, the UI itself for its own addresses, or nothing.
pub(crate) async fn ui(State(server): State<Shared>, method: Method, uri: Uri, headers: HeaderMap) -> Answer {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") || path.starts_with("media/") {
        return Err(Oops::unknown());
    }
    if method != Method::GET && method != Method::HEAD {
        return Err(not_allowed_here());
    }
    let is_asset = path.contains('.');
    let ui = &server.parts.settings.ui;
    if !path.is_empty()
        && let Some(page) = file(ui, path, &headers).await?
    {
        return Ok(page);
    }
    if is_asset {
        return Err(Oops::unknown());
    }
    match file(ui, "index.html", &headers).await? {
        Some(page) => Ok(page),
        None => Err(Oops::new(Code::Unknown, "this server was built without its user interface")
            .detail("start it with --ui FOLDER, or use the app")),
    }
}

/// A route that is there, with a method that is not.
pub(crate) async fn not_allowed() -> Oops {
    not_allowed_here()
}

fn not_allowed_here() -> Oops {
    Oops::malformed("this address does not take that method").status(StatusCode::METHOD_NOT_ALLOWED)
}

/// A file of the UI, zipped where the bundle has it so and the browser takes it.
async fn file(ui: &Ui, path: &str, headers: &HeaderMap) -> anyhow::Result<Option<Response>> {
    let zipped = if takes_gzip(headers) { read(ui, &format!("{path}.gz")).await? } else { None };
    let is_zipped = zipped.is_some();
    let bytes = match zipped {
        Some(bytes) => bytes,
        None => match read(ui, path).await? {
            Some(bytes) => bytes,
            None => return Ok(None),
        },
    };
    let hash: [u8; 32] = <sha2::Sha256 as sha2::Digest>::digest(&bytes).into();
    let etag = format!("\"{}\"", hex(&hash[..12]));
    // The bundler puts a hash into the names below `assets`: what is there never changes.
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| *known == etag);
    let fields: [(HeaderName, HeaderValue); 4] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(mime(path))),
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
        (header::ETAG, HeaderValue::try_from(etag).unwrap_or(HeaderValue::from_static("\"\""))),
    ];
    if known {
        return Ok(Some((StatusCode::NOT_MODIFIED, fields).into_response()));
    }
    let encoding = is_zipped.then_some([(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))]);
    Ok(Some(match encoding {
        Some(encoding) => (fields, encoding, bytes).into_response(),
        None => (fields, bytes).into_response(),
    }))
}

/// Whether `accept-encoding` names gzip and does not refuse it (RFC 9110, 12.5.3).
fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|one| {
        let (coding, weight) = one.split_once(';').unwrap_or((one, "q=1"));
        let refused =
            weight.trim().strip_prefix("q=").and_then(|q| q.trim().parse::<f32>().ok()) == Some(0.0);
        coding.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

async fn read(ui: &Ui, path: &str) -> anyhow::Result<Option<Bytes>> {
    match ui {
        Ui::None => Ok(None),
        Ui::Embedded(file) => Ok(file(path).map(Bytes::from_static)),
        Ui::Folder(folder) => {
            let path = PathBuf::from(path);
            if !is_plain(&path) {
                return Ok(None);
            }
            match tokio::fs::read(folder.join(path)).await {
                Ok(bytes) => Ok(Some(bytes.into())),
                // A folder, or nothing: the UI's own address.
                Err(_) => Ok(None),
            }
        }
    }
}

/// Whether a path stays where it is joined to.
fn is_plain(path: &FilePath) -> bool {
    path.components().all(|component| matches!(component, Component::Normal(_)))
}

fn mime(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "webm" => "video/webm",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_zipped_twin_goes_to_whoever_takes_it_and_to_nobody_else() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("app.js"), "plain").expect("writes");
        std::fs::write(folder.path().join("app.js.gz"), "zipped").expect("writes");
        let ui = Ui::Folder(folder.path().to_owned());
        let mut etags = Vec::new();
        for (accepted, is) in [
            ("", "plain"),
            ("br, gzip;q=0", "plain"),
            ("identity", "plain"),
            ("gzip, deflate, br", "zipped"),
            ("br;q=1, GZIP;q=0.5", "zipped"),
        ] {
            let headers =
                HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted))]);
            let page = file(&ui, "app.js", &headers).await.expect("reads").expect("is there");
            let encoding = page.headers().get(header::CONTENT_ENCODING).cloned();
            assert_eq!(encoding.is_some(), is == "zipped", "{accepted}");
            assert_eq!(page.headers()[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
            etags.push(page.headers()[header::ETAG].clone());
            let body = axum::body::to_bytes(page.into_body(), 100).await.expect("a body");
            assert_eq!(body, is, "{accepted}");
        }
        assert_eq!(etags[0], etags[1]);
        assert_ne!(etags[0], etags[3], "what is other bytes has another name");
    }

    #[tokio::test]
    async fn no_path_leads_out_of_the_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("ui")).expect("a folder");
        std::fs::write(folder.path().join("secret"), "s").expect("writes");
        std::fs::write(folder.path().join("ui/index.html"), "i").expect("writes");
        let ui = Ui::Folder(folder.path().join("ui"));
        assert!(read(&ui, "index.html").await.expect("reads").is_some());
        let absolute = folder.path().join("secret").display().to_string();
        for path in ["../secret", "x/../../secret", absolute.as_str(), "./../secret"] {
            assert!(read(&ui, path).await.expect("reads").is_none(), "{path}");
        }
    }
}
