//! The one place where the server's parts are chosen.

use std::path::Path;

use deskside_local::Machine;
use deskside_server::{Parts, Settings};

/// The parts of a server on one machine: SQLite, files, this process, this clock.
pub fn assemble(machine: &Machine, settings: Settings) -> Parts {
    Parts {
        store: machine.store.clone(),
        accounts: machine.accounts.clone(),
        blobs: machine.blobs.clone(),
        bus: machine.bus.clone(),
        clock: machine.clock.clone(),
        chance: machine.chance.clone(),
        settings,
    }
}

/// Opens a data directory.
pub fn open(data: &Path) -> anyhow::Result<Machine> {
    deskside_local::open(data)
}
