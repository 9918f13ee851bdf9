//! Python: the order of PEP 440's own examples, and its operators. `crates/package/compare` asks `packaging`.

use fleetwright_package::Ecosystem::PyPi;
use fleetwright_package::{Range, is_version};

use crate::{equal, holds, refuses, rises};

#[test]
fn all_suffixes_rise() {
    rises(
        PyPi,
        &[
            "1.0.dev456",
            "1.0a1",
            "1.0a2.dev456",
            "1.0a12.dev456",
            "1.0a12",
            "1.0b1.dev456",
            "1.0b2",
            "1.0b2.post345.dev456",
            "1.0b2.post345",
            "1.0rc1.dev456",
            "1.0rc1",
            "1.0",
            "1.0+abc.5",
            "1.0+abc.7",
            "1.0+5",
            "1.0.post456.dev34",
            "1.0.post456",
            "1.0.15",
            "1.1.dev1",
            "1!0.1",
        ],
    );
    equal(PyPi, &["1.0", "1", "v1.0.0", " 1.0 ", "0!1"]);
    equal(PyPi, &["1.0a1", "1.0-alpha.1", "1.0_ALPHA1", "1.0.a1"]);
    equal(PyPi, &["1.0rc1", "1.0c1", "1.0-pre1", "1.0.preview1"]);
    equal(PyPi, &["1.0.post1", "1.0-1", "1.0-r1", "1.0.rev1"]);
}

#[test]
fn operators() {
    holds(PyPi, "~=2.2", &["2.2", "2.9", "2.2.post3"], &["3.0", "2.1", "3.0.dev1"]);
    holds(PyPi, "~=1.4.5", &["1.4.5", "1.4.9"], &["1.5.0"]);
    holds(PyPi, "==1.1.*", &["1.1", "1.1a1", "1.1.post1"], &["1.2", "1.10", "1.2.dev0"]);
    holds(PyPi, "==1.1", &["1.1.0", "1.1+local"], &["1.1.post1"]);
    holds(PyPi, "==1.1+a", &["1.1+a"], &["1.1", "1.1+b"]);
    holds(PyPi, "!=1.1.*", &["1.2"], &["1.1.5"]);
    holds(PyPi, ">1.7", &["1.7.1"], &["1.7.0.post1", "1.7+local"]);
    holds(PyPi, ">1.7.post2", &["1.7.post3"], &["1.7.post2+x"]);
    holds(PyPi, "<3.1", &["3.0"], &["3.1.dev0", "3.1rc1"]);
    holds(PyPi, "<3.1rc2", &["3.1rc1"], &["3.1rc2"]);
    holds(PyPi, ">=1.0, <2.0 , !=1.5", &["1.0", "1.6"], &["1.5", "2.0"]);
    holds(PyPi, "===1.0", &["1.0"], &["1.0.0"]);
    refuses(PyPi, &["~=1", ">=1.0.*", ">1.0+local", "== ", "=1.0", "nope", "1.0 2.0"]);
}

#[test]
fn poetry() {
    holds(PyPi, "^1.2.3", &["1.2.3", "1.9"], &["1.2.2", "2.0", "2.0a1"]);
    holds(PyPi, "^0.2.3", &["0.2.9"], &["0.3"]);
    holds(PyPi, "^0.0.3", &["0.0.3"], &["0.0.4"]);
    holds(PyPi, "^0.0", &["0.0.9"], &["0.1"]);
    holds(PyPi, "^0", &["0.9"], &["1.0"]);
    holds(PyPi, "~1.2.3", &["1.2.9"], &["1.3"]);
    holds(PyPi, "~1.2", &["1.2.9"], &["1.3"]);
    holds(PyPi, "~1", &["1.9"], &["2.0"]);
    holds(PyPi, "1.2.*", &["1.2.9"], &["1.3"]);
    holds(PyPi, "1.2", &["1.2.0"], &["1.2.1"]);
    holds(PyPi, "*", &["1.2.0"], &[]);
    holds(PyPi, "^1.2 || >=3,<4", &["1.3", "3.5"], &["2.0"]);
    refuses(PyPi, &["^", "~", "^x", "^1.2 ||"]);
}

#[test]
fn what_is_no_version() {
    for text in ["", "french toast", "1.0+", "1.0-", "1..0", "1.0a1b1", "1.0+a!", "2004d"] {
        assert!(!is_version(PyPi, text), "{text}");
    }
    assert_eq!(Range::parse(PyPi, ">=1").unwrap().contains("2004d"), None);
}
