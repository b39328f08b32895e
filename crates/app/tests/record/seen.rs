//! Reading clips back: every frame decoded, and what independent programs say of the file.

use std::path::Path;
use std::process::Command;

use deskside_codec::convert::Paint;
use deskside_codec::video_decoder;
use deskside_frame::{I420, Rect, Time, Track};

/// A decoded picture and when it is shown.
pub struct Seen {
    pub time: Time,
    pub keyframe: bool,
    pub picture: I420,
}

/// Decodes every picture of a clip.
pub fn pictures(path: &Path) -> Vec<Seen> {
    let reader = deskside_clip::Reader::open(std::fs::File::open(path).unwrap()).unwrap();
    let mut decoder = video_decoder(reader.tracks().video.codec).unwrap();
    let frames = reader.map(|frame| frame.unwrap()).filter(|frame| frame.track == Track::Video);
    frames
        .map(|frame| {
            let picture = decoder.decode(&frame.bytes).unwrap().expect("every frame shows a picture");
            Seen { time: frame.time, keyframe: frame.keyframe, picture }
        })
        .collect()
}

/// The colour around a place, as the encoder left it.
pub fn at(picture: &I420, x: u32, y: u32) -> Paint {
    let colour = y as usize / 2 * picture.colour_stride() + x as usize / 2;
    Paint {
        y: picture.y()[(y * picture.width() + x) as usize],
        u: picture.u()[colour],
        v: picture.v()[colour],
    }
}

/// Whether a colour is so near to another that nobody sees the difference; encoding is lossy.
pub fn near(one: Paint, other: Paint) -> bool {
    one.y.abs_diff(other.y) < 14 && one.u.abs_diff(other.u) < 14 && one.v.abs_diff(other.v) < 14
}

pub fn paint(colour: u32) -> Paint {
    let [blue, green, red, _] = colour.to_le_bytes();
    Paint::of(blue, green, red)
}

/// How many pixels of a picture have about that colour.
pub fn count(picture: &I420, colour: u32) -> usize {
    let wanted = paint(colour);
    let area = Rect::whole(picture.width(), picture.height());
    (0..area.height)
        .flat_map(|y| (0..area.width).map(move |x| (x, y)))
        .filter(|(x, y)| near(at(picture, *x, *y), wanted))
        .count()
}

/// What ffprobe says, as JSON.
pub fn probe(path: &Path) -> serde_json::Value {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-of", "json", "-show_format", "-show_streams"])
        .arg(path)
        .output()
        .expect("ffprobe is installed (package ffmpeg)");
    assert!(output.stderr.is_empty(), "ffprobe complains: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Seconds that ffprobe finds in the header.
pub fn probed_seconds(path: &Path) -> f64 {
    probe(path)["format"]["duration"].as_str().expect("there is a duration").parse().unwrap()
}
