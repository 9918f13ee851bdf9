//! From what manifests declare to the versions that hold.

use std::collections::BTreeMap;

use fleetwright_package::{
    Declared, Ecosystem, Finding, Inventory, Lock, LockedAt, Manifest, Package, Scope, Through, Version,
};
use semver::VersionReq;

use super::lock::CargoLock;
use super::manifest::{CargoToml, Entry};
use super::members::Members;
use crate::edges::position;
use crate::paths::{folder, join};
use crate::source::{HASH, Source};

/// Puts manifests and lockfiles together.
pub(super) struct Resolver<'r, 'm, 'a> {
    members: &'r Members<'m, 'a>,
    /// How many locks the inventory had before.
    first: usize,
    locks: Vec<CargoLock<'a>>,
    /// The lock of each folder; `None` for one that could not be read.
    by_folder: BTreeMap<&'a str, Option<usize>>,
}

/// A dependency with the place where its version is written: the manifest's own or its workspace's.
struct Effective<'e, 'a> {
    entry: &'e Entry,
    source: &'e Source<'a>,
    scope: Scope,
    through: Through,
}

impl<'r, 'm, 'a> Resolver<'r, 'm, 'a> {
    pub(super) fn new(members: &'r Members<'m, 'a>, inventory: &Inventory) -> Resolver<'r, 'm, 'a> {
        Resolver { members, first: inventory.locks.len(), locks: Vec::new(), by_folder: BTreeMap::new() }
    }

    /// Takes in a lockfile.
    pub(super) fn lock(&mut self, path: &'a str, lock: Option<CargoLock<'a>>) {
        let position = lock.is_some().then_some(self.locks.len());
        self.locks.extend(lock);
        self.by_folder.insert(folder(path), position);
    }

    pub(super) fn into_locks(self) -> impl Iterator<Item = Lock> {
        self.locks.into_iter().map(|lock| lock.lock)
    }

    pub(super) fn manifest(&self, manifest: &CargoToml<'a>, findings: &mut Vec<Finding>) -> Manifest {
        let named = manifest.package.as_ref();
        let package = named.and_then(|package| Package::new(Ecosystem::Cargo, &package.name).ok());
        let at = folder(manifest.source.path);
        self.check_own(manifest, findings);
        let mut declared = Vec::new();
        let managed = manifest.workspace.as_ref().map_or(&[][..], |workspace| &workspace.entries);
        for entry in managed.iter().chain(&manifest.entries) {
            let effective = match self.effective(manifest, entry) {
                Ok(effective) => effective,
                Err(finding) => {
                    findings.push(finding);
                    continue;
                }
            };
            declared.extend(self.declared(manifest, entry, &effective, findings));
        }
        Manifest {
            path: manifest.source.path.to_owned(),
            ecosystem: Ecosystem::Cargo,
            version: package.is_some().then(|| match self.own_version(at) {
                Some(version) => Version::Known(version),
                None => Version::Unknown("Cargo.toml gives it no version".to_owned()),
            }),
            package,
            declared,
        }
    }

    fn effective<'e>(
        &'e self,
        manifest: &'e CargoToml<'a>,
        entry: &'e Entry,
    ) -> Result<Effective<'e, 'a>, Finding> {
        let source = &manifest.source;
        if !entry.inherited {
            return Ok(Effective { entry, source, scope: entry.scope, through: Through::Inline });
        }
        let root = self.members.root(folder(source.path));
        let managed = root.and_then(|root| Some((root, root.workspace.as_ref()?.entry(&entry.key)?)));
        let Some((root, managed)) = managed else {
            let message = format!("`{}` is inherited, and no workspace here has it", entry.key);
            let remedy = "add it to `workspace.dependencies`, or write its version here";
            return Err(source.finding(source.line(entry.at.start), message, remedy));
        };
        Ok(Effective {
            entry: managed,
            source: &root.source,
            scope: entry.scope,
            through: Through::Workspace,
        })
    }

    fn declared(
        &self,
        manifest: &CargoToml<'a>,
        entry: &Entry,
        effective: &Effective<'_, 'a>,
        findings: &mut Vec<Finding>,
    ) -> Option<Declared> {
        let line = manifest.source.line(entry.at.start);
        let package = match Package::new(Ecosystem::Cargo, &effective.entry.package) {
            Ok(package) => package,
            Err(error) => {
                findings.push(manifest.source.finding(line, error.to_string(), "correct the name"));
                return None;
            }
        };
        let (version, locked) = match self.version(manifest, effective) {
            Ok(found) => found,
            Err((message, remedy)) => {
                findings.push(manifest.source.finding(line, message.clone(), remedy));
                (Version::Unknown(message), None)
            }
        };
        let requirement = effective.entry.requirement.as_ref();
        let span = requirement.and_then(|written| written.span.clone());
        let beside = span.clone().unwrap_or_else(|| effective.entry.at.clone());
        Some(Declared {
            package,
            requirement: requirement.map(|written| written.text.clone()).unwrap_or_default(),
            version,
            scope: effective.scope,
            place: manifest.source.place(entry.at.clone()),
            set: span.map(|span| effective.source.place(span)),
            through: effective.through.clone(),
            locked,
            comment: effective.source.comment(&beside, HASH),
        })
    }

    /// The version, and the entry of the lockfile; or what is wrong and what to try.
    fn version(
        &self,
        manifest: &CargoToml<'a>,
        effective: &Effective<'_, 'a>,
    ) -> Result<(Version, Option<LockedAt>), (String, &'static str)> {
        let home = folder(effective.source.path);
        let entry = effective.entry;
        let path = entry.path.as_ref().map(|path| join(home, path));
        if let (Some(written), Some(None)) = (&entry.path, &path) {
            return Err((
                format!("the path `{written}` lies outside of the repository"),
                "depend on a version or a git repository",
            ));
        }
        let path = path.flatten();
        match self.lock_of(folder(manifest.source.path)) {
            Some(Some(lock)) => {
                return match self.locked(lock, manifest, effective)? {
                    Some(package) => Ok(self.taken(lock, package)),
                    None => Ok((Version::Unknown(not_used(effective)), None)),
                };
            }
            Some(None) => return Ok((Version::Unknown("Cargo.lock could not be read".to_owned()), None)),
            None => {}
        }
        let own = path.and_then(|path| self.own_version(&path));
        Ok((own.map_or_else(|| without_lock(entry), Version::Known), None))
    }

    fn taken(&self, lock: usize, package: u32) -> (Version, Option<LockedAt>) {
        let version = self.locks.get(lock).and_then(|lock| lock.lock.packages.get(package as usize));
        let version = version.map_or_else(String::new, |locked| locked.version.clone());
        let lock = position(self.first + lock);
        (Version::Known(version), Some(LockedAt { lock, package }))
    }

    /// The package of a lockfile that an entry resolved to; `None` where nothing uses an entry that only sets
    /// a version, or where several could be it.
    fn locked(
        &self,
        lock: usize,
        manifest: &CargoToml<'a>,
        effective: &Effective<'_, 'a>,
    ) -> Result<Option<u32>, (String, &'static str)> {
        let Some(lock) = self.locks.get(lock) else { return Ok(None) };
        let entry = effective.entry;
        let all = lock.by_name.get(entry.package.as_str()).map_or(&[][..], Vec::as_slice);
        let managed = effective.scope == Scope::Managed;
        let needed = if managed { None } else { self.own_needs(lock, manifest) };
        let among: Vec<u32> = match needed {
            Some(needs) => all.iter().copied().filter(|at| needs.binary_search(at).is_ok()).collect(),
            None => all.to_vec(),
        };
        let fitting: Vec<u32> = among.iter().copied().filter(|at| fits(lock, *at, entry)).collect();
        match (&fitting[..], &among[..]) {
            ([one], _) => Ok(Some(*one)),
            ([], []) if managed => Ok(None),
            ([], []) => Err((
                format!("Cargo.lock does not fit: it has no `{}` for this package", entry.package),
                UPDATE,
            )),
            ([], [other, ..]) if !managed => {
                let other = lock.lock.packages.get(*other as usize).map_or("", |locked| &locked.version);
                let wanted = entry.requirement.as_ref().map_or("another source", |written| &written.text);
                Err((
                    format!(
                        "Cargo.lock does not fit: it has `{}` {other}, asked for is {wanted}",
                        entry.package
                    ),
                    UPDATE,
                ))
            }
            _ => Ok(None),
        }
    }

    /// What the lockfile says that the manifest's package needs.
    fn own_needs<'l>(&self, lock: &'l CargoLock<'a>, manifest: &CargoToml<'a>) -> Option<&'l [u32]> {
        let package = manifest.package.as_ref()?;
        let version = self.own_version(folder(manifest.source.path)).unwrap_or_else(|| "0.0.0".to_owned());
        let candidates = lock.by_name.get(package.name.as_str())?.iter();
        let mut own =
            candidates.filter_map(|at| lock.lock.packages.get(*at as usize)).filter(|locked| locked.own);
        own.find(|locked| locked.version == version).map(|locked| locked.needs.as_slice())
    }

    /// The lockfile that holds for the package in a folder, which is that of its workspace: `Some(None)` for one
    /// that could not be read.
    fn lock_of(&self, at: &str) -> Option<Option<usize>> {
        let root = self.members.root(at).map_or(at, |root| folder(root.source.path));
        self.by_folder.get(root).copied()
    }

    /// Finds a package that its lockfile does not have, or has in another version.
    fn check_own(&self, manifest: &CargoToml<'a>, findings: &mut Vec<Finding>) {
        let lock = self.lock_of(folder(manifest.source.path)).flatten().and_then(|lock| self.locks.get(lock));
        let (Some(lock), Some(package)) = (lock, &manifest.package) else { return };
        if self.own_needs(lock, manifest).is_none() {
            let message = format!(
                "{} does not fit: it does not have `{}` in its version",
                lock.lock.path, package.name
            );
            findings.push(manifest.source.finding(0, message, UPDATE));
        }
    }

    /// The version of the package in a folder.
    fn own_version(&self, at: &str) -> Option<String> {
        let package = self.members.by_folder.get(at)?.package.as_ref()?;
        if package.version_of_workspace {
            return self.members.root(at)?.workspace.as_ref()?.version.clone();
        }
        package.version.clone()
    }
}

/// What to do when manifest and lockfile do not fit.
const UPDATE: &str = "run `cargo update --workspace` and commit Cargo.lock";

fn not_used(effective: &Effective<'_, '_>) -> String {
    match effective.scope {
        Scope::Managed => "no single package of Cargo.lock fits it".to_owned(),
        _ => "Cargo.lock has several that fit, and does not say which".to_owned(),
    }
}

/// Whether a locked package is from the source and in the range that an entry asks for.
fn fits(lock: &CargoLock<'_>, at: u32, entry: &Entry) -> bool {
    let Some(locked) = lock.lock.packages.get(at as usize) else { return false };
    let source = lock.sources.get(at as usize).copied().flatten();
    let from_git = source.is_some_and(|source| source.starts_with("git+"));
    // A dependency from a registry may be patched to come from anywhere; one from git or a path never
    // comes from a registry.
    if entry.git.is_some() && !from_git && source.is_some() || entry.path.is_some() && source.is_some() {
        return false;
    }
    let Some(requirement) = &entry.requirement else { return true };
    let range = VersionReq::parse(&requirement.text);
    let version = semver::Version::parse(&locked.version);
    matches!((range, version), (Ok(range), Ok(version)) if range.matches(&version))
}

/// The version of an entry that no lockfile and no path tells.
fn without_lock(entry: &Entry) -> Version {
    if let Some(git) = &entry.git {
        return Version::Unknown(format!("it comes from `{git}`, and no Cargo.lock says in which version"));
    }
    let Some(requirement) = &entry.requirement else {
        return Version::Unknown("no version is written, and no Cargo.lock says which".to_owned());
    };
    let exact = requirement.text.trim().strip_prefix('=').map(str::trim);
    match exact.and_then(|exact| semver::Version::parse(exact).ok()) {
        Some(exact) => Version::Known(exact.to_string()),
        None => Version::Unknown(format!("`{}` and no Cargo.lock says which", requirement.text)),
    }
}
