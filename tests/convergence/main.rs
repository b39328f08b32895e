//! Random days: apps and raw clients do commands of every kind through a network that cuts, while the server is killed
//! and stopped under them. When the network is good again, everybody holds what a fresh snapshot says.

mod day;
mod recipes;
#[allow(dead_code, reason = "the stories show pictures too")]
#[path = "../stories/support/recording.rs"]
mod recording;
mod testers;
