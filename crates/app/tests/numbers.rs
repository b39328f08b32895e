//! What leaves without anybody looking at it (`deskside ask --shot`) holds no card that an engine can read.

#[path = "../../ocr/tests/support/screens.rs"]
mod screens;

use std::time::Duration;

use deskside_app::{numbers, picture};
use deskside_protocol::Code;
use image::RgbImage;
use screens::{fonts, looks, screen};

const PATIENCE: Duration = Duration::from_secs(30);

fn readable(numbers: &[numbers::Number]) -> Vec<&numbers::Number> {
    numbers.iter().filter(|number| ["card", "code", "iban"].contains(&number.kind)).collect()
}

#[tokio::test]
async fn a_covered_picture_holds_no_number_that_may_not_be_stored_and_is_otherwise_the_same() {
    let drawn = screen(42, looks()[5], &fonts());
    let pixels = RgbImage::from_raw(1920, 1080, drawn.canvas.picture().rgb.to_vec()).expect("a screen");
    let found = numbers::look(pixels.clone(), Vec::new(), || true, |_| {}).await.expect("a look");
    assert!(readable(&found).len() >= 3, "the screen shows numbers: {found:?}");

    let after = numbers::covered(pixels.clone(), Vec::new(), PATIENCE).await.expect("covered");
    assert!(picture::is_clean(&after.png), "or it would be refused");
    let left = picture::decoded(&after.png).expect("a picture");
    let again = numbers::look(left.clone(), Vec::new(), || true, |_| {}).await.expect("a look");
    assert_eq!(readable(&again), Vec::<&numbers::Number>::new());

    let is_in = |x: u32, y: u32| {
        let holds = |one: &&numbers::Number| {
            (one.x..one.x + one.width).contains(&x) && (one.y..one.y + one.height).contains(&y)
        };
        readable(&found).iter().any(holds)
    };
    for (x, y, pixel) in left.enumerate_pixels() {
        let wanted = if is_in(x, y) { [11, 12, 14] } else { pixels.get_pixel(x, y).0 };
        assert_eq!(pixel.0, wanted, "at {x} {y}");
    }
}

#[tokio::test]
async fn every_find_is_told_before_the_look_ends() {
    let drawn = screen(43, looks()[0], &fonts());
    let pixels = RgbImage::from_raw(1920, 1080, drawn.canvas.picture().rgb.to_vec()).expect("a screen");
    let (sender, told) = std::sync::mpsc::channel();
    let tell = move |found| drop(sender.send(found));
    let found = numbers::look(pixels, Vec::new(), || true, tell).await.expect("a look");
    let told: Vec<_> = told.try_iter().collect();
    assert!(told.len() > 1, "more than once");
    assert_eq!(told.last(), Some(&found));
}

#[tokio::test]
async fn what_was_not_looked_at_to_its_end_is_no_picture() {
    let drawn = screen(44, looks()[0], &fonts());
    let pixels = RgbImage::from_raw(1920, 1080, drawn.canvas.picture().rgb.to_vec()).expect("a screen");
    let looked = numbers::look(pixels.clone(), Vec::new(), || false, |_| {}).await;
    assert_eq!(looked.expect_err("given up").code(), Some(Code::Unavailable));
    let covered = numbers::covered(pixels, Vec::new(), Duration::ZERO).await;
    assert_eq!(covered.expect_err("too late").code(), Some(Code::Unavailable));
}
