//! `--acme` against a real authority for tests (pebble, as Let's Encrypt uses it for its own clients): a certificate by
//! TLS-ALPN-01, a new one before it is over, and after a restart the kept one at once, also while nobody gives any.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

/// Whatever is waited for must have happened by then.
const DEADLINE: Duration = Duration::from_secs(60);
/// How long the authority's certificates are good. The server asks again after two thirds of it.
const SECONDS: u32 = 6;

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_certificate_is_got_renewed_and_kept_over_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let (port, directory) = (free_port(), free_port());
    let authority = authority(folder.path(), directory, port);

    let server = serve(folder.path(), directory, port);
    let first = until("a certificate", || certificate(port));
    let renewed = until("another one before it is over", || certificate(port).filter(|now| *now != first));
    until("the new one to be kept", || is_kept(folder.path(), &renewed).then_some(()));
    drop(server);
    drop(authority);

    let server = serve(folder.path(), directory, port);
    let again = until("a certificate after the restart", || certificate(port));
    assert_eq!(again, renewed, "the kept one, although nobody gives any now");
    drop(server);
}

/// Starts the authority: its directory on one port, and the port where it looks whether the name is really ours.
fn authority(folder: &Path, directory: u16, ours: u16) -> Process {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("its own certificate");
    fs::write(folder.join("authority.pem"), made.cert.pem()).expect("writes");
    fs::write(folder.join("authority.key"), made.signing_key.serialize_pem()).expect("writes");
    let config = serde_json::json!({ "pebble": {
        "listenAddress": format!("127.0.0.1:{directory}"),
        "managementListenAddress": format!("127.0.0.1:{}", free_port()),
        "certificate": folder.join("authority.pem"),
        "privateKey": folder.join("authority.key"),
        "httpPort": ours,
        "tlsPort": ours,
        "certificateValidityPeriod": SECONDS,
    }});
    fs::write(folder.join("authority.json"), config.to_string()).expect("writes");
    let mut child = Command::new("pebble")
        .arg("-config")
        .arg(folder.join("authority.json"))
        .env("PEBBLE_VA_NOSLEEP", "1")
        .env("PEBBLE_WFE_NONCEREJECT", "0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("pebble is installed by `cargo xtask setup`");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines().map_while(Result::ok);
    lines.find(|line| line.contains("ACME directory available")).expect("it starts");
    std::thread::spawn(move || lines.for_each(drop));
    Process(child)
}

fn serve(folder: &Path, directory: u16, port: u16) -> Process {
    let server = Command::new(env!("CARGO_BIN_EXE_desksided"))
        .args(["serve", "--no-backup", "--acme", "localhost"])
        .args(["--listen", &format!("127.0.0.1:{port}")])
        .args(["--acme-directory", &format!("https://localhost:{directory}/dir")])
        .arg("--acme-trust")
        .arg(folder.join("authority.pem"))
        .arg("--data")
        .arg(folder.join("server"))
        .stdout(Stdio::null())
        .spawn();
    Process(server.expect("the binary starts"))
}

/// The certificate the server shows, if it shows one.
fn certificate(port: u16) -> Option<CertificateDer<'static>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anyone))
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let mut connection = ClientConnection::new(Arc::new(config), name).expect("a connection");
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(DEADLINE)).expect("a limit");
    while connection.is_handshaking() {
        connection.complete_io(&mut stream).ok()?;
    }
    Some(connection.peer_certificates()?.first()?.clone().into_owned())
}

fn is_kept(folder: &Path, certificate: &CertificateDer<'_>) -> bool {
    use rustls::pki_types::pem::PemObject;
    let kept = fs::read_dir(folder.join("server/tls/acme")).into_iter().flatten().flatten();
    kept.filter_map(|entry| CertificateDer::pem_file_iter(entry.path()).ok())
        .flatten()
        .flatten()
        .any(|kept| kept == *certificate)
}

fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// The test asks which certificate is shown, not whether it is trusted.
#[derive(Debug)]
struct Anyone;

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _between: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let provider = rustls::crypto::ring::default_provider();
        let known = &provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let provider = rustls::crypto::ring::default_provider();
        let known = &provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
