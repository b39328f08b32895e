//! What leaves without anybody looking at it (`deskside ask --shot`) holds no card that an engine can read.

#[path = "../../ocr/tests/support/screens.rs"]
mod screens;

use deskside_app::{numbers, picture};
use image::RgbImage;
use screens::{fonts, looks, screen};

fn readable(numbers: &[numbers::Number]) -> Vec<&numbers::Number> {
    numbers.iter().filter(|number| ["card", "code", "iban"].contains(&number.kind)).collect()
}

#[tokio::test]
async fn a_covered_picture_holds_no_number_that_may_not_be_stored_and_is_otherwise_the_same() {
    let drawn = screen(42, looks()[5], &fonts());
    let pixels = RgbImage::from_raw(1920, 1080, drawn.canvas.picture().rgb.to_vec()).expect("a screen");
    let before = picture::from_rgb(&pixels).expect("a picture");
    let found = numbers::look(before.png.clone(), Vec::new(), |_| {}).await.expect("a look");
    assert!(readable(&found).len() >= 3, "the screen shows numbers: {found:?}");

    let after = numbers::covered(before, Vec::new()).await.expect("covered");
    assert!(picture::is_clean(&after.png), "or it would be refused");
    let again = numbers::look(after.png.clone(), Vec::new(), |_| {}).await.expect("a look");
    assert_eq!(readable(&again), Vec::<&numbers::Number>::new());

    let left = image::load_from_memory(&after.png).expect("a picture").to_rgb8();
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
    let png = picture::from_rgb(&pixels).expect("a picture").png;
    let (sender, told) = std::sync::mpsc::channel();
    let found = numbers::look(png, Vec::new(), move |found| drop(sender.send(found))).await.expect("a look");
    let told: Vec<_> = told.try_iter().collect();
    assert!(told.len() > 1, "more than once");
    assert_eq!(told.last(), Some(&found));
}
