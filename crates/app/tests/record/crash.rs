//! `kill -9` at random moments: the clip plays, up to two seconds before the end.
//!
//! Several small desks are recorded side by side, so that a hundred rounds take half a minute. `DESKSIDE_KILL_ROUNDS`
//! says how many there are, `DESKSIDE_SEED` repeats a run.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::desk::Desk;
use crate::headless::{command, result};
use crate::support::{Painted, pictures, probed_seconds};

const ROUNDS: u64 = 100;
const LANES: u64 = 10;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn a_killed_recorder_leaves_a_clip_that_plays_up_to_two_seconds_before() {
    let rounds = number("DESKSIDE_KILL_ROUNDS").unwrap_or(ROUNDS);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = number("DESKSIDE_SEED").unwrap_or(now.as_nanos() as u64);
    println!("DESKSIDE_SEED={seed}");
    let lane = |lane: u64| {
        let desk = Desk::start(320, 240);
        let painted = Painted::new(&desk, 320, 240);
        (lane..rounds)
            .step_by(LANES as usize)
            .map(|round| kill(&desk, &painted, seed, round))
            .collect::<Vec<_>>()
    };
    let rounds: Vec<Round> = std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..LANES).map(|number| scope.spawn(move || lane(number))).collect();
        lanes.into_iter().flat_map(|lane| lane.join().expect("a round failed; see above")).collect()
    });
    let played = rounds.iter().filter_map(|round| round.lost).collect::<Vec<_>>();
    println!("{} rounds, {} clips, at most {:?} lost", rounds.len(), played.len(), played.iter().max());
    assert!(played.len() * 2 > rounds.len(), "most recorders live long enough to leave something");
}

struct Round {
    /// How much of the end is missing; `None` where the recorder died before there was anything to keep.
    lost: Option<Duration>,
}

/// The same number for the same seed and round (splitmix64).
fn dice(seed: u64, round: u64) -> u64 {
    let mut state = seed.wrapping_add(round.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

fn kill(desk: &Desk, painted: &Painted, seed: u64, round: u64) -> Round {
    let life = Duration::from_millis(200 + dice(seed, round) % 2_800);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("clip.webm");
    let mut child = command(desk).args(["record", "--json", "--out"]).arg(&out).spawn().unwrap();
    // The clip's life begins with its first bytes.
    crate::desk::until("the clip began", || {
        std::thread::park_timeout(Duration::from_millis(2));
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

    let recovered = command(desk).args(["recover", "--json"]).arg(&out).spawn().unwrap();
    let (success, value, log) = result(recovered);
    if !success {
        // Before the first cluster is whole there is nothing to keep, and that is what is said.
        assert_eq!(value["error"]["code"], "clip_empty", "seed {seed}, round {round}: {log}");
        assert!(lived < Duration::from_millis(2_000), "seed {seed}, round {round}: nothing after {lived:?}");
        return Round { lost: None };
    }
    let kept = Duration::from_millis(value["duration_ms"].as_u64().unwrap());
    let lost = lived.saturating_sub(kept);
    assert!(lost <= Duration::from_secs(2), "seed {seed}, round {round}: {lost:?} of {lived:?} lost");
    assert!((probed_seconds(&out) - kept.as_secs_f64()).abs() < 0.01, "seed {seed}, round {round}");
    assert!(!pictures(&out).is_empty(), "seed {seed}, round {round}");
    Round { lost: Some(lost) }
}
