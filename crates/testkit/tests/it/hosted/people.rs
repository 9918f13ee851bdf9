//! A person wins: what they closed stays closed, with the reason they gave.

use fleetwright_rehearsal::script::Act;

use super::gates::opened_once;
use super::place::{Place, Tongue, shift};

in_every_tongue!(a_no_stays_a_no, with_the_database_gone, closing_leaves_nothing);

fn a_no_stays_a_no(tongue: Tongue) {
    let place = Place::with(tongue, &["plain", "labelled", "later", "free"]);
    place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
    place.world.ends(&["shift", "apply", "shift.yaml"], 0);
    place.act("labelled", &Act::Label("fleetwright:wrong".to_owned()));
    place.say("later", "@fleetwright not-now 2030-12-31", "ann");
    for repo in ["plain", "labelled", "later"] {
        place.act(repo, &Act::Close);
    }
    for _ in 0..2 {
        place.pass(120);
        place.apply();
    }
    let stands = |repo: &str, told: &str| assert_eq!(place.stands("bump", repo), told);
    stands("plain", "vetoed closed by ann");
    stands("labelled", "vetoed closed by ann: wrong");
    stands("later", "vetoed closed by ann: not-now");
    stands("free", "merged");
    opened_once(&place, 4);
}

fn with_the_database_gone(tongue: Tongue) {
    let place = Place::with(tongue, &["open", "closed", "merged"]);
    place.world.write("shift.yaml", &shift(""));
    place.world.ends(&["shift", "apply", "shift.yaml"], 0);
    place.act("closed", &Act::Close);
    place.pass(120);
    place.act("merged", &Act::Merge(fleetwright_rehearsal::model::repo::Method::Squash));
    for file in ["fleet.db", "fleet.db-wal", "fleet.db-shm"] {
        let _ = std::fs::remove_file(place.world.path(".fleetwright").join(file));
    }
    place.world.ends(&["repo", "sync"], 0);
    place.apply();
    assert_eq!(place.stands("bump", "open"), "open a person merges this one (merge.auto is off)");
    assert_eq!(place.stands("bump", "closed"), "vetoed closed by ann");
    assert_eq!(place.stands("bump", "merged"), "unchanged");
    opened_once(&place, 3);
}

fn closing_leaves_nothing(tongue: Tongue) {
    let place = Place::with(tongue, &["one", "two", "theirs"]);
    place.world.write("shift.yaml", &shift(""));
    place.world.ends(&["shift", "apply", "shift.yaml"], 0);
    let theirs = place.write("theirs", "fleetwright/bump", ("mine.txt", "by hand\n"));
    place.world.ends(&["shift", "close", "bump"], 0);
    for repo in ["one", "two", "theirs"] {
        assert!(!place.pull(repo).is_open(), "{repo}");
        assert_eq!(place.stands("bump", repo), "dropped closed by ann with `shift close`");
    }
    let branches = place.end("bump").branches;
    assert_eq!(branches.keys().collect::<Vec<_>>(), ["theirs"], "a person's commits are kept: {theirs}");
}
