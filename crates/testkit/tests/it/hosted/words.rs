//! What people say below pull requests.

use fleetwright_testkit::rehearsed::STRANGER;

use super::gates::opened_once;
use super::place::{Place, Tongue, shift};

in_every_tongue!(words_are_obeyed, words_change_branches);

fn words_are_obeyed(tongue: Tongue) {
    let repos = ["merge", "hold", "close", "never", "stranger", "quoted"];
    let place = Place::with(tongue, &repos);
    place.world.write("shift.yaml", &shift(""));
    place.world.ends(&["shift", "apply", "shift.yaml"], 0);
    for (repo, body, by) in [
        ("merge", "@fleetwright merge", "ann"),
        ("hold", "Not yet.\n\n@fleetwright hold", "ann"),
        ("close", "@fleetwright close", "ann"),
        ("never", "@fleetwright never", "ann"),
        ("stranger", "@fleetwright close", STRANGER),
        ("stranger", "@fleetwright merge", STRANGER),
        ("quoted", "> @fleetwright close\n\n`@fleetwright merge`", "ann"),
    ] {
        place.say(repo, body, by);
    }
    place.pass(120);
    place.apply();
    let stands = |repo: &str, told: &str| assert_eq!(place.stands("bump", repo), told);
    let person = "open a person merges this one (merge.auto is off)";
    stands("merge", "merged");
    stands("hold", "open held by ann");
    stands("close", "vetoed closed by ann: close");
    stands("never", "vetoed closed by ann: never");
    stands("stranger", person);
    stands("quoted", person);
    assert!(!place.pull("close").is_open());
    assert!(!place.end("bump").branches.contains_key("close"));
    place.say("hold", "@fleetwright unhold", "ann");
    place.apply();
    stands("hold", person);
    let logs = place.world.ends(&["shift", "logs", "bump", "acme/hold"], 0);
    assert_eq!(logs.out.matches("unhold").count(), 1, "heard once: {logs}");
    opened_once(&place, 6);
}

fn words_change_branches(tongue: Tongue) {
    let place = Place::with(tongue, &["rebase", "recreate", "kept"]);
    place.world.write("shift.yaml", &shift(""));
    place.world.ends(&["shift", "apply", "shift.yaml"], 0);
    let before = place.pull("rebase").head_oid;
    for repo in ["recreate", "kept"] {
        place.write(repo, "fleetwright/bump", ("mine.txt", "by hand\n"));
    }
    for repo in ["rebase", "recreate", "kept"] {
        place.write(repo, "main", ("README.md", "# moved\n"));
        let word = if repo == "recreate" { "recreate" } else { "rebase" };
        place.say(repo, &format!("@fleetwright {word}"), "ann");
    }
    place.pass(120);
    place.apply();
    assert_ne!(place.pull("rebase").head_oid, before);
    for repo in ["rebase", "recreate", "kept"] {
        assert_eq!(place.file(repo, "fleetwright/bump", "README.md"), "# moved", "{repo}");
        let app = place.file(repo, "fleetwright/bump", "app.yaml");
        assert!(app.contains("image: app:2"), "{repo}: {app}");
    }
    assert!(place.has("kept", "fleetwright/bump", "mine.txt"));
    assert!(!place.has("recreate", "fleetwright/bump", "mine.txt"));
    assert_eq!(place.stands("bump", "kept"), "open commits of people are in it: a person merges this one");
    opened_once(&place, 3);
}
