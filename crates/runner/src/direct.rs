//! One run without a sandbox.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use fleetwright_core::secret::Redactor;
use rustix::fs::OFlags;
use rustix::process::Pid;

use crate::arguments::{check_command, check_variable, working_directory};
use crate::cancel::Cancel;
use crate::error::RunnerError;
use crate::launch::{Running, spawn, take_pipes};
use crate::monitor::Monitor;
use crate::order::{Ended, Order, Outcome, SCRIPTS_PATH, TREE_PATH};
use crate::outputs::Outputs;
use crate::tree::open_path;
use crate::watch::watch;

/// Marks the environment of a run, to find its processes again.
const MARK: &str = "FLEETWRIGHT_RUN";

/// Runs an order to its end as the current user.
pub(crate) fn run(order: &Order, redactor: &Redactor, cancel: &Cancel) -> Result<Ended, RunnerError> {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    let started = Instant::now();
    let system = RunnerError::system::<std::io::Error>;
    let outputs = Outputs::new(false).map_err(system("make a file"))?;
    let private = std::fs::Permissions::from_mode(0o700);
    let home = tempfile::Builder::new().prefix("fleetwright-home-").permissions(private).tempdir();
    let home = home.map_err(system("make a home directory"))?;
    let tree = open_path(&order.tree, OFlags::DIRECTORY)?;
    let run = format!("{}-{}", std::process::id(), RUNS.fetch_add(1, Ordering::Relaxed));
    let mut command = prepare(order)?;
    command.env("HOME", home.path()).env("TMPDIR", home.path());
    command.env("FLEETWRIGHT_OUTPUT", outputs.path()).env(MARK, &run);
    command.envs(order.env.iter().map(|(name, value)| (name, on_host(order, value))));
    let child = spawn(&mut command, Vec::new(), &order.limits).map_err(|error| {
        let command = order.command.first().cloned().unwrap_or_default();
        RunnerError::NotStarted { command, said: error.to_string() }
    })?;
    let leader = Pid::from_child(&child);
    let mut running = Running::new(child, leader).map_err(system("hold the command"))?;
    let mut monitor = Monitor::marked(&order.limits, tree, format!("{MARK}={run}"));
    let pipes = take_pipes(&mut running.child).map_err(system("read output"))?;
    let watched = watch(&running, &mut monitor, &order.limits, cancel, (pipes, redactor))?;
    let status = running.collect().map_err(system("collect the command"))?;
    let ended = match (status.code(), status.signal()) {
        (Some(code), _) => Outcome::Exited(code),
        (None, signal) => Outcome::Signalled(signal.unwrap_or(0)),
    };
    let outcome = watched.stopped.unwrap_or(ended);
    let mut ended = watched.into_ended(outcome, monitor.peak_memory());
    ended.outputs = outputs.read();
    ended.wall = started.elapsed();
    Ok(ended)
}

/// The command in its own process group, without our environment.
fn prepare(order: &Order) -> Result<Command, RunnerError> {
    check_command(order)?;
    for (name, value) in &order.env {
        check_variable(name, value)?;
    }
    let directory = order.tree.join(working_directory(order)?);
    let mut words = order.command.iter().map(|word| on_host(order, word));
    let program = words.next().unwrap_or_default();
    // A relative program is looked up in the working directory, as in the sandbox.
    let is_relative = program.contains('/') && !program.starts_with('/');
    let mut command =
        if is_relative { Command::new(directory.join(&program)) } else { Command::new(&program) };
    command.args(words).current_dir(directory).process_group(0);
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LANG", "C.UTF-8");
    command.env("USER", "fleet");
    Ok(command)
}

/// A word that begins with a place in the sandbox, with the place it stands for on the host.
fn on_host(order: &Order, word: &str) -> String {
    let places = [(SCRIPTS_PATH, order.scripts.as_deref()), (TREE_PATH, Some(order.tree.as_path()))];
    let found = places.into_iter().find_map(|(place, host)| {
        let rest = word.strip_prefix(place)?;
        let whole = rest.is_empty() || rest.starts_with('/');
        Some(format!("{}{rest}", host.filter(|_| whole)?.display()))
    });
    found.unwrap_or_else(|| word.to_owned())
}
