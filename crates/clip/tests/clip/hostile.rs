//! Bytes from someone who means harm, or from a disk that died.

use std::io::Cursor;

use deskside_clip::{PREFIX, Reader, Scan, finish, finish_file};
use proptest::prelude::*;

use crate::support::{cases, small};

/// Everything that reads, reads it; nothing may panic, and what they say must agree.
fn survives(bytes: &[u8]) {
    let finished = finish(bytes);
    assert_eq!(
        finish_file(&mut Cursor::new(bytes)).expect("memory reads"),
        finished,
        "hopping and reading agree"
    );
    if let Ok(reader) = Reader::open(bytes) {
        let payload: usize = reader.map_while(Result::ok).map(|frame| frame.bytes.len()).sum();
        assert!(payload <= bytes.len(), "no more came out than went in");
    }
    if let Ok(finished) = finished {
        assert_eq!(finished.prefix.len(), PREFIX);
        assert!(finished.body < finished.cut && finished.cut <= bytes.len() as u64);
        let body = &bytes[finished.body as usize..finished.cut as usize];
        let served = [&finished.prefix[..], body].concat();
        let again = finish(&served).expect("what is served is a clip");
        assert_eq!(again.prefix, finished.prefix, "finishing is idempotent, whatever went in");
        assert_eq!(again.cut, served.len() as u64);
        assert!(Reader::open(&served[..]).is_ok_and(|mut reader| reader.all(|frame| frame.is_ok())));
    }
}

/// A whole clip without the reserve, so that mutations hit something.
fn dense() -> Vec<u8> {
    let bytes = small(1_200).bytes;
    let void = bytes.windows(2).position(|pair| pair == [0xEC, 0x01]).expect("the prefix has a reserve");
    let size = u64::from_be_bytes(bytes[void + 1..void + 9].try_into().expect("eight bytes"))
        & 0x00FF_FFFF_FFFF_FFFF;
    [&bytes[..void], &bytes[void + 9 + size as usize..]].concat()
}

#[test]
fn a_clip_without_a_reserve_is_finished_too() {
    let bytes = dense();
    let finished = finish(&bytes).unwrap();
    assert!(!finished.fits_in_place());
    assert_eq!(finished.cut, bytes.len() as u64);
    survives(&bytes);
}

#[test]
fn every_single_byte_changed_to_every_telling_value() {
    let bytes = dense();
    for at in 0..bytes.len() {
        for value in [0x00, 0x01, 0x7F, 0x80, 0xFF, bytes[at] ^ 0x10] {
            let mut changed = bytes.clone();
            changed[at] = value;
            survives(&changed);
        }
    }
}

#[test]
fn a_frame_that_claims_the_universe_takes_no_memory() {
    let bytes = dense();
    let mut huge = bytes.clone();
    // A cluster of 2^56 - 2 bytes with a block of as many.
    huge.extend_from_slice(b"\x1F\x43\xB6\x75\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFE\xE7\x82\x7F\xFF");
    huge.extend_from_slice(b"\xA3\x01\xFF\xFF\xFF\xFF\xFF\xFF\x00\x81\x00\x00\x80");
    assert_eq!(finish(&huge).unwrap().cut, bytes.len() as u64);
    survives(&huge);
}

#[test]
fn millions_of_tiny_clusters_are_remembered_in_bounded_memory() {
    let bytes = dense();
    let mut scan = Scan::new();
    scan.push(&bytes);
    let before = scan.clusters();
    for n in 100_000u32..1_100_000 {
        // Timestamp, and one empty keyframe of a group.
        let mut cluster = b"\x1F\x43\xB6\x75\x8E\xE7\x84".to_vec();
        cluster.extend_from_slice(&n.to_be_bytes());
        cluster.extend_from_slice(b"\xA0\x86\xA1\x84\x81\x00\x00\x00");
        scan.push(&cluster);
    }
    assert_eq!(scan.fault(), None);
    assert_eq!(scan.clusters(), before + 1_000_000);
    let finished = scan.finish().unwrap();
    assert!(finished.keyframes.len() < 8_192, "{}", finished.keyframes.len());
    assert_eq!(finished.prefix.len(), PREFIX);
}

#[test]
fn clusters_of_unknown_length_are_taken_frame_by_frame() {
    // As browsers record: neither segment nor clusters know their length.
    let bytes = dense();
    let first = finish(&bytes).unwrap().body as usize;
    let mut foreign = bytes[..first].to_vec();
    foreign.extend_from_slice(b"\x1F\x43\xB6\x75\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xE7\x81\x00");
    foreign.extend_from_slice(b"\xA3\x86\x81\x00\x00\x80ab\xA3\x86\x81\x00\x64\x00cd");
    let whole = foreign.len();
    foreign.extend_from_slice(b"\xA3\x86\x81\x00\xC8\x00e");
    let finished = finish(&foreign).unwrap();
    assert_eq!((finished.cut, finished.clusters), (whole as u64, 1));
    assert_eq!(finished.duration.as_millis(), 200, "two pictures, 100 ms apart");
    foreign.extend_from_slice(b"f\x1F\x43\xB6\x75\x8B\xE7\x81\xFA\xA3\x86\x81\x00\x00\x80gh");
    let finished = finish(&foreign).unwrap();
    assert_eq!((finished.cut, finished.clusters, finished.keyframes.len()), (foreign.len() as u64, 2, 2));
    survives(&foreign);
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn noise_is_survived(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        survives(&bytes);
    }

    #[test]
    fn noise_inside_a_clip_is_survived(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..30),
        cut in any::<prop::sample::Index>(),
        moved in any::<(prop::sample::Index, prop::sample::Index)>(),
    ) {
        let mut bytes = dense();
        for (at, value) in edits {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        survives(&bytes);
        // And with a piece of it torn out and put in elsewhere.
        let torn: Vec<u8> = bytes.split_off(cut.index(bytes.len()));
        let (from, to) = (moved.0.index(torn.len().max(1)), moved.1.index(bytes.len().max(1)));
        bytes.splice(to..to, torn[from.min(torn.len())..].iter().copied());
        survives(&bytes);
    }
}
