//! npm: cases in the manner of node-semver's own fixtures (range-include, range-exclude, comparisons), and ours.
//! `crates/package/compare` asks node-semver itself.

use fleetwright_package::Ecosystem::Npm;
use fleetwright_package::is_version;

use crate::{equal, holds, refuses, rises};

#[test]
fn pre_releases_rise() {
    rises(
        Npm,
        &[
            "0.0.0-foo",
            "0.0.0",
            "0.0.1",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
        ],
    );
    rises(Npm, &["1.2.3-4", "1.2.3-5", "1.2.3-5-Foo", "1.2.3-a", "1.2.3-a.5", "1.2.3-a.10", "1.2.3-a.b"]);
    rises(Npm, &["1.2.3-r100", "1.2.3-r2"]);
    equal(Npm, &["1.2.3", "v1.2.3", "1.2.3+build", "1.2.3+other.1"]);
}

#[test]
fn what_is_no_version() {
    for text in [
        "1",
        "1.2",
        "1.2.3.4",
        "01.2.3",
        "1.2.3-01",
        "1.2.3-",
        "1.2.3-a..b",
        "9007199254740992.0.0",
        "latest",
        "1.2.x",
    ] {
        assert!(!is_version(Npm, text), "{text}");
    }
    assert!(is_version(Npm, "9007199254740991.0.0"));
}

#[test]
fn carets_tildes_and_wildcards() {
    holds(Npm, "^1.2.3", &["1.2.3", "1.8.1"], &["1.2.2", "2.0.0", "1.2.3-pre", "2.0.0-alpha"]);
    holds(Npm, "^0.1.2", &["0.1.2", "0.1.9"], &["0.2.0", "0.1.1"]);
    holds(Npm, "^0.0.1", &["0.0.1"], &["0.0.2"]);
    holds(Npm, "^0.0", &["0.0.7"], &["0.1.0"]);
    holds(Npm, "^1.2 ^1", &["1.4.2"], &["1.1.9"]);
    holds(Npm, "^1.2.0-alpha", &["1.2.0-alpha.1", "1.3.0"], &["1.2.1-pre"]);
    holds(Npm, "~1.2.1", &["1.2.3"], &["1.3.0", "1.2.0"]);
    holds(Npm, "~1", &["1.2.3"], &["2.0.0"]);
    holds(Npm, "~> 1", &["1.0.1"], &["2.0.0"]);
    holds(Npm, "1.2.x || 2.x", &["2.1.3", "1.2.9"], &["1.3.0", "3.0.0"]);
    holds(Npm, "*", &["1.2.3"], &["1.2.3-foo"]);
    holds(Npm, "", &["1.0.0"], &["1.0.0-rc.1"]);
    holds(Npm, "1.2.3 - 2.3", &["2.3.9", "1.2.3"], &["2.4.0", "1.2.2"]);
}

#[test]
fn comparisons() {
    holds(Npm, ">=1.2.1 1.2.3", &["1.2.3"], &["1.2.4"]);
    holds(Npm, "<=  2.0.0", &["2.0.0", "0.2.9"], &["2.0.1"]);
    holds(Npm, ">1.2", &["1.3.0"], &["1.2.9"]);
    holds(Npm, "<1.2", &["1.1.9"], &["1.2.0", "1.2.0-pre"]);
    holds(Npm, "<=7.x", &["7.9.9"], &["8.0.0"]);
    holds(Npm, ">=3 <4 || ^1.2", &["3.1.0", "1.9.0"], &["4.0.0", "2.0.0"]);
    refuses(Npm, &["blerg", "^1.2.3.4", ">>1", "1.x.3", "=>1.0.0", "git+ssh://a", "~1 || nope"]);
}
