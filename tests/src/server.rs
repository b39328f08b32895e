//! The real server on a real data directory, in this process, stopped and started at will on one address.

use std::{
    net::SocketAddr,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use deskside_client::{Client, Options};
use deskside_domain::Time;
use deskside_ports::{
    Accounts as _, Clock as _,
    accounts::{LinkPurpose, LinkRow},
};
use deskside_protocol::{
    account::{Join, SetUp},
    command::MakeInvite,
    feed::Snapshot,
    id::InviteId,
    values::Role,
};
use deskside_server::{Parts, Settings, hash_of};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use tracing_subscriber::EnvFilter;
use uuid::Uuid;

/// Longest a test waits for anything.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A server and its data.
pub struct TestServer {
    folder: tempfile::TempDir,
    /// Where it listens.
    pub address: SocketAddr,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl TestServer {
    /// Starts on an empty data directory.
    pub async fn start() -> anyhow::Result<Self> {
        // Shown for failed tests only, and only what RUST_LOG asks for.
        let log = tracing_subscriber::fmt().with_test_writer().with_env_filter(EnvFilter::from_default_env());
        let _ = log.try_init();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let mut server = Self { folder: tempfile::tempdir()?, address, running: None };
        server.serve(listener)?;
        Ok(server)
    }

    /// Starts again after [`Self::stop`], on the same address and data.
    pub async fn start_again(&mut self) -> anyhow::Result<()> {
        let listener = TcpListener::bind(self.address).await.context("the address is taken")?;
        self.serve(listener)
    }

    /// Stops it and waits until it has let go of its data.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        if let Some((stop, task)) = self.running.take() {
            let _ = stop.send(());
            task.await?;
        }
        Ok(())
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("server")
    }

    fn serve(&mut self, listener: TcpListener) -> anyhow::Result<()> {
        let machine = deskside_local::open(&self.data())?;
        let parts = Parts {
            store: machine.store.clone(),
            accounts: machine.accounts.clone(),
            blobs: machine.blobs.clone(),
            bus: machine.bus.clone(),
            clock: machine.clock.clone(),
            chance: machine.chance.clone(),
            settings: Settings::at(format!("http://{}", self.address)),
        };
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let accounts = machine.accounts.clone();
            let link = LinkRow {
                secret_hash: hash_of("set-up"),
                purpose: LinkPurpose::SetUp,
                expires_at: Time(machine.clock.now().0 + 3_600_000),
            };
            // Not used yet since an earlier start, or not there.
            if accounts.link(link.secret_hash, machine.clock.now()).await.expect("readable").is_none() {
                accounts.keep_link(link).await.expect("a set-up link");
            }
            let until = async { stopped.await.unwrap_or_default() };
            deskside_server::serve(listener, parts, until).await.expect("the server serves");
        });
        self.running = Some((stop, task));
        Ok(())
    }

    /// Whether any file of its data bears this name.
    pub fn keeps(&self, name: &str) -> bool {
        let mut folders = vec![self.data()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
                if entry.file_name().to_string_lossy().contains(name) {
                    return true;
                }
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    folders.push(entry.path());
                }
            }
        }
        false
    }

    /// A profile of this name, opened; nobody is signed in yet.
    pub async fn profile(&self, name: &str) -> anyhow::Result<Client> {
        Ok(Client::open(self.options(name)).await?)
    }

    /// How that profile is opened.
    pub fn options(&self, name: &str) -> Options {
        let mut options = Options::at(self.folder.path().join(name));
        options.keychain = false;
        options
    }

    /// Sets the organisation up through `address` and signs its founder in.
    pub async fn founder(&self, address: SocketAddr) -> anyhow::Result<Client> {
        let client = self.profile("founder").await?;
        let set_up = SetUp {
            secret: format!("http://{address}/setup#set-up"),
            org: "Numbra".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            name: "Mia".to_owned(),
            email: "mia@numbra.example".to_owned(),
            password: "correct horse battery".to_owned(),
            desk: "Phones help".to_owned(),
        };
        client.set_up(set_up).await?;
        Ok(client)
    }

    /// Lets somebody join through `address` and signs them in.
    pub async fn newcomer(
        &self,
        founder: &Client,
        name: &str,
        address: SocketAddr,
    ) -> anyhow::Result<Client> {
        let secret = Uuid::now_v7().simple().to_string();
        let hash: String = hash_of(&secret).iter().map(|byte| format!("{byte:02x}")).collect();
        let invite = MakeInvite {
            invite: InviteId::fresh(),
            secret_hash: hash,
            role: Role::Agent,
            label: name.to_owned(),
            uses: 1,
            days: 1,
        };
        founder.keep(Uuid::now_v7(), invite.into()).await?.decided().await?;
        let client = self.profile(name).await?;
        let join = Join {
            secret: format!("http://{address}/join#{secret}"),
            name: name.to_owned(),
            email: format!("{name}@numbra.example"),
            password: "correct horse battery".to_owned(),
        };
        client.join(join).await?;
        Ok(client)
    }
}

/// Waits until nothing of the outbox only needs the network.
pub async fn drained(client: &Client) {
    until("the outbox to empty", || async { client.is_drained().await.expect("readable") }).await;
}

/// Waits until the replica is what the server would say now.
pub async fn converged(client: &Client) {
    until("the replica to equal a fresh snapshot", || async {
        let Ok(fresh) = client.fresh_snapshot().await else { return false };
        let Some(replica) = client.replica().await.expect("readable") else { return false };
        replica.cursor == fresh.cursor && sorted(&replica) == sorted(&fresh)
    })
    .await;
}

/// Entities in an order that does not depend on who tells them.
fn sorted(snapshot: &Snapshot) -> Vec<String> {
    let mut texts: Vec<_> =
        snapshot.entities.iter().map(|entity| serde_json::to_string(entity).expect("JSON")).collect();
    texts.sort();
    texts
}

/// Waits until `check` says yes; panics with `what` after [`PATIENCE`].
pub async fn until<F: Future<Output = bool>>(what: &str, mut check: impl FnMut() -> F) {
    let deadline = Instant::now() + PATIENCE;
    while !check().await {
        assert!(Instant::now() < deadline, "waited too long: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
