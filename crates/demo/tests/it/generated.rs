//! Fleets for benchmarks.

use std::fs;

use fleetwright_demo::generate;

use crate::support::{git, snapshot};

#[test]
fn repositories_are_small_nested_packed_and_sound() {
    let folder = tempfile::tempdir().unwrap();
    generate(folder.path(), 12, 40).unwrap();
    let mut trees = std::collections::BTreeSet::new();
    for index in 1..=12 {
        let path = folder.path().join(format!("bench/repo-{index:05}.git"));
        assert_eq!(git(&path, &["fsck", "--strict", "--full"]), "");
        let tree = git(&path, &["ls-tree", "-r", "--name-only", "HEAD"]);
        assert!((35..=45).contains(&tree.lines().count()), "{index}: {}", tree.lines().count());
        assert!(tree.lines().any(|line| line == "deploy/app.yaml"));
        let manifest = ["pom.xml", "package.json", "pyproject.toml"][index % 3];
        let manifest = git(&path, &["cat-file", "blob", &format!("HEAD:{manifest}")]);
        assert!(manifest.contains("version"), "{manifest}");
        let sizes = git(&path, &["ls-tree", "-r", "--format=%(objectsize) %(path)", "HEAD"]);
        for line in sizes.lines() {
            let size: usize = line.split(' ').next().unwrap().parse().unwrap();
            assert!((300..=3_000).contains(&size), "{index}: {line}");
        }
        assert_eq!(git(&path, &["rev-list", "--count", "HEAD"]), "3");
        assert_eq!(fs::read_dir(path.join("objects/pack")).unwrap().count(), 2);
        trees.insert(git(&path, &["rev-parse", "HEAD^{tree}"]));
    }
    assert_eq!(trees.len(), 12);
}

#[test]
fn a_repository_follows_from_its_number() {
    let (few, more) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    generate(few.path(), 3, 40).unwrap();
    generate(more.path(), 5, 40).unwrap();
    let (few, mut more) = (snapshot(few.path()), snapshot(more.path()));
    more.retain(|path, _| few.contains_key(path));
    assert!(few == more);
}

#[test]
fn a_fleet_may_be_tiny() {
    let folder = tempfile::tempdir().unwrap();
    generate(folder.path(), 0, 40).unwrap();
    generate(folder.path(), 1, 1).unwrap();
    let path = folder.path().join("bench/repo-00001.git");
    assert_eq!(git(&path, &["fsck", "--strict"]), "");
}
