//! What goes wrong in one repository is a fault of that one alone.

use fleetwright_rehearsal::faults::Faults;
use fleetwright_rehearsal::model::account::AccountKind;
use fleetwright_rehearsal::model::repo::{Method, RepoSettings, Rules};
use fleetwright_rehearsal::script::{CiCheck, CiScript};

use super::gates::opened_once;
use super::place::{APP, Place, Tongue, full, shift};

in_every_tongue!(
    one_fault_each,
    a_wrong_token,
    pages_instead_of_answers,
    many_answers_are_lost,
    what_was_just_opened_is_not_shown_yet,
    a_renamed_repository_is_followed,
    a_new_owner_is_followed_where_it_is_in_scope,
    a_mirror_goes_with_its_repository,
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

/// To an owner that is in scope, and to one that is not.
fn a_new_owner_is_followed_where_it_is_in_scope(tongue: Tongue) {
    let place = Place::new(tongue, |settings| {
        settings.ci = vec![CiScript { repos: "*".to_owned(), checks: vec![CiCheck::new("build")] }];
    });
    ["near", "far", "free"].iter().for_each(|repo| place.make(repo, &[("app.yaml", APP)]));
    place.forge.world().lock().add_account("partner", AccountKind::Organization);
    let config = std::fs::read_to_string(place.world.path("fleetwright.yaml")).unwrap();
    place.world.write("fleetwright.yaml", &config.replace("orgs: [acme]", "orgs: [acme, partner]"));
    place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
    place.world.ends(&["shift", "apply", "shift.yaml"], 0);
    // Nobody lists the fleet again: the drive itself has to find out.
    let ids = ["near", "far"].map(|repo| place.forge.id(&full(repo)));
    {
        let mut state = place.forge.world().lock();
        state.rename_repo(ids[0], "partner/near").unwrap();
        state.rename_repo(ids[1], "elsewhere/far").unwrap();
    }
    place.pass(120);
    for _ in 0..3 {
        place.world.run(&["shift", "status", "bump"]);
        place.pass(120);
    }
    let targets = place.world.targets("bump");
    let stands = |repo: &str| targets.get(repo).map(String::as_str).unwrap_or_default();
    assert_eq!((stands("partner/near"), stands("acme/free")), ("merged", "merged"), "{targets:#?}");
    let far = stands("acme/far");
    assert!(far.starts_with("failed access: "), "{targets:#?}");
    assert!(far.contains("acme/far is called elsewhere/far now, and its owner is not in scope"), "{far}");
    opened_once(&place, 3);
}

/// Two that are found by a look at the whole fleet: one has a new name, two have each other's.
fn a_mirror_goes_with_its_repository(tongue: Tongue) {
    let place = Place::with(tongue, &["old", "left", "right"]);
    let mirrors = place.world.path(".fleetwright/cache/mirrors/hub/acme");
    let held = || {
        let mut names: Vec<_> = std::fs::read_dir(&mirrors)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(held(), ["left.git", "old.git", "right.git"]);
    let ids = ["old", "left", "right"].map(|repo| place.forge.id(&full(repo)));
    {
        let mut state = place.forge.world().lock();
        for (id, name) in [(ids[0], "new"), (ids[1], "between"), (ids[2], "left"), (ids[1], "right")] {
            state.rename_repo(id, name).unwrap();
        }
    }
    place.world.ends(&["repo", "sync"], 0);
    assert_eq!(held(), ["left.git", "new.git", "right.git"]);
    // Both were at the same commit: which is which, only the forge's own name of them tells.
    place.write("left", "main", ("app.yaml", "image: app:7\n"));
    place.world.ends(&["repo", "sync"], 0);
    let rows = place.world.json(&["repo", "list"]);
    let text = rows.to_string();
    assert!(text.contains("acme/left") && text.contains("acme/right") && text.contains("acme/new"), "{text}");
    assert!(!text.contains("acme/old"), "{text}");
    place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
    let ended = place.apply();
    assert_eq!(ended.code, Some(0), "{ended}");
    assert_eq!(place.file("left", "main", "app.yaml"), "image: app:2");
    opened_once(&place, 3);
}
