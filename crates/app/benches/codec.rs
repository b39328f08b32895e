//! Which settings of which encoder: `cargo xtask bench codec`.
//!
//! Each script of `support/stage.rs` is captured once without loss, with what the X server said had changed, and then
//! encoded from memory by everything that is compared: our VP9 with and without marks for what changed,
//! with one thread and two, at its speeds; our AV1; ffmpeg's VP9 with the command of
//! the design; and AV1 through ffmpeg, where it has libaom. One JSON line each: processor seconds per second, kilobits, the
//! worst frame, megabytes a minute with a voice beside, and how like the original the pictures are: every tenth by SSIM of
//! the luma (1.0 and infinite decibels for no difference), every thirtieth by SSIMULACRA2 (100 for no difference, 90 for
//! none that one sees, 70 for a good picture). The last lines are the idle loop: looking 30 times a second at a screen on which nothing happens.
//! `DESKSIDE_BENCH_SECONDS`, `DESKSIDE_BENCH_SCRIPTS` and `DESKSIDE_BENCH_ENCODERS` (names, with semicolons between)
//! say how much; needs Xvfb and ffmpeg.

#[allow(dead_code)] // Which states are in a clip is asked by the bench beside this one.
#[path = "support/stage.rs"]
mod stage;

use std::io::{Error, Read as _, Result, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use deskside_capture::x11::X11Desktop;
use deskside_capture::{DenyList, Desktop as _, Source, Target, View};
use deskside_codec::{
    AudioEncoder as _, Cadence, Hints, OpusEncoder, PACKET_SAMPLES, SOUND_RATE, Spent, VideoSettings,
    convert, video_decoder, video_encoder,
};
use deskside_frame::{Codec, Encoded, I420, Patch, Pcm, Rect, Time};
use serde_json::{Value, json};
use ssimulacra2::{ColorPrimaries, Rgb, TransferCharacteristic};
use stage::{HEIGHT, Script, Server, Stage, WIDTH};

const FPS: u32 = 30;
const SIZE: (u32, u32) = (WIDTH as u32, HEIGHT as u32);
/// Every so many ticks a picture is compared.
const SAMPLE: usize = 10;
/// Every so many ticks it is compared as eyes do, which takes a second each.
const CLOSE_SAMPLE: usize = 30;

/// What one look brought, at each tick.
struct Tick {
    changed: Vec<Rect>,
    patch: Patch,
}

#[derive(Clone)]
struct Variant {
    name: &'static str,
    codec: Codec,
    marks: bool,
    /// Whether what moves is hurried over.
    hurry: bool,
    settings: VideoSettings,
}

fn variants() -> Vec<Variant> {
    let settings = VideoSettings { threads: 1, ..VideoSettings::screen(SIZE.0, SIZE.1, FPS) };
    let base = Variant { name: "vp9", codec: Codec::Vp9, marks: true, hurry: true, settings };
    let with = |name, change: &dyn Fn(&mut Variant)| {
        let mut variant = Variant { name, ..base.clone() };
        change(&mut variant);
        variant
    };
    vec![
        base.clone(),
        with("vp9, no marks", &|variant| variant.marks = false),
        with("vp9, 2 threads", &|variant| variant.settings.threads = 2),
        with("vp9, speed 7", &|variant| variant.settings.speed = 7),
        with("vp9, speed 9", &|variant| variant.settings.speed = 9),
        with("vp9, quality 12, no hurry, 4 Mbit/s", &|variant| {
            (variant.hurry, variant.settings.quality, variant.settings.kilobits) = (false, 12, 4_000);
        }),
        with("vp9, no hurry", &|variant| variant.hurry = false),
        with("vp9, 4 Mbit/s", &|variant| variant.settings.kilobits = 4_000),
        with("vp9, 12 Mbit/s", &|variant| variant.settings.kilobits = 12_000),
        with("vp9, quality 12", &|variant| variant.settings.quality = 12),
        with("vp9, quality 1", &|variant| variant.settings.quality = 1),
        with("vp9, moving 14", &|variant| variant.settings.moving_quality = 14),
        with("vp9, moving 32", &|variant| variant.settings.moving_quality = 32),
        with("vp9, moving 48", &|variant| variant.settings.moving_quality = 48),
        with("av1", &|variant| variant.codec = Codec::Av1),
        with("av1, no marks", &|variant| (variant.codec, variant.marks) = (Codec::Av1, false)),
        with("av1, 2 threads", &|variant| (variant.codec, variant.settings.threads) = (Codec::Av1, 2)),
        with("av1, speed 9", &|variant| (variant.codec, variant.settings.speed) = (Codec::Av1, 7)),
        with("av1, speed 11", &|variant| (variant.codec, variant.settings.speed) = (Codec::Av1, 9)),
        with("av1, no hurry", &|variant| (variant.codec, variant.hurry) = (Codec::Av1, false)),
        with("av1, 4 Mbit/s", &|variant| (variant.codec, variant.settings.kilobits) = (Codec::Av1, 4_000)),
        with("av1, 30 Mbit/s", &|variant| (variant.codec, variant.settings.kilobits) = (Codec::Av1, 30_000)),
        with("av1, quality 12", &|variant| (variant.codec, variant.settings.quality) = (Codec::Av1, 12)),
    ]
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::other(error.to_string())
}

/// User and system seconds of this process, and of its children that have ended.
fn cpu() -> (f64, f64) {
    let status = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = status.rsplit(')').next().unwrap_or_default().split_ascii_whitespace().collect();
    let ticks =
        |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default() / 100.0;
    (ticks(11) + ticks(12), ticks(13) + ticks(14))
}

fn open(display: &str) -> Result<Box<dyn Source>> {
    let view = View {
        target: Target::Display(1),
        cursor: true,
        rings: true,
        deny: DenyList::default(),
        masks: vec![],
        canvas: None,
        hairline: false,
    };
    X11Desktop::connect(Some(display)).and_then(|desktop| desktop.open(&view)).map_err(broken)
}

/// Looks at every tick until the time is over.
fn capture(display: &str, seconds: u64, mut each: impl FnMut(&I420, Vec<Rect>)) -> Result<()> {
    let mut source = open(display)?;
    let mut picture = I420::black(SIZE.0, SIZE.1).map_err(broken)?;
    let began = Instant::now();
    for tick in 0..seconds as u32 * FPS {
        let due = began + Duration::from_secs(1) * tick / FPS;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let update = source.update(&mut picture).map_err(broken)?;
        each(&picture, update.changed);
    }
    Ok(())
}

/// Encodes as the recorder does: only what changed, a heartbeat a second, and some looks more after the last change.
fn encode(ticks: &[Tick], variant: &Variant) -> Result<(Vec<(usize, Encoded)>, f64)> {
    let mut encoder = video_encoder(variant.codec, variant.settings.clone()).map_err(broken)?;
    let mut canvas = I420::black(SIZE.0, SIZE.1).map_err(broken)?;
    let mut cadence = Cadence::new(SIZE.0, SIZE.1);
    let (mut packets, mut out, mut worst, mut spent) = (Vec::new(), Vec::new(), 0.0f64, Spent::default());
    for (n, tick) in ticks.iter().enumerate() {
        let time = Time::from_micros(n as u64 * 1_000_000 / u64::from(FPS));
        tick.patch.paint(&mut canvas);
        cadence.touch(&tick.changed, time);
        if !cadence.is_due(time) {
            continue;
        }
        let next = cadence.next(time, spent);
        let marks = next.changed.as_ref().filter(|map| variant.marks || map.is_empty());
        let moving = next.moving && variant.hurry;
        let hints = Hints { keyframe: next.keyframe, changed: marks, moving };
        let began = Instant::now();
        encoder.encode(&canvas, time, hints, &mut packets).map_err(broken)?;
        worst = worst.max(began.elapsed().as_secs_f64());
        cadence.sent(next.without_marks(), time);
        for packet in packets.drain(..) {
            spent.add(packet.bytes.len(), packet.keyframe);
            out.push((n, packet));
        }
    }
    Ok((out, worst))
}

/// How like two luma planes are: the mean of the structural similarity of 8x8 blocks.
fn ssim(one: &[u8], other: &[u8]) -> f64 {
    let (width, height) = (SIZE.0 as usize, SIZE.1 as usize);
    let (mut sum, mut count) = (0.0, 0.0);
    for y in (0..height - 7).step_by(8) {
        for x in (0..width - 7).step_by(8) {
            let (mut a, mut b, mut aa, mut bb, mut ab) = (0u32, 0u32, 0u32, 0u32, 0u32);
            for row in y..y + 8 {
                let from = row * width + x;
                for (p, q) in one[from..from + 8].iter().zip(&other[from..from + 8]) {
                    let (p, q) = (u32::from(*p), u32::from(*q));
                    (a, b, aa, bb, ab) = (a + p, b + q, aa + p * p, bb + q * q, ab + p * q);
                }
            }
            let n = 64.0;
            let (ma, mb) = (f64::from(a) / n, f64::from(b) / n);
            let (va, vb) = (f64::from(aa) / n - ma * ma, f64::from(bb) / n - mb * mb);
            let cov = f64::from(ab) / n - ma * mb;
            let (c1, c2) = (6.5025, 58.5225);
            sum += (2.0 * ma * mb + c1) * (2.0 * cov + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
            count += 1.0;
        }
    }
    sum / count
}

/// What was found of one encoder's pictures.
#[derive(Default)]
struct Likeness {
    ssim: Vec<f64>,
    ssimulacra2: Vec<f64>,
}

impl Likeness {
    /// Compares what is shown at a tick, where it is its turn.
    fn look(&mut self, tick: usize, original: &I420, shown: &I420) -> Result<()> {
        if tick % SAMPLE == SAMPLE - 1 {
            self.ssim.push(ssim(original.y(), shown.y()));
        }
        if tick % CLOSE_SAMPLE == CLOSE_SAMPLE - 1 {
            let score = ssimulacra2::compute_frame_ssimulacra2(rgb(original)?, rgb(shown)?);
            self.ssimulacra2.push(score.map_err(broken)?);
        }
        Ok(())
    }

    fn line(&self) -> Value {
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
        let ssim = mean(&self.ssim);
        json!({
            "ssim": ssim, "ssim_db": -10.0 * (1.0 - ssim).max(1e-9).log10(),
            "ssimulacra2": mean(&self.ssimulacra2), "pictures_compared": self.ssim.len(),
        })
    }
}

fn rgb(picture: &I420) -> Result<Rgb> {
    let pixels = convert::to_bgra(picture);
    let colour = |value: u8| f32::from(value) / 255.0;
    let pixels = pixels.chunks_exact(4).map(|pixel| [colour(pixel[2]), colour(pixel[1]), colour(pixel[0])]);
    let (transfer, primaries) = (TransferCharacteristic::SRGB, ColorPrimaries::BT709);
    let size = (picture.width() as usize, picture.height() as usize);
    Rgb::new(pixels.collect(), size.0, size.1, transfer, primaries).map_err(broken)
}

/// Kilobits a second that a voice adds to a clip: a tone that wavers through speech's range, as no silence is cheap here.
fn voice() -> Result<f64> {
    const SECONDS: u32 = 10;
    let mut encoder = OpusEncoder::new(1).map_err(broken)?;
    let (mut bytes, mut phase) = (0, 0.0f32);
    for packet in 0..SECONDS * 50 {
        let samples: Vec<f32> = (0..PACKET_SAMPLES)
            .map(|n| {
                let at = (packet as usize * PACKET_SAMPLES + n) as f32 / 48_000.0;
                phase += (180.0 + 60.0 * (at * 5.0).sin()) * std::f32::consts::TAU / 48_000.0;
                let word = (at * 3.0).sin().max(0.0);
                (1..8).map(|tone| (phase * tone as f32).sin() / tone as f32).sum::<f32>() * 0.1 * word
            })
            .collect();
        let time = Time::from_millis(u64::from(packet) * 20);
        let block = Pcm { time, rate: SOUND_RATE, channels: 1, samples };
        bytes += encoder.encode(&block).map_err(broken)?.bytes.len();
    }
    Ok(bytes as f64 * 0.008 / f64::from(SECONDS))
}

/// Decodes what was encoded and compares it with the original, tick by tick.
fn judge(ticks: &[Tick], codec: Codec, packets: &[(usize, Encoded)]) -> Result<Value> {
    let mut decoder = video_decoder(codec).map_err(broken)?;
    let mut canvas = I420::black(SIZE.0, SIZE.1).map_err(broken)?;
    let mut shown = canvas.clone();
    let mut packets = packets.iter().peekable();
    let mut likeness = Likeness::default();
    for (n, tick) in ticks.iter().enumerate() {
        tick.patch.paint(&mut canvas);
        while let Some((_, packet)) = packets.next_if(|(at, _)| *at <= n) {
            if let Some(picture) = decoder.decode(&packet.bytes).map_err(broken)? {
                shown = picture;
            }
        }
        likeness.look(n, &canvas, &shown)?;
    }
    Ok(likeness.line())
}

/// Encodes the same pictures, all of them, by ffmpeg.
fn by_ffmpeg(ticks: &[Tick], arguments: &[&str], folder: &Path) -> Result<Option<Value>> {
    let out = folder.join("ffmpeg.ivf");
    let size = format!("{}x{}", SIZE.0, SIZE.1);
    let before = cpu().1;
    let mut child = Command::new("ffmpeg")
        .args([
            "-y", "-v", "error", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", &size, "-r", "30", "-i", "-",
        ])
        .args(arguments)
        .args(["-f", "ivf"])
        .arg(&out)
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut canvas = I420::black(SIZE.0, SIZE.1).map_err(broken)?;
    let mut pipe = child.stdin.take().ok_or_else(|| broken("no pipe"))?;
    for tick in ticks {
        tick.patch.paint(&mut canvas);
        if pipe.write_all(canvas.bytes()).is_err() {
            break;
        }
    }
    drop(pipe);
    if !child.wait()?.success() {
        return Ok(None);
    }
    let cpu = cpu().1 - before;
    let mut decoded = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(&out)
        .args(["-vsync", "passthrough", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut frames = decoded.stdout.take().ok_or_else(|| broken("no pipe"))?;
    let mut shown = canvas.clone();
    let mut likeness = Likeness::default();
    canvas = I420::black(SIZE.0, SIZE.1).map_err(broken)?;
    for (n, tick) in ticks.iter().enumerate() {
        tick.patch.paint(&mut canvas);
        let (y, u, v) = shown.planes_mut();
        if [y, u, v].into_iter().any(|plane| frames.read_exact(plane).is_err()) {
            break;
        }
        likeness.look(n, &canvas, &shown)?;
    }
    drop(frames);
    decoded.wait()?;
    let seconds = ticks.len() as f64 / f64::from(FPS);
    let mut line = likeness.line();
    line["cpu_per_s"] = (cpu / seconds).into();
    line["kbit_per_s"] = (std::fs::metadata(&out)?.len() as f64 * 0.008 / seconds).into();
    Ok(Some(line))
}

/// Every encoder on one script.
fn compare(script: Script, ticks: &[Tick], voice: f64, folder: &Path) -> Result<()> {
    let seconds = ticks.len() as f64 / f64::from(FPS);
    let changed = ticks.iter().filter(|tick| !tick.changed.is_empty()).count();
    let asked = std::env::var("DESKSIDE_BENCH_ENCODERS").ok();
    let wanted = |name: &str| asked.as_ref().is_none_or(|asked| asked.split(';').any(|one| one == name));
    for variant in variants().into_iter().filter(|variant| wanted(variant.name)) {
        let before = cpu().0;
        let (packets, worst) = encode(ticks, &variant)?;
        let cpu = cpu().0 - before;
        let bytes: usize = packets.iter().map(|(_, packet)| packet.bytes.len()).sum();
        let mut line = judge(ticks, variant.codec, &packets)?;
        line["script"] = script.name().into();
        line["encoder"] = variant.name.into();
        line["cpu_per_s"] = (cpu / seconds).into();
        line["kbit_per_s"] = (bytes as f64 * 0.008 / seconds).into();
        let kilobits = bytes as f64 * 0.008 / seconds + voice;
        line["mb_per_min_with_voice"] = (kilobits * 60.0 / 8_000.0).into();
        line["worst_frame_ms"] = (worst * 1e3).into();
        line["changed_ticks"] = changed.into();
        println!("{line}");
    }
    let vp9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -row-mt 1 -tile-columns 1 -tune-content screen \
               -aq-mode 3 -lag-in-frames 0 -b:v 2500k";
    let half = vp9.replace("2500k", "1250k");
    // Debian 12's libaom is 3.6; speeds above 8 have to be asked for past ffmpeg.
    let av1 = "-c:v libaom-av1 -usage realtime -cpu-used 8 -aom-params cpu-used=10:tune-content=screen:enable-palette=1 \
               -row-mt 1 -tile-columns 1 -lag-in-frames 0 -b:v 2500k -g 120 -threads 2";
    let others = [("ffmpeg vp9", vp9), ("ffmpeg vp9, half the bytes", &half), ("ffmpeg av1, speed 10", av1)];
    for (name, arguments) in others.into_iter().filter(|(name, _)| wanted(name)) {
        let arguments: Vec<&str> = arguments.split_ascii_whitespace().collect();
        if let Some(mut line) = by_ffmpeg(ticks, &arguments, folder)? {
            line["script"] = script.name().into();
            line["encoder"] = name.into();
            println!("{line}");
        }
    }
    Ok(())
}

fn main() -> Result<()> {
    let seconds =
        std::env::var("DESKSIDE_BENCH_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(12);
    let asked = std::env::var("DESKSIDE_BENCH_SCRIPTS").ok();
    let wanted =
        |script: &Script| asked.as_ref().is_none_or(|asked| asked.split(',').any(|one| one == script.name()));
    let folder = tempfile::tempdir()?;
    let server = Server::start()?;
    let mut stage = Stage::set(&server.display, folder.path())?;
    let voice = voice()?;
    println!("{}", json!({ "bench": "a voice beside", "kbit_per_s": voice }));
    let mut play = |script, each: &mut dyn FnMut(&I420, Vec<Rect>)| -> Result<()> {
        let end = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let playing = scope.spawn(|| stage.play(script, &end));
            let captured = capture(&server.display, seconds, each);
            end.store(true, Ordering::Release);
            playing.join().map_err(|_| broken("the stage broke down"))??;
            captured
        })
    };
    for script in Script::ALL.into_iter().filter(|script| *script != Script::Idle && wanted(script)) {
        let mut ticks = Vec::new();
        play(script, &mut |picture, changed| {
            let patch = Patch::of(picture, &changed, Vec::new());
            ticks.push(Tick { changed, patch });
        })?;
        compare(script, &ticks, voice, folder.path())?;
    }
    if wanted(&Script::Idle) {
        for script in [Script::Idle, Script::Reading] {
            let before = cpu().0;
            let mut changed_ticks = 0;
            play(script, &mut |_, changed| changed_ticks += usize::from(!changed.is_empty()))?;
            println!(
                "{}",
                json!({
                    "bench": "looking 30 times a second, encoding nothing", "script": script.name(),
                    "cpu_per_s": (cpu().0 - before) / seconds as f64, "changed_ticks": changed_ticks,
                })
            );
        }
    }
    Ok(())
}
