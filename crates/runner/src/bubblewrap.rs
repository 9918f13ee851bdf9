//! One run inside bubblewrap.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::Instant;

use fleetwright_core::secret::Redactor;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_setfl, fstat};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, Resource, Rlimit, prlimit};

use crate::arguments::{Handles, arguments};
use crate::cancel::Cancel;
use crate::demote::demoted;
use crate::error::RunnerError;
use crate::fleeting::Fleeting;
use crate::inside::listen_inside;
use crate::launch::{Running, abandon, spawn, take_pipes};
use crate::monitor::Monitor;
use crate::order::{Ended, LimitHit, Limits, Network, Order, Outcome};
use crate::outputs::Outputs;
use crate::proxy::Proxy;
use crate::watch::watch;
use crate::{seccomp, tree};

/// Tasks the kernel lets be: twice the limit and these, so that the monitor can see the limit
/// passed although processes come and go while it counts.
const SPARE_TASKS: u64 = 16;
/// How long bubblewrap may take to make namespaces; milliseconds are usual.
const SETTING_UP: Timespec = Timespec { tv_sec: 20, tv_nsec: 0 };
/// Signals have numbers up to 64; bubblewrap reports signal n as exit code 128 + n.
const SIGNALLED: std::ops::RangeInclusive<i32> = 129..=192;
/// SIGXFSZ: a file grew beyond the limit.
const FILE_TOO_LARGE: i32 = 25;

/// What is needed to start bubblewrap.
#[derive(Debug)]
pub(crate) struct Bubblewrap {
    pub(crate) path: PathBuf,
    pub(crate) version: String,
    /// Holds the sandbox's `/etc`, as the directory `etc`.
    pub(crate) etc: Arc<Fleeting>,
    /// More of the host to be seen at the same place.
    pub(crate) readonly: Vec<PathBuf>,
    /// Whether to become [`tree::SANDBOX_UID`] first.
    pub(crate) drop: bool,
}

impl Bubblewrap {
    /// Runs an order to its end.
    pub(crate) fn run(
        &self,
        order: &Order,
        redactor: &Redactor,
        cancel: &Cancel,
    ) -> Result<Ended, RunnerError> {
        let started = Instant::now();
        let outputs = Outputs::new(self.drop).map_err(RunnerError::system("make a file"))?;
        let (handles, ours) = self.handles(order, outputs.path())?;
        if self.drop {
            tree::give_tree(&handles.tree)
                .map_err(|source| RunnerError::Path { path: order.tree.clone(), source })?;
        }
        let arguments = arguments(order, &handles)?;
        let run = || self.run_as_is(order, (redactor, cancel), (handles, ours), arguments);
        let mut ended = if self.drop { demoted(run)? } else { run()? };
        ended.outputs = outputs.read();
        ended.wall = started.elapsed();
        Ok(ended)
    }

    /// Runs an order as whoever the thread is; wall time and outputs are filled in later.
    fn run_as_is(
        &self,
        order: &Order,
        (redactor, cancel): (&Redactor, &Cancel),
        (handles, ours): (Handles, Ours),
        arguments: Vec<OsString>,
    ) -> Result<Ended, RunnerError> {
        let mut command = Command::new(&self.path);
        command.args(arguments).env_clear().current_dir("/");
        let child = spawn(&mut command, handles.all(), &order.limits)
            .map_err(RunnerError::system("start bubblewrap"))?;
        let tree = handles.tree.try_clone().map_err(RunnerError::system("hold the tree"))?;
        drop(handles); // else bubblewrap's ends of the pipes stay open with us
        let Begun { mut running, first, status, proxy } = begin(child, ours, order)?;
        let mut monitor = Monitor::sandboxed(&order.limits, tree, first);
        let pipes = take_pipes(&mut running.child).map_err(RunnerError::system("read output"))?;
        let watched = watch(&running, &mut monitor, &order.limits, cancel, (pipes, redactor))?;
        running.collect().map_err(RunnerError::system("collect bubblewrap"))?;
        let outcome = match watched.stopped {
            Some(stopped) => stopped,
            None => outcome(exit_code(status).ok_or_else(|| not_started(order, &watched.stderr))?),
        };
        let mut ended = watched.into_ended(outcome, monitor.peak_memory());
        if let Some(traffic) = proxy.map(Proxy::finish) {
            ended.log.extend_from_slice(&redactor.bytes(traffic.lines().as_bytes()));
            ended.reached = traffic.reached().clone();
        }
        Ok(ended)
    }

    /// Opens all that bubblewrap is given, and our ends of the pipes.
    fn handles(&self, order: &Order, outputs: &Path) -> Result<(Handles, Ours), RunnerError> {
        let pipe = || pipe_with(PipeFlags::CLOEXEC).map_err(RunnerError::system("make a pipe"));
        let (seccomp, filter) = pipe()?;
        // The filter is about 1 KiB, which every pipe holds, so this cannot block.
        std::fs::File::from(filter)
            .write_all(&seccomp::program())
            .map_err(RunnerError::system("write the system call filter"))?;
        let (read_status, status) = pipe()?;
        let (go, write_go) = pipe()?;
        let open = |path: &PathBuf| Ok((path.clone(), tree::open_path(path, OFlags::empty())?));
        let scripts = order.scripts.as_ref().map(|path| self.open_scripts(path));
        let handles = Handles {
            tree: tree::open_path(&order.tree, OFlags::DIRECTORY)?,
            scripts: scripts.transpose()?,
            etc: tree::open_path(&self.etc.path().join("etc"), OFlags::DIRECTORY)?,
            outputs: tree::open_path(outputs, OFlags::NOFOLLOW)?,
            readonly: self.readonly.iter().map(open).collect::<Result<_, RunnerError>>()?,
            seccomp,
            status,
            go,
        };
        Ok((handles, Ours { status: read_status, go: write_go }))
    }

    /// Opens the scripts, which are not given away as the tree is: they are the user's own.
    fn open_scripts(&self, path: &Path) -> Result<OwnedFd, RunnerError> {
        let directory = tree::open_path(path, OFlags::DIRECTORY)?;
        let mode = fstat(&directory).map_err(RunnerError::system("look at the scripts"))?.st_mode;
        if self.drop && mode & 0o005 != 0o005 {
            let path = path.display();
            let why = format!(
                "scripts run as user {}, not as root, and cannot read {path}; try `chmod -R o+rX {path}`",
                tree::SANDBOX_UID
            );
            return Err(RunnerError::BadOrder(why));
        }
        Ok(directory)
    }
}

/// Our ends of bubblewrap's pipes.
struct Ours {
    status: OwnedFd,
    go: OwnedFd,
}

/// A run whose command has started.
struct Begun {
    running: Running,
    first: Pid,
    status: std::fs::File,
    /// The way out, if it has one.
    proxy: Option<Proxy>,
}

/// Waits until bubblewrap has made the namespaces, limits them from outside, and lets the
/// command start.
fn begin(child: Child, ours: Ours, order: &Order) -> Result<Begun, RunnerError> {
    let mut status = std::fs::File::from(ours.status);
    let Some(first) = first_process(&mut status) else {
        let said = last_words(child);
        return Err(not_started(order, &said));
    };
    let running = Running::new(child, first).map_err(RunnerError::system("hold the sandbox"))?;
    match confine(first, &order.limits) {
        // Dead already, for a reason it has written: the watch will see both.
        Ok(()) | Err(Errno::SRCH) => {}
        Err(error) => return Err(RunnerError::system("limit processes")(error)),
    }
    let proxy = open_proxy(first, order).map_err(RunnerError::system("listen in the sandbox's network"))?;
    let _ = rustix::io::write(&ours.go, b"!");
    Ok(Begun { running, first, status, proxy })
}

/// The way out of the sandbox, if the order names hosts.
fn open_proxy(first: Pid, order: &Order) -> std::io::Result<Option<Proxy>> {
    let Network::Hosts(hosts) = &order.network else { return Ok(None) };
    match listen_inside(first) {
        Ok(listener) => Proxy::start(listener, hosts.clone(), order.limits.disk).map(Some),
        // Dead already, as above.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Ends bubblewrap and reads what it complained about.
fn last_words(mut child: Child) -> Vec<u8> {
    let stderr = child.stderr.take();
    abandon(child);
    let mut said = Vec::new();
    // Not blocking: a half-made sandbox may still hold the other end.
    if let Some(stderr) = stderr
        && fcntl_setfl(&stderr, OFlags::NONBLOCK).is_ok()
    {
        let _ = stderr.take(4096).read_to_end(&mut said);
    }
    said
}

/// The limit of processes counts per user namespace (Linux 5.14), so it must be set inside the
/// new one: set before, it would count all processes of the user on the host.
fn confine(first: Pid, limits: &Limits) -> rustix::io::Result<()> {
    let most = Some(2 * u64::from(limits.processes) + SPARE_TASKS);
    prlimit(Some(first), Resource::Nproc, Rlimit { current: most, maximum: most })?;
    // When the host runs out of memory, these go first. Best effort.
    let _ = std::fs::write(format!("/proc/{}/oom_score_adj", first.as_raw_nonzero()), "1000");
    Ok(())
}

/// The first of bubblewrap's status documents names the sandbox's first process.
fn first_process(status: &mut std::fs::File) -> Option<Pid> {
    let mut text = String::new();
    let mut chunk = [0; 512];
    while !text.contains('}') {
        let mut readable = [PollFd::new(&*status, PollFlags::IN)];
        if poll(&mut readable, Some(&SETTING_UP)).ok()? == 0 {
            return None;
        }
        let count = status.read(&mut chunk).ok().filter(|count| *count > 0)?;
        text.push_str(&String::from_utf8_lossy(&chunk[..count]));
    }
    Pid::from_raw(field(&text, "child-pid")?)
}

/// The last status document; absent if the command never started.
fn exit_code(status: std::fs::File) -> Option<i32> {
    let mut text = String::new();
    status.take(4096).read_to_string(&mut text).ok()?;
    field(&text, "exit-code")
}

/// A number of a status document, which bubblewrap writes in one known way.
fn field(document: &str, name: &str) -> Option<i32> {
    let after = document.split_once(&format!("\"{name}\":"))?.1.trim_start();
    let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    after[..end].parse().ok()
}

fn outcome(code: i32) -> Outcome {
    if !SIGNALLED.contains(&code) {
        Outcome::Exited(code)
    } else if code - 128 == FILE_TOO_LARGE {
        Outcome::Limit(LimitHit::Disk)
    } else {
        Outcome::Signalled(code - 128)
    }
}

fn not_started(order: &Order, said: &[u8]) -> RunnerError {
    RunnerError::NotStarted {
        command: order.command.first().cloned().unwrap_or_default(),
        said: String::from_utf8_lossy(said).trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_status_documents() {
        assert_eq!(field("{ \"child-pid\": 4242, \"x\": 1 }\n", "child-pid"), Some(4242));
        assert_eq!(field("{ \"exit-code\": 0 }\n", "exit-code"), Some(0));
        assert_eq!(field("{ }", "exit-code"), None);
    }

    #[test]
    fn tells_signals_from_codes() {
        assert_eq!(outcome(0), Outcome::Exited(0));
        assert_eq!(outcome(128), Outcome::Exited(128));
        assert_eq!(outcome(137), Outcome::Signalled(9));
        assert_eq!(outcome(153), Outcome::Limit(LimitHit::Disk));
        assert_eq!(outcome(255), Outcome::Exited(255));
    }
}
