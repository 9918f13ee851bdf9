//! How long questions about dependencies take over a whole fleet: 10,000 repositories, 1.5 million rows.
//!
//! `cargo run --release -p fleetwright-engine --example dependencies -- FOLDER [REPOSITORIES] [ADVISORIES]` writes the
//! rows into a database in a new folder (some hundred megabytes), advisories into zips, and a configuration, so that
//! the binary can be asked there, too. With a folder that is there, it times each question, the best of three.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "it measures and prints")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use fleetwright_core::Oid;
use fleetwright_core::repo::RepoFacts;
use fleetwright_engine::config::Config;
use fleetwright_engine::deps;
use fleetwright_engine::fleet::{Fleet, Isolation, Seams};
use fleetwright_package::{Ecosystem, Package, Range};
use fleetwright_store::{
    CatalogDelta, Dependencies, DependencyFile, DependencyRow, EntityRow, Read, Reading, RepoRow, Write,
};

/// Rows of each repository: 30 declared, 120 locked.
const DECLARED: u32 = 30;
const LOCKED: u32 = 120;

fn row(at: usize, file: u32, part: u32) -> DependencyRow {
    let number = (at * 31 + part as usize * 97) % 20_000;
    DependencyRow {
        file,
        part,
        ecosystem: "npm".into(),
        name: if part == 7 { "log4js".into() } else { format!("package-{number}") },
        version: format!("{}.{}.{}", number % 5, at % 12, (at + number) % 7),
        requirement: if file == 0 { "^1.0.0".into() } else { String::new() },
        scope: "runtime".into(),
        direct: file == 0,
        line: part + 1,
        via: (file == 1 && part > 0).then_some(part / 3),
        ..DependencyRow::default()
    }
}

fn reading(at: usize, repo: i64) -> Reading {
    let file = |path: &str, is_lock| DependencyFile {
        path: path.into(),
        ecosystem: "npm".into(),
        is_lock,
        ..DependencyFile::default()
    };
    let declared = (0..DECLARED).map(|part| row(at, 0, part));
    let locked = (0..LOCKED).map(|part| row(at + 1, 1, part));
    Reading {
        repo,
        read: Read { tip: Oid::ZERO, tree: Oid::ZERO, reader: 1 },
        files: 1,
        languages: BTreeMap::new(),
        documents: Vec::new(),
        marks: Vec::new(),
        declared: Vec::new(),
        dependencies: Some(Dependencies {
            files: vec![file("package.json", false), file("package-lock.json", true)],
            rows: declared.chain(locked).collect(),
            asked: Vec::new(),
        }),
        findings: Vec::new(),
    }
}

async fn fill(fleet: &Fleet, repos: usize) {
    let rows: Vec<RepoRow> = (0..repos)
        .map(|at| RepoRow {
            id: 0,
            forge: "local".into(),
            name: format!("org{}/r{at}", at % 20),
            facts: RepoFacts::default(),
            head: Some(Oid::ZERO),
            tree: Some(Oid::ZERO),
            fault: None,
        })
        .collect();
    fleet.store.write(vec![Write::Repos(rows)], None).await.unwrap();
    let ids: Vec<i64> = fleet.store.repos().await.unwrap().into_iter().map(|row| row.id).collect();
    for (chunk, ids) in ids.chunks(256).enumerate() {
        let writes =
            ids.iter().enumerate().map(|(at, id)| Write::Reading(Box::new(reading(chunk * 256 + at, *id))));
        fleet.store.write(writes.collect(), None).await.unwrap();
    }
}

/// Advisories of which a tenth is about packages that are in use.
fn advisories(path: &Path, count: usize) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    let details = "What is wrong, in some sentences that nobody reads here. ".repeat(20);
    for at in 0..count {
        let name = if at == 0 {
            "log4js".to_owned()
        } else if at % 10 == 1 {
            format!("package-{}", at % 20_000)
        } else {
            format!("other-{at}")
        };
        let mut text = String::new();
        write!(
            text,
            r#"{{ "id": "GHSA-{at}", "aliases": ["CVE-{at}"], "details": "{details}", "severity": [{{ "type": "CVSS_V3",
            "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }}], "affected": [{{ "package": {{ "ecosystem": "npm",
            "name": "{name}" }}, "ranges": [{{ "type": "SEMVER", "events": [{{ "introduced": "1.0.0" }}, {{ "fixed": "1.3.0" }}] }}] }}] }}"#
        )
        .unwrap();
        zip.start_file(format!("{at}.json"), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
}

/// A component in each repository.
async fn declare(fleet: &Fleet) {
    let entity = |row: &RepoRow| {
        let name = row.name.replace('/', "-");
        EntityRow {
            reference: format!("component:default/{name}"),
            kind: "Component".into(),
            namespace: "default".into(),
            repo: Some(row.id),
            path: "catalog-info.yaml".into(),
            line: 1,
            owner: format!("group:default/team-{}", row.id % 200),
            discovered: false,
            body: format!(
                r#"{{"kind":"Component","metadata":{{"name":"{name}"}},"spec":{{"type":"service"}}}}"#
            ),
            tip: String::new(),
            name,
        }
    };
    let put = fleet.store.repos().await.unwrap().iter().map(entity).collect();
    let delta = CatalogDelta { put, ..CatalogDelta::default() };
    fleet.store.write(vec![Write::Catalog(Box::new(delta))], None).await.unwrap();
}

/// Times the best of three.
async fn best<T>(what: &str, ask: impl AsyncFn() -> T, said: impl Fn(&T) -> String) {
    let (mut best, mut told) = (Duration::MAX, None);
    for _ in 0..3 {
        let start = Instant::now();
        told = Some(ask().await);
        best = best.min(start.elapsed());
    }
    println!("{what:<34} {:>9.1} ms, {}", best.as_secs_f64() * 1000.0, told.as_ref().map(said).unwrap());
}

async fn questions(fleet: &Fleet, folder: &Path) {
    let package = Package::new(Ecosystem::Npm, "log4js").unwrap();
    let few = Range::question(Ecosystem::Npm, "<0.1").unwrap();
    let many = Range::question(Ecosystem::Npm, "<3").unwrap();
    for (what, range) in [
        ("deps who, a range few are in", Some(&few)),
        ("deps who, a range many are in", Some(&many)),
        ("deps who, any", None),
    ] {
        let who = async || deps::who(fleet, &package, range).await.unwrap();
        best(what, who, |told| format!("{} places", told.found.len())).await;
    }
    let skew = async || deps::skew(fleet, None).await.unwrap();
    best("deps skew", skew, |told| format!("{} packages", told.len())).await;
    for (what, file) in [("one advisory", "one.zip"), ("all advisories", "all.zip")] {
        let told = async || deps::advisories(fleet, &folder.join(file), None).await.unwrap();
        best(what, told, |told| format!("{} read, {} places", told.read, told.hits.len())).await;
    }
}

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some(folder) = words.first().map(Path::new) else {
        return println!("dependencies FOLDER [REPOSITORIES] [ADVISORIES]");
    };
    let number = |at: usize, or| words.get(at).and_then(|word| word.parse().ok()).unwrap_or(or);
    let (repos, count) = (number(1, 10_000), number(2, 200_000));
    std::fs::create_dir_all(folder.join("repos")).unwrap();
    let database = folder.join("fleet.db");
    let is_new = !database.exists();
    let fleet = Fleet::open(Config::in_folder(folder), Isolation::Sandboxed, Seams::default()).await.unwrap();
    if is_new {
        let config = "database: sqlite:fleet.db\ncache: cache\nforges: [{ name: local, type: local, root: repos }]\n\
            dependencies: { advisories: one.zip }\n";
        std::fs::write(folder.join("fleetwright.yaml"), config).unwrap();
        let start = Instant::now();
        fill(&fleet, repos).await;
        let took = start.elapsed().as_secs_f64();
        declare(&fleet).await;
        advisories(&folder.join("one.zip"), 1);
        advisories(&folder.join("all.zip"), count);
        let (rows, bytes) =
            (repos * (DECLARED + LOCKED) as usize, std::fs::metadata(&database).unwrap().len());
        println!("{repos} repositories, {rows} rows written in {took:.1} s, database {} MB", bytes >> 20);
    } else {
        questions(&fleet, folder).await;
    }
}
