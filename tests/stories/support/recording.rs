//! Bytes that people upload: a clip as the recorder writes it (its frames are made up; the server decodes
//! none), and a real picture.

use std::io::Cursor;

use deskside_clip::Writer;
use deskside_frame::{Codec, Encoded, Time, Track, VideoFormat};

/// A clip of so many seconds, in the pieces in which a recorder writes it: the prefix, then clusters.
pub fn recording(seconds: u64) -> Vec<Vec<u8>> {
    let format = VideoFormat { codec: Codec::Vp9, width: 64, height: 48, fps: 10, setup: Vec::new() };
    let mut writer = Writer::new(&format, None).expect("the format is right");
    let mut pieces = vec![writer.prefix().to_vec()];
    for millis in (0..seconds * 1_000).step_by(100) {
        let bytes = format!("picture at {millis}").repeat(40).into_bytes();
        let keyframe = millis % 1_000 == 0;
        let frame = Encoded { track: Track::Video, time: Time::from_millis(millis), keyframe, bytes };
        writer.push(frame).expect("the frame is right");
        pieces.extend(std::iter::from_fn(|| writer.closed()).map(|cluster| cluster.bytes));
    }
    writer.end(Time::from_millis(seconds * 1_000));
    pieces.extend(std::iter::from_fn(|| writer.closed()).map(|cluster| cluster.bytes));
    pieces
}

/// A picture of this size.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = image::DynamicImage::new_rgb8(width, height);
    image.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png).expect("encodes");
    bytes
}
