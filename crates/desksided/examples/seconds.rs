//! Writes the second of each codec by whose decoding the UI finds out what plays on a computer
//! (`ui/src/features/clip/plays.ts`): `cargo run -p desksided --example seconds -- ui/src/features/clip/seconds`.
//!
//! They are clips as our recorder writes them. A white square goes from the left half to the right half, so that only
//! who decodes what lies between, and not just the first picture, sees it where it ends.

use std::{error::Error, fs, path::PathBuf};

use deskside_clip::{Writer, finish};
use deskside_codec::{
    Hints, VideoSettings,
    convert::{Paint, fill},
    video_encoder,
};
use deskside_frame::{Codec, I420, Rect, Time};

const WIDTH: u32 = 64;
const HEIGHT: u32 = 48;
const FPS: u64 = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("say where they go")?);
    for (codec, name) in [(Codec::Vp9, "vp9"), (Codec::Av1, "av1")] {
        let path = folder.join(format!("{name}.webm"));
        fs::write(&path, second(codec)?)?;
        println!("wrote {}", path.display());
    }
    Ok(())
}

fn second(codec: Codec) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut encoder = video_encoder(codec, VideoSettings::screen(WIDTH, HEIGHT, FPS as u32))?;
    let mut writer = Writer::new(&encoder.format(), None)?;
    let mut bytes = writer.prefix().to_vec();
    let mut frames = Vec::new();
    for n in 0..FPS {
        let mut picture = I420::black(WIDTH, HEIGHT)?;
        let left = if n < FPS / 2 { 0 } else { WIDTH / 2 };
        fill(&mut picture, Rect::new(left, 0, WIDTH / 2, HEIGHT), Paint::of(255, 255, 255));
        let hints = Hints { keyframe: n == 0, changed: None, moving: false };
        encoder.encode(&picture, Time::from_millis(n * 1_000 / FPS), hints, &mut frames)?;
    }
    encoder.flush(&mut frames)?;
    for frame in frames {
        writer.push(frame)?;
    }
    writer.end(Time::from_millis(1_000));
    while let Some(cluster) = writer.closed() {
        bytes.extend(cluster.bytes);
    }
    let finished = finish(&bytes)?;
    Ok([&finished.prefix[..], &bytes[finished.body as usize..finished.cut as usize]].concat())
}
