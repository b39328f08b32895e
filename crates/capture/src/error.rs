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
    /// A Wayland session; an X11 grab there would be silently black.
    #[error("this is a Wayland session, which Deskside can't record yet; sign in with an X11 session")]
    Wayland,
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
    /// The loudspeaker could not be opened.
    #[error("the loudspeaker can't be used ({0})")]
    Speaker(String),
}
