//! Boxes that are drawn while it is recorded, over what nobody may see: solid in every picture from the next on.
//!
//! While they are drawn the recording stands still. Whoever reaches for a box has something on the screen that must not
//! be in the clip, and the screen of the boxes itself would cover everything. It goes on in one place only, once that
//! screen is gone: the shell calls [`App::end_masking`] when the window is, however that came.

use std::{
    sync::PoisonError,
    time::{Duration, Instant},
};

use deskside_client::Trouble;
use serde::{Deserialize, Serialize};

use crate::{
    app::App,
    area::no_screen,
    to_ui::PictureAt,
    whole_screen::{deny, on_desktop},
};

/// How long a window manager may take to let go of a window that was closed.
const LEAVE: Duration = Duration::from_millis(400);

/// A box in physical pixels of the desktop. It stays where it is, whatever moves below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mask {
    /// Left.
    pub x: i32,
    /// Top.
    pub y: i32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl From<Mask> for deskside_capture::Area {
    fn from(mask: Mask) -> Self {
        Self::new(mask.x, mask.y, mask.width, mask.height)
    }
}

/// What the screen that draws boxes begins with.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Masking {
    /// The boxes so far.
    pub masks: Vec<Mask>,
    /// A still of the whole desktop.
    pub backdrop: Option<PictureAt>,
}

impl App {
    /// The recording stands still until [`Self::end_masking`]. False when nothing is recorded.
    pub async fn begin_masking(&self) -> Result<bool, Trouble> {
        if !self.clips.begin_masking().await {
            return Ok(false);
        }
        // A shot that is being marked keeps the frozen screen; then the boxes are drawn without one.
        if self.shots.frozen().is_none() {
            let deny = deny(&self.client).await;
            let shots = self.shots.clone();
            match on_desktop(move |desktop| shots.freeze(desktop, &deny)).await {
                Ok(held) => *self.lock_still() = Some(held.number),
                Err(trouble) => tracing::warn!(%trouble, "boxes are drawn without a backdrop"),
            }
        }
        Ok(true)
    }

    /// The boxes, and what the screen looked like when they were asked for.
    pub async fn masking(&self) -> Masking {
        let still = *self.lock_still();
        let backdrop = self.shots.frozen().filter(|held| Some(held.number) == still);
        let backdrop = backdrop.map(|held| self.at(&held));
        Masking { masks: self.clips.masks().await, backdrop }
    }

    /// The screen of the boxes is closed, with boxes or without: the recording goes on, unless it stood still before, as
    /// soon as nothing of that screen is in its pictures. `covered`: the part of the desktop where it was.
    pub async fn end_masking(&self, covered: Option<Mask>) {
        if let Some(covered) = covered.map(deskside_capture::Area::from)
            && let Err(trouble) = on_desktop(move |desktop| {
                let (deadline, own) = (Instant::now() + LEAVE, Some(std::process::id()));
                let is_left = |window: &deskside_capture::Window| window.pid == own && window.area == covered;
                while desktop.windows().map_err(no_screen)?.iter().any(is_left) && Instant::now() < deadline {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Ok(())
            })
            .await
        {
            tracing::warn!(%trouble, "nobody knows whether the screen of the boxes is gone");
        }
        if let Some(still) = self.lock_still().take() {
            self.shots.wipe(still);
        }
        self.clips.end_masking().await;
    }

    fn lock_still(&self) -> std::sync::MutexGuard<'_, Option<u64>> {
        self.masks_over.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
