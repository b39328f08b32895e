//! The system's Tesseract, as a program: several lines in, their words out. A process of its own may crash or hang
//! without taking anything along, is loaded only while somebody looks at a picture, and need not be there at all.
//! It is started before there is anything to read, because loading its model takes as long as finding the lines.

use std::{
    ffi::OsStr,
    io::{self, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use crate::tiff::{self, Page};

/// An installed engine.
#[derive(Clone, Debug)]
pub struct Engine {
    program: PathBuf,
}

/// Which letters there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// All that the model knows.
    Whole,
    /// Digits and what stands between them: an O beside digits was a zero.
    Digits,
}

/// A word as the engine read it.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    pub text: String,
    /// In pixels of its page.
    pub left: f32,
    pub top: f32,
    pub width: f32,
    pub height: f32,
}

/// What every process is told. A page is one line; its words are in no dictionary; black on white is given.
const SETTINGS: [&str; 6] = [
    "tessedit_create_tsv=1",
    "tessedit_do_invert=0",
    "load_system_dawg=0",
    "load_freq_dawg=0",
    "load_bigram_dawg=0",
    "debug_file=/dev/null",
];
const DIGITS: &str = "tessedit_char_whitelist=0123456789-./:,+()";
/// The columns of a word's line: its page, its box, its text.
const COLUMNS: usize = 12;
const WORD: &str = "5";
/// How often it is asked whether somebody still wants to know.
const BEAT: Duration = Duration::from_millis(100);

impl Engine {
    /// The one that a shell would find.
    pub fn find() -> Option<Self> {
        let name = if cfg!(windows) { "tesseract.exe" } else { "tesseract" };
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file()).map(Self::at)
    }

    /// This program.
    pub fn at(program: impl AsRef<Path>) -> Self {
        Self { program: program.as_ref().to_path_buf() }
    }

    /// A process that loads its model and waits.
    pub(crate) fn start(&self, alphabet: Alphabet) -> io::Result<Reader> {
        let mut command = Command::new(&self.program);
        command.args(["stdin", "stdout", "-l", "eng", "--oem", "1", "--psm", "7"].map(OsStr::new));
        for setting in SETTINGS.iter().chain((alphabet == Alphabet::Digits).then_some(&DIGITS)) {
            command.args(["-c", setting]);
        }
        // Its own threads wait for each other longer than they work; there is a process for every core instead.
        command.env("OMP_THREAD_LIMIT", "1");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        Ok(Reader { child: command.spawn()? })
    }
}

/// A running engine; it ends when this is dropped.
pub struct Reader {
    child: Child,
}

impl Drop for Reader {
    fn drop(&mut self) {
        // Both fail only if it has ended, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Reader {
    /// Reads the pages in their order and tells the words of each. Fails once `goes_on` says no.
    pub fn read(
        mut self,
        pages: &[Page],
        goes_on: &(dyn Fn() -> bool + Sync),
        mut tell: impl FnMut(usize, Vec<Word>),
    ) -> io::Result<()> {
        if pages.is_empty() {
            return Ok(());
        }
        let lacks = || io::Error::from(io::ErrorKind::BrokenPipe);
        let mut input = self.child.stdin.take().ok_or_else(lacks)?;
        let output = BufReader::new(self.child.stdout.take().ok_or_else(lacks)?);
        let child = Mutex::new(&mut self.child);
        let kill = || child.lock().unwrap_or_else(PoisonError::into_inner).kill();
        thread::scope(|scope| {
            let (done, waits) = mpsc::channel::<()>();
            let watch = scope.spawn(move || {
                while goes_on() {
                    if waits.recv_timeout(BEAT) != Err(mpsc::RecvTimeoutError::Timeout) {
                        return true;
                    }
                }
                let _ = kill();
                false
            });
            let feed = scope.spawn(move || input.write_all(&tiff::file(pages)));
            let read = words(output, &mut tell);
            drop(done);
            let went_on = watch.join().unwrap_or(false);
            let fed = feed.join().unwrap_or_else(|_| Err(lacks()));
            if !went_on {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let read = read?;
            fed?;
            // One that gave up in the middle says so by its silence.
            if read == pages.len() { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
        })
    }
}

/// Tells the words page by page; answers how many pages there were.
fn words(lines: impl io::BufRead, tell: &mut impl FnMut(usize, Vec<Word>)) -> io::Result<usize> {
    let (mut pages, mut words) = (0, Vec::new());
    for line in lines.lines() {
        let line = line?;
        let fields: Vec<&str> = line.splitn(COLUMNS, '\t').collect();
        let Some(page) = fields.get(1).and_then(|page| page.parse::<usize>().ok()) else { continue };
        if page > pages {
            if pages > 0 {
                tell(pages - 1, std::mem::take(&mut words));
            }
            pages = page;
        }
        let number = |at: usize| fields.get(at).and_then(|field| field.parse::<f32>().ok());
        if let (WORD, [Some(left), Some(top), Some(width), Some(height)], Some(text)) =
            (fields[0], [6, 7, 8, 9].map(number), fields.get(11))
            && !text.trim().is_empty()
        {
            words.push(Word { text: text.trim().to_owned(), left, top, width, height });
        }
    }
    if pages > 0 {
        tell(pages - 1, words);
    }
    Ok(pages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_page_by_page_also_from_pages_without_any() {
        let printed = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
            1\t1\t0\t0\t0\t0\t0\t0\t100\t40\t-1\t\n\
            5\t1\t1\t1\t1\t1\t12\t13\t14\t15\t96.1\tCard\n\
            5\t1\t1\t1\t1\t2\t30\t13\t14\t15\t90\t4111\n\
            1\t2\t0\t0\t0\t0\t0\t0\t100\t40\t-1\t\n\
            1\t3\t0\t0\t0\t0\t0\t0\t100\t40\t-1\t\n\
            5\t3\t1\t1\t1\t1\t1\t2\t3\t4\t95\t \n";
        let mut told = Vec::new();
        let pages = words(printed.as_bytes(), &mut |page, words| told.push((page, words))).expect("read");
        assert_eq!(pages, 3);
        let texts: Vec<(usize, Vec<&str>)> = told
            .iter()
            .map(|(page, words)| (*page, words.iter().map(|word| word.text.as_str()).collect()))
            .collect();
        assert_eq!(texts, [(0, vec!["Card", "4111"]), (1, vec![]), (2, vec![])]);
        assert_eq!(told[0].1[0].left, 12.0);
    }
}
