//! What a page is told: the client's news as they are, and what only the desktop app knows. The serialised forms are
//! those of `src-tauri/CONTRACT.md`.

use std::collections::BTreeMap;

use deskside_client::News;
use deskside_protocol::{
    id::{ClipId, DeskId, MessageId, PersonId, RequestId},
    values::{ClipNote, Urgency},
};
use serde::Serialize;

use crate::ticket::Guess;

/// One message of the stream that a page attaches to.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum ToUi {
    /// From the client.
    Client(News),
    /// From the app.
    App(AppNews),
}

/// What only the desktop app knows.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AppNews {
    /// Where media comes from.
    Media {
        /// Put before the server's media paths.
        base: String,
    },
    /// Which server this profile belongs to: links that people hand on are made of it.
    Server {
        /// With a slash at the end; `None` before the first sign-in.
        address: Option<String>,
    },
    /// What was typed and not sent.
    Drafts {
        /// By key.
        drafts: BTreeMap<String, String>,
    },
    /// Another page changed one of them.
    Draft {
        /// Which.
        key: String,
        /// What it is now.
        value: String,
    },
    /// What this machine can do.
    Capabilities {
        /// By name.
        capabilities: Capabilities,
    },
    /// How the recorder stands.
    Recorder {
        /// Now.
        state: RecorderState,
    },
    /// Clips that stay on this machine until their recorder has watched them.
    Held {
        /// All of them, the oldest first.
        clips: Vec<HeldClip>,
    },
    /// The overlay is shown.
    Overlay {
        /// Why.
        shown: Shown,
    },
    /// The ticket that the question in the overlay seems to be about; it comes a moment after the caret.
    Guessed {
        /// `None`: none was found.
        guess: Option<Guess>,
    },
    /// A marked picture is ready.
    Picture {
        /// Where it is.
        picture: PictureAt,
    },
    /// Show this address.
    Go {
        /// e.g. `/r/ID`.
        path: String,
    },
}

impl From<AppNews> for ToUi {
    fn from(news: AppNews) -> Self {
        Self::App(news)
    }
}

/// What the machine can do for this person.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Capabilities {
    /// Record the screen.
    pub record_screen: Capability,
    /// Take a screenshot.
    pub take_shot: Capability,
    /// Open the overlay by a key.
    pub hotkey: Capability,
    /// Show notes of the system.
    pub notify: Capability,
    /// Open other apps.
    pub open_apps: Capability,
    /// Keep the session in a keychain.
    pub keep_secrets: Capability,
    /// Find card numbers in pictures.
    pub find_numbers: Capability,
}

/// Yes, or no and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Capability {
    /// Yes.
    Yes {
        /// `true`.
        can: True,
    },
    /// No.
    No {
        /// `false`.
        can: False,
        /// A word for which the screens have a sentence.
        because: Because,
    },
}

/// Always `true` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct True;
/// Always `false` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct False;

impl Serialize for True {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(true)
    }
}

impl Serialize for False {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(false)
    }
}

impl Capability {
    /// It can.
    pub const YES: Self = Self::Yes { can: True };

    /// It can, if `can`; else because of that.
    pub const fn when(can: bool, because: Because) -> Self {
        if can { Self::YES } else { Self::No { can: False, because } }
    }
}

/// Why something can't be done here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// The system did not allow it.
    NotGranted,
    /// The display can't be reached in this way (Wayland).
    NoDisplayAccess,
    /// The system lacks a part.
    NotInstalled,
}

/// Why the overlay is shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Shown {
    /// Somebody wants to ask.
    Ask {
        /// Words that came along.
        text: String,
        /// How soon.
        urgency: Option<Urgency>,
        /// Where.
        desk: Option<DeskId>,
    },
    /// An answer came.
    Answer {
        /// Which.
        message: MessageId,
    },
    /// A helper would like a clip of a request of one's own.
    Clip {
        /// Which request.
        request: RequestId,
        /// Who.
        by: PersonId,
    },
    /// Its key was pressed again: what is being asked is put away.
    Nothing,
}

/// A picture on the loopback address.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PictureAt {
    /// Where.
    pub address: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Of the PNG.
    pub bytes: usize,
}

/// How the recorder stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RecorderState {
    /// Nothing is recorded.
    Idle,
    /// The area is being picked.
    Picking,
    /// 3, 2, 1.
    Counting {
        /// Seconds left.
        left: u32,
    },
    /// Recording or paused.
    Recording {
        /// Length so far in milliseconds.
        ms: u64,
        /// Loudness of the microphone from 0 to 1.
        level: f32,
        /// Loudness of what the computer plays from 0 to 1.
        system_level: f32,
        /// Who may watch.
        watchers: Vec<PersonId>,
        /// Nothing is looked at.
        paused: bool,
        /// The microphone.
        mic: MicState,
        /// What the computer plays.
        system: MicState,
        /// Parts that are painted over.
        masks: usize,
        /// Nothing of it leaves before it was watched.
        held: bool,
        /// Which clip.
        clip: ClipId,
    },
    /// The file is being made whole.
    Finishing {
        /// Which clip.
        clip: ClipId,
    },
    /// It could not begin.
    Failed {
        /// Why.
        because: RecordFailed,
    },
}

/// A clip that nobody but its recorder's machine knows of: it is sent once they have watched it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeldClip {
    /// Which.
    pub clip: ClipId,
    /// The thread it was recorded for; `None`: the question being written.
    pub request: Option<RequestId>,
    /// Length in milliseconds.
    pub ms: u64,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Whether there is something to hear.
    pub sound: bool,
    /// Whether what the computer played is in it.
    pub system_sound: bool,
    /// When recording began, in milliseconds since 1970.
    pub at: u64,
    /// What happened to the recording.
    pub note: Option<ClipNote>,
    /// Another number for other bytes: it was cut.
    pub version: u64,
}

/// How a sound is: the microphone, or what the computer plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MicState {
    /// Heard.
    On,
    /// Not heard, because the recorder's person wants it so.
    Muted,
    /// Not asked for.
    Off,
    /// It failed; the pictures go on.
    Lost,
}

/// Why a recording did not begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordFailed {
    /// The screen.
    NoDisplay,
    /// The disk.
    DiskFull,
    /// Anything else on the way into the file.
    Encoder,
}
