//! Writing: when clusters close, what they hold, and what can't be written.

use std::time::Duration;

use deskside_clip::{CLUSTER_SPAN, MAX_FRAME, PATIENCE, PREFIX, Reader, Scan, Unwritable, Writer, finish};
use deskside_frame::{Codec, Encoded, Time, Track};
use proptest::prelude::*;

use crate::support::{audio, drain, packet, picture, record, small, video};

#[test]
fn frames_come_back_as_they_went_in() {
    let mut frames = vec![];
    for millis in (0..3_500).step_by(20) {
        frames.push(packet(millis));
        if millis % 100 == 0 {
            frames.push(picture(millis, millis % 1_500 == 0));
        }
    }
    let recorded = record(&frames, 3_500);
    let reader = Reader::open(&recorded.bytes[..]).expect("our own clip opens");
    assert_eq!(reader.tracks().video, video());
    assert_eq!(reader.tracks().audio, Some(audio()));
    let mut read: Vec<Encoded> = reader.collect::<Result<_, _>>().expect("our own clip reads");
    assert!(read.windows(2).all(|pair| pair[0].time <= pair[1].time), "file order is time order");
    let by_track = |frame: &Encoded| (frame.track, frame.time);
    read.sort_by_key(by_track);
    frames.sort_by_key(by_track);
    assert_eq!(read, frames);
}

#[test]
fn the_prefix_is_a_live_stream_that_ends_where_the_first_cluster_begins() {
    let recorded = small(2_000);
    let mut scan = Scan::new();
    scan.push(&recorded.bytes[..PREFIX]);
    assert!(scan.tracks().is_some(), "a player can be initialised before the first cluster");
    assert_eq!((scan.fault(), scan.cut()), (None, 0));
    scan.push(&recorded.bytes[PREFIX..]);
    assert_eq!(scan.body(), Some(PREFIX as u64));
}

#[test]
fn clusters_begin_at_keyframes_and_cover_at_most_a_second() {
    let frames: Vec<_> = (0..70).map(|n| picture(n * 100, n % 25 == 0)).collect();
    let recorded = record(&frames, 7_000);
    let starts: Vec<_> = recorded.clusters.iter().map(|c| (c.start.micros() / 1_000, c.keyframe)).collect();
    let expected = [
        (0, true),
        (1_000, false),
        (2_000, false),
        (2_500, true),
        (3_500, false),
        (4_500, false),
        (5_000, true),
        (6_000, false),
    ];
    assert_eq!(starts, expected);
}

#[test]
fn a_still_screen_closes_its_cluster_by_the_clock() {
    let mut writer = Writer::new(&video(), Some(&audio())).unwrap();
    writer.push(picture(0, true)).unwrap();
    let due = Time::ZERO + CLUSTER_SPAN + PATIENCE;
    writer.tick(Time::from_micros(due.micros() - 1_000));
    assert!(writer.closed().is_none(), "a frame of that second could still come");
    writer.tick(due);
    let cluster = writer.closed().expect("nobody can add to it any more");
    assert!(cluster.keyframe);
    assert!(writer.closed().is_none(), "no empty cluster follows");

    // What was kept is playable: the picture is known to have stood for a second.
    let bytes = [writer.prefix(), &cluster.bytes[..]].concat();
    assert_eq!(finish(&bytes).unwrap().duration, Duration::from_secs(1));
}

#[test]
fn a_dead_microphone_does_not_hold_the_pictures_back() {
    let mut writer = Writer::new(&video(), Some(&audio())).unwrap();
    for n in 0..100 {
        writer.push(picture(n * 33, n == 0)).unwrap();
    }
    assert_eq!(drain(&mut writer).len(), 2, "3.3 s of pictures, less patience, are two whole clusters");
}

#[test]
fn late_sound_is_moved_and_not_lost() {
    let mut writer = Writer::new(&video(), Some(&audio())).unwrap();
    for n in 0..20 {
        writer.push(picture(n * 100, n == 0)).unwrap();
    }
    let mut clusters = drain(&mut writer);
    assert_eq!(clusters.len(), 1);
    for millis in [500, 520, 1_990] {
        writer.push(packet(millis)).unwrap();
    }
    writer.end(Time::from_millis(2_010));
    clusters.extend(drain(&mut writer));
    let bytes = [writer.prefix().to_vec(), clusters.iter().flat_map(|c| c.bytes.clone()).collect()].concat();
    let frames: Vec<_> = Reader::open(&bytes[..]).unwrap().map(Result::unwrap).collect();
    let sound: Vec<_> =
        frames.iter().filter(|f| f.track == Track::Audio).map(|f| f.time.micros() / 1_000).collect();
    assert_eq!(sound, [1_000, 1_001, 1_990]);
    assert_eq!(finish(&bytes).unwrap().duration, Duration::from_millis(2_010));
}

#[test]
fn the_last_picture_lasts_until_stop() {
    let recorded = record(&[picture(0, true), picture(200, false)], 950);
    assert_eq!(finish(&recorded.bytes).unwrap().duration, Duration::from_millis(950));
}

#[test]
fn what_cannot_be_written_is_refused_and_changes_nothing() {
    let mut writer = Writer::new(&video(), None).unwrap();
    assert_eq!(writer.push(picture(0, false)), Err(Unwritable::NoKeyframe));
    assert_eq!(writer.push(packet(0)), Err(Unwritable::NoAudio));
    let mut large = picture(0, true);
    large.bytes = vec![0; MAX_FRAME + 1];
    assert_eq!(writer.push(large), Err(Unwritable::TooLarge(MAX_FRAME + 1)));
    writer.push(picture(0, true)).unwrap();
    writer.end(Time::from_millis(40));
    assert_eq!(drain(&mut writer).len(), 1);
    assert_eq!(writer.push(picture(50, true)), Err(Unwritable::Ended));

    let odd = deskside_frame::VideoFormat { width: 63, ..video() };
    assert_eq!(Writer::new(&odd, None).err(), Some(Unwritable::Format));
    let swapped = deskside_frame::VideoFormat { codec: Codec::Opus, ..video() };
    assert_eq!(Writer::new(&swapped, None).err(), Some(Unwritable::Codec(Codec::Opus)));
}

/// A plan of what happens to a writer: frames by gap to the previous one of their track, and ticks of the clock.
#[derive(Clone, Debug)]
enum Step {
    Picture { gap: u64, keyframe: bool, length: usize },
    Packet { gap: u64 },
    Tick { gap: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0u64..1_500, any::<bool>(), 0usize..40)
            .prop_map(|(gap, keyframe, length)| Step::Picture { gap, keyframe, length }),
        4 => (0u64..400).prop_map(|gap| Step::Packet { gap }),
        1 => (0u64..3_000).prop_map(|gap| Step::Tick { gap }),
    ]
}

proptest! {
    #[test]
    fn whatever_is_pushed_every_frame_is_kept_in_order(steps in prop::collection::vec(step(), 1..120)) {
        let mut writer = Writer::new(&video(), Some(&audio())).unwrap();
        let (mut pictures, mut packets, mut now) = (0, 0, 0);
        let mut pushed = [0usize; 2];
        let mut bytes = writer.prefix().to_vec();
        let mut clusters = vec![];
        for step in steps {
            match step {
                Step::Picture { gap, keyframe, length } => {
                    pictures += gap;
                    let first = pushed[0] == 0;
                    let mut frame = picture(pictures, keyframe || first);
                    frame.bytes.resize(length, 7);
                    writer.push(frame).unwrap();
                    pushed[0] += 1;
                }
                Step::Packet { gap } => {
                    packets += gap;
                    writer.push(packet(packets)).unwrap();
                    pushed[1] += 1;
                }
                Step::Tick { gap } => {
                    now += gap;
                    writer.tick(Time::from_millis(now));
                }
            }
            clusters.extend(drain(&mut writer));
        }
        writer.end(Time::from_millis(now.max(pictures).max(packets) + 20));
        clusters.extend(drain(&mut writer));
        for cluster in &clusters {
            bytes.extend_from_slice(&cluster.bytes);
        }

        let frames: Vec<Encoded> =
            Reader::open(&bytes[..]).unwrap().collect::<Result<_, _>>().unwrap();
        let times = |track| frames.iter().filter(move |f| f.track == track).map(|f| f.time).collect::<Vec<_>>();
        prop_assert_eq!(times(Track::Video).len(), pushed[0]);
        prop_assert_eq!(times(Track::Audio).len(), pushed[1]);
        prop_assert!(frames.windows(2).all(|pair| pair[0].time <= pair[1].time), "over both tracks");
        for track in [Track::Video, Track::Audio] {
            prop_assert!(times(track).windows(2).all(|pair| pair[0] < pair[1]), "{:?} times rise", track);
        }
        if pushed[0] > 0 {
            let finished = finish(&bytes).unwrap();
            prop_assert_eq!(finished.cut, bytes.len() as u64);
            prop_assert_eq!(finished.clusters, clusters.len() as u64);
            let joins = clusters.iter().filter(|cluster| cluster.keyframe).count();
            prop_assert_eq!(finished.keyframes.len(), joins);
        }
    }
}
