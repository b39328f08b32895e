//! A look at a picture: lines are found, cut out and read, and what is found is told as soon as it is.

use std::{
    io,
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

use deskside_domain::{masking::Kind, org::ExemptNumber};

use crate::{
    Area,
    engine::{Alphabet, Engine, Reader, Word},
    ink::{DARK, Ink, LIGHT},
    lines::{Line, Promise, lines, with_boxes_joined, without_ghosts},
    reading::{doubts, finds},
    shapes::shapes,
    strip::Strip,
};

/// Pixels to look at.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    /// Red, green and blue of every pixel, row by row.
    pub rgb: &'a [u8],
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// One number and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub kind: Kind,
    /// A box over it, with a margin; it may reach over the picture's right and lower edges.
    pub area: Area,
}

/// Why a picture was not looked at to its end.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The pixels are not as many as the picture says.
    #[error("a picture of {width}x{height} does not have {bytes} bytes")]
    Malformed {
        /// Said.
        width: u32,
        /// Said.
        height: u32,
        /// Given.
        bytes: usize,
    },
    /// The engine could not be started, or died.
    #[error("the text engine failed: {0}")]
    Engine(#[from] io::Error),
    /// Whoever looked did not want it to go on.
    #[error("the look was ended before its end")]
    Ended,
}

/// Height of digits for the reader that knows all letters, and for the one that knows digits only: two sizes fail
/// in different places.
const HEIGHTS: [f32; 2] = [26.0, 32.0];

/// Where the picture shows numbers. `tell` hears everything found so far each time something new is found. `goes_on` is
/// asked ten times a second, on other threads; once it says no, the look ends with [`Trouble::Ended`].
pub fn look(
    engine: &Engine,
    picture: Picture<'_>,
    exempt: &[ExemptNumber],
    goes_on: impl Fn() -> bool + Sync,
    mut tell: impl FnMut(&[Found]),
) -> Result<Vec<Found>, Trouble> {
    let (width, height) = (picture.width as usize, picture.height as usize);
    if picture.rgb.len() != width * height * 3 {
        let bytes = picture.rgb.len();
        return Err(Trouble::Malformed { width: picture.width, height: picture.height, bytes });
    }
    // All load their models while the lines are looked for; the last one reads again what the others could not make out.
    let [first, second, third] =
        [Alphabet::Whole, Alphabet::Whole, Alphabet::Digits].map(|alphabet| engine.start(alphabet));
    let ink = Ink::of(picture.rgb, width, height);
    let pieces = promising(&ink);
    tracing::debug!(pieces = pieces.len(), "parts of lines that may hold a number");

    // What one can't read, the others need not read either.
    let has_failed = AtomicBool::new(false);
    let still = || !has_failed.load(Ordering::Relaxed) && goes_on();
    let mut found = Vec::new();
    let mut again = Some((third?, Vec::new()));
    let mut accounts = pieces.iter().filter(|(promise, _)| *promise == Promise::Account).count();
    let looked: io::Result<_> = thread::scope(|scope| {
        let (sender, heard) = mpsc::channel();
        let (ink, still, has_failed) = (&ink, &still, &has_failed);
        let begin = |reader: Reader, pieces: Vec<(Promise, Line)>, alphabet: Alphabet| {
            let sender = sender.clone();
            scope.spawn(move || {
                let over = read(reader, ink, pieces, alphabet, still, &sender);
                has_failed.fetch_or(over.is_err(), Ordering::Relaxed);
                // Nobody listens any more: the look has failed already.
                let _ = sender.send(Heard::Over(over));
            });
        };
        let mut running = 2;
        for (number, reader) in [first?, second?].into_iter().enumerate() {
            begin(reader, pieces.iter().skip(number).step_by(2).cloned().collect(), Alphabet::Whole);
        }
        while running > 0 {
            match heard.recv().map_err(io::Error::other)? {
                Heard::Over(over) => {
                    over?;
                    running -= 1;
                }
                Heard::Words { promise, line, alphabet, strip, words } => {
                    tracing::trace!(?alphabet, ?words, "read");
                    let finds = finds(&words, alphabet, &strip, &line, exempt);
                    if promise == Promise::Account && alphabet == Alphabet::Whole {
                        accounts -= 1;
                        if let Some((_, doubtful)) = &mut again {
                            let parts = doubts(&words, &finds, &strip);
                            let parts = parts.into_iter().filter_map(|(left, right)| line.part(left, right));
                            doubtful.extend(parts.map(|line| (promise, line)));
                        }
                    }
                    if !finds.is_empty() {
                        finds.into_iter().for_each(|find| add(&mut found, find));
                        tell(&found);
                    }
                }
            }
            if accounts == 0
                && let Some((reader, doubtful)) = again.take()
                && !doubtful.is_empty()
            {
                begin(reader, doubtful, Alphabet::Digits);
                running += 1;
            }
        }
        Ok(found)
    });
    looked.map_err(|error| if goes_on() { Trouble::Engine(error) } else { Trouble::Ended })
}

/// What a reading thread says.
enum Heard {
    Words { promise: Promise, line: Line, alphabet: Alphabet, strip: Strip, words: Vec<Word> },
    Over(io::Result<()>),
}

/// The parts of lines worth reading, the most urgent first.
fn promising(ink: &Ink) -> Vec<(Promise, Line)> {
    let [dark, light] = [(DARK, false), (LIGHT, true)]
        .map(|(kind, is_light)| with_boxes_joined(lines(&shapes(ink, kind), is_light)));
    let mut pieces: Vec<_> = without_ghosts(dark, light).iter().flat_map(Line::pieces).collect();
    pieces.sort_by_key(|(promise, line)| (*promise, line.around.top, line.around.left));
    pieces
}

fn read(
    reader: Reader,
    ink: &Ink,
    pieces: Vec<(Promise, Line)>,
    alphabet: Alphabet,
    goes_on: &(dyn Fn() -> bool + Sync),
    sender: &mpsc::Sender<Heard>,
) -> io::Result<()> {
    let height = HEIGHTS[usize::from(alphabet == Alphabet::Digits)];
    let mut strips: Vec<Strip> = pieces.iter().map(|(_, line)| Strip::of(ink, line, height)).collect();
    let pages: Vec<_> = strips.iter_mut().map(Strip::take_page).collect();
    let mut strips = pieces.into_iter().zip(strips);
    reader.read(&pages, goes_on, |_, words| {
        if let Some(((promise, line), strip)) = strips.next() {
            // Nobody listens any more: the look has failed already.
            let _ = sender.send(Heard::Words { promise, line, alphabet, strip, words });
        }
    })
}

/// Adds a find, or widens the one it lies on. What is masked goes before what is only outlined.
fn add(found: &mut Vec<Found>, find: Found) {
    let overlaps = |one: &Found| {
        let (a, b) = (&one.area, &find.area);
        a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
    };
    if found.iter().any(|one| overlaps(one) && one.kind.is_masked() && !find.kind.is_masked()) {
        return;
    }
    if let Some(one) = found.iter_mut().find(|one| one.kind == find.kind && overlaps(one)) {
        let (x, y) = (one.area.x.min(find.area.x), one.area.y.min(find.area.y));
        let right = (one.area.x + one.area.width).max(find.area.x + find.area.width);
        let bottom = (one.area.y + one.area.height).max(find.area.y + find.area.height);
        one.area = Area { x, y, width: right - x, height: bottom - y };
        return;
    }
    if find.kind.is_masked() {
        found.retain(|one| one.kind.is_masked() || !overlaps(one));
    }
    found.push(find);
}
