//! Dependencies of Java's world: Maven and Gradle.

use fleetwright_package::{Files, Inventory, Published};

/// Whether a file of this path, from the repository's root, is to be given to [`read`].
pub fn wants(_path: &str) -> bool {
    false
}

/// Reads what the files declare and lock.
pub fn read(_files: &Files, _published: &dyn Published, _inventory: &mut Inventory) {}
