//! The bell of a call, rung and hushed. It rings on a thread of its own, because an open loudspeaker stays on the thread
//! that opened it. A machine without one shows the card alone.

use std::{
    sync::mpsc::{self, Receiver, Sender},
    thread::{self, JoinHandle},
    time::Duration,
};

/// Longer than a call rings: when the network is cut nobody says that it is over.
const LONGEST: Duration = Duration::from_secs(60);

/// Rings or does not.
#[derive(Debug, Default)]
pub struct Bell {
    /// Dropped, the sender hushes the thread that rings.
    ringing: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Bell {
    /// Rings from now on, or no longer. One that rings goes on; one that fell silent by itself rings anew.
    pub fn ring(&mut self, on: bool) {
        self.ring_by(on, |hushed| match deskside_capture::bell::Bell::ring() {
            // Nobody sends: it ends when the other end is dropped, or by itself.
            Ok(_bell) => drop(hushed.recv_timeout(LONGEST)),
            Err(error) => tracing::warn!(%error, "a call rings without a sound"),
        });
    }

    fn ring_by(&mut self, on: bool, rings: impl FnOnce(&Receiver<()>) + Send + 'static) {
        if !on {
            self.ringing = None;
        } else if self.ringing.as_ref().is_none_or(|(_, thread)| thread.is_finished()) {
            let (hush, hushed) = mpsc::channel();
            self.ringing = Some((hush, thread::spawn(move || rings(&hushed))));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bell_that_fell_silent_rings_for_the_next_call_and_one_that_rings_goes_on() {
        let (tell, told) = mpsc::channel();
        let mut bell = Bell::default();
        let rings = |tell: &Sender<u8>, number| {
            let tell = tell.clone();
            move |hushed: &Receiver<()>| {
                tell.send(number).expect("awaited");
                let _ = hushed.recv();
            }
        };
        bell.ring_by(true, |_| ());
        let (_, silent) = bell.ringing.as_ref().expect("it was rung");
        while !silent.is_finished() {
            thread::yield_now();
        }
        bell.ring_by(true, rings(&tell, 1));
        assert_eq!(told.recv(), Ok(1), "the first one is over, whatever nobody said of it");
        bell.ring_by(true, rings(&tell, 2));
        bell.ring_by(false, rings(&tell, 3));
        bell.ring_by(true, rings(&tell, 4));
        assert_eq!(told.recv(), Ok(4), "2 would have rung beside 1, and 3 was not to ring");
    }
}
