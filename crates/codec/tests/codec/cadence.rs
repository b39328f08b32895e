//! What a recording takes and how sharp it is, with the real encoder and times as arguments: the same on every machine.

use std::time::Duration;

use deskside_codec::{
    Cadence, Hints, Spent, VideoDecoder, VideoEncoder, VideoSettings, Vp9Decoder, Vp9Encoder,
};
use deskside_frame::{I420, Rect, Time};

/// A minute of voice beside, at 28 kbit/s, as `cargo xtask bench codec` found it.
const VOICE: usize = 28_000 / 8 * 60;
/// Lines of the page.
const LINE: u32 = 21;

/// A screen that is encoded as the recorder does it.
struct Screen {
    picture: I420,
    cadence: Cadence,
    encoder: Vp9Encoder,
    spent: Spent,
    /// Looks so far, 30 a second.
    looks: u64,
    left: Vec<Left>,
}

/// A picture that left.
struct Left {
    time: Time,
    keyframe: bool,
    bytes: Vec<u8>,
}

impl Screen {
    fn of(width: u32, height: u32) -> Screen {
        Screen {
            picture: I420::black(width, height).unwrap(),
            cadence: Cadence::new(width, height),
            encoder: Vp9Encoder::new(VideoSettings {
                threads: 1,
                ..VideoSettings::screen(width, height, 30)
            })
            .unwrap(),
            spent: Spent::default(),
            looks: 0,
            left: Vec::new(),
        }
    }

    fn now(&self) -> Time {
        Time::from_micros(self.looks * 1_000_000 / 30)
    }

    /// One look, which finds that changed.
    fn look(&mut self, changed: &[Rect]) {
        let now = self.now();
        self.looks += 1;
        self.cadence.touch(changed, now);
        if !self.cadence.is_due(now) {
            return;
        }
        let next = self.cadence.next(now, self.spent);
        let hints = Hints { keyframe: next.keyframe, changed: next.changed.as_ref(), moving: next.moving };
        let mut packets = Vec::new();
        self.encoder.encode(&self.picture, now, hints, &mut packets).unwrap();
        self.cadence.sent(next.without_marks(), now);
        for packet in packets {
            self.spent.add(packet.bytes.len(), packet.keyframe);
            self.left.push(Left { time: packet.time, keyframe: packet.keyframe, bytes: packet.bytes });
        }
    }

    /// Shows a page of text that begins at that line of pixels.
    fn page(&mut self, from: u32) -> Rect {
        let (width, height) = (self.picture.width(), self.picture.height());
        let luma = self.picture.planes_mut().0;
        for y in 0..height {
            for x in 0..width {
                luma[(y * width + x) as usize] = ink(x, from + y);
            }
        }
        Rect::whole(width, height)
    }

    /// A caret, or none.
    fn caret(&mut self, on: bool) -> Rect {
        let rect = Rect::new(self.picture.width() - 40, 10, 2, 18);
        let width = self.picture.width();
        let luma = self.picture.planes_mut().0;
        for y in rect.y..rect.bottom() {
            luma[(y * width + rect.x) as usize..][..2].fill(if on { 40 } else { 235 });
        }
        rect
    }

    /// Bytes of what left between two seconds.
    fn bytes(&self, from: u64, to: u64) -> usize {
        let within = Time::from_millis(from * 1_000)..Time::from_millis(to * 1_000);
        self.left.iter().filter(|left| within.contains(&left.time)).map(|left| left.bytes.len()).sum()
    }

    fn keyframes(&self) -> Vec<u64> {
        self.left.iter().filter(|left| left.keyframe).map(|left| left.time.millis_rounded()).collect()
    }

    /// How far the luma of what is shown at a moment is from the screen of now, at the mean.
    fn fault(&self, moment: Time) -> f64 {
        let mut decoder = Vp9Decoder::new().unwrap();
        let mut shown = None;
        for left in self.left.iter().filter(|left| left.time <= moment) {
            shown = decoder.decode(&left.bytes).unwrap().or(shown);
        }
        let shown = shown.expect("something is shown by then");
        let faults = self.picture.y().iter().zip(shown.y()).map(|(one, other)| one.abs_diff(*other));
        faults.map(f64::from).sum::<f64>() / self.picture.y().len() as f64
    }
}

/// Something like small text: strokes with soft edges in cells, words with gaps, ragged lines.
fn ink(x: u32, y: u32) -> u8 {
    let (column, line) = (x / 9, y / LINE);
    let cell = dice(line * 1_009 + column);
    let margin = column < 4 || column > 90 + dice(line) % 12;
    if margin || cell.is_multiple_of(6) || y % LINE >= 14 || x % 9 >= 7 {
        return 235;
    }
    let stroke = |x: u32, y: u32| dice(cell ^ (x / 2 * 31 + y / 3 * 7)) % 5 < 2;
    let (x, y) = (x % 9, y % LINE);
    match (stroke(x, y), stroke(x + 1, y) || stroke(x, y + 1)) {
        (true, true) => 32,
        (true, false) => 110,
        (false, true) => 190,
        (false, false) => 235,
    }
}

fn dice(seed: u32) -> u32 {
    let mixed = (seed ^ 0x9e37_79b9).wrapping_mul(0x85eb_ca6b);
    (mixed ^ mixed >> 15).wrapping_mul(0xc2b2_ae35) >> 13
}

#[test]
fn a_still_minute_with_a_voice_is_less_than_a_megabyte_and_can_be_cut_each_minute() {
    let mut screen = Screen::of(1_920, 1_080);
    let whole = screen.page(0);
    screen.look(&[whole]);
    while screen.now() < Time::from_millis(180_000) {
        screen.look(&[]);
    }
    assert_eq!(screen.keyframes().len(), 3, "{:?}", screen.keyframes());
    let seldom = screen.keyframes().windows(2).all(|pair| (60_000..61_000).contains(&(pair[1] - pair[0])));
    assert!(seldom, "{:?}", screen.keyframes());
    for minute in 0..3 {
        let bytes = screen.bytes(minute * 60, minute * 60 + 60) + VOICE;
        println!("minute {minute}: {bytes} bytes with a voice");
        assert!(bytes < 1_000_000, "minute {minute}: {bytes} bytes with a voice");
    }
    let gaps = screen.left.windows(2).map(|pair| pair[1].time.since(pair[0].time));
    assert!(gaps.max().unwrap() <= Duration::from_millis(1_000), "watchers are told that it is still");
    let beats = screen.left.iter().skip(6).filter(|left| !left.keyframe);
    assert!(beats.into_iter().all(|left| left.bytes.len() == 1), "a heartbeat is one byte");
}

#[test]
fn a_minute_in_which_only_a_caret_blinks_is_less_than_a_megabyte() {
    let mut screen = Screen::of(1_920, 1_080);
    let whole = screen.page(0);
    screen.look(&[whole]);
    while screen.now() < Time::from_millis(120_000) {
        let changed: Vec<Rect> = if screen.looks.is_multiple_of(16) {
            vec![screen.caret(screen.looks.is_multiple_of(32))]
        } else {
            vec![]
        };
        screen.look(&changed);
    }
    for minute in 0..2 {
        let bytes = screen.bytes(minute * 60, minute * 60 + 60) + VOICE;
        println!("minute {minute}: {bytes} bytes with a voice, keyframes {:?}", screen.keyframes());
        assert!(bytes < 1_000_000, "minute {minute}: {bytes} bytes with a voice");
    }
}

#[test]
fn what_scrolled_is_coarse_and_is_sharp_well_within_a_second_after() {
    let mut screen = Screen::of(960, 540);
    let whole = screen.page(0);
    screen.look(&[whole]);
    while screen.now() < Time::from_millis(1_000) {
        screen.look(&[]);
    }
    let at_rest = screen.fault(screen.now());
    for step in 1..60 {
        let whole = screen.page(step * 12);
        screen.look(&[whole]);
    }
    let stopped = screen.left.last().unwrap().time;
    let moving = screen.fault(stopped);
    while screen.now() < stopped + Duration::from_secs(3) {
        screen.look(&[]);
    }
    // What is left of the second is the encoder's, which takes a sixth of it for a page of full HD.
    let soon = screen.fault(stopped + Duration::from_millis(700));
    println!("fault {at_rest:.2} at rest, {moving:.2} while it scrolls, {soon:.2} soon after");
    assert!(soon < 0.6 && soon * 1.5 < moving && at_rest <= soon, "{at_rest} {moving} {soon}");
}

#[test]
fn who_stops_for_a_moment_while_scrolling_does_not_pay_for_a_page() {
    let mut sizes = Vec::new();
    for pause in [15, 30] {
        let mut screen = Screen::of(960, 540);
        let whole = screen.page(0);
        screen.look(&[whole]);
        for step in 1..121 {
            let whole = screen.page(step * 12);
            screen.look(&[whole]);
            if step % 30 == 0 {
                (0..pause).for_each(|_| screen.look(&[]));
            }
        }
        sizes.push(screen.left.iter().map(|left| left.bytes.len()).sum::<usize>());
    }
    println!("{sizes:?} bytes with pauses of half a second and of one");
    assert!(sizes[0] * 10 < sizes[1] * 9, "{sizes:?}");
}
