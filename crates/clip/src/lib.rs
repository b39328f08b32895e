//! A clip as bytes: write it, index it, finish it, recover it, read it.
//!
//! A clip is a WebM file that is only ever appended to. It begins with a prefix of [`PREFIX`] bytes, then come whole
//! clusters of at most a second. [`Writer`] makes those pieces; [`Scan`] reads them as they grow; [`Finished`] is a
//! new prefix with duration and index, computed from nothing but the bytes, so that recorder and server agree without
//! talking. [`Cutter`] keeps some stretches of a clip and makes a new one of them. What is served is that prefix and the bytes behind the old one, up to the last whole cluster ([`Layout`]).
//! A crash therefore costs the cluster in the making and needs no repair of what was written.
//!
//! Deliberately not here: files, sockets, clocks, encoders, screens. Time and bytes are arguments. Bytes may come from
//! anyone: nothing here panics on them, and memory does not grow with what they claim.

mod cut;
mod ebml;
mod finish;
mod layout;
mod prefix;
mod reader;
mod scan;
mod tracks;
mod walk;
mod writer;

pub use cut::{CutError, Cutter, Stretch, snap};
pub use finish::{Finished, Unplayable, finish, finish_file};
pub use layout::{Layout, Parts};
pub use prefix::PREFIX;
pub use reader::{ReadError, Reader};
pub use scan::{Keyframe, Scan};
pub use tracks::Tracks;
pub use walk::{Fault, MAX_FRAME};
pub use writer::{CLUSTER_SPAN, Cluster, PATIENCE, Unwritable, Writer};
