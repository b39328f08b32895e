//! `desksided serve`.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use axum::serve::ListenerExt;
use deskside_server::{Settings, Ui};
use tokio::net::{TcpListener, TcpSocket};

use crate::{
    assemble::{assemble, open},
    certificates::{self, Acme, Certificates},
    console, doors, links, nightly,
    options::Serve,
    service, ui,
};

/// Serves until the process is told to end.
pub async fn run(options: Serve) -> anyhow::Result<()> {
    service::lift_file_limit();
    let certificates = how_to_be_trusted(&options)?;
    let listener = listen(options.listen).with_context(|| format!("listening on {}", options.listen))?;
    let address = listener.local_addr()?;
    let pin = certificates.pin();
    let public_url = public_url(&options, address, &certificates);
    // A key that does not fit its certificate is told before anything is opened, let alone upgraded.
    let doors = doors::open(listener, certificates)?;
    let machine = open(&options.data)?;
    let settings = Settings {
        behind_proxy: options.behind_proxy,
        pin,
        ui: options.ui.clone().map_or_else(ui::embedded, Ui::Folder),
        downloads: Some(downloads(&options)),
        private_calendars: options.private_calendars,
        converter: std::env::current_exe().ok(),
        ..Settings::at(&public_url)
    };
    let parts = assemble(&machine, settings);

    let _console = console::listen(&options.data, parts.clone())?;
    if !options.no_backup {
        let to = options.backups.clone().unwrap_or_else(|| options.data.join("backups"));
        tokio::spawn(nightly::run(options.data.clone(), to));
    }
    if !links::is_set_up(&parts).await? {
        println!("set up by opening this link once: {}", links::set_up_link(&parts).await?);
    }
    if machine.was_upgraded() {
        // Every row is read once before the database of the previous version is let go.
        parts.store.snapshot().await.with_context(|| {
            let kept = machine.kept_copy();
            format!("this version can't read everything; the database as it was is in {}", kept.display())
        })?;
    }
    // Heard from now on: whoever reads that it listens may end it at once.
    let end = told_to_end();
    println!("listening on {public_url}");
    machine.has_started()?;
    service::ready();
    match doors {
        doors::Doors::Plain(listener) => {
            // Small frames must not wait for the other side's delayed acknowledgement: that is 40 ms each.
            let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
            deskside_server::serve(listener, parts, end).await
        }
        doors::Doors::Tls(listener) => deskside_server::serve(listener, parts, end).await,
    }
}

/// A whole office whose network comes back knocks in one second: more than the usual queue holds.
const KNOCKING: u32 = 4096;

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(KNOCKING)
}

/// Where the apps lie that are offered at /download: the folder that was named, else the one in the data directory, else
/// what came with this program, which is of its version.
fn downloads(options: &Serve) -> PathBuf {
    let own = options.data.join("downloads");
    let program = std::env::current_exe().ok();
    let beside = program.as_deref().and_then(Path::parent);
    let came =
        beside.into_iter().flat_map(|bin| [bin.join("downloads"), bin.join("../share/desksided/downloads")]);
    let mut places = [own.clone()].into_iter().chain(came);
    options.downloads.clone().or_else(|| places.find(|place| place.is_dir())).unwrap_or(own)
}

fn how_to_be_trusted(options: &Serve) -> anyhow::Result<Certificates> {
    if let (Some(chain), Some(key)) = (&options.tls_cert, &options.tls_key) {
        return certificates::given(chain, key);
    }
    if let Some(domain) = &options.acme {
        let (directory, trust) = (options.acme_directory.as_deref(), options.acme_trust.as_deref());
        return Ok(Certificates::Acme(Acme::new(domain, options.data.join("tls/acme"), directory, trust)?));
    }
    if options.behind_proxy {
        if !is_nearby(options.listen) {
            bail!(
                "behind a proxy, listen on loopback or a private address: plain HTTP must not leave the machine room"
            );
        }
        if !options.public_url.as_ref().is_some_and(|url| url.starts_with("https://")) {
            bail!("behind a proxy, --public-url must begin with https://");
        }
        return Ok(Certificates::None);
    }
    let asks_for_https = options.public_url.as_ref().is_some_and(|url| url.starts_with("https://"));
    if options.listen.ip().is_loopback() && !asks_for_https {
        return Ok(Certificates::None);
    }
    let asks_for_http = options.public_url.as_ref().is_some_and(|url| url.starts_with("http://"));
    if asks_for_http {
        bail!(
            "plain HTTP is only spoken on loopback: without --public-url {} this server is its own authority, \
             or use --tls-cert, --acme or --behind-proxy",
            options.public_url.as_deref().unwrap_or_default()
        );
    }
    certificates::own(&options.data.join("tls"), &names(options))
}

/// Names that the server's own certificate is good for.
fn names(options: &Serve) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), hostname()];
    if !options.listen.ip().is_unspecified() {
        names.push(options.listen.ip().to_string());
    }
    if let Some(host) = options.public_url.as_deref().and_then(host_of) {
        names.push(host);
    }
    names.extend(own_addresses());
    names.sort();
    names.dedup();
    names
}

/// The address this machine is reached at from its network, if it has one. Nothing is sent.
fn own_addresses() -> Option<String> {
    let socket = std::net::UdpSocket::bind(("0.0.0.0", 0)).ok()?;
    socket.connect(("192.0.2.1", 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_unspecified()).then(|| address.to_string())
}

fn host_of(url: &str) -> Option<String> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next()?,
        None => authority.split(':').next()?,
    };
    (!host.is_empty()).then(|| host.to_owned())
}

fn hostname() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "localhost".into() } else { name.to_owned() }
}

fn public_url(options: &Serve, address: SocketAddr, certificates: &Certificates) -> String {
    if let Some(url) = &options.public_url {
        return url.trim_end_matches('/').to_owned();
    }
    if let Some(domain) = &options.acme {
        return format!("https://{domain}");
    }
    match certificates {
        Certificates::None => format!("http://{address}"),
        _ if address.ip().is_unspecified() => format!("https://{}:{}", hostname(), address.port()),
        _ => format!("https://{address}"),
    }
}

fn is_nearby(address: SocketAddr) -> bool {
    match address.ip() {
        std::net::IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        std::net::IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// Ctrl+C or SIGTERM.
fn told_to_end() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let term = signal(SignalKind::terminate());
    async {
        match term {
            Ok(mut term) => tokio::select! {
                _ = term.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            },
            Err(error) => {
                tracing::error!(%error, "SIGTERM can't be heard; only Ctrl+C ends this server in order");
                let _ = tokio::signal::ctrl_c().await;
            }
        }
        service::stopping();
        tracing::info!("ending");
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::options::{Command, Options};

    fn serve(arguments: &[&str]) -> Serve {
        let line = ["desksided", "serve"].iter().chain(arguments);
        match Options::try_parse_from(line).map(|options| options.command) {
            Ok(Command::Serve(serve)) => serve,
            _ => panic!("{arguments:?} is no serve"),
        }
    }

    #[test]
    fn plain_http_never_leaves_the_machine_by_itself() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().display().to_string();
        let trusted = |arguments: &[&str]| {
            let mut all = vec!["--data", &data];
            all.extend(arguments);
            how_to_be_trusted(&serve(&all))
        };
        assert!(matches!(trusted(&["--listen", "127.0.0.1:0"]), Ok(Certificates::None)));
        assert!(matches!(trusted(&["--listen", "0.0.0.0:0"]), Ok(Certificates::Files { pin: Some(_), .. })));
        assert!(trusted(&["--listen", "0.0.0.0:0", "--public-url", "http://desk.example.com"]).is_err());
        let proxy = ["--behind-proxy", "--public-url", "https://desk.example.com", "--listen"];
        assert!(trusted(&[&proxy[..], &["0.0.0.0:80"]].concat()).is_err());
        assert!(matches!(trusted(&[&proxy[..], &["127.0.0.1:80"]].concat()), Ok(Certificates::None)));
    }

    #[test]
    fn hosts_are_found_in_addresses() {
        assert_eq!(host_of("https://desk.example.com:8443/x").as_deref(), Some("desk.example.com"));
        assert_eq!(host_of("https://[::1]:8443").as_deref(), Some("::1"));
        assert_eq!(host_of("nonsense"), None);
    }
}
