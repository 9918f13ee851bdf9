//! The Log4j story on the demo's fleet, held against what is true of it: `log4j.json` beside the sample fleet.

use std::collections::{BTreeMap, BTreeSet};

use fleetwright_demo::{LOG4J, write_definitions, write_fleet};
use serde_json::Value;

use crate::world::World;

/// By repository: its places, each as one line.
type Places = BTreeMap<String, BTreeSet<String>>;

fn truth() -> Value {
    serde_json::from_str(LOG4J).unwrap()
}

/// The demo's fleet and definitions, with nothing done yet.
fn fleet() -> World {
    let world = World::bare();
    write_definitions(&world.path("")).unwrap();
    write_fleet(&world.path("repos")).unwrap();
    world.done(&["repo", "sync"]);
    world
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn texts(value: &Value) -> BTreeSet<String> {
    value.as_array().unwrap().iter().map(text).collect()
}

/// A place as the truth writes it.
fn place(found: &Value) -> String {
    let line = found["line"].as_u64().unwrap();
    let file = text(&found["file"]) + &if line == 0 { String::new() } else { format!(":{line}") };
    let version = text(&found["version"]);
    let version = if version.is_empty() { "?" } else { &version };
    let way = if found["direct"] == true { "directly" } else { "indirectly" };
    let path: Vec<String> = found["path"].as_array().unwrap().iter().map(text).collect();
    let because = if path.is_empty() { text(&found["through"]) } else { path.join(" > ") };
    let because = if because.is_empty() { because } else { format!("; {because}") };
    format!("{file} {version}, {way}, {}{because}", text(&found["scope"]))
}

fn places(found: &Value) -> Places {
    let mut places = Places::new();
    for each in found.as_array().unwrap() {
        assert!(places.entry(text(&each["repo"])).or_default().insert(place(each)), "twice: {each}");
    }
    places
}

/// The version of a place.
fn version(place: &str) -> &str {
    place.split(' ').nth(1).unwrap().trim_end_matches(',')
}

/// What the truth says of `before` or `after`, of the versions that are wanted.
fn expected(repositories: &Value, when: &str, wanted: impl Fn(&str) -> bool) -> Places {
    let of = |(repo, row): (&String, &Value)| {
        let places: BTreeSet<String> =
            texts(&row[when]).into_iter().filter(|place| wanted(version(place))).collect();
        (repo.clone(), places)
    };
    let all = repositories.as_object().unwrap().iter().map(of);
    all.filter(|(_, places)| !places.is_empty()).collect()
}

/// Whether the truth says that a version is hit by any advisory.
fn is_hit(truth: &Value, version: &str) -> bool {
    truth["versions"].get(version).is_some_and(|row| row.get("fix").is_some())
}

/// `deps who` with the range, and without one, against the truth.
fn who_is_on_it(world: &World, truth: &Value, when: &str) {
    let package = text(&truth["package"]);
    let repositories = &truth["repositories"];
    let told = world.json(&["deps", "who", &package, &text(&truth["range"])]);
    assert_eq!(
        places(&told["found"]),
        expected(repositories, when, |version| is_hit(truth, version)),
        "{when}"
    );
    assert_eq!(places(&told["untold"]), expected(repositories, when, |version| version == "?"), "{when}");
    for each in told["untold"].as_array().unwrap() {
        let (said, why) = (text(&each["why"]), text(&repositories[text(&each["repo"])]["why"]));
        assert!(said.contains(&why), "{said}: {why}");
    }
    let told = world.json(&["deps", "who", &package]);
    assert_eq!(places(&told["found"]), expected(repositories, when, |_| true), "{when}");
}

/// `deps advisories` against the truth: every place with its advisories and its least mend, none too many.
fn what_is_affected(world: &World, truth: &Value, when: &str) {
    let told = world.run(&["deps", "advisories", "--json"]).ends(3).document();
    let of = |package: &Value| -> Vec<&Value> {
        told["hits"].as_array().unwrap().iter().filter(|hit| hit["package"] == *package).collect()
    };
    let shaded = &truth["shaded"];
    let (core, fat) = (of(&truth["package"]), of(&shaded["package"]));
    assert_eq!(told["hits"].as_array().unwrap().len(), core.len() + fat.len(), "of no other package");
    let hits = places(&core.iter().copied().cloned().collect());
    assert_eq!(hits, expected(&truth["repositories"], when, |version| is_hit(truth, version)), "{when}");
    for hit in core {
        let row = &truth["versions"][text(&hit["version"])];
        let called = |id: String| texts(&told["advisories"][id]["aliases"]).into_iter().next().unwrap();
        // In the order of the truth, which names the worst first.
        let against: Vec<String> =
            hit["advisories"].as_array().unwrap().iter().map(text).map(called).collect();
        assert_eq!((&serde_json::json!(against), &hit["fix"]), (&row["advisories"], &row["fix"]), "{hit}");
    }
    let hits = places(&fat.iter().copied().cloned().collect());
    assert_eq!(hits, expected(&shaded["repositories"], when, |version| version == "2.3.1"), "{when}");
    for hit in fat {
        assert_eq!((&hit["advisories"][0], &hit["fix"]), (&shaded["advisory"], &shaded["to"]), "{hit}");
    }
    let untold = expected(&truth["repositories"], when, |version| version == "?");
    assert_eq!(places(&told["untold"]), untold, "{when}");
}

#[test]
fn before_anything_is_done_it_is_told_exactly_who_is_affected() {
    let (world, truth) = (fleet(), truth());
    who_is_on_it(&world, &truth, "before");
    what_is_affected(&world, &truth, "before");
    for (repo, why) in truth["unaffected"].as_object().unwrap() {
        let all = world.json(&["deps", "list", repo]);
        let named = |row: &Value| text(why).contains(text(&row["package"]).rsplit(':').next().unwrap());
        assert!(all["dependencies"].as_array().unwrap().iter().any(named), "{repo}: {why}");
    }
}

/// How every repository's target ended, against the truth: those that it does not name are left out.
fn outcomes(world: &World, shift: &str, repositories: &Value) {
    let targets = world.json(&["shift", "targets", shift]);
    let ended = |target: &Value| (text(&target["target"]), target.clone());
    let targets: BTreeMap<String, Value> = targets.as_array().unwrap().iter().map(ended).collect();
    for repo in world.json(&["repo", "list"]).as_array().unwrap() {
        let name = text(&repo["name"]);
        let row = &repositories[&name];
        let expected = row["outcome"].as_str().unwrap_or("left out");
        let found = targets.get(&name).map_or("left out".to_owned(), |target| text(&target["stage"]));
        assert_eq!(found, expected, "{name}: {:?}", targets.get(&name));
        let why = world.done(&["shift", "why", shift, &name]).stdout;
        let reason = row["why"].as_str().unwrap_or_default();
        // On a terminal's width it is folded.
        let (flat, reason) = (why.split_whitespace().collect::<String>(), reason.split_whitespace());
        assert!(flat.contains(&reason.collect::<String>()), "{name}: {why}");
        if expected == "merged" {
            changed(world, &name, row);
        }
    }
}

/// Only the touched bytes: one line of one file, or new lines where there was no place to raise.
fn changed(world: &World, repo: &str, row: &Value) {
    let told = world.git(repo, &["diff", "--numstat", "HEAD~1", "HEAD"]);
    let (added, removed, file) = match told.split('\t').collect::<Vec<_>>()[..] {
        [added, removed, file] => (added, removed, file),
        _ => panic!("{repo}: {told}"),
    };
    assert_eq!(file, text(&row["changes"]), "{repo}");
    let is_new = row.get("without").is_some();
    assert!(if is_new { removed == "0" } else { (added, removed) == ("1", "1") }, "{repo}: {told}");
}

#[test]
fn the_shift_mends_what_can_be_mended_and_says_of_the_rest_why_not() {
    let (world, truth) = (fleet(), truth());
    world.done(&["shift", "apply", "shifts/log4j.yaml", "--wait"]);
    outcomes(&world, "log4j", &truth["repositories"]);
    world.done(&["repo", "sync"]);
    who_is_on_it(&world, &truth, "after");

    // What `--fix` writes mends all packages at once: a repository that uses one of them has no other.
    let written = world.done(&["deps", "advisories", "--fix", "rest.yaml"]).stdout;
    world.done(&["shift", "plan", "rest.yaml"]);
    let name = std::fs::read_to_string(world.path("rest.yaml")).unwrap();
    let name = name.split("name: ").nth(1).unwrap().lines().next().unwrap();
    let stages = world.stages(name);
    for made in ["acme/mailer made", "acme/search made"] {
        assert!(stages.iter().any(|stage| stage.starts_with(made)), "{stages:?}; {written}");
    }
    assert!(stages.iter().any(|stage| stage.starts_with("data/feature-store notApplicable")), "{stages:?}");

    // The same question finds those whose Log4j is in a jar; the others are where they were.
    let shaded = &truth["shaded"];
    world.done(&["shift", "apply", "shifts/fat-logger.yaml", "--wait"]);
    outcomes(&world, "fat-logger", &shaded["repositories"]);
    world.done(&["repo", "sync"]);
    what_is_affected(&world, &truth, "after");

    // A word with the owners of what is pinned, and nobody is on it any more.
    let file = std::fs::read_to_string(world.path("shifts/log4j.yaml")).unwrap();
    let file = file.replace("name: log4j\n", "name: log4j-pinned\n").replace("pinned: false", "pinned: true");
    world.write("shifts/log4j-pinned.yaml", file);
    world.done(&["shift", "apply", "shifts/log4j-pinned.yaml", "--wait"]);
    world.done(&["repo", "sync"]);
    let told = world.json(&["deps", "who", &text(&truth["package"]), &text(&truth["range"])]);
    assert_eq!(places(&told["found"]), Places::new());
    world.run(&["deps", "advisories"]).ends(0);
}

#[test]
fn without_entries_the_version_is_raised_where_it_is_declared_and_the_others_follow() {
    let (world, mut truth) = (fleet(), truth());
    let file = std::fs::read_to_string(world.path("shifts/log4j.yaml")).unwrap();
    world.write("shifts/log4j.yaml", file.replace("overrides: true", "overrides: false"));
    world.done(&["shift", "apply", "shifts/log4j.yaml", "--wait"]);
    for (repo, row) in truth["repositories"].as_object_mut().unwrap() {
        if let Some(without) = row.get("without").cloned() {
            assert_eq!(world.git(repo, &["for-each-ref", "--format=%(refname)"]), "refs/heads/main");
            row["outcome"] = "notApplicable".into();
            (row["why"], row["after"]) = (without["why"].clone(), without["after"].clone());
        }
    }
    outcomes(&world, "log4j", &truth["repositories"]);
    world.done(&["repo", "sync"]);
    who_is_on_it(&world, &truth, "after");
}
