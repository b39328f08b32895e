//! Converting parts must give what converting the whole gives.

use deskside_codec::convert::{self, Paint};
use deskside_frame::{Bgra, I420, Rect};
use proptest::prelude::*;

fn noise(width: u32, height: u32, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    (0..width * height * 4)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn changed_rectangles_bring_a_picture_up_to_date(
        width in 1u32..40, height in 1u32..40, seed: u64,
        rects in prop::collection::vec((0u32..40, 0u32..40, 0u32..40, 0u32..40), 1..4),
    ) {
        let (width, height) = (width * 2, height * 2);
        let before = noise(width, height, seed);
        let mut after = before.clone();
        let rects: Vec<Rect> = rects.into_iter().map(|(x, y, w, h)| Rect::new(x, y, w, h)).collect();
        for rect in rects.iter().filter_map(|r| r.intersection(&Rect::whole(width, height))) {
            for y in rect.y..rect.bottom() {
                let start = (y * width + rect.x) as usize * 4;
                after[start..start + rect.width as usize * 4].fill(seed as u8);
            }
        }
        let stride = width as usize * 4;
        let before = Bgra::new(&before, stride, width, height).unwrap();
        let after = Bgra::new(&after, stride, width, height).unwrap();
        let whole = Rect::whole(width, height);

        let mut partly = I420::black(width, height).unwrap();
        convert::update(&mut partly, (0, 0), &before, whole);
        for rect in rects {
            convert::update(&mut partly, (0, 0), &after, rect);
        }
        let mut wholly = I420::black(width, height).unwrap();
        convert::update(&mut wholly, (0, 0), &after, whole);
        prop_assert!(partly == wholly, "parts converted anew differ from the whole");
    }
}

#[test]
fn a_small_screen_lies_inside_a_larger_canvas() {
    let pixels = [255, 255, 255, 0].repeat(5 * 4);
    let screen = Bgra::new(&pixels, 20, 5, 4).unwrap();
    let mut canvas = I420::black(12, 8).unwrap();
    let written = convert::update(&mut canvas, (4, 2), &screen, Rect::whole(5, 4));
    assert_eq!(written, Some(Rect::new(4, 2, 4, 4)), "the odd fifth column has no partner");
    let white = canvas.y().iter().filter(|luma| **luma == 235).count();
    assert_eq!((white, canvas.y()[2 * 12 + 4], canvas.y()[2 * 12 + 3]), (16, 235, 16));
    assert_eq!(convert::update(&mut canvas, (14, 0), &screen, Rect::whole(5, 4)), None, "outside");
}

#[test]
fn paint_leaves_no_trace_of_what_it_covers() {
    let pixels = noise(16, 16, 7);
    let screen = Bgra::new(&pixels, 64, 16, 16).unwrap();
    let mut picture = I420::black(16, 16).unwrap();
    convert::update(&mut picture, (0, 0), &screen, Rect::whole(16, 16));
    convert::fill(&mut picture, Rect::new(3, 5, 6, 4), Paint::COVER);
    for y in 5..9 {
        for x in 3..9 {
            let colour = y / 2 * 8 + x / 2;
            let got = Paint { y: picture.y()[y * 16 + x], u: picture.u()[colour], v: picture.v()[colour] };
            assert_eq!(got, Paint::COVER, "at {x},{y}");
        }
    }
}

#[test]
fn colours_come_back() {
    for colour in [[0u8, 0, 255], [0, 255, 0], [255, 0, 0], [40, 90, 200], [255, 255, 255]] {
        let mut picture = I420::black(8, 8).unwrap();
        convert::fill(&mut picture, Rect::whole(8, 8), Paint::of(colour[0], colour[1], colour[2]));
        let back = convert::to_bgra(&picture);
        for channel in 0..3 {
            let error = i32::from(back[channel]) - i32::from(colour[channel]);
            assert!(error.abs() <= 3, "{colour:?} came back as {:?}", &back[..3]);
        }
    }
}
