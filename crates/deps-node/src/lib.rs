//! Dependencies of JavaScript's world: npm, yarn, pnpm and bun.
//!
//! [`Declared::set`](fleetwright_package::Declared::set) is the whole requirement with its operator (`^1.2.0`),
//! without a protocol or another name before it (`npm:other@`).

mod bun;
mod indented;
mod json;
mod lock;
mod manifest;
mod package_lock;
mod pnpm;
mod pnpm_workspace;
mod require;
mod settle;
mod text;
mod workspace;
mod yarn;

use fleetwright_package::{Files, Finding, Inventory, Version};

use crate::lock::ReadLock;
use crate::manifest::PackageJson;
use crate::settle::Repository;
use crate::text::{MAX_LOCK, MAX_MANIFEST, Source, folder};
use crate::workspace::Workspace;

const NAMES: [&str; 8] = [
    "package.json",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    ".yarnrc.yml",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "bun.lock",
];

/// Whether a file of this path, from the repository's root, is to be given to [`read`].
pub fn wants(path: &str) -> bool {
    let (place, name) = path.rsplit_once('/').unwrap_or(("", path));
    NAMES.contains(&name) && !place.split('/').any(|part| part == "node_modules")
}

/// Reads what the files declare and lock.
pub fn read(files: &Files, inventory: &mut Inventory) {
    let mut repository = Repository::default();
    for (path, text) in files.named("package.json").filter(|(path, _)| wants(path)) {
        match Source::new(path, text, MAX_MANIFEST).and_then(|source| manifest::read(&source)) {
            Ok(json) => add_manifest(path, json, &mut repository, &mut inventory.findings),
            Err(finding) => inventory.findings.push(finding),
        }
    }
    for name in ["pnpm-workspace.yaml", ".yarnrc.yml"] {
        for (path, text) in files.named(name).filter(|(path, _)| wants(path)) {
            match Source::new(path, text, MAX_MANIFEST) {
                Ok(source) => add_settings(path, &source, &mut repository, &mut inventory.findings),
                Err(finding) => inventory.findings.push(finding),
            }
        }
    }
    for (path, text) in files.iter().filter(|(path, _)| wants(path)) {
        let Some(read) = lockfile(path, text, &repository) else { continue };
        match read {
            Ok(read) => {
                repository.locks.insert(path.to_owned(), read);
            }
            Err(finding) => inventory.findings.push(finding),
        }
    }
    repository.settle(inventory);
}

fn add_manifest(path: &str, mut json: PackageJson, repository: &mut Repository, findings: &mut Vec<Finding>) {
    let place = folder(path).to_owned();
    if let Some(name) = &json.name {
        let version = json
            .version
            .clone()
            .map_or_else(|| Version::Unknown(format!("{path} has no version")), Version::Known);
        repository.members.insert(place.clone(), (name.clone(), version));
    }
    if !json.workspaces.is_empty() {
        let (workspace, wrong) = Workspace::new(path, &json.workspaces);
        findings.extend(wrong);
        repository.workspaces.insert(place.clone(), workspace);
    }
    if !json.catalogs.is_empty() {
        repository.catalogs.insert(place, std::mem::take(&mut json.catalogs));
    }
    repository.manifests.insert(path.to_owned(), json);
}

fn lockfile(path: &str, text: &str, repository: &Repository) -> Option<Result<ReadLock, Finding>> {
    let name = path.rsplit('/').next()?;
    let source = || Source::new(path, text, MAX_LOCK);
    match name {
        "package-lock.json" | "npm-shrinkwrap.json" => {
            Some(source().and_then(|source| package_lock::read(&source, &repository.members)))
        }
        "yarn.lock" => Some(
            source()
                .and_then(|source| yarn::read(&source, &repository.members, &repository.rules(folder(path)))),
        ),
        "pnpm-lock.yaml" => Some(source().and_then(|source| pnpm::read(&source, &repository.members))),
        "bun.lock" => Some(source().and_then(|source| bun::read(&source, &repository.members))),
        _ => None,
    }
}

/// Adds what `pnpm-workspace.yaml` or `.yarnrc.yml` says; of the latter only the catalogs are for all members.
fn add_settings(path: &str, source: &Source<'_>, repository: &mut Repository, findings: &mut Vec<Finding>) {
    let read = pnpm_workspace::read(source);
    let place = folder(path).to_owned();
    findings.extend(read.unread.iter().map(|line| {
        text::finding(
            path,
            *line,
            "this is written in a form of YAML that is not read here",
            "write it as plain keys and values, one a line",
        )
    }));
    if !read.catalogs.is_empty() {
        repository.catalogs.insert(place.clone(), read.catalogs);
    }
    if path.ends_with(".yarnrc.yml") {
        return;
    }
    let (workspace, wrong) = Workspace::new(path, &read.globs);
    findings.extend(wrong);
    repository.workspaces.insert(place.clone(), workspace);
    repository.overrides.insert(place, read.overrides);
}
