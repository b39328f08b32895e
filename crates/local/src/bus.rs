//! Hints between the tasks of one process.

use deskside_ports::bus::{Bus, Hint};
use tokio::sync::broadcast;

/// A listener this far behind is told that it missed some, and reads the log.
const BEHIND: usize = 1024;

/// The bus of one process.
pub struct LocalBus {
    hints: broadcast::Sender<Hint>,
}

impl Default for LocalBus {
    fn default() -> Self {
        Self { hints: broadcast::Sender::new(BEHIND) }
    }
}

impl Bus for LocalBus {
    fn say(&self, hint: Hint) {
        // Nobody listens: nobody needs to be woken.
        let _ = self.hints.send(hint);
    }

    fn listen(&self) -> broadcast::Receiver<Hint> {
        self.hints.subscribe()
    }
}
