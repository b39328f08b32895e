//! The bell of a call, rung and hushed. It rings on a thread of its own, because an open loudspeaker stays on the thread
//! that opened it. A machine without one shows the card alone.

use std::{
    sync::mpsc::{self, Sender},
    time::Duration,
};

/// Longer than a call rings: when the network is cut nobody says that it is over.
const LONGEST: Duration = Duration::from_secs(60);

/// Rings or does not.
#[derive(Debug, Default)]
pub struct Bell {
    /// Dropped, it hushes the thread that rings.
    ringing: Option<Sender<()>>,
}

impl Bell {
    /// Rings from now on, or no longer.
    pub fn ring(&mut self, on: bool) {
        if !on {
            self.ringing = None;
        } else if self.ringing.is_none() {
            let (hush, hushed) = mpsc::channel();
            self.ringing = Some(hush);
            std::thread::spawn(move || match deskside_capture::bell::Bell::ring() {
                // Nobody sends: it ends when the other end is dropped, or by itself.
                Ok(_bell) => drop(hushed.recv_timeout(LONGEST)),
                Err(error) => tracing::warn!(%error, "a call rings without a sound"),
            });
        }
    }
}
