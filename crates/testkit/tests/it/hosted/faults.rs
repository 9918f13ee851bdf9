//! What goes wrong in one repository is a fault of that one alone.

use fleetwright_rehearsal::faults::Faults;
use fleetwright_rehearsal::model::repo::{Method, RepoSettings, Rules};

use super::gates::opened_once;
use super::place::{APP, Place, Tongue, full, shift};

in_every_tongue!(
    one_fault_each,
    a_wrong_token,
    pages_instead_of_answers,
    many_answers_are_lost,
    what_was_just_opened_is_not_shown_yet,
    a_renamed_repository_is_followed,
);

fn one_fault_each(tongue: Tongue) {
    let place = Place::with(tongue, &["free", "renamed", "archived", "gone", "method", "before"]);
    let rules = Some(Rules { approvals: 1, ..Rules::default() });
    place.make_with("ruled", &[("app.yaml", APP)], RepoSettings { rules, ..RepoSettings::default() });
    place.world.ends(&["repo", "sync"], 0);
    place.set("before", |settings| settings.archived = true);
    place.world.write("shift.yaml", &shift("  merge: { auto: true, method: squash }\n"));
    place.world.run(&["shift", "apply", "shift.yaml"]);
    let ids = ["renamed", "archived", "gone"].map(|repo| place.forge.id(&full(repo)));
    {
        let mut state = place.forge.world().lock();
        state.rename_repo(ids[0], "another").unwrap();
        state.archive_repo(ids[1], true).unwrap();
        state.remove_repo(ids[2]).unwrap();
    }
    place.set("method", |settings| settings.methods = vec![Method::Merge]);
    place.pass(120);
    let ended = place.apply();
    assert_eq!(ended.code, Some(3), "{ended}");
    let starts = |repo: &str, told: &str| {
        let stands = place.stands("bump", repo);
        assert!(stands.starts_with(told), "{repo}: {stands}");
    };
    starts("free", "merged");
    starts("method", "failed policy: acme/method refuses: ");
    starts("ruled", "open the forge does not let it merge: ");
    starts("archived", "failed policy: acme/archived refuses: ");
    let gone = place.stands("bump", "gone");
    assert!(gone.starts_with("failed access: ") && gone.contains("acme/gone is not there"), "{gone}");
    assert!(place.pulls("before").is_empty(), "what is archived is left out");
    starts("another", "merged");
    assert!(!place.world.targets("bump").contains_key("acme/renamed"), "it is the same target");
    opened_once(&place, 6);
}

fn a_wrong_token(tongue: Tongue) {
    let mut place = Place::with(tongue, &["one", "two"]);
    place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
    place.world.ends(&["shift", "plan", "shift.yaml"], 0);
    let token = place.world.env.insert("FORGE_TOKEN", "wrong".to_owned()).unwrap();
    let sync = place.world.ends(&["repo", "sync"], 5);
    let told = ["the token is wrong, expired or revoked", "the token is not accepted"];
    assert!(told.iter().any(|told| sync.err.contains(told)) && !sync.err.contains("/ "), "{sync}");
    let apply = place.world.ends(&["shift", "apply", "shift.yaml"], 3);
    for repo in ["one", "two"] {
        let stands = place.stands("bump", repo);
        let told = format!("failed access: acme/{repo} cannot be used: its git server refuses the token");
        assert!(stands.starts_with(&told), "{stands}\n{apply}");
    }
    place.world.env.insert("FORGE_TOKEN", token);
    place.world.run(&["shift", "retry", "bump", "--failed"]);
    let ended = place.apply();
    assert_eq!(ended.code, Some(0), "{ended}");
    assert_eq!(place.stands("bump", "one"), "merged");
    opened_once(&place, 2);
}

fn pages_instead_of_answers(tongue: Tongue) {
    let place = Place::with(tongue, &["one", "two"]);
    place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
    place.world.ends(&["shift", "plan", "shift.yaml"], 0);
    place.forge.world().lock().set_faults(Faults { pages: 1.0, ..Faults::default() });
    let ended = place.world.ends(&["shift", "apply", "shift.yaml"], 3);
    for repo in ["one", "two"] {
        let stands = place.stands("bump", repo);
        let told = format!("failed access: acme/{repo} cannot be used: the forge answered with a web page");
        assert!(stands.starts_with(&told), "{stands}\n{ended}");
    }
    place.forge.world().lock().set_faults(Faults::default());
    place.world.run(&["shift", "retry", "bump", "--failed"]);
    let ended = place.apply();
    assert_eq!(ended.code, Some(0), "{ended}");
    assert_eq!(place.stands("bump", "one"), "merged");
    opened_once(&place, 2);
}

fn many_answers_are_lost(tongue: Tongue) {
    let repos: Vec<String> = (0..20).map(|n| format!("app-{n:02}")).collect();
    let repos: Vec<&str> = repos.iter().map(String::as_str).collect();
    let place = Place::with(tongue, &repos);
    place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
    let faults = Faults { lost_answers: 0.3, errors: 0.1, ..Faults::default() };
    place.forge.world().lock().set_faults(faults);
    let mut ended = place.apply();
    for _ in 0..3 {
        place.pass(120);
        ended = place.apply();
    }
    assert_eq!(ended.code, Some(0), "{ended}");
    let targets = place.world.targets("bump");
    assert!(targets.values().all(|target| target == "merged"), "{targets:#?}");
    assert!(place.forge.world().counts().answers_lost > 5);
    opened_once(&place, 20);
}

fn what_was_just_opened_is_not_shown_yet(tongue: Tongue) {
    // Where the answer is lost, too, it must not be taken for somebody else's.
    for lost_answers in [0.0, 1.0] {
        let place = Place::with(tongue, &["app"]);
        place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
        let stale = Faults { stale: 1.0, stale_for: 60_000, ..Faults::default() };
        place.forge.world().lock().set_faults(Faults { lost_answers, ..stale.clone() });
        place.world.run(&["shift", "apply", "shift.yaml"]);
        place.forge.world().lock().set_faults(stale);
        for _ in 0..2 {
            place.world.run(&["shift", "status", "bump"]);
            let stands = place.stands("bump", "app");
            assert!(stands.contains(" the forge has not answered yet"), "{stands}");
        }
        place.pass(120);
        let ended = place.apply();
        assert_eq!(ended.code, Some(0), "{ended}");
        assert_eq!(place.stands("bump", "app"), "merged");
        opened_once(&place, 1);
    }
}

/// Whoever finds out first: a drive that is told so by the forge, or a look at the whole fleet.
fn a_renamed_repository_is_followed(tongue: Tongue) {
    for by_sync in [false, true] {
        let place = Place::with(tongue, &["open", "made"]);
        place.make("later", &[("app.yaml", APP)]);
        place.world.ends(&["repo", "sync"], 0);
        place
            .world
            .write("shift.yaml", &shift("  merge: { auto: true }\n  rollout: { pace: { maxOpen: 2 } }\n"));
        place.world.run(&["shift", "apply", "shift.yaml"]);
        let name = |state: &mut fleetwright_rehearsal::world::State, from: &str, to: &str| {
            let id = state.repo_named(&full(from)).unwrap();
            state.rename_repo(id, to).unwrap();
        };
        {
            let mut state = place.forge.world().lock();
            ["open", "made", "later"].iter().for_each(|repo| name(&mut state, repo, &format!("{repo}-2")));
        }
        place.pass(120);
        if by_sync {
            place.world.ends(&["repo", "sync"], 0);
        }
        for _ in 0..5 {
            place.world.run(&["shift", "status", "bump"]);
            place.pass(120);
        }
        let targets = place.world.targets("bump");
        let names: Vec<&str> = targets.keys().map(String::as_str).collect();
        assert_eq!(names, ["acme/later-2", "acme/made-2", "acme/open-2"], "{targets:#?}");
        assert!(targets.values().all(|target| target == "merged"), "{targets:#?}");
        opened_once(&place, 3);
    }
}
