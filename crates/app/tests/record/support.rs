//! Recording a desk of one's own, and something on it to see.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use deskside_app::record::{ClipFile, Event, Plan, Recorder};
use deskside_capture::x11::X11Desktop;
use deskside_capture::{Desktop, Target};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::ConnectionExt as _;

use crate::desk::Desk;
pub use crate::seen::*;

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

/// What a plan looks at.
pub fn view(plan: &Plan) -> deskside_capture::View {
    deskside_capture::View {
        target: plan.target,
        cursor: plan.cursor,
        deny: plan.deny.clone(),
        masks: plan.masks.clone(),
        rings: plan.rings,
        canvas: plan.canvas,
        hairline: plan.hairline,
    }
}

/// Records a desk of the test's own into a file.
pub fn record(desk: &Desk, path: &Path, plan: &Plan, log: &Log) -> Recorder {
    let file = ClipFile::create(path).unwrap();
    let (display, view) = (desk.display.clone(), view(plan));
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
