//! One server over HTTP: where it is, how it is known, what it answers. Every answer is a value, a [`Trouble::Refused`]
//! with the server's own problem, or [`Trouble::Unreachable`].

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use bytes::Bytes;
use deskside_protocol::{Code, Problem, VERSION_HEADER};
use futures_util::{Stream, StreamExt as _};
use reqwest::{
    Method, RequestBuilder, Response, StatusCode,
    header::{self, HeaderMap, HeaderName, HeaderValue},
};
use rustls::ClientConfig;
use serde::{Serialize, de::DeserializeOwned};
use url::Url;

use crate::{Trouble, link::ServerLink, tls};

const CONNECT: Duration = Duration::from_secs(10);
/// Between two pieces of an answer, not for all of it: a picture may take longer.
const SILENCE: Duration = Duration::from_secs(30);

/// A server and perhaps a session there.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) link: ServerLink,
    pub(crate) tls: Arc<ClientConfig>,
    http: reqwest::Client,
    token: Option<Arc<str>>,
    /// What this client says it speaks.
    pub(crate) version: HeaderValue,
}

/// A stored file on its way here; for the loopback address.
pub struct Media {
    /// 200, 206, 304 or 416.
    pub status: u16,
    /// What a player needs to know: type, length, range, validator.
    pub headers: HeaderMap,
    response: Response,
}

impl Media {
    /// The bytes as they come.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static {
        self.response.bytes_stream().map(|piece| piece.map_err(std::io::Error::other))
    }
}

impl Server {
    /// Makes what is needed to talk to `link`; opens no connection yet.
    pub(crate) fn new(link: ServerLink, token: Option<String>, version: &str) -> anyhow::Result<Self> {
        let tls = tls::config(link.pin)?;
        let version = HeaderValue::from_str(version).context("a version")?;
        let said = HeaderMap::from_iter([(HeaderName::from_static(VERSION_HEADER), version.clone())]);
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.clone())
            .user_agent(concat!("deskside/", env!("CARGO_PKG_VERSION")))
            .default_headers(said)
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            // The API never redirects; a token must not follow one elsewhere.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .context("preparing the connection")?;
        Ok(Self { link, tls: Arc::new(tls), http, token: token.map(Into::into), version })
    }

    /// The same server with another session, or none.
    pub(crate) fn with_token(&self, token: Option<String>) -> Self {
        Self { token: token.map(Into::into), ..self.clone() }
    }

    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// `path` below the server's address.
    pub(crate) fn url(&self, path: &str) -> Result<Url, Trouble> {
        Ok(self.link.base.join(path).with_context(|| format!("{path} is no path"))?)
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, Trouble> {
        let request = self.http.request(method, self.url(path)?);
        Ok(match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        })
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Trouble> {
        read(send(self.request(Method::GET, path)?).await?).await
    }

    pub(crate) async fn get_with<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, Trouble> {
        let mut url = self.url(path)?;
        url.query_pairs_mut().extend_pairs(query);
        self.get(url.as_str()).await
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Trouble> {
        read(send(self.request(Method::POST, path)?.json(body)).await?).await
    }

    pub(crate) async fn put(&self, path: &str, mime: &str, body: Vec<u8>) -> Result<(), Trouble> {
        let request = self.request(Method::PUT, path)?.header(header::CONTENT_TYPE, mime).body(body);
        send(request).await.map(drop)
    }

    pub(crate) async fn delete(&self, path: &str) -> Result<(), Trouble> {
        send(self.request(Method::DELETE, path)?).await.map(drop)
    }

    /// A stored file or part of it. A refusal is an answer here: the player is told the status.
    pub(crate) async fn media(
        &self,
        path: &str,
        wanted: &[(HeaderName, HeaderValue)],
    ) -> Result<Media, Trouble> {
        let mut request = self.request(Method::GET, path)?;
        for (name, value) in wanted {
            request = request.header(name, value);
        }
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        if !(status.is_success()
            || status == StatusCode::NOT_MODIFIED
            || status == StatusCode::RANGE_NOT_SATISFIABLE)
        {
            return Err(refusal(response).await);
        }
        let mut headers = HeaderMap::new();
        for name in [
            header::CONTENT_TYPE,
            header::CONTENT_LENGTH,
            header::CONTENT_RANGE,
            header::ACCEPT_RANGES,
            header::ETAG,
            header::CACHE_CONTROL,
            header::CONTENT_DISPOSITION,
            // Where a player of a growing clip begins.
            HeaderName::from_static("deskside-init"),
            HeaderName::from_static("deskside-join"),
        ] {
            if let Some(value) = response.headers().get(&name) {
                headers.insert(name, value.clone());
            }
        }
        Ok(Media { status: status.as_u16(), headers, response })
    }
}

/// Sends, and turns everything but success into trouble.
pub(crate) async fn send(request: RequestBuilder) -> Result<Response, Trouble> {
    let response = request.send().await.map_err(unreachable)?;
    if response.status().is_success() { Ok(response) } else { Err(refusal(response).await) }
}

async fn read<T: DeserializeOwned>(response: Response) -> Result<T, Trouble> {
    let bytes = response.bytes().await.map_err(unreachable)?;
    // Somebody else answers here (a captive portal, another program): the network's trouble, not ours.
    serde_json::from_slice(if bytes.is_empty() { b"null" } else { &bytes })
        .map_err(|error| Trouble::Unreachable(format!("the answer makes no sense: {error}")))
}

async fn refusal(response: Response) -> Trouble {
    let status = response.status();
    match response.bytes().await.ok().and_then(|bytes| serde_json::from_slice::<Problem>(&bytes).ok()) {
        Some(problem) => Trouble::from(problem),
        // A proxy's own page. 401 and 403 without a problem are not ours either: nobody is signed out by a proxy.
        None => Trouble::Unreachable(format!("something on the way answered {status}")),
    }
}

fn unreachable(error: reqwest::Error) -> Trouble {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    if error.is_connect() { Trouble::Unconnected(text) } else { Trouble::Unreachable(text) }
}

/// Whether this ends the session.
pub(crate) fn ends_session(trouble: &Trouble) -> Option<Code> {
    trouble.code().filter(|code| matches!(code, Code::SignInNeeded | Code::Deactivated))
}
