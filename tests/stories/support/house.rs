//! One server and its data directory, and how people come to it.

use std::{
    path::PathBuf,
    sync::{Arc, Once, atomic::AtomicU64},
};

use deskside_domain::time::DAY;
use deskside_ports::{
    Clock,
    accounts::{LinkPurpose, LinkRow},
};
use deskside_protocol::{
    account::{Join, SetUp, SignIn, SignedIn},
    command::MakeInvite,
    entity::Desk,
    id::InviteId,
    values::Role,
};
use deskside_server::{Limits, Parts, Settings, Token, hash_of};
use reqwest::Client;
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use super::{
    Person, TurnedClock,
    cramped::{Cramped, Door},
    within,
};

pub const PASSWORD: &str = "correct horse battery";

pub struct House {
    data: TempDir,
    pub clock: Arc<TurnedClock>,
    pub base: String,
    /// What the disk is said to have left; `u64::MAX`: what it has.
    pub free: Arc<AtomicU64>,
    /// Before which small blobs wait while it is shut.
    pub door: Arc<Door>,
    limits: Limits,
    running: Option<Running>,
}

struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
    parts: Parts,
}

impl House {
    /// A server with nobody in it.
    pub async fn empty() -> Self {
        Self::limited(Limits::default()).await
    }

    /// The same with other limits.
    pub async fn limited(limits: Limits) -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let data = tempfile::tempdir().expect("a data directory");
        let mut house = Self {
            data,
            clock: Arc::new(TurnedClock::new()),
            base: String::new(),
            free: Arc::new(AtomicU64::new(u64::MAX)),
            door: Arc::default(),
            limits,
            running: None,
        };
        house.start().await;
        house
    }

    /// *Numbra* with its founder Ada and the desk Phones help, where everyone helps.
    pub async fn with_ada() -> (Self, Person) {
        let house = Self::empty().await;
        let ada = house.founder().await;
        (house, ada)
    }

    async fn founder(&self) -> Person {
        let secret = self.set_up_secret().await;
        let set_up = SetUp {
            secret,
            org: "Numbra".into(),
            zone: "Europe/Berlin".into(),
            name: "Ada".into(),
            email: "ada@numbra.example".into(),
            password: PASSWORD.into(),
            desk: "Phones help".into(),
        };
        let answer = self.post("/api/v1/setup", &set_up).await;
        assert_eq!(answer.status(), 200, "{:?}", answer.text().await);
        self.sign_in("ada@numbra.example").await
    }

    /// Numbra with Ada, and these people who joined by her team link.
    pub async fn with_team<const N: usize>(names: [&str; N]) -> (Self, Person, [Person; N]) {
        Self::empty().await.with_people(names).await
    }

    /// The same in this house, which is empty.
    pub async fn with_people<const N: usize>(self, names: [&str; N]) -> (Self, Person, [Person; N]) {
        let house = self;
        let mut ada = house.founder().await;
        let secret = house.invite(&mut ada, Role::Agent).await;
        let mut team = Vec::new();
        for name in names {
            team.push(house.join(&secret, name).await);
        }
        let team = team.try_into().ok().expect("as many people as names");
        (house, ada, team)
    }

    /// Starts the server on the data directory.
    pub async fn start(&mut self) {
        assert!(self.running.is_none(), "the server runs already");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        self.base = format!("http://{}", listener.local_addr().expect("an address"));
        let machine = deskside_local::open(self.data.path()).expect("the data directory opens");
        let parts = Parts {
            store: machine.store.clone(),
            accounts: machine.accounts.clone(),
            blobs: Arc::new(Cramped {
                disk: machine.blobs.clone(),
                free: self.free.clone(),
                door: self.door.clone(),
            }),
            bus: machine.bus.clone(),
            clock: self.clock.clone(),
            chance: machine.chance.clone(),
            settings: Settings {
                limits: self.limits,
                private_calendars: true,
                converter: deskside_tests::desksided::program().ok(),
                ..Settings::at(self.base.clone())
            },
        };
        drop(machine);
        let (stop, stopped) = oneshot::channel();
        let served = parts.clone();
        let task = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            deskside_server::serve(listener, served, stopped).await.expect("the server ends in order");
        });
        self.running = Some(Running { stop, task, parts });
    }

    /// Stops the server in order.
    pub async fn stop(&mut self) {
        // With the parts goes the lock on the data directory.
        let Running { stop, task, .. } = self.running.take().expect("the server runs");
        let _ = stop.send(());
        within("the server to end", task).await.expect("the server does not panic");
    }

    pub async fn restart(&mut self) {
        self.stop().await;
        self.start().await;
    }

    /// Files of the data directory that hold these bytes.
    pub fn files_with(&self, bytes: &[u8]) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.data.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if std::fs::read(&path).expect("a file").windows(bytes.len()).any(|part| part == bytes)
                {
                    found.push(path);
                }
            }
        }
        found
    }

    /// Files of the data directory whose names begin with this.
    pub fn files_named(&self, start: &str) -> Vec<PathBuf> {
        let folders = ["blobs/uploads", "blobs/small"].map(|folder| self.data.path().join(folder));
        let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).expect("a folder"));
        let paths = files.filter_map(|entry| Some(entry.ok()?.path()));
        paths
            .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start)))
            .collect()
    }

    /// What is wrong with the data directory.
    pub fn findings(&self) -> Vec<deskside_local::Finding> {
        deskside_local::verify(self.data.path()).expect("can be read")
    }

    /// A fresh set-up secret, as `desksided setup-link` makes it.
    pub async fn set_up_secret(&self) -> String {
        let secret = Token::fresh(&deskside_local::SystemChance).text();
        let expires_at = self.clock.now().plus(DAY);
        let link = LinkRow { secret_hash: hash_of(&secret), purpose: LinkPurpose::SetUp, expires_at };
        self.parts().accounts.keep_link(link).await.expect("the link is kept");
        secret
    }

    /// The parts of the running server, for what no client can see.
    pub fn parts(&self) -> &Parts {
        &self.running.as_ref().expect("the server runs").parts
    }

    pub async fn post<T: serde::Serialize>(&self, path: &str, body: &T) -> reqwest::Response {
        let sent = Client::new().post(format!("{}{path}", self.base)).json(body).send();
        within("an answer", sent).await.expect("the server answers")
    }

    pub async fn get(&self, path: &str) -> reqwest::Response {
        let sent = Client::new().get(format!("{}{path}", self.base)).send();
        within("an answer", sent).await.expect("the server answers")
    }

    /// A team link of `admin`: its secret.
    pub async fn invite(&self, admin: &mut Person, role: Role) -> String {
        let secret = Token::fresh(&deskside_local::SystemChance).text();
        let secret_hash = hash_of(&secret).iter().map(|byte| format!("{byte:02x}")).collect();
        let invite = InviteId::fresh();
        let make = MakeInvite { invite, secret_hash, role, label: String::new(), uses: 20, days: 7 };
        admin.does(make).await;
        secret
    }

    pub async fn join(&self, secret: &str, name: &str) -> Person {
        let email = format!("{}@numbra.example", name.to_lowercase());
        let join = Join {
            secret: secret.into(),
            name: name.into(),
            email: email.clone(),
            password: PASSWORD.into(),
        };
        let answer = self.post("/api/v1/join", &join).await;
        assert_eq!(answer.status(), 200, "{name}: {:?}", answer.text().await);
        self.sign_in(&email).await
    }

    /// A new device of somebody.
    pub async fn sign_in(&self, email: &str) -> Person {
        let sign_in =
            SignIn { email: email.into(), password: PASSWORD.into(), device: "story".into(), token: true };
        let answer = self.post("/api/v1/session", &sign_in).await;
        assert_eq!(answer.status(), 200, "{email}");
        let signed_in: SignedIn = answer.json().await.expect("an answer to sign-in");
        Person::new(email, &self.base, signed_in)
    }

    /// The first desk.
    pub async fn desk(&self, person: &Person) -> Desk {
        person
            .page("desks")
            .await
            .into_iter()
            .find_map(|entity| match entity {
                deskside_protocol::Entity::Desk(desk) if desk.name == "Phones help" => Some(desk),
                _ => None,
            })
            .expect("the first desk is there")
    }
}
