//! Mirrors with objects that cannot be read.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use fleetwright_engine::fleet::Fleet;
use fleetwright_engine::know::know;
use fleetwright_engine::progress::Quiet;
use fleetwright_engine::sync::sync;
use fleetwright_git::{RepoPath, Repository};
use fleetwright_index::{Globs, Index};
use fleetwright_store::FindingRow;

use crate::fleet;

/// Takes a mirror's packs apart and writes nonsense over the object of a file.
fn break_file(mirror: &Path, path: &str) {
    for pack in fs::read_dir(mirror.join("objects/pack")).unwrap().map(|entry| entry.unwrap().path()) {
        if pack.extension().is_some_and(|ending| ending == "pack") {
            let moved = mirror.join("moved.pack");
            fs::rename(&pack, &moved).unwrap();
            fs::remove_file(pack.with_extension("idx")).unwrap();
            let mut git = Command::new("git");
            git.arg("-C").arg(mirror).args(["unpack-objects", "-q"]);
            let ended = git.stdin(fs::File::open(&moved).unwrap()).stdout(Stdio::null()).status().unwrap();
            assert!(ended.success());
        }
    }
    let repository = Repository::open(mirror).unwrap();
    let tip = repository.branch("main").unwrap().unwrap();
    let tree = repository.commit_info(tip).unwrap().tree;
    let oid = repository.find(tree, &RepoPath::new(path).unwrap()).unwrap().unwrap().oid.to_string();
    let object = mirror.join("objects").join(&oid[..2]).join(&oid[2..]);
    fs::remove_file(&object).unwrap();
    fs::write(&object, "nonsense").unwrap();
}

async fn look(fleet: &Arc<Fleet>) -> (Vec<FindingRow>, bool, bool) {
    sync(fleet, |_| true, &Quiet).await.unwrap();
    know(fleet, &Quiet).await.unwrap();
    let row = fleet.store.repo("bench/repo-00001").await.unwrap().unwrap();
    let findings = fleet.store.findings(Some(row.id)).await.unwrap().into_iter().map(|(_, row)| row);
    let index = Index::open(&fleet.config.cache.join("search")).unwrap();
    let name = "local:bench/repo-00001";
    let has = index.has_file(name, &Globs::compile(&["README.md"]).unwrap()).unwrap();
    (findings.filter(|row| row.area == "search").collect(), index.tree(name) == row.tree, has)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_read_is_said_and_taken_in_once_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let fleet = fleet(folder.path(), 1, "").await;
    sync(&fleet, |_| true, &Quiet).await.unwrap();
    let mirror = fleet.mirror("local", "bench/repo-00001");
    break_file(&mirror, "deploy/app.yaml");
    for _ in 0..2 {
        let (findings, is_whole, has_others) = look(&fleet).await;
        let [finding] = findings.as_slice() else { panic!("{findings:?}") };
        assert_eq!((finding.path.as_str(), finding.line), ("deploy/app.yaml", 0));
        assert!(finding.message.contains("is corrupt"), "{}", finding.message);
        assert!(finding.remedy.contains(mirror.to_str().unwrap()), "{}", finding.remedy);
        assert!(!is_whole && has_others, "nothing may be proven of it, and the rest is searched");
    }
    fs::remove_dir_all(&mirror).unwrap();
    let (findings, is_whole, _) = look(&fleet).await;
    assert!(findings.is_empty() && is_whole, "{findings:?}");
}
