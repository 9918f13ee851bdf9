//! What the processes of a run use, read from a `/proc`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{AtFlags, CWD, Dir, Mode, OFlags, fstat, openat, stat, statat};
use rustix::process::{Pid, Signal, kill_process};

use crate::order::Limits;

/// How often leftovers are looked for; beyond that they win, as they may without a sandbox.
const ROUNDS: u32 = 20;

/// What all processes of a run use at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sample {
    /// Bytes of private and shared memory, swapped or not; file system cache is not counted.
    pub(crate) memory: u64,
    /// Processes and threads.
    pub(crate) tasks: u64,
}

/// The processes of one run.
pub(crate) enum Processes {
    /// All in the sandbox's own `/proc`.
    Sandboxed(OwnedFd),
    /// All on the host whose environment holds this variable (`NAME=value`), the way Jenkins
    /// finds what a build left behind.
    Marked(String),
}

impl Processes {
    /// The processes of the sandbox whose first process is `first`; none while bubblewrap is
    /// still setting it up, when that process sees the host's `/proc`.
    pub(crate) fn of_sandbox(first: Pid) -> Option<Self> {
        let path = format!("/proc/{}/root/proc", first.as_raw_nonzero());
        let proc = openat(CWD, path, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).ok()?;
        let own = fstat(&proc).ok()?.st_dev != stat("/proc").ok()?.st_dev;
        own.then_some(Self::Sandboxed(proc))
    }

    /// Sums up all processes. Memory that several share is counted for each of them; if that
    /// is more than the limit, it is counted again by share, which is exact but slow. With
    /// more processes than the limit their memory does not matter any more.
    pub(crate) fn sample(&self, limits: &Limits) -> Sample {
        let mut sample = Sample::default();
        let mut exact = 0;
        let pids = self.pids();
        // A bomb's processes come and go too fast to be read one by one.
        if pids.len() as u64 > u64::from(limits.processes) + 1 {
            return Sample { memory: 0, tasks: pids.len() as u64 };
        }
        for pid in &pids {
            let Some(status) = self.read(*pid, "status") else { continue };
            let memory = ["RssAnon:", "RssShmem:", "VmSwap:"].map(|key| kibibytes(&status, key));
            sample.memory += memory.iter().sum::<u64>();
            sample.tasks += number(&status, "Threads:");
        }
        if sample.memory > limits.memory {
            for pid in &pids {
                let Some(rollup) = self.read(*pid, "smaps_rollup") else { continue };
                let shares = ["Pss_Anon:", "Pss_Shmem:", "SwapPss:"];
                exact += shares.map(|key| kibibytes(&rollup, key)).iter().sum::<u64>();
            }
            sample.memory = exact;
        }
        sample
    }

    /// Bytes of files on device `dev` that have no name any more but are held open: no count
    /// of a tree can see them. Dear, so for when the device fills up.
    pub(crate) fn nameless(&self, dev: u64) -> u64 {
        let Self::Sandboxed(proc) = self else { return 0 };
        let mut files = BTreeMap::new();
        for pid in self.pids() {
            let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
            let Ok(open) = openat(proc, format!("{pid}/fd"), flags, Mode::empty()) else { continue };
            let Ok(names) = Dir::read_from(&open) else { continue };
            for name in names.filter_map(Result::ok) {
                let Ok(stat) = statat(&open, name.file_name(), AtFlags::empty()) else { continue };
                if stat.st_nlink == 0 && stat.st_dev == dev {
                    files.insert(stat.st_ino, u64::try_from(stat.st_blocks).unwrap_or(0) * 512);
                }
            }
        }
        files.values().sum()
    }

    /// Kills what is left of an unsandboxed run; a sandbox dies with its first process.
    pub(crate) fn kill_marked(&self) {
        if matches!(self, Self::Sandboxed(_)) {
            return;
        }
        // They may start others between our look and our kill.
        for _ in 0..ROUNDS {
            let pids = self.pids();
            if pids.is_empty() {
                return;
            }
            for pid in pids.into_iter().filter_map(Pid::from_raw) {
                let _ = kill_process(pid, Signal::KILL);
            }
        }
    }

    fn pids(&self) -> Vec<i32> {
        let dir = match self {
            Self::Sandboxed(proc) => Dir::read_from(proc),
            Self::Marked(_) => open_dir("/proc").and_then(Dir::new),
        };
        let names = dir.into_iter().flatten().filter_map(Result::ok);
        let pids = names.filter_map(|name| name.file_name().to_str().ok()?.parse().ok());
        match self {
            Self::Sandboxed(_) => pids.collect(),
            Self::Marked(mark) => pids.filter(|pid| self.is_marked(*pid, mark)).collect(),
        }
    }

    fn is_marked(&self, pid: i32, mark: &str) -> bool {
        let Some(environ) = self.read(pid, "environ") else { return false };
        environ.split('\0').any(|variable| variable == mark)
    }

    /// A file of a process; none if the process is gone or not ours.
    fn read(&self, pid: i32, file: &str) -> Option<String> {
        let opened = match self {
            Self::Sandboxed(proc) => open_at(proc, &format!("{pid}/{file}")),
            Self::Marked(_) => open_at(CWD, &format!("/proc/{pid}/{file}")),
        };
        let mut content = Vec::new();
        File::from(opened.ok()?).take(1 << 20).read_to_end(&mut content).ok()?;
        Some(String::from_utf8_lossy(&content).into_owned())
    }
}

fn open_dir(path: &str) -> rustix::io::Result<OwnedFd> {
    openat(CWD, path, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
}

fn open_at(dir: impl AsFd, path: &str) -> rustix::io::Result<OwnedFd> {
    openat(dir, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
}

/// The number after a key of a `/proc` file; 0 if absent.
fn number(file: &str, key: &str) -> u64 {
    let line = file.lines().find_map(|line| line.strip_prefix(key));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn kibibytes(file: &str, key: &str) -> u64 {
    number(file, key).saturating_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_proc_files() {
        let status = "Name:\tx\nRssAnon:\t     100 kB\nThreads:\t3\n";
        assert_eq!(kibibytes(status, "RssAnon:"), 102_400);
        assert_eq!(number(status, "Threads:"), 3);
        assert_eq!(number(status, "VmSwap:"), 0);
    }

    #[test]
    fn finds_marked_processes() {
        let mut child = std::process::Command::new("sleep").arg("100").env("MARK", "a7").spawn().unwrap();
        let processes = Processes::Marked("MARK=a7".into());
        while processes.sample(&Limits::default()).tasks == 0 {} // until it is executed
        processes.kill_marked();
        assert!(!child.wait().unwrap().success());
    }
}
