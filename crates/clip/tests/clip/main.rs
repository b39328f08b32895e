//! What a clip promises, checked on clips of our own making and with players that are not ours.
//!
//! `ffmpeg` and `ffprobe` must be installed: they are the independent judges, and without them the tests fail.

mod cutting;
mod finishing;
mod hostile;
mod players;
mod support;
mod writing;
