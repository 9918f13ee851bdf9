//! composer.json and composer.lock.

use crate::sample::Sample;

const MANIFEST: &str = r#"{
    "name": "acme/shop",
    "require": {
        "php": ">=8.1",
        "ext-json": "*",
        "Monolog/Monolog": "^2.0 || ^3.0",
        "psr/log-implementation": "1.0",
        "acme/own": "\u003e=1",
        "acme/gone": "^1.0"
    },
    "require-dev": {
        "phpunit/phpunit": "10.5.*"
    }
}
"#;

const LOCK: &str = r#"{
    "content-hash": "00",
    "packages": [
        {
            "name": "acme/own",
            "version": "dev-main",
            "dist": {"type": "path", "url": "own"}
        },
        {
            "name": "monolog/monolog",
            "version": "3.5.0",
            "require": {"php": ">=8.1", "ext-mbstring": "*", "psr/log": "^2.0 || ^3.0", "x/in-place": "*"},
            "provide": {"psr/log-implementation": "3.0.0"}
        },
        {
            "name": "psr/log",
            "version": "v3.0.0",
            "require": [],
            "replace": {"x/in-place": "self.version", "ext-mbstring": "*"}
        }
    ],
    "packages-dev": [
        {"name": "phpunit/phpunit", "version": "10.5.3", "require": {"psr/log": "*"}}
    ],
    "stability-flags": [],
    "plugin-api-version": "2.6.0"
}
"#;

#[test]
fn a_manifest_is_resolved_by_its_lockfile() {
    let sample = Sample::read(&[("a/composer.json", MANIFEST), ("a/composer.lock", LOCK)]);
    assert_eq!(
        sample.declared("a/composer.json"),
        [
            "monolog/monolog | ^2.0 || ^3.0 | 3.5.0 | Runtime | a/composer.json:6=^2.0 || ^3.0",
            "psr/log-implementation | 1.0 | ? it comes with monolog/monolog 3.5.0 | Runtime | a/composer.json:7=1.0",
            "acme/own | >=1 | dev-main | Runtime | -",
            "acme/gone | ^1.0 | ? composer.lock does not fit composer.json: it has no `acme/gone` | Runtime | a/composer.json:9=^1.0",
            "phpunit/phpunit | 10.5.* | 10.5.3 | Development | a/composer.json:12=10.5.*",
        ]
    );
    assert_eq!(
        sample.findings(),
        ["a/composer.json:9 composer.lock does not fit composer.json: it has no `acme/gone`"]
    );
    assert_eq!(sample.lock("a/composer.lock").format, "composer.lock 2.6.0");
    assert_eq!(sample.lock("a/composer.lock").packages[1].line, 10);
    assert_eq!(
        sample.locked("a/composer.lock"),
        [
            "acme/own@dev-main*:",
            "monolog/monolog@3.5.0: psr/log@v3.0.0",
            "psr/log@v3.0.0:",
            "phpunit/phpunit@10.5.3: psr/log@v3.0.0",
            "acme/shop@*: acme/own@dev-main monolog/monolog@3.5.0 phpunit/phpunit@10.5.3",
        ]
    );
    let declared = &sample.of("a/composer.json")[0];
    assert_eq!(declared.locked.map(|at| (at.lock, at.package)), Some((0, 1)));
}

#[test]
fn without_a_lockfile_only_an_exact_version_is_known() {
    let of = |requirement: &str| {
        let text = format!("{{\"require\": {{\"a/b\": \"{requirement}\"}}}}");
        Sample::read(&[("composer.json", &text)]).version("composer.json", "a/b")
    };
    for exact in ["1.2.3", "v1.2", "1.0.0-RC1"] {
        assert_eq!(of(exact), exact);
    }
    assert_eq!(of("==1.2.3"), "1.2.3");
    for range in
        ["^1.2", "~1.2", "1.2.*", "1.0 - 2.0", "1.2 || 1.3", "dev-main", "1.x-dev", "1.2@beta", "1.2 1.3"]
    {
        assert_eq!(of(range), format!("? `{range}` and no composer.lock says which"));
    }
}

#[test]
fn a_locked_version_outside_of_what_is_asked_for_is_a_finding() {
    let manifest = "{\"require\": {\"a/b\": \"^2.0\", \"c/d\": \"^1.0@dev\"}}";
    let lock = "{\"packages\": [{\"name\": \"a/b\", \"version\": \"v1.4.0\"}, {\"name\": \"c/d\", \"version\": \"dev-main\"}]}";
    let sample = Sample::read(&[("composer.json", manifest), ("composer.lock", lock)]);
    let misfit = "composer.lock does not fit composer.json: it has `a/b` v1.4.0, asked for is ^2.0";
    assert_eq!(sample.findings(), [format!("composer.json:1 {misfit}")]);
    assert_eq!(sample.version("composer.json", "a/b"), format!("? {misfit}"));
    assert_eq!(sample.version("composer.json", "c/d"), "dev-main");
}

#[test]
fn what_cannot_be_read_is_a_finding_and_no_version() {
    let lock = "{\"packages\": [], \"plugin-api-version\": \"3.0.0\"}";
    let sample = Sample::read(&[
        ("composer.json", MANIFEST),
        ("composer.lock", lock),
        ("b/composer.json", "{\n\"require\": [1]}"),
    ]);
    assert_eq!(
        sample.findings(),
        [
            "composer.lock:1 version 3.0.0 of composer.lock is not known; 1 and 2 are",
            "b/composer.json:2 a list, where an object is expected at line 2 column 14",
        ]
    );
    assert_eq!(sample.version("composer.json", "acme/gone"), "? composer.lock could not be read");
}
