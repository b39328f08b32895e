//! Clips on disk: what a crash leaves is found and made whole, and uploaded bytes never change.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::time::Duration;

use deskside_app::record::{RecordError, Shelf, State};
use serde_json::json;
use uuid::Uuid;

use crate::desk::{Desk, until};
use crate::support::{Log, Painted, plan, probed_seconds, reach};

fn start(desk: &Desk, shelf: &Shelf, log: &Log) -> (Uuid, deskside_app::record::Recorder) {
    use deskside_capture::Desktop as _;
    let id = Uuid::now_v7();
    let file = shelf.begin(id, 1_700_000_000_000, json!({ "request": "R1" })).unwrap();
    let plan = plan();
    let (display, target) = (desk.display.clone(), plan.target);
    let open = move || {
        let view = deskside_capture::View {
            target,
            cursor: true,
            deny: deskside_capture::DenyList::default(),
            masks: vec![],
            rings: false,
            canvas: None,
            hairline: false,
        };
        deskside_capture::x11::X11Desktop::connect(Some(&display))?.open(&view)
    };
    (id, deskside_app::record::Recorder::start_with(&plan, open, file, log.listener()).unwrap())
}

#[test]
fn what_was_uploaded_is_not_changed_by_finishing() {
    let desk = Desk::start(320, 240);
    let painted = Painted::new(&desk, 320, 240);
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::open(folder.path().join("clips")).unwrap();
    let log = Log::default();
    let (id, recorder) = start(&desk, &shelf, &log);
    painted.show(0x33_66cc);
    until("a cluster is kept", || log.kept() > deskside_clip::PREFIX as u64);
    assert!(shelf.unfinished().unwrap().is_empty(), "a clip that is being recorded is not unfinished");
    assert!(matches!(shelf.recover(id), Err(RecordError::Disk { .. })), "nor can it be recovered");
    let kept = log.kept() as usize;
    let mut uploaded = vec![0; kept];
    shelf.live(id).unwrap().read_exact(&mut uploaded).unwrap();
    reach(&recorder, Duration::from_millis(1_500));
    let outcome = recorder.stop().unwrap();

    let mut live = Vec::new();
    shelf.live(id).unwrap().read_to_end(&mut live).unwrap();
    assert_eq!(live.len() as u64, outcome.bytes);
    assert!(live[..kept] == uploaded, "the bytes that were read while recording are others now");
    let finished = deskside_clip::finish(&live).unwrap();
    let file = std::fs::read(shelf.clip(id)).unwrap();
    assert!(file == [finished.prefix.as_slice(), &live[deskside_clip::PREFIX..]].concat());
    let mut tail = Vec::new();
    let mut reader = shelf.live(id).unwrap();
    reader.seek(SeekFrom::Start(100)).unwrap();
    reader.read_to_end(&mut tail).unwrap();
    assert!(tail == live[100..], "reading from the middle");

    let journal = shelf.journal(id).unwrap();
    assert_eq!(
        (journal.state, journal.bytes, &journal.note["request"]),
        (State::Finished, outcome.bytes, &json!("R1"))
    );
    shelf.note(id, json!({ "uploaded": 5 })).unwrap();
    assert_eq!(shelf.list().unwrap()[0].note["uploaded"], 5);
    shelf.forget(id).unwrap();
    assert_eq!(std::fs::read_dir(folder.path().join("clips")).unwrap().count(), 0);
}

#[test]
fn a_clip_that_its_recorder_left_is_found_and_made_whole() {
    let desk = Desk::start(320, 240);
    let painted = Painted::new(&desk, 320, 240);
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::open(folder.path()).unwrap();
    let log = Log::default();
    let (id, recorder) = start(&desk, &shelf, &log);
    painted.show(0x33_66cc);
    until("a cluster is kept", || log.kept() > deskside_clip::PREFIX as u64);
    // Half a cluster behind the whole ones, and the machine went down while the first bytes were rewritten.
    drop(recorder);
    until("the recorder let go", || shelf.unfinished().unwrap().len() == 1);
    let path = shelf.clip(id);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[..2_000].fill(0);
    bytes.extend_from_slice(&[0x1f, 0x43, 0xb6, 0x75, 0x40]);
    std::fs::write(&path, &bytes).unwrap();

    let recovered = shelf.recover(id).unwrap();
    assert!((probed_seconds(&path) - recovered.duration.as_secs_f64()).abs() < 0.01);
    assert!(shelf.unfinished().unwrap().is_empty());
    assert_eq!(shelf.recover(id).unwrap(), recovered, "recovering twice changes nothing");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "clip, journal, first bytes");
}
