//! Go: go.mod, go.work, and whether there is a go.sum.
//!
//! Since Go 1.17 go.mod lists every module that a build of the main module needs, transitive ones too, each
//! in the version that is selected: so it is a lockfile as well. It does not say which module needs which:
//! the only edges are those from the main module to its direct dependencies. Modules that only lie in the
//! pruned graph, and are not built, are not in it, though `go list -m all` names them.

mod lines;
mod module;
mod resolve;
mod work;

use fleetwright_package::{Files, Inventory};

/// Whether the file is one of Go's.
pub(crate) fn wants(name: &str) -> bool {
    matches!(name, "go.mod" | "go.work" | "go.sum")
}

/// Reads all modules and workspaces.
pub(crate) fn read(files: &Files, inventory: &mut Inventory) {
    let findings = &mut inventory.findings;
    let modules: Vec<_> =
        files.named("go.mod").filter_map(|(path, text)| module::parse(path, text, findings)).collect();
    for module in &modules {
        resolve::read(module, files, inventory);
    }
    for (path, text) in files.named("go.work") {
        if let Some(workspace) = module::parse(path, text, &mut inventory.findings) {
            work::read(&workspace, &modules, inventory);
        }
    }
}
