//! Dependencies of Cargo, Go, Ruby, PHP and .NET: manifests and lockfiles, text to [`Inventory`].
//!
//! Nothing here touches a file, a process or the network. What cannot be read is a finding; the rest of the
//! repository is still read. Requirements without a lockfile give no version unless the ecosystem leaves no
//! choice.

mod cargo;
mod edges;
mod go;
mod json;
pub mod limits;
mod paths;
mod php;
mod ruby;
mod source;

use fleetwright_package::{Files, Inventory};

use crate::paths::file_name;

/// Whether a file of this path, from the repository's root, is to be given to [`read`].
pub fn wants(path: &str) -> bool {
    let name = file_name(path);
    cargo::wants(name) || php::wants(name) || ruby::wants(name) || go::wants(name)
}

/// Reads what the files declare and lock.
pub fn read(files: &Files, inventory: &mut Inventory) {
    cargo::read(files, inventory);
    go::read(files, inventory);
    php::read(files, inventory);
    ruby::read(files, inventory);
}
