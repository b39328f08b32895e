//! A microphone on a real sound server, and recordings without one.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::desk::{Desk, until};
use crate::headless::{command, result};
use crate::sound_server::{SoundServer, heard, tone};
use crate::support::{Painted, probe, probed_seconds};

#[test]
fn a_tone_is_recorded_beside_the_pictures() {
    let desk = Desk::start(320, 240);
    Painted::new(&desk, 200, 100).show(0x33_66cc);
    let server = SoundServer::start();
    let folder = tempfile::tempdir().unwrap();
    let (out, raw) = (folder.path().join("clip.webm"), folder.path().join("tone"));
    tone(&raw, 440.0, 12);
    let mut player = server.play("micsink", raw.to_str().unwrap(), 400);

    let mut mics = command(&desk);
    server.on(&mut mics);
    let (success, value, log) = result(mics.args(["mics", "--json"]).spawn().unwrap());
    assert!(success && value[0]["name"] == "headset" && value[0]["default"] == true, "{log}");
    assert!(value.as_array().unwrap().iter().any(|input| input["monitor"] == true), "{log}");

    let mut record = command(&desk);
    server.on(&mut record);
    record.args(["record", "--seconds", "5", "--mic", "headset", "--json", "--out"]).arg(&out);
    let (success, value, log) = result(record.spawn().unwrap());
    let _ = player.kill();
    let _ = player.wait();
    assert!(success && value["sound"] == true, "{log}");
    assert!(log.contains("\"level\""), "the level is told while recording: {log}");

    let streams = probe(&out);
    let codecs: Vec<_> = (0..2).map(|n| streams["streams"][n]["codec_name"].as_str().unwrap()).collect();
    assert_eq!(codecs, ["vp9", "opus"]);
    assert_eq!(streams["streams"][1]["sample_rate"], "48000");
    let samples = heard(&out);
    let seconds = samples.len() as f64 / 48_000.0;
    assert!((seconds - probed_seconds(&out)).abs() < 0.1, "{seconds} s of sound");
    // The sink may take its time to wake up, and a busy machine may hand sound over too late; what is heard is right.
    let loud = |part: &&[f32]| part.iter().any(|sample| sample.abs() > 0.3);
    let parts: Vec<&[f32]> = samples.chunks_exact(4_800).skip_while(|part| !loud(part)).skip(1).collect();
    let right = |part: &&&[f32]| {
        let periods = part.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
        (43..=45).contains(&periods) && part.iter().all(|sample| sample.abs() < 0.6)
    };
    let heard = parts.iter().filter(right).count();
    assert!(
        parts.len() >= 15 && heard * 10 >= parts.len() * 6,
        "the tone is right in {heard} of {} parts",
        parts.len()
    );
}

/// The deadline is the clip's own time, so what was said before the mute and arrives later is in the clip.
#[test]
fn nothing_is_heard_while_it_is_muted_and_the_track_goes_on() {
    let desk = Desk::start(320, 240);
    Painted::new(&desk, 200, 100).show(0x33_66cc);
    let server = SoundServer::start();
    let folder = tempfile::tempdir().unwrap();
    let (out, raw) = (folder.path().join("clip.webm"), folder.path().join("tone"));
    tone(&raw, 440.0, 40);
    let mut player = server.play("micsink", raw.to_str().unwrap(), 400);
    let mut record = command(&desk);
    server.on(&mut record);
    let mut child = record.args(["mute", "--out"]).arg(&out).stdin(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut span = || -> f64 { told.next().unwrap().unwrap().parse().unwrap() };
    let (from, until) = (span(), span());
    assert!(child.wait().unwrap().success());
    let _ = player.kill();
    let _ = player.wait();

    let samples = heard(&out);
    let loudest = |from: f64, until: f64| {
        let part = &samples[(from * 48_000.0) as usize..(until * 48_000.0) as usize];
        part.iter().fold(0.0f32, |loudest, sample| loudest.max(sample.abs()))
    };
    assert!(until - from > 0.9, "muted from {from} to {until}");
    // Where a busy sound server puts a sound is known to some tenths of a second; `mute.rs` tests the edges.
    assert!(loudest(from + 0.3, until - 0.3) < 0.01, "something is heard while muted");
    assert!(loudest(from - 0.6, from - 0.1) > 0.3, "before, the tone is heard");
    assert!(loudest(until + 0.1, until + 0.6) > 0.3, "and after");
    assert!((samples.len() as f64 / 48_000.0 - probed_seconds(&out)).abs() < 0.1, "the track has no hole");
}

#[test]
fn a_self_test_tells_how_well_it_records() {
    let desk = Desk::start(640, 480);
    let server = SoundServer::start();
    let pair =
        |report: &Value, key: &str| (report[key][0].as_u64().unwrap(), report[key][1].as_u64().unwrap());
    let mut whole = None;
    // A machine that is busy with other tests may lose a flash or a beep, and then the report says so.
    for _ in 0..4 {
        let mut test = command(&desk);
        server.on(&mut test);
        let (success, report, log) =
            result(test.args(["selftest", "--json", "--seconds", "6"]).spawn().unwrap());
        assert!(success, "{log}");
        let ((shown, found), (played, heard)) = (pair(&report, "flashes"), pair(&report, "beeps"));
        if shown >= 3 && shown == found && played >= 3 && played == heard {
            whole = Some((report, log));
            break;
        }
        assert!(!report["troubles"].as_array().unwrap().is_empty(), "{log}");
    }
    let (report, log) = whole.expect("one test of four finds every flash and every beep");
    assert_eq!(report["size"], serde_json::json!([640, 480]), "{log}");
    let offset = report["av_offset_ms"].as_f64().unwrap();
    // The bar is 40 ms on a quiet machine; tests run beside others.
    assert!(offset.abs() < 150.0, "{log}");

    // A recorder that is 250 ms off would be told apart from one that is not, whatever the machine is doing.
    let mut seen = Vec::new();
    for _ in 0..4 {
        let mut test = command(&desk);
        server.on(&mut test);
        let test = test.args(["selftest", "--json", "--seconds", "6", "--fault-ms", "250"]);
        let (success, report, log) = result(test.spawn().unwrap());
        assert!(success, "{log}");
        let offset = report["av_offset_ms"].as_f64();
        let told = report["troubles"].as_array().unwrap().iter().any(|trouble| {
            trouble.as_str().is_some_and(|sentence| sentence.ends_with("ms off the pictures"))
        });
        seen.push((offset, told));
        if offset.is_some() {
            break;
        }
    }
    assert!(matches!(seen.last(), Some((Some(offset), true)) if (100.0..400.0).contains(offset)), "{seen:?}");
    assert!(report["encoder"].as_str().unwrap().contains("libvpx"), "{log}");
    let damage = report["offers"].as_array().unwrap().iter().find(|offer| offer["name"] == "XDamage");
    assert!(damage.is_some_and(|damage| damage["there"] == true), "{log}");

    // Without a sound server it is a test without sound, and no failure.
    let nowhere = tempfile::tempdir().unwrap();
    let silent = |extra: &[&str]| {
        let mut test = command(&desk);
        test.env("XDG_RUNTIME_DIR", nowhere.path()).env("HOME", nowhere.path());
        test.env("XDG_DATA_HOME", nowhere.path());
        result(test.args(["selftest", "--seconds", "4"]).args(extra).spawn().unwrap())
    };
    let (success, report, log) = silent(&["--json"]);
    assert!(
        success && report["av_offset_ms"].is_null() && report["flashes"][0] == report["flashes"][1],
        "{log}"
    );
    // What a server adds is not measured without being asked for, nor where nobody is signed in, and a row says so.
    assert!(report["link_ms"].is_null(), "{log}");
    assert!(report["link_unmeasured"].as_str().unwrap().contains("add --link"), "{log}");
    let (success, _, log) = silent(&["--link"]);
    assert!(success && log.contains("Nothing leaves this machine."), "{log}");
    let row = log.lines().find_map(|line| line.strip_prefix("stop to link")).map(str::trim);
    assert_eq!(row, Some("not measured: nobody is signed in here"), "{log}");
    assert!(!nowhere.path().join("deskside").exists(), "and no profile is made: {log}");
}

#[test]
fn without_a_microphone_there_is_a_video_and_a_note() {
    let desk = Desk::start(320, 240);
    Painted::new(&desk, 200, 100).show(0x33_66cc);
    let folder = tempfile::tempdir().unwrap();
    let nowhere = tempfile::tempdir().unwrap();
    for mic in ["default", "no such headset"] {
        let out = folder.path().join(format!("{mic}.webm"));
        let mut record = command(&desk);
        record.env("XDG_RUNTIME_DIR", nowhere.path()).env("HOME", nowhere.path());
        record.args(["record", "--seconds", "1.5", "--json", "--mic", mic, "--out"]).arg(&out);
        let (success, value, log) = result(record.spawn().unwrap());
        assert!(success, "{log}");
        assert!(value["notes"].as_array().unwrap().iter().any(|note| note == "no_sound"), "{log}");
        assert_eq!(value["sound"], false, "{log}");
        assert_eq!(probe(&out)["streams"].as_array().unwrap().len(), 1);
    }
}

/// The track was promised when the microphone worked; it goes on in silence when it does no more.
#[test]
fn a_microphone_that_goes_away_costs_the_sound_and_not_the_recording() {
    let desk = Desk::start(320, 240);
    Painted::new(&desk, 200, 100).show(0x33_66cc);
    let mut server = SoundServer::start();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("clip.webm");
    let mut record = command(&desk);
    server.on(&mut record);
    record.args(["record", "--seconds", "3", "--mic", "default", "--json", "--out"]).arg(&out);
    let child = record.spawn().unwrap();
    until("the clip began", || {
        std::fs::metadata(&out).is_ok_and(|file| file.len() > deskside_clip::PREFIX as u64)
    });
    server.kill();
    let (success, value, log) = result(child);
    assert!(success, "{log}");
    assert!(value["notes"].as_array().unwrap().iter().any(|note| note == "no_sound"), "{log}");
    let seconds = heard(&out).len() as f64 / 48_000.0;
    assert!((seconds - probed_seconds(&out)).abs() < 0.1, "{seconds} s of sound");
}
