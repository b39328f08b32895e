//! The real `desksided`, in a process of its own that can be killed: started, stopped and asked as administrators do.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
};

use anyhow::{Context as _, bail, ensure};

use crate::server::PATIENCE;

/// A running `desksided serve`; killed when dropped.
pub struct Desksided {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it printed before it listened, e.g. the set-up link.
    pub said: Vec<String>,
    child: Child,
}

impl Desksided {
    /// Serves `data` on `listen` (port 0: any), and waits until it listens.
    ///
    /// # Errors
    /// If it ends, or says nothing for too long.
    pub fn serve(data: &Path, listen: &str) -> anyhow::Result<Self> {
        Self::serve_with(data, listen, &[])
    }

    /// The same with more arguments. Where people reach it by another address than `listen`, that must not be port 0.
    ///
    /// # Errors
    /// As [`Self::serve`].
    pub fn serve_with(data: &Path, listen: &str, arguments: &[&str]) -> anyhow::Result<Self> {
        let (child, lines) = Self::spawn_with(data, listen, arguments)?;
        let mut said = Vec::new();
        loop {
            let line = lines.recv_timeout(PATIENCE).context("desksided ended before it listened")?;
            if let Some(url) = line.strip_prefix("listening on ") {
                let address = match url.trim_start_matches("http://").parse() {
                    Ok(address) => address,
                    Err(_) => listen.parse().with_context(|| format!("{listen}, reached at {url}"))?,
                };
                return Ok(Self { address, said, child });
            }
            said.push(line);
        }
    }

    /// Starts it and waits for nothing; for those who kill it while it starts.
    ///
    /// # Errors
    /// If the binary is not there.
    pub fn spawn(data: &Path, listen: &str) -> anyhow::Result<(Child, mpsc::Receiver<String>)> {
        Self::spawn_with(data, listen, &[])
    }

    fn spawn_with(
        data: &Path,
        listen: &str,
        arguments: &[&str],
    ) -> anyhow::Result<(Child, mpsc::Receiver<String>)> {
        let mut child = command()?
            .args(["serve", "--no-backup", "--listen", listen, "--data"])
            .arg(data)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()?;
        let (say, lines) = mpsc::channel();
        let out = BufReader::new(child.stdout.take().context("piped")?);
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| say.send(line)));
        Ok((child, lines))
    }

    /// The link that sets up an empty server, as it was printed.
    pub fn set_up_link(&self) -> Option<&str> {
        self.said.iter().find_map(|line| line.strip_prefix("set up by opening this link once: "))
    }

    /// `kill -9`.
    ///
    /// # Errors
    /// If it had ended by itself.
    pub fn kill(mut self) -> anyhow::Result<()> {
        ensure!(self.child.try_wait()?.is_none(), "desksided ended by itself");
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to end and waits until it has, in order.
    ///
    /// # Errors
    /// If it ends otherwise.
    pub fn end(mut self) -> anyhow::Result<()> {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status()?;
        ensure!(asked.success(), "desksided ended by itself");
        let status = self.child.wait()?;
        ensure!(status.success(), "desksided ended with {status}");
        Ok(())
    }
}

impl Drop for Desksided {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs `desksided ARGUMENTS` to its end: what it printed.
///
/// # Errors
/// What it says, if it fails.
pub fn desksided(arguments: &[&str], paths: &[(&str, &Path)]) -> anyhow::Result<String> {
    let output = try_desksided(arguments, paths)?;
    if !output.status.success() {
        bail!("desksided {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The same, also where it shall fail.
///
/// # Errors
/// If the binary is not there.
pub fn try_desksided(arguments: &[&str], paths: &[(&str, &Path)]) -> anyhow::Result<Output> {
    let mut command = command()?;
    command.args(arguments);
    for (name, path) in paths {
        command.arg(name).arg(path);
    }
    Ok(command.output()?)
}

fn command() -> anyhow::Result<Command> {
    Ok(Command::new(program()?))
}

/// The binary that was built with these tests: beside them, or where `DESKSIDED` says.
///
/// # Errors
/// If it is not there.
pub fn program() -> anyhow::Result<PathBuf> {
    let named = std::env::var_os("DESKSIDED").map(PathBuf::from);
    let path = match named {
        Some(path) => path,
        // target/debug/deps/TEST -> target/debug/desksided
        None => std::env::current_exe()?
            .ancestors()
            .nth(2)
            .context("a test lies in target/debug/deps")?
            .join("desksided"),
    };
    ensure!(path.exists(), "{} is not there: run `cargo build -p desksided` first", path.display());
    Ok(path)
}
