//! RubyGems: the rules of `Gem::Version` and `Gem::Requirement`, by the cases of their own tests.

use fleetwright_package::Ecosystem::RubyGems;
use fleetwright_package::{is_prerelease, is_version};

use crate::{equal, holds, refuses, rises};

#[test]
fn words_are_less_than_numbers() {
    rises(RubyGems, &["1.0.a10", "1.0.b1", "1.0", "1.0.1", "1.1.rc1", "1.1.rc2", "1.1", "1.9.3", "1.9.3.1"]);
    rises(RubyGems, &["1.8.2.a", "1.8.2.a9", "1.8.2.a10", "1.8.2.b", "1.8.2"]);
    rises(RubyGems, &["0.beta.1", "0.0.1"]);
    rises(RubyGems, &["5.a", "5.0.0.rc2", "5.x"]);
    rises(RubyGems, &["1.9.3.alpha.5", "1.9.3"]);
    equal(RubyGems, &["1.2", "1.2.0", "1.2.0.0", " 1.2 "]);
    equal(RubyGems, &["1.2.b1", "1.2.b.1", "1.2.0.b1"]);
    equal(RubyGems, &["1.0-1", "1.0.pre.1"]);
    equal(RubyGems, &["0.beta.1", "0.0.beta.1"]);
}

#[test]
fn what_is_no_version() {
    for text in [
        "",
        "junk",
        "1.0\n2.0",
        "1..2",
        "1.2 3.4",
        "-1",
        "1.",
        "2.3422222.222.222222222.22222.ads0as.dasd0.ddd2222.2.qd3e.",
    ] {
        assert!(!is_version(RubyGems, text), "{text}");
    }
    assert_eq!(is_prerelease(RubyGems, "1.2.0.rc1"), Some(true));
    assert_eq!(is_prerelease(RubyGems, "22.1.50.0"), Some(false));
}

#[test]
fn requirements() {
    holds(RubyGems, "~> 1.2", &["1.2", "1.9.9"], &["2.0", "1.1.1", "2.0.a", "2.0.0.rc1"]);
    holds(RubyGems, "~> 1.2.3", &["1.2.3", "1.2.9"], &["1.3.0", "1.3.pre"]);
    holds(RubyGems, "~> 1", &["1.9"], &["2"]);
    holds(RubyGems, "~> 1.4.4", &["1.4.5"], &["1.5", "1.4.4.a", "2.0"]);
    holds(RubyGems, "~> 1.0.a", &["1.0.a", "1.0", "1.5"], &["2.0"]);
    holds(RubyGems, ">= 1.0, < 2.0, != 1.5", &["1.4"], &["1.5", "2.0"]);
    holds(RubyGems, "1.0", &["1.0", "1"], &["1.0.1"]);
    refuses(RubyGems, &["", "~> ", "^1.0", "== 1.0", "1 || 2"]);
}
