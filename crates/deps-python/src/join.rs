//! Manifests meet their lockfiles: which entry each dependency resolved to, and where the two disagree.

use std::collections::{BTreeMap, HashMap};

use fleetwright_package::{Declared, Finding, Lock, LockedAt, Manifest, Scope, Version};

use crate::declare::{Detail, Read};
use crate::source::{file_name, folder, number, shown};
use crate::specifier;

/// The most versions of one package that a lockfile is asked for; real ones hold a few.
const MAX_SAME: usize = 100;
/// The most findings of one manifest and its lockfile.
const MAX_MISFITS: usize = 50;

/// The entries of the lockfiles by path and package.
pub(crate) struct Locks<'a> {
    locks: &'a [Lock],
    by_path: BTreeMap<&'a str, usize>,
    by_name: Vec<HashMap<&'a str, Vec<usize>>>,
}

impl<'a> Locks<'a> {
    pub(crate) fn new(locks: &'a [Lock]) -> Locks<'a> {
        let names = locks.iter().map(|lock| {
            let mut names: HashMap<&str, Vec<usize>> = HashMap::new();
            for (at, locked) in lock.packages.iter().enumerate() {
                let same = names.entry(locked.package.name()).or_default();
                if same.len() < MAX_SAME {
                    same.push(at);
                }
            }
            names
        });
        let by_path = locks.iter().enumerate().map(|(at, lock)| (lock.path.as_str(), at)).collect();
        Locks { by_name: names.collect(), by_path, locks }
    }

    /// The lockfile of a manifest: beside it, or above it where it is a member of that workspace.
    fn of(&self, read: &Read) -> Option<usize> {
        let path = read.manifest.path.as_str();
        let name = file_name(path);
        match name {
            "Pipfile" => self.at(folder(path), "Pipfile.lock"),
            "pyproject.toml" => self.of_project(read),
            _ => self.by_path.get(path).copied().or_else(|| {
                let stem = name.strip_suffix(".in")?;
                self.at(folder(path), &format!("{stem}.txt"))
            }),
        }
    }

    fn of_project(&self, read: &Read) -> Option<usize> {
        let own = folder(&read.manifest.path);
        let first = match read.tool {
            Some("poetry") => "poetry.lock",
            Some("pdm") => "pdm.lock",
            _ => "uv.lock",
        };
        let names = [first, "uv.lock", "poetry.lock", "pdm.lock", "pylock.toml"];
        let beside = names.into_iter().find_map(|name| self.at(own, name));
        beside.or_else(|| self.above(own, &read.manifest))
    }

    fn above(&self, mut from: &str, manifest: &Manifest) -> Option<usize> {
        let package = manifest.package.as_ref()?;
        while !from.is_empty() {
            from = folder(from);
            let found = self.at(from, "uv.lock").filter(|lock| {
                let named = self.entries(*lock, package.name());
                let packages = self.locks.get(*lock).map(|lock| &lock.packages);
                named.iter().any(|at| packages.and_then(|all| all.get(*at)).is_some_and(|locked| locked.own))
            });
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn at(&self, folder: &str, name: &str) -> Option<usize> {
        let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        self.by_path.get(path.as_str()).copied()
    }

    fn entries(&self, lock: usize, name: &str) -> &[usize] {
        self.by_name.get(lock).and_then(|names| names.get(name)).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Gives every dependency its entry; what does not fit becomes a finding of the lockfile.
pub(crate) fn join(read: &mut Read, locks: &Locks<'_>) {
    let Some(at) = locks.of(read) else { return };
    let Some(lock) = locks.locks.get(at) else { return };
    let own = read.manifest.path == lock.path;
    let path = read.manifest.path.clone();
    for (declared, detail) in read.manifest.declared.iter_mut().zip(&read.details) {
        // What only builds is installed apart from the lockfile.
        if declared.scope == Scope::Build {
            continue;
        }
        let entries = locks.entries(at, declared.package.name());
        let fitting: Vec<usize> =
            entries.iter().copied().filter(|entry| fits(lock, *entry, declared, *detail)).collect();
        if fitting.is_empty() && !own && read.findings.len() < MAX_MISFITS {
            read.findings.extend(misfit(lock, (&path, declared, *detail), entries));
        }
        resolve(declared, (at, lock), if own { entries } else { &fitting });
    }
}

fn fits(lock: &Lock, entry: usize, declared: &Declared, detail: Detail) -> bool {
    let Some(locked) = lock.packages.get(entry) else { return false };
    let free =
        detail.elsewhere || locked.own || locked.version.is_empty() || declared.scope == Scope::Managed;
    free || specifier::allows(&declared.requirement, &locked.version) != Some(false)
}

fn resolve(declared: &mut Declared, (at, lock): (usize, &Lock), fitting: &[usize]) {
    let versions: Vec<&str> =
        fitting.iter().filter_map(|entry| Some(lock.packages.get(*entry)?.version.as_str())).collect();
    match versions[..] {
        [] => {}
        [""] => {
            let why = format!("`{}` does not say its version", lock.path);
            declared.version = Version::Unknown(why);
        }
        [version] => declared.version = Version::Known(version.to_owned()),
        _ => {
            let why = format!(
                "`{}` holds {}, each for some environments",
                lock.path,
                shown(&versions.join(" and "))
            );
            declared.version = Version::Unknown(why);
            return;
        }
    }
    let locked = fitting.first();
    declared.locked = locked.map(|entry| LockedAt { lock: number(at), package: number(*entry) });
}

fn misfit(
    lock: &Lock,
    (manifest, declared, detail): (&str, &Declared, Detail),
    entries: &[usize],
) -> Option<Finding> {
    let skipped =
        detail.marker || detail.elsewhere || matches!(declared.scope, Scope::Managed | Scope::Optional);
    let versions: Vec<&str> =
        entries.iter().filter_map(|entry| Some(lock.packages.get(*entry)?.version.as_str())).collect();
    let (package, asked) = (&declared.package, &declared.requirement);
    let message = if !versions.is_empty() {
        let held = shown(&versions.join(" and "));
        format!("it does not fit {manifest}: that asks for {package} `{}`, this holds {held}", shown(asked))
    } else if !skipped {
        format!("it does not fit {manifest}: that asks for {package}, which is not in it")
    } else {
        return None;
    };
    let line = entries.first().and_then(|entry| Some(lock.packages.get(*entry)?.line)).unwrap_or_default();
    let remedy = format!("run `{}`", command(lock));
    Some(Finding { path: lock.path.clone(), line, message, remedy })
}

/// What the tool's users run.
fn command(lock: &Lock) -> &'static str {
    match file_name(&lock.path) {
        "uv.lock" => "uv lock",
        "poetry.lock" => "poetry lock",
        "Pipfile.lock" => "pipenv lock",
        "pdm.lock" | "pylock.toml" => "pdm lock",
        _ if lock.format.ends_with("uv") => "uv pip compile",
        _ => "pip-compile",
    }
}
