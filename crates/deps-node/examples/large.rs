//! Reads one large `package-lock.json`, `pnpm-lock.yaml`, `yarn.lock` or `bun.lock`, and prints how long it took:
//! `cargo run --release -p fleetwright-deps-node --example large -- pnpm-lock.yaml`. A file that is not there is made
//! with 50 MB; `berry/yarn.lock` is one of yarn's newer kind.
#![allow(clippy::print_stdout, reason = "an example that shows figures")]
#![allow(clippy::disallowed_methods, reason = "an example that measures time and reads a file")]

use std::fmt::Write;

use fleetwright_package::{Files, Inventory};

fn made(kind: &str) -> String {
    let mut text = String::new();
    let (head, tail) = match kind {
        "berry/yarn.lock" => ("__metadata:\n  version: 8\n  cacheKey: 10c0\n\n", ""),
        "yarn.lock" => ("# yarn lockfile v1\n\n", ""),
        "pnpm-lock.yaml" => {
            ("lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n\npackages:\n\nsnapshots:\n\n", "")
        }
        "bun.lock" => (
            "{\n  \"lockfileVersion\": 1,\n  \"workspaces\": { \"\": { \"name\": \"a\" } },\n  \"packages\": {\n",
            "  }\n}\n",
        ),
        _ => ("{\"lockfileVersion\": 3, \"packages\": {\"\": {}", "}}"),
    };
    text.push_str(head);
    let mut at = 0u32;
    while text.len() < 50_000_000 {
        let (one, two) = (at / 2, at / 3);
        let _ = match kind {
            "yarn.lock" => write!(
                text,
                "package-{at}@^1.0.0:\n  version \"1.0.{at}\"\n  resolved \"https://registry.example/package-{at}.tgz\"\n  integrity sha512-{at:060}\n  dependencies:\n    package-{one} \"^1.0.0\"\n    package-{two} \"^1.0.0\"\n\n"
            ),
            "berry/yarn.lock" => write!(
                text,
                "\"package-{at}@npm:^1.0.0\":\n  version: 1.0.{at}\n  resolution: \"package-{at}@npm:1.0.{at}\"\n  dependencies:\n    package-{one}: \"npm:^1.0.0\"\n    package-{two}: \"npm:^1.0.0\"\n  checksum: 10c0/{at:060}\n  languageName: node\n  linkType: hard\n\n"
            ),
            "bun.lock" => writeln!(
                text,
                "    \"package-{at}\": [\"package-{at}@1.0.{at}\", \"\", {{ \"dependencies\": {{ \"package-{one}\": \"^1.0.0\", \"package-{two}\": \"^1.0.0\" }} }}, \"sha512-{at:060}\"],"
            ),
            "pnpm-lock.yaml" => write!(
                text,
                "  package-{at}@1.0.0:\n    dependencies:\n      package-{one}: 1.0.0\n      package-{two}: 1.0.0\n\n"
            ),
            _ => write!(
                text,
                ",\n    \"node_modules/package-{at}\": {{\n      \"version\": \"1.0.{at}\",\n      \"resolved\": \"https://registry.example/package-{at}.tgz\",\n      \"integrity\": \"sha512-{at:060}\",\n      \"dependencies\": {{ \"package-{one}\": \"^1.0.0\", \"package-{two}\": \"^1.0.0\" }}\n    }}"
            ),
        };
        at += 1;
    }
    text + tail
}

fn main() {
    let path = std::env::args().nth(1).unwrap_or_else(|| "package-lock.json".to_owned());
    let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
    let text = std::fs::read_to_string(&path).unwrap_or_else(|_| made(&path));
    let bytes = text.len();
    let files: Files = [(name, text)].into_iter().collect();
    let mut inventory = Inventory::default();
    let start = std::time::Instant::now();
    fleetwright_deps_node::read(&files, &mut inventory);
    let took = start.elapsed().as_millis();
    let packages: usize = inventory.locks.iter().map(|lock| lock.packages.len()).sum();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    println!(
        "{path}: {bytes} bytes, {packages} packages, {} findings, {took} ms, {peak}",
        inventory.findings.len()
    );
}
