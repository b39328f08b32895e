//! AV1: painted pictures come back, keyframes come when asked for, what is not marked costs nothing.

use deskside_codec::convert::{self, Paint};
use deskside_codec::{
    ActiveMap, Av1Decoder, Av1Encoder, CodecError, Hints, VideoDecoder, VideoEncoder, VideoSettings,
    video_decoder, video_encoder,
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
    // Not a multiple of a block, as windows and regions are not.
    let (width, height) = (322, 240);
    let mut encoder = video_encoder(Codec::Av1, VideoSettings::screen(width, height, 30)).unwrap();
    let mut decoder = video_decoder(Codec::Av1).unwrap();
    let (mut packets, mut frames) = (Vec::new(), 0);
    for n in 0..60u32 {
        let square = Rect::new(n * 4 % 280, n * 3 % 200, 40, 40);
        let picture = painted(width, height, square, if n % 2 == 0 { RED } else { WHITE });
        let hints = Hints { keyframe: n == 0 || n == 30, changed: None, moving: false };
        let time = Time::from_millis(u64::from(n) * 33);
        encoder.encode(&picture, time, hints, &mut packets).unwrap();
        for packet in packets.drain(..) {
            assert_eq!((packet.keyframe, packet.time), (hints.keyframe, time), "picture {n}");
            assert_ne!(packet.bytes[..2], [0x12, 0], "a block of WebM holds no temporal delimiter");
            let shown = decoder.decode(&packet.bytes).unwrap().expect("every frame shows a picture");
            let (x, y) = (square.x + 20, square.y + 20);
            let (got, wanted) = (luma_at(&shown, x, y), luma_at(&picture, x, y));
            assert!(got.abs_diff(wanted) < 12, "picture {n} shows {got} instead of {wanted}");
            frames += 1;
        }
    }
    encoder.flush(&mut packets).unwrap();
    assert_eq!(frames + packets.len(), 60);
}

/// What a container says of the stream is what the stream says of itself.
#[test]
fn the_setup_holds_the_sequence_header_that_keyframes_begin_with() {
    for (width, height) in [(64, 48), (640, 480), (1_920, 1_080), (3_840, 2_160)] {
        let encoder = Av1Encoder::new(VideoSettings::screen(width, height, 30)).unwrap();
        let setup = encoder.format().setup;
        assert_eq!(setup[0], 0x81, "marker and version");
        let (profile, level) = (setup[1] >> 5, setup[1] & 31);
        assert_eq!(profile, 0, "main profile");
        assert!((8..=16).contains(&level) == (width >= 1_920), "level {level} for {width}x{height}");
        assert_eq!(setup[2] & 0b0111_1111, 0b1100, "8 bits, 4:2:0");
        if width > 640 {
            continue;
        }
        let (mut encoder, mut packets) = (encoder, Vec::new());
        let picture = painted(width, height, Rect::new(8, 8, 20, 20), RED);
        let hints = Hints { keyframe: true, changed: None, moving: false };
        encoder.encode(&picture, Time::ZERO, hints, &mut packets).unwrap();
        assert!(packets[0].bytes.starts_with(&setup[4..]), "{width}x{height}");
    }
}

#[test]
fn what_is_not_marked_costs_nothing_and_is_not_seen() {
    let (width, height) = (640, 480);
    let mut sizes = Vec::new();
    for hinted in [true, false] {
        let mut encoder = Av1Encoder::new(VideoSettings::screen(width, height, 30)).unwrap();
        let mut decoder = Av1Decoder::new().unwrap();
        let mut packets = Vec::new();
        let mut last = None;
        for n in 0..12u64 {
            // Everything changes, and only the corner is told of.
            let mut picture = I420::black(width, height).unwrap();
            for (at, pixel) in picture.planes_mut().0.iter_mut().enumerate() {
                *pixel = 16 + ((at as u64 / 16).wrapping_mul(2_654_435_761 + n) >> 7 & 127) as u8;
            }
            let mut map = ActiveMap::empty(width, height);
            map.mark(Rect::new(0, 0, 64, 64));
            let hints = Hints { keyframe: n == 0, changed: hinted.then_some(&map), moving: false };
            encoder.encode(&picture, Time::from_millis(n * 33), hints, &mut packets).unwrap();
            let shown = decoder.decode(&packets.last().unwrap().bytes).unwrap().unwrap();
            if let Some(first) = last.replace(shown.clone())
                && hinted
            {
                let far = |picture: &I420| picture.y()[300 * width as usize..].to_vec();
                assert!(far(&first) == far(&shown), "picture {n}: what is not marked was touched");
            }
        }
        sizes.push(packets.iter().skip(1).map(|packet| packet.bytes.len()).sum::<usize>());
    }
    assert!(sizes[0] * 3 < sizes[1], "{} bytes with marks, {} without", sizes[0], sizes[1]);
}

#[test]
fn a_picture_that_did_not_change_is_a_few_bytes() {
    let mut encoder = Av1Encoder::new(VideoSettings::screen(320, 240, 30)).unwrap();
    let mut decoder = Av1Decoder::new().unwrap();
    let (mut packets, mut shown) = (Vec::new(), Vec::new());
    let picture = painted(320, 240, Rect::new(60, 60, 100, 80), WHITE);
    let still = ActiveMap::empty(320, 240);
    for n in 0..20u64 {
        let hints = Hints { keyframe: n == 0, changed: (n > 4).then_some(&still), moving: false };
        encoder.encode(&picture, Time::from_millis(n * 900), hints, &mut packets).unwrap();
        shown.push(decoder.decode(&packets.last().unwrap().bytes).unwrap().unwrap());
    }
    assert!(packets[6..].iter().all(|packet| packet.bytes.len() < 60), "{packets:?}");
    assert!(shown[6..].iter().all(|picture| *picture == shown[5]), "a still picture moves");
}

#[test]
fn what_can_not_be_encoded_is_refused() {
    assert!(matches!(Av1Encoder::new(VideoSettings::screen(321, 240, 30)), Err(CodecError::Malformed(_))));
    let mut encoder = Av1Encoder::new(VideoSettings::screen(320, 240, 30)).unwrap();
    let mut packets = Vec::new();
    let refused = encoder.encode(&I420::black(64, 64).unwrap(), Time::ZERO, Hints::default(), &mut packets);
    assert!(matches!(refused, Err(CodecError::Size { made_for: (320, 240), got: (64, 64) })));
    let picture = I420::black(320, 240).unwrap();
    encoder.encode(&picture, Time::from_millis(5), Hints::default(), &mut packets).unwrap();
    let refused = encoder.encode(&picture, Time::from_millis(5), Hints::default(), &mut packets);
    assert!(matches!(refused, Err(CodecError::Order { last: 5_000, got: 5_000 })));
    assert!(Av1Decoder::new().unwrap().decode(b"no frame at all").is_err());
    assert!(matches!(video_decoder(Codec::Vp8), Err(CodecError::NotHere(Codec::Vp8))));
    assert!(matches!(video_decoder(Codec::Opus), Err(CodecError::NotHere(Codec::Opus))));
}
