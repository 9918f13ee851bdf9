//! Hostile input: texts that are far too long, and numbers that fit nowhere.

use std::cmp::Ordering;

use fleetwright_package::{Ecosystem, Event, Package, Range, compare, is_version};

#[test]
fn a_megabyte_of_digits_is_no_version_and_no_range() {
    let digits = "9".repeat(1 << 20);
    for ecosystem in Ecosystem::all() {
        assert!(!is_version(ecosystem, &digits));
        assert!(Range::parse(ecosystem, &digits).is_err());
        let error = Range::question(ecosystem, &format!("<{digits}")).unwrap_err().to_string();
        assert!(error.contains("over 4096 bytes") && error.len() < 400, "{error}");
    }
}

#[test]
fn long_versions_end_at_256_bytes() {
    let longest = format!("1.{}", "0".repeat(254));
    assert!(is_version(Ecosystem::Maven, &longest));
    assert!(!is_version(Ecosystem::Maven, &format!("{longest}0")));
}

#[test]
fn numbers_do_not_overflow() {
    let (big, bigger) = ("9".repeat(60), format!("1{}", "0".repeat(60)));
    for ecosystem in [Ecosystem::Maven, Ecosystem::PyPi, Ecosystem::Go, Ecosystem::RubyGems] {
        let version = |number: &str| format!("1.{number}.0");
        assert_eq!(
            compare(ecosystem, &version(&big), &version(&bigger)),
            Some(Ordering::Less),
            "{ecosystem}"
        );
    }
    let next = Range::parse(Ecosystem::PyPi, &format!("=={big}.*")).unwrap();
    assert_eq!(next.contains(&bigger), Some(false));
    assert_eq!(next.contains(&format!("{big}.1")), Some(true));
}

#[test]
fn lists_in_lists_are_not_deep_for_long() {
    let nested = "1-".repeat(127);
    assert_eq!(compare(Ecosystem::Maven, &format!("{nested}1"), &format!("{nested}2")), Some(Ordering::Less));
}

#[test]
fn four_kilobytes_of_range_are_read() {
    let range = vec!["1.2.3"; 580].join("||");
    let read = Range::parse(Ecosystem::Npm, &range).unwrap();
    assert_eq!(read.contains("1.2.4"), Some(false));
}

#[test]
fn a_package_stays_one() {
    assert!(format!("maven:{}", "a".repeat(1 << 20)).parse::<Package>().is_err());
}

#[test]
fn an_advisory_of_a_million_events_is_refused() {
    let many = vec![Event::Introduced("1.0".to_owned()); 1_000_000];
    let error = Range::affected(Ecosystem::Maven, &many).unwrap_err().to_string();
    assert!(error.contains("over 1000 events") && error.len() < 400, "{error}");
    let limits = [vec![Event::Introduced("0".to_owned())], vec![Event::Limit("1".to_owned()); 11]].concat();
    assert!(Range::affected(Ecosystem::Maven, &limits).is_err());
}
