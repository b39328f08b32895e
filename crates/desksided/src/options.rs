//! The command line. Its shape is a stable interface; help texts are for administrators.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

/// Deskside's server: help at the side of the desk.
#[derive(Parser)]
#[command(name = "desksided", version, about)]
pub struct Options {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Serve the organisation in a data directory.
    Serve(Serve),
    /// Fill an empty data directory with the demo organisation Numbra.
    Demo(Demo),
    /// Print the one-time link that sets up the organisation, or one that lets an admin back in.
    SetupLink(SetupLink),
    /// Copy a data directory, also while it is being served.
    Backup {
        /// The data directory.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// A new directory for the copy.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Make a data directory from a backup; apps then start again with a snapshot.
    Restore {
        /// The backup.
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
        /// A new data directory.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
    /// A clip on standard input, the same in VP9 on standard output. The server starts this for clips that somebody's
    /// player can't decode; it can be used by hand, too.
    Convert(Convert),
    /// Check a data directory: every row can be read, every byte is there.
    Verify {
        /// The data directory.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
}

#[derive(Args)]
pub struct Serve {
    /// The data directory; made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Where to listen.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7373")]
    pub listen: SocketAddr,
    /// Where people reach this server, e.g. https://desk.example.com.
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// A certificate chain (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_key", conflicts_with_all = ["acme", "behind_proxy"])]
    pub tls_cert: Option<PathBuf>,
    /// Its key (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Get a certificate for this domain from Let's Encrypt; port 443 must reach this server.
    #[arg(long, value_name = "DOMAIN", conflicts_with = "behind_proxy")]
    pub acme: Option<String>,
    /// Another authority than Let's Encrypt: the address of its ACME directory.
    #[arg(long, value_name = "URL", requires = "acme")]
    pub acme_directory: Option<String>,
    /// Certificates (PEM) that authority's own address is trusted by, where the usual ones don't do.
    #[arg(long, value_name = "FILE", requires = "acme_directory")]
    pub acme_trust: Option<PathBuf>,
    /// A proxy on this machine or network speaks HTTPS; its X-Forwarded-For is believed.
    #[arg(long, requires = "public_url")]
    pub behind_proxy: bool,
    /// People's calendars may lie at private addresses, at any port, and be fetched by plain HTTP.
    #[arg(long)]
    pub private_calendars: bool,
    /// The UI bundle, instead of the one in this program.
    #[arg(long, value_name = "DIR")]
    pub ui: Option<PathBuf>,
    /// A folder whose files are offered at /download; by default `downloads` in the data directory, or what came with
    /// this program.
    #[arg(long, value_name = "DIR")]
    pub downloads: Option<PathBuf>,
    /// Where the nightly backups go; by default `backups` in the data directory.
    #[arg(long, value_name = "DIR", conflicts_with = "no_backup")]
    pub backups: Option<PathBuf>,
    /// No nightly backup: something else makes them.
    #[arg(long)]
    pub no_backup: bool,
}

#[derive(Args)]
pub struct Convert {
    /// How long the clip is; by default its last picture stands for a moment.
    #[arg(long, value_name = "N")]
    pub length_ms: Option<u32>,
    /// It is ended when it has used the processor for so long.
    #[arg(long, value_name = "N", default_value_t = 3_600)]
    pub cpu_seconds: u64,
}

#[derive(Args)]
pub struct Demo {
    /// The data directory.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Print one-click sign-in links, also beside a running server.
    #[arg(long)]
    pub links: bool,
    /// Print them as JSON.
    #[arg(long, requires = "links")]
    pub json: bool,
    /// Where the links point, if no server is running.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:7373")]
    pub public_url: String,
    /// Pictures and clips to show, as `cargo xtask demo-media` makes them.
    #[arg(long, value_name = "DIR")]
    pub media: Option<PathBuf>,
}

#[derive(Args)]
pub struct SetupLink {
    /// The data directory.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Where the link points, if no server is running.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:7373")]
    pub public_url: String,
}
