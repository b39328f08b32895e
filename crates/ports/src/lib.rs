//! What the server needs from outside: where rows are kept, where bytes are kept, how nodes wake each
//! other, what time it is. Small traits declared by their consumer; `local` and later `cluster` implement
//! them, and every implementation passes the same contract tests. Deliberately absent: any database.

pub mod accounts;
pub mod blobs;
pub mod bus;
pub mod clock;
#[cfg(feature = "contract")]
pub mod contract;
pub mod due;
pub mod store;

pub use accounts::Accounts;
pub use blobs::Blobs;
pub use bus::Bus;
pub use clock::{Chance, Clock};
pub use store::Store;
