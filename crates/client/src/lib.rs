//! The Rust client: commands, feed, replica, outbox, resumable upload.
