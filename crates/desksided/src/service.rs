//! What the system that runs the server is told and asked: "ready" and "stopping" to whoever started it (systemd's
//! notification socket), and as many open files as it allows.

use std::{
    env,
    os::{
        linux::net::SocketAddrExt,
        unix::{
            ffi::OsStrExt,
            net::{SocketAddr, UnixDatagram},
        },
    },
};

use rustix::process::{Resource, getrlimit, setrlimit};

/// Links can be asked for and connections are taken.
pub fn ready() {
    say("READY=1");
}

/// Going down in order.
pub fn stopping() {
    say("STOPPING=1");
}

/// Every connection is an open file, and what a login shell is given is too few of them.
pub fn lift_file_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "no more open files than before");
    }
}

fn say(what: &str) {
    let Some(socket) = env::var_os("NOTIFY_SOCKET") else { return };
    let said = || {
        // A name that begins with @ is in no folder.
        let address = match socket.as_bytes().strip_prefix(b"@") {
            Some(name) => SocketAddr::from_abstract_name(name)?,
            None => SocketAddr::from_pathname(&socket)?,
        };
        UnixDatagram::unbound()?.send_to_addr(what.as_bytes(), &address)
    };
    if let Err(error) = said() {
        tracing::warn!(%error, what, "the service manager could not be told");
    }
}
