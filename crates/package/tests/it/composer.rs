//! Composer: the rules of composer/semver, by the cases of its own tests.

use std::cmp::Ordering;

use fleetwright_package::Ecosystem::Composer;
use fleetwright_package::{compare, is_prerelease, is_version};

use crate::{equal, holds, refuses, rises};

#[test]
fn stabilities_rise() {
    rises(
        Composer,
        &[
            "1.0-dev",
            "1.0a1",
            "1.0-alpha2",
            "1.0-beta",
            "1.0-beta.2",
            "1.0b3",
            "1.0RC1-dev",
            "1.0RC1",
            "1.0",
            "1.0-patch1",
            "1.0pl2",
            "1.0.1",
        ],
    );
    rises(Composer, &["2.1.9999", "2.1.x-dev", "2.2"]);
    equal(Composer, &["1.0.0", "v1.0", "1", "1.0.0.0", "1.0.0+foo", "1.0.0-stable", "1.0.0@dev"]);
    equal(Composer, &["1.0.0-rc1", "1.0.0RC1", "1.0.0.RC.1", "1.0.0_rc1"]);
    rises(Composer, &["2010.01.02", "2010-10-20", "20100102"]);
    equal(Composer, &["20100102-203040", "20100102.203040"]);
    rises(Composer, &["20230131.0.0", "20230131.0.1", "20230201.0.0"]);
}

#[test]
fn branches_have_no_order() {
    assert_eq!(compare(Composer, "dev-main", "1.0"), None);
    assert_eq!(compare(Composer, "dev-main", "dev-main"), Some(Ordering::Equal));
    assert_eq!(compare(Composer, "dev-main", "dev-next"), None);
    assert_eq!(is_prerelease(Composer, "dev-main"), Some(true));
    assert_eq!(is_prerelease(Composer, "1.0-patch1"), Some(false));
}

#[test]
fn what_is_no_version() {
    for text in
        ["", "a", "1.0.0-meh", "1.0.0.0.0", "feature-foo", "1.0.0+foo bar", "1.0.0-SNAPSHOT", "1.0, 2.0"]
    {
        assert!(!is_version(Composer, text), "{text}");
    }
}

#[test]
fn constraints() {
    holds(Composer, "^1.2", &["1.2.0", "1.9", "1.2-dev"], &["2.0", "2.0-beta1", "1.1"]);
    holds(Composer, "^0.3", &["0.3.9"], &["0.4"]);
    holds(Composer, "^0.0.3", &["0.0.3"], &["0.0.4"]);
    holds(Composer, "~1.2", &["1.9"], &["2.0"]);
    holds(Composer, "~1.2.3", &["1.2.9"], &["1.3"]);
    holds(Composer, "~1", &["1.9"], &["2"]);
    holds(Composer, "1.0 - 2.0", &["2.0.9", "1.0"], &["2.1"]);
    holds(Composer, "1.0.0 - 2.1.0", &["2.1.0"], &["2.1.1"]);
    holds(Composer, "1.0.*", &["1.0.9"], &["1.1"]);
    holds(Composer, ">=1.0 <1.1 || >=1.2", &["1.0.5", "1.3"], &["1.1.5"]);
    holds(Composer, ">=1.0,<2", &["1.9"], &["2.0-beta1"]);
    holds(Composer, ">1.0|0.5", &["0.5", "2"], &["0.6"]);
    holds(Composer, "!=1.1", &["1.0"], &["1.1"]);
    holds(Composer, "^2.0@beta", &["2.0-beta3", "2.5"], &["3.0"]);
    holds(Composer, "*", &["1.0"], &[]);
    holds(Composer, "^1 | *", &["9.0"], &[]);
    holds(Composer, "dev-main", &["dev-main"], &[]);
    holds(Composer, "2.1.3", &["2.1.3"], &["2.1.4"]);
    refuses(Composer, &["~>1.0", "1.0 || ^nope", ">=", "^1.0.0.0.0"]);
}
