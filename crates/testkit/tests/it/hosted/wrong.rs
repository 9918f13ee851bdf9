//! What is set wrong: one clear fault where it matters, and nowhere else.

use fleetwright_rehearsal::faults::Faults;
use fleetwright_rehearsal::limits::{Limits, Rule, Unit};
use fleetwright_rehearsal::model::repo::RepoSettings;
use fleetwright_rehearsal::script::CiCheck;
use fleetwright_testkit::secure::{LOOPBACK, secured};

use super::gates::opened_once;
use super::place::{APP, Place, RUNTIME, Tongue, ci, shift};

in_every_tongue!(
    a_branch_that_takes_no_push,
    a_token_that_only_reads,
    a_connection_that_is_not_safe,
    an_authority_that_nobody_knows,
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
    let (place, config) = planned(tongue);
    place.world.write("fleetwright.yaml", &config.replace("url: http:", "url: https:"));
    fails_as_unsafe(&place, "certificate");
    place.world.write("fleetwright.yaml", &config);
    mended(&place);
}

/// TLS as it should be, but for who answers for the certificate.
fn an_authority_that_nobody_knows(tongue: Tongue) {
    let (place, config) = planned(tongue);
    let url = place.forge.forge.url.strip_prefix("http://").unwrap().to_owned();
    let (host, path) = url.split_once('/').map_or((url.as_str(), ""), |(host, path)| (host, path));
    let safe = RUNTIME.block_on(secured(host.parse().unwrap())).unwrap();
    let safe = config.replace(&place.forge.forge.url, &format!("https://{safe}/{path}"));
    place.world.write("fleetwright.yaml", &safe);
    fails_as_unsafe(&place, "UnknownIssuer");
    place.world.write("authority.pem", std::str::from_utf8(LOOPBACK).unwrap());
    place.world.write("fleetwright.yaml", &safe.replace("orgs:", "certificates: authority.pem, orgs:"));
    mended(&place);
}

fn planned(tongue: Tongue) -> (Place, String) {
    let place = Place::with(tongue, &["one", "two"]);
    place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
    place.world.ends(&["shift", "plan", "shift.yaml"], 0);
    let config = std::fs::read_to_string(place.world.path("fleetwright.yaml")).unwrap();
    (place, config)
}

fn fails_as_unsafe(place: &Place, what: &str) {
    let ended = place.world.ends(&["shift", "apply", "shift.yaml"], 3);
    for repo in ["one", "two"] {
        let stands = place.stands("bump", repo);
        let told = format!("failed access: acme/{repo} cannot be used: the connection is not safe: ");
        assert!(stands.starts_with(&told) && stands.contains(what), "{stands}\n{ended}");
        assert!(stands.contains("is the certificate's authority set for this forge"), "{stands}");
    }
    opened_once(place, 0);
}

fn mended(place: &Place) {
    place.world.ends(&["shift", "retry", "bump", "--failed"], 0);
    let ended = place.apply();
    assert_eq!(ended.code, Some(0), "{ended}");
    for repo in ["one", "two"] {
        assert_eq!(place.stands("bump", repo), "merged");
    }
    opened_once(place, 2);
}

const HOUR: i64 = 3_600_000;

/// With a token of a person nothing depends on whose clock is right: what the forge's says in its answers,
/// and what the program's own says.
fn a_clock_that_is_wrong(tongue: Tongue) {
    for wrong in [-HOUR, HOUR] {
        for ours in [false, true] {
            let mut place = Place::with(tongue, &["one"]);
            match ours {
                true => place.set_clock_wrong_by(wrong),
                false => {
                    let faults = Faults { clock_skew: wrong, ..Faults::default() };
                    place.forge.world().lock().set_faults(faults);
                }
            }
            place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
            let ended = place.apply();
            assert_eq!(ended.code, Some(0), "{wrong} {ours}: {ended}");
            assert_eq!(place.stands("bump", "one"), "merged");
            opened_once(&place, 1);
        }
    }
}

/// Waits as long as with the right clock, and sends nothing while it is told to wait. Gitea tells no time of day.
fn a_limit_told_to_a_wrong_clock(tongue: Tongue, (unit, most): (Unit, u64)) {
    let took = [0, -HOUR, HOUR].map(|wrong| {
        let mut place = Place::new(tongue, |settings| {
            settings.ci = vec![ci("*", CiCheck::new("build"))];
            let rules = vec![Rule { unit, most, window: HOUR, told: true }];
            settings.limits = Limits { rules, ..Limits::off() };
        });
        (0..12).for_each(|n| place.make(&format!("app-{n}"), &[("app.yaml", APP)]));
        let config = std::fs::read_to_string(place.world.path("fleetwright.yaml")).unwrap();
        let learnt = config.replace("orgs:", "budget: { published: false }, orgs:");
        place.world.write("fleetwright.yaml", &learnt);
        place.set_clock_wrong_by(wrong);
        place.world.ends(&["repo", "sync"], 0);
        place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
        let begun = place.forge.world().now();
        let ended = place.apply();
        let took = place.forge.world().now() - begun;
        assert_eq!(ended.code, Some(0), "{wrong}: {ended}");
        let targets = place.world.targets("bump");
        assert!(targets.values().all(|target| target == "merged"), "{wrong}: {targets:#?}");
        assert_eq!(place.forge.world().counts().while_blocked, 0, "{wrong}: nothing is sent while blocked");
        opened_once(&place, 12);
        took
    });
    assert!(took[0] > HOUR / 2, "the limit was met: {took:?}");
    assert!(took.iter().all(|time| (time - took[0]).abs() < 5 * 60_000), "{took:?}");
}

#[test]
fn a_limit_of_githubs_told_to_a_wrong_clock() {
    a_limit_told_to_a_wrong_clock(Tongue::GitHub, (Unit::Rest, 15));
}

#[test]
fn a_limit_of_gitlabs_told_to_a_wrong_clock() {
    a_limit_told_to_a_wrong_clock(Tongue::GitLab, (Unit::Call, 60));
}
