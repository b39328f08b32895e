//! What a request, desk, person, clip and call *are*, and which changes are allowed.
//!
//! Everything here is a pure function of rows, a command, the time and some chance: `decide` answers with
//! the rows as they shall be, or with a refusal that says what to do instead. That makes every rule of the
//! desk testable in microseconds and the same on every store. Deliberately absent: I/O, async, the system
//! clock, random sources and any wire format (`protocol` mirrors these types for that).

pub mod attachment;
pub mod attendance;
pub mod calendar;
pub mod call;
pub mod care;
pub mod clip;
pub mod clock;
pub mod command;
pub mod decide;
pub mod deny;
pub mod desk;
pub mod id;
pub mod invite;
pub mod masking;
pub mod mention;
pub mod message;
pub mod org;
pub mod permission;
pub mod person;
pub mod place;
pub mod posting;
pub mod presence;
pub mod queue;
pub mod reads;
pub mod refusal;
pub mod request;
pub mod row;
pub mod secret;
pub mod share;
pub mod ticket;
pub mod time;
pub mod wait;

pub use command::Command;
pub use decide::{Actor, Circumstances, Decision, decide};
pub use permission::{Viewer, in_feed, may_see, may_watch};
pub use reads::{Read, reads};
pub use refusal::Refusal;
pub use row::{Key, Row, Scope, State};
pub use time::Time;
