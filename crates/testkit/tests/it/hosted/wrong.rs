//! What is set wrong: one clear fault where it matters, and nowhere else.

use fleetwright_rehearsal::faults::Faults;
use fleetwright_rehearsal::model::repo::RepoSettings;

use super::gates::opened_once;
use super::place::{APP, Place, Tongue, shift};

in_every_tongue!(
    a_branch_that_takes_no_push,
    a_token_that_only_reads,
    a_connection_that_is_not_safe,
    a_clock_that_is_wrong,
);

fn a_branch_that_takes_no_push(tongue: Tongue) {
    let place = Place::with(tongue, &["free"]);
    let closed = RepoSettings { closed: Some("fleetwright/".to_owned()), ..RepoSettings::default() };
    place.make_with("closed", &[("app.yaml", APP)], closed);
    place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
    let ended = place.apply();
    assert_eq!(ended.code, Some(3), "{ended}");
    let stands = place.stands("bump", "closed");
    assert!(stands.starts_with("failed policy: acme/closed refuses: "), "{stands}");
    assert!(stands.contains("protected") || stands.contains("rule violations"), "{stands}");
    assert!(place.pulls("closed").is_empty());
    assert_eq!(place.stands("bump", "free"), "merged");
    opened_once(&place, 1);
    place.set("closed", |settings| settings.closed = None);
    place.world.ends(&["shift", "retry", "bump", "--failed"], 0);
    place.apply();
    assert_eq!(place.stands("bump", "closed"), "merged", "once that is mended");
}

fn a_token_that_only_reads(tongue: Tongue) {
    let mut place = Place::with(tongue, &["one", "two"]);
    place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
    place.world.env.insert("FORGE_TOKEN", place.forge.reading.clone());
    let ended = place.world.ends(&["shift", "apply", "shift.yaml"], 3);
    for repo in ["one", "two"] {
        let stands = place.stands("bump", repo);
        let told = format!("failed access: acme/{repo} cannot be used: its git server forbids it");
        assert!(stands.starts_with(&told) && stands.contains("may the token write"), "{stands}\n{ended}");
    }
    opened_once(&place, 0);
}

fn a_connection_that_is_not_safe(tongue: Tongue) {
    let place = Place::with(tongue, &["one", "two"]);
    place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
    place.world.ends(&["shift", "plan", "shift.yaml"], 0);
    let config = std::fs::read_to_string(place.world.path("fleetwright.yaml")).unwrap();
    place.world.write("fleetwright.yaml", &config.replace("url: http:", "url: https:"));
    let ended = place.world.ends(&["shift", "apply", "shift.yaml"], 3);
    for repo in ["one", "two"] {
        let stands = place.stands("bump", repo);
        let told = format!("failed access: acme/{repo} cannot be used: the connection is not safe: ");
        assert!(stands.starts_with(&told) && stands.contains("certificate"), "{stands}\n{ended}");
    }
    place.world.write("fleetwright.yaml", &config);
    place.world.ends(&["shift", "retry", "bump", "--failed"], 0);
    place.apply();
    assert_eq!(place.stands("bump", "one"), "merged");
    opened_once(&place, 2);
}

/// With a token of a person nothing depends on whose clock is right.
fn a_clock_that_is_wrong(tongue: Tongue) {
    for clock_skew in [-3_600_000, 3_600_000] {
        let place = Place::with(tongue, &["one"]);
        place.forge.world().lock().set_faults(Faults { clock_skew, ..Faults::default() });
        place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
        let ended = place.apply();
        assert_eq!(ended.code, Some(0), "{clock_skew}: {ended}");
        assert_eq!(place.stands("bump", "one"), "merged");
        opened_once(&place, 1);
    }
}
