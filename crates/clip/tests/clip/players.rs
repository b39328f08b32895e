//! Judges that are not ours: real VP9 and Opus, made, probed, seeked and decoded by ffmpeg.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use deskside_clip::{Finished, Reader, Writer, finish};
use deskside_frame::{Encoded, Time, Track};

use crate::support::drain;

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().expect("ffmpeg is installed");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {errors}");
    assert!(errors.trim().is_empty(), "{program} {arguments:?} complains: {errors}");
    String::from_utf8(output.stdout).expect("ffprobe writes text")
}

/// How long one foreign clip is; a little more than its six seconds, because its sound sticks out.
const LENGTH: Duration = Duration::from_millis(6_040);

/// Six seconds of moving pictures with a keyframe every two, and a tone, as ffmpeg writes them.
fn foreign(folder: &Path) -> Vec<u8> {
    let path = folder.join("foreign.webm");
    let path = path.to_str().expect("a plain path");
    run(
        "ffmpeg",
        &[
            "-v",
            "error",
            "-y",
            "-f",
            "lavfi",
            "-i",
            "testsrc2=size=320x240:rate=25:duration=6",
            "-f",
            "lavfi",
            "-i",
            "sine=frequency=440:sample_rate=48000:duration=6",
            "-c:v",
            "libvpx-vp9",
            "-deadline",
            "realtime",
            "-cpu-used",
            "8",
            "-g",
            "50",
            "-b:v",
            "400k",
            "-pix_fmt",
            "yuv420p",
            "-c:a",
            "libopus",
            "-b:a",
            "48k",
            path,
        ],
    );
    std::fs::read(path).expect("ffmpeg wrote it")
}

/// The foreign clip's frames through our writer, `times` one after the other.
fn rewritten(foreign: &[u8], times: u64) -> (Vec<Encoded>, Vec<u8>) {
    let reader = Reader::open(foreign).expect("ffmpeg's WebM opens");
    let tracks = reader.tracks().clone();
    let once: Vec<Encoded> = reader.collect::<Result<_, _>>().expect("ffmpeg's WebM reads");
    let frames: Vec<Encoded> = (0..times)
        .flat_map(|n| once.iter().map(move |frame| (n, frame.clone())))
        .map(|(n, frame)| Encoded { time: frame.time + LENGTH * n as u32, ..frame })
        .collect();
    let mut writer = Writer::new(&tracks.video, tracks.audio.as_ref()).expect("VP9 and Opus are ours");
    let mut bytes = writer.prefix().to_vec();
    for frame in &frames {
        writer.push(frame.clone()).expect("frames are writable");
        for cluster in drain(&mut writer) {
            bytes.extend_from_slice(&cluster.bytes);
        }
    }
    writer.end(Time::ZERO + LENGTH * times as u32);
    for cluster in drain(&mut writer) {
        bytes.extend_from_slice(&cluster.bytes);
    }
    (frames, bytes)
}

fn save(folder: &Path, name: &str, finished: &Finished, bytes: &[u8]) -> String {
    let path = folder.join(name);
    let body = &bytes[finished.body as usize..finished.cut as usize];
    std::fs::write(&path, [&finished.prefix[..], body].concat()).expect("the folder is writable");
    path.to_str().expect("a plain path").to_owned()
}

/// `key=value` lines of ffprobe.
fn facts(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut facts = BTreeMap::<String, Vec<String>>::new();
    for (key, value) in text.lines().filter_map(|line| line.split_once('=')) {
        facts.entry(key.to_owned()).or_default().push(value.to_owned());
    }
    facts
}

#[test]
fn ffmpeg_probes_seeks_and_decodes_what_we_write() {
    let folder = tempfile::tempdir().unwrap();
    let (frames, bytes) = rewritten(&foreign(folder.path()), 1);
    assert!(frames.iter().filter(|frame| frame.track == Track::Video).count() == 150);
    let finished = finish(&bytes).unwrap();
    let path = save(folder.path(), "ours.webm", &finished, &bytes);

    let probed = facts(&run("ffprobe", &["-v", "error", "-show_format", "-show_streams", &path]));
    assert_eq!(probed["codec_name"], ["vp9", "opus"]);
    assert_eq!(probed["nb_streams"], ["2"]);
    // VP9 itself does not carry these two, so they were read from our Colour element.
    assert_eq!((&probed["color_primaries"][0][..], &probed["color_transfer"][0][..]), ("bt709", "bt709"));
    assert_eq!(probed["format_name"], ["matroska,webm"]);
    let duration: f64 = probed["duration"].last().unwrap().parse().unwrap();
    assert!((duration - finished.duration.as_secs_f64()).abs() < 0.001, "{duration}");
    assert!((6.03..6.05).contains(&duration), "{duration}");

    let packets = |stream: &str| {
        let text = run(
            "ffprobe",
            &["-v", "error", "-select_streams", stream, "-show_entries", "packet=pts_time,flags,size", &path],
        );
        facts(&text)
    };
    for (stream, track) in [("v", Track::Video), ("a", Track::Audio)] {
        let (packets, ours) =
            (packets(stream), frames.iter().filter(|f| f.track == track).collect::<Vec<_>>());
        let sizes: Vec<_> = ours.iter().map(|frame| frame.bytes.len().to_string()).collect();
        assert_eq!(packets["size"], sizes, "{stream}: every frame, in order");
        let keys: Vec<_> = packets["flags"].iter().map(|flags| flags.contains('K')).collect();
        assert_eq!(keys, ours.iter().map(|frame| frame.keyframe).collect::<Vec<_>>(), "{stream}");
        // ffmpeg takes the Opus look-ahead off the time, rounded to a millisecond.
        let shift = if track == Track::Audio { 0.007 } else { 0.0 };
        for (time, frame) in packets["pts_time"].iter().zip(&ours) {
            let (time, wanted) =
                (time.parse::<f64>().unwrap(), frame.time.as_duration().as_secs_f64() - shift);
            assert!((time - wanted).abs() < 0.001_5, "{stream}: {time} for {wanted}");
        }
    }

    run("ffmpeg", &["-v", "error", "-xerror", "-i", &path, "-f", "null", "-"]);
    for at in ["0", "0.5", "1.99", "3.1", "5.9"] {
        // One decoded picture after a seek, which must be the one at that time and not the keyframe before it.
        let arguments =
            ["-v", "error", "-ss", at, "-i", &path, "-map", "0:v", "-frames:v", "1", "-f", "framemd5", "-"];
        let ours = run("ffmpeg", &arguments);
        let select = format!("select=gte(t\\,{at}-0.0005)");
        let slow = [
            "-v",
            "error",
            "-i",
            &path,
            "-map",
            "0:v",
            "-vf",
            &select,
            "-frames:v",
            "1",
            "-fps_mode",
            "passthrough",
            "-f",
            "framemd5",
            "-",
        ];
        let hash =
            |text: &str| text.lines().last().and_then(|line| line.rsplit(' ').next().map(str::to_owned));
        assert_eq!(hash(&ours), hash(&run("ffmpeg", &slow)), "seek to {at}");
    }
}

#[test]
fn ffmpeg_plays_what_a_crash_left() {
    let folder = tempfile::tempdir().unwrap();
    let (_, bytes) = rewritten(&foreign(folder.path()), 1);
    let first = bytes.len() / 3;
    for n in 0..6 {
        let cut = &bytes[..first + n * (bytes.len() - first) / 6];
        let finished = finish(cut).expect("at least a second was kept");
        let path = save(folder.path(), "cut.webm", &finished, cut);
        run("ffmpeg", &["-v", "error", "-xerror", "-i", &path, "-f", "null", "-"]);
        let probed = facts(&run("ffprobe", &["-v", "error", "-show_format", &path]));
        let duration: f64 = probed["duration"][0].parse().unwrap();
        assert!((duration - finished.duration.as_secs_f64()).abs() < 0.001);
        assert!(duration > 0.5, "cut {n}: {duration}");
    }
}

#[test]
fn ffmpeg_plays_the_live_stream_before_it_is_finished() {
    let folder = tempfile::tempdir().unwrap();
    let (_, bytes) = rewritten(&foreign(folder.path()), 1);
    let path = folder.path().join("live.webm");
    std::fs::write(&path, &bytes).unwrap();
    run("ffmpeg", &["-v", "error", "-xerror", "-i", path.to_str().unwrap(), "-f", "null", "-"]);
}

#[test]
fn a_clip_that_is_not_ours_is_finished_by_the_same_rules() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = foreign(folder.path());
    let finished = finish(&bytes).unwrap();
    let path = save(folder.path(), "adopted.webm", &finished, &bytes);
    run("ffmpeg", &["-v", "error", "-xerror", "-i", &path, "-f", "null", "-"]);
    let probed = facts(&run("ffprobe", &["-v", "error", "-show_format", &path]));
    let duration: f64 = probed["duration"][0].parse().unwrap();
    assert!((5.95..6.1).contains(&duration), "{duration}");
    assert_eq!(finished.keyframes.len(), 3, "a keyframe every two seconds: {:?}", finished.keyframes);
}

/// What `MediaRecorder` gave, once each: Chromium 156 (`getDisplayMedia`, VP9, paused from 2.6 s to 4.1 s) and Firefox
/// 153 (a canvas, VP8). Segment and clusters of unknown length, no index, Firefox with a duration of zero.
const BROWSERS: [(&str, &[u8], f64, usize); 2] = [
    ("chromium", include_bytes!("../data/chromium.webm"), 4.9, 4),
    ("firefox", include_bytes!("../data/firefox.webm"), 4.3, 1),
];

#[test]
fn what_browsers_record_is_finished_by_the_same_rules() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, seconds, keyframes) in BROWSERS {
        let finished = finish(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(finished.cut, bytes.len() as u64, "{name}: nothing is left out");
        assert_eq!(finished.keyframes.len(), keyframes, "{name}: {:?}", finished.keyframes);
        let path = save(folder.path(), "adopted.webm", &finished, bytes);
        run("ffmpeg", &["-v", "error", "-xerror", "-i", &path, "-f", "null", "-"]);
        let probed = facts(&run("ffprobe", &["-v", "error", "-show_format", "-show_streams", &path]));
        assert_eq!(probed["nb_streams"], ["2"], "{name}: picture and sound");
        let duration: f64 = probed["duration"].last().unwrap().parse().unwrap();
        assert!((duration - finished.duration.as_secs_f64()).abs() < 0.001, "{name}: {duration}");
        assert!((duration - seconds).abs() < 0.3, "{name}: {duration}");
    }
}

#[test]
fn what_a_browser_left_when_it_was_closed_plays_as_far_as_it_came() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, ..) in BROWSERS {
        for n in 1..24 {
            let cut = &bytes[..bytes.len() * n / 24];
            let Ok(finished) = finish(cut) else {
                assert_eq!(n, 1, "{name}: something was kept of {} bytes", cut.len());
                continue;
            };
            assert!(cut.len() as u64 - finished.cut < 8_000, "{name}: lost more than a frame of {n}/24");
            let path = save(folder.path(), "cut.webm", &finished, cut);
            run("ffmpeg", &["-v", "error", "-xerror", "-i", &path, "-f", "null", "-"]);
        }
    }
}

#[test]
fn players_find_the_index() {
    let folder = tempfile::tempdir().unwrap();
    let (_, bytes) = rewritten(&foreign(folder.path()), 12);
    let finished = finish(&bytes).unwrap();
    let path = save(folder.path(), "ours.webm", &finished, &bytes);
    // With the index, a seek near the end reads a small part of the file; without, nearly all of it.
    let trace = Command::new("ffmpeg")
        .args(["-v", "trace", "-ss", "65", "-i", &path, "-frames:v", "1", "-map", "0:v", "-f", "null", "-"])
        .output()
        .expect("ffmpeg is installed");
    assert!(trace.status.success());
    let log = String::from_utf8_lossy(&trace.stderr);
    let read = log
        .lines()
        .filter(|line| line.contains("Statistics:") && line.contains("bytes read"))
        .filter_map(|line| line.split("Statistics: ").nth(1)?.split(' ').next()?.parse::<u64>().ok())
        .max()
        .expect("ffmpeg prints statistics");
    let whole = std::fs::metadata(&path).unwrap().len();
    assert!(read < whole / 3, "{read} of {whole} bytes read for one seek");
}
