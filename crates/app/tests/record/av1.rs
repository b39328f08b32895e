//! A clip in AV1 is a clip like any other: it plays, is recovered, and is cut.

use std::time::Duration;

use deskside_app::record::{Plan, Shelf};
use deskside_clip::Stretch;
use deskside_frame::{Codec, Time};
use serde_json::json;
use uuid::Uuid;

use crate::desk::{Desk, until};
use crate::headless::{command, result};
use crate::support::{Log, Painted, at, near, paint, pictures, plan, probe, probed_seconds, reach, record};

const GREEN: u32 = 0x20_c020;
const BLUE: u32 = 0x20_20c0;

#[test]
fn it_shows_what_was_on_the_screen_and_another_decoder_agrees() {
    let desk = Desk::start(320, 240);
    let painted = Painted::new(&desk, 320, 240);
    painted.show(GREEN);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.webm");
    let recorder = record(&desk, &path, &Plan { codec: Codec::Av1, ..plan() }, &Log::default());
    reach(&recorder, Duration::from_millis(600));
    painted.show(BLUE);
    reach(&recorder, Duration::from_millis(1_500));
    let outcome = recorder.stop().unwrap();

    let stream = &probe(&path)["streams"][0];
    assert_eq!(
        (stream["codec_name"].as_str(), stream["profile"].as_str(), stream["color_space"].as_str()),
        (Some("av1"), Some("Main"), Some("bt709"))
    );
    assert!((probed_seconds(&path) - outcome.duration.as_secs_f64()).abs() < 0.01);
    assert!(outcome.poster.starts_with(b"\x89PNG"));
    assert!(outcome.strip.is_some());
    let seen = pictures(&path);
    assert_eq!(seen.len() as u64, outcome.pictures);
    assert!(seen[0].keyframe);
    for colour in [GREEN, BLUE] {
        assert!(seen.iter().any(|seen| near(at(&seen.picture, 100, 60), paint(colour))), "{colour:x}");
    }
    let decoded = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(&path)
        .args(["-f", "null", "-"])
        .output()
        .expect("ffmpeg is installed");
    assert!(decoded.status.success() && decoded.stderr.is_empty(), "{decoded:?}");
}

#[test]
fn it_is_recovered_after_a_kill() {
    let desk = Desk::start(320, 240);
    let painted = Painted::new(&desk, 320, 240);
    painted.show(GREEN);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("clip.webm");
    let mut child =
        command(&desk).args(["record", "--json", "--codec", "av1", "--out"]).arg(&out).spawn().unwrap();
    until("a cluster is on disk", || {
        std::thread::park_timeout(Duration::from_millis(5));
        std::fs::metadata(&out).is_ok_and(|file| file.len() > deskside_clip::PREFIX as u64)
    });
    child.kill().unwrap();
    child.wait().unwrap();
    let (success, value, log) = result(command(&desk).args(["recover", "--json"]).arg(&out).spawn().unwrap());
    assert!(success, "{log}");
    let length = value["duration_ms"].as_f64().unwrap() / 1e3;
    assert!((probed_seconds(&out) - length).abs() < 0.01);
    assert!(near(at(&pictures(&out)[0].picture, 100, 60), paint(GREEN)));
}

#[test]
fn it_is_cut_where_decoding_can_begin() {
    use deskside_capture::Desktop as _;
    let desk = Desk::start(320, 240);
    let painted = Painted::new(&desk, 320, 240);
    painted.show(GREEN);
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::open(folder.path()).unwrap();
    let id = Uuid::now_v7();
    let file = shelf.begin(id, 1_700_000_000_000, json!({})).unwrap();
    let plan = Plan { codec: Codec::Av1, ..plan() };
    let (display, view) = (desk.display.clone(), crate::support::view(&plan));
    let open = move || deskside_capture::x11::X11Desktop::connect(Some(&display))?.open(&view);
    let recorder = deskside_app::record::Recorder::start_with(&plan, open, file, |_| {}).unwrap();
    reach(&recorder, Duration::from_millis(700));
    recorder.pause();
    let paused = recorder.elapsed();
    painted.show(BLUE);
    recorder.resume();
    reach(&recorder, paused + Duration::from_millis(900));
    let outcome = recorder.stop().unwrap();
    let begins = pictures(&shelf.clip(id)).iter().filter(|seen| seen.keyframe).map(|seen| seen.time).max();
    let keep = Stretch { from: begins.unwrap(), to: Time::from(outcome.duration) };
    let cut = shelf.cut(id, &[keep]).unwrap();
    assert!(cut.duration < outcome.duration);
    let seen = pictures(&shelf.clip(id));
    assert!(seen[0].keyframe);
    assert!(seen.iter().all(|seen| near(at(&seen.picture, 100, 60), paint(BLUE))), "only what was kept");
    assert!((probed_seconds(&shelf.clip(id)) - cut.duration.as_secs_f64()).abs() < 0.01);
}
