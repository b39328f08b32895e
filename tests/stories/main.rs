//! Stories: what people do, told against the real server over real HTTP and WebSockets, on real SQLite, with a
//! clock that the story turns. Nothing here sleeps: it waits for frames, with a deadline.

mod accounts;
mod alike;
mod attendance;
mod blocked;
mod calendar;
mod calls;
mod clips;
mod conversation;
mod converted;
mod cutting;
mod delivery;
mod desk;
mod erasure;
mod heartbeats;
mod limits;
mod mentions;
mod posting;
mod privacy;
mod queue;
mod refusals;
mod share;
mod shift;
mod support;
mod uploads;
mod vetted;
