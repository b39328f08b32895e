//! Sound and pictures stay together when pieces are cut out of a clip.

use std::process::Command;
use std::time::Duration;

use deskside_app::selftest::{Seen, find, read};
use deskside_clip::{Cutter, Scan, Stretch, Writer, finish};
use deskside_codec::{AudioEncoder as _, Hints, OpusEncoder, VideoEncoder as _, VideoSettings, Vp9Encoder};
use deskside_frame::{I420, Pcm, Time};

const SIDE: u32 = 64;
const FPS: u64 = 30;
/// Keyframes come when pictures change, so they stand in no order to packets of sound.
const KEYFRAME: u64 = 37;

/// A clip of so many seconds that flashes and beeps at every whole one, the beep `late` after the flash.
fn flashing(seconds: u64, late: Duration) -> Vec<u8> {
    let mut video =
        Vp9Encoder::new(VideoSettings { threads: 1, ..VideoSettings::screen(SIDE, SIDE, 30) }).unwrap();
    let mut audio = OpusEncoder::new(1).unwrap();
    let mut writer = Writer::new(&video.format(), Some(&audio.format())).unwrap();
    let mut bytes = writer.prefix().to_vec();
    let is_on = |micros: u64, length: u64| micros % 1_000_000 < length;
    let beeps = |at: u64| at.checked_sub(late.as_micros() as u64).is_some_and(|at| is_on(at, 100_000));
    let (mut packets, mut packet) = (Vec::new(), 0u64);
    for picture in 0..seconds * FPS {
        let time = picture * 1_000_000 / FPS;
        let mut canvas = I420::black(SIDE, SIDE).unwrap();
        // The first picture of a second is the one that stands for it.
        let luma = if is_on(time, 200_000) { 235 } else { 16 };
        canvas.planes_mut().0.fill(luma);
        let hints = Hints { keyframe: picture % KEYFRAME == 0, changed: None, moving: false };
        video.encode(&canvas, Time::from_micros(time), hints, &mut packets).unwrap();
        for frame in packets.drain(..) {
            writer.push(frame).unwrap();
        }
        while packet * 20_000 < time {
            let sample = |n: u64| {
                let at = packet * 20_000 + n * 1_000_000 / 48_000;
                if beeps(at) { (n as f32 * 0.131).sin() * 0.4 } else { 0.0 }
            };
            let block = Pcm {
                time: Time::from_micros(packet * 20_000),
                rate: 48_000,
                channels: 1,
                samples: (0..960).map(sample).collect(),
            };
            writer.push(audio.encode(&block).unwrap()).unwrap();
            packet += 1;
        }
        while let Some(cluster) = writer.closed() {
            bytes.extend_from_slice(&cluster.bytes);
        }
    }
    writer.end(Time::from_millis(seconds * 1_000));
    while let Some(cluster) = writer.closed() {
        bytes.extend_from_slice(&cluster.bytes);
    }
    bytes
}

/// The clip as it is served.
fn served(recorded: &[u8]) -> Vec<u8> {
    let finished = finish(recorded).unwrap();
    [&finished.prefix[..], &recorded[finished.body as usize..finished.cut as usize]].concat()
}

fn cut(recorded: &[u8], keep: &[Stretch]) -> Vec<u8> {
    let end = Time::from(finish(recorded).unwrap().duration);
    let mut cutter = Cutter::open(recorded, keep, end).unwrap();
    let mut bytes = cutter.prefix().to_vec();
    let mut scan = Scan::new();
    while let Some(cluster) = cutter.next() {
        bytes.extend_from_slice(&cluster.unwrap().bytes);
    }
    scan.push(&bytes);
    scan.finish().unwrap();
    bytes
}

fn look(clip: &[u8]) -> Seen {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.webm");
    std::fs::write(&path, served(clip)).unwrap();
    read(&path, (SIDE / 2, SIDE / 2)).unwrap()
}

/// How far each flash is from the nearest beep, in milliseconds, where the whole of both was kept.
fn offsets(seen: &Seen) -> Vec<f64> {
    let nearest = |flash: &f64| {
        let off = |beep: &f64| (beep - flash) * 1e3;
        seen.beeps.iter().map(off).min_by(|one, other| one.abs().total_cmp(&other.abs()))
    };
    seen.flashes.iter().filter_map(nearest).filter(|off| off.abs() < 450.0).collect()
}

fn worst(offsets: &[f64]) -> f64 {
    offsets.iter().fold(0.0, |worst: f64, off| worst.max(off.abs()))
}

#[test]
fn a_late_beep_is_seen_to_be_late() {
    assert!(worst(&offsets(&look(&flashing(4, Duration::ZERO)))) < 5.0);
    let late = offsets(&look(&flashing(4, Duration::from_millis(200))));
    assert!(late.len() == 4 && late.iter().all(|off| (off - 200.0).abs() < 5.0), "{late:?}");
}

#[test]
fn a_place_that_flashes_is_found_by_its_beat() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.webm");
    std::fs::write(&path, served(&flashing(4, Duration::ZERO))).unwrap();
    let (at, seen) = find(&path, Duration::from_secs(1)).unwrap();
    assert!(at.is_some_and(|at| at.0 < SIDE && at.1 < SIDE) && seen.flashes.len() == 4, "{at:?} {seen:?}");
    assert_eq!(seen.beeps.len(), 4);
    let (at, seen) = find(&path, Duration::from_secs(2)).unwrap();
    assert!(
        at.is_none() && seen.flashes.is_empty(),
        "what flashes on another beat is something else: {seen:?}"
    );
}

/// With nothing in the holes each cut would put the sound up to 40 ms before the pictures, and all of them together.
#[test]
fn on_both_sides_of_every_cut_sound_and_pictures_are_together() {
    let clip = flashing(30, Duration::ZERO);
    let stretch =
        |(from, to): (u64, u64)| Stretch { from: Time::from_millis(from), to: Time::from_millis(to) };
    let many =
        [(0, 3_551), (4_000, 7_777), (9_001, 12_345), (13_000, 16_890), (17_500, 21_111), (22_000, 29_999)];
    for keep in [vec![(0, 9_713), (18_000, 30_000)], vec![(1_100, 8_989)], many.to_vec()] {
        let keep: Vec<Stretch> = keep.into_iter().map(stretch).collect();
        let new = cut(&clip, &keep);
        let seen = look(&new);
        let found = offsets(&seen);
        assert!(found.len() + keep.len() >= seen.flashes.len() && found.len() > 5, "{seen:?}");
        // A time in the file is a whole millisecond, and so is a cut.
        assert!(worst(&found) <= 6.0, "{keep:?}: {found:?}");

        // ffmpeg, which counts samples too, hears the beeps at the same moments.
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clip.webm");
        std::fs::write(&path, served(&new)).unwrap();
        let output = Command::new("ffmpeg")
            .args([
                "-v",
                "error",
                "-i",
                path.to_str().unwrap(),
                "-f",
                "f32le",
                "-ac",
                "1",
                "-ar",
                "48000",
                "-",
            ])
            .output()
            .expect("ffmpeg is installed");
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        let samples: Vec<f32> =
            output.stdout.chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect();
        let mut beeps: Vec<f64> = Vec::new();
        for (n, sample) in samples.iter().enumerate() {
            let at = n as f64 / 48_000.0;
            if sample.abs() > 0.05 && beeps.last().is_none_or(|last| at - last > 0.4) {
                beeps.push(at);
            }
        }
        assert_eq!(beeps.len(), seen.beeps.len());
        let apart = beeps.iter().zip(&seen.beeps).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max);
        assert!(apart < 0.003, "{apart} s apart from what ffmpeg hears");
    }
}
