//! Finishing: where a clip is cut, what the prefix says, and that pieces of any size give the same.

use std::io::{Cursor, Read, Seek, SeekFrom, Write};
use std::sync::OnceLock;
use std::time::Duration;

use deskside_clip::{Finished, Layout, PREFIX, Scan, Unplayable, finish, finish_file};
use deskside_frame::Time;
use proptest::prelude::*;

use crate::support::{Recorded, cases, packet, picture, record, small};

/// What is served of recorded bytes.
fn served(finished: &Finished, bytes: &[u8]) -> Vec<u8> {
    let layout = finished.layout();
    let parts = layout.parts(0..layout.total());
    [&finished.prefix[parts.prefix], &bytes[parts.file.start as usize..parts.file.end as usize]].concat()
}

#[test]
fn cut_at_every_byte_it_is_recovered_to_the_last_whole_cluster() {
    let Recorded { bytes, ends, .. } = small(2_400);
    assert!(ends.len() >= 6, "small clusters: {ends:?}");
    let mut scan = Scan::new();
    for length in 0..=bytes.len() {
        // Pushed byte by byte, which also proves every piece boundary; the prefix is computed where it can change.
        if let Some(last) = length.checked_sub(1) {
            scan.push(&bytes[last..length]);
        }
        assert_eq!(scan.fault(), None, "byte {length}");
        let whole = ends.iter().rposition(|end| *end <= length);
        match whole {
            None => assert_eq!(scan.finish(), Err(Unplayable::Empty), "byte {length}"),
            Some(whole) => {
                assert_eq!(scan.cut(), ends[whole] as u64, "byte {length}");
                assert_eq!(scan.clusters(), whole as u64 + 1, "byte {length}");
                let finished = scan.finish().expect("a whole cluster is playable");
                assert_eq!(finish(&bytes[..length]).as_ref(), Ok(&finished), "byte {length}, from scratch");
                assert_eq!(finish(&bytes[..ends[whole]]).as_ref(), Ok(&finished), "byte {length}, cut first");
            }
        }
    }
}

#[test]
fn finishing_a_finished_clip_changes_nothing() {
    let Recorded { bytes, .. } = small(5_000);
    let once = finish(&bytes).unwrap();
    assert!(once.fits_in_place());
    let file = served(&once, &bytes);
    assert_eq!(file.len(), bytes.len());
    assert_eq!(file[PREFIX..], bytes[PREFIX..], "no byte behind the prefix changes");
    assert_eq!(finish(&file), Ok(once));
}

#[test]
fn a_finished_clip_says_how_long_it_is_and_where_one_can_seek() {
    let Recorded { bytes, clusters, .. } = small(5_000);
    let finished = finish(&bytes).unwrap();
    assert_eq!(finished.duration, Duration::from_secs(5));
    assert_eq!(finished.clusters, clusters.len() as u64);
    let times: Vec<_> = finished.keyframes.iter().map(|keyframe| keyframe.time).collect();
    assert_eq!(times, (0..13).map(|n| Time::from_millis(n * 400)).collect::<Vec<_>>());
    for keyframe in &finished.keyframes {
        let at = keyframe.offset as usize;
        assert_eq!(bytes[at..at + 4], [0x1F, 0x43, 0xB6, 0x75], "a cluster begins there");
    }
}

#[test]
fn a_growing_clip_says_how_far_it_is_kept_and_where_to_join() {
    let Recorded { bytes, clusters, ends } = small(3_000);
    let mut scan = Scan::new();
    let mut offset = PREFIX;
    scan.push(&bytes[..PREFIX]);
    assert_eq!((scan.kept(), scan.latest_keyframe()), (Time::ZERO, None));
    for (cluster, end) in clusters.iter().zip(&ends) {
        scan.push(&bytes[offset..end - 1]);
        assert!(scan.kept() <= cluster.start, "a cluster that lacks a byte is not kept");
        assert!(!scan.is_keyframe(offset as u64));
        scan.push(&bytes[end - 1..*end]);
        assert!(scan.kept() > cluster.start);
        assert_eq!(scan.is_keyframe(offset as u64), cluster.keyframe);
        assert!(!scan.is_keyframe(offset as u64 + 1));
        let latest = scan.latest_keyframe().expect("the first cluster has one");
        if cluster.keyframe {
            assert_eq!((latest.offset, latest.time), (offset as u64, cluster.start));
        }
        offset = *end;
    }
    assert_eq!(scan.kept(), Time::from_millis(3_000));
    let join = scan.keyframe_before(Time::from_millis(1_599)).unwrap();
    assert_eq!(join.time, Time::from_millis(1_200));
    assert_eq!(scan.keyframe_before(Time::from_millis(60_000)), scan.latest_keyframe());
}

#[test]
fn what_follows_the_last_cluster_is_cut_off() {
    let Recorded { bytes, .. } = small(1_000);
    let whole = finish(&bytes).unwrap();
    for tail in [&[0u8; 4096][..], b"\x1A\x45\xDF\xA3", b"\xFF\xFF\xFF", b"\x1C\x53\xBB\x6B\x80"] {
        let longer = [&bytes, tail].concat();
        assert_eq!(finish(&longer).as_ref(), Ok(&whole), "tail {:?}", &tail[..3]);
        let again = [&longer[..], &bytes[PREFIX..]].concat();
        assert_eq!(finish(&again).as_ref(), Ok(&whole), "clusters after a broken place are not trusted");
    }
}

#[test]
fn what_is_no_clip_says_so() {
    for (bytes, why) in [
        (&b"\x89PNG\r\n\x1a\n and so on"[..], "a picture"),
        (&[0; 100][..], "zeros"),
        (b"\x1A\x45\xDF\xA3\x87\x42\x82\x84mkv1", "another kind of EBML"),
    ] {
        let error = finish(bytes).expect_err(why);
        assert_eq!(error.code(), "clip_not_a_clip", "{why}");
        assert!(!error.hint().is_empty());
    }
    assert_eq!(finish(&[]), Err(Unplayable::Empty));
    let Recorded { bytes, .. } = small(1_000);
    let zeroed = [&bytes[..PREFIX], &[0; 50_000]].concat();
    assert_eq!(
        finish(&zeroed),
        Err(Unplayable::Empty),
        "power was lost before the first cluster was on disk"
    );
}

#[test]
fn a_file_is_recovered_in_place() {
    let Recorded { bytes, ends, .. } = small(2_000);
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&bytes[..bytes.len() - 3]).unwrap();
    for _ in 0..2 {
        let finished = finish_file(&mut file).unwrap().unwrap();
        assert_eq!(finished.cut, ends[ends.len() - 2] as u64);
        file.seek(SeekFrom::Start(0)).unwrap();
        file.write_all(&finished.prefix).unwrap();
        file.set_len(finished.cut).unwrap();
    }
    let mut recovered = vec![];
    file.seek(SeekFrom::Start(0)).unwrap();
    file.read_to_end(&mut recovered).unwrap();
    let finished = finish(&bytes[..bytes.len() - 3]).unwrap();
    assert_eq!(recovered, served(&finished, &bytes));
}

/// A file that counts what is read of it, and gives at most `most` bytes at a time.
struct Counting {
    inner: Cursor<Vec<u8>>,
    most: usize,
    read: u64,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = buffer.len().min(self.most);
        let got = self.inner.read(&mut buffer[..most])?;
        self.read += got as u64;
        Ok(got)
    }
}

impl Seek for Counting {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.inner.seek(to)
    }
}

#[test]
fn a_file_of_large_frames_is_hopped_over() {
    let mut frames = vec![];
    for n in 0..100 {
        let mut frame = picture(n * 100, n % 20 == 0);
        frame.bytes = vec![n as u8; 200_000];
        frames.push(frame);
    }
    let Recorded { bytes, .. } = record(&frames, 10_000);
    for most in [usize::MAX, 1] {
        let mut file = Counting { inner: Cursor::new(bytes.clone()), most, read: 0 };
        assert_eq!(finish_file(&mut file).unwrap(), finish(&bytes));
        assert!(file.read < bytes.len() as u64 / 15, "{} of {} bytes read", file.read, bytes.len());
    }
    // A frame that the file ends in is not hopped over into the void.
    let short = bytes[..bytes.len() - 100_000].to_vec();
    let mut file = Counting { inner: Cursor::new(short.clone()), most: usize::MAX, read: 0 };
    assert_eq!(finish_file(&mut file).unwrap(), finish(&short));
}

#[test]
fn a_layout_gives_the_pieces_of_every_range() {
    let Recorded { bytes, .. } = small(1_500);
    let finished = finish(&bytes).unwrap();
    let whole = served(&finished, &bytes);
    let layout: Layout = finished.layout();
    assert_eq!(layout.total(), whole.len() as u64);
    let edges = [0, 1, PREFIX - 1, PREFIX, PREFIX + 1, whole.len() - 1, whole.len()];
    for (start, end) in edges.iter().flat_map(|start| edges.iter().map(move |end| (*start, *end))) {
        if start <= end {
            let parts = layout.parts(start as u64..end as u64);
            let file = parts.file.start as usize..parts.file.end as usize;
            assert_eq!([&finished.prefix[parts.prefix], &bytes[file]].concat(), whole[start..end]);
        }
    }
}

/// A minute at 30 pictures a second, about 7 MB.
fn minute() -> &'static Recorded {
    static MINUTE: OnceLock<Recorded> = OnceLock::new();
    MINUTE.get_or_init(|| {
        let mut frames = vec![];
        for n in 0..1_800 {
            let mut frame = picture(n * 1_000 / 30, n % 75 == 0);
            frame.bytes.resize(if frame.keyframe { 40_000 } else { 3_000 }, n as u8);
            frames.push(frame);
        }
        frames.extend((0..3_000).map(|n| packet(n * 20)));
        frames.sort_by_key(|frame| frame.time);
        record(&frames, 60_000)
    })
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn a_minute_cut_anywhere_is_recovered_to_the_last_whole_cluster(cut in any::<prop::sample::Index>()) {
        let Recorded { bytes, ends, .. } = minute();
        let cut = cut.index(bytes.len() + 1);
        let whole = ends.iter().rposition(|end| *end <= cut);
        match finish_file(&mut Cursor::new(&bytes[..cut])).expect("memory reads") {
            Err(error) => prop_assert_eq!((error, whole), (Unplayable::Empty, None)),
            Ok(finished) => {
                let whole = whole.expect("only a whole cluster is playable");
                prop_assert_eq!(finished.cut, ends[whole] as u64);
                prop_assert_eq!(finished.clusters, whole as u64 + 1);
            }
        }
    }
}

proptest! {
    #[test]
    fn pieces_of_any_size_give_the_same_result(
        end in 400u64..6_000,
        cut in 0.0f64..=1.0,
        pieces in prop::collection::vec((1usize..5_000, any::<bool>()), 1..50),
    ) {
        let Recorded { bytes, .. } = small(end / 100 * 100);
        let bytes = &bytes[..(bytes.len() as f64 * cut) as usize];
        let mut scan = Scan::new();
        let mut rest = bytes;
        for (piece, skip) in pieces.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            if *skip {
                let skipped = scan.skip(rest.len() as u64) as usize;
                rest = &rest[skipped..];
            }
            let (now, later) = rest.split_at((*piece).min(rest.len()));
            scan.push(now);
            rest = later;
        }
        prop_assert_eq!(scan.position(), bytes.len() as u64);
        prop_assert_eq!(scan.finish(), finish(bytes));
        let mut file = Cursor::new(bytes);
        prop_assert_eq!(finish_file(&mut file).unwrap(), finish(bytes));
    }
}
