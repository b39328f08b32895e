//! The self-test on a Wayland desktop: its card is a window of Xwayland, and what is recorded is the desktop's screen.

use std::process::Command;

use serde_json::Value;

use crate::desktop::{Answer, Desktop};

/// The last line as JSON, and everything that was said.
fn told(mut test: Command) -> (bool, Value, String) {
    let output = test.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let value = text.lines().rev().find_map(|line| serde_json::from_str(line).ok()).unwrap_or_default();
    (output.status.success(), value, format!("{text}\n{}", String::from_utf8_lossy(&output.stderr)))
}

fn selftest(desktop: &Desktop, arguments: &[&str]) -> Command {
    let mut test = desktop.command(desktop.path("recorder").to_str().unwrap());
    test.args(["selftest", "--json", "--seconds", "6"]).args(arguments);
    test
}

#[test]
fn it_finds_its_flashes_in_the_screen_that_the_desktop_shares() {
    let desktop = Desktop::start_with_xwayland(1280, 720, "#204060");
    let (success, report, log) = told(selftest(&desktop, &["--link"]));
    assert!(success, "{log}\n{}", desktop.said());
    assert_eq!(report["size"], serde_json::json!([1280, 720]), "{log}");
    let (shown, found) = (report["flashes"][0].as_u64().unwrap(), report["flashes"][1].as_u64().unwrap());
    assert!(shown >= 3 && found == shown, "{log}\n{}", desktop.said());
    // The upper half of the card, which lies in the middle.
    let at = (report["flashes_at"][0].as_u64().unwrap(), report["flashes_at"][1].as_u64().unwrap());
    assert!((400..880).contains(&at.0) && (225..360).contains(&at.1), "{at:?}");
    assert!(report["pictures"].as_u64().unwrap() > 30, "{log}");
    let troubles = report["troubles"].to_string();
    assert!(!troubles.contains("missing") && !troubles.contains("test card"), "{troubles}");
    // The card alone can't be recorded here, and more is not sent.
    assert!(report["link_unmeasured"].as_str().unwrap().contains("Wayland"), "{log}");
    assert_eq!(desktop.times_asked(), 1, "for the one recording");
}

#[test]
fn without_xwayland_or_with_a_no_it_ends_with_a_sentence() {
    let desktop = Desktop::start(640, 480, "#204060");
    let mut test = selftest(&desktop, &[]);
    test.env_remove("DISPLAY");
    let (success, ended, log) = told(test);
    assert!(!success && ended["error"]["code"] == "no_xwayland", "{log}");
    assert!(ended["error"]["message"].as_str().unwrap().contains("install the package xwayland"), "{log}");
    assert_eq!(desktop.times_asked(), 0, "nobody is asked for nothing");
    drop(desktop);

    let desktop = Desktop::start_with_xwayland(640, 480, "#204060");
    desktop.answer(Answer::No);
    let (success, ended, log) = told(selftest(&desktop, &[]));
    assert!(!success && ended["error"]["code"] == "sharing_refused", "{log}");
}
