//! The order of versions and the ranges of every ecosystem.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod composer;
mod gem;
mod hostile;
mod laws;
mod maven;
mod npm;
mod nuget;
mod osv;
mod python;
mod questions;
mod semver;
mod tags;

use std::cmp::Ordering;

use fleetwright_package::{Ecosystem, Range, compare};

/// Every version is less than all that come after it.
fn rises(ecosystem: Ecosystem, versions: &[&str]) {
    for (at, low) in versions.iter().enumerate() {
        for high in versions.iter().skip(at + 1) {
            assert_eq!(compare(ecosystem, low, high), Some(Ordering::Less), "{low} < {high}");
            assert_eq!(compare(ecosystem, high, low), Some(Ordering::Greater), "{high} > {low}");
        }
    }
}

/// All of these are equal.
fn equal(ecosystem: Ecosystem, versions: &[&str]) {
    for left in versions {
        for right in versions {
            assert_eq!(compare(ecosystem, left, right), Some(Ordering::Equal), "{left} = {right}");
        }
    }
}

/// A range in the ecosystem's own syntax holds these and not those.
fn holds(ecosystem: Ecosystem, range: &str, yes: &[&str], no: &[&str]) {
    let read = Range::parse(ecosystem, range).unwrap();
    for version in yes {
        assert_eq!(read.contains(version), Some(true), "{range} holds {version}");
    }
    for version in no {
        assert_eq!(read.contains(version), Some(false), "{range} does not hold {version}");
    }
}

/// None of these is a range.
fn refuses(ecosystem: Ecosystem, ranges: &[&str]) {
    for range in ranges {
        assert!(Range::parse(ecosystem, range).is_err(), "{range} is no range of {ecosystem}");
    }
}
