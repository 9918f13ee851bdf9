//! Cargo, Go, Helm and Terraform, which all have semantic versions.

use std::cmp::Ordering;

use fleetwright_package::Ecosystem::{Cargo, Go, Helm, Terraform};
use fleetwright_package::{Key, compare, is_prerelease, is_version};
use proptest::prelude::*;

use crate::{equal, holds, refuses, rises};

#[test]
fn cargo() {
    rises(Cargo, &["0.9.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-rc.1", "1.0.0", "1.0.1"]);
    equal(Cargo, &["1.0.0", "1.0.0+build"]);
    assert!(!is_version(Cargo, "1.0"));
    assert!(!is_version(Cargo, "v1.0.0"));
    holds(Cargo, "1.2", &["1.2.0", "1.9.0"], &["2.0.0", "1.1.9", "1.3.0-rc.1"]);
    holds(Cargo, "0.2.3", &["0.2.9"], &["0.3.0"]);
    holds(Cargo, "=1.2.3", &["1.2.3"], &["1.2.4"]);
    holds(Cargo, ">=1.2, <1.5", &["1.4.9"], &["1.5.0"]);
    holds(Cargo, "1.*", &["1.9.9"], &["2.0.0"]);
    holds(Cargo, "1.0.0-rc.1", &["1.0.0-rc.2", "1.0.0"], &["1.1.0-rc.1"]);
    refuses(Cargo, &["", "1.2.3.4", "1 || 2", "abc"]);
}

#[test]
fn go() {
    rises(
        Go,
        &[
            "v0.0.0-20180101000000-abcdefabcdef",
            "v0.0.0-20190101000000-abcdefabcdef",
            "v0.1.0",
            "v1.2.3-pre",
            "v1.2.3-pre.0.20210101000000-abcdefabcdef",
            "v1.2.3",
            "v1.2.4-0.20210101000000-abcdefabcdef",
            "v1.2.4",
            "v2.0.0+incompatible",
        ],
    );
    equal(Go, &["v2.0.0+incompatible", "v2.0.0", "2.0.0", "v2", "v2.0"]);
    assert!(!is_version(Go, "v1.2-pre"));
    assert!(!is_version(Go, "v01.2.3"));
    assert!(!is_version(Go, "latest"));
    holds(Go, "v1.2.3", &["v1.2.3", "v1.9.0"], &["v1.2.2", "v2.0.0", "v1.2.3-rc.1"]);
    holds(Go, "v0.3.0", &["v1.0.0"], &["v2.0.0-rc.1"]);
    holds(Go, "v2.0.0+incompatible", &["v3.0.0+incompatible"], &["v1.0.0"]);
}

#[test]
fn helm() {
    rises(Helm, &["1.2.3-beta", "1.2.3", "1.3", "v2"]);
    equal(Helm, &["1.2", "v1.2.0", "1.02.0"]);
    holds(Helm, "^1.2", &["1.9.0"], &["2.0.0", "1.3.0-beta.1"]);
    holds(Helm, "^1.2.0-0", &["1.3.0-beta.1"], &["2.0.0-beta.1"]);
    holds(Helm, ">= 1.2, < 3.0.0 || >= 4.2.3", &["2.0.0", "4.3.0"], &["3.1.0"]);
    holds(Helm, "1.2 - 1.4.5", &["1.4.5"], &["1.4.6"]);
    holds(Helm, "~1.2.x", &["1.2.9"], &["1.3.0"]);
    refuses(Helm, &["", "latest", "1.2.3.4"]);
}

#[test]
fn terraform() {
    rises(Terraform, &["1.0.0-beta1", "1.0.0", "1.0.1", "1.10.0"]);
    holds(Terraform, "~> 1.2", &["1.2.0", "1.9.0"], &["2.0.0", "1.1.0", "1.3.0-beta1"]);
    holds(Terraform, "~> 1.2.3", &["1.2.9"], &["1.3.0"]);
    holds(Terraform, ">= 1.0, != 1.5.0, < 2", &["1.4.0"], &["1.5.0", "2.0.0"]);
    holds(Terraform, "1.2.3", &["1.2.3"], &["1.2.4"]);
    holds(Terraform, ">= 1.0.0-beta1", &["1.0.0-beta2", "1.1.0"], &["1.1.0-beta1"]);
    refuses(Terraform, &["", "^1.2", "~> x", "== 1.0"]);
}

#[test]
fn osv_begins_at_nought() {
    let key = |text| Key::semver(text).unwrap();
    assert!(key("0") < key("0.0.1-alpha"));
    assert!(key("1.2.0-0") < key("1.2.0"));
    assert_eq!(Key::semver("1.2.3.4"), None);
}

#[test]
fn pre_releases_are_known() {
    assert_eq!(is_prerelease(Go, "v1.0.0-rc.1"), Some(true));
    assert_eq!(is_prerelease(Cargo, "1.0.0"), Some(false));
    assert_eq!(is_prerelease(Cargo, "1.0"), None);
}

proptest! {
    /// Cargo's own crate is asked; like Cargo, it compares without what is built of.
    #[test]
    fn cargo_agrees_with_its_own_crate(
        left in "(0|1|2|10|18446744073709551615|18446744073709551616|01)(\\.(0|1|10)){2}(-(0|1|a|-|01|a1)(\\.(0|1|10|b)){0,2})?(\\+x)?",
        right in "(0|1|2|10)(\\.(0|1|10)){1,3}(-(0|1|a|-|9|a1)(\\.(0|1|10|b)){0,2})?(\\+x)?",
    ) {
        let theirs = |text: &str| ::semver::Version::parse(text).ok();
        let order: Option<Ordering> = theirs(&left).zip(theirs(&right)).map(|(left, right)| left.cmp_precedence(&right));
        prop_assert_eq!(compare(Cargo, &left, &right), order);
    }
}
