//! Dependencies of Python's world: requirements of pip, `pyproject.toml`, `setup.cfg`, `Pipfile`, and the
//! lockfiles of uv, poetry, pdm, pipenv, pip-compile and PEP 751.
//!
//! A version's place (`Declared.set`) is what stands behind the operator of a single comparison, `1.2` of
//! `>=1.2`; where there are several, `>=1.2,<2`, it is all of them and equal to `Declared.requirement`. A
//! locked version is empty where the lockfile has none, as for a repository's own package.

mod cycle;
mod declare;
mod includes;
mod join;
mod lock;
mod pipfile;
mod poetry;
mod pyproject;
mod requirement;
mod requirements;
mod setup_cfg;
mod source;
mod specifier;
mod tables;

use std::collections::BTreeMap;

use fleetwright_package::{Files, Inventory, Lock};

use crate::declare::Read;
use crate::join::Locks;
use crate::lock::Asked;
use crate::requirements::Links;
use crate::source::{Source, file_name, folder, merge_marker, number};

/// The largest file of requirements that is read, in bytes; one with hashes of 1,000 packages has 2 million.
const MAX_REQUIREMENTS: usize = 32 << 20;

/// Whether a file of this path, from the repository's root, is to be given to [`read`].
pub fn wants(path: &str) -> bool {
    let name = file_name(path);
    let manifest = matches!(name, "pyproject.toml" | "setup.cfg" | "setup.py" | "Pipfile");
    manifest || lock::is_lock(name) || requirements::is_path(path)
}

/// Reads what the files declare and lock. A file that cannot be read is a finding, and the others are read.
pub fn read(files: &Files, inventory: &mut Inventory) {
    let mut all = All::default();
    // Manifests first: some lockfiles do not repeat which extras they ask for.
    for locks in [false, true] {
        let of_kind = |path: &str| wants(path) && lock::is_lock(file_name(path)) == locks;
        for (path, text) in files.iter().filter(|(path, _)| of_kind(path)) {
            let mut source = Source::new(path, text);
            match merge_marker(text) {
                Some(line) => source.finding(line, "the file holds merge markers", "resolve the merge"),
                None => all.one(&mut source),
            }
            inventory.findings.append(&mut source.findings);
        }
    }
    inventory.findings.append(&mut includes::apply(&mut all.reads, &mut all.links));
    let before = number(inventory.locks.len());
    let locks = Locks::new(&all.locks);
    for mut read in all.reads.into_values() {
        join::join(&mut read, &locks);
        for locked in read.manifest.declared.iter_mut().filter_map(|declared| declared.locked.as_mut()) {
            locked.lock += before;
        }
        inventory.findings.append(&mut read.findings);
        inventory.manifests.push(read.manifest);
    }
    for path in
        all.programs.iter().filter(|path| !inventory.manifests.iter().any(|read| is_beside(&read.path, path)))
    {
        let mut source = Source::new(path, "");
        source.finding(0, "not read: setup.py is a program", "declare the dependencies in pyproject.toml");
        inventory.findings.append(&mut source.findings);
    }
    inventory.locks.append(&mut all.locks);
}

/// Whether a manifest of setuptools lies beside a `setup.py`.
fn is_beside(manifest: &str, program: &str) -> bool {
    folder(manifest) == folder(program) && matches!(file_name(manifest), "pyproject.toml" | "setup.cfg")
}

/// What the files of a repository say, one by one.
#[derive(Default)]
struct All {
    reads: BTreeMap<String, Read>,
    links: BTreeMap<String, Links>,
    locks: Vec<Lock>,
    asked: Asked,
    /// The `setup.py` that say something of requirements.
    programs: Vec<String>,
}

impl All {
    fn one(&mut self, source: &mut Source<'_>) {
        let path = source.path;
        let read = match file_name(path) {
            "pyproject.toml" => pyproject::read(source),
            "setup.cfg" => setup_cfg::read(source),
            "Pipfile" => pipfile::read(source),
            "setup.py" => {
                if source.text.contains("require") {
                    self.programs.push(path.to_owned());
                }
                None
            }
            name if lock::is_lock(name) => {
                self.locks.extend(lock::read(source, &self.asked));
                None
            }
            _ => self.requirements(source),
        };
        self.asked.extend(read.iter().flat_map(|read| read.extras.iter().cloned()));
        self.reads.extend(read.map(|read| (path.to_owned(), read)));
    }

    fn requirements(&mut self, source: &mut Source<'_>) -> Option<Read> {
        if source.text.len() > MAX_REQUIREMENTS {
            let message = format!("it has over {MAX_REQUIREMENTS} bytes and is not read");
            source.finding(0, message, "split the file");
            return None;
        }
        let (mut read, links) = requirements::read(source);
        self.locks.extend(lock::compiled::read(source, &mut read));
        self.links.insert(source.path.to_owned(), links);
        Some(read)
    }
}
