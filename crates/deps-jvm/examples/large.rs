//! Reads a lockfile and a catalog's POM of many megabytes: `large [MEGABYTES]` prints time and memory.

#![allow(clippy::print_stdout, reason = "an example that shows")]

use std::fmt::Write;
use std::time::Instant;

use fleetwright_deps_jvm::read;
use fleetwright_package::{Files, Inventory, NothingPublished};

fn main() {
    let megabytes: usize = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(50);
    measure("gradle.lockfile", lockfile(megabytes * 1_000_000));
    measure("pom.xml", pom(megabytes.min(16) * 1_000_000));
}

fn measure(path: &str, text: String) {
    let size = text.len();
    let mut files = Files::default();
    files.add(path, text);
    let before = memory();
    let start = Instant::now();
    let mut inventory = Inventory::default();
    read(&files, &mut inventory, &NothingPublished);
    println!(
        "{path}: {} MB, {} ms, {} MB at most while reading, {} before; {} locked, {} declared, {} findings",
        size / 1_000_000,
        start.elapsed().as_millis(),
        memory(),
        before,
        inventory.locks.iter().map(|lock| lock.packages.len()).sum::<usize>(),
        inventory.manifests.iter().map(|manifest| manifest.declared.len()).sum::<usize>(),
        inventory.findings.len(),
    );
}

fn lockfile(bytes: usize) -> String {
    let mut text = String::from("# This is a Gradle generated file for dependency locking.\n");
    for at in 0.. {
        if text.len() > bytes {
            break;
        }
        let _ = writeln!(
            text,
            "org.group{}:artifact-{at:08}:{}.{}.0=compileClasspath,runtimeClasspath,testRuntimeClasspath",
            at % 1000,
            at % 7,
            at % 90
        );
    }
    text
}

fn pom(bytes: usize) -> String {
    let mut text = String::from(
        "<project><groupId>g</groupId><artifactId>a</artifactId><version>1</version>\n<dependencies>\n",
    );
    for at in 0.. {
        if text.len() > bytes || at >= 100_000 {
            break;
        }
        let _ = writeln!(
            text,
            "  <dependency>\n    <groupId>org.group</groupId>\n    <artifactId>artifact-{at}</artifactId>\n    \
             <version>1.{at}</version>\n  </dependency>"
        );
    }
    text.push_str("</dependencies></project>");
    text
}

/// The most memory that the process had, in megabytes.
fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok()).unwrap_or_default() / 1000
}
