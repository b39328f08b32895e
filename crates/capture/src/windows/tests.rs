//! Against the system's own windows: run in Wine, by hand (docs/platforms.md); on Windows itself nobody has yet.

use std::process::{Child, Command};
use std::time::Instant;

use deskside_frame::I420;
use windows::Win32::Graphics::Gdi::{GetDC, GetPixel, ReleaseDC};

use super::*;
use crate::over::COVER;
use crate::polled::PolledDesktop;
use crate::{DenyList, Desktop, Rule, Target, View};

/// A program of another process, with a window.
struct Notepad(Child);

impl Notepad {
    fn open(desktop: &dyn Desktop) -> (Notepad, Window) {
        let notepad = Notepad(Command::new("notepad.exe").spawn().expect("the system has it"));
        let pid = notepad.0.id();
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let windows = desktop.windows().expect("lists");
            if let Some(window) = windows.into_iter().find(|window| window.pid == Some(pid)) {
                return (notepad, window);
            }
            assert!(Instant::now() < deadline, "no window came");
            std::thread::park_timeout(Duration::from_millis(50));
        }
    }
}

impl Drop for Notepad {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn desktop() -> PolledDesktop<Windows> {
    PolledDesktop::connect().expect("there is a desktop")
}

#[test]
fn windows_are_listed_by_title_and_program_and_copied_unless_they_are_denied() {
    let desktop = desktop();
    let displays = desktop.displays().unwrap();
    assert!(displays.iter().all(|display| !display.area.is_empty() && !display.name.is_empty()));
    assert_eq!(displays.iter().filter(|display| display.primary).count(), 1);
    let (notepad, window) = Notepad::open(&desktop);
    assert!(window.class.eq_ignore_ascii_case("notepad"), "{window:?}");
    assert!(window.title.to_lowercase().contains("notepad"), "{window:?}");
    assert!(desktop.idle().is_some());

    let area = window.area.intersection(&displays[0].area).expect("it is on the display");
    let shot = |deny: &DenyList| desktop.shot(Target::Region(area), deny).unwrap();
    let is_covered = |bgra: &[u8]| bgra.chunks_exact(4).all(|pixel| pixel[..3] == COVER);
    let deadline = Instant::now() + Duration::from_secs(20);
    while shot(&DenyList::empty()).bgra.chunks_exact(4).all(|pixel| pixel[..3] == [0; 3]) {
        assert!(Instant::now() < deadline, "nothing of it is ever seen");
    }
    assert!(!is_covered(&shot(&DenyList::empty()).bgra));
    let deny = DenyList::of(vec![Rule { class: Some("notepad".to_owned()), title: None }]);
    assert!(is_covered(&shot(&deny).bgra));
    drop(notepad);
    let deadline = Instant::now() + Duration::from_secs(20);
    while desktop.windows().unwrap().iter().any(|other| other.id == window.id) {
        assert!(Instant::now() < deadline, "a closed window is listed for ever");
    }
}

#[test]
fn a_display_is_watched_and_costs_nothing_while_it_rests() {
    let desktop = desktop();
    let view = View {
        target: Target::Display(1),
        cursor: true,
        deny: DenyList::default(),
        masks: Vec::new(),
        rings: true,
        canvas: None,
        hairline: false,
    };
    let mut source = desktop.open(&view).unwrap();
    let (width, height) = source.size();
    let mut picture = I420::black(width, height).unwrap();
    assert_eq!(source.update(&mut picture).unwrap().changed.len(), 1, "all of it");
    let (notepad, _) = Notepad::open(&desktop);
    let deadline = Instant::now() + Duration::from_secs(20);
    while source.update(&mut picture).unwrap().changed.is_empty() {
        assert!(Instant::now() < deadline, "the window is not seen to come");
    }
    let pointer = Windows::connect().unwrap().pointer().expect("there is one");
    assert!(
        desktop.displays().unwrap().iter().any(|display| display.area.contains(pointer.at.0, pointer.at.1))
    );
    drop(notepad);
}

#[test]
fn a_red_line_is_around_what_is_recorded_and_goes_with_it() {
    let seen = Area::new(200, 160, 300, 200);
    let is_red = |x: i32, y: i32| {
        // SAFETY: the screen's own context is given back.
        let pixel = unsafe {
            let screen = GetDC(None);
            let pixel = GetPixel(screen, x, y);
            ReleaseDC(None, screen);
            pixel
        };
        pixel.0 == 0x2e_1d_e5
    };
    let corners = [(199, 159), (500, 360), (198, 250), (350, 361)];
    let until = |what: &str, is_so: &dyn Fn() -> bool| {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !is_so() {
            assert!(Instant::now() < deadline, "{what}");
            std::thread::park_timeout(Duration::from_millis(20));
        }
    };
    let view = View { hairline: true, ..View::still(Target::Region(seen), &DenyList::empty()) };
    let mut source = desktop().open(&view).unwrap();
    let mut picture = I420::black(300, 200).unwrap();
    source.update(&mut picture).unwrap();
    until("no line is seen", &|| corners.iter().all(|(x, y)| is_red(*x, *y)));
    assert!(!is_red(200, 160) && !is_red(499, 359), "it lies in what is recorded");
    let foreground = desktop().active_window().unwrap();
    assert!(foreground.is_none_or(|window| window.class != "deskside"), "it took the keyboard");
    drop(source);
    until("the line stays", &|| !corners.iter().any(|(x, y)| is_red(*x, *y)));
}
