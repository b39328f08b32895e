//! `tus-js-client` (npm) and `tuspy` (PyPI) against the real server, through a proxy that resets connections after a
//! random number of bytes. They resume by themselves; what the server then has is what was sent, by hash.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use deskside_protocol::{command::StartClip, id::ClipId};
use deskside_tests::{chance::seed, cutting::CuttingProxy, desksided::Desksided, person::Person};
use reqwest::Method;
use sha2::{Digest, Sha256};
use tokio::process::Command;

use super::support::{bytes, founder};

/// How long one upload may take, cuts and all.
const PATIENCE: Duration = Duration::from_secs(60);

struct Bench {
    _folder: tempfile::TempDir,
    _server: Desksided,
    mia: Person,
    file: PathBuf,
    seed: u64,
}

impl Bench {
    /// A server, and a file of `length` bytes.
    async fn new(length: u64) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Desksided::serve(&folder.path().join("data"), "127.0.0.1:0").expect("serves");
        let mia = founder(&server).await;
        let file = folder.path().join("clip.webm");
        std::fs::write(&file, bytes(length)).expect("writes");
        Self { _folder: folder, _server: server, mia, file, seed: seed() }
    }

    /// Uploads the file as a clip with `program`, cut all the while.
    async fn uploads(&mut self, program: &mut Command, shape: &str) {
        let clip = ClipId::fresh();
        self.mia
            .does(StartClip {
                clip,
                request: None,
                width: 16,
                height: 16,
                sound: false,
                in_browser: false,
                reviewed: false,
                system_sound: false,
            })
            .await;
        let proxy = self.proxy(shape).await;
        self.runs(program, &proxy, clip, shape).await;
        let kept = self.mia.get(&format!("/media/clip/{clip}")).await.bytes().await.expect("bytes");
        let sent = std::fs::read(&self.file).expect("reads");
        assert_eq!(Sha256::digest(&kept), Sha256::digest(&sent), "{shape}: {} bytes are kept", kept.len());
        assert!(proxy.cuts() > 3, "{shape}: it was cut {} times only", proxy.cuts());
        println!("{shape}: {} cuts", proxy.cuts());
    }

    async fn proxy(&self, shape: &str) -> CuttingProxy {
        let seed = self.seed ^ u64::from_le_bytes(shape.as_bytes()[..4].repeat(2).try_into().expect("eight"));
        let address = self.mia.base.trim_start_matches("http://").parse().expect("an address");
        let proxy = CuttingProxy::start(address, seed, (4_000, 120_000)).await.expect("a proxy");
        proxy.cut(true);
        proxy
    }

    async fn runs(&self, program: &mut Command, proxy: &CuttingProxy, clip: ClipId, shape: &str) -> String {
        let endpoint = format!("http://{}/api/v1/uploads", proxy.address);
        program.args([&endpoint, &self.mia.token, &clip.to_string()]).arg(&self.file).arg(shape);
        let run = program.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).output();
        let run = tokio::time::timeout(PATIENCE, run).await;
        let output = run.unwrap_or_else(|_| panic!("{shape} takes too long")).expect("the client runs");
        assert!(output.status.success(), "{shape}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("server/clients")
}

fn tus_js_client() -> Command {
    let folder = clients();
    assert!(folder.join("node_modules").exists(), "tus-js-client is not installed: run `cargo xtask setup`");
    let mut command = Command::new("node");
    command.arg(folder.join("upload.mjs"));
    command
}

fn tuspy() -> Command {
    let python = clients().join(".venv/bin/python");
    assert!(python.exists(), "tuspy is not installed: run `cargo xtask setup`");
    let mut command = Command::new(python);
    command.arg(clients().join("upload.py"));
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tus_js_client_gets_every_byte_through_a_cutting_network() {
    let mut bench = Bench::new(1_500_007).await;
    for shape in ["whole", "pieces", "deferred", "created"] {
        bench.uploads(&mut tus_js_client(), shape).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tus_js_client_can_have_an_upload_forgotten() {
    let bench = Bench::new(500_000).await;
    let proxy = bench.proxy("terminated").await;
    proxy.cut(false);
    let address = bench.runs(&mut tus_js_client(), &proxy, ClipId::fresh(), "terminated").await;
    let path = address.split_once("/api/").expect("an upload's address").1;
    let head = bench.mia.http(Method::HEAD, &format!("/api/{path}")).header("Tus-Resumable", "1.0.0");
    assert_eq!(head.send().await.expect("answers").status(), 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tuspy_gets_every_byte_through_a_cutting_network() {
    let mut bench = Bench::new(1_200_000).await;
    for shape in ["whole", "pieces", "checked"] {
        bench.uploads(&mut tuspy(), shape).await;
    }
}
