//! Listeners: plain, or TLS whose handshakes run beside each other, so that one slow client keeps nobody out.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use axum::serve::Listener;
use futures_util::StreamExt;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_acme::{AcmeConfig, caches::DirCache, is_tls_alpn_challenge};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};
use tokio_rustls::{LazyConfigAcceptor, server::TlsStream};

use crate::certificates::{Acme, Certificates};

/// A handshake must be done this fast.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
/// Handshakes that are done and wait to be taken.
const WAITING: usize = 64;

/// How connections come in.
pub enum Doors {
    Plain(TcpListener),
    Tls(Tls),
}

/// Connections after their handshake.
pub struct Tls {
    address: SocketAddr,
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The accepting task has ended with the runtime.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}

/// What a handshake is answered with.
#[derive(Clone)]
struct Configs {
    usual: Arc<ServerConfig>,
    /// For the authority that checks that the domain is ours.
    challenge: Option<Arc<ServerConfig>>,
}

/// Opens the doors.
pub fn open(listener: TcpListener, certificates: Certificates) -> anyhow::Result<Doors> {
    let configs = match certificates {
        Certificates::None => return Ok(Doors::Plain(listener)),
        Certificates::Files { chain, key, .. } => {
            let builder = ServerConfig::builder().with_no_client_auth();
            let config =
                builder.with_single_cert(chain, key).context("the certificate and its key don't fit")?;
            Configs { usual: with_http(config), challenge: None }
        }
        Certificates::Acme(authority) => acme(authority)?,
    };
    let address = listener.local_addr()?;
    let (done, ready) = mpsc::channel(WAITING);
    tokio::spawn(accept(listener, configs, done));
    Ok(Doors::Tls(Tls { address, ready }))
}

fn with_http(mut config: ServerConfig) -> Arc<ServerConfig> {
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Arc::new(config)
}

fn acme(authority: Acme) -> anyhow::Result<Configs> {
    let Acme { domain, cache, directory, trust } = authority;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = AcmeConfig::new_with_provider([domain], provider.clone()).cache(DirCache::new(cache));
    let config = match directory {
        Some(directory) => config.directory(directory),
        None => config.directory_lets_encrypt(true),
    };
    let config = match trust {
        Some(trust) => {
            let mut roots = RootCertStore::empty();
            for certificate in trust {
                roots.add(certificate).context("what the ACME directory is to be trusted by")?;
            }
            let client =
                ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
            config.client_tls_config(Arc::new(client.with_root_certificates(roots).with_no_client_auth()))
        }
        None => config,
    };
    let mut state = config.state();
    let builder = ServerConfig::builder().with_no_client_auth();
    let usual = with_http(builder.with_cert_resolver(state.resolver()));
    let challenge = Some(state.challenge_rustls_config());
    tokio::spawn(async move {
        while let Some(event) = state.next().await {
            match event {
                Ok(event) => tracing::info!(?event, "certificate"),
                Err(error) => tracing::error!(%error, "the certificate can't be renewed yet"),
            }
        }
    });
    Ok(Configs { usual, challenge })
}

async fn accept(
    mut listener: TcpListener,
    configs: Configs,
    done: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    loop {
        let (stream, peer) = tokio::select! {
            // Waits and goes on when too many files are open.
            connection = Listener::accept(&mut listener) => connection,
            () = done.closed() => return,
        };
        let (configs, done) = (configs.clone(), done.clone());
        tokio::spawn(async move {
            match timeout(HANDSHAKE_WITHIN, shake_hands(stream, configs)).await {
                Ok(Ok(Some(stream))) => drop(done.send((stream, peer)).await),
                Ok(Ok(None)) | Err(_) => {}
                Ok(Err(error)) => tracing::debug!(%error, "a handshake failed"),
            }
        });
    }
}

async fn shake_hands(stream: TcpStream, configs: Configs) -> io::Result<Option<TlsStream<TcpStream>>> {
    let _ = stream.set_nodelay(true);
    let handshake = LazyConfigAcceptor::new(Default::default(), stream).await?;
    if let Some(challenge) = configs.challenge
        && is_tls_alpn_challenge(&handshake.client_hello())
    {
        handshake.into_stream(challenge).await?.shutdown().await?;
        return Ok(None);
    }
    handshake.into_stream(configs.usual).await.map(Some)
}
