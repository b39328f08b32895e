//! What the computer plays beside the microphone, on real sound servers: one track of both, and what is left of it when
//! one of them is switched off, suspended, unplugged, or dies.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::ops::Range;
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};

use crate::desk::Desk;
use crate::headless::{command, result};
use crate::sound_server::{HEADSET, SoundServer, heard, tone};
use crate::support::{Painted, probed_seconds};

/// What the microphone hears, and what the computer plays.
const VOICE: f32 = 440.0;
const SYSTEM: f32 = 1_000.0;
/// What it plays elsewhere.
const OTHER: f32 = 700.0;

/// The share of a stretch in which a tone has to be heard at least: the players of a busy machine leave holes.
const ENOUGH: f64 = 0.3;

/// A recording in a process of its own, and what it says.
struct Listening {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
    log: Vec<String>,
}

impl Listening {
    fn begin(what: &str, desk: &Desk, server: &SoundServer, out: &Path) -> Listening {
        let mut command = command(desk);
        server.on(&mut command);
        let command = command.args([what, "--out"]).arg(out).stdin(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        Listening { child, said, log: Vec::new() }
    }

    /// Waits until it says so. It ends when nobody speaks to it any more, and so does this.
    fn says(&mut self, wanted: &str) {
        for line in self.said.by_ref() {
            let line = line.unwrap();
            let done = line == wanted;
            self.log.push(line);
            if done {
                return;
            }
        }
        panic!("it never said \"{wanted}\": {:?}", self.log);
    }

    fn tell(&mut self, word: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{word}").unwrap();
    }

    /// The second of the clip, after so many more.
    fn wait(&mut self, seconds: f64) -> f64 {
        self.tell(&format!("wait {seconds}"));
        loop {
            let line = self.said.next().expect("it goes on").unwrap();
            if let Some(at) = line.strip_prefix("at ") {
                return at.parse().unwrap();
            }
            self.log.push(line);
        }
    }

    fn stop(mut self) -> Vec<String> {
        self.tell("stop");
        self.log.extend(self.said.map_while(Result::ok));
        assert!(self.child.wait().unwrap().success(), "{:?}", self.log);
        self.log
    }
}

/// How loud a tone is in a stretch of a clip, by Goertzel's way: 0.5 is what is played.
fn loudness(samples: &[f32], hertz: f32, seconds: &Range<f64>) -> f32 {
    let part =
        &samples[(seconds.start * 48_000.0) as usize..((seconds.end * 48_000.0) as usize).min(samples.len())];
    let step = hertz * std::f32::consts::TAU / 48_000.0;
    let (mut real, mut imaginary) = (0.0f64, 0.0f64);
    for (n, sample) in part.iter().enumerate() {
        let angle = f64::from(step) * n as f64;
        real += f64::from(*sample) * angle.cos();
        imaginary += f64::from(*sample) * angle.sin();
    }
    (2.0 * real.hypot(imaginary) / part.len().max(1) as f64) as f32
}

/// In how many tenths of a second of a stretch a tone is as loud as it should be, or gone. A busy machine hands sound over
/// late now and then, so not all of them count, where it should be heard; where it should not be, all.
fn is_heard(samples: &[f32], hertz: f32, seconds: Range<f64>) -> f64 {
    let tenths = ((seconds.end - seconds.start) * 10.0) as usize;
    let loud = (0..tenths).filter(|n| {
        let from = seconds.start + *n as f64 / 10.0;
        loudness(samples, hertz, &(from..from + 0.1)) > 0.1
    });
    loud.count() as f64 / tenths.max(1) as f64
}

/// Both tones play, and the recording hears both.
fn both(desk: &Desk, server: &mut SoundServer, folder: &Path) -> Listening {
    Painted::new(desk, 200, 100).show(0x33_66cc);
    let (voice, system) = (folder.join("voice"), folder.join("system"));
    tone(&voice, VOICE, 90);
    tone(&system, SYSTEM, 90);
    server.keep_playing("micsink", &voice);
    server.keep_playing("speakers", &system);
    let mut recording = Listening::begin("both", desk, server, &folder.join("clip.webm"));
    recording.says("loud microphone");
    if !recording.log.iter().any(|line| line == "loud system") {
        recording.says("loud system");
    }
    recording
}

#[test]
fn both_are_heard_and_each_can_fail_alone() {
    let desk = Desk::start(320, 240);
    let mut server = SoundServer::start();
    let folder = tempfile::tempdir().unwrap();
    let headphones = server.pactl(&["load-module", "module-null-sink", "sink_name=headphones"]).unwrap();
    let other = folder.path().join("other");
    tone(&other, OTHER, 90);
    server.keep_playing("headphones", &other);
    let mut recording = both(&desk, &mut server, folder.path());
    let begun = recording.wait(0.4);
    let together = begun..recording.wait(1.0);

    recording.tell("system off");
    let off = recording.wait(0.0)..recording.wait(1.2);
    recording.tell("system on");
    let on = recording.wait(0.4)..recording.wait(1.0);

    // The loudspeaker is suspended, as a desktop does to save power, or another program to have it for itself.
    assert!(server.pactl(&["suspend-sink", "speakers", "1"]).is_some());
    recording.says("note system_sound_still");
    let still = recording.wait(0.0)..recording.wait(1.0);
    assert!(server.pactl(&["suspend-sink", "speakers", "0"]).is_some());
    recording.says("note system_sound");
    let awake = recording.wait(1.0)..recording.wait(1.0);
    assert_eq!(server.chosen(), ["speakers", "headset"].map(str::to_owned), "nobody's choice was changed");

    // Somebody chooses another loudspeaker, and that is what is heard from now on.
    assert!(server.pactl(&["set-default-sink", "headphones"]).is_some());
    recording.says("note system_sound");
    let elsewhere = recording.wait(0.8)..recording.wait(1.0);

    // It is pulled out: the system plays somewhere else again.
    assert!(server.pactl(&["unload-module", &headphones]).is_some());
    recording.says("note system_sound");

    server.kill();
    recording.says("note no_sound");
    if !recording.log.iter().any(|line| line == "note no_system_sound") {
        recording.says("note no_system_sound");
    }
    let dead = recording.wait(0.5)..recording.wait(1.0);
    let log = recording.stop();

    let clip = folder.path().join("clip.webm");
    let samples = heard(&clip);
    let seconds = samples.len() as f64 / 48_000.0;
    assert!((seconds - probed_seconds(&clip)).abs() < 0.1, "the track has no hole: {seconds} s, {log:?}");
    let heard = |hertz: f32, seconds: &Range<f64>| is_heard(&samples, hertz, seconds.clone());
    for part in [&together, &on, &awake] {
        let both = (heard(VOICE, part), heard(SYSTEM, part));
        assert!(both.0 > ENOUGH && both.1 > ENOUGH, "in {part:?} heard {both:?}; {log:?}");
    }
    // Where a busy sound server puts a sound is known to some tenths of a second; `mute.rs` tests the edges.
    let quiet = off.start + 0.3..off.end - 0.3;
    assert_eq!(heard(SYSTEM, &quiet), 0.0, "switched off at {off:?}; {log:?}");
    assert!(heard(VOICE, &quiet) > ENOUGH, "and the voice goes on; {log:?}");
    assert_eq!(heard(SYSTEM, &still), 0.0, "suspended at {still:?}; {log:?}");
    assert!(heard(VOICE, &still) > ENOUGH, "the voice goes on; {log:?}");
    // Whether the old one's players come along is the server's business.
    let now = [VOICE, OTHER].map(|hertz| heard(hertz, &elsewhere));
    assert!(now.iter().all(|heard| *heard > ENOUGH), "heard {now:?} at {elsewhere:?}; {log:?}");
    assert_eq!(heard(VOICE, &dead) + heard(SYSTEM, &dead), 0.0, "silence at {dead:?}; {log:?}");
    // Where a sound is cut off the codec rings for a moment; what is clipped stays loud.
    let loud = samples.iter().enumerate().filter(|(_, sample)| sample.abs() > 1.0);
    let loud: Vec<_> = loud.map(|(at, sample)| (at as f64 / 48_000.0, *sample)).collect();
    assert!(loud.len() < 48, "a millisecond at most, not {loud:?}; {log:?}");
}

/// Where a microphone goes, PulseAudio gives its listeners what the computer plays, which nobody allowed.
#[test]
fn an_unplugged_microphone_is_replaced_by_nothing_and_heard_again_when_it_is_back() {
    let desk = Desk::start(320, 240);
    Painted::new(&desk, 200, 100).show(0x33_66cc);
    let mut server = SoundServer::start();
    let folder = tempfile::tempdir().unwrap();
    let (voice, system, clip) =
        (folder.path().join("voice"), folder.path().join("system"), folder.path().join("clip.webm"));
    tone(&voice, VOICE, 60);
    tone(&system, SYSTEM, 60);
    server.keep_playing("micsink", &voice);
    server.keep_playing("speakers", &system);
    let mut recording = Listening::begin("mic", &desk, &server, &clip);
    recording.says("loud microphone");
    let before = recording.wait(0.3)..recording.wait(0.6);
    assert!(server.pactl(&["unload-module", &server.headset]).is_some());
    recording.says("note no_sound");
    let without = recording.wait(0.2)..recording.wait(1.5);
    assert!(server.pactl(&HEADSET).is_some());
    recording.says("note microphone");
    let again = recording.wait(0.6)..recording.wait(0.8);
    // Out and in again before anybody could look: a device of the same name is there, and the listener was somewhere else.
    let headset = server.pactl(&["list", "short", "modules"]).unwrap();
    let headset = headset.lines().find(|line| line.contains("source_name=headset")).unwrap();
    let headset = headset.split_whitespace().next().unwrap();
    assert!(server.pactl(&["unload-module", headset]).is_some() && server.pactl(&HEADSET).is_some());
    recording.says("note no_sound");
    recording.says("note microphone");
    let back = recording.wait(0.6)..recording.wait(0.8);
    let log = recording.stop();

    let samples = heard(&clip);
    let heard = |hertz: f32, seconds: &Range<f64>| is_heard(&samples, hertz, seconds.clone());
    for part in [&before, &again, &back] {
        assert!(heard(VOICE, part) > ENOUGH, "heard {} in {part:?}; {log:?}", heard(VOICE, part));
    }
    assert_eq!(heard(VOICE, &without), 0.0, "nothing took its place at {without:?}; {log:?}");
    let end = samples.len() as f64 / 48_000.0;
    assert_eq!(heard(SYSTEM, &(0.0..end)), 0.0, "what the computer plays is nowhere in it; {log:?}");
    assert!((end - probed_seconds(&clip)).abs() < 0.1, "the track has no hole: {end} s");
}

/// Neither by its name nor because somebody made it the system's choice among the microphones.
#[test]
fn what_a_loudspeaker_plays_is_no_microphone() {
    let desk = Desk::start(320, 240);
    Painted::new(&desk, 200, 100).show(0x33_66cc);
    let server = SoundServer::start();
    let folder = tempfile::tempdir().unwrap();
    assert!(server.pactl(&["set-default-source", "speakers.monitor"]).is_some());
    for mic in ["speakers.monitor", "default"] {
        let mut record = command(&desk);
        server.on(&mut record);
        let out = folder.path().join(format!("{mic}.webm"));
        record.args(["record", "--seconds", "1", "--json", "--mic", mic, "--out"]).arg(&out);
        let (success, value, log) = result(record.spawn().unwrap());
        assert!(success && value["sound"] == false, "{mic}: {log}");
        assert!(value["notes"].as_array().unwrap().iter().any(|note| note == "no_sound"), "{mic}: {log}");
    }
    assert_eq!(server.chosen(), ["speakers", "speakers.monitor"].map(str::to_owned), "the choice stays");
}

#[test]
fn both_are_heard_through_pipewire_and_it_is_asked_politely() {
    let desk = Desk::start(320, 240);
    let mut server = SoundServer::pipewire();
    let folder = tempfile::tempdir().unwrap();
    // A home in which no program ever made a cookie for the sound server.
    let cookie = server.cookie();
    std::fs::remove_file(&cookie).unwrap();
    let mut recording = both(&desk, &mut server, folder.path());
    let together = recording.wait(0.5)..recording.wait(1.5);
    let log = recording.stop();
    assert_eq!(server.chosen(), ["speakers", "headset"].map(str::to_owned), "nobody's choice was changed");
    let clip = folder.path().join("clip.webm");
    let samples = heard(&clip);
    let both = [VOICE, SYSTEM].map(|hertz| is_heard(&samples, hertz, together.clone()));
    assert!(both.iter().all(|heard| *heard > ENOUGH), "heard {both:?} in {together:?}; {log:?}");
    assert!((samples.len() as f64 / 48_000.0 - probed_seconds(&clip)).abs() < 0.1, "the track has no hole");
}
