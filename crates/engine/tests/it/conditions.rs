//! Conditions of steps that ask the catalog.

use std::fs;
use std::path::Path;

use fleetwright_engine::config::Config;
use fleetwright_engine::fleet::{Fleet, Isolation, Seams};
use fleetwright_git::{CommitSpec, Mode, Person, commit_object};
use std::sync::Arc;

use crate::{CONFIG, Files, count, plan, written};

const COMPONENT: &str = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: shop }\n\
    spec: { type: service, lifecycle: production, owner: team }\n";

fn commit(folder: &Path, files: &[(&str, &str)]) {
    let files: Files = files
        .iter()
        .map(|(path, text)| (path.as_bytes().to_vec(), (Mode::File, text.as_bytes().to_vec())))
        .collect();
    let (repository, tree) = written(folder, files);
    let author = Person { name: "A".into(), email: "a@example.com".into() };
    let commit = commit_object(&CommitSpec {
        tree,
        parents: Vec::new(),
        author: author.clone(),
        committer: author,
        time: 1_700_000_000,
        message: "first".into(),
    })
    .unwrap();
    let tip = commit.oid;
    repository.write_objects(&[commit]).unwrap();
    repository.update_branch("main", None, Some(tip)).unwrap();
}

/// The groups that the people who keep the fleet wrote beside its configuration.
fn groups(folder: &Path, team: &str) {
    let group = |name: &str, more: &str| {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {{ name: {name} }}\nspec: {{ type: team, \
             children: []{more} }}\n---\n"
        )
    };
    let folder = folder.join("catalog");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("org.yaml"), group("company", "") + &group("team", team)).unwrap();
}

async fn opened(folder: &Path) -> Arc<Fleet> {
    commit(&folder.join("repos/acme/shop.git"), &[("catalog-info.yaml", COMPONENT), ("a.txt", "a\n")]);
    commit(&folder.join("repos/acme/other.git"), &[("a.txt", "a\n")]);
    let path = folder.join("fleetwright.yaml");
    fs::write(&path, CONFIG).unwrap();
    let config = Config::read(&path).unwrap();
    Arc::new(Fleet::open(config, Isolation::Sandboxed, Seams::default()).await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_catalog_makes_the_change_anew() {
    let folder = tempfile::tempdir().unwrap();
    groups(folder.path(), ", parent: company");
    let fleet = opened(folder.path()).await;
    let step =
        |condition: &str| format!("  steps: [{{ if: '{condition}', file: {{ path: x, content: y }} }}]\n");
    // One asks the catalog only, the other one files, too.
    let shifts = [
        ("catalog", step("component.inGroup(\"company\") && component.type == \"service\"")),
        ("files", step("\"group:default/company\" in group.ancestors && repo.hasFile(\"a.txt\")")),
    ];
    let stands = async |made: u64, stage: &str| {
        for (name, spec) in &shifts {
            let begun = plan(&fleet, folder.path(), name, spec).await;
            assert_eq!(count(&fleet, name, "made").await, made, "{name}, {begun:?}");
            assert_eq!(count(&fleet, name, stage).await, 2 - made, "{name}, {begun:?}");
        }
    };
    stands(1, "notApplicable").await;
    groups(folder.path(), "");
    stands(0, "notApplicable").await;
    groups(folder.path(), ", parent: company");
    stands(1, "notApplicable").await;
    // What the condition did not ask for makes nothing anew.
    groups(folder.path(), ", parent: company, profile: { displayName: Team }");
    let begun = plan(&fleet, folder.path(), "catalog", &shifts[0].1).await;
    assert_eq!(begun.due, 0);
}
