//! A desk of one's own: a virtual X server that ends with the test, and a client that paints on it.
//!
//! Also included by the tests of `app` (by path), which record such a desk. Nothing here is shared between tests:
//! every test has its own server on a display number that the server itself picks.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{self, ConnectionExt as _, WindowClass};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// A running Xvfb.
pub struct Desk {
    server: Child,
    /// `:7`, for `DISPLAY` and for connecting.
    pub display: String,
}

impl Desk {
    /// Starts a server with one screen of that size.
    pub fn start(width: u16, height: u16) -> Desk {
        Desk::start_with(width, height, &[])
    }

    /// The same, with more of the server's options.
    pub fn start_with(width: u16, height: u16, options: &[&str]) -> Desk {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0"])
            .arg(format!("{width}x{height}x24"))
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is installed (package xvfb)");
        let mut line = String::new();
        let stdout = server.stdout.take().expect("stdout was piped");
        BufReader::new(stdout).read_line(&mut line).expect("Xvfb prints its display number");
        assert!(!line.trim().is_empty(), "Xvfb ended before it told its display number");
        Desk { server, display: format!(":{}", line.trim()) }
    }

    /// A client of this desk.
    pub fn painter(&self) -> Painter {
        let (connection, screen) =
            RustConnection::connect(Some(&self.display)).expect("the desk accepts clients");
        let screen = connection.setup().roots[screen].clone();
        Painter { connection, screen }
    }

    /// Runs xrandr on this desk, which changes its size: `set_size(1280, 720)`.
    pub fn set_size(&self, width: u16, height: u16) {
        let mode = format!("m{width}x{height}");
        let run = |arguments: &[&str]| {
            let status = Command::new("xrandr")
                .env("DISPLAY", &self.display)
                .args(arguments)
                .stderr(Stdio::null())
                .status()
                .expect("xrandr is installed (package x11-xserver-utils)");
            status.success()
        };
        let (w, h) = (u32::from(width), u32::from(height));
        let timing: Vec<String> =
            [w, w + 64, w + 192, w + 384, h, h + 3, h + 8, h + 28].iter().map(u32::to_string).collect();
        let mut arguments = vec!["--newmode", &mode, "74.50"];
        arguments.extend(timing.iter().map(String::as_str));
        // The mode may exist from an earlier call.
        run(&arguments);
        run(&["--addmode", "screen", &mode]);
        assert!(run(&["--output", "screen", "--mode", &mode]), "xrandr refused {mode}");
    }

    /// Ends the server as a crash would.
    pub fn kill(&mut self) {
        self.server.kill().expect("the server was running");
        self.server.wait().expect("a killed server ends");
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// An X client that opens windows and paints them.
pub struct Painter {
    /// Its connection.
    pub connection: RustConnection,
    /// The screen it paints on.
    pub screen: xproto::Screen,
}

impl Painter {
    /// Opens a window without a window manager's say, and waits until it is shown.
    pub fn window(&self, x: i16, y: i16, width: u16, height: u16, colour: u32, title: &str) -> u32 {
        let window = self.connection.generate_id().expect("ids are plenty");
        let values = xproto::CreateWindowAux::new().background_pixel(colour).override_redirect(1);
        self.connection
            .create_window(
                self.screen.root_depth,
                window,
                self.screen.root,
                x,
                y,
                width,
                height,
                0,
                WindowClass::INPUT_OUTPUT,
                self.screen.root_visual,
                &values,
            )
            .expect("the server is there");
        self.title(window, title);
        self.connection.map_window(window).expect("the server is there");
        self.wait();
        window
    }

    /// Names a window; class and title are the same.
    pub fn title(&self, window: u32, title: &str) {
        let class = format!("{title}\0{title}\0");
        for (property, value) in
            [(xproto::AtomEnum::WM_NAME, title), (xproto::AtomEnum::WM_CLASS, class.as_str())]
        {
            self.connection
                .change_property8(
                    xproto::PropMode::REPLACE,
                    window,
                    property,
                    xproto::AtomEnum::STRING,
                    value.as_bytes(),
                )
                .expect("the server is there");
        }
        self.wait();
    }

    /// Fills a rectangle of a window, and waits until the pixels are there.
    pub fn fill(&self, window: u32, x: i16, y: i16, width: u16, height: u16, colour: u32) {
        let gc = self.connection.generate_id().expect("ids are plenty");
        let values = xproto::CreateGCAux::new().foreground(colour);
        self.connection.create_gc(gc, window, &values).expect("the server is there");
        let rectangle = xproto::Rectangle { x, y, width, height };
        self.connection.poly_fill_rectangle(window, gc, &[rectangle]).expect("the server is there");
        self.connection.free_gc(gc).expect("the server is there");
        self.wait();
    }

    /// Moves a window, and waits until it is there.
    pub fn move_to(&self, window: u32, x: i32, y: i32) {
        let place = xproto::ConfigureWindowAux::new().x(x).y(y);
        self.connection.configure_window(window, &place).expect("the server is there");
        self.wait();
    }

    /// Closes a window.
    pub fn close(&self, window: u32) {
        self.connection.destroy_window(window).expect("the server is there");
        self.wait();
    }

    /// Moves the pointer.
    pub fn point(&self, x: i16, y: i16) {
        self.connection.warp_pointer(0u32, self.screen.root, 0, 0, 0, 0, x, y).expect("the server is there");
        self.wait();
    }

    /// Returns when the server has done everything asked so far.
    pub fn wait(&self) {
        self.connection.sync().expect("the server is there");
    }
}

/// Looks again and again until `what` is so; fails with `why` when it is not within half a minute.
pub fn until(why: &str, mut what: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !what() {
        assert!(Instant::now() < deadline, "waited half a minute in vain: {why}");
        std::thread::yield_now();
    }
}
