//! Keys that the desktop gives out: asked for once, obeyed, and said plainly where there are none.
//!
//! The portal is the real one. No desktop that runs without a graphics card has the part behind it that gives out keys, so
//! that part is a small program of our own: what a person sees and presses there was never tried.

use std::fs;
use std::time::{Duration, Instant};

use crate::desktop::Desktop;

/// What `headless keys` printed once it printed so many lines.
fn lines(desktop: &Desktop, wanted: usize) -> Vec<String> {
    let mut command = desktop.command(desktop.path("recorder").to_str().unwrap());
    let log = desktop.path("keys.out");
    let mut child = command.arg("keys").stdout(fs::File::create(&log).unwrap()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    let lines = loop {
        let text = fs::read_to_string(&log).unwrap();
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        if lines.len() >= wanted || Instant::now() > deadline {
            break lines;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let _ = child.kill();
    child.wait().unwrap();
    lines
}

#[test]
fn both_keys_are_asked_for_at_once_and_obeyed() {
    let desktop = Desktop::start_with_keys(640, 480, "#204060");
    assert_eq!(lines(&desktop, 2), ["Shot", "Ask"], "{}", desktop.said());
    let asked = fs::read_to_string(desktop.path("keys.log")).unwrap();
    let asked: Vec<&str> = asked.lines().filter(|line| line.starts_with('{')).collect();
    assert_eq!(
        asked,
        [r#"{"ask": "CTRL+SHIFT+space", "shot": "CTRL+ALT+SHIFT+space"}"#],
        "one question for both"
    );
}

#[test]
fn a_desktop_that_gives_out_no_keys_is_said_to_be_so() {
    let desktop = Desktop::start(640, 480, "#204060");
    let said = lines(&desktop, 1);
    assert_eq!(said.len(), 1, "{}", desktop.said());
    assert!(said[0].contains("gives out no keys; bind one to `deskside ask`"), "{said:?}");
}
