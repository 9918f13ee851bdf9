//! What merges, what waits, and why.

use fleetwright_rehearsal::model::check::Conclusion;
use fleetwright_rehearsal::model::pull::ReviewState;
use fleetwright_rehearsal::script::{Act, CiCheck, CiScript};

use super::place::{APP, Place, Tongue, check, ci, full, shift};

in_every_tongue!(every_kind_of_check, every_gate, approvals);

/// One request that creates content for each pull request, none doubled, none merged that was not
/// green.
pub(crate) fn opened_once(place: &Place, many: u64) {
    let counts = place.forge.world().counts();
    assert_eq!((counts.opened, counts.doubled, counts.merged_not_green), (many, 0, 0), "{counts:#?}");
}

fn every_kind_of_check(tongue: Tongue) {
    let place = Place::new(tongue, |settings| {
        let none = CiScript { repos: full("bare"), checks: Vec::new() };
        settings.ci = vec![
            ci("red", check("build", |check| check.fails = 1.0)),
            ci("broken-base", check("build", |check| check.red_base = 1.0)),
            ci("skips", check("build", |check| check.otherwise = Conclusion::Skipped)),
            ci("slow", check("build", |check| check.runs = 1_000_000_000)),
            none,
            ci("*", CiCheck::new("build")),
        ];
    });
    let kinds = ["green", "red", "broken-base", "skips", "slow", "bare", "other", "done"];
    kinds.iter().take(6).for_each(|repo| place.make(repo, &[("app.yaml", APP)]));
    place.make("other", &[("README.md", "# nothing to do\n")]);
    place.make("done", &[("app.yaml", "image: app:2\n")]);
    place.world.ends(&["repo", "sync"], 0);
    place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
    place.world.ends(&["shift", "apply", "shift.yaml"], 0);
    place.pass(120);
    place.world.ends(&["shift", "status", "bump"], 0);
    let stands = |repo: &str, told: &str| assert_eq!(place.stands("bump", repo), told);
    stands("green", "merged");
    stands("red", "open checks went red by the change: build");
    stands("broken-base", "open blocked by the base, which is red without the change: build");
    // GitLab's and Gitea's word for skipped is not one of theirs for statuses of others.
    assert!(place.stands("bump", "skips").starts_with("open checks "), "{}", place.stands("bump", "skips"));
    stands("slow", "open checks are running: build");
    stands("bare", "open no checks reported; merge.require.checks is `all`");
    stands("done", "unchanged");
    opened_once(&place, 6);
    assert_eq!(place.forge.world().counts().content, 6, "{:#?}", place.forge.world().counts());
    assert_eq!(
        place.file("green", "main", "app.yaml"),
        "# the service\nimage: app:2   # pinned\nreplicas: 2"
    );
    assert!(!place.end("bump").branches.contains_key("green"), "its branch is removed");
    let why = place.world.ends(&["shift", "why", "bump", "acme/red"], 0);
    assert!(why.out.contains("checks went red by the change: build"), "{why}");
}

fn every_gate(tongue: Tongue) {
    let place = Place::with(tongue, &["free", "held", "draft", "asked", "late", "theirs"]);
    place.make("early", &[("app.yaml", APP), (".fleetwright.yml", "enabled: false\n")]);
    place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
    place.world.ends(&["shift", "apply", "shift.yaml"], 0);
    place.act("held", &Act::Label("hold".to_owned()));
    place.act("draft", &Act::Draft(true));
    place.act("asked", &Act::Review(ReviewState::ChangesRequested, "not so".to_owned()));
    place.write("late", "main", (".fleetwright.yml", "ignore: [bump]\n"));
    let theirs = place.write("theirs", "fleetwright/bump", ("mine.txt", "by hand\n"));
    place.pass(120);
    place.world.ends(&["repo", "sync"], 0);
    place.world.ends(&["shift", "apply", "shift.yaml", "--wait"], 0);
    let stands = |repo: &str, told: &str| assert_eq!(place.stands("bump", repo), told);
    stands("free", "merged");
    stands("held", "open held by the label `hold`");
    stands("draft", "open the pull request is a draft");
    stands("asked", "open a reviewer asked for changes");
    stands("late", "open the repository's .fleetwright.yml says no: ignore: bump");
    stands("theirs", "open somebody else pushed to the branch: it is theirs now");
    assert_eq!(place.pull("theirs").head_oid, theirs);
    assert!(place.pulls("early").is_empty());
    opened_once(&place, 6);
    place.act("held", &Act::Unlabel("hold".to_owned()));
    place.act("draft", &Act::Draft(false));
    place.world.ends(&["shift", "apply", "shift.yaml", "--wait"], 0);
    stands("held", "merged");
    stands("draft", "merged");
    opened_once(&place, 6);
}

fn approvals(tongue: Tongue) {
    let place = Place::with(tongue, &["alone", "seen", "moved"]);
    place.world.write("shift.yaml", &shift("  merge: { auto: true, require: { approvals: 1 } }\n"));
    place.world.ends(&["shift", "apply", "shift.yaml"], 0);
    for repo in ["seen", "moved"] {
        place.act(repo, &Act::Review(ReviewState::Approved, "good".to_owned()));
    }
    // What was approved is another head than the one that stands there now.
    place.write("moved", "fleetwright/bump", ("mine.txt", "by hand\n"));
    place.pass(120);
    place.apply();
    assert_eq!(place.stands("bump", "alone"), "open 0 of 1 approvals");
    assert_eq!(place.stands("bump", "seen"), "merged");
    assert_eq!(place.stands("bump", "moved"), "open somebody else pushed to the branch: it is theirs now");
    opened_once(&place, 3);
}
