//! What is on the screen is in the clip: colours, places, times, the pointer.

use deskside_frame::I420;

use crate::desktop::{Answer, Desktop};
use crate::pointer::Pointer;
use crate::seen::{at, count, near, paint, pictures, probed_seconds};

/// What the window shows, one after the other.
const COLOURS: [u32; 6] = [0xd0_2020, 0x20_d020, 0x20_20d0, 0xd0_d020, 0x20_d0d0, 0xd0_20d0];
/// Around it.
const BACKGROUND: u32 = 0x20_4060;
/// Where the compositor puts the window: see `Desktop::start`.
const WINDOW: (u32, u32, u32, u32) = (64, 96, 640, 480);

/// A terminal that changes its colour five times a second.
fn show_colours(desktop: &Desktop) {
    let colours = COLOURS.map(|colour| format!("{colour:06x}")).join(" ");
    let script = format!(
        "printf '\\033[?25l'; while :; do for c in {colours}; do printf '\\033]11;#%s\\033\\\\' $c; sleep 0.2; done; done"
    );
    desktop.spawn("foot", "foot", &["--app-id", "pattern", "sh", "-c", &script]);
}

/// Which of the colours a picture shows in the middle of the window.
fn colour_of(picture: &I420) -> Option<usize> {
    let middle = at(picture, WINDOW.0 + WINDOW.2 / 2, WINDOW.1 + WINDOW.3 / 2);
    COLOURS.iter().position(|colour| near(middle, paint(*colour)))
}

#[test]
fn what_moves_is_in_the_clip_with_its_colours_at_its_place() {
    let desktop = Desktop::start(1280, 720, "#204060");
    show_colours(&desktop);
    let ended = desktop.record("moving.webm", 5.0, &[]).end();
    let result = ended.result(&desktop);
    assert_eq!((result["width"].as_u64(), result["height"].as_u64()), (Some(1280), Some(720)));
    assert_eq!(result["notes"][0], "windows_unknown", "it says what it can't do: {result}");
    assert!((probed_seconds(&ended.clip) - 5.0).abs() < 0.5, "{result}");

    let seen = pictures(&ended.clip);
    let shown: Vec<(u64, usize)> = seen
        .iter()
        .filter_map(|seen| Some((seen.time.millis_rounded(), colour_of(&seen.picture)?)))
        .collect();
    let steps: Vec<(u64, usize)> = shown.chunk_by(|one, other| one.1 == other.1).map(|run| run[0]).collect();
    // 25 changes in 5 s; a busy machine shows some late, and none twice or in another order.
    assert!(steps.len() >= 15 && steps.len() <= 27, "{steps:?}\n{}", desktop.said());
    let follows = |one: usize, other: usize| (one + 1) % COLOURS.len() == other;
    let in_order = steps.windows(2).filter(|two| follows(two[0].1, two[1].1)).count();
    assert!(in_order * 10 >= (steps.len() - 1) * 9, "{steps:?}");

    let (x, y, width, height) = WINDOW;
    let last = seen.iter().rev().find(|seen| colour_of(&seen.picture).is_some()).unwrap();
    let colour = paint(COLOURS[colour_of(&last.picture).unwrap()]);
    for (inside, outside) in [
        ((x + 4, y + 200), (x - 4, y + 200)),
        ((x + width - 5, y + 200), (x + width + 4, y + 200)),
        ((x + 200, y + 4), (x + 200, y - 4)),
        ((x + 200, y + height - 5), (x + 200, y + height + 4)),
    ] {
        assert!(near(at(&last.picture, inside.0, inside.1), colour), "{inside:?} is in the window");
        assert!(near(at(&last.picture, outside.0, outside.1), paint(BACKGROUND)), "{outside:?} is beside it");
    }
}

#[test]
fn a_still_screen_is_a_clip_as_long_as_it_was_recorded() {
    let desktop = Desktop::start(640, 480, "#204060");
    let mut recording = desktop.record("still.webm", 5.0, &[]);
    recording.has_kept(0.5);
    // Some desktops send nothing before something changes: this is that change, to what there is already. A busy one
    // misses it.
    for seconds in [1.0, 2.0] {
        desktop.sway("output HEADLESS-1 bg #204060 solid_color");
        recording.has_kept(seconds);
    }
    let ended = recording.end();
    let result = ended.result(&desktop);
    assert!((probed_seconds(&ended.clip) - 5.0).abs() < 0.5, "{result}");
    let seen = pictures(&ended.clip);
    assert!(seen.len() >= 5, "players are told at least once a second that it is still: {}", seen.len());
    assert!(
        seen.len() <= 40 && result["bytes"].as_u64() < Some(150_000),
        "it costs next to nothing: {result}"
    );
    assert!(seen[0].keyframe, "it plays from its beginning");
    let last = seen.last().unwrap();
    assert!(last.time.as_duration().as_secs_f64() > 3.9, "the last picture comes at the end");
    assert_eq!(count(&last.picture, BACKGROUND), 640 * 480);
}

#[test]
fn the_pointer_is_in_the_picture_where_it_stands() {
    let desktop = Desktop::start(640, 480, "#204060");
    let mut pointer = Pointer::at(&desktop.path("wayland-1"), (640, 480));
    let mut recording = desktop.record("pointer.webm", 5.0, &[]);
    recording.has_kept(0.5);
    // A hand is never quite still; and a busy desktop shows what comes next, not what was.
    let mut there = 0..;
    recording.keeps(2.0, || pointer.move_to(100 + there.next().unwrap() % 2, 100));
    recording.keeps(3.5, || pointer.move_to(500 + there.next().unwrap() % 2, 300));
    let ended = recording.end();
    ended.result(&desktop);
    let differs = |picture: &I420, x: u32, y: u32| {
        let around = (y - 4..y + 24).flat_map(|y| (x - 4..x + 24).map(move |x| (x, y)));
        around.filter(|(x, y)| !near(at(picture, *x, *y), paint(BACKGROUND))).count()
    };
    let seen = pictures(&ended.clip);
    // Not all of it: that would be a picture in black, before there was one.
    let first = seen.iter().find(|seen| (10..500).contains(&differs(&seen.picture, 100, 100)));
    let last = seen.last().unwrap();
    assert!(first.is_some(), "it stood at 100, 100\n{}", desktop.said());
    assert!(
        (10..500).contains(&differs(&last.picture, 500, 300)),
        "it stands at 500, 300\n{}",
        desktop.said()
    );
    assert_eq!(differs(&last.picture, 100, 100), 0, "and nowhere else");
}

#[test]
fn a_screen_that_changes_its_size_goes_on_in_the_same_clip() {
    let desktop = Desktop::start(1280, 720, "#204060");
    // Something moves all the while: a desktop may keep a new size to itself until it has something to show in it.
    let mut pointer = Pointer::at(&desktop.path("wayland-1"), (1280, 720));
    let mut there = 0..;
    let mut moves = || pointer.move_to(100 + there.next().unwrap() % 2, 100);
    let mut recording = desktop.record("resized.webm", 8.0, &[]);
    recording.keeps(2.0, &mut moves);
    desktop.sway("output HEADLESS-1 mode 800x600@60Hz");
    recording.keeps(4.0, &mut moves);
    desktop.sway("output HEADLESS-1 mode 1920x1080@60Hz");
    recording.keeps(7.0, &mut moves);
    let ended = recording.end();
    let result = ended.result(&desktop);
    let notes = result["notes"].as_array().unwrap();
    assert_eq!(
        notes.iter().filter(|note| *note == "screen_resized").count(),
        2,
        "{result}\n{}",
        desktop.said()
    );
    let seen = pictures(&ended.clip);
    let black = |picture: &I420| near(at(picture, 20, 360), paint(0));
    let full = |picture: &I420| count(picture, BACKGROUND) > 1280 * 720 * 99 / 100;
    let first = seen.iter().position(|seen| full(&seen.picture)).expect("first the whole screen");
    let smaller = seen[first..].iter().position(|seen| black(&seen.picture));
    let smaller = first + smaller.expect("then the smaller screen lies in the middle");
    let shown: Vec<usize> = seen[smaller..]
        .iter()
        .map(|seen| count(&seen.picture, BACKGROUND))
        .take_while(|count| *count < 900_000)
        .collect();
    let is_all = |shown: &usize| shown.abs_diff(800 * 600) < 800 * 600 / 50;
    assert!(shown.iter().any(is_all), "{shown:?} pixels of the smaller screen");
    assert!(full(&seen.last().unwrap().picture), "of the larger one as much as fits");
    assert!(seen.iter().all(|seen| (seen.picture.width(), seen.picture.height()) == (1280, 720)));
}

#[test]
fn a_part_of_the_screen_is_only_that_part() {
    let desktop = Desktop::start(1280, 720, "#204060");
    show_colours(&desktop);
    let ended = desktop.record("part.webm", 2.0, &["--region", "320x240+100+120"]).end();
    let result = ended.result(&desktop);
    assert_eq!((result["width"].as_u64(), result["height"].as_u64()), (Some(320), Some(240)));
    let last = pictures(&ended.clip).pop().unwrap().picture;
    let most = COLOURS.iter().map(|colour| count(&last, *colour)).max();
    assert!(most > Some(320 * 240 * 98 / 100), "the whole part lies in the window: {most:?}");
    // A display or a window can only be chosen in the desktop's dialog, and it says so.
    for named in [["--display", "2"], ["--window", "7"]] {
        desktop.answer(Answer::Yes);
        let refused = desktop.record("named.webm", 1.0, &named).end();
        assert_eq!(refused.code(), "chosen_there", "{:?}", refused.events);
        assert!(!refused.clip.exists());
    }
}
