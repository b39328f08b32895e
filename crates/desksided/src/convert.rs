//! `desksided convert`: a clip on standard input, the same in VP9 on standard output.
//!
//! The server starts it for one clip at a time and believes nothing of what it says (`server::uploads::convert`). The
//! decoders are C libraries and the clip may be anybody's, so the process first gives up all it could do harm with
//! ([`cage`]). Sound is copied as it is. Decoding can begin wherever it could in the clip.

mod cage;

use std::io::{Read, Write};

use anyhow::{Context as _, bail, ensure};
use deskside_clip::{Cluster, Reader, Writer};
use deskside_codec::{
    Cadence, Hints, Spent, VideoDecoder, VideoEncoder, VideoSettings, video_decoder, video_encoder,
};
use deskside_frame::{Codec, Encoded, I420, Rect, Time, Track};

use crate::options::Convert;

/// The most frames per second that are expected; more only cost time.
const FPS: u32 = 30;
/// Side of the blocks that are compared, in pixels: what encoders think in.
const BLOCK: usize = 16;

/// Converts standard input.
pub fn run(options: &Convert) -> anyhow::Result<()> {
    cage::enter(options.cpu_seconds).context("giving up rights")?;
    convert(std::io::stdin().lock(), &mut std::io::stdout().lock(), options.length_ms)
}

fn convert(source: impl Read, to: &mut impl Write, length_ms: Option<u32>) -> anyhow::Result<()> {
    let mut source = Reader::open(source)?;
    let tracks = source.tracks().clone();
    let mut pictures = Pictures::of(tracks.video.codec, tracks.video.width, tracks.video.height)?;
    let mut writer = Writer::new(&pictures.encoder.format(), tracks.audio.as_ref())?;
    to.write_all(writer.prefix())?;
    let mut end = Time::ZERO;
    for frame in source.by_ref() {
        let frame = frame?;
        // Files are in order, but for what encoders were late with; the writer waits for that much.
        writer.tick(frame.time);
        end = end.max(frame.time);
        match frame.track {
            Track::Audio => writer.push(frame)?,
            Track::Video => {
                for frame in pictures.next(&frame)? {
                    writer.push(frame)?;
                }
            }
        }
        put(to, &mut writer)?;
    }
    ensure!(pictures.last.is_some(), "no picture in it");
    for frame in pictures.rest()? {
        writer.push(frame)?;
    }
    // Its last picture stands until the end, which the bytes alone do not tell.
    let stands = Time::from_millis(1_000 / u64::from(FPS)).as_duration();
    let end = length_ms.map_or(end + stands, |millis| Time::from_millis(millis.into()).max(end));
    writer.end(end);
    put(to, &mut writer)?;
    Ok(to.flush()?)
}

fn put(to: &mut impl Write, writer: &mut Writer) -> std::io::Result<()> {
    while let Some(Cluster { bytes, .. }) = writer.closed() {
        to.write_all(&bytes)?;
    }
    Ok(())
}

/// The picture track, decoded and encoded anew.
struct Pictures {
    decoder: Box<dyn VideoDecoder>,
    encoder: Box<dyn VideoEncoder>,
    size: (u32, u32),
    last: Option<(I420, Time)>,
    /// What a picture is to be, as a recorder decides it; when it comes, the clip says.
    cadence: Cadence,
    spent: Spent,
    ready: Vec<Encoded>,
}

impl Pictures {
    fn of(codec: Codec, width: u32, height: u32) -> anyhow::Result<Self> {
        let settings = VideoSettings { threads: 1, ..VideoSettings::screen(width, height, FPS) };
        Ok(Self {
            decoder: video_decoder(codec)?,
            encoder: video_encoder(Codec::Vp9, settings)?,
            size: (width, height),
            last: None,
            cadence: Cadence::new(width, height),
            spent: Spent::default(),
            ready: Vec::new(),
        })
    }

    /// What one frame becomes.
    fn next(&mut self, frame: &Encoded) -> anyhow::Result<Vec<Encoded>> {
        let Some(picture) = self.decoder.decode(&frame.bytes)? else { return Ok(Vec::new()) };
        if (picture.width(), picture.height()) != self.size {
            bail!("its pictures change their size to {}x{}", picture.width(), picture.height());
        }
        let mut time = frame.time;
        if let Some((last, at)) = &self.last {
            // Two pictures at one moment are shown one after the other.
            time = time.max(*at + Time::from_millis(1).as_duration());
            changes(last, &picture, |rect| self.cadence.touch(&[rect], time));
        }
        let mut next = self.cadence.next(time, self.spent);
        if frame.keyframe {
            (next.keyframe, next.changed) = (true, None);
        }
        let hints = Hints { keyframe: next.keyframe, changed: next.changed.as_ref(), moving: next.moving };
        self.encoder.encode(&picture, time, hints, &mut self.ready)?;
        for made in &self.ready {
            self.spent.add(made.bytes.len(), made.keyframe);
        }
        self.cadence.sent(next.without_marks(), time);
        self.last = Some((picture, time));
        Ok(std::mem::take(&mut self.ready))
    }

    /// What is still inside.
    fn rest(&mut self) -> anyhow::Result<Vec<Encoded>> {
        self.encoder.flush(&mut self.ready)?;
        Ok(std::mem::take(&mut self.ready))
    }
}

/// Tells of every block in which `after` differs from `before`, which is of the same size.
fn changes(before: &I420, after: &I420, mut each: impl FnMut(Rect)) {
    let (width, height) = (after.width() as usize, after.height() as usize);
    let columns = width.div_ceil(BLOCK);
    let mut differs = vec![false; columns];
    for top in (0..height).step_by(BLOCK) {
        differs.fill(false);
        let planes = [
            (before.y(), after.y(), width, BLOCK, top, height),
            (before.u(), after.u(), width / 2, BLOCK / 2, top / 2, height / 2),
            (before.v(), after.v(), width / 2, BLOCK / 2, top / 2, height / 2),
        ];
        for (before, after, stride, side, top, height) in planes {
            for row in top..height.min(top + side) {
                let row = row * stride..(row + 1) * stride;
                let (before, after) = (&before[row.clone()], &after[row]);
                if before == after {
                    continue;
                }
                let blocks = before.chunks(side).zip(after.chunks(side));
                for (differs, (before, after)) in differs.iter_mut().zip(blocks) {
                    *differs |= before != after;
                }
            }
        }
        for column in (0..columns).filter(|column| differs[*column]) {
            each(Rect::new((column * BLOCK) as u32, top as u32, BLOCK as u32, BLOCK as u32));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_blocks_that_differ_are_told() {
        let before = I420::black(50, 34).expect("a picture");
        let mut after = before.clone();
        let (y, u, v) = after.planes_mut();
        y[17 * 50 + 49] = 200;
        u[16 * 25] = 9;
        v[9] = 9;
        let mut told = Vec::new();
        changes(&before, &after, |rect| told.push((rect.x, rect.y)));
        assert_eq!(told, [(16, 0), (48, 16), (0, 32)]);
        told.clear();
        changes(&after, &after.clone(), |rect| told.push((rect.x, rect.y)));
        assert_eq!(told, []);
    }
}
