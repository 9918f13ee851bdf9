//! Starts a process that inherits nothing by accident.
#![allow(unsafe_code, reason = "closing what a library left open must happen between fork and exec")]

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::{
    Pid, PidfdFlags, Resource, Rlimit, Signal, WaitId, WaitIdOptions, pidfd_open, pidfd_send_signal,
    setrlimit, waitid,
};

use crate::order::Limits;

/// Reserved address space per byte of the memory limit; see [`Limits::memory`].
const ADDRESS_SPACE: u64 = 8;

/// A process tree under way. Dropping it kills it.
pub(crate) struct Running {
    /// What we started: bubblewrap, or the unsandboxed command.
    pub(crate) child: Child,
    /// The process whose death is the end of the run: the sandbox's first process (with it dies
    /// all that is in its process namespace), or the unsandboxed command.
    leader: OwnedFd,
}

impl Running {
    /// Takes charge of a started process and of the leader of its run.
    pub(crate) fn new(child: Child, leader: Pid) -> io::Result<Self> {
        match pidfd_open(leader, PidfdFlags::empty()) {
            Ok(leader) => Ok(Self { child, leader }),
            Err(error) => {
                abandon(child);
                Err(error.into())
            }
        }
    }

    /// Becomes readable when the leader is dead.
    pub(crate) fn leader(&self) -> BorrowedFd<'_> {
        self.leader.as_fd()
    }

    /// Kills the leader. Bubblewrap is left to notice, since it must reap the leader.
    pub(crate) fn kill(&self) {
        let _ = pidfd_send_signal(&self.leader, Signal::KILL);
    }

    /// After the leader's death: collects bubblewrap, and the leader too if it became ours,
    /// as orphans do when we are the first process of a container.
    pub(crate) fn collect(&mut self) -> io::Result<std::process::ExitStatus> {
        let status = self.child.wait()?;
        let _ = waitid(WaitId::PidFd(self.leader()), WaitIdOptions::EXITED | WaitIdOptions::NOHANG);
        Ok(status)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Kills and collects a process nobody will watch.
pub(crate) fn abandon(mut child: Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// The pipes [`spawn`] made: stdout and stderr.
pub(crate) fn take_pipes(child: &mut Child) -> io::Result<[OwnedFd; 2]> {
    match (child.stdout.take(), child.stderr.take()) {
        (Some(stdout), Some(stderr)) => Ok([stdout.into(), stderr.into()]),
        _ => Err(io::Error::other("they were taken before")),
    }
}

/// Starts a command with no input, piped outputs, its own limits, and no open file of ours
/// but `inherited`.
pub(crate) fn spawn(command: &mut Command, inherited: Vec<RawFd>, limits: &Limits) -> io::Result<Child> {
    let address_space = limits.memory.saturating_mul(ADDRESS_SPACE);
    let walls = [(Resource::As, address_space), (Resource::Fsize, limits.disk), (Resource::Core, 0)];
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // SAFETY: the closure runs in the child between fork and exec, where only
    // async-signal-safe calls are allowed: it makes plain system calls on values it owns,
    // and neither allocates nor locks. The descriptors it borrows are open in the parent
    // until `spawn` returns, so they are open in the child.
    unsafe {
        command.pre_exec(move || {
            close_on_exec_from_three()?;
            for fd in &inherited {
                fcntl_setfd(BorrowedFd::borrow_raw(*fd), FdFlags::empty())?;
            }
            for (resource, most) in walls {
                lower(resource, most)?;
            }
            Ok(())
        });
    }
    command.spawn()
}

/// Marks every descriptor but the standard three to be closed on exec (Linux 5.11).
fn close_on_exec_from_three() -> io::Result<()> {
    // SAFETY: the call takes three numbers and touches no memory.
    let answer = unsafe { libc::syscall(libc::SYS_close_range, 3u32, u32::MAX, libc::CLOSE_RANGE_CLOEXEC) };
    if answer == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Lowers a limit of the calling process, never above what it has.
fn lower(resource: Resource, most: u64) -> io::Result<()> {
    let most = rustix::process::getrlimit(resource).maximum.map_or(most, |now| now.min(most));
    setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    Ok(())
}
