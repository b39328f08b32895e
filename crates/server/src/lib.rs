//! The axum server as a library: `serve(listener, parts, shutdown)`.
//!
//! Its routes are made from the tables in `protocol`, its decisions are made by `domain`, and what it needs
//! from outside comes in as [`Parts`]; so it runs the same in a test, on one machine and on many. It opens no
//! file of its own, knows no database, and holds no state that a restart would miss: what is in memory is
//! who is connected and how fast they go, what was read last, and which uploads are being watched.

mod accounts;
mod answer;
mod attendance;
mod calendars;
mod caller;
mod calls;
mod commands;
mod decisions;
mod downloads;
mod due;
mod entities;
mod feed;
mod forget;
mod guard;
mod kept;
mod media;
mod metrics;
mod pace;
mod pages;
mod parts;
mod password;
mod places;
mod range;
mod router;
mod search;
mod secret;
mod serve;
mod snapshots;
mod throttle;
mod uploads;

pub use decisions::{Decisions, POSTER};
pub use kept::kept;
pub use parts::{Limits, Parts, Settings, Ui};
pub use secret::{Token, hash_of};
pub use serve::serve;
