//! One app per profile. The first takes a lock and listens; a later start hands over what it was asked to do and ends.
//!
//! A lock file and a loopback port with a secret in a file that only this user can read work alike on every system
//! and without a session bus, which the systems' own ways do not.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{BufRead as _, BufReader, Write as _},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, bail};
use deskside_client::Trouble;
use deskside_protocol::{Code, Problem};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader as AsyncBufReader},
    net::TcpListener,
    sync::{mpsc, oneshot},
};

use crate::{app::SOON, ask::AskFor, hotkeys::Does, secret::write_private, whole_screen};

/// A running app that does not answer for this long is hanging. It may look at a picture first and then wait for the
/// server; were that longer, whoever asked would be told that nobody answers, and would ask once more.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// What taking the picture and keeping the question may take besides.
const BESIDES: Duration = Duration::from_secs(5);
const _: () =
    assert!(whole_screen::PATIENCE.as_secs() + SOON.as_secs() + BESIDES.as_secs() < PATIENCE.as_secs());
/// Longest handed-over line.
const LONGEST: u64 = 1 << 20;

/// What a second start asks of the first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Errand {
    /// Come to the front.
    Show,
    /// `deskside://…`
    Link {
        /// The whole link.
        link: String,
    },
    /// `deskside ask` without a question: what its key does.
    Key {
        /// Which key.
        does: Does,
    },
    /// `deskside ask …`
    Ask {
        /// What to ask.
        ask: AskFor,
    },
    /// `deskside selftest --link`: how long a clip takes from Stop until it can be opened.
    TestLink {
        /// Whether to send it now; else only where it would go is answered.
        send: bool,
    },
}

/// What became of an errand: one line for the person who gave it, or why it was not done and what to do next.
pub type Outcome = Result<String, Problem>;

/// An errand, and where its outcome goes.
pub struct Received {
    /// What to do.
    pub errand: Errand,
    /// Whom to tell.
    pub done: oneshot::Sender<Outcome>,
}

/// The lock on a profile. Free again when dropped, and when the process dies.
#[derive(Debug)]
pub struct Instance {
    _lock: File,
    folder: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Door {
    port: u16,
    secret: String,
}

impl Instance {
    /// Takes the profile; `None` if an app has it already.
    pub fn take(folder: &Path) -> anyhow::Result<Option<Self>> {
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        let path = folder.join("lock");
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let lock = lock.with_context(|| format!("opening {}", path.display()))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self { _lock: lock, folder: folder.to_owned() })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("locking {}", path.display()))
            }
        }
    }

    /// Listens for errands from now on.
    pub async fn listen(&self) -> anyhow::Result<mpsc::Receiver<Received>> {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("listening for other starts")?;
        let door = Door { port: listener.local_addr()?.port(), secret: crate::secret::fresh()? };
        write_private(&door_of(&self.folder), &serde_json::to_vec(&door)?)?;
        let (sender, receiver) = mpsc::channel(16);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (sender, secret) = (sender.clone(), door.secret.clone());
                tokio::spawn(async move {
                    match tokio::time::timeout(PATIENCE, receive(stream, &secret, sender)).await {
                        Ok(Ok(())) => {}
                        Ok(Err(error)) => tracing::warn!(%error, "an errand was not understood"),
                        Err(_) => tracing::warn!("an errand took too long"),
                    }
                });
            }
        });
        Ok(receiver)
    }
}

async fn receive(
    stream: tokio::net::TcpStream,
    secret: &str,
    sender: mpsc::Sender<Received>,
) -> anyhow::Result<()> {
    use tokio::io::AsyncReadExt as _;
    let (read, mut write) = stream.into_split();
    let mut lines = AsyncBufReader::new(read.take(LONGEST)).lines();
    let said = lines.next_line().await?.unwrap_or_default();
    if !crate::secret::same(&said, secret) {
        bail!("somebody came without the secret");
    }
    let errand: Errand = serde_json::from_str(&lines.next_line().await?.unwrap_or_default())?;
    let (done, outcome) = oneshot::channel();
    sender.send(Received { errand, done }).await.context("the app is closing")?;
    let outcome: Outcome = match outcome.await {
        Ok(outcome) => outcome,
        Err(_) => Err(Problem::new(Code::Unavailable, "Deskside is closing")),
    };
    write.write_all(format!("{}\n", serde_json::to_string(&outcome)?).as_bytes()).await?;
    Ok(())
}

/// Asks the app that has this profile to run an errand. Answers its line, or what it refused; a fault if it could not
/// be asked.
pub fn hand_over(folder: &Path, errand: &Errand) -> Result<String, Trouble> {
    Ok(said_by_the_first(folder, errand)??)
}

fn said_by_the_first(folder: &Path, errand: &Errand) -> anyhow::Result<Outcome> {
    let path = door_of(folder);
    let door = fs::read(&path).with_context(|| {
        format!("Deskside is starting or ending ({} is not there); try again in a moment", path.display())
    })?;
    let door: Door = serde_json::from_slice(&door)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, door.port));
    let mut stream =
        TcpStream::connect_timeout(&address, PATIENCE).context("the running Deskside does not answer")?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(format!("{}\n{}\n", door.secret, serde_json::to_string(errand)?).as_bytes())?;
    stream.shutdown(Shutdown::Write)?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).context("the running Deskside does not answer")?;
    serde_json::from_str(&line).context("the running Deskside is of another version; restart it")
}

fn door_of(folder: &Path) -> PathBuf {
    folder.join("door.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_second_start_hands_over_to_the_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = Instance::take(folder.path()).expect("locked").expect("the first one");
        assert!(Instance::take(folder.path()).expect("asked").is_none(), "a profile has one app");
        let mut errands = first.listen().await.expect("listening");
        let given = Errand::Link { link: "deskside://request/1".to_owned() };
        let (path, errand) = (folder.path().to_owned(), given.clone());
        let second = tokio::task::spawn_blocking(move || hand_over(&path, &errand));
        let received = errands.recv().await.expect("an errand");
        assert_eq!(received.errand, given);
        received.done.send(Ok("shown".to_owned())).expect("it waits");
        assert_eq!(second.await.expect("no panic").expect("done"), "shown");

        let (path, errand) = (folder.path().to_owned(), Errand::Show);
        let third = tokio::task::spawn_blocking(move || hand_over(&path, &errand));
        let refused = Problem::new(Code::Unknown, "no desk");
        errands.recv().await.expect("an errand").done.send(Err(refused)).expect("it waits");
        let trouble = third.await.expect("no panic").expect_err("refused");
        assert_eq!(trouble.code(), Some(Code::Unknown), "the code crosses, not only words: {trouble}");
        drop(first);
        assert!(Instance::take(folder.path()).expect("asked").is_some(), "free when the first is gone");
    }

    #[tokio::test]
    async fn who_lacks_the_secret_is_not_heard() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = Instance::take(folder.path()).expect("locked").expect("the first one");
        let mut errands = first.listen().await.expect("listening");
        let door: Door =
            serde_json::from_slice(&fs::read(door_of(folder.path())).expect("a door")).expect("json");
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", door.port)).await.expect("connected");
        stream.write_all(b"guess\n{\"what\":\"show\"}\n").await.expect("written");
        let mut answer = String::new();
        tokio::io::AsyncReadExt::read_to_string(&mut stream, &mut answer).await.expect("closed");
        assert_eq!(answer, "");
        assert!(errands.try_recv().is_err(), "nothing reached the app");
    }
}
