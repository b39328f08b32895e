//! A desk of 1920x1080 on which something happens, always the same: what the recorders are measured with.
//!
//! Text is drawn with a real font, smoothed as on a real desk, once, and copied from there. Each time the screen changes
//! on purpose a number is painted into its corner, in black and white squares, and noted with its time: whoever looks at
//! a clip afterwards sees which states of the screen are in it and which are not.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Error, Result};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    ChangeGCAux, ConfigureWindowAux, ConnectionExt as _, CreateGCAux, CreateWindowAux, ImageFormat,
    Rectangle, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

pub const WIDTH: u16 = 1_920;
pub const HEIGHT: u16 = 1_080;
/// A recorder that looks 30 times a second sees every state of the screen that lasts longer.
const TICK: Duration = Duration::from_micros(33_400);
/// How often the screen changes where it changes all the time.
const BEAT: Duration = Duration::from_millis(40);
/// Height of the page of text.
const PAGE: u16 = 8_000;
/// Pictures of the video.
const FILM: usize = 12;
/// Side of a square of the number, in pixels.
const SQUARE: u16 = 16;
/// Twelve bits of number, four that say whether it was read right.
const BITS: u16 = 16;

/// What happens on the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Script {
    /// Somebody reads: the pointer moves along, the page moves on every few seconds.
    Reading,
    /// Somebody types, twelve letters a second, with a caret that blinks.
    Typing,
    /// A long page is scrolled in bursts.
    Scrolling,
    /// A window is dragged across the text.
    Dragging,
    /// Nothing.
    Idle,
    /// A film fills the screen.
    Video,
}

impl Script {
    pub const ALL: [Script; 6] =
        [Script::Reading, Script::Typing, Script::Scrolling, Script::Dragging, Script::Idle, Script::Video];

    pub fn name(self) -> &'static str {
        match self {
            Script::Reading => "reading",
            Script::Typing => "typing",
            Script::Scrolling => "scrolling",
            Script::Dragging => "dragging",
            Script::Idle => "idle",
            Script::Video => "video",
        }
    }

    /// Whether it is what people do all day.
    pub fn is_typical(self) -> bool {
        !matches!(self, Script::Idle | Script::Video)
    }
}

/// A virtual X server that ends with the value.
pub struct Server {
    child: Child,
    pub display: String,
}

impl Server {
    pub fn start() -> Result<Server> {
        let mut child = Command::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0"])
            .arg(format!("{WIDTH}x{HEIGHT}x24"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        Ok(Server { child, display: format!(":{}", line.trim()) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The desk, with a page of text and a film in the server's memory.
pub struct Stage {
    x: RustConnection,
    root: u32,
    window: u32,
    dragged: u32,
    gc: u32,
    page: u32,
    film: Vec<u32>,
    number: u16,
    states: Vec<State>,
}

/// A state of the screen: its number, and how long it was to be seen.
struct State {
    number: u16,
    from: Instant,
    until: Option<Instant>,
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::other(error.to_string())
}

/// Raw pixels from ffmpeg: blue, green, red and nothing.
fn pixels(source: &str, filter: &str, frames: usize, bytes: usize) -> Result<Vec<u8>> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", source, "-vf", filter, "-frames:v", &frames.to_string()])
        .args(["-f", "rawvideo", "-pix_fmt", "bgra", "-"])
        .stdin(Stdio::null())
        .output()?;
    if output.stdout.len() != bytes {
        return Err(broken(String::from_utf8_lossy(&output.stderr)));
    }
    Ok(output.stdout)
}

/// A page of words as customers and agents write them, the same each time.
fn words() -> String {
    const WORDS: [&str; 40] = [
        "order", "the", "parcel", "was", "sent", "twice", "and", "customer", "asks", "which", "one", "will",
        "arrive", "first", "because", "refund", "has", "not", "been", "booked", "since", "Tuesday", "please",
        "check", "address", "with", "carrier", "before", "calling", "back", "invoice", "number", "differs",
        "from", "contract", "we", "signed", "in", "March", "again.",
    ];
    let mut dice = 7u32;
    let mut next = || {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (dice >> 16) as usize
    };
    let mut text = String::new();
    for line in 0..380 {
        if line % 11 == 0 {
            text.push_str(&format!("\n{:02}:{:02}  Ticket {}  \n", line / 11, next() % 60, next()));
        }
        let mut row = String::new();
        while row.len() < 96 {
            row.push_str(WORDS[next() % WORDS.len()]);
            row.push(' ');
        }
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

impl Stage {
    pub fn set(display: &str, folder: &Path) -> Result<Stage> {
        let (x, screen) = RustConnection::connect(Some(display)).map_err(broken)?;
        let screen = x.setup().roots[screen].clone();
        let id = || x.generate_id().map_err(broken);
        let (page, gc, window, dragged) = (id()?, id()?, id()?, id()?);
        let (root, depth, visual) = (screen.root, screen.root_depth, screen.root_visual);

        let text = folder.join("words");
        std::fs::write(&text, words())?;
        let upload = |pixmap: u32, width: u16, height: u16, pixels: &[u8]| -> Result<()> {
            x.create_pixmap(depth, pixmap, root, width, height).map_err(broken)?;
            let row = usize::from(width) * 4;
            // A request holds so much and no more.
            let rows = (x.setup().maximum_request_length as usize * 4 - 64) / row;
            for (n, part) in pixels.chunks(rows * row).enumerate() {
                let (y, height) = ((n * rows) as i16, (part.len() / row) as u16);
                x.put_image(ImageFormat::Z_PIXMAP, pixmap, gc, width, height, 0, y, 0, depth, part)
                    .map_err(broken)?;
            }
            Ok(())
        };
        x.create_gc(gc, root, &CreateGCAux::new().graphics_exposures(0)).map_err(broken)?;
        let draw = format!(
            "drawtext=textfile={}:font='DejaVu Sans':fontsize=17:line_spacing=4:x=40:y=20:fontcolor=0x202124",
            text.display()
        );
        let source = format!("color=white:s={WIDTH}x{PAGE}:r=1");
        let bytes = usize::from(WIDTH) * usize::from(PAGE) * 4;
        upload(page, WIDTH, PAGE, &pixels(&source, &draw, 1, bytes)?)?;

        let one = usize::from(WIDTH) * usize::from(HEIGHT) * 4;
        let source = format!("mandelbrot=s={WIDTH}x{HEIGHT}:r=25:start_scale=0.6");
        let frames = pixels(&source, "noise=alls=6:allf=t", FILM, one * FILM)?;
        let mut film = Vec::new();
        for frame in frames.chunks(one) {
            let pixmap = id()?;
            upload(pixmap, WIDTH, HEIGHT, frame)?;
            film.push(pixmap);
        }

        let whole = CreateWindowAux::new().override_redirect(1).background_pixmap(page);
        let input_output = WindowClass::INPUT_OUTPUT;
        x.create_window(depth, window, root, 0, 0, WIDTH, HEIGHT, 0, input_output, visual, &whole)
            .map_err(broken)?;
        let small = CreateWindowAux::new().override_redirect(1).background_pixmap(page);
        x.create_window(depth, dragged, window, 0, 0, 720, 480, 3, input_output, visual, &small)
            .map_err(broken)?;
        x.map_window(window).map_err(broken)?;
        x.sync().map_err(broken)?;
        Ok(Stage { x, root, window, dragged, gc, page, film, number: 0, states: Vec::new() })
    }

    /// Plays until told to end. Begins with the same screen each time.
    pub fn play(&mut self, script: Script, end: &AtomicBool) -> Result<()> {
        self.states.clear();
        self.number = 0;
        self.x.unmap_window(self.dragged).map_err(broken)?;
        self.show_page(0)?;
        self.note()?;
        if script == Script::Dragging {
            self.x.map_window(self.dragged).map_err(broken)?;
        }
        let began = Instant::now();
        let mut step = 0u32;
        while !end.load(Ordering::Acquire) {
            self.step(script, step)?;
            step += 1;
            let next = began + BEAT * step;
            while Instant::now() < next && !end.load(Ordering::Acquire) {
                std::thread::park_timeout(next.saturating_duration_since(Instant::now()));
            }
        }
        if let Some(last) = self.states.last_mut() {
            last.until = Some(Instant::now());
        }
        Ok(())
    }

    /// One beat: 25 in a second.
    fn step(&mut self, script: Script, step: u32) -> Result<()> {
        match script {
            Script::Idle => Ok(()),
            Script::Reading => {
                // Along a line in two seconds, then to the next; the page moves on after two lines.
                let (along, line) = (step % 50, step / 50);
                let (x, y) = (60 + along as i16 * 18, 200 + (line % 2) as i16 * 30);
                self.x.warp_pointer(0u32, self.root, 0, 0, 0, 0, x, y).map_err(broken)?;
                if step % 100 == 99 {
                    self.show_page((step / 100 + 1) as u16 * 60)?;
                    self.note()?;
                }
                self.x.flush().map_err(broken)
            }
            Script::Typing => {
                // A letter every other beat, and the caret behind it, which blinks.
                let letter = step / 2;
                let (column, line) = ((letter % 90) as i16 * 9, (letter / 90 % 20) as i16 * 24);
                if step.is_multiple_of(2) {
                    if letter.is_multiple_of(1_800) {
                        self.fill(0xff_ffff, 500, 300, 900, 500)?;
                    }
                    self.x
                        .copy_area(
                            self.page,
                            self.window,
                            self.gc,
                            40 + column,
                            150 + line,
                            500 + column,
                            300 + line,
                            9,
                            22,
                        )
                        .map_err(broken)?;
                    self.fill(0x20_2124, 510 + column, 300 + line, 2, 20)?;
                    self.note()?;
                } else if step % 25 > 12 {
                    self.fill(0xff_ffff, 510 + column, 300 + line, 2, 20)?;
                }
                self.x.flush().map_err(broken)
            }
            Script::Scrolling => {
                // A second and a half of scrolling, half a second of looking.
                if step % 50 < 38 {
                    let turns = step / 50 * 38 + step % 50;
                    let far = u32::from(PAGE - HEIGHT);
                    // Down to the end and up again.
                    let at = turns * 36 % (2 * far);
                    self.show_page(at.min(2 * far - at) as u16)?;
                    self.note()?;
                }
                Ok(())
            }
            Script::Dragging => {
                if step % 75 < 60 {
                    let angle = f64::from(step) * 0.05;
                    let (x, y) = (600.0 + 560.0 * angle.sin(), 270.0 + 240.0 * (angle * 0.7).cos());
                    let place = ConfigureWindowAux::new().x(x as i32).y(y as i32);
                    self.x.configure_window(self.dragged, &place).map_err(broken)?;
                    self.note()?;
                }
                Ok(())
            }
            Script::Video => {
                let at = step as usize % (2 * FILM - 2);
                let frame = self.film[at.min(2 * FILM - 2 - at)];
                self.x.copy_area(frame, self.window, self.gc, 0, 0, 0, 0, WIDTH, HEIGHT).map_err(broken)?;
                self.note()
            }
        }
    }

    fn show_page(&self, from: u16) -> Result<()> {
        let from = from.min(PAGE - HEIGHT) as i16;
        self.x.copy_area(self.page, self.window, self.gc, 0, from, 0, 0, WIDTH, HEIGHT).map_err(broken)?;
        Ok(())
    }

    fn fill(&self, colour: u32, x: i16, y: i16, width: u16, height: u16) -> Result<()> {
        self.x.change_gc(self.gc, &ChangeGCAux::new().foreground(colour)).map_err(broken)?;
        self.x
            .poly_fill_rectangle(self.window, self.gc, &[Rectangle { x, y, width, height }])
            .map_err(broken)?;
        Ok(())
    }

    /// Paints the next number, waits until the screen shows everything, and notes the time.
    fn note(&mut self) -> Result<()> {
        let number = self.number;
        self.number = (number + 1) & 0xfff;
        let coded = number << 4 | check(number);
        let squares = |white: bool| -> Vec<Rectangle> {
            (0..BITS)
                .filter(|bit| (coded >> bit & 1 == 1) == white)
                .map(|bit| Rectangle {
                    x: (WIDTH - BITS * SQUARE + bit * SQUARE) as i16,
                    y: (HEIGHT - SQUARE) as i16,
                    width: SQUARE,
                    height: SQUARE,
                })
                .collect()
        };
        for (colour, white) in [(0xff_ffff, true), (0, false)] {
            self.x.change_gc(self.gc, &ChangeGCAux::new().foreground(colour)).map_err(broken)?;
            self.x.poly_fill_rectangle(self.window, self.gc, &squares(white)).map_err(broken)?;
        }
        // Until the server works on this, the state before is to be seen.
        let before = Instant::now();
        self.x.sync().map_err(broken)?;
        if let Some(last) = self.states.last_mut() {
            last.until = Some(before);
        }
        self.states.push(State { number, from: Instant::now(), until: None });
        Ok(())
    }

    /// How many states a perfect recorder would have between the first and the last that the clip has, and how many of
    /// them it has not.
    pub fn compare(&self, clip: &Path) -> Result<(usize, usize)> {
        let seen = numbers(clip)?;
        let is_seen = |state: &State| seen.contains(&state.number);
        let Some(first) = self.states.iter().position(is_seen) else { return Ok((0, 0)) };
        let last = self.states.iter().rposition(is_seen).unwrap_or(first);
        let lasted = |state: &State| {
            state.until.map_or(Duration::ZERO, |until| until.saturating_duration_since(state.from))
        };
        let lasting: Vec<&State> =
            self.states[first..=last].iter().filter(|state| lasted(state) >= TICK).collect();
        Ok((lasting.len(), lasting.iter().filter(|state| !is_seen(state)).count()))
    }
}

fn check(number: u16) -> u16 {
    (number ^ number >> 4 ^ number >> 8 ^ 0b1010) & 0xf
}

/// Every number that is to be read in a clip, by whichever recorder.
fn numbers(clip: &Path) -> Result<BTreeSet<u16>> {
    let (width, x, y) = (BITS * SQUARE, WIDTH - BITS * SQUARE, HEIGHT - SQUARE);
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(clip)
        .args(["-vf", &format!("crop={width}:{SQUARE}:{x}:{y},format=gray"), "-vsync", "passthrough"])
        .args(["-f", "rawvideo", "-"])
        .stdin(Stdio::null())
        .output()?;
    let (row, side) = (usize::from(width), usize::from(SQUARE));
    let numbers = output.stdout.chunks_exact(row * side).filter_map(|strip| {
        let light = |bit: usize| {
            let inner = 4..side - 4;
            let sum: u32 = inner
                .clone()
                .flat_map(|y| inner.clone().map(move |x| u32::from(strip[y * row + bit * side + x])))
                .sum();
            sum / (inner.len() * inner.len()) as u32 > 128
        };
        let coded = (0..usize::from(BITS)).fold(0u16, |coded, bit| coded | u16::from(light(bit)) << bit);
        let number = coded >> 4;
        (check(number) == coded & 0xf).then_some(number)
    });
    Ok(numbers.collect())
}
