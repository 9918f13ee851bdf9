//! How long a lockfile of 50 MB takes, and how much memory:
//! `cargo run --release -p fleetwright-deps-code --example large -- FORMAT`, where FORMAT is `cargo`, `composer`,
//! `ruby` or `nuget`. Linux tells the memory; elsewhere it is 0.
#![allow(clippy::print_stdout, reason = "an example talks to the terminal")]

use std::fmt::Write;
use std::time::Instant;

use fleetwright_package::{Files, Inventory};

/// How large the lockfile is made, in bytes.
const SIZE: usize = 50_000_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let format = std::env::args().nth(1).unwrap_or_default();
    let (path, head, tail) = match format.as_str() {
        "cargo" => ("Cargo.lock", "version = 4\n", ""),
        "composer" => ("composer.lock", "{\"packages\": [", "{\"name\": \"a/z\", \"version\": \"1\"}]}"),
        "ruby" => ("Gemfile.lock", "GEM\n  specs:\n", "\nDEPENDENCIES\n  gem1\n"),
        "nuget" => (
            "packages.lock.json",
            "{\"version\": 1, \"dependencies\": {\"net8.0\": {",
            "\"Z\": {\"type\": \"Transitive\", \"resolved\": \"1.0.0\"}}}}",
        ),
        _ => return Err("usage: large cargo|composer|ruby|nuget".into()),
    };
    let mut text = head.to_owned();
    let mut at = 0_usize;
    while text.len() < SIZE {
        package(&format, at, &mut text)?;
        at += 1;
    }
    text.push_str(tail);
    let bytes = text.len();
    let files: Files = [(path, text)].into_iter().collect();
    let mut inventory = Inventory::default();
    let before = peak();
    let start = Instant::now();
    fleetwright_deps_code::read(&files, &mut inventory);
    let took = start.elapsed();
    let packages = inventory.locks.first().map_or(0, |lock| lock.packages.len());
    let edges: usize =
        inventory.locks.iter().flat_map(|lock| &lock.packages).map(|package| package.needs.len()).sum();
    println!(
        "{path}: {bytes} bytes, {packages} packages, {edges} edges, {} findings: {} ms; peak {} MB, of which {} MB before",
        inventory.findings.len(),
        took.as_millis(),
        peak() / 1000,
        before / 1000
    );
    Ok(())
}

/// One package in the form of its format, which needs three that came before.
fn package(format: &str, at: usize, text: &mut String) -> std::fmt::Result {
    let needs = [at / 2, at / 3, at.saturating_sub(1)];
    let [a, b, c] = needs;
    match format {
        "cargo" => write!(
            text,
            "\n[[package]]\nname = \"crate{at}\"\nversion = \"1.2.{at}\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n\
             checksum = \"97b3888a4aecf77e811145cadf6eef5901f4782c53886191b2f693f24761847c\"\ndependencies = [\n \"crate{a}\",\n \"crate{b}\",\n \"crate{c}\",\n]\n"
        ),
        "composer" => write!(
            text,
            "{{\"name\": \"acme/p{at}\", \"version\": \"1.2.{at}\", \"source\": {{\"type\": \"git\", \"url\": \"https://example.org/p.git\", \"reference\": \"97b3888a4aecf77e811145cadf6eef5901f4782c\"}},\n\
             \"require\": {{\"acme/p{a}\": \"^1.0\", \"acme/p{b}\": \"^1.0\", \"acme/p{c}\": \"^1.0\", \"php\": \">=8\"}}, \"type\": \"library\", \"license\": [\"MIT\"], \"description\": \"A package of the example\"}},\n"
        ),
        "ruby" => write!(
            text,
            "    gem{at} (1.2.{at})\n      gem{a} (~> 1.0)\n      gem{b} (>= 1.0)\n      gem{c}\n"
        ),
        _ => write!(
            text,
            "\"Package{at}\": {{\n\"type\": \"Transitive\",\n\"resolved\": \"1.2.{at}\",\n\"contentHash\": \"97b3888a4aecf77e811145cadf6eef5901f4782c53886191b2f693f24761847c97b3888a4aecf77e8111==\",\n\
             \"dependencies\": {{\n\"Package{a}\": \"1.0.0\",\n\"Package{b}\": \"1.0.0\",\n\"package{c}\": \"1.0.0\"\n}}\n}},\n"
        ),
    }
}

/// The most memory that this process had, in kB.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse().ok()).unwrap_or(0)
}
