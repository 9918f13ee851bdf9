//! Events of advisories in OSV's form.

use fleetwright_package::Event::{Fixed, Introduced, LastAffected, Limit};
use fleetwright_package::{Ecosystem, Event, Range, compare};
use proptest::prelude::*;

fn affects(ecosystem: Ecosystem, events: &[Event], yes: &[&str], no: &[&str]) {
    let read = Range::affected(ecosystem, events).unwrap();
    for version in yes {
        assert_eq!(read.contains(version), Some(true), "{version} is affected");
    }
    for version in no {
        assert_eq!(read.contains(version), Some(false), "{version} is not affected");
    }
}

fn at(event: fn(String) -> Event, version: &str) -> Event {
    event(version.to_owned())
}

#[test]
fn log4shell() {
    // GHSA-jfh8-c2jp-5v3q
    let events = [at(Introduced, "2.13.0"), at(Fixed, "2.15.0")];
    affects(Ecosystem::Maven, &events, &["2.13.0", "2.14.1", "2.15.0-rc1"], &["2.12.4", "2.15.0", "2.17.1"]);
    let events =
        [at(Introduced, "2.4"), at(Fixed, "2.12.2"), at(Introduced, "2.0-beta9"), at(Fixed, "2.3.1")];
    affects(
        Ecosystem::Maven,
        &events,
        &["2.0-beta9", "2.3.0", "2.4", "2.12.1"],
        &["2.0-beta8", "2.3.1", "2.3.2", "2.12.2"],
    );
}

#[test]
fn from_the_beginning_and_to_the_end() {
    affects(
        Ecosystem::Npm,
        &[at(Introduced, "0"), at(Fixed, "1.2.3")],
        &["0.0.0-a", "1.2.3-rc.1"],
        &["1.2.3"],
    );
    affects(Ecosystem::PyPi, &[at(Introduced, "1.0")], &["1.0", "9.9"], &["1.0rc1"]);
    affects(
        Ecosystem::Go,
        &[at(Introduced, "0"), at(Fixed, "1.2.3")],
        &["v1.2.2", "v0.0.0-20210101000000-abcdefabcdef"],
        &["v1.2.3"],
    );
    affects(Ecosystem::Cargo, &[at(Introduced, "0.0.0-0"), at(Fixed, "0.3")], &["0.2.9"], &["0.3.0"]);
    affects(
        Ecosystem::Actions,
        &[at(Introduced, "4.0.0"), at(Fixed, "4.1.3")],
        &["v4.1.2"],
        &["v3", "v5", "4.1.3"],
    );
    let actions =
        Range::affected(Ecosystem::Actions, &[at(Introduced, "4.0.0"), at(Fixed, "4.1.3")]).unwrap();
    assert_eq!(actions.contains("v4"), None);
}

#[test]
fn the_last_one_that_is_affected() {
    affects(
        Ecosystem::RubyGems,
        &[at(Introduced, "1.0"), at(LastAffected, "1.5")],
        &["1.5", "1.5.0"],
        &["1.5.1"],
    );
    affects(
        Ecosystem::NuGet,
        &[at(Introduced, "1.0"), at(LastAffected, "1.0")],
        &["1.0.0"],
        &["1.0.1", "0.9"],
    );
    affects(
        Ecosystem::Composer,
        &[at(Introduced, "1.0"), at(Fixed, "2.0"), at(Introduced, "2.0"), at(Fixed, "3.0")],
        &["1.5", "2.0", "2.9"],
        &["3.0"],
    );
}

#[test]
fn limits() {
    let events = [at(Introduced, "1.0.0"), at(Limit, "2.0.0"), at(Limit, "3.0.0")];
    affects(Ecosystem::Npm, &events, &["1.0.0", "2.5.0"], &["3.0.0"]);
    affects(Ecosystem::Npm, &[at(Introduced, "1.0.0"), at(Limit, "*")], &["9.0.0"], &["0.9.0"]);
}

#[test]
fn what_cannot_be_told() {
    let why = |events: &[Event]| Range::affected(Ecosystem::Npm, events).unwrap_err().to_string();
    assert!(why(&[at(Introduced, "0"), at(Fixed, "soon")]).contains("no version of the ecosystem"));
    assert!(why(&[at(Fixed, "1.0.0")]).contains("introduced"));
    let read = Range::affected(Ecosystem::Npm, &[at(Introduced, "0")]).unwrap();
    assert_eq!(read.contains("workspace:*"), None);
}

#[test]
fn names_of_ecosystems() {
    assert_eq!(Ecosystem::of_osv("Maven"), Some(Ecosystem::Maven));
    assert_eq!(Ecosystem::of_osv("Maven:https://repo.example.org/releases"), Some(Ecosystem::Maven));
    assert_eq!(Ecosystem::of_osv("crates.io"), Some(Ecosystem::Cargo));
    assert_eq!(Ecosystem::of_osv("Packagist"), Some(Ecosystem::Composer));
    assert_eq!(Ecosystem::of_osv("GitHub Actions"), Some(Ecosystem::Actions));
    assert_eq!(Ecosystem::of_osv("Debian:12"), None);
    for ecosystem in Ecosystem::all() {
        let name = ecosystem.osv();
        assert!(name.is_none_or(|name| Ecosystem::of_osv(name) == Some(ecosystem)));
    }
}

/// The evaluation that the schema's document gives, word for word, for events in order.
fn by_the_schema(version: &str, events: &[Event]) -> bool {
    let at_least = |at: &str| at == "0" || compare(Ecosystem::Go, version, at).unwrap().is_ge();
    let mut affected = false;
    for event in events {
        match event {
            Introduced(at) if at_least(at) => affected = true,
            Fixed(at) if at_least(at) => affected = false,
            LastAffected(at) if at_least(at) && version != at => affected = false,
            _ => {}
        }
    }
    affected
}

proptest! {
    #[test]
    fn the_schemas_own_evaluation_agrees(kinds in prop::collection::vec(0..3_usize, 1..8), first in any::<bool>(), asked in 0..12_u32) {
        let mut events = if first { vec![at(Introduced, "0")] } else { vec![at(Introduced, "1.0.0")] };
        let version = |minor: u32| format!("1.{minor}.0");
        events.extend((1..).zip(&kinds).map(|(minor, kind)| [Introduced, Fixed, LastAffected][*kind](version(minor))));
        let expected = by_the_schema(&version(asked), &events);
        events.reverse();
        prop_assert_eq!(Range::affected(Ecosystem::Go, &events).unwrap().contains(&version(asked)), Some(expected));
    }
}
