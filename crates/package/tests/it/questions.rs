//! Questions: the same form for every ecosystem.

use fleetwright_package::{Ecosystem, Range};

fn asks(ecosystem: Ecosystem, question: &str, yes: &[&str], no: &[&str]) {
    let read = Range::question(ecosystem, question).unwrap();
    for version in yes {
        assert_eq!(read.contains(version), Some(true), "{question} holds {version}");
    }
    for version in no {
        assert_eq!(read.contains(version), Some(false), "{question} does not hold {version}");
    }
}

#[test]
fn comparisons_in_every_ecosystem() {
    for ecosystem in Ecosystem::all() {
        asks(ecosystem, "<2.17.1", &["2.17.0", "1.0.0"], &["2.17.1", "3.0.0"]);
        asks(ecosystem, ">=1.0.0,<2.0.0", &["1.0.0", "1.9.9"], &["0.9.9", "2.0.0"]);
        asks(ecosystem, ">= 1.0.0 < 2.0.0", &["1.0.0", "1.9.9"], &["0.9.9", "2.0.0"]);
        asks(ecosystem, "=1.2.0", &["1.2.0"], &["1.2.1"]);
        asks(ecosystem, "1.2.0", &["1.2.0"], &["1.2.1"]);
        asks(ecosystem, "!=1.2.0, >1.0.0", &["1.3.0"], &["1.2.0", "0.1.0"]);
        asks(ecosystem, "<=1.0.0 || >3.0.0", &["1.0.0", "3.0.1"], &["2.0.0", "3.0.0"]);
    }
}

#[test]
fn the_orders_own_pre_releases_count() {
    asks(Ecosystem::Maven, "<2.17.1", &["2.17.1-rc1", "2.0-beta9"], &["2.17.1.1"]);
    asks(Ecosystem::Npm, "<2.0.0", &["2.0.0-rc.1", "1.0.0-alpha"], &[]);
    asks(Ecosystem::PyPi, "<2.0", &["2.0rc1"], &["2.0", "2.0.post1"]);
    asks(Ecosystem::PyPi, "=2.0", &["2.0", "2.0+cu118"], &["2.0.post1"]);
    asks(Ecosystem::PyPi, "<=2.0", &["2.0+cu118"], &["2.0.1"]);
    asks(Ecosystem::Go, "<1.2.3", &["v1.2.2", "v1.2.3-0.20210101000000-abcdefabcdef"], &["v1.2.3"]);
}

#[test]
fn fewer_numbers_mean_all_that_begin_so() {
    for ecosystem in [Ecosystem::Npm, Ecosystem::Cargo] {
        asks(ecosystem, "<2.17", &["2.16.9", "2.17.0-rc.1"], &["2.17.0"]);
        asks(ecosystem, ">=2", &["2.0.0"], &["1.9.9"]);
        asks(ecosystem, "<=2.17", &["2.17.9"], &["2.18.0"]);
        asks(ecosystem, ">2.17", &["2.18.0"], &["2.17.9"]);
        asks(ecosystem, "=2.17", &["2.17.9"], &["2.18.0", "2.16.0"]);
        asks(ecosystem, "!=2.17", &["2.18.0"], &["2.17.9"]);
    }
}

#[test]
fn the_ecosystems_own_syntax_is_read_too() {
    asks(Ecosystem::Maven, "[1,2)", &["1.5"], &["2.0"]);
    asks(Ecosystem::Npm, "^1.2 || >=3 <4", &["1.3.0", "3.1.0"], &["2.0.0"]);
    asks(Ecosystem::PyPi, "~=1.2", &["1.9"], &["2.0"]);
    asks(Ecosystem::RubyGems, "~> 1.2", &["1.9"], &["2.0"]);
    asks(Ecosystem::NuGet, "[1.0,2.0)", &["1.5"], &["2.0"]);
}

#[test]
fn what_is_no_version_is_unknown() {
    let read = Range::question(Ecosystem::Maven, "<2.17.1").unwrap();
    assert_eq!(read.contains("${log4j.version}"), None);
    assert_eq!(read.contains("LATEST"), None);
    let read = Range::question(Ecosystem::Npm, "!=1.0.0").unwrap();
    assert_eq!(read.contains("git+ssh://host/repo"), None);
}

#[test]
fn what_is_no_question_says_how_to_write_one() {
    let error = Range::question(Ecosystem::Maven, "<").unwrap_err().to_string();
    assert!(error.contains("`<` is no range of versions of maven"), "{error}");
    assert!(error.contains("`<2.17.1`"), "{error}");
    for text in ["<>1.0.0", "", ">=1.0.0,,", "=", "< <", "1.0.0 <"] {
        let read = Range::question(Ecosystem::Cargo, text);
        assert!(read.is_err(), "{text}: {read:?}");
    }
}
