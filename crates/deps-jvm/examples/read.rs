//! Shows what is read out of a folder: `read FOLDER [MAVEN-REPOSITORY [TIMES]]`, the folder of POMs such as
//! `~/.m2/repository`. Read again so many times, with what is known of POMs from elsewhere: the best and the median.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example that shows")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use fleetwright_deps_jvm::{Shelf, read_with, wants};
use fleetwright_package::{Files, Inventory, Published};

/// A folder in the form of a Maven repository.
struct Repository(Option<PathBuf>);

impl Published for Repository {
    fn pom(&self, group: &str, artifact: &str, version: &str) -> Option<Arc<str>> {
        let folder = self.0.as_ref()?.join(group.replace('.', "/")).join(artifact).join(version);
        let bytes = std::fs::read(folder.join(format!("{artifact}-{version}.pom"))).ok()?;
        Some(String::from_utf8_lossy(&bytes).into())
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else { return eprintln!("read FOLDER [MAVEN-REPOSITORY [TIMES]]") };
    let mut files = Files::default();
    walk(Path::new(&folder), Path::new(&folder), &mut files);
    let mut inventory = Inventory::default();
    let (published, shelf) = (Repository(arguments.next().map(PathBuf::from)), Shelf::default());
    let times: usize = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1);
    let mut took = Vec::new();
    for _ in 0..=times {
        inventory = Inventory::default();
        let start = Instant::now();
        read_with(&files, &mut inventory, &published, &shelf);
        took.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    let first = took.remove(0);
    took.sort_by(f64::total_cmp);
    let median = took.get(took.len() / 2).copied().unwrap_or_default();
    eprintln!(
        "first {first:.1} ms, again {:.1} ms at best, {median:.1} ms in the median",
        took.first().copied().unwrap_or_default()
    );
    show(&inventory, &files);
}

fn walk(root: &Path, folder: &Path, files: &mut Files) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(root, &path, files);
            continue;
        }
        let relative = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        if wants(&relative)
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            files.add(relative, text);
        }
    }
}

fn show(inventory: &Inventory, files: &Files) {
    for manifest in &inventory.manifests {
        println!("manifest\t{}", manifest.path);
        for one in &manifest.declared {
            let set = one.set.as_ref().map(|set| {
                let text = files.text(&set.path).and_then(|text| text.get(set.span.clone()));
                format!("{}:{} `{}`", set.path, set.line, text.unwrap_or("?"))
            });
            println!(
                "declared\t{}\t{}\t{:?}\t{:?}\t{:?}\t{}\t{}\t{}",
                one.package.name(),
                one.requirement,
                one.version,
                one.scope,
                one.through,
                set.unwrap_or_default(),
                one.place.line,
                if one.locked.is_some() { "locked" } else { "" },
            );
        }
    }
    for lock in &inventory.locks {
        println!("lock\t{}\t{}\t{}", lock.path, lock.format, lock.packages.len());
        for (at, one) in lock.packages.iter().enumerate() {
            let own = if one.own { "own" } else { "" };
            println!("locked\t{at}\t{}\t{}\t{own}\t{:?}", one.package.name(), one.version, one.needs);
        }
    }
    for finding in &inventory.findings {
        println!("finding\t{}:{}\t{}\t{}", finding.path, finding.line, finding.message, finding.remedy);
    }
    println!("asked\t{}", inventory.asked.len());
}
