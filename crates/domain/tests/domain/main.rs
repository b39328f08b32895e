//! The rules of the desk, in one test binary: tables of single decisions, the design's scenarios as stories,
//! and random days that must keep every invariant.

mod attendance;
mod blocks;
mod calls;
mod care;
mod clips;
mod converted;
mod cuts;
mod links;
mod masking;
mod meetings;
mod mentions;
mod new_owner;
mod owed;
mod people;
mod posting;
mod properties;
mod quiet;
mod requests;
mod shadow;
mod share;
mod stories;
mod telling;
mod tickets;
mod world;
