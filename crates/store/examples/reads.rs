//! How long the store's hot reads take: the catalog of 15,000 components, and 1.5 million rows of dependencies.
//!
//! `cargo run --release -p fleetwright-store --example reads -- PLACE [REPOSITORIES]` fills the database at a place
//! that is empty, and times each question, the best of seven.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "it measures and prints")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fleetwright_core::Oid;
use fleetwright_core::repo::RepoFacts;
use fleetwright_store::{
    CatalogDelta, Database, Dependencies, DependencyFile, DependencyRow, EntityRow, Read, Reading,
    RelationRow, RepoRow, Silent, Store, Write,
};

fn row(at: usize, file: u32, part: u32) -> DependencyRow {
    let number = (at * 31 + part as usize * 97) % 20_000;
    DependencyRow {
        file,
        part,
        ecosystem: "npm".into(),
        name: if part == 7 { "log4js".into() } else { format!("package-{number}") },
        version: format!("{}.{}.{}", number % 5, at % 12, (at + number) % 7),
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
    let rows = (0..30).map(|part| row(at, 0, part)).chain((0..120).map(|part| row(at + 1, 1, part)));
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
            rows: rows.collect(),
            asked: Vec::new(),
        }),
        findings: Vec::new(),
    }
}

fn entity(at: usize) -> EntityRow {
    let name = format!("component-{at}");
    let body = serde_json::json!({
        "apiVersion": "backstage.io/v1alpha1", "kind": "Component",
        "metadata": { "name": name, "description": "does what it says ".repeat(8), "tags": ["java", "core"] },
        "spec": { "type": "service", "lifecycle": "production", "owner": "group:default/team" },
    });
    EntityRow {
        reference: format!("component:default/{name}"),
        kind: "Component".into(),
        namespace: "default".into(),
        name,
        repo: Some(at as i64 / 2 + 1),
        path: "catalog-info.yaml".into(),
        line: 1,
        owner: "group:default/team".into(),
        discovered: false,
        body: body.to_string(),
        tip: Oid::ZERO.to_string(),
    }
}

async fn fill(store: &Store, repos: usize) {
    let began = Instant::now();
    let named = (0..repos).map(|at| RepoRow {
        id: 0,
        forge: "local".into(),
        name: format!("acme/repo-{at}"),
        facts: RepoFacts::default(),
        head: None,
        tree: None,
        fault: None,
    });
    store.write(vec![Write::Repos(named.collect())], None).await.unwrap();
    let ids: Vec<i64> = store.repos().await.unwrap().iter().map(|repo| repo.id).collect();
    for chunk in ids.chunks(50) {
        let reading = |repo: &i64| Write::Reading(Box::new(reading(*repo as usize, *repo)));
        store.write(chunk.iter().map(reading).collect(), None).await.unwrap();
    }
    let put: Vec<EntityRow> = (0..repos * 3 / 2).map(entity).collect();
    let related = put.iter().flat_map(|row| {
        let relation = |kind: &str| RelationRow {
            source: row.reference.clone(),
            kind: kind.into(),
            target: "group:default/team".into(),
        };
        [relation("ownedBy"), relation("partOf")]
    });
    let delta = CatalogDelta { related: related.collect(), put, ..CatalogDelta::default() };
    store.write(vec![Write::Catalog(Box::new(delta))], None).await.unwrap();
    println!("filled in {:.1} s", began.elapsed().as_secs_f64());
}

async fn best<T>(name: &str, mut ask: impl AsyncFnMut() -> T) -> T {
    let (mut least, mut last) = (Duration::MAX, None);
    for _ in 0..7 {
        let began = Instant::now();
        last = Some(ask().await);
        least = least.min(began.elapsed());
    }
    println!("{name}: {:.1} ms", least.as_secs_f64() * 1_000.0);
    last.unwrap()
}

#[tokio::main]
async fn main() {
    let place = std::env::args().nth(1).unwrap();
    let repos = std::env::args().nth(2).map_or(10_000, |text| text.parse().unwrap());
    let store = Store::open(Database::read(&place).unwrap(), Arc::new(Silent)).await.unwrap();
    if store.repos().await.unwrap().is_empty() {
        fill(&store, repos).await;
    }
    let (package, versions) =
        best("versions in use of a package", async || store.versions("npm", "log4js").await)
            .await
            .unwrap()
            .unwrap();
    let versions: Vec<&str> = versions.iter().map(String::as_str).collect();
    let uses =
        best("who uses it in any version", async || store.uses(package, &versions).await).await.unwrap();
    println!("  {} places", uses.len());
    best("every version of every package", async || store.in_use().await).await.unwrap();
    best("what one repository depends on", async || store.dependencies_of(7).await).await.unwrap();
    let entities = best("all entities", async || store.entities().await).await.unwrap();
    println!("  {} entities", entities.len());
    best("all relations, one by one", async || {
        let mut met = 0;
        store.each_relation(|_| met += 1).await.unwrap();
        met
    })
    .await;
    best("all repositories", async || store.repos().await).await.unwrap();
}
