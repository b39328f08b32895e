//! One machine: rows in SQLite, bytes in files, hints within the process, the system's clock. Everything the server
//! needs from outside without any other service; a data directory is all there is to keep.
//!
//! ```text
//! DIR/lock               one server per directory
//! DIR/deskside.db        rows, log, results, due rows, search, accounts, how far uploads are
//! DIR/blobs/uploads/ID   bytes of clips and attachments, only ever appended to
//! DIR/blobs/small/NAME   small finished blobs
//! ```
//!
//! Deliberately absent: rules, permissions, HTTP.

mod accounts;
mod backup;
mod blobs;
mod bus;
mod clock;
mod database;
mod machine;
mod rows;
mod store;
mod verify;

pub use accounts::LocalAccounts;
pub use backup::{backup, restore};
pub use blobs::LocalBlobs;
pub use bus::LocalBus;
pub use clock::{SystemChance, SystemClock};
pub use machine::{Machine, open};
pub use store::LocalStore;
pub use verify::{Finding, verify};
