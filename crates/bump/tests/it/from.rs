//! Only what is on some versions.

use crate::play::play;

fn pom(versions: &[&str]) -> String {
    let one = |version: &&str| {
        format!(
            "    <dependency><groupId>g</groupId><artifactId>a</artifactId><version>{version}</version></dependency>\n"
        )
    };
    let all: String = versions.iter().map(one).collect();
    format!(
        "<project>\n  <groupId>acme</groupId><artifactId>x</artifactId><version>1</version>\n  <dependencies>\n{all}  </dependencies>\n</project>\n"
    )
}

#[test]
fn other_versions_are_spared() {
    let (old, safe) = (pom(&["2.14.1"]), pom(&["2.12.4"]));
    let files = [("old/pom.xml", old.as_str()), ("safe/pom.xml", safe.as_str())];
    let done = play(&files, "maven:g:a", "2.17.1").from(">=2.13, <2.17.1").done();
    assert_eq!(done.told(), ["old/pom.xml:4 2.14.1 Raised", "safe/pom.xml:4 2.12.4 Spared"]);
    done.is_with("old/pom.xml", &[("2.14.1", "2.17.1")]).is_with("safe/pom.xml", &[]);
}

#[test]
fn a_version_that_cannot_be_told_is_not_taken_for_one_of_them() {
    let done = play(&[("pom.xml", &pom(&["${nobody}"]))], "maven:g:a", "2.17.1").from("<2.17.1").done();
    assert!(done.unknown().contains("nobody"), "{:?}", done.told());
}

#[test]
fn a_lockfile_with_other_versions_is_not_behind() {
    let lock = r#"{ "name": "x", "lockfileVersion": 3, "packages": {
        "": { "dependencies": { "b": "1.0.0" } },
        "node_modules/b": { "version": "1.0.0", "dependencies": { "a": "^1.0.0" } },
        "node_modules/a": { "version": "1.1.0" } } }"#;
    let files = [("package.json", r#"{ "dependencies": { "b": "1.0.0" } }"#), ("package-lock.json", lock)];
    let play = |range: &str| play(&files, "npm:a", "1.3.0").from(range).done();
    assert_eq!(play(">=1.2.0, <1.3.0").stale(), [""; 0]);
    assert_eq!(play("<1.3.0").stale(), ["package-lock.json true 1.1.0"]);
}
