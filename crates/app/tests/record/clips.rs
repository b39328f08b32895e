//! A recorded clip shows what was on the screen, when it was.

use std::time::Duration;

use deskside_app::record::{Note, Plan, RecordError};
use deskside_app::selftest::link;
use deskside_capture::x11::TestCard;
use deskside_capture::{Area, DenyList, Notice, Rule, Target};

use crate::desk::{Desk, until};
use crate::support::{
    Log, Painted, at, count, near, paint, pictures, plan, probe, probed_seconds, reach, record,
};

// Colours are looked at away from the middle, where an X server puts the pointer.
const COLOURS: [u32; 6] = [0xc0_2020, 0x20_c020, 0x20_20c0, 0xc0_c020, 0x20_c0c0, 0xc0_20c0];

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn colours_are_shown_when_they_were_painted() {
    let desk = Desk::start(640, 480);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.webm");
    let painted = Painted::new(&desk, 640, 480);
    let log = Log::default();
    let recorder = record(&desk, &path, &plan(), &log);
    let mut times = Vec::new();
    for (n, colour) in COLOURS.iter().enumerate() {
        reach(&recorder, millis(300 + n as u64 * 500));
        painted.show(*colour);
        times.push(recorder.elapsed());
    }
    reach(&recorder, millis(3_400));
    let outcome = recorder.stop().unwrap();

    assert_eq!((outcome.width, outcome.height, outcome.sound), (640, 480, false));
    assert!(outcome.duration.abs_diff(millis(3_400)) < millis(200), "{:?}", outcome.duration);
    assert!((probed_seconds(&path) - outcome.duration.as_secs_f64()).abs() < 0.01);
    assert_eq!(std::fs::metadata(&path).unwrap().len(), outcome.bytes);
    assert!(!outcome.poster.is_empty() && outcome.poster.starts_with(b"\x89PNG"));
    let seen = pictures(&path);
    assert_eq!(seen.len() as u64, outcome.pictures);
    assert!(seen[0].keyframe && seen[0].time.micros() < 50_000, "it begins at once, with a keyframe");
    for (colour, painted) in COLOURS.iter().zip(times) {
        let first = seen.iter().find(|seen| near(at(&seen.picture, 100, 60), paint(*colour)));
        let first = first.unwrap_or_else(|| panic!("colour {colour:x} is in no picture"));
        let late = first.time.as_duration().as_millis() as i64 - painted.as_millis() as i64;
        // Two ticks at 30 per second, and what a busy machine adds.
        assert!(
            (-40..200).contains(&late),
            "{colour:x} was painted at {painted:?} and is seen {late} ms later"
        );
    }
    let gaps = seen.windows(2).map(|pair| pair[1].time.since(pair[0].time));
    assert!(gaps.max().unwrap() < millis(1_300), "a still screen sends a picture every second");
}

#[test]
fn pausing_writes_nothing_and_takes_no_time() {
    let desk = Desk::start(320, 240);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.webm");
    let painted = Painted::new(&desk, 320, 240);
    painted.show(COLOURS[0]);
    let recorder = record(&desk, &path, &plan(), &Log::default());
    reach(&recorder, millis(600));
    recorder.pause();
    let at_pause = recorder.elapsed();
    painted.show(COLOURS[1]);
    // The pause itself is under test.
    std::thread::park_timeout(millis(900));
    assert_eq!(recorder.elapsed(), at_pause, "time stands still");
    painted.show(COLOURS[2]);
    recorder.resume();
    reach(&recorder, at_pause + millis(500));
    let outcome = recorder.stop().unwrap();
    assert!(outcome.duration.abs_diff(millis(1_100)) < millis(250), "{:?}", outcome.duration);
    let seen = pictures(&path);
    assert!(
        seen.iter().all(|seen| !near(at(&seen.picture, 100, 60), paint(COLOURS[1]))),
        "what was shown during the pause is in the clip"
    );
    let after = seen.iter().find(|seen| near(at(&seen.picture, 100, 60), paint(COLOURS[2]))).unwrap();
    assert!(after.keyframe, "the first picture after a pause is a keyframe");
    let since = after.time.as_duration().as_millis() as i64 - at_pause.as_millis() as i64;
    assert!((-1..250).contains(&since), "the first picture after the pause comes {since} ms into it");
}

#[test]
fn a_denied_window_is_in_no_picture_and_the_cursor_is_in_every_one() {
    const SECRET: u32 = 0xff_00ff;
    let desk = Desk::start(480, 320);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.webm");
    let painter = desk.painter();
    let back = painter.window(0, 0, 480, 320, 0x20_8020, "desk");
    painter.point(400, 40);
    let rule = Rule { class: None, title: Some("*vault*".to_owned()) };
    let plan = Plan { deny: DenyList::of(vec![rule]), ..plan() };
    let log = Log::default();
    let recorder = record(&desk, &path, &plan, &log);
    reach(&recorder, millis(300));
    for n in 0..12i16 {
        let secret = painter.window(n * 20, n * 10, 100, 80, SECRET, "my vault");
        for step in 0..5 {
            reach(&recorder, recorder.elapsed() + millis(20));
            painter.move_to(secret, i32::from(n) * 20 + step * 15, 60);
        }
        painter.close(secret);
        painter.fill(back, n * 30, 300, 20, 20, 0xff_ffff);
    }
    let outcome = recorder.stop().unwrap();
    assert!(outcome.notes.contains(&Note::Screen(Notice::Covered)), "{:?}", outcome.notes);
    let seen = pictures(&path);
    assert!(seen.len() > 20, "{} pictures", seen.len());
    let green = paint(0x20_8020);
    for seen in &seen {
        assert_eq!(count(&seen.picture, SECRET), 0, "the secret is in the picture at {}", seen.time);
        let cursor = (392..412).any(|x| (32..52).any(|y| !near(at(&seen.picture, x, y), green)));
        assert!(cursor, "no cursor in the picture at {}", seen.time);
    }
}

/// A page is painted, and named in the title afterwards: up to a third of a second later it is in no picture all the same.
#[test]
fn what_turns_out_to_be_secret_is_in_no_picture_of_a_moment_before() {
    const SECRET: u32 = 0xff_00ff;
    const KNOWN: u32 = 0x00_00ff;
    let desk = Desk::start(480, 320);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.webm");
    let painter = desk.painter();
    painter.window(0, 0, 480, 320, 0x20_8020, "desk");
    let page = painter.window(100, 100, 200, 100, 0xff_ffff, "page");
    let rule = Rule { class: None, title: Some("*vault*".to_owned()) };
    let plan = Plan { deny: DenyList::of(vec![rule]), ..plan() };
    let log = Log::default();
    let recorder = record(&desk, &path, &plan, &log);
    reach(&recorder, millis(400));
    let wait = |time: u64| reach(&recorder, recorder.elapsed() + millis(time));
    for lead in [0, 35, 70, 120, 180, 220] {
        painter.fill(page, 0, 0, 200, 100, SECRET);
        wait(lead / 2);
        painter.move_to(page, 100 + lead as i32, 90);
        wait(lead - lead / 2);
        painter.title(page, "my vault");
        wait(60);
        painter.fill(page, 0, 0, 200, 100, 0xff_ffff);
        painter.title(page, "page");
        wait(60);
    }
    // While it stands still nothing can turn out, and what waits goes on waiting.
    painter.fill(page, 0, 0, 200, 100, SECRET);
    wait(100);
    recorder.pause();
    painter.title(page, "my vault");
    painter.wait();
    recorder.resume();
    wait(200);
    painter.fill(page, 0, 0, 200, 100, KNOWN);
    painter.title(page, "page");
    wait(800);
    painter.fill(page, 0, 0, 200, 100, SECRET);
    wait(60);
    recorder.stop().unwrap();
    let seen = pictures(&path);
    for seen in &seen {
        assert_eq!(count(&seen.picture, SECRET), 0, "the secret is in the picture at {}", seen.time);
    }
    assert!(seen.iter().any(|seen| count(&seen.picture, KNOWN) > 0), "what never was a secret is seen");
    assert!(
        seen.iter().any(|seen| count(&seen.picture, 0xff_ffff) > 0),
        "and so is the page before it was one"
    );
}

#[test]
fn of_what_lies_above_the_card_of_a_self_test_nothing_is_sent() {
    const PRIVATE: u32 = 0xff_00ff;
    let desk = Desk::start(800, 600);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.webm");
    let painter = desk.painter();
    painter.window(0, 0, 800, 600, PRIVATE, "desk");
    let card = TestCard::open(Some(&desk.display)).unwrap();
    let log = Log::default();
    let recorder = record(&desk, &path, &link::plan(&card), &log);
    let mut step = 0;
    let mut lasts = |length: u64| {
        let until = recorder.elapsed() + millis(length);
        while recorder.elapsed() < until {
            card.step(step).unwrap();
            step += 1;
            reach(&recorder, recorder.elapsed() + millis(20));
        }
    };
    lasts(500);
    // A note of a customer's message pops up over it, and is moved along.
    let note = painter.window(300, 200, 150, 60, PRIVATE, "new mail");
    for x in 0..10 {
        painter.move_to(note, 300 + x * 8, 200);
        lasts(40);
    }
    recorder.stop().unwrap();
    let seen = pictures(&path);
    assert!(seen.len() > 15, "{} pictures", seen.len());
    for seen in &seen {
        assert_eq!((seen.picture.width(), seen.picture.height()), (480, 270), "the card's own size");
        assert_eq!(count(&seen.picture, PRIVATE), 0, "the desk is in the picture at {}", seen.time);
    }
}

#[test]
fn a_mask_is_in_every_picture_from_the_moment_it_is_placed() {
    const PRIVATE: u32 = 0xff_00ff;
    let desk = Desk::start(320, 240);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.webm");
    let painter = desk.painter();
    let back = painter.window(0, 0, 320, 240, 0x20_8020, "desk");
    painter.fill(back, 40, 40, 60, 60, PRIVATE);
    let plan = Plan { masks: vec![Area::new(200, 100, 50, 50)], cursor: false, ..plan() };
    let log = Log::default();
    let recorder = record(&desk, &path, &plan, &log);
    reach(&recorder, millis(400));
    // Where nothing is painted any more, so that only the mask can be why it goes.
    recorder.mask(vec![Area::new(30, 30, 80, 80), Area::new(200, 100, 50, 50)]);
    let masked = recorder.elapsed();
    for n in 0..10i16 {
        painter.fill(back, 180 + n * 6, 90, 30, 80, PRIVATE);
        reach(&recorder, recorder.elapsed() + millis(60));
        painter.fill(back, 180 + n * 6, 90, 30, 80, 0x20_8020);
    }
    recorder.stop().unwrap();
    let seen = pictures(&path);
    let hidden = paint(PRIVATE);
    assert!(near(at(&seen[0].picture, 70, 70), hidden), "before, it is seen");
    for seen in &seen {
        assert!(!near(at(&seen.picture, 224, 124), hidden), "masked from the start, seen at {}", seen.time);
        // A picture may have been taken just before and still carry its own time.
        if seen.time.as_duration() > masked + millis(50) {
            assert!(!near(at(&seen.picture, 70, 70), hidden), "masked at {masked:?}, seen at {}", seen.time);
        }
    }
    assert!(seen.iter().any(|seen| near(at(&seen.picture, 190, 94), hidden)), "beside the mask it is seen");
}

#[test]
fn a_recording_survives_a_desk_that_changes_its_size() {
    let desk = Desk::start(800, 600);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.webm");
    let painted = Painted::new(&desk, 2_000, 2_000);
    painted.show(COLOURS[0]);
    let log = Log::default();
    let recorder = record(&desk, &path, &plan(), &log);
    reach(&recorder, millis(500));
    desk.set_size(640, 480);
    until("the new size is noticed", || log.has("Resized"));
    painted.show(COLOURS[1]);
    reach(&recorder, recorder.elapsed() + millis(400));
    desk.set_size(800, 600);
    painted.show(COLOURS[2]);
    reach(&recorder, recorder.elapsed() + millis(600));
    recorder.stop().unwrap();
    let seen = pictures(&path);
    assert!(seen.iter().all(|seen| (seen.picture.width(), seen.picture.height()) == (800, 600)));
    for colour in &COLOURS[..3] {
        let shown = seen.iter().any(|seen| near(at(&seen.picture, 100, 100), paint(*colour)));
        assert!(shown, "colour {colour:x} is in no picture");
    }
    let smaller = seen.iter().find(|seen| near(at(&seen.picture, 100, 100), paint(COLOURS[1]))).unwrap();
    assert!(near(at(&smaller.picture, 10, 10), paint(0)), "around the smaller desk it is black");
}

#[test]
fn a_desk_that_goes_away_leaves_a_playable_clip() {
    let mut desk = Desk::start(320, 240);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.webm");
    Painted::new(&desk, 320, 240).show(COLOURS[0]);
    let log = Log::default();
    let recorder = record(&desk, &path, &plan(), &log);
    reach(&recorder, millis(700));
    desk.kill();
    until("the failure is told", || log.has("Failed"));
    assert!(recorder.has_failed());
    let outcome = recorder.stop().unwrap();
    assert!(outcome.duration >= millis(600), "{:?}", outcome.duration);
    assert!((probed_seconds(&path) - outcome.duration.as_secs_f64()).abs() < 0.01);
}

#[test]
fn discarding_leaves_nothing() {
    let desk = Desk::start(320, 240);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.webm");
    let recorder = record(&desk, &path, &plan(), &Log::default());
    reach(&recorder, millis(300));
    recorder.discard().unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_recording_that_can_not_begin_says_why() {
    let desk = Desk::start(320, 240);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.webm");
    let file = deskside_app::record::ClipFile::create(&path).unwrap();
    let display = desk.display.clone();
    let open = move || {
        use deskside_capture::{Desktop as _, View};
        let view = View {
            target: Target::Window(77),
            cursor: true,
            deny: DenyList::empty(),
            masks: vec![],
            rings: false,
            canvas: None,
            hairline: false,
        };
        deskside_capture::x11::X11Desktop::connect(Some(&display))?.open(&view)
    };
    let refused = deskside_app::record::Recorder::start_with(&plan(), open, file, |_| {}).err().unwrap();
    assert_eq!(refused.code(), "no_such_window");
    std::fs::write(&path, "something").unwrap();
    assert!(matches!(deskside_app::record::ClipFile::create(&path), Err(RecordError::Disk { .. })));
}

#[test]
fn keyframes_come_while_pictures_change_and_the_file_can_be_sought() {
    let desk = Desk::start(320, 240);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.webm");
    let painted = Painted::new(&desk, 320, 240);
    let recorder = record(&desk, &path, &plan(), &Log::default());
    let mut n = 0;
    while recorder.elapsed() < millis(10_800) {
        painted.show(COLOURS[n % COLOURS.len()]);
        n += 1;
        reach(&recorder, recorder.elapsed() + millis(100));
    }
    recorder.stop().unwrap();
    let keys: Vec<_> = pictures(&path).iter().filter(|seen| seen.keyframe).map(|seen| seen.time).collect();
    assert_eq!(keys.len(), 2, "one every ten seconds: {keys:?}");
    let streams = probe(&path);
    assert_eq!(streams["streams"][0]["codec_name"], "vp9");
    assert_eq!(streams["streams"][0]["color_space"], "bt709");
    assert_eq!(streams["streams"][0]["color_range"], "tv");
    // Cues in front: ffmpeg seeks without reading up to there.
    let sought = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-ss", "10.4", "-i"])
        .arg(&path)
        .args(["-frames:v", "1", "-f", "null", "-"])
        .output()
        .unwrap();
    assert!(
        sought.status.success() && sought.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&sought.stderr)
    );
}
