//! Advisories held against versions, and read from folders and zips.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod hostile;
mod loading;

use fleetwright_advisory::{Advisory, Rating, Verdict, mend, read};

/// As OSV has the advisory on Log4Shell, shortened.
pub(crate) const LOG4SHELL: &str = r#"{
  "schema_version": "1.7.0", "id": "GHSA-jfh8-c2jp-5v3q", "modified": "2024-01-01T00:00:00Z",
  "aliases": ["CVE-2021-44228"], "summary": "Remote code injection in Log4j",
  "severity": [{ "type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H/E:H" }],
  "affected": [
    { "package": { "ecosystem": "Maven", "name": "org.apache.logging.log4j:log4j-core" },
      "ranges": [{ "type": "ECOSYSTEM", "events": [{ "introduced": "2.13.0" }, { "fixed": "2.15.0" }] }] },
    { "package": { "ecosystem": "Maven", "name": "org.apache.logging.log4j:log4j-core" },
      "ranges": [{ "type": "ECOSYSTEM", "events": [{ "introduced": "2.4" }, { "fixed": "2.12.2" }] }] },
    { "package": { "ecosystem": "Debian:11", "name": "apache-log4j2" },
      "ranges": [{ "type": "GIT", "repo": "x", "events": [{ "introduced": "0" }] }] }
  ],
  "database_specific": { "severity": "CRITICAL" }
}"#;

fn advisory(ecosystem: &str, name: &str, affected: &str) -> Advisory {
    let text = format!(
        r#"{{ "id": "X-1", "affected": [{{ "package": {{ "ecosystem": "{ecosystem}", "name": "{name}" }}, {affected} }}] }}"#
    );
    read(&text).unwrap()
}

fn verdicts(advisory: &Advisory, versions: &[&str]) -> Vec<Verdict> {
    versions.iter().map(|version| advisory.affected[0].holds(version)).collect()
}

use Verdict::{Affected, Safe, Untold};

#[test]
fn log4shell_is_as_everybody_knows_it() {
    let advisory = read(LOG4SHELL).unwrap();
    assert!(advisory.is_called("cve-2021-44228") && advisory.is_called("GHSA-jfh8-c2jp-5v3q"));
    assert_eq!((advisory.severity.rating, advisory.affected.len()), (Rating::Critical, 2));
    assert_eq!(advisory.severity.score, Some(10.0));
    let all: Vec<_> = advisory.affected.iter().collect();
    let any = |version: &str| all.iter().any(|each| each.holds(version) == Affected);
    let on = ["2.4", "2.12.1", "2.13.0", "2.14.1", "2.15.0-rc1"];
    let off = ["1.2.17", "2.3.1", "2.12.2", "2.12.4", "2.15.0", "2.17.1", "2.15.0.Final"];
    assert_eq!(on.map(any), [true; 5]);
    assert_eq!(off.map(any), [false; 7]);
    assert_eq!(mend("2.14.1", &all), Some("2.15.0"));
    assert_eq!(mend("2.11.0", &all), Some("2.12.2"));
    assert_eq!(mend("2.15.0", &all), None);
}

#[test]
fn events_in_any_order_and_several_branches() {
    let events = r#""ranges": [{ "type": "SEMVER", "events": [
        { "fixed": "3.0.2" }, { "introduced": "0" }, { "introduced": "3.0.0" }, { "fixed": "2.1.0" } ] }]"#;
    let advisory = advisory("npm", "left-pad", events);
    let found = verdicts(
        &advisory,
        &["0.0.1", "2.0.9", "2.1.0", "2.9.0", "3.0.0-beta", "3.0.0", "3.0.1", "3.0.2", "9.0.0"],
    );
    assert_eq!(found, [Affected, Affected, Safe, Safe, Safe, Affected, Affected, Safe, Safe]);
}

#[test]
fn the_last_affected_is_affected() {
    let events = r#""ranges": [{ "type": "ECOSYSTEM", "events": [{ "introduced": "1.0" }, { "last_affected": "1.4" }] }]"#;
    let advisory = advisory("PyPI", "Some.Thing", events);
    assert_eq!(
        verdicts(&advisory, &["0.9", "1.0", "1.4", "1.4.0", "1.4.post1", "1.5"]),
        [Safe, Affected, Affected, Affected, Safe, Safe]
    );
    assert_eq!(advisory.affected[0].package.to_string(), "pypi:some-thing");
    assert_eq!(mend("1.2", &[&advisory.affected[0]]), None);
}

#[test]
fn versions_by_name_and_limits() {
    let named = advisory("PyPI", "x", r#""versions": ["1.0", "1.1"]"#);
    assert_eq!(verdicts(&named, &["1.0.0", "1.1", "1.2"]), [Affected, Affected, Safe]);
    let limited = advisory(
        "Go",
        "golang.org/x/x",
        r#""ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }, { "limit": "1.5.0" }] }]"#,
    );
    assert_eq!(verdicts(&limited, &["v1.4.0", "v1.5.0", "v2.0.0+incompatible"]), [Affected, Safe, Safe]);
    let open =
        advisory("npm", "evil", r#""ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }] }]"#);
    assert_eq!(verdicts(&open, &["0.0.0-a", "99.0.0"]), [Affected, Affected]);
}

#[test]
fn what_has_no_order_cannot_be_told() {
    let events =
        r#""ranges": [{ "type": "SEMVER", "events": [{ "introduced": "1.0.0" }, { "fixed": "2.0.0" }] }]"#;
    let advisory = advisory("npm", "x", events);
    assert_eq!(verdicts(&advisory, &["latest", "", "git+https://x"]), [Untold; 3]);
}

#[test]
fn the_least_mend_mends_all_of_them_and_is_a_release() {
    let one = advisory(
        "npm",
        "x",
        r#""ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }, { "fixed": "1.2.0" }] }]"#,
    );
    let two = advisory(
        "npm",
        "x",
        r#""ranges": [{ "type": "SEMVER", "events": [{ "introduced": "1.1.0" }, { "fixed": "1.3.0-rc.1" }, { "introduced": "1.4.0" }, { "fixed": "1.4.1" }] }]"#,
    );
    let both = [&one.affected[0], &two.affected[0]];
    // 1.2.0 is affected by the other one; 1.3.0-rc.1 is no release; 1.4.1 is the first that is free of both.
    assert_eq!(mend("1.1.5", &both), Some("1.4.1"));
    assert_eq!(mend("1.0.0", &[both[0]]), Some("1.2.0"));
    assert_eq!(mend("nonsense", &both), None);
}
