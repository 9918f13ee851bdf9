//! All readers together.

use fleetwright_deps_jvm::Shelf;
use fleetwright_package::{Ecosystem, Files, Inventory, Published};

/// The largest file that is read, in bytes. The largest lockfiles seen in public have 30 MB.
pub const MAX_FILE_BYTES: u64 = 64 << 20;

/// The version of the readers: what an older one read is read anew.
pub const READER: u32 = 1;

/// Whether a file of this path, from the repository's root, tells of dependencies.
pub fn wants(path: &str) -> bool {
    fleetwright_deps_jvm::wants(path)
        || fleetwright_deps_node::wants(path)
        || fleetwright_deps_python::wants(path)
        || fleetwright_deps_code::wants(path)
        || fleetwright_deps_platform::wants(path)
}

/// Whether a file of this path may declare or lock packages of this ecosystem.
pub fn wants_of(ecosystem: Ecosystem, path: &str) -> bool {
    match ecosystem {
        Ecosystem::Maven => fleetwright_deps_jvm::wants(path),
        Ecosystem::Npm => fleetwright_deps_node::wants(path),
        Ecosystem::PyPi => fleetwright_deps_python::wants(path),
        Ecosystem::Cargo | Ecosystem::Go | Ecosystem::RubyGems | Ecosystem::Composer | Ecosystem::NuGet => {
            fleetwright_deps_code::wants(path)
        }
        Ecosystem::Image
        | Ecosystem::Actions
        | Ecosystem::GitLab
        | Ecosystem::Helm
        | Ecosystem::Terraform => fleetwright_deps_platform::wants(path),
    }
}

/// Reads what the files declare and lock. A bad file is a finding; the others are still read. What was read of
/// POMs from elsewhere is kept on the shelf, for the next repository.
pub fn read(files: &Files, published: &dyn Published, shelf: &Shelf) -> Inventory {
    let mut inventory = Inventory::default();
    fleetwright_deps_jvm::read_with(files, &mut inventory, published, shelf);
    fleetwright_deps_node::read(files, &mut inventory);
    fleetwright_deps_python::read(files, &mut inventory);
    fleetwright_deps_code::read(files, &mut inventory);
    fleetwright_deps_platform::read(files, &mut inventory);
    inventory.findings.sort();
    inventory.findings.dedup();
    inventory.asked.sort();
    inventory.asked.dedup();
    inventory
}
