//! The real binary: what administrators and `cargo xtask run` rely on.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
    time::Duration,
};

use reqwest::{Certificate, Client};
use serde_json::{Value, json};

/// Whatever is waited for must have happened by then.
const DEADLINE: Duration = Duration::from_secs(60);

struct Server {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Server {
    fn start(data: &Path, arguments: &[&str]) -> Self {
        Self::start_by(&mut binary(), data, arguments)
    }

    fn start_by(binary: &mut Command, data: &Path, arguments: &[&str]) -> Self {
        let mut child = binary
            .args(["serve", "--no-backup", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let (say, lines) = mpsc::channel();
        let out = BufReader::new(child.stdout.take().expect("piped"));
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| say.send(line)));
        Self { child, lines }
    }

    /// What follows `start` in a line that it prints.
    fn says(&self, start: &str) -> String {
        loop {
            let line =
                self.lines.recv_timeout(DEADLINE).unwrap_or_else(|_| panic!("it never said {start:?}"));
            if let Some(rest) = line.strip_prefix(start) {
                return rest.to_owned();
            }
        }
    }

    fn ends(mut self) {
        let done = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill runs");
        assert!(done.success());
        assert!(self.child.wait().expect("it ends").success(), "it ends in order");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn binary() -> Command {
    Command::new(env!("CARGO_BIN_EXE_desksided"))
}

fn run(arguments: &[&str], data: &Path) -> Output {
    binary().args(arguments).arg("--data").arg(data).output().expect("the binary runs")
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn http() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

async fn sign_in(http: &Client, link: &str) -> Value {
    let (address, secret) = link.split_once("/sign-in#").expect("a sign-in link");
    let secret = secret.split('&').next().expect("a secret");
    let body = json!({ "secret": secret, "token": true });
    let answer =
        http.post(format!("{address}/api/v1/session/link")).json(&body).send().await.expect("answers");
    assert_eq!(answer.status(), 200);
    answer.json().await.expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_can_be_walked_into_before_and_while_it_is_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("server");
    let links = text(&run(&["demo", "--links"], &data));
    assert!(links.lines().any(|line| line.starts_with("Ana http://127.0.0.1:7373/sign-in#")), "{links}");
    let server = Server::start(&data, &[]);
    let address = server.says("listening on ");
    let links: Value =
        serde_json::from_str(&text(&run(&["demo", "--links", "--json"], &data))).expect("JSON");
    let http = http();
    let signed_in = sign_in(&http, links["Sam"].as_str().expect("Sam's link")).await;
    let token = signed_in["token"].as_str().expect("a token");
    let get = async |path: &str| -> Value {
        let answer = http.get(format!("{address}{path}")).bearer_auth(token).send().await.expect("answers");
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.expect("JSON")
    };
    let people = get("/api/v1/people").await;
    let mut names: Vec<_> = people["items"]
        .as_array()
        .expect("people")
        .iter()
        .filter_map(|person| person["name"].as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["Ada", "Alf", "Ana", "Ben", "Chi", "Dov", "Eli", "Eve", "Fay", "Kit", "Sam", "Sid"]);
    assert_eq!(get("/api/v1/desks").await["items"].as_array().expect("desks").len(), 3);
    let requests = get("/api/v1/requests").await;
    let states: std::collections::BTreeSet<_> = requests["items"]
        .as_array()
        .expect("requests")
        .iter()
        .filter_map(|row| row["state"].as_str())
        .collect();
    assert_eq!(
        states.into_iter().collect::<Vec<_>>(),
        ["accepted", "answered", "open", "solved", "waiting_asker", "withdrawn"],
        "threads in every state"
    );
    server.ends();
    assert_eq!(text(&run(&["verify"], &data)), "everything is in order\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn off_loopback_it_is_its_own_authority_which_links_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("server");
    let server = Server::start(&data, &["--public-url", "https://localhost:1"]);
    let link = server.says("set up by opening this link once: ");
    server.says("listening on https://localhost:1");
    let beside = text(&run(&["setup-link"], &data));
    for link in [&link, beside.trim()] {
        let pin = link.split_once("&pin=").expect("a pin").1;
        assert_eq!(pin.len(), 64, "{link}");
    }
    let second = run(&["setup-link"], &data);
    assert!(second.status.success(), "each link is its own");

    // The port is the machine's choice: asked of the system, as the server prints where people reach it.
    let port = port_of(server.child.id());
    let authority = std::fs::read(data.join("tls/ca.pem")).expect("the authority");
    let _ = rustls::crypto::ring::default_provider().install_default();
    let trusting = Client::builder()
        .tls_certs_only([Certificate::from_pem(&authority).expect("a certificate")])
        .build()
        .expect("a client");
    let hello: Value = trusting
        .get(format!("https://localhost:{port}/api/v1/hello"))
        .send()
        .await
        .expect("whoever knows the authority is answered")
        .json()
        .await
        .expect("JSON");
    assert_eq!(hello["product"], "deskside");
    assert_eq!(hello["set_up"], false);
    let plain = http().get(format!("http://localhost:{port}/api/v1/hello")).send().await;
    assert!(plain.is_err(), "plain HTTP is not answered");
    server.ends();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_was_given_is_shown_and_links_carry_no_pin() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("server");
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("another");
    let [chain, key, wrong] = ["chain.pem", "key.pem", "wrong.pem"].map(|name| folder.path().join(name));
    std::fs::write(&chain, made.cert.pem()).expect("writes");
    std::fs::write(&key, made.signing_key.serialize_pem()).expect("writes");
    std::fs::write(&wrong, other.signing_key.serialize_pem()).expect("writes");
    let [chain, key, wrong] = [&chain, &key, &wrong].map(|path| path.to_str().expect("UTF-8"));

    let refused = run(&["serve", "--listen", "127.0.0.1:0", "--tls-cert", chain, "--tls-key", wrong], &data);
    assert!(!refused.status.success());
    let why = String::from_utf8_lossy(&refused.stderr);
    assert!(why.contains("the certificate and its key don't fit"), "{why}");
    assert!(refused.stdout.is_empty(), "it never said that it listens");
    assert!(!data.join("deskside.db").exists(), "and nothing was begun");

    let arguments = ["--tls-cert", chain, "--tls-key", key, "--public-url", "https://localhost:1"];
    let server = Server::start(&data, &arguments);
    let link = server.says("set up by opening this link once: ");
    assert!(link.starts_with("https://localhost:1/set-up#") && !link.contains("pin="), "{link}");
    server.says("listening on https://localhost:1");
    let _ = rustls::crypto::ring::default_provider().install_default();
    let trusting = Client::builder()
        .tls_certs_only([Certificate::from_pem(made.cert.pem().as_bytes()).expect("a certificate")])
        .build()
        .expect("a client");
    let hello = format!("https://localhost:{}/api/v1/hello", port_of(server.child.id()));
    let known: Value = trusting.get(&hello).send().await.expect("is answered").json().await.expect("JSON");
    assert_eq!((&known["product"], &known["pin"]), (&json!("deskside"), &Value::Null));
    assert!(http().get(&hello).send().await.is_err(), "whoever does not know the issuer trusts nobody");
    server.ends();
}

/// The TCP port that a process listens on, from `/proc`.
fn port_of(process: u32) -> u16 {
    let sockets: Vec<_> = std::fs::read_dir(format!("/proc/{process}/fd"))
        .expect("its files")
        .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    let table = std::fs::read_to_string(format!("/proc/{process}/net/tcp")).expect("the table");
    let listening = table.lines().skip(1).find_map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let ours = fields[3] == "0A" && sockets.iter().any(|socket| socket == fields[9]);
        ours.then(|| u16::from_str_radix(fields[1].split(':').nth(1)?, 16).ok()).flatten()
    });
    listening.expect("it listens")
}

#[test]
fn whoever_started_it_is_told_when_links_can_be_had_and_when_it_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("server");
    let socket = folder.path().join("notify");
    let told = std::os::unix::net::UnixDatagram::bind(&socket).expect("a socket");
    told.set_read_timeout(Some(DEADLINE)).expect("a limit");
    let hears = || {
        let mut word = [0; 64];
        let length = told.recv(&mut word).expect("a word in time");
        String::from_utf8_lossy(&word[..length]).into_owned()
    };
    let server = Server::start_by(binary().env("NOTIFY_SOCKET", &socket), &data, &[]);
    assert_eq!(hears(), "READY=1");
    let link = text(&run(&["setup-link"], &data));
    assert!(link.starts_with("http://127.0.0.1:") && link.contains("/set-up#"), "{link}");
    server.ends();
    assert_eq!(hears(), "STOPPING=1");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_app_that_fits_is_offered_from_the_data_directory() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("server");
    let app = format!("deskside_{}_amd64.deb", env!("CARGO_PKG_VERSION"));
    std::fs::create_dir_all(data.join("downloads")).expect("a folder");
    std::fs::write(data.join("downloads").join(&app), "the app").expect("writes");
    let server = Server::start(&data, &[]);
    let address = server.says("listening on ");
    let http = http();
    let get = async |path: &str, accept: &str| {
        let answer = http.get(format!("{address}{path}")).header("accept", accept).send().await;
        let answer = answer.expect("answers");
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.expect("text")
    };
    let page = get("/download", "text/html").await;
    assert!(page.contains(&format!("href=\"/download/{app}\"")), "{page}");
    let list: Value = serde_json::from_str(&get("/download", "application/json").await).expect("JSON");
    assert_eq!(list, json!([{ "name": app, "bytes": 7, "fits": true }]));
    assert_eq!(get(&format!("/download/{app}"), "*/*").await, "the app");
    let outside = http.get(format!("{address}/download/..%2Fdeskside.db")).send().await.expect("answers");
    assert_eq!(outside.status(), 404);
    server.ends();
}

#[test]
fn plain_http_off_loopback_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let refused = run(
        &["serve", "--listen", "0.0.0.0:0", "--public-url", "http://desk.example.com"],
        &folder.path().join("server"),
    );
    assert!(!refused.status.success());
    let why = String::from_utf8_lossy(&refused.stderr);
    assert!(why.contains("plain HTTP is only spoken on loopback"), "{why}");
}
