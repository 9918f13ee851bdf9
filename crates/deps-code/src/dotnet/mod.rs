//! .NET: projects with everything that they import from the repository, central versions, lockfiles.
//!
//! Conditions have three answers. What does not hold is left out; what is not known to hold, such as one on
//! the framework of a project that is built for several, is kept and its comment begins with `only if`.

mod condition;
mod config;
mod evaluate;
mod files;
mod lock;
mod project;
mod properties;
mod sdk;

use std::collections::BTreeMap;

use fleetwright_package::{Files, Inventory};

pub(crate) use self::files::wants;

use self::evaluate::{File, Parsed, Report, evaluate};
use self::files::{is_lock, is_msbuild, is_project};
use self::project::{LockOf, Project};
use crate::edges::position;
use crate::limits::{MAX_EVALUATED, MAX_MANIFEST, MAX_REFERENCES};
use crate::paths::{file_name, folder, within};
use crate::source::Source;
use crate::xml;

/// Reads all projects, central versions, and lockfiles.
pub(crate) fn read(files: &Files, inventory: &mut Inventory) {
    let parsed = parse(files, inventory);
    let known: BTreeMap<&str, &str> = files.iter().filter(|(path, _)| is_msbuild(path)).collect();
    let first = inventory.locks.len();
    let mut locks = BTreeMap::new();
    let mut list = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| is_lock(file_name(path))) {
        let lock = lock::read(path, text, &mut inventory.findings);
        locks.insert(path, lock.is_some().then_some(list.len()));
        list.extend(lock);
    }
    let mut report =
        Report { findings: &mut inventory.findings, left: MAX_EVALUATED, references_left: MAX_REFERENCES };
    for path in parsed.keys().copied() {
        let central = file_name(path) == "Directory.Packages.props";
        if !central && !is_project(path) {
            continue;
        }
        let evaluated = evaluate(path, &parsed, &known, &mut report);
        let project = Project::new(&evaluated, &parsed);
        let (own, declared) = if central {
            ((None, None), project.managed(report.findings))
        } else {
            let at = lock_of(path, &evaluated, &locks);
            let lock: LockOf<'_> =
                at.map(|at| at.and_then(|at| Some((position(first + at), list.get(at)?))).ok_or(()));
            let mut declared = parsed.get(path).map_or_else(Vec::new, sdk::sdks);
            declared.extend(project.references(lock, report.findings));
            (project::own(&evaluated, path), declared)
        };
        let mut declared = declared;
        declared.truncate(report.take(declared.len(), path));
        inventory.manifests.push(project::manifest(path, own, declared));
    }
    inventory.locks.extend(list.into_iter().map(|lock| lock.lock));
    for (path, text) in files.named("packages.config") {
        config::read(path, text, inventory);
    }
}

fn parse<'a>(files: &'a Files, inventory: &mut Inventory) -> Parsed<'a> {
    let mut parsed = Parsed::new();
    for (path, text) in files.iter().filter(|(path, _)| is_msbuild(path)) {
        let Some(source) = Source::open(path, text, MAX_MANIFEST, &mut inventory.findings) else { continue };
        if let Some(root) = xml::parse(&source, &mut inventory.findings) {
            parsed.insert(path, File { source, root });
        }
    }
    parsed
}

/// The position of a project's lockfile; `Some(None)` when it could not be read.
fn lock_of(
    path: &str,
    evaluated: &evaluate::Evaluated<'_, '_>,
    locks: &BTreeMap<&str, Option<usize>>,
) -> Option<Option<usize>> {
    let folder = folder(path);
    let file = file_name(path);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem).replace(' ', "_");
    let named = evaluated.properties.get("NuGetLockFilePath").filter(|property| property.doubt.is_none());
    let named = named.and_then(|property| properties::resolve(folder, &property.text));
    let usual = [format!("packages.{stem}.lock.json"), "packages.lock.json".to_owned()]
        .map(|name| within(folder, &name));
    named.into_iter().chain(usual).find_map(|path| locks.get(path.as_str()).copied())
}
