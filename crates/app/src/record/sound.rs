//! The thread that listens: blocks from the microphone, cut to the course, encoded in packets of 20 ms.
//!
//! The sound track is a promise to the file: once begun it goes on to the end, with silence where there is no sound. A
//! microphone that fails costs the sound and never the recording.

use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

use deskside_capture::microphone::{Block, Event as Heard, Meter, Microphone, Track};
use deskside_codec::{AudioEncoder, CodecError};

use super::event::{Event, Note};
use super::keeping::Piece;
use super::recorder::Shared;

/// The level is told this often.
const METER: Duration = Duration::from_millis(100);
/// A block that did not come this long after its time is missing. Less than the clip's own patience for its frames.
const PATIENCE: Duration = Duration::from_millis(250);

/// Listens until told to stop.
pub fn run(
    mut microphone: Option<Microphone>,
    mut encoder: Box<dyn AudioEncoder>,
    pieces: &SyncSender<Piece>,
    shared: &Shared,
) {
    super::priority::raise();
    let mut track = Track::new(encoder.format().channels);
    let mut meter = Meter::default();
    let mut told = Instant::now();
    while !shared.is_stopping() {
        match microphone.as_ref().map(|microphone| microphone.next(METER / 2)) {
            Some(Some(Heard::Sound(block))) => {
                if !shared.is_paused() && !shared.mutes().is_on() {
                    meter.add(&block.samples);
                }
                hear(&block, &mut track, shared);
            }
            Some(Some(Heard::Opened { label })) => shared.note(Note::Microphone { label }),
            Some(Some(Heard::Failed(error))) => {
                microphone = None;
                shared.note(Note::NoSound { why: error.to_string() });
            }
            // Only when no block waits can one be missing.
            Some(None) => track.pass(shared.course().reached(Instant::now()), PATIENCE),
            None => {
                shared.wait_for_word(Instant::now() + METER);
                track.pass(shared.course().reached(Instant::now()), PATIENCE);
            }
        }
        let now = Instant::now();
        if now.duration_since(told) >= METER {
            told = now;
            if microphone.is_some() && !shared.is_paused() {
                shared.tell(&Event::Level(meter.read()));
            }
        }
        if let Err(error) = send(&mut track, encoder.as_mut(), pieces) {
            return shared.fail(error.into());
        }
    }
    // What was heard before the end and is still on its way: the device's blocks take this long to arrive.
    while let Some(Some(Heard::Sound(block))) =
        microphone.as_ref().map(|microphone| microphone.next(Duration::from_millis(30)))
    {
        hear(&block, &mut track, shared);
        if shared.ended().is_some_and(|ended| block.heard >= ended) {
            break;
        }
    }
    track.end(shared.end_time());
    if let Err(error) = send(&mut track, encoder.as_mut(), pieces) {
        shared.fail(error.into());
    }
    let _ = pieces.send(Piece::NoMoreSound);
}

/// Puts the parts of a block that belong to the clip where they belong.
fn hear(block: &Block, track: &mut Track, shared: &Shared) {
    let frames = block.samples.len() / usize::from(block.channels.max(1));
    let rate = f64::from(block.rate.max(1));
    let length = Duration::from_secs_f64(frames as f64 / rate);
    let parts = shared.course().parts(block.heard, length);
    for (from, until, time) in parts {
        let sample = |at: Duration| ((at.as_secs_f64() * rate).round() as usize).min(frames);
        let range = sample(from) * usize::from(block.channels)..sample(until) * usize::from(block.channels);
        let mut samples = block.samples[range].to_vec();
        shared.mutes().silence(block.heard + from, block.rate, block.channels, &mut samples);
        if !samples.is_empty() {
            track.push(time, &Block { heard: block.heard + from, samples, ..*block });
        }
    }
}

fn send(
    track: &mut Track,
    encoder: &mut dyn AudioEncoder,
    pieces: &SyncSender<Piece>,
) -> Result<(), CodecError> {
    while let Some(packet) = track.packet() {
        let packet = encoder.encode(&packet)?;
        if pieces.send(Piece::Frame(packet)).is_err() {
            break;
        }
    }
    Ok(())
}
