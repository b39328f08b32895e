//! The thread that keeps: packets of both tracks into clusters, clusters onto the disk, one at a time and for good.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use deskside_clip::Writer;
use deskside_frame::{Encoded, Time};

use super::event::{Event, Note, RecordError};
use super::recorder::Shared;
use super::shelf::ClipFile;

/// How often the clip is told what time it is, so that clusters close while nothing comes.
const TICK: Duration = Duration::from_millis(100);
/// How often the disk is asked for its room.
const DISK: Duration = Duration::from_secs(2);
/// Room below which a note is given, in bytes.
const LOW: u64 = 200 << 20;
/// Room below which nothing more is written: finishing and the rest of the machine need some.
const FULL: u64 = 50 << 20;
/// An encoder that gave nothing for so long is broken, and not busy.
const STALL: Duration = Duration::from_secs(3);
/// How long after the stop both tracks may take to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// What comes from the encoders.
pub enum Piece {
    /// A frame of either track.
    Frame(Encoded),
    /// The camera and its encoder ended.
    NoMorePictures,
    /// The microphone and its encoder ended.
    NoMoreSound,
}

/// Keeps until both tracks ended, or the time after a stop is over. Gives the file back with everything in it.
pub fn run(
    mut writer: Writer,
    mut file: ClipFile,
    pieces: &Receiver<Piece>,
    with_sound: bool,
    shared: &Shared,
) -> ClipFile {
    let mut open = (true, with_sound);
    let mut disk = Disk { asked: Instant::now(), low: false };
    let mut broken = false;
    while open.0 || open.1 {
        if shared.ended().is_some_and(|ended| ended.elapsed() > PATIENCE) {
            tracing::warn!("an encoder did not end in time; what it did not give is not in the clip");
            break;
        }
        match pieces.recv_timeout(TICK) {
            Ok(Piece::Frame(frame)) if !broken => {
                if let Err(error) = writer.push(frame) {
                    broken = true;
                    shared.fail(error.into());
                }
            }
            Ok(Piece::Frame(_)) => {}
            Ok(Piece::NoMorePictures) => open.0 = false,
            Ok(Piece::NoMoreSound) => open.1 = false,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        // A pause does not move the clip's time; nothing is pending then but what is already here.
        writer.tick(settled(shared, open.1));
        if !broken && let Err(error) = keep(&mut writer, &mut file, shared) {
            // What comes from now on is lost; what is in the file stays.
            broken = true;
            shared.fail(error);
        }
        disk.look(&file, shared);
    }
    if !broken {
        writer.end(shared.end_time());
        if let Err(error) = keep(&mut writer, &mut file, shared) {
            shared.fail(error);
        }
    }
    file
}

/// What time it is for the writer, which closes clusters some patience after their time. A picture that still waits for
/// a busy encoder keeps its place; one that waits for a broken encoder does not hold up the sound. So does sound that
/// waits for a device that may still speak.
fn settled(shared: &Shared, with_sound: bool) -> Time {
    let now = shared.course().reached(Instant::now());
    let encoded = Time::from_micros(shared.encoded.load(Ordering::Acquire));
    let sounded = Time::from_micros(shared.sounded.load(Ordering::Acquire));
    let behind = shared.shown.load(Ordering::Acquire) > encoded.micros();
    let mut settled = now;
    for (waits, until) in [(behind, encoded), (with_sound, sounded)] {
        if waits && now.since(until) < STALL {
            settled = settled.min(until + deskside_clip::PATIENCE);
        }
    }
    settled
}

fn keep(writer: &mut Writer, file: &mut ClipFile, shared: &Shared) -> Result<(), RecordError> {
    while let Some(cluster) = writer.closed() {
        file.append(&cluster.bytes)?;
        let until = Time::from(shared.course().reached(Instant::now()).as_duration());
        shared.tell(&Event::Kept {
            bytes: file.len(),
            until: until.min(kept_until(&cluster)),
            keyframe: cluster.keyframe,
        });
    }
    Ok(())
}

/// Where a cluster ends at the latest; its frames are not looked at again for it.
fn kept_until(cluster: &deskside_clip::Cluster) -> Time {
    cluster.start + deskside_clip::CLUSTER_SPAN
}

struct Disk {
    asked: Instant,
    low: bool,
}

impl Disk {
    fn look(&mut self, file: &ClipFile, shared: &Shared) {
        if self.asked.elapsed() < DISK {
            return;
        }
        self.asked = Instant::now();
        match file.room() {
            Some(left) if left < FULL => shared.fail(RecordError::DiskFull),
            Some(left) if left < LOW => {
                if !std::mem::replace(&mut self.low, true) {
                    shared.note(Note::DiskLow { left });
                }
            }
            _ => self.low = false,
        }
    }
}
