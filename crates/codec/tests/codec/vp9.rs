//! VP9: painted pictures come back, keyframes come when asked for, unmarked blocks stay.

use deskside_codec::convert::{self, Paint};
use deskside_codec::{
    ActiveMap, CodecError, Hints, VideoDecoder, VideoEncoder, VideoSettings, Vp9Decoder, Vp9Encoder,
};
use deskside_frame::{Codec, I420, Rect, Time};

const RED: [u8; 3] = [0, 0, 255];
const WHITE: [u8; 3] = [255, 255, 255];

fn painted(width: u32, height: u32, rect: Rect, colour: [u8; 3]) -> I420 {
    let mut picture = I420::black(width, height).unwrap();
    convert::fill(&mut picture, rect, Paint::of(colour[0], colour[1], colour[2]));
    picture
}

fn luma_at(picture: &I420, x: u32, y: u32) -> u8 {
    picture.y()[(y * picture.width() + x) as usize]
}

#[test]
fn painted_pictures_come_back_and_keyframes_come_only_when_asked_for() {
    let mut encoder = Vp9Encoder::new(VideoSettings::screen(322, 240, 30)).unwrap();
    assert_eq!(encoder.format().codec, Codec::Vp9);
    let mut decoder = Vp9Decoder::new().unwrap();
    let mut packets = Vec::new();
    let mut frames = 0;
    for n in 0..300u32 {
        let square = Rect::new(n % 280, n % 200, 40, 40);
        let picture = painted(322, 240, square, if n % 2 == 0 { RED } else { WHITE });
        let hints = Hints { keyframe: n == 0 || n == 150, changed: None, moving: false };
        encoder.encode(&picture, Time::from_millis(u64::from(n) * 33), hints, &mut packets).unwrap();
        for packet in packets.drain(..) {
            assert_eq!(packet.keyframe, hints.keyframe, "picture {n}");
            assert_eq!(packet.time, Time::from_millis(u64::from(n) * 33));
            let shown = decoder.decode(&packet.bytes).unwrap().expect("every frame shows a picture");
            let (x, y) = (square.x + 20, square.y + 20);
            let (got, wanted) = (luma_at(&shown, x, y), luma_at(&picture, x, y));
            assert!(got.abs_diff(wanted) < 12, "picture {n} shows {got} instead of {wanted}");
            frames += 1;
        }
    }
    encoder.flush(&mut packets).unwrap();
    assert_eq!(frames + packets.len(), 300);
}

/// The marks are a hint: libvpx spends its time and bits there, and may still refresh other blocks now and then.
#[test]
fn the_encoder_looks_at_marked_blocks_first() {
    let (width, height) = (640, 480);
    let corner = Rect::new(0, 0, 64, 64);
    let mut sizes = Vec::new();
    for hinted in [true, false] {
        let settings =
            VideoSettings { quality: 30, kilobits: 800, ..VideoSettings::screen(width, height, 30) };
        let mut encoder = Vp9Encoder::new(settings).unwrap();
        let mut packets = Vec::new();
        for n in 0..20u64 {
            let mut picture = I420::black(width, height).unwrap();
            let (luma, _, _) = picture.planes_mut();
            for (at, pixel) in luma.iter_mut().enumerate() {
                *pixel = 16 + ((at as u64).wrapping_mul(2_654_435_761 + n) >> 7 & 127) as u8;
            }
            let mut map = ActiveMap::empty(width, height);
            map.mark(corner);
            let hints = Hints { keyframe: n == 0, changed: hinted.then_some(&map), moving: false };
            encoder.encode(&picture, Time::from_millis(n * 33), hints, &mut packets).unwrap();
        }
        sizes.push(packets.iter().skip(1).map(|packet| packet.bytes.len()).sum::<usize>());
    }
    assert!(sizes[0] * 3 < sizes[1], "{} bytes with marks, {} without", sizes[0], sizes[1]);
}

/// The encoder is not told of the frames in between, so a decoder must not notice them either.
#[test]
fn a_picture_that_did_not_change_is_shown_again_for_one_byte() {
    let (width, height) = (320, 240);
    let still = ActiveMap::empty(width, height);
    let mut shown: Vec<Vec<I420>> = Vec::new();
    for with_repeats in [true, false] {
        let mut encoder = Vp9Encoder::new(VideoSettings::screen(width, height, 30)).unwrap();
        let mut decoder = Vp9Decoder::new().unwrap();
        let mut pictures = Vec::new();
        let mut packets = Vec::new();
        for n in 0..90u64 {
            let square = Rect::new(n as u32 * 3 % 250, n as u32 * 2 % 180, 50, 40);
            let picture = painted(width, height, square, if n % 2 == 0 { RED } else { WHITE });
            let mut map = ActiveMap::empty(width, height);
            map.mark(Rect::whole(width, height));
            let hints = Hints { keyframe: n % 40 == 0, changed: Some(&map), moving: false };
            encoder.encode(&picture, Time::from_millis(n * 40), hints, &mut packets).unwrap();
            let last = decoder.decode(&packets.pop().unwrap().bytes).unwrap().unwrap();
            if with_repeats {
                for again in 1..n % 4 {
                    let hints = Hints { keyframe: false, changed: Some(&still), moving: false };
                    encoder.encode(&picture, Time::from_millis(n * 40 + again), hints, &mut packets).unwrap();
                    let packet = packets.pop().unwrap();
                    assert_eq!((packet.bytes.len(), packet.keyframe), (1, false));
                    assert!(decoder.decode(&packet.bytes).unwrap().unwrap() == last, "picture {n} again");
                }
            }
            pictures.push(last);
        }
        shown.push(pictures);
    }
    assert!(shown[0] == shown[1], "what is shown in between changes what comes later");
}

#[test]
fn speed_changes_while_running() {
    let mut encoder = Vp9Encoder::new(VideoSettings::screen(320, 240, 30)).unwrap();
    let mut packets = Vec::new();
    for n in 0..9u64 {
        encoder.set_speed(n as u32 * 3).unwrap();
        let picture = painted(320, 240, Rect::new(n as u32 * 16, 0, 64, 64), WHITE);
        encoder.encode(&picture, Time::from_millis(n), Hints::default(), &mut packets).unwrap();
    }
    assert_eq!(packets.len(), 9);
}

/// What is coarse and quick while it moves is made good by the first picture that stands still.
#[test]
fn what_moved_is_coarse_and_becomes_fine_when_it_stands() {
    let (width, height) = (320, 240);
    let settings = VideoSettings { moving_quality: 50, ..VideoSettings::screen(width, height, 30) };
    let mut encoder = Vp9Encoder::new(settings).unwrap();
    let mut decoder = Vp9Decoder::new().unwrap();
    let mut packets = Vec::new();
    let mut faults = Vec::new();
    for n in 0..14u64 {
        // Spots of four pixels, all of them others in each picture, until the tenth stays.
        let mut picture = I420::black(width, height).unwrap();
        for (at, pixel) in picture.planes_mut().0.iter_mut().enumerate() {
            let spot = (at as u32 % width / 4) + (at as u32 / width / 4) * 1_000 + n.min(9) as u32 * 7_919;
            *pixel = 60 + (spot.wrapping_mul(2_654_435_761) >> 24) as u8 / 3;
        }
        let moving = (1..10).contains(&n);
        let hints = Hints { keyframe: n == 0, changed: None, moving };
        encoder.encode(&picture, Time::from_millis(n * 33), hints, &mut packets).unwrap();
        let shown = decoder.decode(&packets.pop().unwrap().bytes).unwrap().unwrap();
        let fault: u64 =
            picture.y().iter().zip(shown.y()).map(|(one, other)| u64::from(one.abs_diff(*other))).sum();
        faults.push(fault as f64 / f64::from(width * height));
    }
    let (moving, still) = (faults[9], faults[13]);
    assert!(still < 1.0 && still * 2.0 < moving, "{faults:?}");
}

#[test]
fn what_can_not_be_encoded_is_refused() {
    assert!(matches!(Vp9Encoder::new(VideoSettings::screen(321, 240, 30)), Err(CodecError::Malformed(_))));
    let mut encoder = Vp9Encoder::new(VideoSettings::screen(320, 240, 30)).unwrap();
    let mut packets = Vec::new();
    let wrong = I420::black(64, 64).unwrap();
    let refused = encoder.encode(&wrong, Time::ZERO, Hints::default(), &mut packets);
    assert!(matches!(refused, Err(CodecError::Size { made_for: (320, 240), got: (64, 64) })));
    let picture = I420::black(320, 240).unwrap();
    encoder.encode(&picture, Time::from_millis(5), Hints::default(), &mut packets).unwrap();
    let refused = encoder.encode(&picture, Time::from_millis(5), Hints::default(), &mut packets);
    assert!(matches!(refused, Err(CodecError::Order { last: 5_000, got: 5_000 })));
    let mut decoder = Vp9Decoder::new().unwrap();
    assert!(matches!(decoder.decode(b"no frame at all"), Err(CodecError::Library { .. })));
}
