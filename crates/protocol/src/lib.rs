//! Everything that crosses a wire, declared once: ids, entities, commands, the feed, sign-in, error codes.
//!
//! The server's router, the Rust client, the TypeScript types and functions and the OpenAPI document are all
//! made from the two tables here (`command::commands!` and `entity::entities!`); nothing is listed by hand a
//! second time. Types of the domain are mirrored, not shared, because the domain knows no wire format: each
//! mirror lists its fields once and converts both ways. Deliberately absent: rules, I/O, HTTP.

#[macro_use]
mod mirror;

pub mod account;
pub mod calls;
pub mod care;
pub mod charter;
pub mod clocks;
pub mod command;
pub mod entity;
pub mod feed;
pub mod generate;
pub mod id;
pub mod mentions;
pub mod place;
pub mod problem;
pub mod profile;
pub mod search;
pub mod values;

pub use command::Command;
pub use entity::{Entity, EntityKind, EntityRef};
pub use mirror::{Millis, Mirror};
pub use problem::{Code, Problem};

/// The version of this protocol. A client whose `MAJOR` differs is told to update and keeps its drafts.
pub const VERSION: &str = "1.0";

/// The header in which apps and browsers say their version with every request. Whoever calls the API by hand need not.
pub const VERSION_HEADER: &str = "deskside-version";

/// Whether this build understands a client of that version: the majors are the same.
pub fn understands(version: &str) -> bool {
    version.split('.').next() == VERSION.split('.').next()
}
