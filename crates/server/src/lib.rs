//! The axum server as a library. Knows no database.
