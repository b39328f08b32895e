//! A clip as bytes: write, index, finish, recover. Pure Rust.
