//! `kill -9` at random moments: the clip plays, up to two seconds before the end.
//!
//! `DESKSIDE_KILL_ROUNDS` says how often, `DESKSIDE_SEED` repeats a run.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::desk::Desk;
use crate::headless::{command, result};
use crate::support::{Painted, pictures, probed_seconds};

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn a_killed_recorder_leaves_a_clip_that_plays_up_to_two_seconds_before() {
    let rounds = number("DESKSIDE_KILL_ROUNDS").unwrap_or(3);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = number("DESKSIDE_SEED").unwrap_or(now.as_nanos() as u64);
    println!("DESKSIDE_SEED={seed}");
    let mut state = seed;
    let desk = Desk::start(640, 480);
    let painted = Painted::new(&desk, 640, 480);
    let mut worst = Duration::ZERO;
    for round in 0..rounds {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let life = Duration::from_millis(400 + (state >> 33) % 3_600);
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("clip.webm");
        let mut child = command(&desk).args(["record", "--json", "--out"]).arg(&out).spawn().unwrap();
        // The clip's life begins with its first bytes.
        crate::desk::until("the clip began", || {
            std::fs::metadata(&out).is_ok_and(|file| file.len() >= deskside_clip::PREFIX as u64)
        });
        let began = Instant::now();
        let mut colour = 0x10_2030u32;
        while began.elapsed() < life {
            colour = colour.wrapping_mul(1_103_515_245).wrapping_add(12_345) & 0xff_ffff;
            painted.show(colour);
            std::thread::park_timeout(Duration::from_millis(40));
        }
        child.kill().unwrap();
        let lived = began.elapsed();
        child.wait().unwrap();

        let recovered = command(&desk).args(["recover", "--json"]).arg(&out).spawn().unwrap();
        let (success, value, log) = result(recovered);
        if !success {
            // Before the first cluster is whole there is nothing to keep, and that is what is said.
            assert_eq!(value["error"]["code"], "clip_empty", "seed {seed}, round {round}: {log}");
            assert!(
                lived < Duration::from_millis(2_000),
                "seed {seed}, round {round}: nothing after {lived:?}"
            );
            continue;
        }
        let kept = Duration::from_millis(value["duration_ms"].as_u64().unwrap());
        let lost = lived.saturating_sub(kept);
        worst = worst.max(lost);
        assert!(lost <= Duration::from_secs(2), "seed {seed}, round {round}: {lost:?} of {lived:?} lost");
        assert!((probed_seconds(&out) - kept.as_secs_f64()).abs() < 0.01);
        assert!(!pictures(&out).is_empty());
    }
    println!("{rounds} rounds, at most {worst:?} lost");
}
