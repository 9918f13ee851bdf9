//! The audit: whatever is done to its rows is found.

use fleetwright_core::event::TargetName;
use fleetwright_store::{AuditRow, Chain, Database, Silent, Store, Write};
use serde_json::json;
use sqlx::{Connection, SqliteConnection};

async fn open(folder: &std::path::Path) -> Store {
    Store::open(Database::File(folder.join("fleet.db")), std::sync::Arc::new(Silent)).await.unwrap()
}

fn row(number: i64) -> Write {
    let target = Some(TargetName { repo: "acme/a".into(), dir: String::new() }).filter(|_| number % 2 == 0);
    Write::Audit(Box::new(AuditRow {
        actor: "ann".into(),
        what: format!("effect.{number}"),
        shift: Some("tidy".into()),
        digest: Some("d".into()),
        target,
        detail: json!({ "number": number, "text": "a \u{1f600} \"quoted\"" }),
    }))
}

/// Twelve rows, written in groups of three, and the database beneath.
async fn twelve(folder: &std::path::Path) -> (Store, SqliteConnection) {
    let store = open(folder).await;
    for group in 0..4 {
        store.write((1..=3).map(|each| row(group * 3 + each)).collect(), None).await.unwrap();
    }
    let raw = format!("sqlite://{}", folder.join("fleet.db").display());
    (store, SqliteConnection::connect(&raw).await.unwrap())
}

#[tokio::test]
async fn an_untouched_audit_holds_and_knows_its_heads() {
    let folder = tempfile::tempdir().unwrap();
    let empty = open(folder.path()).await.chain(None).await.unwrap();
    assert_eq!(empty, Chain { rows: 0, head: String::new(), broken: None, met: true });
    let (store, _) = twelve(folder.path()).await;
    let whole = store.chain(None).await.unwrap();
    assert_eq!((whole.rows, whole.broken), (12, None));
    let rows = store.audited(0, 100).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), (1..=12).collect::<Vec<_>>());
    assert_eq!((rows[1].repo.as_deref(), rows[0].repo.as_deref()), (Some("acme/a"), None));
    for row in rows {
        assert_eq!(store.chain(Some(&row.hash)).await.unwrap().broken, None, "a head of before");
    }
    assert!(store.chain(Some("of another audit")).await.unwrap().broken.is_some());
}

#[tokio::test]
async fn every_edit_and_every_deletion_is_found() {
    let columns = ["at", "actor", "what", "shift", "digest", "repo", "dir", "detail", "hash"];
    let mut found = 0;
    for id in 1..=12 {
        let edits = columns.iter().map(|column| {
            let value = if *column == "at" { "at + 1" } else { "'{\"x\":1}'" };
            (format!("UPDATE audit SET {column} = {value} WHERE id = {id}"), id - 1)
        });
        let removed = (format!("DELETE FROM audit WHERE id = {id}"), id - 1);
        let cut = (format!("DELETE FROM audit WHERE id >= {id}"), id - 1);
        let swapped = (format!("UPDATE audit SET id = CASE id WHEN {id} THEN 99 ELSE id END"), id - 1);
        for (edit, holds) in edits.chain([removed, cut, swapped]) {
            let folder = tempfile::tempdir().unwrap();
            let (store, mut raw) = twelve(folder.path()).await;
            sqlx::query(sqlx::AssertSqlSafe(edit.clone())).execute(&mut raw).await.unwrap();
            let chain = store.chain(None).await.unwrap();
            assert!(chain.broken.is_some(), "{edit}");
            assert_eq!(chain.rows, holds, "{edit}: {:?}", chain.broken);
            found += 1;
        }
    }
    assert_eq!(found, 12 * (9 + 3));
}

#[tokio::test]
async fn a_chain_that_is_made_anew_lacks_the_head_that_was_noted() {
    let folder = tempfile::tempdir().unwrap();
    let (store, mut raw) = twelve(folder.path()).await;
    let noted = store.chain(None).await.unwrap().head;
    for text in ["DELETE FROM audit", "UPDATE audit_head SET id = 0, hash = ''"] {
        sqlx::query(text).execute(&mut raw).await.unwrap();
    }
    store.write((1..=12).map(row).collect(), None).await.unwrap();
    assert_eq!(store.chain(None).await.unwrap().broken, None, "nobody can tell from the rows alone");
    let told = store.chain(Some(&noted)).await.unwrap().broken.unwrap();
    assert!(told.contains("noted"), "{told}");
}

#[tokio::test]
async fn a_secret_in_a_row_is_masked_and_the_chain_holds() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let mut write = row(1);
    let token = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0".repeat(2).get(..36).unwrap());
    if let Write::Audit(row) = &mut write {
        row.detail = json!({ "sent": format!("use {token}") });
    }
    store.write(vec![write], None).await.unwrap();
    let kept = store.audited(0, 1).await.unwrap().remove(0);
    assert!(!kept.detail.to_string().contains(&token), "{}", kept.detail);
    assert_eq!(store.chain(None).await.unwrap().broken, None);
}
