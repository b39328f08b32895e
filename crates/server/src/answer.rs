//! Answers: JSON, or a problem of RFC 9457. Whatever goes wrong in a handler becomes an [`Oops`], so that no
//! path answers with plain text, and what broke here is told apart from what was refused.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request, rejection::BytesRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use deskside_domain::Refusal;
use deskside_protocol::{Code, Problem};
use serde::{Serialize, de::DeserializeOwned};

/// Why a request was not done.
#[derive(Debug)]
pub(crate) struct Oops {
    pub problem: Box<Problem>,
    pub headers: Vec<(header::HeaderName, HeaderValue)>,
}

/// What a handler answers.
pub(crate) type Answer<T = Response> = Result<T, Oops>;

impl Oops {
    /// A refusal with this code; `title` says what happened.
    pub fn new(code: Code, title: impl Into<String>) -> Self {
        Problem::new(code, title).into()
    }

    /// The same with what exactly was wrong.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.problem.detail = Some(detail.into());
        self
    }

    /// The same with another HTTP status, where the protocol spoken (tus) wants one.
    pub fn status(mut self, status: StatusCode) -> Self {
        self.problem.status = status.as_u16();
        self
    }

    /// The same with a header.
    pub fn header(mut self, name: header::HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// There is no such thing, or it may not be seen: the same answer on purpose.
    pub fn unknown() -> Self {
        Self::new(Code::Unknown, "there is no such thing")
    }

    /// A path, query or header that makes no sense.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(Code::Malformed, "the request could not be read").detail(detail)
    }
}

impl From<Problem> for Oops {
    fn from(problem: Problem) -> Self {
        Self { problem: Box::new(problem), headers: Vec::new() }
    }
}

impl From<Refusal> for Oops {
    fn from(refusal: Refusal) -> Self {
        Problem::from(refusal).into()
    }
}

impl From<anyhow::Error> for Oops {
    fn from(error: anyhow::Error) -> Self {
        fault(&format!("{error:#}")).into()
    }
}

/// Logs what broke and answers with the id that finds the line.
pub(crate) fn fault(what: &str) -> Problem {
    let trace = uuid::Uuid::now_v7().simple().to_string();
    tracing::error!(%trace, error = what, "a request failed");
    let mut problem = Problem::new(Code::Fault, "something broke on the server");
    problem.trace = Some(trace);
    problem
}

impl IntoResponse for Oops {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self.problem).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
        response
    }
}

/// A JSON answer that nothing on the way keeps.
pub(crate) struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => (
                [
                    (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
                    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                ],
                body,
            )
                .into_response(),
            Err(error) => Oops::from(anyhow::Error::from(error)).into_response(),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Oops;

    async fn from_request(request: Request, state: &S) -> Answer<Self> {
        if !is_json(request.headers()) {
            return Err(Oops::malformed("Content-Type must be application/json"));
        }
        let body = Bytes::from_request(request, state).await.map_err(body_oops)?;
        parse(&body).map(Self)
    }
}

/// Only JSON is read: a form that a foreign page can send never is.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// Reads JSON or says where it stops making sense.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Answer<T> {
    serde_json::from_slice(body).map_err(|error| Oops::malformed(error.to_string()))
}

/// A body that could not be taken in.
pub(crate) fn body_oops(rejection: BytesRejection) -> Oops {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Oops::new(Code::TooLarge, "the body is over the size limit")
    } else {
        Oops::malformed(rejection.body_text())
    }
}

/// The query string as `T`.
pub(crate) struct Asked<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Oops;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Answer<Self> {
        Query::<T>::try_from_uri(&parts.uri)
            .map(|Query(query)| Self(query))
            .map_err(|rejection| Oops::malformed(rejection.body_text()))
    }
}

/// The one part of the path that differs from call to call.
pub(crate) struct Named(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Oops;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        Path::<String>::from_request_parts(parts, state)
            .await
            .map(|Path(name)| Self(name))
            .map_err(|rejection| Oops::malformed(rejection.body_text()))
    }
}

/// An id from a path.
pub(crate) fn id<T: std::str::FromStr>(text: &str) -> Answer<T> {
    text.parse().map_err(|_| Oops::unknown())
}
