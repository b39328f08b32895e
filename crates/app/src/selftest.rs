//! Recording a flash and a beep that it makes itself, and telling how well that went: what a person runs and sends in
//! when a recording is not as it should be.
//!
//! The moments of flashes and beeps are known, so the clip can be asked when it shows them. The whole first display is
//! recorded, because that is what recording costs; the clip is looked at here and removed, and nothing of it is sent.
//! What a server adds is measured only for whoever asks for it, with a clip of the test card alone (`link`).
//!
//! The card is a window of an X server. On a Wayland desktop that is Xwayland, while the screen is recorded through the
//! portal: where the card is in that picture depends on the screen that was chosen, and is found in the clip.

pub mod link;
mod machine;
mod reading;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use deskside_capture::microphone::{self, Choice};
use deskside_capture::speaker::Speaker;
use deskside_capture::x11::TestCard;
use deskside_capture::{CaptureError, Session, Target};
use deskside_client::Trouble;
use serde::Serialize;

use crate::record::{ClipFile, Event, Note, Plan, RecordError, Recorder};
use link::Linked;
pub use machine::{Machine, Offer};
pub use reading::{Seen, find, read};
use reading::{drift, median};

/// How often it flashes and beeps.
const EVERY: Duration = Duration::from_secs(1);
/// How long a flash is.
const FLASH: Duration = Duration::from_millis(200);
const FPS: u32 = 30;
/// Of fewer beeps the drift tells nothing: each is off by some milliseconds of its own.
const DRIFT_TELLS: usize = 50;
/// The first flash comes when everything runs.
const WARM_UP: Duration = Duration::from_millis(1_500);
/// A stop that takes longer is told.
const STOPS: f64 = 500.0;

/// How to test.
#[derive(Clone, Debug)]
pub struct Test {
    /// How long to record.
    pub length: Duration,
    /// What listens to the beeps: `None` for what the loudspeaker plays, if the system tells, or else no sound.
    pub mic: Option<Choice>,
    /// Where the clip is left; `None`: it is removed.
    pub keep: Option<PathBuf>,
    /// By how much the beeps are said to come earlier than they do: a fault made on purpose, which has to be found.
    pub fault: Duration,
}

/// What came out. Times are milliseconds.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// What it ran on.
    pub machine: Machine,
    /// What the system offers.
    pub offers: Vec<Offer>,
    /// What encoded the pictures.
    pub encoder: String,
    /// Size of the picture.
    pub size: (u32, u32),
    /// From the word to begin to the first bytes on disk.
    pub start_ms: f64,
    /// From the word to stop to the whole file.
    pub stop_ms: f64,
    /// From the word to stop until the clip can be opened by its address at the server; `None` where that was not
    /// measured, and then `link_unmeasured` says why.
    pub link_ms: Option<f64>,
    /// Why it was not.
    pub link_unmeasured: Option<String>,
    /// Pictures a second while the screen changed all the time; 30 were asked for.
    pub fps: f64,
    /// Pictures in the clip.
    pub pictures: u64,
    /// Pictures lost because the machine did not keep up.
    pub lost: u64,
    /// Seconds of processor time for a second of clip, painting the test included.
    pub cpu_per_s: f64,
    /// Megabytes a minute of this test; a real desk changes less.
    pub mb_per_min: f64,
    /// Flashes shown, and flashes found in the clip.
    pub flashes: (usize, usize),
    /// What listened.
    pub microphone: Option<String>,
    /// Beeps played, and beeps found in the clip.
    pub beeps: (usize, usize),
    /// Where it flashes in the picture; `None` where that had to be found (Wayland) and was not.
    pub flashes_at: Option<(u32, u32)>,
    /// How much later sound is than pictures; negative when it is earlier. The middle one of all beeps.
    pub av_offset_ms: Option<f64>,
    /// That of the beep that is farthest off.
    pub av_worst_ms: Option<f64>,
    /// How fast that changes, in milliseconds a minute. Only a long test tells it well.
    pub av_drift_ms_per_min: Option<f64>,
    /// What the recorder noted.
    pub notes: Vec<&'static str>,
    /// What is not as it should be, in sentences. Empty when all is well.
    pub troubles: Vec<String>,
}

impl Report {
    /// Says how long the way to the server took, or why that is not known.
    pub fn link(&mut self, linked: &Result<Linked, Trouble>) {
        self.link_ms = linked.as_ref().ok().and_then(|linked| linked.ms);
        self.link_unmeasured = match linked {
            Ok(Linked { ms: Some(_), .. }) => None,
            Ok(Linked { ms: None, .. }) => Some(format!("not within {} s", link::LATE.as_secs())),
            Err(trouble) => {
                let problem = trouble.problem();
                let detail = problem.detail.map(|detail| format!(" ({detail})")).unwrap_or_default();
                Some(format!("not measured: {}{detail}", problem.title))
            }
        };
        if let Ok(linked) = linked {
            self.troubles.extend(linked.troubles());
        }
    }
}

/// Runs it to its end.
pub fn run(test: &Test) -> Result<Report, RecordError> {
    let card = TestCard::open(None).map_err(|error| match error {
        CaptureError::Unreachable(why) if Session::here() == Session::Wayland => {
            CaptureError::NoXwayland(why)
        }
        error => error,
    })?;
    let input = test.mic.clone().or_else(listen_to);
    let speaker = match &input {
        Some(_) => Speaker::open().map_err(|error| tracing::warn!(%error, "no beeps")).ok(),
        None => None,
    };
    let folder = std::env::temp_dir().join(format!("deskside-selftest-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir_all(&folder).map_err(|error| RecordError::disk(&folder, error))?;
    let done = record(test, &card, speaker.as_ref(), input.clone(), &folder);
    let _ = std::fs::remove_dir_all(&folder);
    done
}

/// What listens when nobody chooses: the sound that the default loudspeaker plays, which no noise in the room reaches.
fn listen_to() -> Option<Choice> {
    let inputs = microphone::inputs().unwrap_or_default();
    inputs.iter().any(|input| input.monitor).then_some(Choice::Loudspeaker)
}

fn record(
    test: &Test,
    card: &TestCard,
    speaker: Option<&Speaker>,
    mic: Option<Choice>,
    folder: &std::path::Path,
) -> Result<Report, RecordError> {
    let path = folder.join("clip.webm");
    let plan = Plan { mic, fps: FPS, ..Plan::of(Target::Display(1)) };
    let failed = Arc::new(AtomicU64::new(0));
    let failures = failed.clone();
    let file = ClipFile::create(&path)?;
    let asked = Instant::now();
    let recorder = Recorder::start(&plan, file, move |event| {
        if let Event::Failed(_) = event {
            failures.fetch_add(1, Ordering::AcqRel);
        }
    })?;
    let started = asked.elapsed();
    let cpu = machine::cpu_seconds();
    let began = Instant::now();
    let flashes = show(card, speaker, began, test.length, &failed)?;
    let (length, cpu) = (began.elapsed(), machine::cpu_seconds() - cpu);
    let stopping = Instant::now();
    let outcome = recorder.stop()?;
    let stopped = stopping.elapsed();

    let (flashes_at, seen) = if Session::here() == Session::Wayland {
        find(&path, EVERY)?
    } else {
        let area = card.flashing();
        let at = ((area.x as u32 + area.width / 2) & !1, (area.y as u32 + area.height / 2) & !1);
        (Some(at), read(&path, at)?)
    };
    if let Some(keep) = &test.keep {
        std::fs::copy(&path, keep).map_err(|error| RecordError::disk(keep, error))?;
    }
    let beeps = speaker.map(Speaker::played).unwrap_or_default();
    let beeps: Vec<Instant> = beeps.into_iter().map(|beep| beep - test.fault).collect();
    let pairs = pairs(&flashes, &beeps, &seen);
    let offsets: Vec<f64> = pairs.iter().map(|(_, offset)| *offset).collect();
    let seconds = length.as_secs_f64();
    let microphone = outcome.notes.iter().find_map(|note| match note {
        Note::Heard { label, .. } => Some(label.clone()),
        _ => None,
    });
    let mut report = Report {
        machine: machine::this(),
        offers: machine::offers(),
        encoder: deskside_codec::vp9_version(),
        size: (outcome.width, outcome.height),
        start_ms: started.as_secs_f64() * 1e3,
        stop_ms: stopped.as_secs_f64() * 1e3,
        link_ms: None,
        link_unmeasured: Some(format!(
            "not asked for: add --link to send {} s of the test card to your Deskside server and remove it again",
            link::LENGTH.as_secs()
        )),
        fps: outcome.pictures as f64 / outcome.duration.as_secs_f64().max(0.001),
        pictures: outcome.pictures,
        lost: outcome.lost,
        cpu_per_s: cpu / seconds,
        mb_per_min: outcome.bytes as f64 * 60e-6 / outcome.duration.as_secs_f64().max(0.001),
        flashes: (flashes.len(), seen.flashes.len()),
        microphone,
        beeps: (beeps.len(), seen.beeps.len()),
        flashes_at,
        av_offset_ms: median(&offsets),
        av_worst_ms: offsets.iter().copied().max_by(|one, other| one.abs().total_cmp(&other.abs())),
        av_drift_ms_per_min: drift(&pairs),
        notes: outcome.notes.iter().map(Note::code).collect(),
        troubles: Vec::new(),
    };
    report.troubles = troubles(&report);
    Ok(report)
}

/// Flashes and beeps until the time is over. Gives the moments of the flashes.
fn show(
    card: &TestCard,
    speaker: Option<&Speaker>,
    began: Instant,
    length: Duration,
    failed: &AtomicU64,
) -> Result<Vec<Instant>, RecordError> {
    let mut flashes = Vec::new();
    let mut lit: Option<Instant> = None;
    let mut step = 0;
    while began.elapsed() < length && failed.load(Ordering::Acquire) == 0 {
        let due = WARM_UP + EVERY * flashes.len() as u32;
        if lit.is_none() && began.elapsed() >= due && began.elapsed() + FLASH * 3 < length {
            // Not always as long before the next picture: an offset that depends on that would be another in each test.
            std::thread::sleep(phase(flashes.len()));
            if let Some(speaker) = speaker {
                speaker.beep();
            }
            let shown = card.flash(true)?;
            flashes.push(shown);
            lit = Some(shown);
        }
        if lit.is_some_and(|lit| lit.elapsed() >= FLASH) {
            card.flash(false)?;
            lit = None;
        }
        card.step(step)?;
        step += 1;
        let next = began + Duration::from_secs(1) * step / FPS;
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    Ok(flashes)
}

/// How far into the time of a picture this flash comes: by the golden ratio, which spreads any number of them evenly.
fn phase(flash: usize) -> Duration {
    let share = flash as f64 * 0.618_033_988_749_895;
    Duration::from_secs(1).div_f64(f64::from(FPS)).mul_f64(share.fract())
}

/// For each flash whose beep is in the clip: when, in seconds of the clip, and how much later the clip has the beep than
/// it was, in milliseconds. A beep begins when the device takes its next block, so that much is taken off.
fn pairs(flashes: &[Instant], beeps: &[Instant], seen: &Seen) -> Vec<(f64, f64)> {
    if flashes.len() != seen.flashes.len() {
        // One is missing, and which one is not known.
        return Vec::new();
    }
    let pair = |((flash, beep), shown): ((&Instant, &Instant), &f64)| {
        let real = beep.saturating_duration_since(*flash).as_secs_f64()
            - flash.saturating_duration_since(*beep).as_secs_f64();
        let off = |heard: &f64| (heard - shown - real) * 1e3;
        let nearest = seen.beeps.iter().map(off).min_by(|one, other| one.abs().total_cmp(&other.abs()))?;
        (nearest.abs() * 2.0 < EVERY.as_secs_f64() * 1e3).then_some((*shown, nearest))
    };
    flashes.iter().zip(beeps).zip(&seen.flashes).filter_map(pair).collect()
}

fn troubles(report: &Report) -> Vec<String> {
    let mut troubles = Vec::new();
    let mut say = |so: bool, sentence: String| {
        if so {
            troubles.push(sentence);
        }
    };
    let share = report.lost as f64 / (report.pictures + report.lost).max(1) as f64;
    say(share > 0.01, format!("{:.1} % of the pictures were lost: the machine is too busy", share * 100.0));
    say(
        report.flashes_at.is_none(),
        "the test card is not in the picture: it lies on the first screen and another one was shared; \
         `deskside record --choose` asks anew which"
            .to_owned(),
    );
    say(
        report.flashes_at.is_some() && report.flashes.0 != report.flashes.1,
        format!("{} flashes were shown and {} are in the clip", report.flashes.0, report.flashes.1),
    );
    say(
        report.beeps.0 != report.beeps.1,
        format!("{} beeps were played and {} are in the clip", report.beeps.0, report.beeps.1),
    );
    if let Some(offset) = report.av_offset_ms {
        say(offset.abs() > 40.0, format!("sound is {offset:.0} ms off the pictures"));
    }
    if let Some(drift) = report.av_drift_ms_per_min.filter(|_| report.beeps.0 >= DRIFT_TELLS) {
        say(drift.abs() > 5.0, format!("sound and pictures drift apart by {drift:.1} ms a minute"));
    }
    say(report.stop_ms > STOPS, format!("stopping took {:.0} ms", report.stop_ms));
    for offer in report.offers.iter().filter(|offer| offer.needed && !offer.there) {
        troubles.push(format!("{} is missing", offer.name));
    }
    troubles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flashes_are_spread_evenly_over_the_time_of_a_picture() {
        let picture = 1e3 / f64::from(FPS);
        for count in [5, 30, 120] {
            let mut phases: Vec<f64> = (0..count).map(|flash| phase(flash).as_secs_f64() * 1e3).collect();
            phases.sort_by(f64::total_cmp);
            phases.push(picture);
            let widest = phases.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max);
            assert!(
                widest < 1.7 * picture / f64::from(count as u32),
                "{count} flashes: {widest} ms without one"
            );
        }
    }
}
