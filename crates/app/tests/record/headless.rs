//! The commands as a person or a script calls them, in a process of their own.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::desk::Desk;
use crate::support::{Painted, probed_seconds};

/// The example binary that cargo builds beside the tests.
pub fn binary() -> PathBuf {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    let path = path.join("examples/headless");
    assert!(path.exists(), "build it: cargo build -p deskside-app --example headless");
    path
}

/// A command on a desk, with a sound server only where one is named.
pub fn command(desk: &Desk) -> Command {
    let mut command = Command::new(binary());
    command
        .env("DISPLAY", &desk.display)
        .env("XDG_SESSION_TYPE", "x11")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("PULSE_SERVER");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The last line of a finished command, as JSON.
pub fn result(child: Child) -> (bool, Value, String) {
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let last = text.lines().last().unwrap_or_default();
    let value = serde_json::from_str(last).unwrap_or(Value::Null);
    (output.status.success(), value, format!("{text}\n{}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn record_recover_and_list_work_from_the_command_line() {
    let desk = Desk::start(320, 240);
    let painted = Painted::new(&desk, 200, 100);
    painted.show(0x33_66cc);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("clip.webm");
    let record = |extra: &[&str]| {
        let mut command = command(&desk);
        command.args(["record", "--seconds", "1.2", "--json", "--out"]).arg(&out).args(extra);
        result(command.spawn().unwrap())
    };
    let (success, value, log) = record(&["--region", "100x50+10+10", "--fps", "10"]);
    assert!(success, "{log}");
    assert_eq!((value["width"].as_u64(), value["height"].as_u64()), (Some(100), Some(50)), "{log}");
    assert!((probed_seconds(&out) - 1.2).abs() < 0.4);

    let (success, value, _) = record(&[]);
    assert!(!success, "an existing file is not overwritten");
    assert_eq!(value["error"]["code"], "disk");

    let run = |arguments: &[&str]| result(command(&desk).args(arguments).spawn().unwrap());
    let (success, value, _) = run(&["recover", out.to_str().unwrap(), "--json"]);
    assert!(success && value["event"] == "recovered");
    let (success, value, _) = run(&["recover", "/dev/null", "--json"]);
    assert!(!success && value["error"]["hint"].is_string());
    let (success, value, _) = run(&["displays", "--json"]);
    assert!(success && value[0]["area"]["width"] == 320);
    let (success, value, _) = run(&["windows", "--json"]);
    assert!(success && value[0]["title"] == "painted");
    let (success, _, log) = run(&["record"]);
    assert!(!success && log.contains("--out"));
}

#[test]
fn an_interrupt_ends_a_recording_well() {
    let desk = Desk::start(320, 240);
    Painted::new(&desk, 200, 100).show(0x33_66cc);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("clip.webm");
    let child = command(&desk).args(["record", "--json", "--out"]).arg(&out).spawn().unwrap();
    let pid = child.id().to_string();
    crate::desk::until("the clip began", || {
        std::fs::metadata(&out).is_ok_and(|file| file.len() > deskside_clip::PREFIX as u64)
    });
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let (success, value, log) = result(child);
    assert!(success && value["event"] == "finished", "{log}");
    assert!(probed_seconds(&out) > 0.5);
}
