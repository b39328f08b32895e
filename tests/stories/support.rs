//! A team of named people around one server.

mod clock;
mod cramped;
mod house;
mod recording;
mod shown;

pub use clock::TurnedClock;
pub use deskside_tests::{
    person::{Person, question},
    within,
};
pub use house::House;
pub use recording::{png, recording};
pub use shown::Shown;
