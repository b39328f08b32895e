//! A client that costs little: follows the feed, checks that every frame fits its cursor, and keeps no rows, so that
//! thousands of them fit beside the server they measure.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, bail, ensure};
use deskside_protocol::{
    VERSION,
    feed::{Cursor, FromClient},
};
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, client::IntoClientRequest, protocol::WebSocketConfig},
};

/// Longer silence than this is no heartbeat.
const SILENCE: Duration = Duration::from_secs(45);

/// One connected client.
pub struct Socket {
    stream: WebSocketStream<TcpStream>,
    /// Where it stands.
    pub cursor: Cursor,
}

/// A frame, read as far as it is needed.
#[derive(Deserialize)]
struct Frame<'a> {
    r#type: &'a str,
    #[serde(default)]
    prev: u64,
    #[serde(default)]
    seq: u64,
    #[serde(borrow, default)]
    items: Vec<&'a RawValue>,
}

/// What a frame meant.
pub enum Heard {
    /// Rows changed; each change as it stood on the wire.
    Changes(Vec<String>),
    /// Everything has been sent.
    CaughtUp,
    /// A heartbeat or something that is never stored.
    Nothing,
}

impl Socket {
    /// Connects and says hello from `cursor`.
    pub async fn open(
        address: SocketAddr,
        token: &str,
        client_id: &str,
        cursor: Cursor,
    ) -> anyhow::Result<Self> {
        let tcp = TcpStream::connect(address).await.context("connecting")?;
        tcp.set_nodelay(true)?;
        let mut request = format!("ws://{address}/api/v1/feed").into_client_request()?;
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse()?);
        let small = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(1024);
        let (mut stream, _) =
            client_async_with_config(request, tcp, Some(small)).await.context("the upgrade")?;
        let hello =
            FromClient::Hello { client_id: client_id.to_owned(), cursor, version: VERSION.to_owned() };
        stream.send(Message::text(serde_json::to_string(&hello)?)).await?;
        Ok(Self { stream, cursor })
    }

    /// The next frame. A frame that does not fit the cursor is an error: it was lost or doubled.
    pub async fn hear(&mut self) -> anyhow::Result<Heard> {
        loop {
            let message = tokio::time::timeout(SILENCE, self.stream.next()).await.context("silence")?;
            let text = match message {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Close(why))) => bail!("closed by the server: {why:?}"),
                Some(Ok(_)) => continue,
                Some(Err(error)) => return Err(error.into()),
                None => bail!("the connection ended"),
            };
            let Frame { r#type, prev, seq, items } = serde_json::from_str(&text)?;
            return match r#type {
                "changes" => {
                    ensure!(prev == self.cursor.seq, "a frame after {prev} came at {}", self.cursor.seq);
                    ensure!(seq >= prev, "the cursor went back from {prev} to {seq}");
                    self.cursor.seq = seq;
                    Ok(Heard::Changes(items.iter().map(|item| item.get().to_owned()).collect()))
                }
                "caught_up" => {
                    self.cursor.seq = seq;
                    Ok(Heard::CaughtUp)
                }
                "reset" => bail!("told to start again: {text}"),
                _ => Ok(Heard::Nothing),
            };
        }
    }

    /// Hears until everything has been sent.
    pub async fn catch_up(&mut self) -> anyhow::Result<()> {
        while !matches!(self.hear().await?, Heard::CaughtUp) {}
        Ok(())
    }
}
