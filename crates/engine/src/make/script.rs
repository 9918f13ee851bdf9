//! Steps that are commands: a plain copy of the tree, the sandbox, and what was left read back.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use fleetwright_core::hosts::Hosts;
use fleetwright_core::shift::{Network, RunStep};
use fleetwright_core::stage::{Fault, FaultClass};
use fleetwright_git::plain;
use fleetwright_runner::{Cancel, Ended, LimitHit, Order, Outcome, SCRIPTS_PATH, Sandbox, TREE_PATH};

use super::declarative::in_step;
use super::text::Texts;
use super::{Stop, WorkTree, fault};
use crate::workshop::{Subject, Workshop};

/// The exit code that says "this target is none of my business" (sysexits' EX_USAGE, as peers use it).
const NOT_APPLICABLE: i32 = 64;

/// One command to run.
pub(super) struct Run<'a> {
    pub(super) label: &'a str,
    pub(super) step: &'a RunStep,
    pub(super) subject: &'a Subject<'a>,
    pub(super) texts: &'a Texts,
    /// The class of a command that fails: a step's, or a verify step's.
    pub(super) class: FaultClass,
}

/// What a command said.
pub(super) struct Said {
    pub(super) stdout: String,
    pub(super) stderr: String,
    pub(super) outputs: BTreeMap<String, String>,
    pub(super) log: Vec<u8>,
}

/// Runs a command over the tree. What it leaves becomes the tree's edits, unless it only verifies.
/// `Err(None)` means that the run was cancelled: nothing is known.
pub(super) fn run(
    run: &Run<'_>,
    tree: &mut WorkTree<'_>,
    workshop: &Workshop,
    cancel: &Cancel,
) -> Result<Said, (Option<Stop>, Vec<u8>)> {
    let internal = |message: String| {
        (Some(Stop::Failed(Fault::in_step(FaultClass::Internal, run.label, message))), Vec::new())
    };
    let quiet = |stop: Stop| (Some(stop), Vec::new());
    let git = |error| quiet(Stop::Failed(in_step(run.label, fault(&error))));
    let Some(sandbox) = &workshop.sandbox else {
        return Err(internal("no sandbox is open".to_owned()));
    };
    let folder = tempfile::Builder::new().prefix("tree-").tempdir_in(&workshop.scratch);
    let folder = folder.map_err(|error| internal(format!("{}: {error}", workshop.scratch.display())))?;
    let checkout = folder.path().join("tree");
    let limits = plain::Limits::default();
    plain::write_out(tree.repository(), Some(tree.base()), &tree.edits(), &checkout, limits).map_err(git)?;
    let order = order(run, tree, workshop, &checkout).map_err(|why| internal(why.clone()))?;
    let ended = start(sandbox, &order, cancel).map_err(internal)?;
    let log = ended.log.clone();
    judge(run, &ended, order.limits.time).map_err(|stop| (stop, log.clone()))?;
    let failed = |message: String| Some(Stop::Failed(Fault::in_step(FaultClass::Script, run.label, message)));
    let outputs = ended.outputs.as_ref().map_err(|error| (failed(error.to_string()), log.clone()))?;
    let outputs = parse_outputs(outputs);
    if run.class == FaultClass::Script {
        let edits = plain::read_back(tree.repository(), Some(tree.base()), &checkout, limits)
            .map_err(|error| (Some(Stop::Failed(in_step(run.label, fault(&error)))), log.clone()))?;
        let prefix = tree.prefix().as_bytes();
        if let Some(edit) = edits.iter().find(|edit| !edit.path.as_bytes().starts_with(prefix)) {
            let message = format!("it changed {}, outside of its directory", edit.path);
            let fault = Fault::in_step(FaultClass::Policy, run.label, message);
            return Err((Some(Stop::Failed(fault)), log));
        }
        tree.replace_edits(edits);
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Said { stdout: text(&ended.stdout), stderr: text(&ended.stderr), outputs, log })
}

fn start(sandbox: &Sandbox, order: &Order, cancel: &Cancel) -> Result<Ended, String> {
    sandbox.run(order, cancel).map_err(|error| error.to_string())
}

fn order(run: &Run<'_>, tree: &WorkTree<'_>, workshop: &Workshop, checkout: &Path) -> Result<Order, String> {
    let mut limits = workshop.limits.clone();
    if let Some(seconds) = run.step.timeout_seconds() {
        limits.time = Duration::from_secs(seconds);
    }
    let mut env = environment(run.subject, tree);
    for (name, template) in &run.step.env {
        env.insert(name.clone(), run.texts.render(template)?);
    }
    let dir = tree.prefix().trim_end_matches('/');
    Ok(Order {
        command: run.step.command.clone(),
        tree: checkout.to_owned(),
        cwd_in_tree: (!dir.is_empty()).then(|| dir.into()),
        scripts: workshop.scripts.clone(),
        env,
        network: match &run.step.network {
            Network::None => fleetwright_runner::Network::None,
            Network::Host => fleetwright_runner::Network::Host,
            Network::Hosts(hosts) => {
                fleetwright_runner::Network::Hosts(Hosts::parse(hosts).map_err(|(_, why)| why)?)
            }
        },
        limits,
    })
}

/// What a command is told, under our names and under those that scripts of other tools expect.
/// `DRY_RUN` is always false: a plan makes exactly what an apply pushes.
fn environment(subject: &Subject<'_>, tree: &WorkTree<'_>) -> BTreeMap<String, String> {
    let repo = &subject.name.repo;
    let (owner, name) = repo.rsplit_once('/').unwrap_or(("", repo));
    let base = subject.base.to_string();
    let branch = subject.facts.default_branch.as_str();
    let dir = tree.prefix().trim_end_matches('/');
    [
        ("FLEETWRIGHT_SHIFT", subject.shift),
        ("FLEETWRIGHT_REPO", repo),
        ("FLEETWRIGHT_DIR", dir),
        ("FLEETWRIGHT_BASE", &base),
        ("FLEETWRIGHT_DEFAULT_BRANCH", branch),
        ("FLEETWRIGHT_SHIFT_DIR", SCRIPTS_PATH),
        ("REPOSITORY", repo),
        ("DRY_RUN", "false"),
        ("XARGS_DRY_RUN", "false"),
        ("XARGS_REPO_NAME", name),
        ("XARGS_REPO_OWNER", owner),
        ("SHEPHERD_REPO_DIR", TREE_PATH),
        ("SHEPHERD_MIGRATION_DIR", SCRIPTS_PATH),
        ("SHEPHERD_GITHUB_REPO_OWNER", owner),
        ("SHEPHERD_GITHUB_REPO_NAME", name),
        ("SHEPHERD_BASE_BRANCH", branch),
        ("SHEPHERD_GIT_REVISION", &base),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .collect()
}

fn judge(run: &Run<'_>, ended: &Ended, time: Duration) -> Result<(), Option<Stop>> {
    let failed = |class, message: String| Some(Stop::Failed(Fault::in_step(class, run.label, message)));
    match ended.outcome {
        Outcome::Exited(0) => Ok(()),
        Outcome::Exited(NOT_APPLICABLE) => {
            Err(Some(Stop::NotApplicable(format!("{} says so (exit code {NOT_APPLICABLE})", run.label))))
        }
        Outcome::Exited(code) => Err(failed(run.class, format!("exit code {code}"))),
        Outcome::Signalled(signal) => Err(failed(run.class, format!("ended by signal {signal}"))),
        Outcome::Limit(limit) => Err(failed(FaultClass::Timeout, format!("it took {}", beyond(limit, time)))),
        Outcome::Cancelled => Err(None),
    }
}

/// What a command took that it may not.
pub(super) fn beyond(limit: LimitHit, time: Duration) -> String {
    match limit {
        LimitHit::Time => format!("more than {} s of time", time.as_secs()),
        LimitHit::Memory => "more memory than allowed".to_owned(),
        LimitHit::Processes => "more processes than allowed".to_owned(),
        LimitHit::Output => "more output than allowed".to_owned(),
        LimitHit::Disk => "more disk than allowed".to_owned(),
        LimitHit::Files => "more files than allowed".to_owned(),
    }
}

/// Reads `name=value` lines.
fn parse_outputs(text: &[u8]) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(text);
    let pair =
        |line: &str| line.split_once('=').map(|(name, value)| (name.trim().to_owned(), value.to_owned()));
    text.lines().filter_map(pair).collect()
}
