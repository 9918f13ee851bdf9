//! What was read of repositories, the catalog made of it, and questions to frozen copies.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use fleetwright_core::Oid;
use fleetwright_store::{
    Answer, Bounds, CatalogDelta, DeclaredRow, Document, DocumentKind, EntityRow, FileMark, FindingRow,
    Frozen, Read, Reading, RelationRow, Store, StoreError, Write,
};
use serde_json::json;

use super::{open, repo};

fn oid(byte: u8) -> Oid {
    Oid::from_bytes([byte; 20])
}

fn document(path: &str, kind: DocumentKind, body: &str) -> Document {
    let name = if kind == DocumentKind::Entity { "component:default/a" } else { "" };
    Document {
        path: path.into(),
        part: 0,
        kind,
        name: name.into(),
        line: 1,
        blob: oid(3),
        stale: false,
        origin: path.into(),
        parent: "location:default/all".into(),
        taken: vec!["api.yaml".into()],
        body: body.into(),
    }
}

pub(crate) fn reading(repo: i64, tree: u8) -> Reading {
    Reading {
        repo,
        read: Read { tip: oid(1), tree: oid(tree), reader: 1 },
        files: 2,
        languages: BTreeMap::from([("java".to_owned(), 2)]),
        documents: vec![
            document("CODEOWNERS", DocumentKind::CodeOwners, "* @a\n"),
            document("catalog-info.yaml", DocumentKind::Entity, r#"{"kind":"Component"}"#),
        ],
        marks: vec![FileMark { path: "pom.xml".into(), kind: "manifest".into(), tool: "maven".into() }],
        declared: vec![DeclaredRow {
            path: "k8s/a.yaml".into(),
            line: 3,
            part: 0,
            format: "kubernetes".into(),
            kind: "Deployment".into(),
            namespace: String::new(),
            name: "a".into(),
            body: r#"{"images":["a:1"]}"#.into(),
        }],
        dependencies: None,
        findings: vec![FindingRow {
            area: "catalog".into(),
            path: "bad.yaml".into(),
            line: 7,
            message: "it is no YAML".into(),
            remedy: "mend it".into(),
        }],
    }
}

fn entity(name: &str, owner: &str) -> EntityRow {
    let body = json!({ "kind": "Component", "metadata": { "name": name, "tags": ["x"] }, "spec": { "type": "service" } });
    EntityRow {
        reference: format!("component:default/{name}"),
        kind: "Component".into(),
        namespace: "default".into(),
        name: name.into(),
        repo: Some(1),
        path: "catalog-info.yaml".into(),
        line: 1,
        owner: owner.into(),
        discovered: false,
        body: body.to_string(),
        tip: oid(1).to_string(),
    }
}

fn owned(name: &str, owner: &str) -> RelationRow {
    RelationRow { source: format!("component:default/{name}"), kind: "ownedBy".into(), target: owner.into() }
}

pub(crate) async fn filled(folder: &Path) -> Store {
    let store = open(folder).await;
    store.write(vec![Write::Repos(vec![repo("acme/a"), repo("acme/b")])], None).await.unwrap();
    store.write(vec![Write::Reading(Box::new(reading(1, 2)))], None).await.unwrap();
    let delta = CatalogDelta {
        put: vec![entity("a", "group:default/x"), entity("b", "")],
        related: vec![owned("a", "group:default/x")],
        ..CatalogDelta::default()
    };
    store.write(vec![Write::Catalog(Box::new(delta))], None).await.unwrap();
    store
}

#[tokio::test]
async fn a_reading_takes_the_place_of_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path()).await;
    let whole = reading(1, 2);
    assert_eq!(store.readings().await.unwrap(), BTreeMap::from([(1, whole.read)]));
    let documents: Vec<Document> = store.documents(Some(1)).await.unwrap().into_iter().map(|d| d.1).collect();
    assert_eq!(documents, whole.documents);
    assert_eq!(store.marks(None).await.unwrap(), [(1, whole.marks[0].clone())]);
    assert_eq!(store.declared(None).await.unwrap(), [(1, whole.declared[0].clone())]);
    assert_eq!(store.findings(Some(1)).await.unwrap(), [(1, whole.findings[0].clone())]);
    assert_eq!(store.reading(1).await.unwrap(), Some(whole));
    assert_eq!(store.reading(2).await.unwrap(), None);

    let less = Reading { documents: Vec::new(), findings: Vec::new(), ..reading(1, 9) };
    store.write(vec![Write::Reading(Box::new(less.clone()))], None).await.unwrap();
    assert_eq!(store.readings().await.unwrap(), BTreeMap::from([(1, less.read)]));
    assert!(
        store.documents(None).await.unwrap().is_empty() && store.findings(None).await.unwrap().is_empty()
    );
    assert_eq!(store.declared(None).await.unwrap().len(), 1, "what is still there is there once");

    store.write(vec![Write::Unread(1)], None).await.unwrap();
    assert!(store.readings().await.unwrap().is_empty() && store.declared(None).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_secret_in_a_file_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path()).await;
    let token = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    let mut leaky = reading(1, 5);
    leaky.documents[1].body = json!({ "spec": { "token": token } }).to_string();
    leaky.declared[0].body = json!({ "env": [token] }).to_string();
    store.write(vec![Write::Reading(Box::new(leaky))], None).await.unwrap();
    let (documents, declared) = (store.documents(None).await.unwrap(), store.declared(None).await.unwrap());
    for body in [&documents[1].1.body, &declared[0].1.body] {
        assert!(!body.contains(&token), "{body}");
        assert!(serde_json::from_str::<serde_json::Value>(body).is_ok(), "{body}");
    }
}

#[tokio::test]
async fn the_catalog_moves_by_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path()).await;
    let (before, ..) = store.catalog_version().await.unwrap();
    let assembled = FindingRow { area: "assembly".into(), ..reading(1, 2).findings[0].clone() };
    let delta = CatalogDelta {
        seen: before,
        folder: "digest".into(),
        put: vec![entity("b", "group:default/y")],
        gone: vec!["component:default/a".into()],
        related: vec![owned("b", "group:default/y")],
        parted: vec![owned("a", "group:default/x")],
        findings: Some(vec![(1, assembled.clone())]),
        ..CatalogDelta::default()
    };
    store.write(vec![Write::Catalog(Box::new(delta))], None).await.unwrap();
    assert_eq!(store.entities().await.unwrap(), [entity("b", "group:default/y")]);
    assert_eq!(store.references(&["group", "component"]).await.unwrap(), ["component:default/b"]);
    assert_eq!(store.references(&["compo", "c", "group"]).await.unwrap(), [""; 0], "a kind is a whole word");
    assert_eq!(store.relations(None).await.unwrap(), [owned("b", "group:default/y")]);
    assert_eq!(store.relations(Some("component:default/a")).await.unwrap(), []);
    let found: Vec<_> = store.findings(None).await.unwrap().into_iter().map(|(_, row)| row.area).collect();
    assert_eq!(found, ["assembly", "catalog"], "what a reading found stays");
    assert_eq!(store.entity("component:default/a").await.unwrap(), None);
    assert_eq!(store.catalog_version().await.unwrap(), (before + 1, before + 1, "digest".to_owned()));
    let same = CatalogDelta { seen: before + 1, folder: "digest".into(), ..CatalogDelta::default() };
    store.write(vec![Write::Catalog(Box::new(same.clone()))], None).await.unwrap();
    assert_eq!(
        store.catalog_version().await.unwrap(),
        (before + 1, before + 1, "digest".to_owned()),
        "nothing moved"
    );
    store.write(vec![Write::Unread(2), Write::Catalog(Box::new(same))], None).await.unwrap();
    assert_eq!(
        store.catalog_version().await.unwrap(),
        (before + 2, before + 1, "digest".to_owned()),
        "it is to be made anew"
    );
}

const BOUNDS: Bounds = Bounds { rows: 100, time: Duration::from_secs(20) };

async fn ask(frozen: &Frozen, question: &str) -> Answer {
    frozen.ask(question, BOUNDS).await.unwrap()
}

#[tokio::test]
async fn a_frozen_copy_gives_the_same_answer_whatever_comes() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path()).await;
    let snapshots = folder.path().join("snapshots");
    let frozen = Frozen::newest(&store, &snapshots).await.unwrap();
    assert_eq!(frozen.id, store.catalog_version().await.unwrap().0);
    let question = "SELECT e.name, e.type, r.name AS repo, l.files FROM entity e
        JOIN repo r ON r.name = e.repo LEFT JOIN language l ON l.repo = r.name ORDER BY 1";
    let first = ask(&frozen, question).await;
    assert_eq!(first.columns, ["name", "type", "repo", "files"]);
    assert_eq!(first.rows[0], [json!("a"), json!("service"), json!("acme/a"), json!(2)]);
    assert_eq!(first.rows.len(), 2);
    assert_eq!(Frozen::newest(&store, &snapshots).await.unwrap(), frozen, "nothing moved: the same file");

    let gone = CatalogDelta { gone: vec!["component:default/a".into()], ..CatalogDelta::default() };
    store.write(vec![Write::Catalog(Box::new(gone))], None).await.unwrap();
    let kept = Frozen::kept(&snapshots, frozen.id).unwrap();
    assert_eq!(ask(&kept, question).await, first);
    let new = Frozen::newest(&store, &snapshots).await.unwrap();
    assert_eq!((new.id, ask(&new, question).await.rows.len()), (frozen.id + 1, 1));
    let names = "SELECT count(*) FROM finding WHERE area = 'catalog' AND line = 7";
    assert_eq!(ask(&new, names).await.rows, [[json!(1)]]);

    let error = Frozen::kept(&snapshots, 4711).unwrap_err().to_string();
    assert!(error.contains(&format!("kept are {}, {}", frozen.id, new.id)), "{error}");
}

#[tokio::test]
async fn old_copies_make_room() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path()).await;
    let snapshots = folder.path().join("snapshots");
    for _ in 0..20 {
        Frozen::newest(&store, &snapshots).await.unwrap();
        store.write(vec![Write::Unread(2)], None).await.unwrap();
    }
    std::fs::write(snapshots.join("building-999999999"), "left by a process that is gone").unwrap();
    Frozen::newest(&store, &snapshots).await.unwrap();
    assert_eq!(std::fs::read_dir(&snapshots).unwrap().count(), 16);
}

#[tokio::test]
async fn a_question_reaches_nothing_but_its_tables() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path()).await;
    let snapshots = folder.path().join("snapshots");
    let frozen = Frozen::newest(&store, &snapshots).await.unwrap();
    let attach = format!("ATTACH '{}' AS other", folder.path().join("other.db").display());
    for bad in [
        "SELECT * FROM target",
        "SELECT * FROM fleet.repo",
        "WITH x AS (SELECT 1) INSERT INTO repo SELECT * FROM repo",
        "DELETE FROM repo",
        "SELECT 1; SELECT 2",
        "VACUUM INTO 'copy.db'",
        "SELECT load_extension('x')",
        "SELECT nonsense(",
        attach.as_str(),
    ] {
        let error = frozen.ask(bad, BOUNDS).await.expect_err(bad);
        assert!(matches!(error, StoreError::Question { .. }), "{bad}: {error}");
    }
    assert_eq!(ask(&frozen, "SELECT count(*) AS n FROM repo").await.rows, [[json!(2)]]);
}

#[tokio::test]
async fn rows_and_time_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path()).await;
    let snapshots = folder.path().join("snapshots");
    let frozen = Frozen::newest(&store, &snapshots).await.unwrap();
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
    let few = frozen.ask(endless, Bounds { rows: 3, ..BOUNDS }).await.unwrap();
    assert_eq!((few.rows, few.more), (vec![vec![json!(1)], vec![json!(2)], vec![json!(3)]], true));
    let whole = format!("SELECT count(*) FROM ({endless})");
    let error = frozen.ask(&whole, Bounds { rows: 3, time: Duration::from_millis(50) }).await.unwrap_err();
    assert!(error.to_string().contains("no answer within 0.05 s"), "{error}");
}
