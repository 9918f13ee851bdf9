//! Teams are kept as they were last told, and the catalog moves only when they do.

use fleetwright_core::team::{Member, Team};
use fleetwright_store::{CatalogDelta, OrgRow, Store, ToldTeams, Write};

use super::open;

fn team(slug: &str, logins: &[&str]) -> Team {
    let member = |login: &&str| Member { login: (*login).to_owned(), ..Member::default() };
    let members = logins.iter().map(member).collect();
    Team { path: format!("acme/{slug}"), slug: slug.to_owned(), members, ..Team::default() }
}

type Answer = Result<Vec<Team>, String>;

async fn told(store: &Store, forge: &str, at: i64, orgs: &[(&str, Answer)]) {
    let orgs = orgs.iter().map(|(name, answer)| ((*name).to_owned(), answer.clone())).collect();
    let told = ToldTeams { forge: forge.to_owned(), at, orgs };
    store.write(vec![Write::Teams(Box::new(told))], None).await.unwrap();
}

async fn version(store: &Store) -> i64 {
    store.catalog_version().await.unwrap().0
}

fn no() -> Answer {
    Err("it is closed".to_owned())
}

#[tokio::test]
async fn the_last_good_answer_stays() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let good: Answer = Ok(vec![team("payments", &["ann"]), team("shop", &[])]);
    told(&store, "hub", 10, &[("acme", good.clone()), ("beta", no())]).await;
    told(&store, "hub", 20, &[("acme", no()), ("beta", no())]).await;
    drop(store);
    let store = open(folder.path()).await;
    let row = |name: &str, teams: Answer, told_at| OrgRow {
        forge: "hub".to_owned(),
        name: name.to_owned(),
        teams: teams.unwrap_or_default(),
        fault: no().err(),
        told_at,
        asked_at: 20,
    };
    assert_eq!(store.orgs().await.unwrap(), [row("acme", good.clone(), 10), row("beta", no(), 0)]);
    told(&store, "hub", 30, &[("acme", good), ("beta", no())]).await;
    let rows = store.orgs().await.unwrap();
    assert_eq!((&rows[0].fault, rows[0].told_at, rows[0].asked_at), (&None, 30, 30));
}

#[tokio::test]
async fn the_catalog_moves_when_teams_do() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let mut last = version(&store).await;
    let mut moves = async |store: &Store| {
        let now = version(store).await;
        now != std::mem::replace(&mut last, now)
    };
    let one: Answer = Ok(vec![team("payments", &["ann"])]);
    let two: Answer = Ok(vec![team("payments", &["ann", "bob"])]);
    for (orgs, expected) in [
        (vec![("acme", no())], false),
        (vec![("acme", Ok(Vec::new()))], false),
        (vec![("acme", one.clone())], true),
        (vec![("acme", one.clone())], false),
        (vec![("acme", no())], false),
        (vec![("acme", two.clone())], true),
        (vec![("acme", two.clone()), ("beta", no())], false),
        (vec![("acme", two)], false),
        (vec![], true),
    ] {
        told(&store, "hub", 1, &orgs).await;
        assert_eq!(moves(&store).await, expected, "{orgs:?}");
    }
    assert_eq!(store.orgs().await.unwrap(), []);
    told(&store, "hub", 1, &[("acme", one)]).await;
    told(&store, "lab", 1, &[]).await;
    assert_eq!(store.orgs().await.unwrap().len(), 1, "another forge forgets nothing of this one");
}

#[tokio::test]
async fn teams_that_moved_have_all_of_the_catalog_put_together() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let assembled = async |store: &Store, seen: i64| {
        let delta = CatalogDelta { seen, ..CatalogDelta::default() };
        store.write(vec![Write::Catalog(Box::new(delta))], None).await.unwrap();
        store.catalog_version().await.unwrap().1
    };
    let seen = version(&store).await;
    assert_eq!(assembled(&store, seen).await, seen);
    told(&store, "hub", 1, &[("acme", Ok(vec![team("payments", &["ann"])]))]).await;
    assert_eq!(store.catalog_version().await.unwrap().1, -1);
    // What was put together before they moved is no part of what is to come.
    assert_eq!(assembled(&store, seen).await, -1);
    let now = version(&store).await;
    assert_eq!(assembled(&store, now).await, now);
}
