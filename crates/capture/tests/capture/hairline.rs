//! A red line says on the screen what is recorded, and is in no picture of it.

use deskside_capture::{Area, Target, View};
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat};

use crate::desk::{Desk, Painter, until};
use crate::pictures::{Eye, paint, plain};

const LINE: u32 = 0xe5_1d_2e;
const BLUE: u32 = 0x20_40c0;

/// The colour of a pixel of the screen, as somebody before it sees it.
fn on_screen(painter: &Painter, x: i16, y: i16) -> u32 {
    let root = painter.screen.root;
    let image = painter.connection.get_image(ImageFormat::Z_PIXMAP, root, x, y, 1, 1, !0).unwrap();
    let pixel = image.reply().unwrap().data;
    u32::from_le_bytes([pixel[0], pixel[1], pixel[2], 0])
}

fn view(target: Target) -> View {
    View { hairline: true, ..plain(target) }
}

#[test]
fn a_region_is_framed_while_it_is_recorded_and_no_longer() {
    let desk = Desk::start(640, 480);
    let painter = desk.painter();
    painter.window(0, 0, 640, 480, BLUE, "desk");
    let mut eye = Eye::with(&desk, view(Target::Region(Area::new(100, 60, 200, 120))));
    eye.look();
    for (x, y) in [(200, 59), (200, 180), (99, 100), (300, 100), (98, 58), (301, 181)] {
        assert_eq!(on_screen(&painter, x, y), LINE, "at {x},{y}");
    }
    for (x, y) in [(100, 60), (299, 179), (97, 100), (302, 100)] {
        assert_eq!(on_screen(&painter, x, y), BLUE, "at {x},{y}");
    }
    assert!((0..200).all(|x| (0..120).all(|y| eye.at(x, y) == paint(BLUE))));
    assert_eq!(eye.look().changed, [], "the line itself is no news");
    drop(eye);
    until("the line is gone", || on_screen(&painter, 200, 59) != LINE);
}

#[test]
fn a_display_is_framed_at_its_edges_and_the_picture_does_not_show_it() {
    let desk = Desk::start(320, 240);
    let painter = desk.painter();
    let back = painter.window(0, 0, 320, 240, BLUE, "desk");
    let mut eye = Eye::with(&desk, view(Target::Display(1)));
    let notices = eye.look().notices;
    assert!(notices.is_empty(), "{notices:?}");
    for (x, y) in [(0, 0), (319, 239), (160, 1), (1, 120), (318, 120), (160, 238)] {
        assert_eq!(on_screen(&painter, x, y), LINE, "at {x},{y}");
    }
    assert!((0..320).all(|x| (0..240).all(|y| eye.at(x, y) == paint(BLUE))), "the line is in the picture");

    // What is painted beside the line is shown in its place too, in the same look.
    let green = 0x20_c040;
    painter.fill(back, 100, 0, 40, 40, green);
    let changed = eye.look().changed;
    assert!(changed.iter().any(|rect| rect.y == 0), "{changed:?}");
    assert_eq!((eye.at(120, 0), eye.at(120, 2), eye.at(80, 0)), (paint(green), paint(green), paint(BLUE)));
}

#[test]
fn it_follows_a_window_and_is_in_no_picture_on_the_way() {
    let desk = Desk::start(640, 480);
    let painter = desk.painter();
    painter.window(0, 0, 640, 480, BLUE, "desk");
    let green = 0x20_c040;
    let window = painter.window(100, 100, 200, 100, green, "ticket");
    let mut eye = Eye::with(&desk, view(Target::Window(window.into())));
    eye.look();
    assert_eq!(on_screen(&painter, 99, 150), LINE);
    let red = paint(LINE);
    for step in 0..40 {
        painter.move_to(window, 100 + step * 7, 100 + step * 5);
        eye.look();
        assert!(!eye.shows(LINE), "after step {step} the line is in the picture");
    }
    let (left, top) = (100 + 39 * 7, 100 + 39 * 5);
    assert_eq!(on_screen(&painter, left as i16 - 1, top as i16 + 50), LINE);
    until("nothing is covered any more", || {
        painter.fill(window, 0, 0, 200, 100, green);
        eye.look();
        (0..200).all(|x| (0..100).all(|y| eye.at(x, y) == paint(green)))
    });
    assert_ne!(paint(green), red);

    painter.connection.unmap_window(window).unwrap();
    painter.wait();
    until("around nothing there is no line", || {
        eye.look();
        on_screen(&painter, left as i16 - 1, top as i16 + 50) != LINE
    });
}

#[test]
fn what_is_put_above_the_line_does_not_hide_it_for_long() {
    let desk = Desk::start(640, 480);
    let painter = desk.painter();
    let mut eye = Eye::with(&desk, view(Target::Region(Area::new(100, 60, 200, 120))));
    eye.look();
    painter.window(0, 0, 640, 480, BLUE, "on top");
    until("the line is above again", || {
        eye.look();
        on_screen(&painter, 200, 59) == LINE
    });
    eye.look();
    assert!(!eye.shows(LINE));
}
