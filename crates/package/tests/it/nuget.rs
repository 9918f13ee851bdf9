//! NuGet: the examples of its documentation.

use fleetwright_package::Ecosystem::NuGet;
use fleetwright_package::is_version;

use crate::{equal, holds, refuses, rises};

#[test]
fn words_are_compared_without_case() {
    rises(
        NuGet,
        &[
            "1.0.0-aaa",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.10",
            "1.0.0-open",
            "1.0.0-rc.1",
            "1.0.0-zzz",
            "1.0.0",
            "1.0.0.1",
            "1.0.1",
        ],
    );
    equal(NuGet, &["1.0", "1", "1.0.0", "1.0.0.0", "01.00", "1.0.0+meta"]);
    equal(NuGet, &["1.0.0-ALPHA", "1.0.0-alpha", "1.0.0-Alpha+b"]);
    rises(NuGet, &["1.0.0-2147483647", "1.0.0-2147483648", "1.0.0-a"]);
    for text in ["", "1.0.0.0.0", "1.0-", "1.0-a..b", "v1.0", "1.0.0-a_b", "2147483648.0"] {
        assert!(!is_version(NuGet, text), "{text}");
    }
}

#[test]
fn ranges() {
    holds(NuGet, "1.0", &["1.0", "2.0"], &["0.9", "1.0-rc"]);
    holds(NuGet, "[1.0]", &["1.0.0"], &["1.0.1"]);
    holds(NuGet, "(1.0,)", &["1.0.1"], &["1.0"]);
    holds(NuGet, "(,1.0]", &["1.0", "0.1"], &["1.0.1"]);
    holds(NuGet, "[1.0,2.0)", &["1.0", "2.0-alpha"], &["2.0"]);
    holds(NuGet, "1.*", &["1.0", "1.9"], &["2.0", "1.5-beta"]);
    holds(NuGet, "1.2.*-*", &["1.2.3-beta", "1.2.9"], &["1.3.0-beta"]);
    holds(NuGet, "*", &["9.9"], &["9.9-rc"]);
    holds(NuGet, "1.0.0-beta.*", &["1.0.0-beta.3", "1.0.0"], &["1.0.0-alpha"]);
    holds(NuGet, "[1.0.*, 2.0.0-beta]", &["1.0.0", "2.0.0-beta"], &["0.9", "2.0.0-rc"]);
    holds(NuGet, "[1.0.0-beta*, 2.0.0)", &["1.0.0-beta", "1.9"], &["1.0.0-alpha", "2.0.0"]);
    holds(NuGet, "1.0.0-rc1-*", &["1.0.0-rc1", "1.0.0-rc1-5"], &["1.0.0-beta"]);
    refuses(NuGet, &["", "(1.0)", "[1.0", "[1,2,3]", "[]", "^1.0"]);
}

/// In the manner of NuGet.Client's `VersionRangeTests`.
#[test]
fn ends_with_pre_releases() {
    let meta = "[1.0.0-beta+meta, 2.0.0-beta+meta]";
    holds(NuGet, meta, &["1.0.0", "1.0.0-beta+x", "2.0.0-beta"], &["1.0.0-alpha", "2.0.0-rc", "2.0.0+meta"]);
    holds(NuGet, "(1.0.0-beta, 2.0.0-beta)", &["1.0.0", "2.0.0-alpha"], &["1.0.0-beta", "2.0.0-beta"]);
    holds(NuGet, "(, 2.0.0-beta)", &["2.0.0-alpha"], &["2.0.0-beta"]);
    holds(NuGet, "[, 2.0.0]", &["2.0.0", "0.0.1"], &["2.0.1"]);
    holds(NuGet, "[1,3)", &["1.0.0", "2.9"], &["3.0.0"]);
}
