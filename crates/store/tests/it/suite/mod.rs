//! Every test of the store that both databases must pass; `super` says which one it is.

mod boms;
mod budget;
mod carrying;
mod check_runs;
mod depending;
mod fetched;
mod hints;
mod knowing;
mod leases;
mod power;
mod renames;
mod teams;
mod writing;

use std::path::Path;
use std::sync::Arc;

use fleetwright_core::repo::RepoFacts;
use fleetwright_core::shift::{Scripts, Shift};
use fleetwright_store::{NewTarget, RepoRow, SelectionRow, ShiftRow, Silent, Store, Witness, Write};

use super::database;

/// The database of a folder: the same one each time.
async fn open(folder: &Path) -> Store {
    open_with(folder, Arc::new(Silent)).await
}

async fn open_with(folder: &Path, witness: Arc<dyn Witness>) -> Store {
    Store::open(database(folder), witness).await.unwrap()
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
