//! What only GitHub has: a merge queue, checks that run again, permission for workflows.

use std::collections::BTreeMap;

use fleetwright_rehearsal::model::account::{Credential, Grant, Level, Reach, Scope, TokenKind};
use fleetwright_rehearsal::model::check::{CheckKind, Conclusion};
use fleetwright_rehearsal::model::repo::{RepoSettings, Rules};

use super::gates::opened_once;
use super::place::{APP, Place, Tongue, full, shift};

#[test]
fn a_merge_queue_merges() {
    let place = Place::with(Tongue::GitHub, &["direct"]);
    let rules = Some(Rules { queue: true, ..Rules::default() });
    place.make_with("queue", &[("app.yaml", APP)], RepoSettings { rules, ..RepoSettings::default() });
    place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
    let ended = place.apply();
    assert_eq!(ended.code, Some(0), "{ended}");
    assert_eq!(place.stands("bump", "queue"), "merged");
    assert!(place.world.points().iter().any(|point| point == "effect/enqueue"));
    opened_once(&place, 2);
}

#[test]
fn a_flaky_check_runs_again() {
    let place = Place::with(Tongue::GitHub, &["flips"]);
    place.world.write("shift.yaml", &shift(""));
    place.world.ends(&["shift", "apply", "shift.yaml"], 0);
    let (repo, head) = (place.forge.id(&full("flips")), place.pull("flips").head_oid);
    for conclusion in [Conclusion::Failure, Conclusion::Success, Conclusion::Failure] {
        let report = ("build", CheckKind::Run);
        place.forge.world().lock().report(repo, head, report, Some(conclusion)).unwrap();
        place.pass(1);
        place.world.ends(&["shift", "status", "bump"], 0);
    }
    assert!(place.world.points().iter().any(|point| point == "effect/rerun"), "{:?}", place.world.points());
    place.pass(120);
    place.world.ends(&["shift", "status", "bump"], 0);
    assert_eq!(place.stands("bump", "flips"), "open a person merges this one (merge.auto is off)");
}

#[test]
fn a_person_has_a_red_check_run_again() {
    let place = Place::with(Tongue::GitHub, &["red"]);
    place.world.write("shift.yaml", &shift(""));
    place.world.ends(&["shift", "apply", "shift.yaml"], 0);
    let (repo, head) = (place.forge.id(&full("red")), place.pull("red").head_oid);
    let report = ("build", CheckKind::Run);
    place.forge.world().lock().report(repo, head, report, Some(Conclusion::Failure)).unwrap();
    place.pass(1);
    place.world.ends(&["shift", "status", "bump"], 0);
    assert_eq!(place.stands("bump", "red"), "open checks went red by the change: build");
    assert!(!place.world.points().iter().any(|point| point == "effect/rerun"), "red is not flaky");
    place.say("red", "@fleetwright retry", "ann");
    place.world.ends(&["shift", "status", "bump"], 0);
    assert!(place.world.points().iter().any(|point| point == "effect/rerun"), "{:?}", place.world.points());
    place.pass(120);
    place.world.ends(&["shift", "status", "bump"], 0);
    assert_eq!(place.stands("bump", "red"), "open a person merges this one (merge.auto is off)");
}

#[test]
fn a_token_without_workflows_fails_there_alone() {
    let mut place = Place::with(Tongue::GitHub, &["plain"]);
    let workflow = ".github/workflows/app.yaml";
    place.make("flow", &[("app.yaml", APP), (workflow, APP)]);
    let mut scopes: BTreeMap<Scope, Level> =
        Scope::ALL.into_iter().map(|scope| (scope, Level::Write)).collect();
    scopes.remove(&Scope::Workflows);
    let credential = Credential {
        login: "fleet-bot".to_owned(),
        kind: TokenKind::Personal,
        grant: Grant { reach: Reach::All, scopes },
        expires: None,
    };
    place.forge.world().lock().add_token("without-workflows", credential);
    place.world.env.insert("FORGE_TOKEN", "without-workflows".to_owned());
    let text = shift("  merge: { auto: true }\n").replace("[app.yaml]", "['**/app.yaml']");
    place.world.write("shift.yaml", &text);
    let ended = place.apply();
    assert_eq!(ended.code, Some(3), "{ended}");
    assert_eq!(place.stands("bump", "plain"), "merged");
    let told = place.stands("bump", "flow");
    eprintln!("{ended}{told}");
    assert!(told.starts_with("failed policy: ") && told.contains("workflow"), "{told}");
    assert!(place.pulls("flow").is_empty());
}
