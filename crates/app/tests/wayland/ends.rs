//! However a recording ends, what was recorded plays, and a sentence says what happened.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::desktop::{Answer, Desktop};
use crate::pointer::Pointer;
use crate::seen::probed_seconds;

#[test]
fn the_person_is_asked_once_and_a_no_is_a_no() {
    let desktop = Desktop::start(640, 480, "#204060");
    let token = desktop.path("state/deskside/screen-token");
    desktop.answer(Answer::No);
    let refused = desktop.record("no.webm", 1.0, &[]).end();
    assert_eq!(refused.code(), "sharing_refused", "{:?}\n{}", refused.events, desktop.said());
    assert!(refused.sentence().contains("answered with no"), "{}", refused.sentence());
    assert!(!refused.status.success() && !refused.clip.exists() && !token.exists(), "nothing is left behind");
    assert_eq!(desktop.times_asked(), 1);

    desktop.answer(Answer::Yes);
    // Only a choice that showed something is remembered, and a desktop may show nothing before something moves.
    let mut pointer = Pointer::at(&desktop.path("wayland-1"), (640, 480));
    let mut there = 0..;
    let mut recording = desktop.record("yes.webm", 2.0, &[]);
    recording.keeps(1.0, || pointer.move_to(100 + there.next().unwrap() % 2, 100));
    recording.end().result(&desktop);
    assert_eq!(desktop.times_asked(), 2);
    assert_eq!(fs::metadata(&token).unwrap().permissions().mode() & 0o777, 0o600);

    desktop.answer(Answer::No);
    desktop.record("again.webm", 0.5, &[]).end().result(&desktop);
    assert_eq!(desktop.times_asked(), 2, "the answer is remembered");
    let other = desktop.record("other.webm", 0.5, &["--choose"]).end();
    assert_eq!(
        (other.code(), desktop.times_asked()),
        ("sharing_refused", 3),
        "unless another choice is wanted"
    );
}

#[test]
fn when_pipewire_dies_what_was_recorded_plays() {
    let desktop = Desktop::start(640, 480, "#204060");
    let mut recording = desktop.record("gone.webm", 60.0, &[]);
    recording.has_kept(1.0);
    desktop.kill("pipewire");
    let ended = recording.end();
    assert!(!ended.status.success());
    assert_eq!(ended.code(), "screen_gone", "{:?}\n{}", ended.events, desktop.said());
    assert!(ended.sentence().contains("what was recorded is kept"), "{}", ended.sentence());
    assert!(probed_seconds(&ended.clip) >= 1.0);
    assert!(!desktop.path("state/deskside/screen-token").exists(), "the next recording asks");
}

#[test]
fn when_the_desktop_stops_sharing_what_was_recorded_plays() {
    let desktop = Desktop::start(640, 480, "#204060");
    let mut recording = desktop.record("stopped.webm", 60.0, &[]);
    recording.has_kept(1.0);
    desktop.kill("xdg-desktop-portal-wlr");
    let ended = recording.end();
    assert_eq!(ended.code(), "sharing_stopped", "{:?}\n{}", ended.events, desktop.said());
    assert!(ended.sentence().contains("stopped sharing"), "{}", ended.sentence());
    assert!(probed_seconds(&ended.clip) >= 1.0);

    // And without that part of the portal nothing is recorded: least of all an X server that is there too.
    let without = desktop.record("without.webm", 1.0, &[]).end();
    assert_eq!(without.code(), "no_portal", "{:?}\n{}", without.events, desktop.said());
    assert!(!without.clip.exists());
}
