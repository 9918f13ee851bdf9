//! How long it takes to bring a package to a version in a typical repository without lockfiles:
//! `cargo run --release -p fleetwright-bump --example speed`.
//!
//! The repository has a parent POM with a property and five modules of forty dependencies each, a `package.json` of
//! sixty, requirements of forty, a Dockerfile and a workflow. What is timed is the whole step: the first reading, what
//! is decided and written, and the second reading, which is the guard.
#![allow(clippy::print_stdout, reason = "an example that prints")]

use std::time::{Duration, Instant};

use fleetwright_bump::{Wish, bump};
use fleetwright_deps::{Shelf, read};
use fleetwright_package::{Files, NothingPublished, Package};

/// How often each wish is fulfilled.
const ROUNDS: usize = 200;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let files = repository();
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    println!("{} files, {bytes} bytes", files.iter().count());
    for (package, to) in [
        ("maven:org.log:core", "2.17.1"),
        ("npm:dep7", "2.0.0"),
        ("pypi:dep7", "2.0"),
        ("image:python", "3.12"),
        ("actions:actions/checkout", "v4"),
        ("maven:not:there", "1.0"),
    ] {
        one(&files, package, to)?;
    }
    Ok(())
}

fn one(files: &Files, package: &str, to: &str) -> Result<(), Box<dyn std::error::Error>> {
    let package: Package = package.parse()?;
    let wish = Wish { package: &package, to, from: None, dir: "", overrides: false, pinned: false };
    let shelf = Shelf::default();
    let read = |files: &Files| read(files, &NothingPublished, &shelf);
    let mut times = Vec::new();
    let mut raised = 0;
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        let inventory = read(files);
        raised = bump(files, &inventory, &wish, &read)?.told.len();
        times.push(begin.elapsed());
    }
    times.sort();
    let at = |part: usize| times.get(ROUNDS * part / 100).copied().unwrap_or(Duration::ZERO);
    println!("{package} {to}: {raised} places, median {:?}, 95 of 100 within {:?}", at(50), at(95));
    Ok(())
}

fn repository() -> Files {
    let mut files = Files::default();
    let dependency = |name: &str, version: &str| {
        format!(
            "<dependency><groupId>org.log</groupId><artifactId>{name}</artifactId><version>{version}</version></dependency>\n"
        )
    };
    let modules: String = (0..5).map(|at| format!("<module>m{at}</module>")).collect();
    files.add(
        "pom.xml",
        format!(
            "<project><groupId>acme</groupId><artifactId>root</artifactId><version>1</version><packaging>pom</packaging>\n<modules>{modules}</modules>\n<properties><log.version>2.14.1</log.version></properties></project>"
        ),
    );
    for at in 0..5 {
        let others: String = (0..40).map(|at| dependency(&format!("dep{at}"), "1.0")).collect();
        let core = dependency("core", "${log.version}");
        files.add(
            format!("m{at}/pom.xml"),
            format!(
                "<project><parent><groupId>acme</groupId><artifactId>root</artifactId><version>1</version></parent><artifactId>m{at}</artifactId>\n<dependencies>\n{core}{others}</dependencies></project>"
            ),
        );
    }
    let json: Vec<String> = (0..60).map(|at| format!("    \"dep{at}\": \"^1.0.{at}\"")).collect();
    files.add(
        "web/package.json",
        format!("{{\n  \"name\": \"web\",\n  \"dependencies\": {{\n{}\n  }}\n}}\n", json.join(",\n")),
    );
    let lines: String = (0..40).map(|at| format!("dep{at}==1.0\n")).collect();
    files.add("tools/requirements.txt", lines);
    files.add("Dockerfile", "FROM python:3.10 AS one\nFROM python:3.11-slim\n");
    let steps = "    - uses: actions/checkout@v3\n".repeat(5);
    files.add(".github/workflows/ci.yml", format!("jobs:\n  a:\n    steps:\n{steps}"));
    files
}
