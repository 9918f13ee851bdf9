//! What advisories are against, and the shift that mends it, through the binary.

use crate::depending::{fleet, repos};

#[test]
fn what_an_advisory_hits_and_what_mends_it() {
    let world = fleet();
    let advisory = r#"{ "id": "GHSA-jfh8-c2jp-5v3q", "aliases": ["CVE-2021-44228"], "summary": "Log4Shell",
        "severity": [{ "type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H" }],
        "affected": [{ "package": { "ecosystem": "Maven", "name": "org.apache.logging.log4j:log4j-core" },
        "ranges": [{ "type": "ECOSYSTEM", "events": [{ "introduced": "2.13.0" }, { "fixed": "2.15.0" }] }] }] }"#;
    world.write("osv/a.json", advisory);
    world.write("osv/bad.json", "{");
    let told = world.run(&["deps", "advisories", "osv", "--json"]).ends(3).document();
    assert_eq!(repos(&told["hits"]), ["acme/child", "acme/direct"]);
    assert_eq!(
        (told["hits"][0]["fix"].as_str(), told["hits"][0]["rating"].as_str()),
        (Some("2.15.0"), Some("critical"))
    );
    assert_eq!(repos(&told["untold"]), ["acme/orphan"]);
    assert!(told["findings"][0][0].as_str().unwrap().ends_with("bad.json"));
    let shown = world.run(&["deps", "advisories", "osv", "--called", "cve-2021-44228"]).ends(3).stdout;
    assert!(shown.contains("critical 10.0") && shown.contains("CVE-2021-44228"), "{shown}");
    world.run(&["deps", "advisories", "osv", "--called", "CVE-1999-0001"]).ends(0);
    world.run(&["deps", "advisories"]).ends(2);
}

#[test]
fn an_advisory_becomes_a_shift_and_then_nothing_is_affected() {
    let world = fleet();
    world.write(
        "osv/a.json",
        r#"{ "id": "GHSA-1", "aliases": ["CVE-2021-44228"], "summary": "Log4Shell: code from a log line",
        "affected": [{ "package": { "ecosystem": "Maven", "name": "org.apache.logging.log4j:log4j-core" },
        "ranges": [{ "type": "ECOSYSTEM", "events": [{ "introduced": "2.0" }, { "fixed": "2.17.1" }] }] }] }"#,
    );
    let called = ["deps", "advisories", "osv", "--called", "CVE-2021-44228", "--fix"];
    let said = world.done(&called).stdout;
    assert!(said.contains("Next: fleetwright shift plan shifts/mend-cve-2021-44228.yaml"), "{said}");
    let again = world.run(&called).ends(4).stderr;
    assert!(again.contains("shifts/mend-cve-2021-44228.yaml is there already"), "{again}");
    let file = std::fs::read_to_string(world.path("shifts/mend-cve-2021-44228.yaml")).unwrap();
    assert!(
        file.contains("Log4Shell: code from a log line") && file.contains(">=2.12.0, <=2.14.1"),
        "{file}"
    );

    world.done(&["shift", "apply", "shifts/mend-cve-2021-44228.yaml"]);
    let stages = world.stages("mend-cve-2021-44228");
    assert_eq!(
        stages,
        [
            "acme/child notApplicable: pom.xml:8: the version comes from acme:parent 1.0: raise it there",
            "acme/direct open: no checks reported; merge.require.checks is `all`",
            "acme/property open: no checks reported; merge.require.checks is `all`"
        ]
    );
    let property = world.text("acme/property", "fleetwright/mend-cve-2021-44228", "svc/pom.xml");
    assert!(property.contains("<l.v>2.17.1</l.v>"), "{property}");
}
