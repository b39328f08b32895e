//! How long it takes to finish a clip of ten minutes and 200 MB, as one JSON line per way of reading it.
//!
//! `cargo xtask bench finish`

use std::error::Error;
use std::io::Write;
use std::time::Instant;

use deskside_clip::{Scan, Writer, finish, finish_file};
use deskside_frame::{AudioFormat, Codec, Encoded, Time, Track, VideoFormat};

const SECONDS: u64 = 600;
const ROUNDS: usize = 9;

fn main() -> Result<(), Box<dyn Error>> {
    let mut file = tempfile::tempfile()?;
    let started = Instant::now();
    let bytes = clip()?;
    let written = started.elapsed();
    file.write_all(&bytes)?;
    println!(
        "{{\"what\":\"write\",\"bytes\":{},\"milliseconds\":{:.1}}}",
        bytes.len(),
        written.as_secs_f64() * 1e3
    );

    report("finish a file, hopping over frames", || Ok(finish_file(&mut file)??.cut))?;
    report("finish bytes in memory", || Ok(finish(&bytes)?.cut))?;
    report("scan bytes as they arrive, 64 KiB at a time", || {
        let mut scan = Scan::new();
        bytes.chunks(64 * 1024).for_each(|piece| scan.push(piece));
        Ok(scan.finish()?.cut)
    })
}

/// The median of some rounds, with a warm page cache.
fn report(what: &str, mut run: impl FnMut() -> Result<u64, Box<dyn Error>>) -> Result<(), Box<dyn Error>> {
    let mut times = Vec::new();
    let mut cut = 0;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        cut = run()?;
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    println!(
        "{{\"what\":\"{what}\",\"bytes\":{cut},\"rounds\":{ROUNDS},\"median_ms\":{:.2},\"worst_ms\":{:.2}}}",
        times[ROUNDS / 2],
        times[ROUNDS - 1]
    );
    Ok(())
}

/// 30 pictures a second, a large one every two seconds, and 50 packets of sound.
fn clip() -> Result<Vec<u8>, Box<dyn Error>> {
    let video = VideoFormat { codec: Codec::Vp9, width: 1920, height: 1080, fps: 30, setup: vec![] };
    let audio = AudioFormat { codec: Codec::Opus, rate: 48_000, channels: 1, pre_skip: 312 };
    let mut writer = Writer::new(&video, Some(&audio))?;
    let mut bytes = writer.prefix().to_vec();
    let (mut picture, mut packet) = (0, 0);
    while picture < SECONDS * 30 {
        let (picture_time, packet_time) =
            (Time::from_micros(picture * 1_000_000 / 30), Time::from_millis(packet * 20));
        if packet_time <= picture_time {
            let bytes = vec![31 << 3; 120];
            writer.push(Encoded { track: Track::Audio, time: packet_time, keyframe: true, bytes })?;
            packet += 1;
        } else {
            let keyframe = picture.is_multiple_of(60);
            let bytes = vec![picture as u8; if keyframe { 100_000 } else { 9_300 }];
            writer.push(Encoded { track: Track::Video, time: picture_time, keyframe, bytes })?;
            picture += 1;
        }
        while let Some(cluster) = writer.closed() {
            bytes.extend_from_slice(&cluster.bytes);
        }
    }
    writer.end(Time::from_millis(SECONDS * 1_000));
    while let Some(cluster) = writer.closed() {
        bytes.extend_from_slice(&cluster.bytes);
    }
    Ok(bytes)
}
