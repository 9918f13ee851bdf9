//! The `dependency` step: a package brought to a version where it is declared, and its lockfiles after it.

use std::collections::BTreeMap;

use fleetwright_bump::{Bumped, Stale, Told, Verdict, Wish, bump};
use fleetwright_core::shift::{DependencyStep, Lockfiles};
use fleetwright_core::stage::{Fault, FaultClass};
use fleetwright_git::{Change, Mode, RepoPath};
use fleetwright_package::{Files, Inventory, Lock, Package, Range};

use super::declarative::in_step;
use super::edited::edited;
use super::exists::{Exists, exists};
use super::relock::{Relock, relock};
use super::script::Said;
use super::text::Texts;
use super::{Stop, WorkTree, fault};
use crate::know::Poms;
use crate::workshop::Workshop;

/// The most bytes of manifests and lockfiles that one step holds: what the reading of a repository takes, too.
const MAX_BYTES: usize = 128 << 20;

/// The output that says that nobody knows whether the wanted version exists.
pub(crate) const UNCHECKED: &str = "unchecked";

/// Places that are named in one sentence; the log has all.
const NAMED: usize = 3;

/// Where files lie in the tree, and what they are there, by name.
type Modes = BTreeMap<String, (RepoPath, Mode)>;

/// One package to bring to a version.
pub(super) struct Bump<'a> {
    pub(super) label: &'a str,
    pub(super) step: &'a DependencyStep,
    pub(super) package: &'a Package,
    pub(super) from: Option<&'a Range>,
    pub(super) texts: &'a Texts,
}

/// Changes the manifests in the tree, and brings the lockfiles up to date that are left behind.
/// `Err(None)` means that the run was cancelled.
pub(super) fn bring(
    order: &Bump<'_>,
    tree: &mut WorkTree<'_>,
    workshop: &Workshop,
    cancel: &fleetwright_runner::Cancel,
) -> Result<Said, (Option<Stop>, Vec<u8>)> {
    let mut log = Vec::new();
    match brought(order, tree, (workshop, cancel), &mut log) {
        Ok(outputs) => Ok(Said { stdout: String::new(), stderr: String::new(), outputs, log }),
        Err(stop) => Err((stop, log)),
    }
}

fn brought(
    order: &Bump<'_>,
    tree: &mut WorkTree<'_>,
    (workshop, cancel): (&Workshop, &fleetwright_runner::Cancel),
    log: &mut Vec<u8>,
) -> Result<BTreeMap<String, String>, Option<Stop>> {
    let failed = |class, message: String| Some(Stop::Failed(Fault::in_step(class, order.label, message)));
    let to = order.texts.render(&order.step.to).map_err(|why| failed(FaultClass::Script, why))?;
    let to = to.trim();
    let wrong = |error: fleetwright_bump::BumpError| failed(FaultClass::Script, error.to_string());
    let (files, modes) = gather(order, tree, log).map_err(Some)?;
    let read = |files: &Files| read(files, &workshop.poms);
    let dir = tree.prefix().trim_end_matches('/').to_owned();
    let DependencyStep { overrides, pinned, .. } = *order.step;
    let Bump { package, from, .. } = *order;
    let wish = Wish { package, to, from, dir: &dir, overrides, pinned };
    let bumped = bump(&files, &read(&files), &wish, &read).map_err(wrong)?;
    for told in &bumped.told {
        log.extend_from_slice(format!("{}\n", sentence(told, to)).as_bytes());
    }
    judge(order, &bumped).map_err(Some)?;
    for (path, text) in &bumped.files {
        let (path, mode) = modes.get(path).cloned().map_or_else(|| new(path), Ok).map_err(Some)?;
        tree.put(path, Change::Put { mode, content: text.clone().into_bytes() });
    }
    let came = lockfiles(order, tree, (&bumped.stale, to), (workshop, cancel, log))?;
    let mut outputs = outputs(&bumped.told, to);
    if let Some(why) = unchecked(order, tree, (&bumped, to, &came), (workshop, cancel, log))? {
        outputs.insert(UNCHECKED.to_owned(), why);
    }
    outputs.insert("lockfiles".to_owned(), came.by.join("\n"));
    if !came.behind.is_empty() {
        // What was raised is worth having; where only lockfiles could move, nothing came of it.
        if bumped.files.is_empty() {
            return Err(Some(Stop::NotApplicable(came.behind.join("; "))));
        }
        let left = outputs.entry("left".to_owned()).or_default();
        *left = std::iter::once(left.as_str())
            .filter(|text| !text.is_empty())
            .chain(came.behind.iter().map(String::as_str))
            .collect::<Vec<_>>()
            .join("\n");
    }
    Ok(outputs)
}

fn read(files: &Files, poms: &Poms) -> Inventory {
    fleetwright_deps::read(files, poms, &poms.shelf)
}

/// A file that the edit adds.
fn new(path: &str) -> Result<(RepoPath, Mode), Stop> {
    let path = RepoPath::new(path);
    path.map(|path| (path, Mode::File))
        .map_err(|error| Stop::Failed(Fault::new(FaultClass::Policy, error.to_string())))
}

/// The texts of the ecosystem's manifests and lockfiles, with what they are in the tree. What cannot be read as one
/// is told and left out, as when the repository is read.
fn gather(order: &Bump<'_>, tree: &WorkTree<'_>, log: &mut Vec<u8>) -> Result<(Files, Modes), Stop> {
    let ecosystem = order.package.ecosystem();
    let (mut files, mut modes, mut bytes) = (Files::default(), Modes::new(), 0);
    for (path, mode) in tree.files() {
        let Some(name) = path.as_str().filter(|_| matches!(mode, Mode::File | Mode::Executable)) else {
            continue;
        };
        if !fleetwright_deps::wants_of(ecosystem, name) || fleetwright_ingest::is_foreign(name) {
            continue;
        }
        let read = tree.read_up_to(path, fleetwright_deps::MAX_FILE_BYTES);
        let content = read.map_err(|error| Stop::Failed(in_step(order.label, fault(&error))))?;
        let content = content.unwrap_or_default();
        bytes += content.len();
        if bytes > MAX_BYTES {
            let message = format!("more than {MAX_BYTES} bytes of manifests and lockfiles");
            return Err(Stop::Failed(Fault::in_step(FaultClass::Policy, order.label, message)));
        }
        match String::from_utf8(content) {
            Ok(text) => {
                files.add(name, text);
                modes.insert(name.to_owned(), (path.clone(), mode));
            }
            Err(_) => log.extend_from_slice(format!("{name}: left out: it is not UTF-8\n").as_bytes()),
        }
    }
    Ok((files, modes))
}

/// Whether there is anything to change, and if not, whether that is as it should be.
fn judge(order: &Bump<'_>, bumped: &Bumped) -> Result<(), Stop> {
    if !bumped.files.is_empty() || !bumped.stale.is_empty() {
        return Ok(());
    }
    if bumped.told.is_empty() {
        return Err(Stop::NotApplicable(format!("nothing here uses {}", order.package)));
    }
    let unknown = told(&bumped.told, |verdict| matches!(verdict, Verdict::Unknown(_)));
    if !unknown.is_empty() {
        return Err(Stop::Failed(Fault::in_step(FaultClass::Script, order.label, unknown)));
    }
    let elsewhere = told(&bumped.told, is_left);
    if elsewhere.is_empty() { Ok(()) } else { Err(Stop::NotApplicable(elsewhere)) }
}

/// Whether a place is left below the wanted version.
fn is_left(verdict: &Verdict) -> bool {
    !matches!(
        verdict,
        Verdict::Raised
            | Verdict::Overridden
            | Verdict::Already
            | Verdict::Newer
            | Verdict::Spared
            | Verdict::Allowed
    )
}

/// The first few places of these verdicts in one sentence.
fn told(all: &[Told], which: impl Fn(&Verdict) -> bool) -> String {
    let these: Vec<String> =
        all.iter().filter(|told| which(&told.verdict)).map(|told| sentence(told, "")).collect();
    let more = these.len().saturating_sub(NAMED);
    let more = if more == 0 { String::new() } else { format!("; and {more} more places") };
    these[..these.len().min(NAMED)].join("; ") + &more
}

/// What became of one place.
fn sentence(told: &Told, to: &str) -> String {
    let Told { place, was, verdict, along } = told;
    let line = if place.line == 0 { String::new() } else { format!(":{}", place.line) };
    let at = format!("{}{line}", place.path);
    match verdict {
        Verdict::Raised if along.is_empty() => format!("{at}: {was} is {to} now"),
        Verdict::Raised => {
            let names: Vec<&str> = along.iter().map(Package::name).collect();
            format!("{at}: {was} is {to} now, and moves {} along", names.join(", "))
        }
        Verdict::Overridden => format!("{at}: an entry sets {to} now"),
        Verdict::Already => format!("{at}: {was} already"),
        Verdict::Newer => format!("{at}: {was} is newer and stays"),
        Verdict::Spared => format!("{at}: {was} is not asked for and stays"),
        Verdict::Allowed => format!("{at}: {was} allows it already"),
        Verdict::Inherited(parent, version) => {
            format!("{at}: the version comes from {} {version}: raise it there", parent.name())
        }
        Verdict::Outside(path) => format!("{at}: the version is set in {path}, outside of this target"),
        Verdict::Transitive(path) => {
            format!("{at}: it comes through {} only: `overrides: true` sets its version", path.join(" > "))
        }
        Verdict::Pinned(comment) => {
            format!("{at}: {was} stays, a comment says: {comment} (`pinned: true` raises it)")
        }
        Verdict::Unknown(why) => format!("{at}: {why}"),
    }
}

/// What later steps and texts may say: the versions before, and what is left as it was.
fn outputs(all: &[Told], to: &str) -> BTreeMap<String, String> {
    let raised = all.iter().filter(|told| matches!(told.verdict, Verdict::Raised));
    let from: std::collections::BTreeSet<&str> = raised.map(|told| told.was.as_str()).collect();
    let left: Vec<String> =
        all.iter().filter(|told| is_left(&told.verdict)).map(|told| sentence(told, to)).collect();
    let from = from.into_iter().collect::<Vec<_>>().join(", ");
    [("to", to.to_owned()), ("from", from), ("left", left.join("\n"))]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Why it is not known that the wanted version exists; `None` where a tool found it, or nothing was raised.
fn unchecked(
    order: &Bump<'_>,
    tree: &WorkTree<'_>,
    (bumped, to, came): (&Bumped, &str, &Came),
    (workshop, cancel, log): (&Workshop, &fleetwright_runner::Cancel, &mut Vec<u8>),
) -> Result<Option<String>, Option<Stop>> {
    if bumped.files.is_empty() || came.is_found {
        return Ok(None);
    }
    let files = Files::default();
    let want = Relock { label: order.label, package: order.package, to, files: &files, workshop, cancel };
    let package = order.package;
    let (line, why) = match exists(tree, bumped, &want, log)? {
        Exists::There(by) => (format!("{package} {to} exists, says {by}"), None),
        Exists::Missing(by) => {
            let message = format!("there is no version {to} of {package}: {by}");
            return Err(Some(Stop::Failed(Fault::in_step(FaultClass::Script, order.label, message))));
        }
        Exists::Unchecked(why) => {
            let line = format!("whether {package} {to} exists was not checked: {why}");
            (line.clone(), Some(line))
        }
    };
    log.extend_from_slice(format!("{line}\n").as_bytes());
    Ok(why)
}

/// What became of lockfiles.
#[derive(Default)]
struct Came {
    /// How each was brought up to date.
    by: Vec<String>,
    /// Those that are behind all the same.
    behind: Vec<String>,
    /// Whether one holds the wanted version: then that exists.
    is_found: bool,
}

/// What becomes of the lockfiles that are behind.
fn lockfiles(
    order: &Bump<'_>,
    tree: &mut WorkTree<'_>,
    (stale, to): (&[Stale], &str),
    (workshop, cancel, log): (&Workshop, &fleetwright_runner::Cancel, &mut Vec<u8>),
) -> Result<Came, Option<Stop>> {
    let names = || stale.iter().map(|lock| lock.path.as_str()).collect::<Vec<_>>().join(", ");
    match order.step.lockfile {
        _ if stale.is_empty() => Ok(Came::default()),
        Lockfiles::Leave => {
            let by = vec![format!("{}: left behind, as the step says", names())];
            log.extend_from_slice(format!("{}\n", by[0]).as_bytes());
            Ok(Came { by, ..Came::default() })
        }
        Lockfiles::Refuse => {
            let message = format!("{} would be behind, and the step says `lockfile: refuse`", names());
            Err(Some(Stop::Failed(Fault::in_step(FaultClass::Script, order.label, message))))
        }
        Lockfiles::Update => {
            let (mut files, modes) = gather(order, tree, log).map_err(Some)?;
            let read = |files: &Files| read(files, &workshop.poms);
            let (mut came, mut left) = (Came::default(), Vec::new());
            for lock in stale {
                match (edited(&files, lock, &read), modes.get(&lock.path).cloned()) {
                    (Ok(text), Some((path, mode))) => {
                        files.add(lock.path.as_str(), text.as_str());
                        tree.put(path, Change::Put { mode, content: text.into_bytes() });
                        came.is_found |= lock.locked.iter().any(|version| version == to);
                        came.by.push(format!("{}: edited, only what was asked for moved", lock.path));
                    }
                    _ => left.push(lock.clone()),
                }
            }
            let stale = left.as_slice();
            let want =
                Relock { label: order.label, package: order.package, to, files: &files, workshop, cancel };
            if !stale.is_empty() {
                came.by.extend(relock(tree, stale, &want, log)?);
            }
            after(order, tree, (stale, to), (&workshop.poms, log, &mut came)).map_err(Some)?;
            let told = came.by.iter().chain(&came.behind);
            log.extend(told.flat_map(|line| format!("{line}\n").into_bytes()));
            Ok(came)
        }
    }
}

/// What the lockfiles hold now: an older version though their tool was asked for the wanted one, or a newer one that
/// it took instead.
fn after(
    order: &Bump<'_>,
    tree: &WorkTree<'_>,
    (stale, to): (&[Stale], &str),
    (poms, log, came): (&Poms, &mut Vec<u8>, &mut Came),
) -> Result<(), Stop> {
    let (files, _) = gather(order, tree, log)?;
    let read = |files: &Files| read(files, poms);
    let Bump { package, from, .. } = *order;
    let dir = tree.prefix().trim_end_matches('/');
    let wish = Wish { package, to, from, dir, overrides: false, pinned: false };
    let failed = |error: fleetwright_bump::BumpError| {
        Stop::Failed(Fault::in_step(FaultClass::Script, order.label, error.to_string()))
    };
    let inventory = read(&files);
    let again = bump(&files, &inventory, &wish, &read).map_err(failed)?;
    let behind = again.stale.iter().filter(|lock| stale.iter().any(|asked| asked.path == lock.path));
    came.behind.extend(behind.map(|lock| {
        format!("{}: its tool was run, and it still holds {}", lock.path, lock.locked.join(", "))
    }));
    let asked = |lock: &&Lock| stale.iter().any(|asked| asked.path == lock.path);
    let mut held = inventory.locks.iter().filter(asked).flat_map(|lock| &lock.packages);
    came.is_found |= held.any(|locked| {
        let order = fleetwright_package::compare(package.ecosystem(), &locked.version, to);
        &locked.package == package && order.is_some_and(|order| order.is_eq())
    });
    let by_tool = came.by.len().saturating_sub(stale.len());
    for (asked, told) in stale.iter().zip(came.by.iter_mut().skip(by_tool)) {
        let locks = inventory.locks.iter().filter(|lock| lock.path == asked.path);
        let packages = locks.flat_map(|lock| &lock.packages).filter(|locked| &locked.package == package);
        let mut taken: Vec<&str> = packages.map(|locked| locked.version.as_str()).collect();
        taken.retain(|version| !asked.locked.iter().any(|old| old == version));
        taken.retain(|version| {
            fleetwright_package::compare(package.ecosystem(), version, to).is_none_or(|order| order.is_ne())
        });
        taken.sort_unstable();
        taken.dedup();
        if !taken.is_empty() {
            told.push_str(&format!(", which took {} instead of {to}", taken.join(", ")));
        }
    }
    Ok(())
}
