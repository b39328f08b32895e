//! `desksided convert` as a process that is given anything: it ends by itself, and what it gives is a clip or nothing.

use std::{
    io::{Read as _, Write as _},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use deskside_clip::Reader;
use deskside_frame::Codec;

/// A second of AV1 as our recorder writes it.
const SECOND: &[u8] = include_bytes!("../../../ui/src/features/clip/seconds/av1.webm");
/// However busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

fn convert(clip: &[u8], arguments: &[&str]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_desksided"))
        .arg("convert")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let (mut stdin, mut stdout) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
    let clip = clip.to_vec();
    // It may end before it has read everything.
    let feeding = std::thread::spawn(move || drop(stdin.write_all(&clip)));
    let mut given = Vec::new();
    stdout.read_to_end(&mut given).expect("reads");
    feeding.join().expect("no panic");
    let mut output = child.wait_with_output().expect("ends");
    output.stdout = given;
    output
}

#[test]
fn a_second_becomes_a_second() {
    let output = convert(SECOND, &["--length-ms", "1000"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let reader = Reader::open(&output.stdout[..]).expect("a clip");
    assert_eq!(reader.tracks().video.codec, Codec::Vp9);
    assert_eq!(reader.count(), 10);
    assert_eq!(deskside_clip::finish(&output.stdout).expect("a clip").duration, Duration::from_secs(1));
}

#[test]
fn noise_in_a_clip_ends_it_and_never_holds_it() {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0x0022_u64);
    println!("SEED={seed}");
    let mut state = seed | 1;
    let mut chance = move |below: usize| {
        // xorshift64*
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % below
    };
    // Behind the reserved prefix lie the frames.
    let frames = deskside_clip::PREFIX..SECOND.len();
    for round in 0..40 {
        let mut clip = SECOND.to_vec();
        for _ in 0..=chance(6) {
            clip[frames.start + chance(frames.len())] = chance(256) as u8;
        }
        if round % 5 == 0 {
            clip.truncate(chance(clip.len()));
        }
        let begun = Instant::now();
        let output = convert(&clip, &["--cpu-seconds", "20"]);
        assert!(begun.elapsed() < PATIENCE, "round {round} took {:?}", begun.elapsed());
        assert!(output.stdout.len() < 1 << 20, "round {round} gave {} bytes", output.stdout.len());
        if output.status.success() {
            let reader = Reader::open(&output.stdout[..]).expect("what it calls a clip is one");
            let frames: Vec<_> = reader.map(|frame| frame.expect("whole")).collect();
            assert!(!frames.is_empty(), "round {round}");
        }
    }
}
