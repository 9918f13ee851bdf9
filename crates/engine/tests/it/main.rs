//! The engine over a small fleet of real repositories.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod addresses;
mod broken;
mod conditions;
mod hostile;
mod mirrors;
mod named_world;
mod reach;
mod recurring;
mod secrets;
mod texts;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use fleetwright_core::Oid;
use fleetwright_engine::command::{Apply, Caller, Follow, Plan};
use fleetwright_engine::config::Config;
use fleetwright_engine::drive::Driven;
use fleetwright_engine::fleet::{Fleet, Isolation, Seams};
use fleetwright_engine::load::Loaded;
use fleetwright_engine::progress::Quiet;
use fleetwright_engine::round::Begun;
use fleetwright_git::{Change, Edit, Mode, RepoPath, Repository};

const CONFIG: &str = "forges:\n  - { name: local, type: local, root: ./repos }\n";

/// A fleet of `repos` generated repositories, with more lines in its configuration.
async fn fleet(folder: &Path, repos: usize, more: &str) -> Arc<Fleet> {
    if !folder.join("repos").exists() {
        fleetwright_demo::generate(&folder.join("repos"), repos, 40).unwrap();
    }
    let path = folder.join("fleetwright.yaml");
    std::fs::write(&path, format!("{CONFIG}{more}")).unwrap();
    let config = Config::read(&path).unwrap();
    Arc::new(Fleet::open(config, Isolation::Sandboxed, Seams::default()).await.unwrap())
}

fn caller() -> Caller {
    Caller { by: "ann".into(), progress: Arc::new(Quiet), interrupt: Default::default() }
}

/// Applies a shift of the given spec to the end.
async fn apply(fleet: &Arc<Fleet>, folder: &Path, name: &str, spec: &str) {
    let path = folder.join(format!("{name}.yaml"));
    let head = format!("apiVersion: fleetwright/v1\nkind: Shift\nmetadata: {{ name: {name} }}\nspec:\n");
    std::fs::write(&path, format!("{head}{spec}")).unwrap();
    let loaded = Loaded::read(&path).unwrap();
    let (_, driven) =
        Apply { loaded, amend: false, follow: Follow::Rest }.apply(fleet, &caller()).await.unwrap();
    assert_eq!(driven, Driven::Through);
}

/// Plans a shift of the given spec.
async fn plan(fleet: &Arc<Fleet>, folder: &Path, name: &str, spec: &str) -> Begun {
    let path = folder.join(format!("{name}.yaml"));
    let head = format!("apiVersion: fleetwright/v1\nkind: Shift\nmetadata: {{ name: {name} }}\nspec:\n");
    std::fs::write(&path, format!("{head}{spec}")).unwrap();
    let loaded = Loaded::read(&path).unwrap();
    Plan { loaded, amend: false }.apply(fleet, &caller()).await.unwrap().0
}

/// Files by path, each with what it is.
type Files = BTreeMap<Vec<u8>, (Mode, Vec<u8>)>;

/// A bare repository with these files in it; the answer is their tree, which no branch has yet.
fn written(folder: &Path, files: Files) -> (Repository, Oid) {
    let repository = Repository::init_bare(folder, "main").unwrap();
    let put = |(path, (mode, content)): (Vec<u8>, _)| Edit {
        path: RepoPath::new(path).unwrap(),
        change: Change::Put { mode, content },
    };
    let edits: Vec<Edit> = files.into_iter().map(put).collect();
    let built = repository.build(None, &edits).unwrap();
    repository.write_objects(&built.objects).unwrap();
    (repository, built.tree)
}

/// How many targets stand at a stage.
async fn count(fleet: &Fleet, shift: &str, stage: &str) -> u64 {
    let counts = fleet.store.counts(shift).await.unwrap();
    counts.iter().filter(|count| count.stage == stage).map(|count| count.targets).sum()
}
