//! Shared memory of System V, as far as scrap's must be locked up.
//!
//! scrap tells no one its segment, so it is found in the kernel's list by the process that made it. The list is the
//! kernel's own and can't be forged by others.

use std::fs;
use std::io;
use std::mem::MaybeUninit;
use std::ptr;

/// The kernel's list.
const LIST: &str = "/proc/sysvipc/shm";

/// One segment that this process made.
#[derive(Clone, Copy, Debug)]
pub struct Segment {
    id: i32,
    len: usize,
}

impl PartialEq for Segment {
    fn eq(&self, other: &Segment) -> bool {
        self.id == other.id
    }
}

impl Segment {
    /// All segments that this process made and that still are.
    pub fn all_of_this_process() -> io::Result<Vec<Segment>> {
        let own = u64::from(std::process::id());
        let list = fs::read_to_string(LIST)?;
        // key shmid perms size cpid lpid nattch ...
        let segments = list.lines().skip(1).filter_map(|line| {
            let mut words = line.split_ascii_whitespace();
            let id = words.nth(1)?.parse().ok()?;
            let len = words.nth(1)?.parse().ok()?;
            let maker: u64 = words.next()?.parse().ok()?;
            (maker == own).then_some(Segment { id, len })
        });
        Ok(segments.collect())
    }

    /// Its size in bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Lets only this user attach it from now on.
    pub fn keep_others_out(&self) -> io::Result<()> {
        let mut state = self.state()?;
        state.shm_perm.mode = 0o600;
        // SAFETY: `state` is a whole description of the segment, as the kernel gave it but for the mode.
        done(unsafe { libc::shmctl(self.id, libc::IPC_SET, &mut state) })
    }

    /// Removes it as soon as nobody is attached, also when everybody crashed.
    pub fn remove_when_unused(&self) -> io::Result<()> {
        // SAFETY: this command reads no description.
        done(unsafe { libc::shmctl(self.id, libc::IPC_RMID, ptr::null_mut()) })
    }

    /// How often it is attached, over all processes.
    pub fn attached(&self) -> io::Result<u64> {
        Ok(self.state()?.shm_nattch)
    }

    fn state(&self) -> io::Result<libc::shmid_ds> {
        let mut state = MaybeUninit::<libc::shmid_ds>::zeroed();
        // SAFETY: the kernel fills the description or fails; all zeros are a valid one.
        unsafe {
            done(libc::shmctl(self.id, libc::IPC_STAT, state.as_mut_ptr()))?;
            Ok(state.assume_init())
        }
    }
}

fn done(result: libc::c_int) -> io::Result<()> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
