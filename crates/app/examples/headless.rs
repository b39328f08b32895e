//! The capture commands without the app around them, for tests and benches: `headless record --out clip.webm`.
//!
//! `headless keys` asks the desktop for the keys that open the overlay. And one that the command line has no use for:
//! `headless mute --out clip.webm` records the default microphone, waits
//! until it hears something, mutes it for a second in the middle, and prints when, in seconds of the clip.
//!
//! `headless both --out clip.webm` records the default microphone and what the computer plays, which the command line does
//! not do either: that is allowed for a desk, and here is none. `headless mic --out clip.webm` records the first alone.
//! Both print notes (`note no_sound`), and `loud microphone` when that is heard for the first time. They take a word a
//! line: `system off`, `system on`, `stop`, and `wait 1.5`, which is answered after so many seconds of the clip with
//! `at` and the second of the clip.
//!
//! `headless shelf FOLDER` records as the app does, onto a shelf, for two and a half seconds, and prints how many bytes are kept: `kept 34007`.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

#[cfg(target_os = "linux")]
use deskside_app::hotkeys::Does;
use deskside_app::record::{ClipFile, Event, Plan, Recorder, Shelf, Sound};
use deskside_capture::Target;
use deskside_capture::microphone::Choice;

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().collect();
    if words.get(1).is_some_and(|word| word == "mute") {
        return ended(mute(words.get(3).map(PathBuf::from).unwrap_or_default()));
    }
    #[cfg(target_os = "linux")]
    if words.get(1).is_some_and(|word| word == "keys") {
        return keys();
    }
    let both = words.get(1).is_some_and(|word| word == "both");
    if both || words.get(1).is_some_and(|word| word == "mic") {
        return ended(listen(both, words.get(3).map(PathBuf::from).unwrap_or_default()));
    }
    if words.get(1).is_some_and(|word| word == "shelf") {
        return ended(on_shelf(words.get(2).map(PathBuf::from).unwrap_or_default()));
    }
    deskside_app::cli::run(words)
}

fn ended(done: Result<(), Box<dyn Error>>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn on_shelf(folder: PathBuf) -> Result<(), Box<dyn Error>> {
    let file = Shelf::open(folder)?.begin(uuid::Uuid::now_v7(), 0, serde_json::Value::Null)?;
    let recorder = Recorder::start(&Plan::of(Target::Display(1)), file, |event| {
        if let Event::Kept { bytes, .. } = event {
            println!("kept {bytes}");
        }
    })?;
    while recorder.elapsed() < Duration::from_millis(2_500) {
        std::thread::park_timeout(Duration::from_millis(2));
    }
    recorder.stop()?;
    println!("whole");
    Ok(())
}

/// Asks the desktop for both keys, prints each press, and why there are none in the end.
#[cfg(target_os = "linux")]
fn keys() -> ExitCode {
    let wanted: Vec<_> = Does::ALL.into_iter().map(|does| (does, does.standard().to_owned())).collect();
    let Ok(runtime) = tokio::runtime::Runtime::new() else { return ExitCode::FAILURE };
    let why = runtime.block_on(deskside_app::hotkeys::desktop::hold(&wanted, |does| println!("{does:?}")));
    println!("{why}");
    ExitCode::FAILURE
}

fn listen(system_sound: bool, out: PathBuf) -> Result<(), Box<dyn Error>> {
    let plan = Plan { mic: Some(Choice::Default), system_sound, ..Plan::of(Target::Display(1)) };
    let loud = Mutex::new(Vec::new());
    let recorder = Recorder::start(&plan, ClipFile::create(&out)?, move |event| match event {
        Event::Note(note) => println!("note {}", note.code()),
        Event::Level(sound, level) if level.peak > 0.1 => {
            let mut loud = loud.lock().unwrap_or_else(PoisonError::into_inner);
            if !loud.contains(sound) {
                loud.push(*sound);
                println!("loud {}", sound.code());
            }
        }
        _ => {}
    })?;
    for line in std::io::stdin().lines() {
        match line?.split_once(' ').unwrap_or_default() {
            ("system", on) => recorder.mute(Sound::System, on == "off"),
            ("wait", seconds) => {
                let until = recorder.elapsed() + Duration::from_secs_f64(seconds.parse()?);
                while recorder.elapsed() < until {
                    std::thread::park_timeout(Duration::from_millis(2));
                }
                println!("at {}", recorder.elapsed().as_secs_f64());
            }
            _ => break,
        }
    }
    recorder.stop()?;
    Ok(())
}

fn mute(out: PathBuf) -> Result<(), Box<dyn Error>> {
    let plan = Plan { mic: Some(Choice::Default), ..Plan::of(Target::Display(1)) };
    let loud = Arc::new(AtomicBool::new(false));
    let hears = loud.clone();
    let recorder = Recorder::start(&plan, ClipFile::create(&out)?, move |event| {
        if matches!(event, Event::Level(_, level) if level.peak > 0.2) {
            hears.store(true, Ordering::Release);
        }
    })?;
    let reach = |millis| {
        while recorder.elapsed() < Duration::from_millis(millis) {
            std::thread::park_timeout(Duration::from_millis(2));
        }
        recorder.elapsed().as_secs_f64()
    };
    while !loud.load(Ordering::Acquire) {
        if recorder.elapsed() > Duration::from_secs(20) {
            return Err("nothing was to be heard".into());
        }
        std::thread::park_timeout(Duration::from_millis(2));
    }
    let begin = recorder.elapsed().as_millis() as u64 + 800;
    let from = reach(begin);
    recorder.mute(Sound::Microphone, true);
    let until = reach(begin + 1_000);
    recorder.mute(Sound::Microphone, false);
    reach(begin + 2_000);
    recorder.stop()?;
    println!("{from}\n{until}");
    Ok(())
}
