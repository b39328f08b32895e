//! The app without windows, against a real server.

mod telephony;
