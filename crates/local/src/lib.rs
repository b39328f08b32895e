//! One machine: SQLite, files, in-process bus.
