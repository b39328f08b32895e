//! Uploads: tus 1.0 on one side, what becomes of the bytes on the other. Bytes that are committed never
//! change, so readers take no lock and a viewer never disturbs a recorder.

mod attachment;
mod checksum;
mod clip;
mod convert;
mod cut;
mod date;
mod picture;
mod poster;
mod residue;
mod sprite;
mod sweep;
mod tus;
mod watch;

pub(crate) use clip::{Prefix, prefix};
pub(crate) use poster::{MAX as MAX_POSTER, put as put_poster};
pub(crate) use sprite::put as put_sprite;
pub(crate) use sweep::expire;
pub(crate) use tus::{create, head, options, patch, terminate};
pub(crate) use watch::{Watch, run as run_watch};
