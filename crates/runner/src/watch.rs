//! Watches one run until its last process is dead: output, time, limits, cancel.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use fleetwright_core::secret::Redactor;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;

use crate::cancel::Cancel;
use crate::capture::{Capture, KEPT};
use crate::error::RunnerError;
use crate::launch::Running;
use crate::monitor::Monitor;
use crate::order::{Ended, LimitHit, Limits, Outcome};

/// How long a killed run may take to die; only a broken kernel or disk takes longer.
const DYING: Duration = Duration::from_secs(30);
/// Longest time between two looks at the cancel flag.
const GLANCE: Duration = Duration::from_millis(50);
/// Bytes read from a pipe at once, a pipe's usual capacity.
const CHUNK: usize = 64 << 10;

/// What was seen of a run.
pub(crate) struct Watched {
    /// Why we killed it, if we did.
    pub(crate) stopped: Option<Outcome>,
    stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    log: Vec<u8>,
}

impl Watched {
    /// The report, but for wall time and outputs.
    pub(crate) fn into_ended(self, outcome: Outcome, peak_memory: Option<u64>) -> Ended {
        let Self { stdout, stderr, log, .. } = self;
        let (outputs, wall) = (Ok(Vec::new()), Duration::ZERO);
        Ended { outcome, stdout, stderr, log, reached: Default::default(), outputs, wall, peak_memory }
    }
}

/// Watches a run to its end, which comes at the latest [`DYING`] after its time limit.
pub(crate) fn watch(
    running: &Running,
    monitor: &mut Monitor,
    limits: &Limits,
    cancel: &Cancel,
    (outputs, redactor): ([OwnedFd; 2], &Redactor),
) -> Result<Watched, RunnerError> {
    let failed = || RunnerError::system("watch a run");
    let mut streams = Streams::new(outputs).map_err(failed())?;
    let deadline = Instant::now() + limits.time;
    let mut stopped: Option<(Outcome, Instant)> = None;
    loop {
        let wait = monitor.until_next().min(deadline.saturating_duration_since(Instant::now()));
        let wait = if stopped.is_some() { GLANCE } else { wait.min(GLANCE) };
        let dead = streams.wait(running.leader(), wait).map_err(failed())?;
        streams.read(limits.output.saturating_add(1)).map_err(failed())?;
        let stop = if streams.total > limits.output {
            Some(Outcome::Limit(LimitHit::Output))
        } else if dead {
            None
        } else if cancel.is_cancelled() {
            Some(Outcome::Cancelled)
        } else if Instant::now() >= deadline {
            Some(Outcome::Limit(LimitHit::Time))
        } else {
            monitor.tick().map(Outcome::Limit)
        };
        if let (Some(stop), None) = (stop, stopped) {
            stopped = Some((stop, Instant::now()));
            running.kill();
        }
        if dead {
            break;
        }
        if stopped.is_some_and(|(_, since)| since.elapsed() > DYING) {
            let timed_out = io::Error::from(io::ErrorKind::TimedOut);
            return Err(RunnerError::system("wait for a killed run to die")(timed_out));
        }
    }
    monitor.kill_rest();
    let stopped = stopped.map(|(stop, _)| stop).or_else(|| monitor.last().map(Outcome::Limit));
    Ok(streams.finish(stopped, redactor))
}

/// Standard output and error of a run.
struct Streams {
    pipes: [Option<OwnedFd>; 2],
    kept: [Capture; 2],
    /// Both, line by line: a line that comes in pieces is not torn by the other stream.
    log: Capture,
    begun: [Vec<u8>; 2],
    total: u64,
}

impl Streams {
    fn new(pipes: [OwnedFd; 2]) -> io::Result<Self> {
        for pipe in &pipes {
            fcntl_setfl(pipe, fcntl_getfl(pipe)? | OFlags::NONBLOCK)?;
        }
        Ok(Self {
            pipes: pipes.map(Some),
            kept: [Capture::new(KEPT), Capture::new(KEPT)],
            log: Capture::new(KEPT),
            begun: [Vec::new(), Vec::new()],
            total: 0,
        })
    }

    /// Waits for output or the leader's death; whether it is dead.
    fn wait(&self, leader: BorrowedFd<'_>, most: Duration) -> io::Result<bool> {
        let mut fds = vec![PollFd::from_borrowed_fd(leader, PollFlags::IN)];
        fds.extend(self.pipes.iter().flatten().map(|pipe| PollFd::new(pipe, PollFlags::IN)));
        let most = Timespec::try_from(most).map_err(io::Error::other)?;
        match poll(&mut fds, Some(&most)) {
            Ok(_) => Ok(!fds[0].revents().is_empty()),
            Err(Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads what is there. Once the total is above `most`, at most a pipe's worth each time:
    /// neither a flood nor a leftover writer can hold us here.
    fn read(&mut self, most: u64) -> io::Result<()> {
        let mut chunk = vec![0; CHUNK];
        let streams = self.pipes.iter_mut().zip(&mut self.kept).zip(&mut self.begun);
        for ((pipe, kept), begun) in streams {
            for _ in 0..16 {
                let Some(open) = pipe.as_ref() else { break };
                match rustix::io::read(open.as_fd(), &mut chunk[..]) {
                    Ok(0) => *pipe = None,
                    Ok(count) => {
                        kept.push(&chunk[..count]);
                        begun.extend_from_slice(&chunk[..count]);
                        let whole = begun.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
                        let whole = if begun.len() > CHUNK { begun.len() } else { whole };
                        self.log.push(&begun[..whole]);
                        begun.drain(..whole);
                        self.total += count as u64;
                    }
                    Err(Errno::AGAIN) => break,
                    Err(Errno::INTR) => {}
                    Err(error) => return Err(error.into()),
                }
                if self.total > most {
                    break;
                }
            }
        }
        Ok(())
    }

    fn finish(self, stopped: Option<Outcome>, redactor: &Redactor) -> Watched {
        let Streams { mut kept, mut log, begun, .. } = self;
        begun.iter().for_each(|rest| log.push(rest));
        let mut lines = redactor.clone();
        for line in kept.iter_mut().flat_map(|kept| kept.lines_of_secrets(redactor)) {
            lines.add(&line);
        }
        let log = log.finish(&lines);
        let [stdout, stderr] = kept.map(|kept| kept.finish(redactor));
        Watched { stopped, stdout, stderr, log }
    }
}
