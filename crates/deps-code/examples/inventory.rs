//! Prints what is read out of a folder, for comparison with the ecosystems' own tools:
//! `cargo run -p fleetwright-deps-code --example inventory -- FOLDER`. Columns are separated by tabs.
#![allow(clippy::print_stdout, reason = "an example talks to the terminal")]

use std::path::Path;

use fleetwright_package::{Declared, Files, Inventory, Version};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = std::env::args().nth(1).ok_or("usage: inventory FOLDER")?;
    let mut files = Files::default();
    collect(Path::new(&root), "", &mut files)?;
    let mut inventory = Inventory::default();
    fleetwright_deps_code::read(&files, &mut inventory);
    print(&inventory, &files);
    Ok(())
}

fn collect(folder: &Path, path: &str, files: &mut Files) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
        let kind = entry.file_type()?;
        if kind.is_dir() && name != ".git" {
            collect(&entry.path(), &path, files)?;
        } else if kind.is_file() && fleetwright_deps_code::wants(&path) {
            let text = String::from_utf8_lossy(&std::fs::read(entry.path())?).into_owned();
            files.add(path, text);
        }
    }
    Ok(())
}

fn shown(version: &Version) -> String {
    match version {
        Version::Known(version) => version.clone(),
        Version::Unknown(why) => format!("? {why}"),
    }
}

fn print(inventory: &Inventory, files: &Files) {
    for manifest in &inventory.manifests {
        let package = manifest.package.as_ref().map(ToString::to_string).unwrap_or_default();
        println!(
            "M\t{}\t{package}\t{}",
            manifest.path,
            manifest.version.as_ref().map(shown).unwrap_or_default()
        );
        manifest.declared.iter().for_each(|declared| print_declared(&manifest.path, declared, files));
    }
    for lock in &inventory.locks {
        println!("L\t{}\t{}", lock.path, lock.format);
        for (at, locked) in lock.packages.iter().enumerate() {
            let needs: Vec<String> = locked.needs.iter().map(ToString::to_string).collect();
            let needs = needs.join(",");
            println!(
                "P\t{}\t{at}\t{}\t{}\t{}\t{needs}",
                lock.path, locked.package, locked.version, locked.own
            );
        }
    }
    for finding in &inventory.findings {
        println!("F\t{}:{}\t{}\t{}", finding.path, finding.line, finding.message, finding.remedy);
    }
}

fn print_declared(path: &str, declared: &Declared, files: &Files) {
    let Declared { package, requirement, version, scope, through, .. } = declared;
    let set = declared.set.as_ref().map(|set| {
        let text = files.text(&set.path).and_then(|text| text.get(set.span.clone()));
        format!("{}:{}={}", set.path, set.line, text.unwrap_or("!"))
    });
    let set = set.unwrap_or_default();
    let locked = declared.locked.map(|at| format!("{}/{}", at.lock, at.package)).unwrap_or_default();
    let comment = declared.comment.clone().unwrap_or_default();
    println!(
        "D\t{path}\t{package}\t{requirement}\t{}\t{scope:?}\t{}:{}\t{set}\t{through:?}\t{locked}\t{comment}",
        shown(version),
        declared.place.path,
        declared.place.line
    );
}
