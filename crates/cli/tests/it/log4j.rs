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
