//! The client against the real server: nothing acknowledged is lost or doubled, whatever is cut, stopped or killed.

mod delivery;
mod feed;
mod killed;
mod pinned;
mod uploads;
mod versions;
