//! How old is the picture that scrap gives? Paint, ask for a frame, look at the pixel.
//!
//! scrap asks for the next picture at the end of every call, but leaves that request in a buffer that only the next
//! call sends. So the picture is taken when it is asked for, not one call earlier. The recorder relies on this: it
//! reads the clock at the call and grabs once. If a later scrap sends earlier, these tests fail.

use std::ffi::CString;
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use scrap::x11::{Capturer, Display, Rect, Server};

use crate::desk::{Desk, Painter};

const WIDTH: u16 = 1920;
const HEIGHT: u16 = 1080;

fn capturer(desk: &Desk) -> Capturer {
    let name = CString::new(desk.display.as_str()).unwrap();
    let server = Rc::new(Server::connect(name.as_ptr().cast()).unwrap());
    let root = desk.painter().screen.root;
    let rect = Rect { x: 0, y: 0, w: WIDTH, h: HEIGHT };
    // SAFETY: the window is the root of the server that the connection leads to.
    Capturer::new(unsafe { Display::new(server, true, rect, root) }).unwrap()
}

fn paint(painter: &Painter, window: u32, n: u32) -> u32 {
    let colour = 0x10_2030 + n * 0x01_0305;
    painter.fill(window, 0, 0, 64, 64, colour);
    colour
}

fn pixel(frame: &[u8]) -> u32 {
    let at = (40 * usize::from(WIDTH) + 40) * 4;
    u32::from_le_bytes([frame[at], frame[at + 1], frame[at + 2], 0])
}

/// For each paint: 0 when the frame asked for afterwards shows it, 1 when it shows the paint before, and so on.
/// The pause is what is under test: nobody grabs meanwhile.
fn ages(pause: Duration, paints: u32) -> (Vec<usize>, Vec<Duration>) {
    let desk = Desk::start(WIDTH, HEIGHT);
    let painter = desk.painter();
    let window = painter.window(20, 20, 64, 64, 0, "painted");
    let mut capturer = capturer(&desk);
    let mut painted = vec![paint(&painter, window, 0)];
    let mut ages = Vec::new();
    let mut calls = Vec::new();
    for n in 1..=paints {
        thread::park_timeout(pause);
        painted.push(paint(&painter, window, n));
        let asked = Instant::now();
        let seen = pixel(capturer.frame());
        calls.push(asked.elapsed());
        let age = painted.iter().rev().position(|colour| *colour == seen);
        ages.push(age.unwrap_or(usize::MAX));
    }
    (ages, calls)
}

#[test]
fn a_frame_shows_what_was_painted_before_it_was_asked_for() {
    for pause in [0, 5, 33] {
        let (ages, calls) = ages(Duration::from_millis(pause), 40);
        let mean = calls.iter().sum::<Duration>() / calls.len() as u32;
        println!("pause {pause} ms: age in paints {ages:?}, mean call {mean:?}");
        assert!(ages.iter().all(|age| *age == 0), "at {pause} ms between frames the ages are {ages:?}");
    }
}

#[test]
fn the_first_frame_after_a_long_pause_is_as_fresh() {
    let (ages, _) = ages(Duration::from_millis(1_500), 3);
    assert!(ages.iter().all(|age| *age == 0), "after 1.5 s without a frame the ages are {ages:?}");
}

/// The first frame is asked for when the capturer is made; it must not be sent before it is fetched either.
#[test]
fn the_first_frame_of_all_is_fresh() {
    let desk = Desk::start(WIDTH, HEIGHT);
    let painter = desk.painter();
    let window = painter.window(20, 20, 64, 64, 0, "painted");
    let mut capturer = capturer(&desk);
    let colour = paint(&painter, window, 9);
    assert_eq!(pixel(capturer.frame()), colour);
}
