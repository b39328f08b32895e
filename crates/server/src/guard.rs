//! What holds for every request: a panic or a stuck handler becomes a problem, changes come from our own
//! pages, answers carry the headers that keep a browser safe, and one line per request says what happened,
//! without addresses, queries, bodies or secrets.

use std::{panic::AssertUnwindSafe, time::Duration};

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, Version, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use deskside_protocol::{Code, VERSION, VERSION_HEADER, understands};
use futures_util::FutureExt;
use tokio::time::Instant;

use crate::{
    answer::{Oops, fault},
    parts::Shared,
};

/// A handler that takes longer is given up. Uploads, media and the feed have their own patience.
const PATIENCE: Duration = Duration::from_secs(30);

/// The UI's own policy: everything from here, nothing from elsewhere, framed by nobody.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; connect-src 'self' blob:; \
     manifest-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Around every request.
pub(crate) async fn guard(State(server): State<Shared>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = shown_path(request.uri().path());
    let patient = ["/api/v1/uploads", "/media/", "/api/v1/feed", "/download"]
        .iter()
        .any(|long| request.uri().path().starts_with(long));

    let may_be_left_unread = request.version() < Version::HTTP_2 && has_large_body(request.headers());

    let answered = async {
        if is_foreign(&method, request.headers()) {
            return Oops::new(Code::ForeignOrigin, "this came from another page").into_response();
        }
        if let Some(gap) = version_gap(&server, &request) {
            return gap.into_response();
        }
        let run = AssertUnwindSafe(next.run(request)).catch_unwind();
        let done = if patient { Ok(run.await) } else { tokio::time::timeout(PATIENCE, run).await };
        match done {
            Ok(Ok(response)) => response,
            Ok(Err(panic)) => Oops::from(fault(&format!("a panic: {}", said(&*panic)))).into_response(),
            Err(_) => Oops::new(Code::Unavailable, "this took too long").into_response(),
        }
    };
    let mut response = answered.await;

    let status = response.status();
    server.metrics.http_requests_total.add(1);
    if status.is_server_error() {
        server.metrics.http_faults_total.add(1);
    }
    if may_be_left_unread && (status.is_client_error() || status.is_server_error()) {
        // What was not read makes the connection useless: said, or the client's next request meets its end.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    let ms = started.elapsed().as_millis() as u64;
    if status.is_server_error() {
        tracing::warn!(%method, path, status = status.as_u16(), ms, "request");
    } else {
        tracing::debug!(%method, path, status = status.as_u16(), ms, "request");
    }
    harden(&mut response);
    response
}

/// A client that speaks another protocol is told so before anything it says is misunderstood: what it wrote stays with
/// it. Where the server may be asked what it is, everybody is answered.
fn version_gap(server: &Shared, request: &Request) -> Option<Oops> {
    let path = request.uri().path();
    if !path.starts_with("/api/v1/") || path == "/api/v1/hello" {
        return None;
    }
    let version = request.headers().get(VERSION_HEADER)?.to_str().unwrap_or_default();
    if understands(version) {
        return None;
    }
    let page = format!("{}/download", server.parts.settings.public_url);
    let title = format!("the app speaks protocol {version}, this server {VERSION}");
    Some(Oops::new(Code::VersionMismatch, title).detail(format!("the app that fits is at {page}")))
}

/// A browser that says another site asks for a change is believed, whoever is signed in.
fn is_foreign(method: &Method, headers: &axum::http::HeaderMap) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
        && headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none")
}

/// Whether a body may be larger than what is read off a connection in passing.
fn has_large_body(headers: &axum::http::HeaderMap) -> bool {
    let length =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    headers.contains_key(header::TRANSFER_ENCODING) || length.is_some_and(|length| length > 8 * 1024)
}

/// Paths as they may be logged: secrets of invitations are left out.
fn shown_path(path: &str) -> String {
    match path.strip_prefix("/api/v1/join/") {
        Some(_) => "/api/v1/join/…".into(),
        None => path.chars().take(200).collect(),
    }
}

fn said(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without words")
}

fn harden(response: &mut Response) {
    // A socket's answer is no page.
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return;
    }
    let headers = response.headers_mut();
    let mut default = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    default(header::CONTENT_SECURITY_POLICY, POLICY);
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(header::REFERRER_POLICY, "same-origin");
    default(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    default(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    default(
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(self), display-capture=(self)",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_of_an_invitation_is_logged() {
        assert_eq!(shown_path("/api/v1/join/abcdef"), "/api/v1/join/…");
        assert_eq!(shown_path("/api/v1/hello"), "/api/v1/hello");
    }
}
