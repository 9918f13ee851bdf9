//! Every package that a folder declares is brought to a newer version, in memory: what is told, and what the guard
//! refuses. `cargo run -p fleetwright-bump --example round -- FOLDER...`
#![allow(clippy::print_stdout, reason = "an example that prints")]

use std::collections::BTreeMap;
use std::path::Path;

use fleetwright_bump::{BumpError, Verdict, Wish, bump};
use fleetwright_deps::{Shelf, read, wants};
use fleetwright_package::{Ecosystem, Files, Inventory, NothingPublished, Package};

/// The most packages of one folder that are tried.
const MOST: usize = 60;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for folder in std::env::args().skip(1) {
        let mut files = Files::default();
        collect(Path::new(&folder), "", &mut files)?;
        round(&folder, &files);
    }
    Ok(())
}

fn collect(root: &Path, below: &str, files: &mut Files) -> std::io::Result<()> {
    for entry in std::fs::read_dir(root.join(below))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        let kind = entry.file_type()?;
        if kind.is_dir() && !path.ends_with("node_modules") && path != ".git" {
            collect(root, &path, files)?;
        } else if kind.is_file()
            && wants(&path)
            && let Ok(text) = std::fs::read_to_string(root.join(&path))
        {
            files.add(path, text);
        }
    }
    Ok(())
}

fn round(folder: &str, files: &Files) {
    let shelf = Shelf::default();
    let read = |files: &Files| read(files, &NothingPublished, &shelf);
    let inventory = read(files);
    let wishes = wishes(&inventory);
    let step = wishes.len().div_ceil(MOST).max(1);
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for (package, to) in wishes.iter().step_by(step) {
        let wish = Wish { package, to, from: None, dir: "", overrides: true, pinned: false };
        let done = match bump(files, &inventory, &wish, &read) {
            Ok(done) => done,
            Err(BumpError::Version(why)) => {
                *count.entry(format!("no version: {why}")).or_default() += 1;
                continue;
            }
            Err(error) => {
                println!("GUARD {folder} {package} {to}: {error}");
                continue;
            }
        };
        for told in &done.told {
            let verdict = format!("{:?}", told.verdict);
            let short = verdict.split('(').next().unwrap_or_default().to_owned();
            if let Verdict::Unknown(why) = &told.verdict {
                println!(
                    "unknown {folder} {}:{} {package} `{}` {to}: {why}",
                    told.place.path, told.place.line, told.was
                );
            }
            *count.entry(short).or_default() += 1;
        }
        again(folder, files, (package, to), &done.files, &read);
    }
    println!("{folder}: {} packages, {count:?}", wishes.len());
}

/// Once more, nothing may be left to do.
fn again(
    folder: &str,
    files: &Files,
    (package, to): (&Package, &str),
    written: &BTreeMap<String, String>,
    read: &dyn Fn(&Files) -> Inventory,
) {
    let mut after = files.clone();
    written.iter().for_each(|(path, text)| after.add(path.as_str(), text.as_str()));
    let wish = Wish { package, to, from: None, dir: "", overrides: false, pinned: false };
    match bump(&after, &read(&after), &wish, read) {
        Ok(again) if again.files.is_empty() => {}
        Ok(again) => println!("AGAIN {folder} {package} {to}: {:?}", again.told),
        Err(error) => println!("GUARD AGAIN {folder} {package} {to}: {error}"),
    }
}

/// The packages that are declared, each with a version that is newer than the greatest number in what is asked for.
fn wishes(inventory: &Inventory) -> Vec<(Package, String)> {
    let mut all: BTreeMap<Package, u64> = BTreeMap::new();
    for declared in inventory.manifests.iter().flat_map(|manifest| &manifest.declared) {
        let digits = declared.requirement.split(|char: char| !char.is_ascii_digit());
        let first = digits.filter_map(|part| part.parse().ok()).find(|number| *number < 1_000).unwrap_or(1);
        let known = all.entry(declared.package.clone()).or_default();
        *known = first.max(*known);
    }
    let newer = |(package, major): (Package, u64)| {
        let to = match package.ecosystem() {
            Ecosystem::Go => format!("v{major}.999.1"),
            Ecosystem::Actions | Ecosystem::GitLab => format!("v{}", major + 1),
            _ if major % 2 == 0 => format!("{}.0.1", major + 1),
            _ => format!("{major}.999.1"),
        };
        (package, to)
    };
    all.into_iter().map(newer).collect()
}
