//! `repo sync` is killed in the middle and run again: it ends as if nothing had happened, and what was read and
//! kept before is not read again.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use fleetwright_testkit::faults::{Fault, Place};
use fleetwright_testkit::fleet::Small;
use serde_json::Value;

use crate::world::World;

/// More than are kept together, so that a kill finds some kept and some not.
const REPOS: usize = 300;

/// How many of them move, so that the second sync reads these and no others.
const MOVED: usize = 270;

/// What is known in the end. The time and size of what was fetched are no part of it.
const KNOWN: [&str; 7] = [
    "SELECT name, language, default_branch, tip, tree, fault, files FROM repo ORDER BY 1",
    "SELECT ref, title, owner, repo, path, line, discovered, tip, body FROM entity ORDER BY 1",
    "SELECT * FROM relation ORDER BY 1, 2, 3",
    "SELECT * FROM mark ORDER BY 1, 2, 3, 4, 5",
    "SELECT * FROM infra ORDER BY 1, 2, 3, 4",
    "SELECT * FROM finding ORDER BY 1, 2, 3, 4, 5, 6",
    "SELECT forge, repo, file, line, package, version FROM dependencies ORDER BY 1, 2, 3, 4",
];

/// A repository of four files; every tenth has a catalog file that is no good.
fn small(at: usize, turn: &str) -> Small {
    let name = if at.is_multiple_of(10) { "no good name".to_owned() } else { format!("app-{at}") };
    let entity = format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{ name: {name}, title: {turn} }}\n\
         spec: {{ type: service, lifecycle: production, owner: team-{} }}\n",
        at % 7
    );
    let object =
        format!("apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: web-{at} }}\nspec: {{}}\n");
    let manifest = format!("{{\"name\": \"app-{at}\", \"dependencies\": {{\"react\": \"^{at}.0.0\"}}}}\n");
    let text = format!("{turn} number-{at}\n");
    let files = [
        ("catalog-info.yaml", entity.as_str()),
        ("k8s/web.yaml", &object),
        ("package.json", &manifest),
        ("a.txt", &text),
    ];
    Small::new(&format!("acme/app-{at:03}"), &files)
}

/// A sync to be killed, and how it ends when nobody does.
struct Sync {
    before: World,
    /// The times at which a repository was read, before.
    read: BTreeMap<String, Value>,
    end: Vec<Value>,
    /// How many repositories it reads.
    due: u64,
    took: Duration,
}

impl Sync {
    /// The first sync of a fleet.
    fn first() -> Sync {
        Sync::of(World::new(&(0..REPOS).map(|at| small(at, "old")).collect::<Vec<_>>()), REPOS)
    }

    /// The sync after most repositories moved and one went away.
    fn later() -> Sync {
        let world = Sync::first().before;
        world.ends(&["repo", "sync"], 0);
        // Times are told in seconds.
        std::thread::sleep(Duration::from_millis(1100));
        for at in 0..MOVED {
            std::fs::remove_dir_all(world.repository(&format!("acme/app-{at:03}"))).unwrap();
            small(at, "new").write(&world.path("repos")).unwrap();
        }
        std::fs::remove_dir_all(world.repository("acme/app-299")).unwrap();
        Sync::of(world, MOVED)
    }

    fn of(before: World, due: usize) -> Sync {
        let calm = before.copy();
        let begun = Instant::now();
        let told = calm.json(&["repo", "sync"]);
        let took = begun.elapsed();
        assert_eq!(told["read"], due, "{told}");
        let end = known(&calm);
        assert!(end.iter().all(|rows| rows.as_array().is_some_and(|rows| rows.len() >= 29)), "{end:?}");
        Sync { read: read(&without_fleet(&before)), before, end, due: due as u64, took }
    }

    /// Lets a sync be disturbed and runs it again. Says how many repositories the disturbed one had read and kept.
    fn survives(&self, what: &str, disturb: impl Fn(&World)) -> u64 {
        let world = self.before.copy();
        disturb(&world);
        let mut kept = read(&without_fleet(&world));
        kept.retain(|name, time| self.read.get(name) != Some(time));
        let again = world.json(&["repo", "sync"]);
        assert_eq!(again["read"], self.due - kept.len() as u64, "{what}: {again}");
        let end = known(&world);
        for (ours, calm) in end.iter().zip(&self.end) {
            let (ours, calm) = (ours.as_array().unwrap(), calm.as_array().unwrap());
            let differs = |(ours, calm): &(&Value, &Value)| ours != calm;
            let first = ours.iter().zip(calm).find(differs);
            assert!(
                ours.len() == calm.len() && first.is_none(),
                "{what}: {} of {}: {first:#?}",
                ours.len(),
                calm.len()
            );
        }
        let now = read(&world);
        assert!(kept.iter().all(|(name, time)| now.get(name) == Some(time)), "{what}: read twice");
        kept.len() as u64
    }
}

/// The database as it is now, in a world of its own: to ask it may change what is there.
fn without_fleet(world: &World) -> World {
    let copy = World::new(&[]);
    std::fs::create_dir_all(copy.path(".fleetwright")).unwrap();
    for file in std::fs::read_dir(world.path(".fleetwright")).into_iter().flatten().map(Result::unwrap) {
        if file.file_type().unwrap().is_file() {
            std::fs::copy(file.path(), copy.path(".fleetwright").join(file.file_name())).unwrap();
        }
    }
    copy
}

/// The times at which repositories were read.
fn read(world: &World) -> BTreeMap<String, Value> {
    let told = world.json(&[
        "query",
        "--sql",
        "SELECT name, read_at FROM repo WHERE read_at <> ''",
        "--limit",
        "9999",
    ]);
    let time = |row: &Value| (row["name"].as_str().unwrap().to_owned(), row["read_at"].clone());
    told["rows"].as_array().unwrap().iter().map(time).collect()
}

/// What is known, and what a search finds.
fn known(world: &World) -> Vec<Value> {
    let ask = |sql: &&str| world.json(&["query", "--sql", sql, "--limit", "9999"])["rows"].clone();
    let mut known: Vec<Value> = KNOWN.iter().map(ask).collect();
    let found = world.ends(&["grep", "--files", "(old|new) number-", "--limit", "9999"], 0);
    let mut found: Vec<_> = found.out.lines().collect();
    found.sort_unstable();
    known.push(found.into());
    known
}

/// Kills a sync around its commits. Says how often it had read some repositories and not others by then.
fn around_commits(sync: &Sync) -> usize {
    let mut in_the_middle = 0;
    for (point, time) in [("repos", 1), ("reading", 1), ("reading", 2), ("catalog", 1)] {
        for place in [Place::Before, Place::After] {
            let fault = Fault { point: format!("commit/{point}"), place, time };
            let kept = sync.survives(&fault.to_string(), |world| {
                assert!(world.disturbed(&["repo", "sync"], &fault).killed, "{fault}");
            });
            in_the_middle += usize::from(kept > 0 && kept < sync.due);
        }
    }
    in_the_middle
}

#[test]
fn a_first_sync_that_is_killed_goes_on_where_it_was() {
    let sync = Sync::first();
    assert_eq!(around_commits(&sync), 2);
    for step in 0..6 {
        let moment = sync.took * (2 * step + 1) / 12;
        sync.survives(&format!("{moment:?}"), |world| {
            let mut child = world.command(&["repo", "sync"]).spawn().unwrap();
            std::thread::sleep(moment);
            child.kill().unwrap();
            child.wait().unwrap();
        });
    }
}

#[test]
fn a_later_sync_that_is_killed_goes_on_where_it_was() {
    assert_eq!(around_commits(&Sync::later()), 2);
}
