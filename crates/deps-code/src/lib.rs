//! Dependencies of Cargo, Go, Ruby, PHP and .NET: manifests and lockfiles, text to [`Inventory`].
//!
//! Nothing here touches a file, a process or the network. What cannot be read is a finding; the rest of the
//! repository is still read. Requirements without a lockfile give no version unless the ecosystem leaves no
//! choice.

mod agree;
mod cargo;
mod dotnet;
mod edges;
mod go;
mod json;
pub mod limits;
mod paths;
mod php;
mod ruby;
mod source;
mod xml;

use std::collections::BTreeSet;

use fleetwright_package::{Files, Finding, Inventory};

use crate::limits::MAX_FINDINGS;
use crate::paths::{file_name, folder};

/// Whether a file of this path, from the repository's root, is to be given to [`read`]. What lies in folders
/// that tools fill with other people's code (`vendor`, `node_modules`) declares nothing of this repository.
pub fn wants(path: &str) -> bool {
    if folder(path).split('/').any(|part| matches!(part, "vendor" | "node_modules")) {
        return false;
    }
    let name = file_name(path);
    cargo::wants(name) || go::wants(name) || php::wants(name) || ruby::wants(name) || dotnet::wants(name)
}

/// Reads what the files declare and lock.
pub fn read(files: &Files, inventory: &mut Inventory) {
    let before = inventory.findings.len();
    cargo::read(files, inventory);
    go::read(files, inventory);
    php::read(files, inventory);
    ruby::read(files, inventory);
    dotnet::read(files, inventory);
    tidy(&mut inventory.findings, before);
}

/// Leaves each finding once, and no more than [`limits::MAX_FINDINGS`]. A file that many projects import is
/// looked at for each of them.
fn tidy(findings: &mut Vec<Finding>, before: usize) {
    let new = findings.split_off(before);
    let count = new.len();
    let mut seen = BTreeSet::new();
    findings.extend(new.into_iter().filter(|finding| seen.insert(finding.clone())).take(MAX_FINDINGS));
    if count > MAX_FINDINGS && findings.len() - before == MAX_FINDINGS {
        findings.push(Finding {
            path: String::new(),
            line: 0,
            message: format!("there are over {MAX_FINDINGS} findings; the rest is left out"),
            remedy: "mend these first".to_owned(),
        });
    }
}
