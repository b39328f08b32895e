//! What is listed is what is there.

use deskside_capture::x11::X11Desktop;
use deskside_capture::{Area, CaptureError, DenyList, Desktop, Target, View};

use crate::desk::Desk;

#[test]
fn displays_windows_and_the_window_under_the_pointer_are_listed() {
    let desk = Desk::start(800, 600);
    let painter = desk.painter();
    let low = painter.window(0, 0, 400, 300, 0xff_0000, "Ticket 4711");
    let high = painter.window(100, 100, 100, 100, 0x00_ff00, "Calculator");
    let desktop = X11Desktop::connect(Some(&desk.display)).unwrap();

    let displays = desktop.displays().unwrap();
    assert_eq!(displays.len(), 1);
    assert_eq!((displays[0].number, displays[0].area), (1, Area::new(0, 0, 800, 600)));

    let windows = desktop.windows().unwrap();
    let seen: Vec<_> = windows.iter().map(|w| (w.id, w.title.as_str(), w.class.as_str())).collect();
    assert_eq!(
        seen,
        [(u64::from(high), "Calculator", "Calculator"), (u64::from(low), "Ticket 4711", "Ticket 4711")]
    );
    assert_eq!(windows[0].area, Area::new(100, 100, 100, 100));

    for (x, y, expected) in [(150, 150, Some(high)), (50, 50, Some(low)), (700, 500, None)] {
        painter.point(x, y);
        let found = desktop.window_at_pointer().unwrap().map(|window| window.id);
        assert_eq!(found, expected.map(u64::from), "at {x},{y}");
    }
    assert!(desktop.idle().is_some(), "Xvfb has the screen saver extension");
}

#[test]
fn the_active_window_is_the_one_with_the_keyboard() {
    use x11rb::protocol::xproto::{ConnectionExt as _, InputFocus};
    let desk = Desk::start(320, 240);
    let painter = desk.painter();
    let window = painter.window(0, 0, 100, 100, 0, "Ticket 12 - Zendesk");
    painter.connection.set_input_focus(InputFocus::PARENT, window, 0u32).unwrap();
    painter.wait();
    let desktop = X11Desktop::connect(Some(&desk.display)).unwrap();
    assert_eq!(desktop.active_window().unwrap().unwrap().title, "Ticket 12 - Zendesk");
}

#[test]
fn what_is_not_there_is_refused_with_a_next_step() {
    let desk = Desk::start(320, 240);
    let desktop = X11Desktop::connect(Some(&desk.display)).unwrap();
    let open = |target| {
        let view = View {
            target,
            cursor: true,
            deny: DenyList::default(),
            masks: vec![],
            rings: false,
            canvas: None,
            hairline: false,
        };
        desktop.open(&view).err()
    };
    assert!(matches!(open(Target::Display(2)), Some(CaptureError::NoDisplay(2))));
    assert!(matches!(open(Target::Window(0x123_4567)), Some(CaptureError::NoWindow(0x123_4567))));
    assert!(matches!(open(Target::Region(Area::new(400, 0, 50, 50))), Some(CaptureError::Nothing)));
    assert!(matches!(open(Target::Region(Area::new(0, 0, 1, 1))), Some(CaptureError::Nothing)));
    let nowhere = X11Desktop::connect(Some(":4999"));
    assert!(matches!(nowhere.err(), Some(CaptureError::Unreachable(_))));
}
