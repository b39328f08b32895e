//! A team of named people around one server.

mod clock;
mod house;
mod recording;

pub use clock::TurnedClock;
pub use deskside_tests::{
    person::{Person, question},
    within,
};
pub use house::House;
pub use recording::{png, recording};
