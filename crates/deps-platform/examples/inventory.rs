//! Prints what a repository's folder says, one line each, with tabs between.
//!
//! `cargo run -p fleetwright-deps-platform --example inventory -- FOLDER`

use std::path::Path;

use fleetwright_package::{Files, Inventory, Version};

fn main() {
    let root = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let mut files = Files::default();
    add(Path::new(&root), "", &mut files);
    let mut inventory = Inventory::default();
    fleetwright_deps_platform::read(&files, &mut inventory);
    print(&inventory);
}

fn add(root: &Path, folder: &str, files: &mut Files) {
    let Ok(entries) = std::fs::read_dir(root.join(folder)) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            add(root, &path, files);
        } else if kind.is_file()
            && fleetwright_deps_platform::wants(&path)
            && let Ok(text) = std::fs::read_to_string(entry.path())
        {
            files.add(path, text);
        }
    }
}

#[allow(clippy::print_stdout, reason = "an example prints")]
fn print(inventory: &Inventory) {
    for manifest in &inventory.manifests {
        println!("manifest\t{}", manifest.path);
        for declared in &manifest.declared {
            let version = match &declared.version {
                Version::Known(version) => version.clone(),
                Version::Unknown(why) => format!("? {why}"),
            };
            let set =
                declared.set.as_ref().map(|set| format!("{}:{}:{}", set.path, set.span.start, set.span.end));
            println!(
                "declared\t{}\t{}\t{}\t{:?}\t{version}\t{}\t{}",
                manifest.path,
                declared.package.name(),
                declared.requirement,
                declared.scope,
                set.unwrap_or_default(),
                declared.place.line
            );
        }
    }
    for lock in &inventory.locks {
        for locked in &lock.packages {
            println!("locked\t{}\t{}\t{}\t{}", lock.path, locked.package.name(), locked.version, locked.own);
            for need in &locked.needs {
                let need = &lock.packages[*need as usize];
                println!("needs\t{}\t{}\t{}", lock.path, locked.package.name(), need.package.name());
            }
        }
    }
    for finding in &inventory.findings {
        println!("finding\t{}:{}\t{}\t{}", finding.path, finding.line, finding.message, finding.remedy);
    }
}
