//! What the server's measuring programs share: the real server as a process of its own, what the system says about
//! it, and how figures are printed.

#![allow(dead_code, reason = "each program uses its part")]

pub mod socket;

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use deskside_protocol::account::SignedIn;
use serde_json::{Value, json};

/// Whatever is waited for must have happened by then.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The server's binary, built as this program was.
pub fn desksided() -> Command {
    Command::new(env!("CARGO_BIN_EXE_desksided"))
}

/// A process that answers HTTP, ended when dropped.
pub struct Running {
    child: Child,
    /// Where it answers.
    pub address: SocketAddr,
}

impl Running {
    /// Starts `command`, which prints where it listens.
    pub fn start(command: &mut Command) -> anyhow::Result<Self> {
        let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().context("starting")?;
        let mut lines = BufReader::new(child.stdout.take().context("a pipe")?).lines();
        let address = loop {
            let Some(line) = lines.next().transpose()? else {
                let _ = child.kill();
                bail!("it ended before it listened: {:?}", child.wait()?);
            };
            if let Some(address) = line.strip_prefix("listening on http://") {
                break address.parse()?;
            }
        };
        // What else it prints must not fill the pipe.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Ok(Self { child, address })
    }

    /// The server on `data`.
    pub fn serve(data: &Path) -> anyhow::Result<Self> {
        let quiet = ("DESKSIDE_LOG", "warn");
        Self::start(
            desksided()
                .env(quiet.0, quiet.1)
                .args(["serve", "--no-backup", "--listen", "127.0.0.1:0", "--data"])
                .arg(data),
        )
    }

    /// Its base address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until `path` is answered with 200.
    pub fn healthy(&self, path: &str) -> anyhow::Result<()> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if get(self.address, path).is_ok_and(|answer| answer.starts_with("HTTP/1.1 200")) {
                return Ok(());
            }
        }
        bail!("{path} was never answered with 200")
    }

    /// The memory of the process, in megabytes (10^6 bytes): what is resident now, and the most it ever was.
    pub fn memory(&self) -> anyhow::Result<(f64, f64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let of = |name: &str| -> anyhow::Result<f64> {
            let line =
                status.lines().find(|line| line.starts_with(name)).context("a line of /proc/PID/status")?;
            let kib: f64 = line.split_whitespace().nth(1).context("a number")?.parse()?;
            Ok(kib * 1024.0 / 1e6)
        };
        Ok((of("VmRSS:")?, of("VmHWM:")?))
    }

    /// Processor time it has used, user and system.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let (_, fields) = stat.rsplit_once(") ").context("a name in brackets")?;
        let fields: Vec<&str> = fields.split(' ').collect();
        let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
        // The kernel's unit for these two is a hundredth of a second on every Linux we run on.
        Ok(Duration::from_millis(ticks * 10))
    }

    /// Ends it in order.
    pub fn end(mut self) -> anyhow::Result<()> {
        ensure!(Command::new("kill").arg(self.child.id().to_string()).status()?.success());
        ensure!(self.child.wait()?.success(), "the server did not end in order");
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One plain request, its whole answer.
pub fn get(address: SocketAddr, path: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// The demo organisation in a new data directory.
pub fn fill_demo(data: &Path) -> anyhow::Result<()> {
    let filled = desksided().arg("demo").arg("--data").arg(data).stdout(Stdio::null()).status()?;
    ensure!(filled.success(), "the demo could not be filled");
    Ok(())
}

/// One-click sign-in links of the demo's people, by name.
pub fn demo_links(data: &Path) -> anyhow::Result<serde_json::Map<String, Value>> {
    let links = desksided().args(["demo", "--links", "--json", "--data"]).arg(data).output()?;
    ensure!(links.status.success(), "no sign-in links");
    match serde_json::from_slice(&links.stdout)? {
        Value::Object(links) => Ok(links),
        other => bail!("no links in {other}"),
    }
}

/// Signs in by a one-time link, for a token.
pub async fn sign_in(http: &reqwest::Client, link: &str) -> anyhow::Result<SignedIn> {
    let (base, secret) = link.split_once("/sign-in#").context("a sign-in link")?;
    let secret = secret.split('&').next().unwrap_or_default();
    let request = http.post(format!("{base}/api/v1/session/link"));
    Ok(request
        .json(&json!({ "secret": secret, "token": true }))
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?)
}

/// Prints a figure; with a bar, whether it holds (at most the bar).
pub fn figure(name: &str, figure: f64, unit: &str, bar: Option<f64>, besides: Value) {
    let mut line = json!({ "name": name, "figure": (figure * 100.0).round() / 100.0, "unit": unit });
    if let Some(bar) = bar {
        line["bar"] = bar.into();
        line["holds"] = (figure <= bar).into();
    }
    for (key, value) in besides.as_object().into_iter().flatten() {
        line[key] = value.clone();
    }
    println!("{line}");
}

/// What `share` of `values` stay at or below, in milliseconds.
pub fn percentile(values: &mut [Duration], share: f64) -> f64 {
    values.sort_unstable();
    let at = ((values.len() as f64 * share).ceil() as usize).clamp(1, values.len().max(1)) - 1;
    values.get(at).map_or(f64::NAN, |value| value.as_secs_f64() * 1e3)
}

/// As many open files as the system lets this process and its children have.
pub fn lift_file_limit() -> anyhow::Result<u64> {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit)?;
    Ok(limit.current.unwrap_or(u64::MAX))
}

/// Takes the pages of these files out of the system's memory, as after a restart of the machine.
pub fn make_cold(paths: &[&Path]) -> anyhow::Result<()> {
    for path in paths {
        let files = if path.is_dir() {
            std::fs::read_dir(path)?.filter_map(|entry| Some(entry.ok()?.path())).collect()
        } else {
            vec![path.to_path_buf()]
        };
        for file in files.iter().filter(|file| file.is_file()) {
            let file = std::fs::File::open(file)?;
            // Only clean pages can go.
            file.sync_all()?;
            rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed)?;
        }
    }
    Ok(())
}
