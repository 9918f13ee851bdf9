//! Who stood where is kept: what is as it was is not begun anew, and who is gone ends.

use std::collections::{BTreeMap, BTreeSet};

use fleetwright_core::Oid;
use fleetwright_store::{
    BomLook, BomStay, BomUse, BomUser, Dependencies, DependencyFile, DependencyRow, Read, Reading, Store,
    Write,
};

use super::{open, repo};

fn user(repo: i64, component: &str, release: &str) -> BomUser {
    let standing = if release.is_empty() { "behind" } else { "on" };
    BomUser { repo, component: component.into(), standing: standing.into(), release: release.into() }
}

async fn look(store: &Store, at: i64, among: Option<&[i64]>, users: &[BomUser]) {
    let look = BomLook {
        name: "jvm".into(),
        digest: format!("d{at}"),
        version: at,
        at,
        among: among.map(|among| among.iter().copied().collect()),
        users: users.to_vec(),
    };
    store.write(vec![Write::Bom(Box::new(look))], None).await.unwrap();
}

fn row(file: u32, part: u32, (name, version): (&str, &str), scope: &str) -> DependencyRow {
    DependencyRow {
        file,
        part,
        ecosystem: "npm".into(),
        name: name.into(),
        version: version.into(),
        scope: scope.into(),
        direct: true,
        ..DependencyRow::default()
    }
}

fn reading(repo: i64, rows: Vec<DependencyRow>) -> Write {
    let file =
        |path: &str| DependencyFile { path: path.into(), ecosystem: "npm".into(), ..Default::default() };
    Write::Reading(Box::new(Reading {
        repo,
        read: Read { tip: Oid::ZERO, tree: Oid::ZERO, reader: 1 },
        files: 1,
        languages: BTreeMap::new(),
        documents: Vec::new(),
        marks: Vec::new(),
        declared: Vec::new(),
        dependencies: Some(Dependencies {
            files: vec![file("package.json"), file("web/package.json")],
            rows,
            asked: Vec::new(),
        }),
        findings: Vec::new(),
    }))
}

/// Two repositories that were read; the answer is their rows.
async fn two(store: &Store) -> (i64, i64) {
    store.write(vec![Write::Repos(vec![repo("acme/a"), repo("acme/b")])], None).await.unwrap();
    let ids: Vec<i64> = store.repos().await.unwrap().into_iter().map(|row| row.id).collect();
    let (a, b) = (ids[0], ids[1]);
    let mut indirect = row(0, 2, ("react", "1.0.0"), "runtime");
    indirect.direct = false;
    let mut shared = row(1, 0, ("vue", ""), "development");
    shared.members = vec![0, 1];
    let rows =
        vec![row(0, 0, ("react", "18.0.0"), "runtime"), row(0, 1, ("react", "17.0.0"), "managed"), indirect];
    store.write(vec![reading(a, rows), reading(b, vec![shared])], None).await.unwrap();
    (a, b)
}

#[tokio::test]
async fn stays_begin_where_somebody_moves() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let (a, b) = two(&store).await;
    assert_eq!(store.bom_seen("jvm").await.unwrap(), None);
    look(&store, 10, None, &[user(a, "", "1"), user(b, "component:default/b", "")]).await;
    look(&store, 20, Some(&[b]), &[user(b, "component:default/b", "1")]).await;
    look(&store, 30, None, &[user(a, "", "1"), user(b, "component:default/b", "1")]).await;
    look(&store, 40, Some(&[a]), &[user(a, "component:default/a", "2")]).await;
    let seen = store.bom_seen("jvm").await.unwrap().unwrap();
    assert_eq!((seen.digest.as_str(), seen.version, seen.first_at, seen.at), ("d40", 40, 10, 40));
    let stay = |user: BomUser, since, until| BomStay { user, since, until };
    let mut expected = vec![
        stay(user(a, "", "1"), 10, Some(40)),
        stay(user(a, "component:default/a", "2"), 40, None),
        stay(user(b, "component:default/b", ""), 10, Some(20)),
        stay(user(b, "component:default/b", "1"), 20, None),
    ];
    assert_eq!(store.bom_stays("jvm").await.unwrap(), expected);

    // One that is not read any more is gone, also when others were looked at.
    store.write(vec![Write::Unread(b)], None).await.unwrap();
    look(&store, 50, Some(&[a]), &[user(a, "component:default/a", "2")]).await;
    expected[3].until = Some(50);
    assert_eq!(store.bom_stays("jvm").await.unwrap(), expected);
    assert!(store.bom_stays("other").await.unwrap().is_empty());
}

#[tokio::test]
async fn declared_uses_are_found_by_package_and_by_repository() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let (a, b) = two(&store).await;
    let packages = [("npm", "vue"), ("npm", "nobody"), ("npm", "react")];
    let one = |repo, path: &str, package, version: &str, members: &[u32]| BomUse {
        repo,
        path: path.into(),
        package,
        version: version.into(),
        members: members.to_vec(),
    };
    let react = one(a, "package.json", 2, "18.0.0", &[]);
    let vue = one(b, "web/package.json", 0, "", &[0, 1]);
    let mut all = store.bom_uses(&packages, None).await.unwrap();
    all.sort_by_key(|each| each.repo);
    assert_eq!(all, [react, vue.clone()]);
    assert_eq!(store.bom_uses(&packages, Some(&BTreeSet::from([b]))).await.unwrap(), [vue]);
    assert!(store.bom_uses(&packages[1..2], None).await.unwrap().is_empty());
}
