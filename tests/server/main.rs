//! The real server binary: uploads by clients that other people wrote, kills at random moments, backups restored, the
//! demo filled.

mod demo;
mod killed;
mod restored;
mod support;
mod tus_clients;
