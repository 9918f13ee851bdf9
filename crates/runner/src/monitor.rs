//! Looks at what a run uses, every few milliseconds at first, more rarely when looking is dear.

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::fs::{CWD, Mode, OFlags, fstat, fstatvfs, openat};
use rustix::process::Pid;

use crate::arguments::SCRATCH;
use crate::census::{Census, Progress, Usage};
use crate::order::{LimitHit, Limits};
use crate::processes::{Processes, Sample};

/// First look, then doubling up to [`RAREST`].
const FIRST: Duration = Duration::from_millis(5);
/// Longest time between two looks; a program can fill about 100 MB of memory in it.
const RAREST: Duration = Duration::from_millis(40);
/// Counting files may take this long at a time.
const SLICE: Duration = Duration::from_millis(8);
/// Looking may take one part in this many of the time.
const SHARE: u32 = 10;
/// Longest count after the end of a run.
const LAST_COUNT: Duration = Duration::from_secs(10);

/// The monitor of one run.
pub(crate) struct Monitor {
    limits: Limits,
    tree: OwnedFd,
    /// Free bytes of the tree's device at the start.
    free: u64,
    /// The sandbox's first process, until its `/proc` and scratch directories are open.
    first: Option<Pid>,
    processes: Option<Processes>,
    scratch: Vec<OwnedFd>,
    census: Option<Census>,
    counted: Usage,
    census_started: Instant,
    next_census: Instant,
    pause: Duration,
    next: Instant,
    peak: Option<u64>,
}

impl Monitor {
    /// Watches a sandbox, given its first process.
    pub(crate) fn sandboxed(limits: &Limits, tree: OwnedFd, first: Pid) -> Self {
        Self::new(limits, tree, Some(first), None)
    }

    /// Watches an unsandboxed run, given what marks its environment.
    pub(crate) fn marked(limits: &Limits, tree: OwnedFd, mark: String) -> Self {
        Self::new(limits, tree, None, Some(Processes::Marked(mark)))
    }

    fn new(limits: &Limits, tree: OwnedFd, first: Option<Pid>, processes: Option<Processes>) -> Self {
        let now = Instant::now();
        Self {
            limits: limits.clone(),
            free: free(&tree),
            tree,
            first,
            processes,
            scratch: Vec::new(),
            census: None,
            counted: Usage::default(),
            census_started: now,
            next_census: now + RAREST,
            pause: FIRST,
            next: now + FIRST,
            peak: None,
        }
    }

    /// Time until the next look is due.
    pub(crate) fn until_next(&self) -> Duration {
        self.next.saturating_duration_since(Instant::now())
    }

    /// Most memory seen, if a look was taken.
    pub(crate) fn peak_memory(&self) -> Option<u64> {
        self.peak
    }

    /// Looks if it is time to; which limit was passed.
    pub(crate) fn tick(&mut self) -> Option<LimitHit> {
        let started = Instant::now();
        if started < self.next {
            return None;
        }
        let hit = self.look_at_processes().or_else(|| self.look_at_disk());
        self.pause = (self.pause * 2).min(RAREST).max(started.elapsed() * SHARE);
        self.next = Instant::now() + self.pause;
        hit
    }

    /// Kills what an unsandboxed run left behind.
    pub(crate) fn kill_rest(&self) {
        if let Some(processes) = &self.processes {
            processes.kill_marked();
        }
    }

    /// The last look, when all processes are dead: what a run of some length left on disk.
    pub(crate) fn last(&mut self) -> Option<LimitHit> {
        if Instant::now() < self.next_census && self.census.is_none() {
            return None;
        }
        self.census = Census::of(&self.tree).ok();
        self.count(LAST_COUNT, Usage::default())
    }

    fn look_at_processes(&mut self) -> Option<LimitHit> {
        if let Some(first) = self.first {
            self.processes = Some(Processes::of_sandbox(first)?);
            self.scratch = SCRATCH.iter().filter_map(|path| scratch(first, path)).collect();
            self.first = None;
        }
        let processes = self.processes.as_ref()?;
        let Sample { memory, tasks } = processes.sample(&self.limits);
        self.peak = self.peak.max(Some(memory));
        // The sandbox's first process is bubblewrap's own.
        let own = u64::from(matches!(processes, Processes::Sandboxed(_)));
        if memory > self.limits.memory {
            Some(LimitHit::Memory)
        } else if tasks.saturating_sub(own) > u64::from(self.limits.processes) {
            Some(LimitHit::Processes)
        } else {
            None
        }
    }

    /// Memory file systems tell what they hold; the tree must be counted.
    fn look_at_disk(&mut self) -> Option<LimitHit> {
        let mut held = Usage::default();
        for directory in &self.scratch {
            let Ok(stat) = fstatvfs(directory) else { continue };
            held.bytes += stat.f_blocks.saturating_sub(stat.f_bfree) * stat.f_frsize;
            held.files += stat.f_files.saturating_sub(stat.f_ffree);
        }
        if let (Some(processes), Ok(tree)) = (&self.processes, fstat(&self.tree))
            && self.free.saturating_sub(free(&self.tree)) >= self.limits.disk
        {
            held.bytes += processes.nameless(tree.st_dev);
        }
        if self.census.is_none() && Instant::now() >= self.next_census {
            self.census_started = Instant::now();
            self.census = Census::of(&self.tree).ok();
        }
        self.count(SLICE, held)
    }

    /// Counts on, if a count is under way, and compares all that is held with the limits.
    fn count(&mut self, slice: Duration, held: Usage) -> Option<LimitHit> {
        match self.census.as_mut().map(|census| census.advance(slice)) {
            Some(Progress::Unmeasurable) => return Some(LimitHit::Files),
            Some(Progress::More(so_far)) => {
                self.counted.bytes = self.counted.bytes.max(so_far.bytes);
                self.counted.files = self.counted.files.max(so_far.files);
            }
            Some(Progress::Complete(all)) => {
                self.counted = all;
                self.census = None;
                let spent = self.census_started.elapsed();
                self.next_census = Instant::now() + spent.max(RAREST);
            }
            None => {}
        }
        if self.counted.bytes.saturating_add(held.bytes) >= self.limits.disk {
            Some(LimitHit::Disk)
        } else if self.counted.files + held.files > self.limits.files {
            Some(LimitHit::Files)
        } else {
            None
        }
    }
}

/// Free bytes of the device a directory is on.
fn free(directory: &OwnedFd) -> u64 {
    fstatvfs(directory).map_or(0, |stat| stat.f_bfree.saturating_mul(stat.f_frsize))
}

/// A scratch directory of a sandbox. Its path is ours: nobody in the sandbox can replace it.
fn scratch(first: Pid, path: &str) -> Option<OwnedFd> {
    let path = format!("/proc/{}/root{path}", first.as_raw_nonzero());
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(CWD, path, flags, Mode::empty()).ok()
}
