//! The app without windows, against a real server: what only the two together show.

mod deleted;
mod held;
mod recording;
mod selftest;
mod system_sound;
mod telephony;
