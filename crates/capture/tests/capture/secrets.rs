//! Windows that must not be seen are never in a picture, however they come, move and go.

use deskside_capture::x11::X11Desktop;
use deskside_capture::{Area, DenyList, Desktop, Notice, Rule, Target, View};

use deskside_frame::Rect;

use crate::desk::{Desk, Painter};
use crate::pictures::{Eye, paint};

const SECRET: u32 = 0xfe_01fd;
const PLAIN: u32 = 0x00_8040;

fn view() -> View {
    let rule = Rule { class: None, title: Some("*secret*".to_owned()) };
    View {
        target: Target::Display(1),
        cursor: true,
        deny: DenyList::of(vec![rule]),
        masks: vec![],
        rings: false,
        canvas: None,
        hairline: false,
    }
}

#[test]
fn a_secret_is_covered_where_it_can_be_seen_and_nowhere_else() {
    let desk = Desk::start(640, 480);
    let painter = desk.painter();
    let secret = painter.window(100, 100, 201, 101, SECRET, "My secret vault");
    painter.window(100, 100, 200, 50, PLAIN, "letter");
    let mut eye = Eye::with(&desk, view());
    let update = eye.look();
    assert!(update.notices.contains(&Notice::Covered));
    assert!(!eye.shows(SECRET), "the secret is in the picture");
    assert_eq!(eye.at(150, 120), paint(PLAIN), "what lies above a secret is shown");
    let cover = eye.at(150, 180);

    painter.move_to(secret, 300, 300);
    eye.look();
    assert!(!eye.shows(SECRET));
    assert_eq!((eye.at(350, 350), eye.at(150, 180)), (cover, paint(0)), "the cover moves along");
    painter.title(secret, "weather");
    eye.look();
    assert_eq!(eye.at(350, 350), paint(SECRET), "it is no secret any more");
    painter.title(secret, "secret again");
    eye.look();
    assert!(!eye.shows(SECRET), "a window that becomes secret is covered at once");
    painter.close(secret);
    assert!(eye.look().changed.len() <= 2);
    assert_eq!(eye.at(350, 350), paint(0));
}

/// A program paints first and names it afterwards. Then pictures of a moment ago hold the secret, wherever it was.
#[test]
fn a_window_that_turns_out_to_be_secret_is_told_with_all_its_places() {
    let desk = Desk::start(640, 480);
    let painter = desk.painter();
    let window = painter.window(100, 100, 100, 50, PLAIN, "loading");
    painter.window(400, 20, 50, 50, PLAIN, "letter");
    let mut eye = Eye::with(&desk, view());
    assert!(eye.look().hidden.is_empty());
    painter.fill(window, 0, 0, 100, 50, SECRET);
    assert!(eye.look().hidden.is_empty());
    assert!(eye.shows(SECRET), "nobody can know it yet");
    painter.move_to(window, 300, 300);
    eye.look();
    painter.title(window, "secret");
    let mut hidden = eye.look().hidden;
    hidden.sort_by_key(|rect| rect.x);
    assert_eq!(hidden, [Rect::new(100, 100, 100, 50), Rect::new(300, 300, 100, 50)]);
    assert!(!eye.shows(SECRET));
    assert!(eye.look().hidden.is_empty(), "told once");
}

#[test]
fn a_window_says_so_deep_inside_of_its_frame() {
    use x11rb::protocol::xproto::ConnectionExt as _;
    let desk = Desk::start(640, 480);
    let (manager, program) = (desk.painter(), desk.painter());
    let mut eye = Eye::with(&desk, view());
    eye.look();
    let frame = manager.window(50, 50, 300, 300, PLAIN, "");
    eye.look();
    let inner = program.window(400, 400, 100, 100, SECRET, "the secret");
    manager.connection.reparent_window(inner, frame, 20, 20).unwrap();
    manager.wait();
    eye.look();
    assert!(!eye.shows(SECRET), "a secret inside of a frame is in the picture");
    assert_ne!(eye.at(60, 60), paint(PLAIN), "the frame shows the title, so it is covered as well");
}

#[test]
fn a_shot_covers_secrets_too() {
    let desk = Desk::start(640, 480);
    let painter = desk.painter();
    painter.window(100, 100, 200, 100, SECRET, "secret");
    painter.window(11, 11, 31, 31, PLAIN, "plain");
    let desktop = X11Desktop::connect(Some(&desk.display)).unwrap();
    let shot = desktop.shot(Target::Display(1), &view().deny).unwrap();
    assert_eq!(shot.area, Area::new(0, 0, 640, 480));
    let pixel = |x: usize, y: usize| {
        let at = (y * 640 + x) * 4;
        u32::from_le_bytes([shot.bgra[at], shot.bgra[at + 1], shot.bgra[at + 2], 0])
    };
    assert_eq!((pixel(11, 11), pixel(41, 41), pixel(42, 42)), (PLAIN, PLAIN, 0));
    assert!((0..480).all(|y| (0..640).all(|x| pixel(x, y) != SECRET)));
    let part = desktop.shot(Target::Region(Area::new(11, 11, 31, 31)), &DenyList::empty()).unwrap();
    assert_eq!(part.bgra.len(), 31 * 31 * 4);
}

/// The race that matters: windows come, move and change their titles while pictures are taken, without any agreement
/// between the two. No picture may show one pixel of the secret's colour.
#[test]
fn no_race_shows_a_secret() {
    use std::sync::atomic::{AtomicU32, Ordering};
    const ENOUGH: u32 = 150;
    let desk = Desk::start(400, 300);
    let mut eye = Eye::with(&desk, view());
    let pictures = AtomicU32::new(0);
    std::thread::scope(|scope| {
        let rounds = scope.spawn(|| {
            let painter: Painter = desk.painter();
            let mut n = 0;
            while pictures.load(Ordering::Acquire) < ENOUGH {
                n += 1;
                let x = (n * 7 % 300) as i16;
                let plain = painter.window(x, 20, 80, 60, PLAIN, "plain");
                let secret = painter.window(50, x / 2, 80, 60, SECRET, "secret");
                painter.move_to(secret, n % 320, n % 240);
                painter.fill(secret, 0, 0, 80, 60, PLAIN);
                painter.title(secret, "no longer");
                painter.title(secret, "secret again");
                painter.fill(secret, 0, 0, 80, 60, SECRET);
                painter.move_to(secret, 320 - n % 320, n % 240);
                painter.close(plain);
                painter.close(secret);
            }
            n
        });
        for picture in 1..=ENOUGH {
            eye.look();
            let shown = eye.shows(SECRET);
            pictures.store(if shown { ENOUGH } else { picture }, Ordering::Release);
            assert!(!shown, "picture {picture} shows the secret");
        }
        println!("{ENOUGH} pictures during {} rounds", rounds.join().unwrap());
    });
}
