//! Looking for a customer's numbers in pictures before they leave: where they stand, for a person who marks the
//! picture, or painted over at once where nobody looks at it. What found them is `deskside-ocr`.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use deskside_client::Trouble;
use deskside_domain::{masking::Kind, org::ExemptNumber};
use deskside_ocr::{Engine, Found, Picture};
use deskside_protocol::Code;
use image::RgbImage;
use serde::Serialize;

use crate::{
    picture::{self, Clean},
    record::priority,
};

/// A number in a picture, in its pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Number {
    /// What it is.
    pub kind: &'static str,
    /// From the left edge.
    pub x: u32,
    /// From the upper edge.
    pub y: u32,
    /// Inside the picture.
    pub width: u32,
    /// Inside the picture.
    pub height: u32,
}

/// The colour of what is covered; the marking board's.
const COVER: image::Rgb<u8> = image::Rgb([11, 12, 14]);

/// Most time for a picture that somebody waits to send.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whether this machine can look.
pub fn is_possible() -> bool {
    Engine::find().is_some()
}

/// Where numbers stand in a picture. `tell` hears all so far, whenever there are more. Refused as `unavailable` if it could
/// not be looked at to its end, within [`PATIENCE`] and while it `is_wanted`; it may hold anything then.
pub async fn look(
    image: RgbImage,
    exempt: Vec<ExemptNumber>,
    is_wanted: impl Fn() -> bool + Send + Sync + 'static,
    tell: impl Fn(Vec<Number>) + Send + 'static,
) -> Result<Vec<Number>, Trouble> {
    aside(move || {
        let goes_on = within(PATIENCE, is_wanted);
        let numbers =
            |found: &[Found]| -> Vec<Number> { found.iter().filter_map(|one| number(one, &image)).collect() };
        let found = found(&image, &exempt, goes_on, |found| tell(numbers(found)))?;
        Ok(numbers(&found))
    })
    .await
}

/// The picture with everything that may not be stored painted over: for pictures that nobody looks at before they leave.
/// Refused as [`look`] is: then it may not leave.
pub async fn covered(
    mut image: RgbImage,
    exempt: Vec<ExemptNumber>,
    patience: Duration,
) -> Result<Clean, Trouble> {
    aside(move || {
        let found = found(&image, &exempt, within(patience, || true), |_| {})?;
        let masked = found.iter().filter(|one| one.kind.is_masked());
        let areas: Vec<Number> = masked.filter_map(|one| number(one, &image)).collect();
        for Number { x, y, width, height, .. } in areas {
            for y in y..y + height {
                (x..x + width).for_each(|x| image.put_pixel(x, y, COVER));
            }
        }
        picture::from_rgb(&image)
    })
    .await
}

/// From now on, for so long, and while `is_wanted`.
fn within(patience: Duration, is_wanted: impl Fn() -> bool + Sync) -> impl Fn() -> bool + Sync {
    let deadline = Instant::now() + patience;
    move || Instant::now() < deadline && is_wanted()
}

fn found(
    image: &RgbImage,
    exempt: &[ExemptNumber],
    goes_on: impl Fn() -> bool + Sync,
    tell: impl FnMut(&[Found]),
) -> Result<Vec<Found>, Trouble> {
    let engine = Engine::find()
        .ok_or_else(|| Trouble::refused(Code::Unavailable, "the text engine (tesseract) is not installed"))?;
    let picture = Picture { rgb: image.as_raw(), width: image.width(), height: image.height() };
    deskside_ocr::look(&engine, picture, exempt, goes_on, tell).map_err(|trouble| {
        tracing::warn!(%trouble, "a picture was not looked at to its end");
        Trouble::refused(Code::Unavailable, "the picture could not be searched for numbers")
    })
}

/// Cut to the picture; `None` if nothing of it is inside.
fn number(found: &Found, image: &RgbImage) -> Option<Number> {
    let kind = match found.kind {
        Kind::Card => "card",
        Kind::Code => "code",
        Kind::Iban => "iban",
        Kind::Phone => "phone",
        Kind::Email => "email",
    };
    let area = found.area;
    let width = image.width().checked_sub(area.x)?.min(area.width);
    let height = image.height().checked_sub(area.y)?.min(area.height);
    (width > 0 && height > 0).then_some(Number { kind, x: area.x, y: area.y, width, height })
}

/// On a thread that goes after everything else: somebody types meanwhile. Programs it starts inherit that.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    let (done, waits) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name("numbers".to_owned())
        .spawn(move || {
            priority::lower();
            // Nobody waits any more: the picture was given up.
            let _ = done.send(work());
        })
        .context("starting a thread")?;
    waits.await.context("looking for numbers")?
}
