//! What every backend does: list, look, and keep a picture up to date.

use std::time::Duration;

use deskside_frame::{I420, Rect};

use crate::{Area, CaptureError, DenyList, Display, Target, Window};

/// A person's desktop: what can be recorded on it.
pub trait Desktop {
    /// The monitors, numbered from 1.
    fn displays(&self) -> Result<Vec<Display>, CaptureError>;

    /// The windows that people know as windows, the uppermost first.
    fn windows(&self) -> Result<Vec<Window>, CaptureError>;

    /// The window under the pointer.
    fn window_at_pointer(&self) -> Result<Option<Window>, CaptureError>;

    /// The window that has the keyboard, for guessing which ticket someone works on.
    fn active_window(&self) -> Result<Option<Window>, CaptureError>;

    /// How long nobody touched keyboard or mouse; `None` where the system does not tell.
    fn idle(&self) -> Option<Duration>;

    /// All that can be seen at once, for [`Desktop::shot`].
    fn whole(&self) -> Result<Target, CaptureError>;

    /// A frozen picture, redacted by the deny-list where windows are known. No cursor.
    fn shot(&self, target: Target, deny: &DenyList) -> Result<Shot, CaptureError>;

    /// Forgets what was chosen in the desktop's own dialog: the next recording asks again.
    fn forget_choice(&self) {}

    /// Begins to watch. The source stays on the thread that opened it.
    fn open(&self, view: &View) -> Result<Box<dyn Source>, CaptureError>;
}

/// What a source is to show.
#[derive(Clone, Debug)]
pub struct View {
    /// What to record.
    pub target: Target,
    /// Whether the pointer is drawn.
    pub cursor: bool,
    /// Windows that must never be seen.
    pub deny: DenyList,
    /// Parts of the desktop that are painted over from the first picture on, see [`Source::set_masks`].
    pub masks: Vec<Area>,
    /// Whether a ring shows where a mouse button was pressed. Keys are never listened to.
    pub rings: bool,
    /// The size of the picture where it shall not be the target's own; both even.
    pub canvas: Option<(u32, u32)>,
    /// Whether a red line on the screen says what is recorded. It is never in the picture.
    pub hairline: bool,
}

impl View {
    /// One look at a target: no pointer, nothing drawn.
    #[cfg_attr(
        not(any(windows, target_os = "macos", feature = "wayland", test)),
        allow(dead_code, reason = "an X server is grabbed for it")
    )]
    pub(crate) fn still(target: Target, deny: &DenyList) -> View {
        View {
            target,
            cursor: false,
            deny: deny.clone(),
            masks: Vec::new(),
            rings: false,
            canvas: None,
            hairline: false,
        }
    }
}

/// One watched target. It paints into the caller's picture only what changed.
pub trait Source {
    /// Width and height of the picture: even, and the same for the life of the source, whatever the screen does.
    fn size(&self) -> (u32, u32);

    /// Looks at the screen once and brings `picture` up to date. `picture` must be of this source's size and is always
    /// the same one. The screen is as it was at some moment during the call. Costs next to nothing when nothing
    /// changed. An error is final.
    fn update(&mut self, picture: &mut I420) -> Result<Update, CaptureError>;

    /// How long pictures have to wait before anybody may see them, because until then it may turn out that they hold what
    /// must not be seen: a program paints a page first and names it in its title afterwards. Zero where nothing is
    /// known of windows. See [`Update::hidden`].
    fn hindsight(&self) -> Duration {
        Duration::ZERO
    }

    /// Paints over these parts of the desktop from the next look on, instead of those before. They stay where they are
    /// on the desktop, also when the target moves.
    fn set_masks(&mut self, masks: &[Area]);
}

/// What one look brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// What of the picture was repainted; nothing when the screen did not change.
    pub changed: Vec<Rect>,
    /// What of the picture must not be seen in pictures of the last [`Source::hindsight`] either, as turned out now.
    pub hidden: Vec<Rect>,
    /// What the recorder should tell its user.
    pub notices: Vec<Notice>,
}

/// Something that a person who records should know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Notice {
    /// The target has another size than at the start; the picture keeps its size.
    Resized {
        /// Width now, in pixels.
        width: u32,
        /// Height now, in pixels.
        height: u32,
        /// Whether a part does not fit the picture and is not recorded.
        cut: bool,
    },
    /// The recorded window was closed; the picture stands still.
    WindowClosed,
    /// No display is switched on; the picture stands still.
    NoPicture,
    /// A window on the deny-list came into the target and is painted over.
    Covered,
    /// Pictures come over the connection instead of shared memory: more load than usual.
    NoSharedMemory,
    /// The desktop tells nobody which windows there are: those on the deny-list, and Deskside's own, are in the picture.
    WindowsUnknown,
    /// The desktop has sent no picture yet; the clip is black until something changes on the screen.
    NothingYet,
    /// The desktop draws no pointer into what it shares.
    NoPointer,
}

/// A frozen picture of blue, green, red and one meaningless byte per pixel, without padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shot {
    /// The part of the desktop that it shows.
    pub area: Area,
    /// `area.width * area.height * 4` bytes.
    pub bgra: Vec<u8>,
}
