//! Dependencies: manifests and lockfiles, read together, as rows of the database.

use std::collections::BTreeSet;

use fleetwright_core::Oid;
use fleetwright_deps::{MAX_FILE_BYTES, Reach, reach};
use fleetwright_git::{Entry, Repository};
use fleetwright_package::{Declared, Files, Finding, Inventory, Published, Scope, Version};
use fleetwright_store::{AskedRow, Dependencies, DependencyFile, DependencyRow, FindingRow, Reading};

use crate::marks::is_foreign;
use crate::wanted::{Wanted, is_file, unread};

/// The area of findings in manifests and lockfiles.
pub(crate) const AREA: &str = "dependencies";

/// The scope of what is a part of the repository itself: a member of its workspace.
const OWN: &str = "own";

/// The most bytes of manifests and lockfiles of one repository.
const MAX_BYTES: u64 = 128 << 20;

/// The most dependencies that are kept of one repository. The largest lockfiles seen in public have 20,000.
const MAX_ROWS: usize = 200_000;

/// Reads the dependencies of a repository, unless none of its manifests and lockfiles moved: one may speak for
/// many, such as a parent or a workspace, so all are read or none.
pub(crate) fn read(
    repository: &Repository,
    entries: &[Entry],
    (moved, wanted, published): (Option<&BTreeSet<String>>, &Wanted<'_>, &dyn Published),
    reading: &mut Reading,
) {
    let told = |path: &str| fleetwright_deps::wants(path) && !is_foreign(path);
    if let (Some(before), Some(moved), false) = (wanted.before, moved, wanted.dependencies_anew)
        && !moved.iter().any(|path| told(path))
    {
        reading.findings.extend(before.findings.iter().filter(|row| row.area == AREA).cloned());
        return;
    }
    let wanted_files = entries.iter().filter(|entry| is_file(entry));
    let wanted_files =
        wanted_files.filter_map(|entry| Some((entry.path.as_str().filter(|path| told(path))?, entry.oid)));
    let files = gather(repository, wanted_files, &mut reading.findings);
    let inventory = fleetwright_deps::read(&files, published, wanted.shelf);
    reading.findings.extend(inventory.findings.iter().map(finding));
    let mut all = rows(&inventory, published);
    if all.rows.len() > MAX_ROWS {
        reading.findings.push(FindingRow {
            area: AREA.to_owned(),
            path: String::new(),
            line: 0,
            message: format!("{} dependencies, of which {MAX_ROWS} are kept", all.rows.len()),
            remedy: "split the repository, or take generated lockfiles out of it".to_owned(),
        });
        all.rows.truncate(MAX_ROWS);
    }
    reading.dependencies = Some(all);
}

/// The texts of these files, as far as one repository may take memory for them.
fn gather<'e>(
    repository: &Repository,
    wanted: impl Iterator<Item = (&'e str, Oid)>,
    findings: &mut Vec<FindingRow>,
) -> Files {
    let mut files = Files::default();
    let mut left = MAX_BYTES;
    for (path, oid) in wanted {
        let told = |message: String, remedy: &str| FindingRow {
            area: AREA.to_owned(),
            path: path.to_owned(),
            line: 0,
            message: format!("the file was not read: {message}"),
            remedy: remedy.to_owned(),
        };
        let bytes = match repository.blob(oid, MAX_FILE_BYTES) {
            Ok(bytes) => bytes,
            Err(error) => {
                findings.push(unread(AREA, path, &error));
                continue;
            }
        };
        let Some(rest) = left.checked_sub(bytes.len() as u64) else {
            let message = format!(
                "with it there are more than {MAX_BYTES} bytes of manifests and lockfiles; it and what follows is left out"
            );
            findings.push(told(message, "split the repository, or take generated files out of it"));
            // One that a hostile tree names a thousand times is not read a thousand times.
            break;
        };
        left = rest;
        match String::from_utf8(bytes) {
            Ok(text) => files.add(path, text),
            Err(_) => findings.push(told("it is not UTF-8".to_owned(), "save it as UTF-8")),
        }
    }
    files
}

fn finding(finding: &Finding) -> FindingRow {
    FindingRow {
        area: AREA.to_owned(),
        path: finding.path.clone(),
        line: finding.line,
        message: finding.message.clone(),
        remedy: finding.remedy.clone(),
    }
}

/// An inventory as rows: the manifests with what they declare, then the lockfiles with what they lock.
fn rows(inventory: &Inventory, published: &dyn Published) -> Dependencies {
    let manifests = inventory.manifests.iter().map(|manifest| DependencyFile {
        path: manifest.path.clone(),
        ecosystem: manifest.ecosystem.word().to_owned(),
        is_lock: false,
        format: String::new(),
        package: manifest.package.as_ref().map(ToString::to_string).unwrap_or_default(),
        version: manifest.version.as_ref().and_then(Version::known).unwrap_or_default().to_owned(),
    });
    let locks = inventory.locks.iter().map(|lock| DependencyFile {
        path: lock.path.clone(),
        ecosystem: lock.ecosystem.word().to_owned(),
        is_lock: true,
        format: lock.format.clone(),
        ..DependencyFile::default()
    });
    let reached = reach(inventory);
    let first = u32::try_from(inventory.manifests.len()).unwrap_or(u32::MAX);
    let locked = (0..).zip(&reached).flat_map(|(at, reach)| locked(inventory, at, first, reach));
    let asked = inventory.asked.iter().map(|(package, version)| {
        let name = package.name().split_once(':');
        let found = name.and_then(|(group, artifact)| published.pom(group, artifact, version));
        AskedRow { package: package.to_string(), version: version.clone(), missing: found.is_none() }
    });
    Dependencies {
        files: manifests.chain(locks).collect(),
        rows: declared(inventory).chain(locked).collect(),
        asked: asked.collect(),
    }
}

fn declared(inventory: &Inventory) -> impl Iterator<Item = DependencyRow> {
    let is_own = |each: &Declared| {
        let locked = each
            .locked
            .and_then(|at| inventory.locks.get(at.lock as usize)?.packages.get(at.package as usize));
        locked.is_some_and(|package| package.own)
    };
    (0..).zip(&inventory.manifests).flat_map(move |(file, manifest)| {
        (0..).zip(&manifest.declared).map(move |(part, each)| {
            let (version, why) = match &each.version {
                Version::Known(version) => (version.clone(), String::new()),
                Version::Unknown(why) => (String::new(), why.clone()),
            };
            DependencyRow {
                file,
                part,
                ecosystem: each.package.ecosystem().word().to_owned(),
                name: each.package.name().to_owned(),
                version,
                why,
                requirement: each.requirement.clone(),
                scope: if is_own(each) { OWN } else { each.scope.word() }.to_owned(),
                direct: true,
                line: each.place.line,
                through: each.through.to_string(),
                via: None,
                members: Vec::new(),
            }
        })
    })
}

/// What one lockfile locks.
fn locked(inventory: &Inventory, at: usize, first: u32, reach: &Reach) -> Vec<DependencyRow> {
    let Some(lock) = inventory.locks.get(at) else { return Vec::new() };
    let file = first.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
    let several = reach.manifests.iter().flatten().collect::<BTreeSet<_>>().len() > 1;
    let row = |(part, package): (u32, &fleetwright_package::Locked)| {
        let scope = reach.scope.get(part as usize).copied().flatten();
        let members = reach.manifests.get(part as usize).filter(|_| several);
        DependencyRow {
            file,
            part,
            ecosystem: package.package.ecosystem().word().to_owned(),
            name: package.package.name().to_owned(),
            version: package.version.clone(),
            why: String::new(),
            requirement: String::new(),
            scope: if package.own { OWN } else { scope.map_or("runtime", Scope::word) }.to_owned(),
            direct: reach.direct.get(part as usize).copied().unwrap_or_default(),
            line: package.line,
            through: String::new(),
            via: reach.via.get(part as usize).copied().flatten(),
            members: members.map(|members| members.iter().copied().collect()).unwrap_or_default(),
        }
    };
    (0..).zip(&lock.packages).map(row).collect()
}
