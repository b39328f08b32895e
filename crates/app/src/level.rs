//! How loud a microphone is, told while somebody looks at its meter. One at a time: who listens next hushes who did.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use deskside_capture::microphone::{self, Choice, Meter, Microphone};

/// How often a level is told.
const BEAT: Duration = Duration::from_millis(100);

/// See the module's text.
#[derive(Debug, Default)]
pub(crate) struct Level {
    /// Goes up when nobody listens any more.
    turn: Arc<AtomicU64>,
}

impl Level {
    /// Tells from 0 to 1, until [`Self::stop`] or until `tell` says that nobody is there.
    pub fn listen(&self, mic: String, tell: impl Fn(f32) -> bool + Send + 'static) {
        let number = self.turn.fetch_add(1, Ordering::Relaxed) + 1;
        let turn = self.turn.clone();
        std::thread::spawn(move || {
            let choice = if mic == "default" { Choice::Default } else { Choice::Named(mic) };
            let microphone = Microphone::open(choice);
            let mut meter = Meter::default();
            let mut told = Instant::now();
            while turn.load(Ordering::Relaxed) == number {
                match microphone.next(BEAT) {
                    Some(microphone::Event::Sound(block)) => meter.add(&block.samples),
                    Some(microphone::Event::Opened { .. }) | None => {}
                    Some(microphone::Event::Failed(error)) => return tracing::warn!(%error, "no level"),
                }
                if told.elapsed() >= BEAT {
                    told = Instant::now();
                    if !tell(meter.read().peak.min(1.0)) {
                        return;
                    }
                }
            }
        });
    }

    /// Nobody looks any more.
    pub fn stop(&self) {
        self.turn.fetch_add(1, Ordering::Relaxed);
    }
}
