//! Maven: the cases of its own `ComparableVersionTest` and `VersionRangeTest` (Apache Maven 3.9), and ours.

use fleetwright_package::Ecosystem::Maven;
use fleetwright_package::{Range, is_prerelease, is_version};

use crate::{equal, holds, refuses, rises};

#[test]
fn qualifiers_rise() {
    rises(
        Maven,
        &[
            "1-alpha2snapshot",
            "1-alpha2",
            "1-alpha-123",
            "1-beta-2",
            "1-beta123",
            "1-m2",
            "1-m11",
            "1-rc",
            "1-cr2",
            "1-rc123",
            "1-SNAPSHOT",
            "1",
            "1-sp",
            "1-sp2",
            "1-sp123",
            "1-abc",
            "1-def",
            "1-pom-1",
            "1-1-snapshot",
            "1-1",
            "1-2",
            "1-123",
        ],
    );
}

#[test]
fn numbers_rise() {
    rises(
        Maven,
        &[
            "2.0", "2.0.a", "2-1", "2.0.2", "2.0.123", "2.1.0", "2.1-a", "2.1b", "2.1-c", "2.1-1", "2.1.0.1",
            "2.2", "2.123", "11.a2", "11.a11", "11.b2", "11.b11", "11.m2", "11.m11", "11", "11.a", "11b",
            "11c", "11m",
        ],
    );
    rises(Maven, &["0.7", "2"]);
    rises(Maven, &["0.2", "1.0.7"]);
    rises(Maven, &["2.0.1", "2.0.1-xyz", "2.0.1-123"]);
    rises(Maven, &["2.0-1", "2.0.1"]);
    rises(
        Maven,
        &["1.0-alpha-1-SNAPSHOT", "1.0-alpha-1", "1.0-alpha-2", "1.0-beta-1", "1.0-SNAPSHOT", "1.0", "1.0-1"],
    );
}

#[test]
fn many_ways_of_writing_are_equal() {
    equal(Maven, &["1", "1.0", "1.0.0", "1-0", "1.0-0", "1ga", "1final", "1Final", "1RELEASE", "1.0.0-GA"]);
    equal(Maven, &["1a", "1.a", "1-a", "1.0-a", "1.0.0-a", "1.0.a", "1.0.0.a"]);
    equal(Maven, &["1x", "1.x", "1-x", "1.0-x", "1.0.0-x", "1X"]);
    equal(Maven, &["1cr", "1rc", "1Cr", "1RC"]);
    equal(Maven, &["1a1", "1alpha1", "1A1"]);
    equal(Maven, &["1b2", "1beta2"]);
    equal(Maven, &["1m3", "1milestone3", "1MileStone3"]);
    equal(Maven, &["0.0-1", "0-1", "-1"]);
}

#[test]
fn what_maven_once_had_wrong() {
    // MNG-5568
    rises(Maven, &["6.1.0rc3", "6.1.0", "6.1H.5-beta"]);
    // MNG-6572
    rises(
        Maven,
        &[
            "20190126.230843",
            "1234567890.12345",
            "123456789012345.1H.5-beta",
            "12345678901234567890.1H.5-beta",
        ],
    );
    // MNG-6964
    rises(Maven, &["1-0.alpha", "1-0.beta", "1"]);
    // MNG-7644
    for word in ["abc", "alpha", "a", "beta", "b", "def", "milestone", "m", "rc"] {
        rises(Maven, &[&format!("1.0.0.{word}1"), &format!("1.0.0-{word}2")]);
        equal(Maven, &[&format!("2-{word}"), &format!("2.0.{word}"), &format!("2.0.0.{word}")]);
    }
    // MNG-7714 is mended in Maven 4 only: 3.9.11 says so.
    rises(Maven, &["1.0-sp1-redhat", "1.0.final-redhat"]);
}

#[test]
fn maven_contradicts_itself() {
    rises(Maven, &["1", "1-x"]);
    rises(Maven, &["1-x", "1-0-rc"]);
    rises(Maven, &["1-0-rc", "1"]);
}

#[test]
fn the_versions_of_log4j_stand_in_line() {
    rises(
        Maven,
        &[
            "1.2.17",
            "2.0-alpha1",
            "2.0-beta9",
            "2.0-rc1",
            "2.0",
            "2.3.1",
            "2.12.2",
            "2.15.0",
            "2.17.0",
            "2.17.1",
            "2.17.2",
        ],
    );
}

#[test]
fn what_is_no_version() {
    for text in [
        "",
        "LATEST",
        "RELEASE",
        "1.+",
        "+",
        "latest.release",
        "${log4j.version}",
        "[1,2)",
        "1.0 ",
        "1,2",
        "1\u{e9}",
    ] {
        assert!(!is_version(Maven, text), "{text}");
    }
    assert_eq!(is_prerelease(Maven, "2.0-SNAPSHOT"), Some(true));
    assert_eq!(is_prerelease(Maven, "31.1-jre"), Some(false));
    assert_eq!(is_prerelease(Maven, "${x}"), None);
}

#[test]
fn intervals() {
    holds(Maven, "[1.0,2.0)", &["1.0", "1.5", "2.0-SNAPSHOT"], &["0.9", "2.0", "1.0-rc1"]);
    holds(Maven, "(,1.0]", &["0.1", "1.0", "1.0.0"], &["1.0.1"]);
    holds(Maven, "(,1.0],[1.2,)", &["0.9", "1.0", "1.2", "9"], &["1.1"]);
    holds(Maven, "(,1.1),(1.1,)", &["1.0", "1.2"], &["1.1"]);
    holds(Maven, "[1.0]", &["1.0", "1"], &["1.0.1"]);
    holds(Maven, "[1.5,)", &["1.5", "2"], &["1.4"]);
    refuses(
        Maven,
        &["(1.0)", "[1.0)", "[1.0", "[1.1,1.0]", "(1,1)", "[1,2],[1,3]", "[1,2],3", "", "[1,${x}]"],
    );
}

#[test]
fn a_version_alone_is_soft() {
    let soft = Range::parse(Maven, "1.2").unwrap();
    assert!(soft.is_soft());
    assert_eq!(soft.contains("2.0"), Some(true));
    assert!(!Range::parse(Maven, "[1.2]").unwrap().is_soft());
}
