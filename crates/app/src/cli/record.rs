//! Recording from the command line.

use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use deskside_capture::microphone::Choice;
use deskside_capture::{CaptureError, Notice, Target};
use deskside_frame::Codec;
use serde_json::{Value, json};

use super::{Record, refuse};
use crate::record::{ClipFile, Event, Note, Outcome, Plan, RecordError, Recorder, Sound};

/// Why a recording from the command line ends.
enum Word {
    /// Ctrl+C, or an end of the session.
    Enough,
    /// The recorder failed.
    Failed(RecordError),
}

pub fn record(arguments: &Record) -> ExitCode {
    let target = match (arguments.region, arguments.window) {
        (Some(region), _) => Target::Region(region),
        (_, Some(window)) => Target::Window(window),
        _ => Target::Display(arguments.display.unwrap_or(1)),
    };
    let mic = match arguments.mic.as_str() {
        "none" => None,
        "default" => Some(Choice::Default),
        name => Some(Choice::Named(name.to_owned())),
    };
    if arguments.choose
        && let Ok(desktop) = deskside_capture::desktop()
    {
        desktop.forget_choice();
    }
    let codec = if arguments.codec == "av1" { Codec::Av1 } else { Codec::Vp9 };
    let plan = Plan { fps: arguments.fps, codec, mic, ..Plan::of(target) };
    match run(&plan, arguments) {
        Ok(outcome) => {
            print_outcome(&outcome, arguments.json);
            ExitCode::SUCCESS
        }
        Err(error) => refuse(error.code(), &error, error.hint(), arguments.json),
    }
}

fn run(plan: &Plan, arguments: &Record) -> Result<Outcome, RecordError> {
    let (say, word) = channel();
    let enough = say.clone();
    // Only the first recording of a process gets the signal; the command line makes one.
    let heard = ctrlc::set_handler(move || drop(enough.send(Word::Enough)));
    if let Err(error) = heard {
        tracing::warn!(%error, "Ctrl+C will not finish the clip");
    }
    let as_json = arguments.json;
    let file = ClipFile::create(&arguments.out)?;
    let started = Recorder::start(plan, file, move |event| {
        if let Event::Failed(error) = event {
            // Errors of the system can't be copied; what a person needs of them can.
            let _ = say.send(Word::Failed(match error {
                RecordError::DiskFull => RecordError::DiskFull,
                RecordError::Capture(CaptureError::Withdrawn) => {
                    RecordError::Capture(CaptureError::Withdrawn)
                }
                RecordError::Capture(CaptureError::Gone(why)) => {
                    RecordError::Capture(CaptureError::Gone(why.clone()))
                }
                other => RecordError::Capture(CaptureError::Gone(other.to_string())),
            }));
        }
        tell(event, as_json);
    });
    let recorder = match started {
        Ok(recorder) => recorder,
        Err(error) => {
            // Nothing was recorded: leave nothing behind.
            let _ = std::fs::remove_file(&arguments.out);
            return Err(error);
        }
    };
    let asked = arguments.seconds.map(|seconds| Duration::from_secs_f64(seconds.clamp(0.0, 1e6)));
    let deadline = asked.map(|asked| Instant::now() + asked);
    let word = match deadline {
        None => word.recv().map_err(|_| RecvTimeoutError::Disconnected),
        Some(deadline) => word.recv_timeout(deadline.saturating_duration_since(Instant::now())),
    };
    let outcome = recorder.stop()?;
    match word {
        Ok(Word::Failed(error)) => {
            eprintln!("deskside: kept {:.1} s in {}", outcome.duration.as_secs_f64(), outcome.path.display());
            Err(error)
        }
        _ => Ok(outcome),
    }
}

fn tell(event: &Event, as_json: bool) {
    if as_json {
        let value = match event {
            Event::Started { width, height, sound } => {
                json!({ "event": "started", "width": width, "height": height, "sound": sound })
            }
            Event::Kept { bytes, until, keyframe } => {
                json!({ "event": "kept", "bytes": bytes, "until_ms": until.millis_rounded(), "keyframe": keyframe })
            }
            Event::Level(sound, level) => {
                json!({ "event": "level", "sound": sound.code(), "peak": level.peak, "rms": level.rms })
            }
            Event::Note(note) => json!({ "event": "note", "code": note.code(), "text": text(note) }),
            Event::Failed(error) => {
                json!({ "event": "failed", "code": error.code(), "message": error.to_string() })
            }
        };
        println!("{value}");
    } else if let Event::Note(note) = event {
        eprintln!("deskside: {}", text(note));
    }
}

fn text(note: &Note) -> String {
    match note {
        Note::Heard { sound: Sound::Microphone, label } => format!("microphone: {label}"),
        Note::Heard { sound: Sound::System, label } => format!("what the computer plays: {label}"),
        Note::NoSound { sound: Sound::Microphone, why } => format!("recording without the microphone: {why}"),
        Note::NoSound { sound: Sound::System, why } => {
            format!("recording without what the computer plays: {why}")
        }
        Note::Still { sound: Sound::Microphone } => {
            "the microphone gives nothing; recording goes on".to_owned()
        }
        Note::Still { sound: Sound::System } => {
            "nothing comes of what the computer plays; recording goes on".to_owned()
        }
        Note::Lost { pictures } => format!("{pictures} pictures were lost; the machine is too busy"),
        Note::Slower { fps } => format!("at most {fps} pictures per second from here on"),
        Note::DiskLow { left } => format!("only {} MB are left on the disk", left >> 20),
        Note::Screen(Notice::WindowsUnknown) => {
            "this desktop tells nobody which windows there are: those on the deny-list are NOT painted over"
                .to_owned()
        }
        Note::Screen(Notice::NothingYet) => {
            "the desktop has sent no picture yet: the clip is black until something changes on the screen"
                .to_owned()
        }
        Note::Screen(Notice::NoPointer) => "this desktop draws no pointer into what it shares".to_owned(),
        Note::Screen(Notice::Resized { width, height, cut: false }) => {
            format!("the screen is {width}x{height} now")
        }
        Note::Screen(Notice::Resized { width, height, cut: true }) => {
            format!("the screen is {width}x{height} now; what does not fit the picture is not recorded")
        }
        Note::Screen(notice) => format!("{notice:?}"),
    }
}

fn print_outcome(outcome: &Outcome, as_json: bool) {
    if as_json {
        println!("{}", value(outcome));
    } else {
        println!(
            "{}  {:.1} s  {:.1} MB  {}x{}{}",
            outcome.path.display(),
            outcome.duration.as_secs_f64(),
            outcome.bytes as f64 / 1e6,
            outcome.width,
            outcome.height,
            if outcome.sound { "  with sound" } else { "" },
        );
    }
}

fn value(outcome: &Outcome) -> Value {
    json!({
        "event": "finished",
        "path": outcome.path,
        "duration_ms": outcome.duration.as_millis() as u64,
        "bytes": outcome.bytes,
        "width": outcome.width,
        "height": outcome.height,
        "sound": outcome.sound,
        "pictures": outcome.pictures,
        "lost": outcome.lost,
        "poster_bytes": outcome.poster.len(),
        "notes": outcome.notes.iter().map(Note::code).collect::<Vec<_>>(),
    })
}

pub fn recover(path: &Path, as_json: bool) -> ExitCode {
    match crate::record::recover(path) {
        Ok(recovered) if as_json => {
            let value = json!({
                "event": "recovered",
                "path": path,
                "duration_ms": recovered.duration.as_millis() as u64,
                "bytes": recovered.bytes,
                "width": recovered.width,
                "height": recovered.height,
                "sound": recovered.sound,
            });
            println!("{value}");
            ExitCode::SUCCESS
        }
        Ok(recovered) => {
            println!("{}  {:.1} s is whole again", path.display(), recovered.duration.as_secs_f64());
            ExitCode::SUCCESS
        }
        Err(error) => refuse(error.code(), &error, error.hint(), as_json),
    }
}
