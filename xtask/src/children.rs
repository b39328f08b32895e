//! Programs that run beside us and must not outlive us.
//!
//! Each child gets a process group of its own, so Ctrl+C reaches only this program, which then ends the children
//! in the order it wants: app, server, display. If this program is killed the kernel ends them.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::shell;

/// How long a child may take to end by itself before it is killed.
const PATIENCE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(20);

/// A running program that ends, with all it started, when this value is dropped.
pub struct Running {
    name: String,
    child: Child,
}

impl Running {
    /// Starts the command in its own process group.
    pub fn start(command: &mut Command) -> Result<Running> {
        command.process_group(0);
        // SAFETY: prctl is one system call, safe between fork and exec; it touches no memory of ours.
        #[cfg(target_os = "linux")]
        unsafe {
            command.pre_exec(|| {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM);
                Ok(())
            });
        }
        let name = shell::spelled(command);
        let child = command.spawn().with_context(|| format!("starting `{name}`"))?;
        Ok(Running { name, child })
    }

    /// The command line, for messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The exit status, if the program has ended.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().with_context(|| format!("asking whether `{}` still runs", self.name))
    }

    /// The program's own handle, to read from its pipes.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    fn signal_group(&self, signal: i32) {
        let Ok(group) = i32::try_from(self.child.id()) else { return };
        // SAFETY: a plain system call; a group that is gone answers ESRCH, which is fine.
        unsafe {
            libc::kill(-group, signal);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.signal_group(libc::SIGTERM);
        let deadline = Instant::now() + PATIENCE;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            std::thread::sleep(POLL);
        }
        // Also when the leader ended in time: what it started may not have.
        self.signal_group(libc::SIGKILL);
        let _ = self.child.wait();
    }
}

/// Turns Ctrl+C, SIGTERM and SIGHUP into a message, so that values holding children are dropped in order.
pub fn interrupts() -> Result<Receiver<()>> {
    let (sender, receiver) = mpsc::channel();
    ctrlc::set_handler(move || {
        let _ = sender.send(());
    })
    .context("listening for Ctrl+C")?;
    Ok(receiver)
}

/// Waits until `condition` holds or the time is over; says which.
pub fn wait_until(limit: Duration, mut condition: impl FnMut() -> Result<bool>) -> Result<bool> {
    let deadline = Instant::now() + limit;
    loop {
        if condition()? {
            return Ok(true);
        }
        if Instant::now() >= deadline {
            return Ok(false);
        }
        std::thread::sleep(POLL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropping_ends_the_program_and_what_it_started() {
        let mut shell = Command::new("sh");
        shell.args(["-c", "sleep 600 & echo $!; wait"]).stdout(std::process::Stdio::piped());
        let mut running = Running::start(&mut shell).unwrap();
        let mut line = String::new();
        let pipe = running.child().stdout.take().unwrap();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(pipe), &mut line).unwrap();
        let grandchild = format!("/proc/{}/cmdline", line.trim());
        assert!(std::path::Path::new(&grandchild).exists(), "the grandchild runs before the drop");

        drop(running);
        let gone = wait_until(Duration::from_secs(5), || {
            // An orphan nobody reaps stays as a zombie with an empty command line; it runs no more.
            Ok(std::fs::read(&grandchild).map_or(true, |text| text.is_empty()))
        });
        assert!(gone.unwrap(), "the grandchild ended with its parent");
    }
}
