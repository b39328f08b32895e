//! The power goes, at every moment: what the recorder wrote, and what it had made the disk promise, is traced call by call
//! and replayed onto a disk that keeps nothing else.
//!
//! After each call the folder is made as a disk might have it: with what was promised alone, with everything, with the
//! last write but not those before it, and with half of that. Each must be recovered by itself to what was told to be kept.

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use deskside_app::record::Shelf;

use crate::desk::Desk;
use crate::headless::{binary, command};
use crate::support::Painted;

const CALLS: &str = "trace=openat,read,write,pwrite64,lseek,ftruncate,fsync,fdatasync,rename,unlink,close";

/// A file: as programs see it, and as the disk has promised it.
#[derive(Clone, Debug, Default)]
struct File {
    seen: Vec<u8>,
    kept: Vec<u8>,
    /// What was written since the last promise: where, and what; or to which length it was cut.
    since: Vec<Change>,
}

#[derive(Clone, Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Cut(usize),
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Change::Cut(length) => bytes.resize(*length, 0),
            Change::Write(at, data) => {
                bytes.resize(bytes.len().max(at + data.len()), 0);
                bytes[*at..at + data.len()].copy_from_slice(data);
            }
        }
    }

    fn half(&self) -> Change {
        match self {
            Change::Write(at, data) => Change::Write(*at, data[..data.len() / 2].to_vec()),
            cut => cut.clone(),
        }
    }
}

#[derive(Default)]
struct Disk {
    files: Vec<File>,
    /// Names as programs see them, and as the disk has promised them.
    seen: HashMap<String, usize>,
    kept: HashMap<String, usize>,
    /// Open files: which, and where in it.
    open: HashMap<u32, (usize, usize)>,
}

impl Disk {
    fn change(&mut self, file: usize, change: Change) {
        change.apply(&mut self.files[file].seen);
        self.files[file].since.push(change);
    }

    /// One call, as strace writes it; `folder` is the shelf. Whether it was about a file there.
    fn follow(&mut self, call: &Call, folder: &str) -> bool {
        let name = |text: &str| text.strip_prefix(folder).map(|name| name.trim_matches('/').to_owned());
        let fd = call.fd();
        match (call.name.as_str(), fd.and_then(|fd| self.open.get(&fd).copied())) {
            ("openat", _) => {
                let Some(name) =
                    call.texts.first().and_then(|path| name(path)).filter(|name| !name.is_empty())
                else {
                    return false;
                };
                let Ok(fd) = u32::try_from(call.result) else { return false };
                if call.words.contains("O_CREAT") && !self.seen.contains_key(&name) {
                    self.files.push(File::default());
                    self.seen.insert(name.clone(), self.files.len() - 1);
                }
                let Some(file) = self.seen.get(&name).copied() else { return false };
                if call.words.contains("O_TRUNC") {
                    self.change(file, Change::Cut(0));
                }
                self.open.insert(fd, (file, 0));
            }
            ("close", Some(_)) => drop(fd.map(|fd| self.open.remove(&fd))),
            ("read", Some((file, at))) => {
                self.open.insert(fd.unwrap(), (file, at + call.result as usize));
            }
            ("lseek", Some((file, _))) => {
                self.open.insert(fd.unwrap(), (file, call.result as usize));
            }
            ("write", Some((file, at))) => {
                let data = call.bytes[..call.result as usize].to_vec();
                self.open.insert(fd.unwrap(), (file, at + data.len()));
                self.change(file, Change::Write(at, data));
            }
            ("pwrite64", Some((file, _))) => {
                let at = call.numbers.last().copied().unwrap() as usize;
                self.change(file, Change::Write(at, call.bytes[..call.result as usize].to_vec()));
            }
            ("ftruncate", Some((file, _))) => {
                self.change(file, Change::Cut(call.numbers.last().copied().unwrap() as usize));
            }
            ("fsync" | "fdatasync", Some((file, _))) => {
                let file = &mut self.files[file];
                file.kept = file.seen.clone();
                file.since.clear();
            }
            // The folder itself, which is opened to be promised.
            ("fsync", None) if call.words.contains(&format!("<{}>", spelled(folder))) => {
                self.kept = self.seen.clone();
            }
            ("rename", _) => {
                let (Some(from), Some(to)) = (name(&call.texts[0]), name(&call.texts[1])) else {
                    return false;
                };
                let file = self.seen.remove(&from).expect("it is there");
                self.seen.insert(to, file);
            }
            ("unlink", _) => {
                let Some(name) = name(&call.texts[0]) else { return false };
                self.seen.remove(&name);
            }
            _ => return false,
        }
        true
    }

    /// What a disk may have when the power goes now.
    fn after_the_power_went(&self) -> Vec<(&'static str, HashMap<String, Vec<u8>>)> {
        let of = |names: &HashMap<String, usize>, bytes: &dyn Fn(&File) -> Vec<u8>| {
            names.iter().map(|(name, file)| (name.clone(), bytes(&self.files[*file]))).collect()
        };
        let with = |file: &File, changes: Vec<Change>| {
            let mut bytes = file.kept.clone();
            changes.iter().for_each(|change| change.apply(&mut bytes));
            bytes
        };
        let last = |file: &File| file.since.last().cloned().into_iter().collect::<Vec<_>>();
        vec![
            ("what was promised", of(&self.kept, &|file| file.kept.clone())),
            ("everything", of(&self.seen, &|file| file.seen.clone())),
            ("the last write only", of(&self.kept, &|file| with(file, last(file)))),
            (
                "half of the last write",
                of(&self.kept, &|file| with(file, last(file).iter().map(Change::half).collect())),
            ),
        ]
    }
}

/// As strace spells it.
fn spelled(text: &str) -> String {
    text.bytes().map(|byte| format!("\\x{byte:02x}")).collect()
}

/// A line of strace.
struct Call {
    name: String,
    /// Everything between the brackets but texts.
    words: String,
    texts: Vec<String>,
    bytes: Vec<u8>,
    numbers: Vec<i64>,
    result: i64,
}

impl Call {
    /// `name(5</path>, "\x61", 1) = 1`; nothing for signals, ends and calls that failed.
    fn read(line: &str) -> Option<Call> {
        let (name, rest) = line.split_once('(')?;
        // Short lines are padded.
        let (arguments, result) = rest.rsplit_once(" = ")?;
        let arguments = arguments.trim_end().strip_suffix(')')?;
        let result = result.split(|c: char| !c.is_ascii_digit() && c != '-').next()?.parse().ok()?;
        let mut call = Call {
            name: name.to_owned(),
            words: String::new(),
            texts: Vec::new(),
            bytes: Vec::new(),
            numbers: Vec::new(),
            result,
        };
        for (at, part) in arguments.split('"').enumerate() {
            if at % 2 == 0 {
                call.words += part;
            } else {
                call.bytes =
                    part.split("\\x").skip(1).map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
                call.texts.push(String::from_utf8_lossy(&call.bytes).into_owned());
            }
        }
        call.numbers = call.words.split(", ").filter_map(|word| word.trim().parse().ok()).collect();
        (call.result >= 0).then_some(call)
    }

    fn fd(&self) -> Option<u32> {
        self.words.split('<').next()?.parse().ok()
    }
}

/// Calls in the order in which they ended; threads interrupt each other's lines.
fn calls(trace: &str) -> Vec<Call> {
    let mut unfinished: HashMap<&str, &str> = HashMap::new();
    let mut calls = Vec::new();
    for line in trace.lines() {
        let Some((thread, line)) = line.split_once(' ') else { continue };
        let line = line.trim_start();
        if let Some(begin) = line.strip_suffix(" <unfinished ...>") {
            unfinished.insert(thread, begin);
        } else if let Some((_, end)) = line.split_once(" resumed>") {
            let begin = unfinished.remove(thread).unwrap_or_default();
            calls.extend(Call::read(&format!("{begin}{end}")));
        } else {
            calls.extend(Call::read(line));
        }
    }
    calls
}

#[test]
fn whenever_the_power_goes_everything_that_was_told_to_be_kept_is_recovered() {
    let traces = Command::new("strace").args(["-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
    if !traces.expect("strace is installed (package strace)").success() {
        eprintln!("this system lets no program be traced: nothing is tested");
        return;
    }
    let desk = Desk::start(320, 240);
    let painted = Painted::new(&desk, 320, 240);
    let folder = tempfile::tempdir().unwrap();
    let (shelf, trace) = (folder.path().join("shelf"), folder.path().join("trace"));
    std::fs::create_dir(&shelf).unwrap();
    let mut strace = Command::new("strace");
    strace.args(["-f", "-y", "-xx", "-s", "10000000", "-e", CALLS, "-o"]).arg(&trace);
    strace.arg(binary()).arg("shelf").arg(&shelf);
    for (name, value) in command(&desk).get_envs() {
        match value {
            Some(value) => strace.env(name, value),
            None => strace.env_remove(name),
        };
    }
    let mut child = strace.stdout(Stdio::null()).spawn().unwrap();
    let mut colour = 0u32;
    while child.try_wait().unwrap().is_none() {
        colour = colour.wrapping_add(0x10_2030) & 0xff_ffff;
        painted.show(colour);
        std::thread::park_timeout(Duration::from_millis(30));
    }
    assert!(child.wait().unwrap().success());

    let trace = std::fs::read_to_string(&trace).unwrap();
    let (mut disk, mut told, mut states) = (Disk::default(), 0, 0);
    let mut is_whole = false;
    for call in calls(&trace) {
        if call.name == "write" && call.fd() == Some(1) {
            let said = call.texts.concat();
            let kept = said.lines().filter_map(|line| line.strip_prefix("kept ")?.parse().ok()).max();
            told = told.max(kept.unwrap_or_default());
            is_whole |= said.contains("whole");
        }
        let is_ours = disk.follow(&call, shelf.to_str().unwrap());
        if told > 0 && (is_ours || is_whole) && !matches!(call.name.as_str(), "read" | "lseek" | "close") {
            for (what, files) in disk.after_the_power_went() {
                states += 1;
                check(folder.path(), &files, told, &format!("{what} after {}({})", call.name, call.words));
            }
        }
    }
    assert!(is_whole && states > 20, "{states} states, {told} bytes told");
    println!("{states} states of the disk");
}

fn check(folder: &Path, files: &HashMap<String, Vec<u8>>, told: u64, when: &str) {
    let disk = folder.join("disk");
    let _ = std::fs::remove_dir_all(&disk);
    std::fs::create_dir(&disk).unwrap();
    for (name, bytes) in files {
        std::fs::write(disk.join(name), bytes).unwrap();
    }
    let shelf = Shelf::open(disk).unwrap();
    let [journal] = &shelf.list().unwrap()[..] else { panic!("no journal, {when}: {:?}", files.keys()) };
    let recovered = shelf.recover(journal.id).unwrap_or_else(|error| panic!("{error}, {when}"));
    assert!(
        recovered.bytes >= told && !recovered.duration.is_zero(),
        "{told} bytes were told to be kept, and {recovered:?}, {when}"
    );
}
