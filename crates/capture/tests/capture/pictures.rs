//! What is painted on the desk is what the picture shows, and nothing is converted that did not change.

use deskside_capture::x11::X11Desktop;
use deskside_capture::{Area, CaptureError, DenyList, Desktop, Notice, Source, Target, Update, View};
use deskside_codec::convert::Paint;
use deskside_frame::{I420, Rect};

use crate::desk::{Desk, until};

/// A source with its picture.
pub struct Eye {
    source: Box<dyn Source>,
    pub picture: I420,
}

/// The target and nothing else: no cursor, no line, nothing covered.
pub fn plain(target: Target) -> View {
    View {
        target,
        cursor: false,
        deny: DenyList::default(),
        masks: vec![],
        rings: false,
        canvas: None,
        hairline: false,
    }
}

impl Eye {
    pub fn open(desk: &Desk, target: Target) -> Eye {
        Eye::with(desk, plain(target))
    }

    pub fn with(desk: &Desk, view: View) -> Eye {
        let source = X11Desktop::connect(Some(&desk.display)).unwrap().open(&view).unwrap();
        let (width, height) = source.size();
        Eye { source, picture: I420::black(width, height).unwrap() }
    }

    pub fn look(&mut self) -> Update {
        self.source.update(&mut self.picture).unwrap()
    }

    pub fn at(&self, x: u32, y: u32) -> Paint {
        let colour = y as usize / 2 * self.picture.colour_stride() + x as usize / 2;
        Paint {
            y: self.picture.y()[(y * self.picture.width() + x) as usize],
            u: self.picture.u()[colour],
            v: self.picture.v()[colour],
        }
    }

    pub fn shows(&self, colour: u32) -> bool {
        let (width, height, paint) = (self.picture.width(), self.picture.height(), paint(colour));
        (0..height).any(|y| (0..width).any(|x| self.at(x, y) == paint))
    }
}

pub fn paint(colour: u32) -> Paint {
    let [blue, green, red, _] = colour.to_le_bytes();
    Paint::of(blue, green, red)
}

const RED: u32 = 0xff_0000;
const GREEN: u32 = 0x00_ff00;
const BLUE: u32 = 0x00_00ff;

#[test]
fn only_what_changed_is_painted_anew() {
    let desk = Desk::start(640, 480);
    let painter = desk.painter();
    let window = painter.window(100, 50, 200, 100, RED, "window");
    let mut eye = Eye::open(&desk, Target::Display(1));
    assert_eq!(eye.look().changed, [Rect::whole(640, 480)]);
    assert_eq!((eye.at(150, 80), eye.at(90, 80)), (paint(RED), paint(0)));
    assert_eq!(eye.look(), Update::default(), "nothing changed");

    painter.fill(window, 11, 13, 4, 5, GREEN);
    assert_eq!(eye.look().changed, [Rect::new(110, 62, 6, 6)], "grown to even edges, and no more");
    assert_eq!((eye.at(112, 64), eye.at(118, 64)), (paint(GREEN), paint(RED)));
    assert_eq!(eye.look(), Update::default(), "nothing changed");

    for n in 0..50i16 {
        painter.fill(window, n * 4, n * 2, 2, 2, BLUE);
        assert!(!eye.look().changed.is_empty(), "the change was missed");
        assert_eq!(eye.at(100 + n as u32 * 4, 50 + n as u32 * 2), paint(BLUE), "picture {n} is old");
    }
}

#[test]
fn a_server_that_does_not_tell_what_changes_is_compared() {
    let desk = Desk::start_with(640, 480, &["-extension", "DAMAGE"]);
    let painter = desk.painter();
    let window = painter.window(100, 50, 200, 100, RED, "window");
    let mut eye = Eye::open(&desk, Target::Display(1));
    assert_eq!(eye.look().changed, [Rect::whole(640, 480)]);
    assert_eq!(eye.look(), Update::default(), "nothing changed");
    painter.fill(window, 11, 13, 4, 5, GREEN);
    assert_eq!(eye.look().changed, [Rect::new(64, 0, 64, 128)], "the tiles that hold it, from 111,63 on");
    assert_eq!((eye.at(112, 64), eye.at(118, 64)), (paint(GREEN), paint(RED)));
    assert_eq!(eye.look(), Update::default(), "nothing changed");
    for n in 0..50i16 {
        painter.fill(window, n * 4, n * 2, 2, 2, BLUE);
        assert!(!eye.look().changed.is_empty(), "the change was missed");
        assert_eq!(eye.at(100 + n as u32 * 4, 50 + n as u32 * 2), paint(BLUE), "picture {n} is old");
    }
    desk.set_size(320, 240);
    painter.fill(window, 0, 0, 200, 100, GREEN);
    until("the smaller desk is shown", || {
        eye.look();
        eye.at(160 + 110, 120 + 60) == paint(GREEN)
    });
}

#[test]
fn a_region_shows_its_part_and_looks_nowhere_else() {
    let desk = Desk::start(640, 480);
    let painter = desk.painter();
    let window = painter.window(100, 50, 200, 100, RED, "window");
    let mut eye = Eye::open(&desk, Target::Region(Area::new(101, 51, 51, 31)));
    assert_eq!(eye.source.size(), (50, 30));
    eye.look();
    assert_eq!(eye.at(0, 0), paint(RED));
    painter.fill(window, 150, 90, 9, 9, GREEN);
    assert_eq!(eye.look(), Update::default(), "that is outside");
    painter.fill(window, 1, 1, 2, 2, GREEN);
    assert_eq!(eye.look().changed, [Rect::new(0, 0, 2, 2)]);
    assert_eq!((eye.at(0, 0), eye.at(2, 2)), (paint(GREEN), paint(RED)));
}

#[test]
fn the_cursor_is_drawn_and_leaves_no_trace() {
    let desk = Desk::start(640, 480);
    let painter = desk.painter();
    painter.window(0, 0, 640, 480, GREEN, "window");
    painter.point(200, 200);
    let view = View {
        target: Target::Display(1),
        cursor: true,
        deny: DenyList::empty(),
        masks: vec![],
        rings: false,
        canvas: None,
        hairline: false,
    };
    let mut eye = Eye::with(&desk, view.clone());
    eye.look();
    let drawn = |eye: &Eye, x: u32, y: u32| {
        (x - 12..x + 12).any(|x| (y - 12..y + 12).any(|y| eye.at(x, y) != paint(GREEN)))
    };
    assert!(drawn(&eye, 200, 200), "the cursor is not in the picture");
    painter.point(401, 303);
    let update = eye.look();
    assert!(drawn(&eye, 401, 303) && !drawn(&eye, 200, 200), "the cursor did not move");
    let area: u32 = update.changed.iter().map(|rect| rect.width * rect.height).sum();
    assert!(area < 5_000, "moving the cursor repainted {area} pixels");
    assert_eq!(eye.look(), Update::default(), "a resting cursor costs nothing");

    let mut without = Eye::with(&desk, View { cursor: false, ..view });
    without.look();
    assert!(!drawn(&without, 401, 303), "the cursor was not asked for");
}

#[test]
fn masks_hide_their_place_from_the_first_picture_on() {
    let desk = Desk::start(640, 480);
    let painter = desk.painter();
    let window = painter.window(0, 0, 640, 480, RED, "window");
    let mask = Area::new(100, 100, 50, 50);
    let view = View {
        target: Target::Display(1),
        cursor: true,
        deny: DenyList::empty(),
        masks: vec![mask],
        rings: false,
        canvas: None,
        hairline: false,
    };
    let mut eye = Eye::with(&desk, view);
    eye.look();
    let cover = eye.at(120, 120);
    assert!(cover != paint(RED) && cover == eye.at(149, 149) && eye.at(151, 151) == paint(RED));
    painter.fill(window, 90, 90, 80, 80, BLUE);
    eye.look();
    assert_eq!((eye.at(120, 120), eye.at(95, 95)), (cover, paint(BLUE)));
}

#[test]
fn a_mask_that_comes_later_hides_its_place_at_once_and_what_it_hid_comes_back() {
    let desk = Desk::start(640, 480);
    let painter = desk.painter();
    painter.window(0, 0, 640, 480, RED, "window");
    // A region: masks are places of the desktop, whatever is recorded of it.
    let mut eye = Eye::open(&desk, Target::Region(Area::new(40, 20, 400, 300)));
    eye.look();
    assert_eq!(eye.at(65, 85), paint(RED));
    eye.source.set_masks(&[Area::new(100, 100, 50, 50), Area::new(600, 0, 10, 10)]);
    let update = eye.look();
    assert_eq!(update.changed, [Rect::new(60, 80, 50, 50)], "although nothing was painted");
    let cover = eye.at(65, 85);
    assert!(cover != paint(RED) && eye.at(109, 129) == cover && eye.at(111, 131) == paint(RED));
    assert_eq!(eye.look(), Update::default());
    eye.source.set_masks(&[]);
    eye.look();
    assert_eq!(eye.at(65, 85), paint(RED));
}

#[test]
fn a_mask_hides_its_place_in_the_last_picture_of_a_window_that_was_closed() {
    let desk = Desk::start(640, 480);
    let painter = desk.painter();
    let window = painter.window(100, 100, 200, 100, RED, "window");
    let mut eye = Eye::open(&desk, Target::Window(u64::from(window)));
    eye.look();
    painter.close(window);
    until("the window to be missed", || eye.look().notices.contains(&Notice::WindowClosed));
    assert_eq!(eye.at(70, 45), paint(RED), "the picture stands still");
    eye.source.set_masks(&[Area::new(160, 140, 50, 30)]);
    assert_eq!(eye.look().changed, [Rect::new(60, 40, 50, 30)]);
    assert!(eye.at(70, 45) != paint(RED) && eye.at(40, 30) == paint(RED));
    assert_eq!(eye.look(), Update::default(), "and that was that");
}

#[test]
fn a_click_is_a_ring_for_a_moment_and_a_key_is_nothing() {
    use x11rb::protocol::xproto::{
        BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, KEY_PRESS_EVENT, KEY_RELEASE_EVENT,
    };
    use x11rb::protocol::xtest::ConnectionExt as _;
    let desk = Desk::start(640, 480);
    let painter = desk.painter();
    painter.window(0, 0, 640, 480, BLUE, "window");
    painter.point(300, 200);
    let view = View {
        target: Target::Display(1),
        cursor: false,
        deny: DenyList::empty(),
        masks: vec![],
        rings: true,
        canvas: None,
        hairline: false,
    };
    let mut eye = Eye::with(&desk, view);
    eye.look();
    let press = |down: u8, up: u8, what: u8| {
        for kind in [down, up] {
            painter.connection.xtest_fake_input(kind, what, 0, 0u32, 0, 0, 0).unwrap();
        }
        painter.wait();
    };
    press(KEY_PRESS_EVENT, KEY_RELEASE_EVENT, 38);
    press(BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, 4);
    assert_eq!(eye.look(), Update::default(), "keys and wheels are not shown");
    press(BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, 1);
    until("the ring is seen", || {
        eye.look();
        eye.at(300, 180) != paint(BLUE)
    });
    assert_eq!((eye.at(300, 200), eye.at(330, 200)), (paint(BLUE), paint(BLUE)), "a ring and no disc");
    until("the ring is gone", || {
        eye.look();
        eye.at(300, 180) == paint(BLUE)
    });
    assert_eq!(eye.look(), Update::default());
}

#[test]
fn a_desk_that_changes_its_size_is_followed() {
    let desk = Desk::start(1024, 768);
    let painter = desk.painter();
    let window = painter.window(0, 0, 2000, 2000, RED, "window");
    let mut eye = Eye::open(&desk, Target::Display(1));
    eye.look();
    desk.set_size(640, 480);
    painter.fill(window, 0, 0, 2000, 2000, GREEN);
    let mut notices = Vec::new();
    until("the smaller desk is shown", || {
        notices.extend(eye.look().notices);
        eye.at(512, 384) == paint(GREEN)
    });
    assert!(notices.contains(&Notice::Resized { width: 640, height: 480, cut: false }), "{notices:?}");
    assert_eq!(eye.source.size(), (1024, 768), "the picture keeps its size");
    assert_eq!(eye.at(10, 10), Paint::BLACK, "around the smaller desk there is nothing");

    painter.fill(window, 0, 0, 2000, 2000, BLUE);
    eye.look();
    assert_eq!(eye.at(512, 384), paint(BLUE), "pictures go on after the change");
    desk.set_size(1024, 768);
    painter.fill(window, 0, 0, 2000, 2000, RED);
    until("the first size is shown again", || {
        eye.look();
        eye.at(10, 10) == paint(RED) && eye.at(1000, 700) == paint(RED)
    });
}

#[test]
fn a_window_is_followed_and_strangers_above_it_are_not_shown() {
    let desk = Desk::start(800, 600);
    let painter = desk.painter();
    let stranger = desk.painter();
    let window = painter.window(100, 100, 200, 100, RED, "recorded");
    let mut eye = Eye::open(&desk, Target::Window(window.into()));
    eye.look();
    assert_eq!((eye.source.size(), eye.at(0, 0), eye.at(199, 99)), ((200, 100), paint(RED), paint(RED)));

    painter.move_to(window, 301, 203);
    painter.fill(window, 0, 0, 10, 10, GREEN);
    eye.look();
    assert_eq!((eye.at(0, 0), eye.at(100, 50)), (paint(GREEN), paint(RED)), "it moved, the picture did not");

    let own_menu = painter.window(311, 213, 40, 20, BLUE, "menu");
    let over = stranger.window(401, 203, 300, 300, 0xff_ffff, "chat with a customer");
    eye.look();
    assert_eq!(eye.at(20, 15), paint(BLUE), "its own menu is shown");
    assert!(!eye.shows(0xff_ffff), "the stranger's window is in the picture");
    stranger.close(over);
    painter.close(own_menu);
    eye.look();
    assert_eq!((eye.at(150, 50), eye.at(20, 15)), (paint(RED), paint(RED)));

    painter.close(window);
    let mut notices = Vec::new();
    until("the end of the window is noticed", || {
        notices.extend(eye.look().notices);
        notices.contains(&Notice::WindowClosed)
    });
}

#[test]
fn a_server_that_goes_away_is_an_error_and_not_a_still_picture() {
    let mut desk = Desk::start(640, 480);
    let mut eye = Eye::open(&desk, Target::Display(1));
    eye.look();
    desk.kill();
    assert!(matches!(eye.source.update(&mut eye.picture), Err(CaptureError::Gone(_))));
}
