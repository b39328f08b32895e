//! Clips of made-up frames. The frames are no VP9; nothing here decodes them.

use deskside_clip::{Cluster, Writer};
use deskside_frame::{AudioFormat, Codec, Encoded, Time, Track, VideoFormat};
use proptest::prelude::ProptestConfig;

/// At least so many random cases; `PROPTEST_CASES` asks for more, for an hour of fuzzing.
pub fn cases(least: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    ProptestConfig { cases: asked.cases.max(least), ..asked }
}

/// A small picture format.
pub fn video() -> VideoFormat {
    VideoFormat { codec: Codec::Vp9, width: 64, height: 48, fps: 0, setup: vec![] }
}

/// Speech, as the recorder takes it.
pub fn audio() -> AudioFormat {
    AudioFormat { codec: Codec::Opus, rate: 48_000, channels: 1, pre_skip: 312 }
}

/// A picture at `millis` whose bytes tell when it is.
pub fn picture(millis: u64, keyframe: bool) -> Encoded {
    let bytes = format!("picture {millis}").into_bytes();
    Encoded { track: Track::Video, time: Time::from_millis(millis), keyframe, bytes }
}

/// A sound packet of 20 ms at `millis`.
pub fn packet(millis: u64) -> Encoded {
    // The first byte says: fullband, one frame of 20 ms.
    let bytes = [&[31 << 3], format!("packet {millis}").as_bytes()].concat();
    Encoded { track: Track::Audio, time: Time::from_millis(millis), keyframe: true, bytes }
}

/// A writer's output so far, taken out.
pub fn drain(writer: &mut Writer) -> Vec<Cluster> {
    std::iter::from_fn(|| writer.closed()).collect()
}

/// A recorded clip: `frames` pushed in order, ended at `end` ms.
pub struct Recorded {
    pub bytes: Vec<u8>,
    pub clusters: Vec<Cluster>,
    /// Where each cluster ends in `bytes`.
    pub ends: Vec<usize>,
}

pub fn record(frames: &[Encoded], end: u64) -> Recorded {
    let mut writer = Writer::new(&video(), Some(&audio())).expect("formats are right");
    let mut clusters = vec![];
    for frame in frames {
        writer.push(frame.clone()).expect("frames are right");
        clusters.extend(drain(&mut writer));
    }
    writer.end(Time::from_millis(end));
    clusters.extend(drain(&mut writer));
    let mut bytes = writer.prefix().to_vec();
    let mut ends = vec![];
    for cluster in &clusters {
        bytes.extend_from_slice(&cluster.bytes);
        ends.push(bytes.len());
    }
    Recorded { bytes, clusters, ends }
}

/// Pictures every 100 ms with a keyframe every 400 ms, and sound in between, up to `end` ms.
pub fn small(end: u64) -> Recorded {
    let mut frames = vec![];
    for millis in (0..end).step_by(20) {
        frames.push(packet(millis));
        if millis % 100 == 0 {
            frames.push(picture(millis, millis % 400 == 0));
        }
    }
    record(&frames, end)
}
