//! What a process gives up before it reads what strangers made: memory without end, time without end, files, network,
//! other processes. Afterwards it can read and write what is open, take memory up to a limit, and end.
//!
//! The list of system calls says what is allowed, so that nobody has to think of what is not; everything else fails as
//! something one has no right to. On machines of another kind than those below, only the limits hold.

use rustix::process::{Resource, Rlimit, nice, setrlimit};

/// Pictures of 4K, as the decoder and the encoder keep them, several times over.
const MEMORY: u64 = 1536 << 20;

/// Enters; there is no way out.
pub fn enter(cpu_seconds: u64) -> anyhow::Result<()> {
    // Behind everything else that runs here, for the processor and by that for disks.
    nice(19)?;
    let limits = [
        (Resource::As, MEMORY),
        (Resource::Cpu, cpu_seconds),
        // Nothing more is opened, and what people showed each other is not left on a disk when it breaks.
        (Resource::Nofile, 3),
        (Resource::Core, 0),
    ];
    for (resource, most) in limits {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    filter::set()?;
    Ok(())
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod filter {
    //! The allowed system calls, as the small program that the kernel runs before each (seccomp(2)).

    use std::io;

    use libc::{
        BPF_ABS, BPF_JEQ, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W, EPERM, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP,
        SECCOMP_MODE_FILTER, SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO, SECCOMP_RET_KILL_PROCESS, c_long, c_ulong,
        prctl, sock_filter, sock_fprog,
    };

    /// `AUDIT_ARCH_*` of this machine: calls of another kind have other numbers.
    #[cfg(target_arch = "x86_64")]
    const MACHINE: u32 = 0xC000_003E;
    #[cfg(target_arch = "aarch64")]
    const MACHINE: u32 = 0xC000_00B7;

    /// Read, write, memory, time, end.
    const ALLOWED: &[c_long] = &[
        libc::SYS_read,
        libc::SYS_write,
        libc::SYS_close,
        libc::SYS_brk,
        libc::SYS_mmap,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_mprotect,
        libc::SYS_madvise,
        libc::SYS_futex,
        libc::SYS_getrandom,
        libc::SYS_clock_gettime,
        libc::SYS_sched_yield,
        libc::SYS_sched_getaffinity,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
        libc::SYS_restart_syscall,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ];

    /// Where `struct seccomp_data` holds the call's number, and the machine.
    const NUMBER: u32 = 0;
    const KIND: u32 = 4;

    const fn step(code: u32, k: u32, yes: u8, no: u8) -> sock_filter {
        sock_filter { code: code as u16, jt: yes, jf: no, k }
    }

    pub(super) fn set() -> io::Result<()> {
        let load = |at| step(BPF_LD | BPF_W | BPF_ABS, at, 0, 0);
        let answer = |what| step(BPF_RET | BPF_K, what, 0, 0);
        let mut program = vec![
            load(KIND),
            step(BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0),
            answer(SECCOMP_RET_KILL_PROCESS),
            load(NUMBER),
        ];
        for (at, call) in ALLOWED.iter().enumerate() {
            // To the last step, over those that follow and the refusal.
            let over = (ALLOWED.len() - at) as u8;
            program.push(step(BPF_JMP | BPF_JEQ | BPF_K, *call as u32, over, 0));
        }
        program.push(answer(SECCOMP_RET_ERRNO | EPERM as u32));
        program.push(answer(SECCOMP_RET_ALLOW));
        let program = sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
        let (zero, one): (c_ulong, c_ulong) = (0, 1);
        // SAFETY: both calls read their arguments only; `program` points to `len` steps that live until they return.
        let done = unsafe {
            prctl(PR_SET_NO_NEW_PRIVS, one, zero, zero, zero) == 0
                && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER as c_ulong, &raw const program, zero, zero) == 0
        };
        if done { Ok(()) } else { Err(io::Error::last_os_error()) }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs::File, io::ErrorKind, net::TcpListener, process::Command};

    use super::*;

    /// Set for the process that is put in.
    const INSIDE: &str = "DESKSIDE_TEST_CAGED";

    #[test]
    fn inside_nothing_can_be_opened_reached_or_started() {
        if std::env::var_os(INSIDE).is_some() {
            return inside();
        }
        let own = std::env::current_exe().expect("this program");
        let name = "convert::cage::tests::inside_nothing_can_be_opened_reached_or_started";
        let output =
            Command::new(own).args([name, "--exact", "--nocapture"]).env(INSIDE, "1").output().expect("runs");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("caged: files no, network no, programs no, memory no"), "{output:?}");
    }

    fn inside() {
        assert!(File::open("/etc/hostname").is_ok() && TcpListener::bind("127.0.0.1:0").is_ok(), "before");
        enter(60).expect("enters");
        let refused = |error: std::io::Error| error.kind() == ErrorKind::PermissionDenied;
        assert!(File::open("/etc/hostname").is_err_and(refused));
        assert!(TcpListener::bind("127.0.0.1:0").is_err_and(refused));
        assert!(Command::new("/bin/true").status().is_err());
        let mut memory = Vec::<u8>::new();
        assert!(memory.try_reserve_exact(MEMORY as usize).is_err());
        println!("caged: files no, network no, programs no, memory no");
    }
}
