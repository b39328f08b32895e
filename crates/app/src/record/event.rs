//! What a recorder tells while it runs and when it ends.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use deskside_capture::microphone::Level;
use deskside_capture::{CaptureError, Notice};
use deskside_codec::CodecError;
use deskside_frame::Time;

use super::strip::Strip;

/// News for whoever started the recorder: the small bar, the uploader. Told on the recorder's threads; be quick.
#[derive(Debug)]
pub enum Event {
    /// The first bytes are on disk: a clip exists.
    Started {
        /// Width of the picture in pixels.
        width: u32,
        /// Height of the picture in pixels.
        height: u32,
        /// Whether there is a sound track.
        sound: bool,
    },
    /// That much of the file is on disk, survives a crash and may be uploaded.
    Kept {
        /// Length of the file in bytes.
        bytes: u64,
        /// Up to where it plays, at most.
        until: Time,
        /// Whether a watcher can join at the newest cluster.
        keyframe: bool,
    },
    /// How loud a sound is, ten times a second while recording.
    Level(Sound, Level),
    /// Something that the person who records should know. The recording goes on.
    Note(Note),
    /// The recording can't go on. What was kept is kept; call [`super::Recorder::stop`] to finish it.
    Failed(RecordError),
}

/// What is heard in a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sound {
    /// Who records.
    Microphone,
    /// What the computer plays: the customer on the line, a message that the program reads out.
    System,
}

impl Sound {
    /// A word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Sound::Microphone => "microphone",
            Sound::System => "system",
        }
    }
}

/// Something worth telling that does not end the recording.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// From the screen.
    Screen(Notice),
    /// The device works, at first or again, or another that takes its place.
    Heard {
        /// What of it is heard.
        sound: Sound,
        /// What people call it.
        label: String,
    },
    /// This sound is missing, or from here on; everything else goes on.
    NoSound {
        /// Which.
        sound: Sound,
        /// Why, in a sentence.
        why: String,
    },
    /// The device is there and gives nothing: it was suspended, or its driver hangs. Everything else goes on.
    Still {
        /// Which sound is silence meanwhile.
        sound: Sound,
    },
    /// Pictures were lost because the machine did not keep up.
    Lost {
        /// How many so far.
        pictures: u64,
    },
    /// Fewer pictures per second are taken, because the machine does not keep up; or as many as before again.
    Slower {
        /// The most pictures per second from here on.
        fps: u32,
    },
    /// The disk is nearly full.
    DiskLow {
        /// Bytes left.
        left: u64,
    },
}

impl Note {
    /// A word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Note::Screen(Notice::Resized { .. }) => "screen_resized",
            Note::Screen(Notice::WindowClosed) => "window_closed",
            Note::Screen(Notice::NoPicture) => "no_picture",
            Note::Screen(Notice::Covered) => "window_covered",
            Note::Screen(Notice::NoSharedMemory) => "no_shared_memory",
            Note::Screen(Notice::WindowsUnknown) => "windows_unknown",
            Note::Screen(Notice::NoPointer) => "no_pointer",
            Note::Screen(Notice::NothingYet) => "nothing_yet",
            Note::Screen(_) => "screen",
            Note::Heard { sound: Sound::Microphone, .. } => "microphone",
            Note::Heard { sound: Sound::System, .. } => "system_sound",
            Note::NoSound { sound: Sound::Microphone, .. } => "no_sound",
            Note::NoSound { sound: Sound::System, .. } => "no_system_sound",
            Note::Still { sound: Sound::Microphone } => "microphone_still",
            Note::Still { sound: Sound::System } => "system_sound_still",
            Note::Lost { .. } => "pictures_lost",
            Note::Slower { .. } => "slower",
            Note::DiskLow { .. } => "disk_low",
        }
    }
}

/// What became of a recording.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The finished clip.
    pub path: PathBuf,
    /// How long it plays.
    pub duration: Duration,
    /// How long the file is.
    pub bytes: u64,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Whether there is a sound track.
    pub sound: bool,
    /// Pictures in it.
    pub pictures: u64,
    /// Pictures that were lost because the machine did not keep up, at most: a look that came late counts for every
    /// tick that it missed if the screen had changed since, whether it changed once or at each.
    pub lost: u64,
    /// A small PNG of the first picture that shows something; empty when there was none.
    pub poster: Vec<u8>,
    /// Small pictures along its time, not put together yet: nobody waits for that.
    pub strip: Option<Strip>,
    /// Everything that was noted, in order.
    pub notes: Vec<Note>,
}

/// Why there is no recording, or no further one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The screen.
    #[error(transparent)]
    Capture(#[from] CaptureError),
    /// The encoders.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// The file.
    #[error("the clip can't be written to {path}: {error}")]
    Disk {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The disk is full. What was recorded is kept.
    #[error("the disk is full; what was recorded up to here is kept")]
    DiskFull,
    /// A frame has no place in the clip.
    #[error("the clip can't hold what was encoded: {0}")]
    Unwritable(#[from] deskside_clip::Unwritable),
    /// Nothing was recorded yet, or the file is no clip.
    #[error(transparent)]
    Unplayable(#[from] deskside_clip::Unplayable),
    /// Nothing was cut; the clip is as it was.
    #[error("the clip can't be cut: {0}")]
    Uncut(#[from] deskside_clip::CutError),
    /// A part of the recorder did not end in time. What was kept is kept and is finished at the next start.
    #[error("the recorder did not stop in time")]
    Stuck,
}

impl RecordError {
    pub(crate) fn disk(path: &std::path::Path, error: io::Error) -> RecordError {
        if error.kind() == io::ErrorKind::StorageFull {
            RecordError::DiskFull
        } else {
            RecordError::Disk { path: path.to_owned(), error }
        }
    }

    /// A word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            RecordError::Capture(CaptureError::NoWindow(_)) => "no_such_window",
            RecordError::Capture(CaptureError::NoDisplay(_)) => "no_such_display",
            RecordError::Capture(CaptureError::Wayland) => "wayland",
            RecordError::Capture(CaptureError::NoPortal(_)) => "no_portal",
            RecordError::Capture(CaptureError::NotAllowed) => "screen_not_allowed",
            RecordError::Capture(CaptureError::Refused) => "sharing_refused",
            RecordError::Capture(CaptureError::Unanswered) => "sharing_unanswered",
            RecordError::Capture(CaptureError::Withdrawn) => "sharing_stopped",
            RecordError::Capture(CaptureError::ChosenThere(_)) => "chosen_there",
            RecordError::Capture(CaptureError::NoXwayland(_)) => "no_xwayland",
            RecordError::Capture(CaptureError::Gone(_)) => "screen_gone",
            RecordError::Capture(_) => "screen",
            RecordError::Codec(_) => "encoder",
            RecordError::Disk { .. } => "disk",
            RecordError::DiskFull => "disk_full",
            RecordError::Unwritable(_) => "clip_unwritable",
            RecordError::Unplayable(unplayable) => unplayable.code(),
            RecordError::Uncut(_) => "clip_uncut",
            RecordError::Stuck => "recorder_stuck",
        }
    }

    /// What a person can do.
    pub fn hint(&self) -> &'static str {
        match self {
            // Their own words say what to do.
            RecordError::Capture(
                CaptureError::Wayland
                | CaptureError::NoPortal(_)
                | CaptureError::NotAllowed
                | CaptureError::Refused
                | CaptureError::Unanswered
                | CaptureError::ChosenThere(_)
                | CaptureError::NoXwayland(_),
            ) => "",
            RecordError::Capture(CaptureError::Withdrawn | CaptureError::Gone(_)) => "Record again to go on.",
            RecordError::Capture(_) => "Choose another display, window or region, and record again.",
            RecordError::Codec(_) => "Record a smaller area, or restart Deskside.",
            RecordError::Disk { .. } => "Check that the folder can be written to, and record again.",
            RecordError::DiskFull => "Free some space, then record again.",
            RecordError::Unwritable(_) => "Record again; if it happens again, report it with the log.",
            RecordError::Unplayable(unplayable) => unplayable.hint(),
            RecordError::Uncut(_) => "Keep another part of it.",
            RecordError::Stuck => "Restart Deskside; the clip is then finished by itself.",
        }
    }
}
