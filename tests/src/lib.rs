//! Whole-product tests; nothing depends on it. What several of them need: a real server in this process, and a proxy
//! that cuts connections.

pub mod cutting;
pub mod server;
