//! The desktop app without windows: record and upload, shots, loopback media, outbox, commands of the command line.

pub mod cli;
pub mod record;
