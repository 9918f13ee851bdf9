//! What repositories depend on.

use std::time::Duration;

use fleetwright_store::{
    AskedRow, Bounds, Dependencies, DependencyFile, DependencyRow, Frozen, Reading, Store, Write,
};
use serde_json::json;

use super::knowing::{filled, reading};

fn row(file: u32, part: u32, name: &str, version: &str) -> DependencyRow {
    DependencyRow {
        file,
        part,
        ecosystem: "maven".into(),
        name: name.into(),
        version: version.into(),
        why: if version.is_empty() { "a parent is missing".into() } else { String::new() },
        requirement: version.into(),
        scope: "runtime".into(),
        direct: file == 0,
        line: 7,
        through: "property log4j.version".into(),
        via: (file > 0).then_some(3),
        members: vec![0],
    }
}

fn depending(repo: i64, rows: Vec<DependencyRow>) -> Reading {
    let files = vec![
        DependencyFile {
            path: "pom.xml".into(),
            ecosystem: "maven".into(),
            package: "maven:org.acme:shop".into(),
            version: "1.0".into(),
            ..DependencyFile::default()
        },
        DependencyFile {
            path: "pom.xml".into(),
            ecosystem: "maven".into(),
            is_lock: true,
            ..DependencyFile::default()
        },
    ];
    let asked = |package: &str, missing| AskedRow { package: package.into(), version: "2".into(), missing };
    let asked = vec![asked("maven:org.acme:parent", true), asked("maven:org.acme:bom", false)];
    Reading { dependencies: Some(Dependencies { files, rows, asked }), ..reading(repo, 2) }
}

async fn write(store: &Store, reading: Reading) {
    store.write(vec![Write::Reading(Box::new(reading))], None).await.unwrap();
}

async fn versions(store: &Store, name: &str) -> Vec<(String, i64)> {
    let known = store.versions_of("maven", name).await.unwrap();
    known.into_iter().map(|each| (each.version, each.repos)).collect()
}

#[tokio::test]
async fn who_is_on_which_version() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path()).await;
    let managed = DependencyRow { scope: "managed".into(), ..row(0, 2, "a:log4j", "9") };
    write(&store, depending(1, vec![row(0, 0, "a:log4j", "2.14"), row(1, 0, "a:other", "1"), managed])).await;
    write(&store, depending(2, vec![row(0, 0, "a:log4j", ""), row(1, 5, "a:log4j", "2.14")])).await;

    assert_eq!(versions(&store, "a:log4j").await, [(String::new(), 1), ("2.14".into(), 2)]);
    let package = store.versions_of("maven", "a:log4j").await.unwrap()[0].package;
    let uses = store.uses(package, &["2.14"]).await.unwrap();
    let seen: Vec<_> = uses.iter().map(|each| (each.repo, each.file.is_lock, each.row.part)).collect();
    assert_eq!(seen, [(1, false, 0), (2, true, 5)]);
    let expected = DependencyRow { file: 0, ..row(1, 5, "a:log4j", "2.14") };
    assert_eq!(uses[1].row, DependencyRow { direct: false, ..expected });
    assert_eq!(store.uses(package, &[""]).await.unwrap()[0].row.why, "a parent is missing");
    // A version looks as whoever wrote it likes.
    let odd = "1 2\n3 1.0é";
    write(
        &store,
        depending(2, vec![row(0, 0, "a:log4j", ""), row(1, 5, "a:log4j", "2.14"), row(0, 1, "a:other", odd)]),
    )
    .await;
    let in_use = store.in_use().await.unwrap();
    let in_use: Vec<_> = in_use.into_iter().map(|each| (each.name, each.versions)).collect();
    let expected = [
        ("a:log4j".to_owned(), vec![(String::new(), 1), ("2.14".to_owned(), 2)]),
        ("a:other".to_owned(), vec![("1".to_owned(), 1), (odd.to_owned(), 1)]),
    ];
    assert_eq!(in_use, expected);
    assert_eq!(store.dependencies_of(1).await.unwrap().len(), 3);
}

#[tokio::test]
async fn the_way_to_what_is_locked() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path()).await;
    let locked = |part, name: &str, via| DependencyRow { via, ..row(1, part, name, "1") };
    let rows = vec![
        locked(0, "a:a", None),
        locked(1, "b:b", Some(0)),
        locked(2, "c:c", Some(1)),
        locked(3, "d:d", Some(3)),
    ];
    write(&store, depending(1, rows)).await;
    let file = store.dependencies_of(1).await.unwrap()[0].file_id;
    let ways = store.ways(&[(file, 2), (file, 0), (file, 3)]).await.unwrap();
    assert_eq!(ways.get(&(file, 2)).unwrap(), &["b:b 1", "a:a 1"]);
    assert_eq!(ways.get(&(file, 0)), None);
    // A circle, which no reader makes, ends.
    assert_eq!(ways.get(&(file, 3)).unwrap().len(), 100);
    assert_eq!(store.packages_called("C").await.unwrap(), [("maven".to_owned(), "c:c".to_owned())]);
}

#[tokio::test]
async fn what_was_not_read_again_stays_and_what_is_forgotten_goes() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path()).await;
    write(&store, depending(1, vec![row(0, 0, "a:b", "1")])).await;
    write(&store, reading(1, 9)).await;
    assert_eq!(versions(&store, "a:b").await, [("1".into(), 1)]);
    write(&store, depending(1, vec![row(0, 0, "a:b", "2")])).await;
    assert_eq!(versions(&store, "a:b").await, [("2".into(), 1)]);
    store.write(vec![Write::Unread(1)], None).await.unwrap();
    assert!(versions(&store, "a:b").await.is_empty());
    assert!(store.asking(&["maven:org.acme:parent 2".to_owned()]).await.unwrap().is_empty());
}

#[tokio::test]
async fn who_asks_for_what_others_publish() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path()).await;
    write(&store, depending(1, Vec::new())).await;
    let published = store.published("maven").await.unwrap();
    let names: Vec<_> = published.iter().map(|row| (row.package.as_str(), row.repo.as_str())).collect();
    assert_eq!(names, [("maven:org.acme:shop", "acme/a")]);
    assert_eq!(store.published_by(&[1, 2]).await.unwrap(), ["maven:org.acme:shop 1.0"]);
    assert_eq!(store.asking(&["maven:org.acme:parent 2".to_owned()]).await.unwrap(), [1]);
    assert!(store.asking(&["maven:org.acme:parent 3".to_owned()]).await.unwrap().is_empty());
}

#[tokio::test]
async fn many_rows_are_all_there() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path()).await;
    let rows = (0..2_500).map(|part| row(1, part, &format!("g:a{part}"), "1")).collect();
    write(&store, depending(1, rows)).await;
    assert_eq!(store.dependencies_of(1).await.unwrap().len(), 2_500);
}

#[tokio::test]
async fn a_secret_in_a_requirement_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path()).await;
    let token = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    let requirement = format!("git+https://{token}@git.example/acme/x");
    write(&store, depending(1, vec![DependencyRow { requirement, ..row(0, 0, "a:b", "1") }])).await;
    let kept = store.dependencies_of(1).await.unwrap();
    assert!(!kept[0].row.requirement.contains("a1B2c3"), "{}", kept[0].row.requirement);
}

#[tokio::test]
async fn frozen_dependencies_are_those_of_their_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path()).await;
    let locked = |part, members| DependencyRow { members, ..row(1, part, "a:other", "1") };
    write(&store, depending(1, vec![row(0, 0, "a:log4j", "2.14"), locked(0, vec![1, 0]), locked(1, vec![])]))
        .await;
    let snapshots = folder.path().join("snapshots");
    let bounds = Bounds { rows: 100, time: Duration::from_secs(20) };
    let components = |repo: i64, path: &str| vec![format!("component:default/{repo}-{path}")];
    let question =
        "SELECT package, version, components, file FROM dependencies ORDER BY is_lock, package, components";
    let old = Frozen::newest(&store, &snapshots).await.unwrap();
    assert!(old.lacks(question) && !old.lacks("SELECT 'dependencies' FROM repo"));
    write(&store, depending(2, Vec::new())).await;
    assert!(!old.add_dependencies(&store, &components).await.unwrap(), "what is known moved");
    let error = old.ask(question, bounds).await.unwrap_err().to_string();
    assert!(error.contains("holds no dependencies"), "{error}");

    let new = Frozen::newest(&store, &snapshots).await.unwrap();
    assert!(new.add_dependencies(&store, &components).await.unwrap());
    assert!(!new.lacks(question));
    let mine = json!(r#"["component:default/1-pom.xml"]"#);
    let answer = new.ask(question, bounds).await.unwrap();
    let pom = json!("pom.xml");
    assert_eq!(
        answer.rows,
        [
            [json!("a:log4j"), json!("2.14"), mine.clone(), pom.clone()],
            [json!("a:other"), json!("1"), mine.clone(), pom.clone()],
            [json!("a:other"), json!("1"), mine, pom],
        ]
    );
    let files = new.ask("SELECT count(*) FROM manifests", bounds).await.unwrap();
    assert_eq!(files.rows, [[json!(4)]]);
    // They are only read, and go when there are four newer ones.
    assert!(new.ask("WITH x AS (SELECT 1) DELETE FROM dependencies.package", bounds).await.is_err());
    for _ in 0..4 {
        write(&store, depending(2, Vec::new())).await;
        let next = Frozen::newest(&store, &snapshots).await.unwrap();
        assert!(next.add_dependencies(&store, &components).await.unwrap());
    }
    write(&store, depending(2, Vec::new())).await;
    Frozen::newest(&store, &snapshots).await.unwrap();
    assert!(new.lacks(question));
    assert_eq!(std::fs::read_dir(&snapshots).unwrap().count(), 7 + 4);
}
