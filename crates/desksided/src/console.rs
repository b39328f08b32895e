//! A socket in the data directory, for whoever may read that: asks the running server for a link, because a
//! data directory is open in one process only. One line each way.

use std::{io::ErrorKind, path::Path, time::Duration};

use anyhow::{Context, bail};
use deskside_server::Parts;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    time::timeout,
};

use crate::links;

const NAME: &str = "console";
const PATIENCE: Duration = Duration::from_secs(10);

/// The socket goes with this.
pub struct Console {
    path: std::path::PathBuf,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Console {
    fn drop(&mut self) {
        self.task.abort();
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Listens beside the server that has `data` open.
pub fn listen(data: &Path, parts: Parts) -> anyhow::Result<Console> {
    let path = data.join(NAME);
    // Whoever holds the directory's lock may remove what a crash left.
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path).with_context(|| format!("listening on {}", path.display()))?;
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let parts = parts.clone();
            tokio::spawn(async move {
                if let Ok(Err(error)) = timeout(PATIENCE, answer(stream, &parts)).await {
                    tracing::debug!(%error, "the console was left");
                }
            });
        }
    });
    Ok(Console { path, task })
}

/// Asks the server that has `data` open; `None` if none has.
pub async fn ask(data: &Path, question: &str) -> anyhow::Result<Option<String>> {
    let mut stream = match UnixStream::connect(data.join(NAME)).await {
        Ok(stream) => stream,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
            return Ok(None);
        }
        Err(error) => return Err(error).context("asking the running server"),
    };
    let asked = async {
        stream.write_all(format!("{question}\n").as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    let answer = timeout(PATIENCE, asked).await.context("the running server does not answer")??;
    match answer.trim_end().split_once(' ') {
        Some(("ok", answer)) => Ok(Some(answer.to_owned())),
        Some((_, error)) => bail!("{error}"),
        None => bail!("the running server ended"),
    }
}

async fn answer(stream: UnixStream, parts: &Parts) -> anyhow::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut question = String::new();
    BufReader::new(reading.take(1_000)).read_line(&mut question).await?;
    let answer = match question.trim_end().split_once(' ') {
        None if question.trim_end() == "setup-link" => links::set_up_link(parts).await,
        Some(("sign-in-link", who)) => links::sign_in_link(parts, who).await,
        _ => Err(anyhow::anyhow!("this server does not know what that means")),
    };
    let line = match answer {
        Ok(answer) => format!("ok {answer}\n"),
        Err(error) => format!("error {}\n", format!("{error:#}").replace('\n', " ")),
    };
    writing.write_all(line.as_bytes()).await?;
    Ok(())
}
