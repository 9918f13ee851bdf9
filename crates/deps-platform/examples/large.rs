//! How long a lockfile of 50 MB takes, and how much memory:
//! `cargo run --release -p fleetwright-deps-platform --example large -- helm` or `terraform`.
#![allow(clippy::print_stdout, reason = "an example prints")]

use std::fmt::Write;
use std::time::Instant;

use fleetwright_package::{Files, Inventory};

const BYTES: usize = 50_000_000;

fn main() {
    let terraform = std::env::args().nth(1).as_deref() == Some("terraform");
    let (path, mut text) = match terraform {
        true => (".terraform.lock.hcl", String::new()),
        false => ("Chart.lock", String::from("dependencies:\n")),
    };
    for at in 0.. {
        if text.len() > BYTES {
            break;
        }
        let _ = match terraform {
            true => write!(
                text,
                "provider \"registry.terraform.io/acme/p{at}\" {{\n  version     = \"5.{at}.0\"\n  constraints = \"~> 5.0\"\n  hashes = [\n    \"h1:{at:043}=\",\n    \"zh:{at:064}\",\n    \"zh:{at:064}\",\n  ]\n}}\n\n"
            ),
            false => write!(
                text,
                "- name: chart-{at}\n  repository: https://charts.example.org/stable\n  version: 15.2.{at}\n"
            ),
        };
    }
    if !terraform {
        text.push_str("digest: sha256:0\ngenerated: \"2026-01-01T00:00:00Z\"\n");
    }
    let bytes = text.len();
    let mut files = Files::default();
    files.add(path, text);
    let start = Instant::now();
    let mut inventory = Inventory::default();
    fleetwright_deps_platform::read(&files, &mut inventory);
    let took = start.elapsed().as_millis();
    let packages: usize = inventory.locks.iter().map(|lock| lock.packages.len()).sum();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    println!(
        "{path}: {bytes} bytes, {packages} packages, {} findings, {took} ms, {peak}",
        inventory.findings.len()
    );
}
