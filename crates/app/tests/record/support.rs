//! Reading clips back: every frame decoded, and what independent programs say of the file.

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use deskside_app::record::{ClipFile, Event, Plan, Recorder};
use deskside_capture::x11::X11Desktop;
use deskside_capture::{Desktop, Target};
use deskside_codec::convert::Paint;
use deskside_codec::{VideoDecoder, Vp9Decoder};
use deskside_frame::{I420, Rect, Time, Track};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::ConnectionExt as _;

use crate::desk::Desk;

/// A decoded picture and when it is shown.
pub struct Seen {
    pub time: Time,
    pub keyframe: bool,
    pub picture: I420,
}

/// Decodes every picture of a clip.
pub fn pictures(path: &Path) -> Vec<Seen> {
    let reader = deskside_clip::Reader::open(std::fs::File::open(path).unwrap()).unwrap();
    let mut decoder = Vp9Decoder::new().unwrap();
    let frames = reader.map(|frame| frame.unwrap()).filter(|frame| frame.track == Track::Video);
    frames
        .map(|frame| {
            let picture = decoder.decode(&frame.bytes).unwrap().expect("every frame shows a picture");
            Seen { time: frame.time, keyframe: frame.keyframe, picture }
        })
        .collect()
}

/// The colour around a place, as the encoder left it.
pub fn at(picture: &I420, x: u32, y: u32) -> Paint {
    let colour = y as usize / 2 * picture.colour_stride() + x as usize / 2;
    Paint {
        y: picture.y()[(y * picture.width() + x) as usize],
        u: picture.u()[colour],
        v: picture.v()[colour],
    }
}

/// Whether a colour is so near to another that nobody sees the difference; encoding is lossy.
pub fn near(one: Paint, other: Paint) -> bool {
    one.y.abs_diff(other.y) < 14 && one.u.abs_diff(other.u) < 14 && one.v.abs_diff(other.v) < 14
}

pub fn paint(colour: u32) -> Paint {
    let [blue, green, red, _] = colour.to_le_bytes();
    Paint::of(blue, green, red)
}

/// How many pixels of a picture have about that colour.
pub fn count(picture: &I420, colour: u32) -> usize {
    let wanted = paint(colour);
    let area = Rect::whole(picture.width(), picture.height());
    (0..area.height)
        .flat_map(|y| (0..area.width).map(move |x| (x, y)))
        .filter(|(x, y)| near(at(picture, *x, *y), wanted))
        .count()
}

/// Events of a running recording.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<String>>>, Arc<Mutex<u64>>);

impl Log {
    pub fn listener(&self) -> impl Fn(&Event) + Send + Sync + 'static {
        let log = self.clone();
        move |event| {
            if let Event::Kept { bytes, .. } = event {
                *log.1.lock().unwrap() = *bytes;
            }
            log.0.lock().unwrap().push(format!("{event:?}"));
        }
    }

    pub fn has(&self, text: &str) -> bool {
        self.0.lock().unwrap().iter().any(|line| line.contains(text))
    }

    pub fn kept(&self) -> u64 {
        *self.1.lock().unwrap()
    }
}

/// Records a desk of the test's own into a file.
pub fn record(desk: &Desk, path: &Path, plan: &Plan, log: &Log) -> Recorder {
    let file = ClipFile::create(path).unwrap();
    let (display, view) = (
        desk.display.clone(),
        deskside_capture::View {
            target: plan.target,
            cursor: plan.cursor,
            deny: plan.deny.clone(),
            masks: plan.masks.clone(),
            rings: plan.rings,
            canvas: plan.canvas,
            hairline: plan.hairline,
        },
    );
    let open = move || X11Desktop::connect(Some(&display))?.open(&view);
    Recorder::start_with(plan, open, file, log.listener()).unwrap()
}

pub fn plan() -> Plan {
    Plan::of(Target::Display(1))
}

/// Waits for a moment of the recording.
pub fn reach(recorder: &Recorder, moment: Duration) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while recorder.elapsed() < moment {
        assert!(Instant::now() < deadline, "the recording does not move");
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

/// What ffprobe says, as JSON.
pub fn probe(path: &Path) -> serde_json::Value {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-of", "json", "-show_format", "-show_streams"])
        .arg(path)
        .output()
        .expect("ffprobe is installed (package ffmpeg)");
    assert!(output.stderr.is_empty(), "ffprobe complains: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Seconds that ffprobe finds in the header.
pub fn probed_seconds(path: &Path) -> f64 {
    probe(path)["format"]["duration"].as_str().expect("there is a duration").parse().unwrap()
}

/// A window whose colour tells the time: the n-th colour from the n-th call of `next` on.
pub struct Painted {
    painter: crate::desk::Painter,
    window: u32,
}

impl Painted {
    pub fn new(desk: &Desk, width: u16, height: u16) -> Painted {
        let painter = desk.painter();
        let window = painter.window(0, 0, width, height, 0, "painted");
        Painted { painter, window }
    }

    pub fn show(&self, colour: u32) {
        let geometry = self.painter.connection.get_geometry(self.window).unwrap().reply().unwrap();
        self.painter.fill(self.window, 0, 0, geometry.width, geometry.height, colour);
        self.painter.connection.flush().unwrap();
    }
}
