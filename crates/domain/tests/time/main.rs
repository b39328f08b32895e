//! Opening hours, clocks, queue and wait: tables of what people would say, and random days against a slow model
//! that is obviously right.

mod calendar;
mod chance;
mod clock;
mod floor;
mod history;
mod hours;
mod presence;
mod queue;
mod vectors;
mod wait;
mod wall;
