//! The feed's WebSocket. Its own TLS stream rather than the HTTP client's, because the upgrade must not be HTTP/2.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use deskside_protocol::{
    Problem, VERSION_HEADER,
    feed::{FromClient, FromServer},
};
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Error, Message, client::IntoClientRequest as _, http::HeaderValue, protocol::WebSocketConfig,
    },
};

use crate::{Trouble, server::Server};

const PATIENCE: Duration = Duration::from_secs(10);
/// The largest frame that is read: an access change can carry a whole desk.
const LARGEST: usize = 64 << 20;

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// An open socket.
pub(crate) struct Socket {
    stream: WebSocketStream<Box<dyn Stream>>,
    /// How long it may say nothing.
    silence: Duration,
}

impl Socket {
    /// Connects, upgrades, says hello.
    pub(crate) async fn open(
        server: &Server,
        hello: &FromClient,
        silence: Duration,
    ) -> Result<Self, Trouble> {
        let opened = timeout(PATIENCE, connect(server)).await;
        let stream = opened.map_err(|_| Trouble::Unreachable("the server does not answer".to_owned()))??;
        let mut socket = Self { stream, silence };
        socket.send(hello).await?;
        Ok(socket)
    }

    /// Says something.
    pub(crate) async fn send(&mut self, frame: &FromClient) -> Result<(), Trouble> {
        let text = serde_json::to_string(frame).context("writing a frame")?;
        let sent = timeout(PATIENCE, self.stream.send(Message::text(text))).await;
        sent.map_err(|_| lost("the server takes nothing"))?.map_err(|error| lost(&error.to_string()))
    }

    /// The next frame if it has come already.
    pub(crate) fn ready(&mut self) -> Option<Result<FromServer, Trouble>> {
        self.next().now_or_never()
    }

    /// The next frame; an error when the socket ended or was silent for too long. Safe to drop and call again.
    pub(crate) async fn next(&mut self) -> Result<FromServer, Trouble> {
        loop {
            let message = timeout(self.silence, self.stream.next()).await.map_err(|_| lost("silence"))?;
            match message {
                Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                    Ok(frame) => return Ok(frame),
                    // A kind of frame that a newer server sends besides what we know.
                    Err(error) => tracing::debug!(%error, "a frame this version does not know"),
                },
                Some(Ok(Message::Close(_))) | None => return Err(lost("the server closed the feed")),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(lost(&error.to_string())),
            }
        }
    }
}

fn lost(why: &str) -> Trouble {
    Trouble::Unreachable(why.to_owned())
}

async fn connect(server: &Server) -> Result<WebSocketStream<Box<dyn Stream>>, Trouble> {
    let base = &server.link.base;
    let host = base.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let port = base.port_or_known_default().unwrap_or(443);
    let tcp = TcpStream::connect((host, port)).await.map_err(|error| lost(&error.to_string()))?;
    tcp.set_nodelay(true).map_err(|error| lost(&error.to_string()))?;
    let secure = base.scheme() == "https";
    let stream: Box<dyn Stream> = if secure {
        let name = ServerName::try_from(host.to_owned()).context("the server's name")?;
        let mut tls = (*server.tls).clone();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let connector = TlsConnector::from(Arc::new(tls));
        Box::new(connector.connect(name, tcp).await.map_err(|error| lost(&error.to_string()))?)
    } else {
        Box::new(tcp)
    };
    let mut address = server.url("/api/v1/feed")?;
    address
        .set_scheme(if secure { "wss" } else { "ws" })
        .map_err(|()| anyhow::anyhow!("{base} has no socket"))?;
    let mut request = address.as_str().into_client_request().context("the upgrade request")?;
    request.headers_mut().insert(VERSION_HEADER, server.version.clone());
    if let Some(token) = server.token() {
        let value = HeaderValue::from_str(&format!("Bearer {token}")).context("the token")?;
        request.headers_mut().insert("authorization", value);
    }
    let limits = WebSocketConfig::default().max_message_size(Some(LARGEST)).max_frame_size(Some(LARGEST));
    match client_async_with_config(request, stream, Some(limits)).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => {
            let body = response.body().as_deref().unwrap_or_default();
            Err(match serde_json::from_slice::<Problem>(body) {
                Ok(problem) => Trouble::from(problem),
                Err(_) => lost(&format!("the upgrade was answered with {}", response.status())),
            })
        }
        Err(error) => Err(lost(&error.to_string())),
    }
}
