//! Gradle.
use fleetwright_package::{Files, Inventory, Published};
pub(crate) fn wants(_path: &str) -> bool {
    false
}
pub(crate) fn read(_files: &Files, _inventory: &mut Inventory, _published: &dyn Published) {}
