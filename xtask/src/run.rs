//! `run`: from a fresh checkout to a demo server and the app signed in to it, by one command.
//!
//! The data lies in the build folder, is kept between runs and belongs to nobody: the organisation *Numbra*.
//! Ctrl+C ends the app, then the server, then the virtual display.

use std::env;
use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::children::{self, Running};
use crate::demo_media::Made;
use crate::display::Display;
use crate::setup::{self, Group};
use crate::{demo_media, shell, ui, workspace};

/// The port people find the demo at, when it is free.
const PORT: u16 = 7373;
const SERVER_START: Duration = Duration::from_secs(30);

#[derive(Args)]
pub struct Options {
    /// Optimised build, as it is released.
    #[arg(long)]
    release: bool,
    /// Where the demo's data lies; by default inside the build folder.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Throw the demo's data away first.
    #[arg(long)]
    fresh: bool,
    /// Only the server, for people who use the browser.
    #[arg(long)]
    no_app: bool,
}

/// The task.
pub fn run(options: &Options) -> Result<()> {
    let interrupts = children::interrupts()?;
    let has_display = env::var_os("DISPLAY").is_some() || env::var_os("WAYLAND_DISPLAY").is_some();

    let mut groups = vec![Group::Build, Group::Play, Group::Read];
    if !has_display {
        groups.push(Group::Display);
    }
    setup::node()?;
    setup::system_packages(&groups)?;
    ui::build(shell::run)?;
    shell::run(&mut workspace::build_binaries(options.release)?)?;

    let data = options.data.clone().unwrap_or_else(|| workspace::target().join("demo"));
    if options.fresh && data.exists() {
        fs::remove_dir_all(&data).with_context(|| format!("removing {}", data.display()))?;
    }
    fs::create_dir_all(&data)?;

    let server_data = data.join("server");
    // Only an empty demo takes pictures and clips in.
    let media = if server_data.exists() {
        None
    } else {
        match demo_media(options.release, &interrupts) {
            Some(Made::Interrupted) => return Ok(()),
            made => made.map(|_| demo_media::folder()),
        }
    };

    let display = if has_display || options.no_app { None } else { Some(Display::start()?) };
    let address = free_address()?;
    let links = links(&server_data, options.release, address, media.as_deref())?;
    let mut server = start_server(&server_data, options.release, address)?;

    println!("{}", told(address, &links, &data)?);

    let app = if options.no_app {
        None
    } else {
        // Links work once, and the ones above are for the person at the keyboard.
        let link = link_of(&self::links(&server_data, options.release, address, None)?, "Ana")?;
        let app = start_app(&data.join("app"), options.release, &link, display.as_ref())?;
        match &display {
            Some(display) => println!(
                "  The app          signed in as Ana, on the virtual display {name}, because this machine has none.\n                   See it: DISPLAY={name} import -window root app.png",
                name = display.name()
            ),
            None => println!("  The app          signed in as Ana"),
        }
        Some(app)
    };
    println!();

    let outcome = watch(&mut server, app, &interrupts);
    println!("Ending.");
    drop(server);
    drop(display);
    outcome
}

/// What the person at the keyboard is told: where it is, and a link for each of two people.
fn told(address: SocketAddr, links: &str, data: &Path) -> Result<String> {
    let mut lines = vec![
        String::new(),
        "Deskside runs. Ctrl+C ends it.".to_owned(),
        format!("  In a browser     http://{address}/"),
    ];
    for (person, role) in [("Ana", "agent"), ("Sam", "supervisor")] {
        lines.push(format!("  {:<16} {}", format!("{person}, {role}"), link_of(links, person)?));
    }
    lines.push(format!("  Data             {}", data.display()));
    Ok(lines.join("\n"))
}

/// Waits for Ctrl+C or the end of the server. The app may be closed; the server then goes on.
fn watch(server: &mut Running, mut app: Option<Running>, interrupts: &Receiver<()>) -> Result<()> {
    loop {
        match interrupts.recv_timeout(Duration::from_millis(200)) {
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if let Some(status) = server.ended()? {
            bail!("the server ended by itself with {status}");
        }
        if let Some(running) = &mut app
            && let Some(status) = running.ended()?
        {
            println!("The app ended with {status}; the server goes on until Ctrl+C.");
            app = None;
        }
    }
}

fn start_server(data: &Path, release: bool, address: SocketAddr) -> Result<Running> {
    let mut server = Running::start(
        Command::new(workspace::binary("desksided", release))
            .arg("serve")
            .arg("--data")
            .arg(data)
            .arg("--listen")
            .arg(address.to_string()),
    )?;
    let ready = children::wait_until(SERVER_START, || {
        if let Some(status) = server.ended()? {
            bail!("the server ended with {status} before it was ready");
        }
        Ok(is_ready(address))
    })?;
    if !ready {
        bail!("the server was not ready after {} s", SERVER_START.as_secs());
    }
    Ok(server)
}

fn start_app(profile: &Path, release: bool, link: &str, display: Option<&Display>) -> Result<Running> {
    let mut app = Command::new(workspace::binary("deskside", release));
    app.arg("--profile").arg(profile).arg("--sign-in").arg(link);
    if let Some(display) = display {
        display.show(&mut app);
    }
    Running::start(&mut app)
}

/// The demo's pictures and clips, made by the recorder that was just built. The demo is whole without them.
fn demo_media(release: bool, interrupts: &Receiver<()>) -> Option<Made> {
    match demo_media::make(&demo_media::folder(), &workspace::binary("deskside", release), interrupts) {
        Ok(made) => Some(made),
        Err(error) => {
            println!("The demo goes without pictures and clips: {error:#}");
            None
        }
    }
}

/// What `desksided demo --links` printed: it fills an empty folder, and mints new links in any case.
fn links(data: &Path, release: bool, address: SocketAddr, media: Option<&Path>) -> Result<String> {
    let mut demo = Command::new(workspace::binary("desksided", release));
    demo.arg("demo")
        .arg("--data")
        .arg(data)
        .arg("--links")
        .arg("--public-url")
        .arg(format!("http://{address}"));
    if let Some(media) = media {
        demo.arg("--media").arg(media);
    }
    shell::output(&mut demo)
}

/// The link in the line that begins with the person's name.
fn link_of(links: &str, person: &str) -> Result<String> {
    links
        .lines()
        .filter(|line| line.split(|letter: char| !letter.is_alphanumeric()).next() == Some(person))
        .find_map(|line| line.split_whitespace().find(|word| word.contains("://")))
        .map(str::to_owned)
        .with_context(|| format!("`desksided demo --links` printed no link for {person}:\n{links}"))
}

fn is_ready(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_millis(500))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, PORT))
        .or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .context("finding a free port")?;
    listener.local_addr().context("finding a free port")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_person_gets_their_own_link() {
        let links = "Anastasia\thttp://127.0.0.1:1/s/1\nAna\thttp://127.0.0.1:1/s/2\nSam (supervisor): http://127.0.0.1:1/s/3\n";
        assert_eq!(link_of(links, "Ana").unwrap(), "http://127.0.0.1:1/s/2");
        assert_eq!(link_of(links, "Sam").unwrap(), "http://127.0.0.1:1/s/3");
        assert!(link_of(links, "Eli").is_err(), "nobody else's link is taken instead");
    }

    /// Signs in by the secret of a link, as its page does.
    fn signs_in(address: SocketAddr, link: &str) -> String {
        let secret = link.split_once("/sign-in#").expect("a sign-in link").1;
        let body = format!("{{\"secret\":\"{secret}\",\"token\":true}}");
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "POST /api/v1/session/link HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn the_demo_comes_up_and_both_of_its_links_sign_in() {
        let binary = workspace::binary("desksided", false);
        assert!(binary.exists(), "{} is not there: run `cargo build -p desksided` first", binary.display());
        let data = std::env::temp_dir().join(format!("deskside-run-{}", std::process::id()));
        let address = {
            let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            free.local_addr().unwrap()
        };
        let links = links(&data, false, address, None).unwrap();
        let server = start_server(&data, false, address).unwrap();
        let told = told(address, &links, &data).unwrap();
        assert!(told.contains(&format!("In a browser     http://{address}/")), "{told}");
        for person in ["Ana, agent", "Sam, supervisor"] {
            let line = told.lines().find(|line| line.trim_start().starts_with(person)).expect(person);
            let link = line.split_whitespace().last().unwrap();
            assert!(link.starts_with(&format!("http://{address}/sign-in#")), "{line}");
            let answer = signs_in(address, link);
            assert!(answer.starts_with("HTTP/1.1 200"), "{person}: {answer}");
        }
        drop(server);
        fs::remove_dir_all(&data).unwrap();
    }

    fn program(script: &str) -> Running {
        Running::start(Command::new("sh").args(["-c", script])).unwrap()
    }

    #[test]
    fn ctrl_c_ends_the_wait_and_leaves_the_server_to_be_ended_in_order() {
        let (sender, interrupts) = std::sync::mpsc::channel();
        let mut server = program("sleep 600");
        sender.send(()).unwrap();
        watch(&mut server, Some(program("exit 0")), &interrupts).unwrap();
        assert!(server.ended().unwrap().is_none(), "it still runs");
    }

    #[test]
    fn a_server_that_ends_by_itself_is_an_error() {
        let (_sender, interrupts) = std::sync::mpsc::channel();
        let error = watch(&mut program("exit 4"), None, &interrupts).unwrap_err();
        assert!(error.to_string().contains('4'), "{error}");
    }

    #[test]
    fn ready_means_the_server_says_so() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let answers = ["503 Service Unavailable", "200 OK"];
        let server = std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; 512];
                let _ = stream.read(&mut request).unwrap();
                write!(stream, "HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n").unwrap();
            }
        });
        assert!(!is_ready(address), "listening is not being ready");
        assert!(is_ready(address));
        server.join().unwrap();
    }
}
