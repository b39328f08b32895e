//! Certificates: given ones, or those of the server's own authority, whose fingerprint travels in invite
//! links so that apps trust exactly it. Kept in `DIR/tls`: `ca.pem`, `ca.key`, `server.pem`, `server.key`.

use std::{
    fs,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use anyhow::Context;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use sha2::{Digest, Sha256};

/// The leaf is made anew when it is older: systems refuse leaves of more than 825 days, and a name may change.
const LEAF_FOR: Duration = Duration::from_secs(300 * 86_400);

/// How the server is trusted.
pub enum Certificates {
    /// Plain HTTP: loopback, or behind a proxy.
    None,
    /// A chain and its key.
    Files {
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
        /// SHA-256 of one's own authority, hex; `None`: others know the authority.
        pin: Option<String>,
    },
    /// Those of an authority that is asked for them.
    Acme(Acme),
}

/// An authority that gives certificates by ACME.
pub struct Acme {
    /// Whose.
    pub domain: String,
    /// Where account and certificate are kept over a restart.
    pub cache: PathBuf,
    /// Its directory; `None`: Let's Encrypt.
    pub directory: Option<String>,
    /// What its own address is trusted by; `None`: the authorities that browsers know.
    pub trust: Option<Vec<CertificateDer<'static>>>,
}

impl Certificates {
    /// What links must carry.
    pub fn pin(&self) -> Option<String> {
        match self {
            Self::Files { pin, .. } => pin.clone(),
            _ => None,
        }
    }
}

impl Acme {
    /// As configured.
    pub fn new(
        domain: &str,
        cache: PathBuf,
        directory: Option<&str>,
        trust: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let trust = trust.map(read_chain).transpose()?;
        Ok(Self { domain: domain.to_owned(), cache, directory: directory.map(str::to_owned), trust })
    }
}

/// Somebody else's chain and key.
pub fn given(chain: &Path, key: &Path) -> anyhow::Result<Certificates> {
    Ok(Certificates::Files { chain: read_chain(chain)?, key: read_key(key)?, pin: None })
}

/// The server's own authority and a leaf for `names`, made where they are missing.
pub fn own(folder: &Path, names: &[String]) -> anyhow::Result<Certificates> {
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let path = |name: &str| folder.join(name);
    if !path("ca.pem").exists() {
        make_authority(folder)?;
    }
    let said = names.join("\n");
    let known = fs::read_to_string(path("names")).unwrap_or_default();
    let fresh = path("server.pem")
        .metadata()
        .and_then(|meta| meta.modified())
        .is_ok_and(|made| SystemTime::now().duration_since(made).is_ok_and(|age| age < LEAF_FOR));
    if known != said || !fresh {
        make_leaf(folder, names)?;
        keep(&path("names"), &said)?;
    }
    let authority = read_chain(&path("ca.pem"))?;
    let mut chain = read_chain(&path("server.pem"))?;
    let pin = pin_of(authority.first().context("ca.pem holds no certificate")?);
    chain.extend(authority);
    Ok(Certificates::Files { chain, key: read_key(&path("server.key"))?, pin: Some(pin) })
}

/// The pin of the authority in `DIR/tls`, if there is one.
pub fn kept_pin(data: &Path) -> Option<String> {
    read_chain(&data.join("tls/ca.pem")).ok()?.first().map(pin_of)
}

fn pin_of(authority: &CertificateDer<'_>) -> String {
    Sha256::digest(authority.as_ref()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Deskside, this server's own authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = rcgen::date_time_ymd(2024, 1, 1);
    params.not_after = rcgen::date_time_ymd(2049, 1, 1);
    params
}

fn make_authority(folder: &Path) -> anyhow::Result<()> {
    let key = KeyPair::generate()?;
    let certificate = authority_params().self_signed(&key)?;
    keep(&folder.join("ca.key"), &key.serialize_pem())?;
    keep(&folder.join("ca.pem"), &certificate.pem())?;
    tracing::info!("made this server's own certificate authority");
    Ok(())
}

fn make_leaf(folder: &Path, names: &[String]) -> anyhow::Result<()> {
    let authority_key = KeyPair::from_pem(&fs::read_to_string(folder.join("ca.key"))?)?;
    // The issuer's name and key are all a leaf takes from it, and both are the same as when it was made.
    let issuer = Issuer::new(authority_params(), authority_key);
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "Deskside");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let now = SystemTime::now();
    params.not_before = (now - Duration::from_secs(86_400)).into();
    params.not_after = (now + LEAF_FOR + Duration::from_secs(90 * 86_400)).into();
    let certificate = params.signed_by(&key, &issuer)?;
    keep(&folder.join("server.key"), &key.serialize_pem())?;
    keep(&folder.join("server.pem"), &certificate.pem())?;
    Ok(())
}

/// Writes a file that only its owner reads, whole or not at all.
fn keep(path: &Path, text: &str) -> anyhow::Result<()> {
    let partial = path.with_extension("new");
    let _ = fs::remove_file(&partial);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&partial, path).with_context(|| format!("writing {}", path.display()))
}

fn read_chain(path: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let read = || CertificateDer::pem_file_iter(path)?.collect::<Result<Vec<_>, _>>();
    let chain = read().with_context(|| format!("reading the certificates in {}", path.display()))?;
    anyhow::ensure!(!chain.is_empty(), "{} holds no certificate", path.display());
    Ok(chain)
}

fn read_key(path: &Path) -> anyhow::Result<PrivateKeyDer<'static>> {
    PrivateKeyDer::from_pem_file(path).with_context(|| format!("reading the key in {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authority_stays_when_the_leaf_changes() {
        let folder = tempfile::tempdir().expect("a folder");
        let own = |names: &[&str]| {
            let names: Vec<_> = names.iter().map(|name| name.to_string()).collect();
            match own(folder.path(), &names).expect("is made") {
                Certificates::Files { chain, pin, .. } => (chain, pin),
                _ => panic!("no files"),
            }
        };
        let (first, pin) = own(&["localhost"]);
        assert_eq!(own(&["localhost"]).0, first, "nothing changed");
        let (second, same_pin) = own(&["localhost", "desk.example.com"]);
        assert_eq!(same_pin, pin, "apps that know the authority go on");
        assert_ne!(second[0], first[0], "a leaf with the new name");
        assert_eq!(second[1], first[1]);
    }

    #[test]
    fn a_client_that_knows_only_the_authority_accepts_the_leaf() {
        let folder = tempfile::tempdir().expect("a folder");
        let made = own(folder.path(), &["desk.example.com".into()]).expect("is made");
        let Certificates::Files { chain, .. } = made else { panic!("no files") };
        let mut roots = rustls::RootCertStore::empty();
        roots.add(chain[1].clone()).expect("an authority");
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let verifier = rustls::client::WebPkiServerVerifier::builder_with_provider(roots.into(), provider)
            .build()
            .expect("builds");
        let verify = |name: &'static str| {
            use rustls::client::danger::ServerCertVerifier;
            let name = rustls::pki_types::ServerName::try_from(name).expect("a name");
            verifier.verify_server_cert(
                &chain[0],
                &chain[1..],
                &name,
                &[],
                rustls::pki_types::UnixTime::now(),
            )
        };
        assert!(verify("desk.example.com").is_ok());
        assert!(verify("other.example.com").is_err());
    }
}
