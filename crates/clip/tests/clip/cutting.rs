//! What is kept of a clip is all there, in order and in step; what is cut out is nowhere.

use std::process::Command;

use deskside_clip::{CutError, Cutter, Finished, Reader, Scan, Stretch, finish, snap};
use deskside_domain::clip::ClipPart;
use deskside_frame::{Encoded, Time, Track};
use proptest::prelude::*;

use crate::support::{cases, small};

fn stretch(from: u64, to: u64) -> Stretch {
    Stretch { from: Time::from_millis(from), to: Time::from_millis(to) }
}

/// The new clip as it would be served, and the stretches that are in it.
fn cut(bytes: &[u8], keep: &[Stretch]) -> Result<(Vec<u8>, Finished, Vec<Stretch>), CutError> {
    let before = finish(bytes).expect("the clip is one");
    let end = Time::from(before.duration);
    let source = &bytes[..before.cut as usize];
    let mut cutter = Cutter::open(source, keep, end)?;
    let mut scan = Scan::new();
    let mut recorded = cutter.prefix().to_vec();
    while let Some(cluster) = cutter.next() {
        recorded.extend_from_slice(&cluster?.bytes);
    }
    scan.push(&recorded);
    let after = scan.finish().expect("what was cut is a clip");
    assert_eq!(after.cut, recorded.len() as u64, "all of it is whole");
    let served = [&after.prefix[..], &recorded[after.body as usize..]].concat();
    Ok((served, after, cutter.kept()))
}

/// Where a moment lies once only this is left, as the server moves comments.
fn moved(kept: &[Stretch], at: u64) -> Option<u64> {
    let millis = |time: Time| u32::try_from(time.micros() / 1_000).expect("a short clip");
    let kept: Vec<_> =
        kept.iter().map(|part| ClipPart { from_ms: millis(part.from), to_ms: millis(part.to) }).collect();
    ClipPart::moved(&kept, u32::try_from(at).expect("a short clip")).map(u64::from)
}

fn frames(bytes: &[u8]) -> Vec<Encoded> {
    Reader::open(bytes).expect("opens").collect::<Result<_, _>>().expect("reads")
}

/// Whether it was put in where a cut left a hole in the sound.
fn is_silence(frame: &Encoded) -> bool {
    frame.track == Track::Audio && frame.bytes.len() == 3 && frame.bytes.ends_with(&[0xFF, 0xFE])
}

/// When a frame of [`small`] was recorded: its bytes say so.
fn recorded_at(frame: &Encoded) -> u64 {
    let text: String =
        frame.bytes.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| *byte as char).collect();
    text.parse().expect("the frame names its time")
}

/// The times that are named anywhere in these bytes, as frames of [`small`] name theirs.
fn named_in(bytes: &[u8]) -> Vec<u64> {
    let starts = |word: &[u8]| -> Vec<usize> {
        let begins = bytes.windows(word.len()).enumerate().filter(|(_, part)| *part == word);
        begins.map(|(at, _)| at + word.len()).collect()
    };
    let number = |at: usize| {
        let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit());
        digits.fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
    };
    [starts(b"picture "), starts(b"packet ")].concat().into_iter().map(number).collect()
}

#[test]
fn the_middle_is_cut_out_and_both_ends_fit_together() {
    let clip = small(4_000).bytes;
    let (new, after, kept) = cut(&clip, &[stretch(0, 1_000), stretch(2_100, 4_000)]).unwrap();
    assert_eq!(kept, [stretch(0, 1_000), stretch(2_400, 4_000)], "it goes on at the next keyframe");
    assert_eq!(after.duration.as_millis(), 2_600);
    let seen: Vec<(u64, u64)> = frames(&new)
        .iter()
        .filter(|frame| frame.track == Track::Video)
        .map(|frame| (recorded_at(frame), frame.time.millis_rounded()))
        .collect();
    let wanted: Vec<(u64, u64)> = (0..1_000)
        .step_by(100)
        .map(|at| (at, at))
        .chain((2_400..4_000).step_by(100).map(|at| (at, at - 1_400)))
        .collect();
    assert_eq!(seen, wanted);
    assert!(
        after.keyframes.iter().any(|keyframe| keyframe.time == Time::from_millis(1_000)),
        "one can jump to the seam"
    );
}

#[test]
fn keeping_everything_changes_no_frame() {
    let clip = small(3_300).bytes;
    let (new, after, _) = cut(&clip, &[stretch(0, u64::MAX / 1_000)]).unwrap();
    assert_eq!(frames(&new), frames(&clip));
    assert_eq!(after.duration, finish(&clip).unwrap().duration);
    assert_eq!(after.keyframes.len(), finish(&clip).unwrap().keyframes.len());
}

#[test]
fn nothing_to_keep_and_no_order_are_refused() {
    let clip = small(2_000).bytes;
    assert!(matches!(cut(&clip, &[stretch(1, 300)]), Err(CutError::Nothing)));
    assert!(matches!(cut(&clip, &[]), Err(CutError::Nothing)));
    assert!(matches!(cut(&clip, &[stretch(400, 800), stretch(700, 900)]), Err(CutError::Order)));
    assert!(matches!(cut(&clip, &[stretch(400, 400)]), Err(CutError::Order)));
}

/// Stretches in order, of any length, from pairs of gaps and lengths.
fn wishes() -> impl Strategy<Value = Vec<Stretch>> {
    prop::collection::vec((0u64..900, 1u64..1_500), 1..6).prop_map(|parts| {
        let mut at = 0;
        parts
            .into_iter()
            .map(|(gap, length)| {
                let from = at + gap;
                at = from + length;
                stretch(from, at)
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn random_cuts_keep_what_was_asked_for_and_nothing_else(length in 500u64..6_000, keep in wishes()) {
        let clip = small(length).bytes;
        let before = finish(&clip).unwrap();
        let snapped = snap(&keep, &before.keyframes, Time::from(before.duration));
        let made = cut(&clip, &keep);
        if snapped.is_empty() {
            prop_assert!(matches!(made, Err(CutError::Nothing)));
            return Ok(());
        }
        let (new, after, kept) = made.unwrap();
        // What is shown before the cut is what is cut.
        prop_assert_eq!(&kept, &snapped);
        let sum: u64 = kept.iter().map(|stretch| stretch.to.since(stretch.from).as_millis() as u64).sum();
        prop_assert_eq!(after.duration.as_millis() as u64, sum);

        let mut wanted: Vec<(Track, u64, u64)> = frames(&clip)
            .iter()
            .filter_map(|frame| {
                let at = recorded_at(frame);
                let ends = if frame.track == Track::Audio { at + 20 } else { at };
                let within = kept.iter().find(|s| at >= s.from.millis_rounded() && at < s.to.millis_rounded())?;
                // A packet begins 6.5 ms before its time, which is before the stretch.
                let begins_before = frame.track == Track::Audio && at > 0 && at < within.from.millis_rounded() + 7;
                (ends <= within.to.millis_rounded() && !begins_before).then(|| {
                    (frame.track, at, moved(&kept, at).expect("it is kept"))
                })
            })
            .collect();
        let mut got: Vec<(Track, u64, u64)> = frames(&new)
            .iter()
            .filter(|frame| !is_silence(frame))
            .map(|frame| (frame.track, recorded_at(frame), frame.time.millis_rounded()))
            .collect();
        wanted.sort_unstable();
        got.sort_unstable();
        prop_assert_eq!(got, wanted, "both tracks are moved alike");

        // Whoever counts packets and does not look at their times hears everything in step, at every seam.
        let mut counted = 0.0;
        for frame in frames(&new).iter().filter(|frame| frame.track == Track::Audio) {
            let off = counted - frame.time.micros() as f64 / 1e3;
            prop_assert!(off.abs() <= 2.5, "{} is {off} ms off", frame.time);
            counted += match frame.bytes[0] >> 3 { 28 => 2.5, 29 => 5.0, 30 => 10.0, _ => 20.0 };
        }

        // What was cut out is nowhere in the bytes, whatever they claim to be.
        for at in named_in(&new) {
            prop_assert!(moved(&kept, at).is_some(), "{at} ms is still there");
        }

        // A cut of a cut is a cut.
        let (again, _, _) = cut(&new, &[stretch(0, u64::MAX / 1_000)]).unwrap();
        prop_assert_eq!(frames(&again), frames(&new));
    }

    #[test]
    fn damaged_clips_are_cut_or_refused(at in 0usize..40_000, value: u8, keep in wishes()) {
        let mut clip = small(1_500).bytes;
        let at = at % clip.len();
        clip[at] = value;
        if finish(&clip).is_ok() {
            // Whatever comes of it, it ends, and is a clip if it is anything.
            let _ = cut(&clip, &keep);
        }
    }
}

#[test]
fn clips_of_browsers_are_cut_and_played_by_ffmpeg() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("chromium", include_bytes!("../data/chromium.webm").as_slice()),
        ("firefox", include_bytes!("../data/firefox.webm")),
    ] {
        let before = finish(bytes).unwrap();
        let last = before.keyframes.last().unwrap().time;
        let end = Time::from(before.duration);
        let from = if last > Time::ZERO { last } else { Time::ZERO };
        let to = if from == Time::ZERO { Time::from(before.duration / 2) } else { end };
        let (new, after, kept) = cut(bytes, &[Stretch { from, to }]).unwrap();
        assert_eq!(kept, [Stretch { from, to }], "{name}");
        let path = folder.path().join(format!("{name}.webm"));
        std::fs::write(&path, &new).unwrap();
        let path = path.to_str().unwrap();
        let probed = Command::new("ffprobe")
            .args([
                "-v",
                "error",
                "-show_entries",
                "format=duration:stream=codec_type",
                "-of",
                "csv=p=0",
                path,
            ])
            .output()
            .expect("ffprobe is installed");
        assert!(probed.stderr.is_empty(), "{name}: {}", String::from_utf8_lossy(&probed.stderr));
        let said = String::from_utf8(probed.stdout).unwrap();
        assert_eq!(said.contains("audio"), before.tracks.audio.is_some(), "{name}: {said}");
        let seconds: f64 = said.lines().last().unwrap().trim().parse().unwrap();
        assert!((seconds - after.duration.as_secs_f64()).abs() < 0.01, "{name}: {seconds} s");
        // Every frame of both tracks decodes; what a muxer makes of their times is not asked.
        for what in [["-map", "0:v", "-f", "rawvideo"], ["-map", "0:a?", "-f", "s16le"]] {
            let decoded = Command::new("ffmpeg")
                .args(["-v", "error", "-y", "-i", path])
                .args(what)
                .arg("/dev/null")
                .output()
                .unwrap();
            let errors = String::from_utf8_lossy(&decoded.stderr).into_owned();
            let has_none = what[1] == "0:a?" && before.tracks.audio.is_none();
            assert!(errors.is_empty() || has_none, "{name}: {errors}");
        }
    }
}
