//! What a server is assembled from, and the state its handlers share.

use std::{path::PathBuf, sync::Arc, time::Duration};

use deskside_ports::{Accounts, Blobs, Bus, Chance, Clock, Store};
use tokio::sync::Semaphore;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{
    decisions::Decisions, feed::Feed, metrics::Metrics, pace::Pace, snapshots::Snapshots, uploads::Watch,
};

/// The parts of a server. The one who assembles them chooses each implementation.
#[derive(Clone)]
pub struct Parts {
    /// Rows and the log.
    pub store: Arc<dyn Store>,
    /// Passwords, sessions, one-time links.
    pub accounts: Arc<dyn Accounts>,
    /// Bytes.
    pub blobs: Arc<dyn Blobs>,
    /// Hints between tasks and nodes.
    pub bus: Arc<dyn Bus>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Fresh random bits.
    pub chance: Arc<dyn Chance>,
    /// What was configured.
    pub settings: Settings,
}

/// What was configured.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where people reach this server, without a slash at the end: links are made of it, and with `https`
    /// cookies are bound to it.
    pub public_url: String,
    /// True: a proxy stands in front; the client's address is the last one in `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// SHA-256 of one's own CA certificate in hex, put behind the secret of a link as `&pin=HEX`.
    pub pin: Option<String>,
    /// The UI bundle.
    pub ui: Ui,
    /// A folder whose files are offered at `/download`.
    pub downloads: Option<PathBuf>,
    /// True: people's calendars may lie at private addresses, at any port, and be fetched by plain HTTP.
    pub private_calendars: bool,
    /// The program that converts clips, started as `PROGRAM convert` (`desksided` itself); without one none is converted.
    pub converter: Option<PathBuf>,
    /// How many connections, and how long a silent one is believed in.
    pub limits: Limits,
}

/// What connections may cost. The default is right everywhere; a test has no minute to wait and no crowd at hand.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at once; more wait to be accepted.
    pub connections: usize,
    /// Between two heartbeats of a socket, at which its session is looked up too.
    pub beat: Duration,
    /// A socket that says nothing at all for this long, not even a pong, is dead.
    pub dead_after: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 20_000, beat: Duration::from_secs(20), dead_after: Duration::from_secs(45) }
    }
}

impl Settings {
    /// Settings of a server reached at `public_url`, with nothing else chosen.
    pub fn at(public_url: impl Into<String>) -> Self {
        Self {
            public_url: public_url.into().trim_end_matches('/').to_owned(),
            behind_proxy: false,
            pin: None,
            ui: Ui::None,
            downloads: None,
            private_calendars: false,
            converter: None,
            limits: Limits::default(),
        }
    }

    /// A link to `page` that carries a secret behind the `#`, where no server log sees it.
    pub fn link(&self, page: &str, secret: &str) -> String {
        let pin = self.pin.as_ref().map(|pin| format!("&pin={pin}")).unwrap_or_default();
        format!("{}/{page}#{secret}{pin}", self.public_url)
    }

    /// Whether browsers reach it by HTTPS.
    pub(crate) fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// Where the UI bundle is.
#[derive(Clone, Debug, Default)]
pub enum Ui {
    /// There is none: a page says so, everything else works.
    #[default]
    None,
    /// In this folder.
    Folder(PathBuf),
    /// In the program: a file by its path without a leading slash.
    Embedded(fn(&str) -> Option<&'static [u8]>),
}

/// What handlers share.
pub(crate) type Shared = Arc<Server>;

/// A running server.
pub(crate) struct Server {
    pub parts: Parts,
    pub decisions: Arc<Decisions>,
    pub feed: Feed,
    pub watch: Watch,
    pub pace: Pace,
    pub metrics: Arc<Metrics>,
    /// Hashing takes 19 MiB and a core each: more than this many at once wait.
    pub hashing: Semaphore,
    pub snapshots: Snapshots,
    /// Since when this process sees who is connected.
    pub started_at: deskside_domain::Time,
    /// Pictures being decoded.
    pub decoding: Semaphore,
    /// Says, when the last holder is gone, that the parts are let go. Declared last, so dropped last.
    _holds_parts: Arc<DropGuard>,
}

impl Server {
    /// The server, and what is cancelled once nothing of it holds the parts any more: only then may the same
    /// data be opened anew.
    pub(crate) fn new(parts: Parts) -> (Shared, CancellationToken) {
        let metrics = Arc::new(Metrics::default());
        let released = CancellationToken::new();
        let guard = Arc::new(released.clone().drop_guard());
        let server = Arc::new(Self {
            decisions: Arc::new(Decisions::new(&parts).holding(guard.clone())),
            feed: Feed::new(),
            watch: Watch::default(),
            pace: Pace::default(),
            metrics,
            hashing: Semaphore::new(2),
            snapshots: Snapshots::default(),
            started_at: parts.clock.now(),
            decoding: Semaphore::new(1),
            parts,
            _holds_parts: guard,
        });
        (server, released)
    }

    pub(crate) fn now(&self) -> deskside_domain::Time {
        self.parts.clock.now()
    }
}
