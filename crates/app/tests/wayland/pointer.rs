//! A pointer on a desktop without a mouse: a Wayland client of a few messages, written by hand.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// Objects, numbered as they are made.
const DISPLAY: u32 = 1;
const REGISTRY: u32 = 2;
const MANAGER: u32 = 3;
const POINTER: u32 = 4;

/// A virtual pointer; the desktop has one as long as this lives.
pub struct Pointer {
    connection: UnixStream,
    screen: (u32, u32),
    time: u32,
}

impl Pointer {
    /// Plugs one in. `screen` is the size of all there is to point at.
    pub fn at(socket: &Path, screen: (u32, u32)) -> Pointer {
        let mut connection = UnixStream::connect(socket).unwrap();
        connection.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        connection.write_all(&message(DISPLAY, 1, &[&number(REGISTRY)])).unwrap();
        let wanted = "zwlr_virtual_pointer_manager_v1";
        let name = loop {
            let (object, opcode, body) = event(&mut connection);
            let length = || u32::from_ne_bytes(body[4..8].try_into().unwrap()) as usize - 1;
            if (object, opcode) == (REGISTRY, 0) && &body[8..8 + length()] == wanted.as_bytes() {
                break u32::from_ne_bytes(body[..4].try_into().unwrap());
            }
        };
        let bind = message(REGISTRY, 0, &[&number(name), &text(wanted), &number(1), &number(MANAGER)]);
        connection.write_all(&bind).unwrap();
        // No seat: the compositor's first.
        connection.write_all(&message(MANAGER, 0, &[&number(0), &number(POINTER)])).unwrap();
        Pointer { connection, screen, time: 0 }
    }

    /// Points there.
    pub fn move_to(&mut self, x: u32, y: u32) {
        self.time += 1;
        let place = [self.time, x, y, self.screen.0, self.screen.1].map(number);
        let place: Vec<&[u8]> = place.iter().map(|number| &number[..]).collect();
        self.connection.write_all(&message(POINTER, 1, &place)).unwrap();
        self.connection.write_all(&message(POINTER, 4, &[])).unwrap();
    }
}

fn number(number: u32) -> [u8; 4] {
    number.to_ne_bytes()
}

/// A text with its length before it and noughts after it, up to a whole number.
fn text(text: &str) -> Vec<u8> {
    let mut bytes = number(text.len() as u32 + 1).to_vec();
    bytes.extend(text.as_bytes());
    bytes.resize((bytes.len() + 1).next_multiple_of(4), 0);
    bytes
}

fn message(object: u32, opcode: u32, arguments: &[&[u8]]) -> Vec<u8> {
    let body = arguments.concat();
    let size = 8 + body.len() as u32;
    [&number(object)[..], &number(size << 16 | opcode), &body].concat()
}

fn event(connection: &mut UnixStream) -> (u32, u32, Vec<u8>) {
    let mut head = [0; 8];
    connection.read_exact(&mut head).unwrap();
    let word = |at: usize| u32::from_ne_bytes(head[at..at + 4].try_into().unwrap());
    let mut body = vec![0; (word(4) >> 16) as usize - 8];
    connection.read_exact(&mut body).unwrap();
    (word(0), word(4) & 0xffff, body)
}
