//! The recorder: a screen, a microphone and what the computer plays into a clip that survives whatever happens to the recorder.
//!
//! ```text
//! camera ──pictures──▶ encoding ──packets──▶ keeping ──clusters──▶ file (fdatasync each)
//! microphone ─▶ sound ──────────packets────────┘                   └─▶ listener: kept so far, levels, notes
//! loudspeaker ─┘ (where it may)
//! ```
//!
//! Each box is a thread; queues are bounded, and a full one costs a picture, never a delay of the camera. Under load the
//! encoder's care gives way first, then single pictures, then the frame rate; what was lost is counted. Time is a
//! [`Course`]: real moments minus pauses, the same for both tracks. What was kept is a playable clip at every moment,
//! so stopping, crashing and running out of disk differ only in how much comes after. The countdown before and the
//! upload beside belong to others; an uploader reads what [`Event::Kept`] says is there ([`Shelf::live`]).

mod camera;
mod course;
mod encoding;
mod event;
mod keeping;
mod mute;
mod plan;
mod poster;
pub(crate) mod priority;
mod recorder;
mod shelf;
mod sound;
mod strip;

pub use course::Course;
pub use event::{Event, Note, Outcome, RecordError, Sound};
pub use plan::Plan;
pub(crate) use poster::{first_picture, png};
pub use recorder::Recorder;
pub use shelf::{ClipFile, Journal, LiveClip, Recovered, Shelf, State, recover};
pub use strip::{Layout, Strip};
