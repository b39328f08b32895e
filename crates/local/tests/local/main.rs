//! The implementation for one machine against the contract, and what only files on one disk can show: being killed,
//! being backed up, being broken.

#![allow(clippy::unwrap_used, reason = "a test that can't go on says where")]

mod backup;
mod killed;

use std::sync::Arc;

use async_trait::async_trait;
use deskside_ports::contract::{Opened, Place};
use tempfile::TempDir;

/// A data directory of its own.
struct Directory(TempDir);

impl Directory {
    fn fresh() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
}

#[async_trait]
impl Place for Directory {
    async fn open(&self) -> Opened {
        let machine = deskside_local::open(&self.0.path().join("data")).unwrap();
        let store = Arc::clone(&machine.store);
        Opened { store, accounts: machine.accounts.clone(), blobs: machine.blobs.clone() }
    }
}

mod contract {
    deskside_ports::contract!(crate::Directory::fresh());
}
