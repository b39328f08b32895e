//! What a recording is to be.

use deskside_capture::microphone::Choice;
use deskside_capture::{Area, DenyList, Target, View};
use deskside_frame::Codec;

/// Everything that is decided before the first picture. Of it only the masks can change later.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What to record.
    pub target: Target,
    /// The most pictures per second, 1 to 60; a still screen takes one.
    pub fps: u32,
    /// How pictures are compressed: VP9, which every viewer can play, or AV1. A clip keeps its codec.
    pub codec: Codec,
    /// Whether the pointer is drawn.
    pub cursor: bool,
    /// The microphone; `None`: it is not heard.
    pub mic: Option<Choice>,
    /// Whether what the computer plays is heard. Whether it may be is asked before: an admin says it for each desk.
    pub system_sound: bool,
    /// How loud each is made, in decibels: the microphone, and what the computer plays.
    pub gains: (f32, f32),
    /// Whether a ring shows where a mouse button was pressed.
    pub rings: bool,
    /// Parts of the desktop that are not seen; [`super::Recorder::mask`] changes them.
    pub masks: Vec<Area>,
    /// Windows that are never seen.
    pub deny: DenyList,
    /// The picture's size where it is not the target's own; both even.
    pub canvas: Option<(u32, u32)>,
    /// Whether a red line on the screen says what is recorded.
    pub hairline: bool,
}

impl Plan {
    /// 30 pictures per second of `target` with pointer, clicks and the built-in deny-list, without sound.
    pub fn of(target: Target) -> Plan {
        Plan {
            target,
            fps: 30,
            codec: Codec::Vp9,
            cursor: true,
            rings: true,
            mic: None,
            system_sound: false,
            gains: (0.0, 0.0),
            masks: Vec::new(),
            deny: DenyList::default(),
            canvas: None,
            hairline: true,
        }
    }

    pub(super) fn view(&self) -> View {
        View {
            target: self.target,
            cursor: self.cursor,
            deny: self.deny.clone(),
            masks: self.masks.clone(),
            rings: self.rings,
            canvas: self.canvas,
            hairline: self.hairline,
        }
    }
}
