//! Prints the packages that a folder's lockfiles hold, as `path<tab>package<tab>what it needs`, and the findings:
//! `cargo run -p fleetwright-deps-node --example dump -- FOLDER`. compare/compare.py reads it.
//! A package is `name@version`, and `name@own` where it is a part of the repository.
#![allow(clippy::print_stdout, reason = "an example that prints")]
#![allow(clippy::disallowed_methods, reason = "an example that reads a folder")]

use std::path::Path;

use fleetwright_package::{Files, Inventory, Locked};

fn add(root: &Path, place: &Path, files: &mut Files) {
    let Ok(entries) = std::fs::read_dir(place) else { return };
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| !path.is_symlink()) {
        let shown = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        if path.is_dir() {
            add(root, &path, files);
        } else if fleetwright_deps_node::wants(&shown)
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            files.add(shown, text);
        }
    }
}

fn label(locked: &Locked) -> String {
    let version = if locked.own { "own" } else { &locked.version };
    format!("{}@{version}", locked.package.name())
}

fn main() {
    let root = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let mut files = Files::default();
    add(Path::new(&root), Path::new(&root), &mut files);
    let mut inventory = Inventory::default();
    fleetwright_deps_node::read(&files, &mut inventory);
    for lock in &inventory.locks {
        for locked in &lock.packages {
            let needs = locked.needs.iter().filter_map(|at| lock.packages.get(*at as usize));
            let needs: Vec<_> = needs.map(label).collect();
            println!("{}\t{}\t{}", lock.path, label(locked), needs.join(" "));
        }
    }
    for finding in &inventory.findings {
        println!("finding\t{}:{}\t{}\t{}", finding.path, finding.line, finding.message, finding.remedy);
    }
}
