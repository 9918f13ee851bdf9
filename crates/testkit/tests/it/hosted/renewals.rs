//! Open pull requests, and a base, a shift and people that move.

use super::gates::opened_once;
use super::place::{Place, Tongue, shift};

in_every_tongue!(a_moved_base, an_amended_shift, a_commit_by_the_forge);

const BRANCH: &str = "fleetwright/bump";

fn a_moved_base(tongue: Tongue) {
    let place = Place::with(tongue, &["same", "conflict", "kept", "meet", "needless"]);
    place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
    place.world.ends(&["shift", "apply", "shift.yaml"], 0);
    let before = place.pull("same").head_oid;
    place.write("same", "main", ("README.md", "# moved\n"));
    place.write("kept", BRANCH, ("mine.txt", "by hand\n"));
    let theirs = place.write("meet", BRANCH, ("app.yaml", "image: app:9\nreplicas: 2\n"));
    for repo in ["conflict", "kept", "meet"] {
        place.write(repo, "main", ("app.yaml", "image: app:0\nreplicas: 7\n"));
    }
    place.write("needless", "main", ("app.yaml", "image: app:2\nreplicas: 2\n"));
    place.pass(120);
    place.apply();
    place.pass(120);
    place.apply();
    let stands = |repo: &str, told: &str| assert_eq!(place.stands("bump", repo), told);
    stands("same", "merged");
    assert_eq!(place.pull("same").head_oid, before, "no conflict, no push");
    stands("conflict", "merged");
    assert_eq!(place.file("conflict", "main", "app.yaml"), "image: app:2\nreplicas: 7");
    stands("kept", "open commits of people are in it: a person merges this one");
    assert!(place.has("kept", BRANCH, "mine.txt"));
    assert_eq!(place.file("kept", BRANCH, "app.yaml"), "image: app:2\nreplicas: 7");
    stands("meet", "open people's commits and the renewed change meet: a person joins them");
    assert_eq!(place.pull("meet").head_oid, theirs);
    assert_eq!(place.pull("meet").comments.len(), 1, "told once");
    stands("needless", "unchanged");
    assert!(!place.pull("needless").is_open());
    assert!(!place.end("bump").branches.contains_key("needless"));
    opened_once(&place, 5);
}

fn an_amended_shift(tongue: Tongue) {
    let place = Place::with(tongue, &["one", "two"]);
    place.world.write("shift.yaml", &shift(""));
    place.world.ends(&["shift", "apply", "shift.yaml"], 0);
    place.pass(120);
    place.world.write("shift.yaml", &shift("").replace("app:2", "app:3").replace("Use app 2", "Use app 3"));
    place.world.ends(&["shift", "apply", "shift.yaml", "--amend", "--wait"], 0);
    for repo in ["one", "two"] {
        assert!(place.file(repo, BRANCH, "app.yaml").contains("image: app:3"));
        assert_eq!(place.pull(repo).title, "Use app 3");
    }
    opened_once(&place, 2);
}

fn a_commit_by_the_forge(tongue: Tongue) {
    let place = Place::with(tongue, &["one", "conflict"]);
    let sign = "  pullRequest: { commit: { sign: forge } }\n  merge: { auto: true }\n";
    place.world.write("shift.yaml", &shift(sign));
    place.world.ends(&["shift", "apply", "shift.yaml"], 0);
    place.write("conflict", "main", ("app.yaml", "image: app:0\nreplicas: 7\n"));
    place.pass(120);
    place.apply();
    place.pass(120);
    place.apply();
    assert_eq!(place.stands("bump", "one"), "merged");
    assert_eq!(place.stands("bump", "conflict"), "merged");
    assert_eq!(place.file("conflict", "main", "app.yaml"), "image: app:2\nreplicas: 7");
    assert!(place.world.points().iter().any(|point| point == "effect/commit"));
    assert!(!place.world.points().iter().any(|point| point == "effect/push"));
    opened_once(&place, 2);
}
