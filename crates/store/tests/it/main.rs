//! The store on a real SQLite file.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod auditing;
mod boms;
mod budget;
mod check_runs;
mod depending;
mod fetched;
mod hints;
mod knowing;
mod leases;
mod opening;
mod power;
mod renames;
mod teams;
mod writing;

use std::path::Path;
use std::sync::Arc;

use fleetwright_core::repo::RepoFacts;
use fleetwright_core::shift::{Scripts, Shift};
use fleetwright_store::{NewTarget, RepoRow, SelectionRow, ShiftRow, Silent, Store, Write};

async fn open(folder: &Path) -> Store {
    Store::open(&folder.join("fleet.db"), Arc::new(Silent)).await.unwrap()
}

fn repo(name: &str) -> RepoRow {
    RepoRow {
        id: 0,
        forge: "local".into(),
        name: name.into(),
        facts: RepoFacts::default(),
        head: None,
        tree: None,
        fault: None,
    }
}

fn shift_row(name: &str) -> ShiftRow {
    let text = format!(
        "apiVersion: fleetwright/v1\nkind: Shift\nmetadata: {{ name: {name} }}\nspec: {{ steps: [{{ run: a }}] }}\n"
    );
    let source = fleetwright_core::source::Source::parse("a.yaml", &text).unwrap();
    let shift: Shift = fleetwright_core::shift::read(&source).unwrap();
    let scripts = Scripts::new();
    ShiftRow {
        digest: shift.digest(&scripts),
        steps_digest: shift.steps_digest(&scripts),
        shift,
        scripts,
        source: "a.yaml".into(),
        control: fleetwright_core::next::Control::Planned,
        created_at: 0,
    }
}

/// A shift `tidy` with one queued target in each of `names`.
async fn planned(store: &Store, names: &[&str]) {
    let repos = names.iter().map(|name| repo(name)).collect();
    store.write(vec![Write::Repos(repos), Write::Shift(Box::new(shift_row("tidy")))], None).await.unwrap();
    let repos = store.repos().await.unwrap();
    let rows = repos
        .iter()
        .map(|repo| SelectionRow { repo: repo.id, selected: true, reason: "all".into() })
        .collect();
    let targets = repos.iter().map(|repo| NewTarget { repo: repo.id, dir: String::new() }).collect();
    let shift = || "tidy".to_owned();
    let writes = vec![Write::Selection { shift: shift(), rows }, Write::Targets { shift: shift(), targets }];
    store.write(writes, None).await.unwrap();
}
