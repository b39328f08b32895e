//! Boxes that are drawn while it is recorded, over what nobody may see: solid in every picture from the next on.
//!
//! While they are drawn the recording stands still. Whoever reaches for a box has something on the screen that must not
//! be in the clip, and the screen of the boxes itself would cover everything.

use deskside_client::Trouble;
use serde::{Deserialize, Serialize};

use crate::{
    app::App,
    to_ui::PictureAt,
    whole_screen::{deny, on_desktop},
};

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
            if let Err(trouble) = on_desktop(move |desktop| shots.freeze(desktop, &deny)).await {
                tracing::warn!(%trouble, "boxes are drawn without a backdrop");
            }
        }
        Ok(true)
    }

    /// The boxes, and what the screen looked like when they were asked for.
    pub async fn masking(&self) -> Masking {
        let backdrop = self.shots.frozen().map(|held| self.at(&held));
        Masking { masks: self.clips.masks().await, backdrop }
    }

    /// These boxes are painted over from now on, instead of those before; `None` leaves them. The recording goes on,
    /// unless it stood still before.
    pub async fn end_masking(&self, masks: Option<Vec<Mask>>) {
        self.shots.cancel();
        self.clips.end_masking(masks).await;
    }
}
