//! Nobody else on the machine can read the pictures, and a crash leaves nothing behind.

use deskside_capture::Target;

use crate::desk::{Desk, until};
use crate::pictures::Eye;

/// Id, access rights and removal mark of the segments that this process made.
fn segments() -> Vec<(u64, u32)> {
    let own = std::process::id().to_string();
    let list = std::fs::read_to_string("/proc/sysvipc/shm").unwrap();
    let lines = list.lines().skip(1).map(|line| line.split_ascii_whitespace().collect::<Vec<_>>());
    let mine = lines.filter(|words| words[4] == own);
    mine.map(|words| (words[1].parse().unwrap(), u32::from_str_radix(words[2], 8).unwrap())).collect()
}

#[test]
fn the_pictures_are_locked_up_and_go_with_the_process() {
    // The kernel's mark for a segment that is removed when the last one lets go.
    const REMOVED: u32 = 0o1000;
    let before = segments();
    let desk = Desk::start(320, 240);
    let mut eye = Eye::open(&desk, Target::Display(1));
    let update = eye.look();
    assert!(update.notices.is_empty(), "shared memory works on a desk of this machine: {:?}", update.notices);
    let mine: Vec<_> = segments().into_iter().filter(|segment| !before.contains(segment)).collect();
    assert_eq!(mine.len(), 1, "one segment while recording: {mine:?}");
    assert_eq!(mine[0].1, 0o600 | REMOVED, "open to others, or not marked for removal");
    drop(eye);
    until("the segment is gone with the source", || segments() == before);
}
