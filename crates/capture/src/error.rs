//! Why capture can not begin or go on.

/// Every message says what happened and what to try.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// There is no X server to talk to, or it refused.
    #[error("can't reach the screen ({0}); start Deskside from the desktop session")]
    Unreachable(String),
    /// The connection broke while recording.
    #[error("the screen's server went away ({0}); what was recorded is kept")]
    Gone(String),
    /// A Wayland session, and a Deskside that was built without the part for it. An X11 grab there would be silently
    /// black, so none is tried.
    #[error(
        "this Deskside was built without the part that records Wayland sessions; sign in with an X11 session"
    )]
    Wayland,
    /// The desktop offers nothing that shares a screen.
    #[error(
        "this desktop offers no way to share the screen ({0}); install xdg-desktop-portal and the part of it for this \
         desktop (xdg-desktop-portal-gnome, -kde or -wlr), then sign in again"
    )]
    NoPortal(String),
    /// The person said no to the desktop's question, or closed it.
    #[error(
        "the desktop's question whether to share the screen was answered with no; record again and choose a screen"
    )]
    Refused,
    /// Nobody answered the desktop's question.
    #[error("nobody answered the desktop's question which screen to share; record again and choose one")]
    Unanswered,
    /// The person, or the desktop, ended the sharing.
    #[error("the desktop stopped sharing the screen; what was recorded is kept")]
    Withdrawn,
    /// The screen is shared in a way that nothing here understands.
    #[error(
        "the desktop shares the screen in a way that Deskside can't read ({0}); what was recorded is kept"
    )]
    Unreadable(String),
    /// What can't be named on Wayland, where the person chooses in the desktop's own dialog.
    #[error(
        "on Wayland {0} can't be named beforehand: record without naming it and choose in the desktop's dialog"
    )]
    ChosenThere(&'static str),
    /// The system lets only programs see the screen that a person allowed to.
    #[error(
        "macOS does not let Deskside see the screen; allow it in System Settings, Privacy & Security, Screen Recording, \
         then start Deskside again"
    )]
    NotAllowed,
    /// The self-test shows what it records in a window of an X server, and beside this Wayland desktop there is none.
    #[error(
        "beside this Wayland desktop there is no X server ({0}), and the self-test shows its flashes in a window of one; \
         install the package xwayland and sign in again, or see with `deskside record` whether recording works"
    )]
    NoXwayland(String),
    /// This operating system has no backend yet.
    #[error("Deskside can't record the screen of this operating system yet")]
    NoBackend,
    /// The server lacks an extension that recording stands on.
    #[error("the X server has no {0} extension; recording needs it")]
    Missing(&'static str),
    /// Pixels are laid out in a way that nothing here understands.
    #[error("the screen has {bits} bits per pixel and depth {depth}; set it to 24-bit colour")]
    Pixels {
        /// Bits of colour.
        depth: u8,
        /// Bits that a pixel takes.
        bits: u8,
    },
    /// There is no such display.
    #[error("there is no display {0}; `deskside displays` lists them")]
    NoDisplay(usize),
    /// There is no such window, or it was closed.
    #[error("there is no window {0:#x}; `deskside windows` lists them")]
    NoWindow(u64),
    /// The area holds less than two by two visible pixels.
    #[error("there is nothing to see in that area; choose one on the screen, at least 2x2 pixels")]
    Nothing,
    /// Memory for pictures could not be had.
    #[error("no memory for pictures of the screen: {0}")]
    Memory(std::io::Error),
    /// The microphone could not be opened.
    #[error("the microphone can't be used ({0}); record without it or choose another")]
    Microphone(String),
    /// What the computer plays could not be heard.
    #[error("what the computer plays can't be recorded ({0}); record without it")]
    SystemSound(String),
    /// The loudspeaker could not be opened.
    #[error("the loudspeaker can't be used ({0})")]
    Speaker(String),
}
