//! Screenshots: the frozen screen while it is being marked, and the finished picture. Both live in memory only; the
//! frozen one is wiped when it was sent or given up, and nothing but a re-encoded picture ever leaves.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use deskside_capture::{DenyList, Desktop};
use deskside_client::Trouble;
use image::RgbImage;

use crate::{
    area::no_screen,
    picture::{self, Clean},
};

/// Pictures in memory. One frozen screen at a time, and the last finished picture.
#[derive(Debug, Default)]
pub struct Shots {
    counter: AtomicU64,
    /// How often it was begun to look for numbers.
    looks: AtomicU64,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    frozen: Option<(u64, Clean)>,
    finished: Option<(u64, Clean)>,
}

/// Where a picture of these can be fetched, below the loopback address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Names it; a later picture has another one.
    pub number: u64,
    /// `shot/NUMBER`.
    pub path: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Of the PNG.
    pub bytes: usize,
}

impl Shots {
    /// Freezes all displays, redacted by the deny-list; an older frozen screen is wiped.
    pub fn freeze(&self, desktop: &dyn Desktop, deny: &DenyList) -> Result<Held, Trouble> {
        let frozen = picture::from_rgb(&take(desktop, deny)?)?;
        let number = self.next();
        let held = held(number, &frozen);
        self.kept().frozen = Some((number, frozen));
        Ok(held)
    }

    /// The screen that is being marked.
    pub fn frozen(&self) -> Option<Held> {
        self.kept().frozen.as_ref().map(|(number, frozen)| held(*number, frozen))
    }

    /// The PNG of the screen that is being marked, to be looked at; and whether that is still wanted: not once the screen
    /// was wiped, nor when somebody looks anew.
    pub fn to_look_at(
        self: &Arc<Self>,
    ) -> Option<(Vec<u8>, impl Fn() -> bool + Send + Sync + 'static + use<>)> {
        let kept = self.kept();
        let (number, frozen) = kept.frozen.as_ref()?;
        let (number, png) = (*number, frozen.png.clone());
        let look = self.looks.fetch_add(1, Ordering::Relaxed) + 1;
        let shots = self.clone();
        let is_wanted = move || {
            let is_held = shots.kept().frozen.as_ref().is_some_and(|(frozen, _)| *frozen == number);
            is_held && shots.looks.load(Ordering::Relaxed) == look
        };
        Some((png, is_wanted))
    }

    /// The marked picture: written anew, held for whoever asked for it; the frozen screen is wiped.
    pub fn done(&self, picture: &[u8]) -> Result<Held, Trouble> {
        let finished = picture::clean(picture)?;
        let number = self.next();
        let held = held(number, &finished);
        let mut kept = self.kept();
        kept.frozen = None;
        kept.finished = Some((number, finished));
        Ok(held)
    }

    /// Given up: both are wiped.
    pub fn cancel(&self) {
        *self.kept() = Kept::default();
    }

    /// Wipes the frozen screen with this number; another one is none of the caller's.
    pub fn wipe(&self, number: u64) {
        let mut kept = self.kept();
        kept.frozen.take_if(|(frozen, _)| *frozen == number);
    }

    /// The PNG under this number.
    pub fn file(&self, number: u64) -> Option<Vec<u8>> {
        let kept = self.kept();
        let found = [&kept.frozen, &kept.finished].into_iter().flatten().find(|(held, _)| *held == number);
        found.map(|(_, picture)| picture.png.clone())
    }

    fn next(&self) -> u64 {
        self.counter.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pixels of all displays, redacted by the deny-list.
pub fn take(desktop: &dyn Desktop, deny: &DenyList) -> Result<RgbImage, Trouble> {
    let whole = desktop.whole().map_err(no_screen)?;
    let shot = desktop.shot(whole, deny).map_err(no_screen)?;
    picture::from_bgra(&shot.bgra, shot.area.width, shot.area.height)
}

fn held(number: u64, picture: &Clean) -> Held {
    Held {
        number,
        path: format!("shot/{number}"),
        width: picture.width,
        height: picture.height,
        bytes: picture.png.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen() -> Clean {
        let pixels = picture::from_bgra(&[1, 2, 3, 0].repeat(64), 8, 8).expect("a screen");
        picture::from_rgb(&pixels).expect("a picture")
    }

    #[test]
    fn a_frozen_screen_is_wiped_with_the_finished_picture() {
        let shots = Shots::default();
        let screen = screen();
        shots.kept().frozen = Some((9, screen.clone()));
        assert_eq!(shots.file(9).as_deref(), Some(screen.png.as_slice()));
        let finished = shots.done(&screen.png).expect("done");
        assert_eq!(shots.file(9), None, "the frozen screen is gone");
        assert!(shots.frozen().is_none());
        let number = finished.path.trim_start_matches("shot/").parse().expect("a number");
        assert_eq!(shots.file(number), Some(screen.png), "the finished picture is held");
        shots.cancel();
        assert_eq!(shots.file(number), None, "given up: nothing is left");
    }

    #[test]
    fn nobody_looks_at_a_screen_that_was_wiped_or_that_somebody_looks_at_anew() {
        let shots = Arc::new(Shots::default());
        assert!(shots.to_look_at().is_none(), "no screen is frozen");
        shots.kept().frozen = Some((1, screen()));
        let (_, first) = shots.to_look_at().expect("a screen");
        assert!(first());
        let (_, second) = shots.to_look_at().expect("a screen");
        assert!(!first() && second(), "the newer look goes on");
        shots.wipe(2);
        assert!(second(), "that was another screen");
        shots.wipe(1);
        assert!(!second() && shots.frozen().is_none());
        shots.kept().frozen = Some((3, screen()));
        assert!(!second(), "the next screen is not the one that was looked at");
    }
}
