//! The Rust client: sign-in, the feed into a replica on disk, an outbox that delivers exactly once, resumable uploads.
//!
//! [`Client::open`] works without a network: what was seen last is shown, what is asked is kept. One SQLite file per
//! profile holds replica, cursor, outbox, drafts and unfinished uploads, with `synchronous=FULL`, so that "saved"
//! means on disk. Hosts (the desktop app, tests, the command line) subscribe to [`News`] and send commands; they never
//! see the token. Deliberately not here: rules, predictions of what the server will decide, windows, screens, codecs.

mod account;
mod backoff;
mod client;
mod connection;
mod db;
mod drafts;
mod error;
mod hub;
mod inner;
mod link;
mod network;
mod news;
mod outbox;
mod outbox_store;
mod replica;
mod secret;
mod server;
mod socket;
mod tls;
mod tus;
mod upload_store;
mod uploads;

pub use client::{Client, Options, Ticket};
pub use error::Trouble;
pub use hub::Subscription;
pub use link::ServerLink;
pub use news::{Connection, News, Passing, SessionState, Waiting, WaitingState};
pub use server::Media;
pub use upload_store::{UploadKind, UploadState, UploadStatus};
pub use uploads::Growing;
