//! `package.json` and `package-lock.json`.

use fleetwright_package::{Scope, Through, Version};

use crate::seen::{declared, inventory, set, shown, version};

pub(crate) const MANIFEST: &str = r#"{
  "name": "shop",
  "version": "1.0.0",
  "workspaces": ["packages/*"],
  "dependencies": { "a": "^1.0.0", "other": "npm:b@~2.0.0", "member": "*" },
  "devDependencies": { "tagged": "latest", "git": "github:x/y#v1" },
  "peerDependencies": { "react": ">=17" },
  "overrides": { "deep": { ".": "3.0.0", "inner": "$a" } }
}
"#;

pub(crate) const LOCK: &str = r#"{
  "name": "shop",
  "version": "1.0.0",
  "lockfileVersion": 3,
  "requires": true,
  "packages": {
    "": {
      "name": "shop",
      "version": "1.0.0",
      "workspaces": ["packages/*"],
      "dependencies": { "a": "^1.0.0", "other": "npm:b@~2.0.0", "member": "*" },
      "devDependencies": { "tagged": "latest", "git": "github:x/y#v1" },
      "peerDependencies": { "react": ">=17" }
    },
    "packages/member": { "version": "0.1.0", "dependencies": { "a": "^2.0.0" } },
    "node_modules/member": { "resolved": "packages/member", "link": true },
    "packages/member/node_modules/a": { "version": "2.1.0", "dependencies": { "c": "1" } },
    "node_modules/a": { "version": "1.4.0", "dependencies": { "c": "^1.0.0" } },
    "node_modules/a/node_modules/c": { "version": "1.9.0", "dependencies": { "d": "*" } },
    "node_modules/a/node_modules/d": { "version": "4.1.0" },
    "node_modules/d": { "version": "4.2.0" },
    "node_modules/c": { "version": "1.0.0" },
    "node_modules/other": { "name": "b", "version": "2.0.7" },
    "node_modules/tagged": { "version": "5.0.0", "dev": true },
    "node_modules/git": { "version": "0.3.0", "resolved": "git+ssh://git@github.com/x/y.git#0123456", "dev": true },
    "node_modules/react": { "version": "18.2.0", "peer": true }
  }
}
"#;

#[test]
fn the_nearest_node_modules_is_needed() {
    let files = [
        ("package.json", MANIFEST),
        ("package-lock.json", LOCK),
        (
            "packages/member/package.json",
            r#"{"name":"member","version":"0.1.0","dependencies":{"a":"^2.0.0"}}"#,
        ),
    ];
    let seen = inventory(&files);
    assert_eq!(seen.findings, []);
    let lock = shown(&seen.locks[0]);
    assert_eq!(seen.locks[0].format, "package-lock 3");
    assert!(lock.contains(&"own member@0.1.0 -> a@2.1.0".to_owned()), "{lock:#?}");
    assert!(lock.contains(&"a@2.1.0 -> c@1.0.0".to_owned()));
    assert!(lock.contains(&"a@1.4.0 -> c@1.9.0".to_owned()));
    assert!(lock.contains(&"c@1.9.0 -> d@4.1.0".to_owned()), "{lock:#?}");
    assert!(
        lock.contains(
            &"own shop@1.0.0 -> member@0.1.0, a@1.4.0, b@2.0.7, tagged@5.0.0, git@0.3.0, react@18.2.0"
                .to_owned()
        ),
        "{lock:#?}"
    );
    assert_eq!(
        [version(&seen, "a"), version(&seen, "b"), version(&seen, "member"), version(&seen, "react")],
        ["1.4.0", "2.0.7", "0.1.0", "18.2.0"]
    );
    assert_eq!(declared(&seen, "react").scope, Scope::Provided);
    assert_eq!(seen.manifests[1].declared[0].version, Version::Known("2.1.0".to_owned()));
    assert_eq!(
        seen.locks[0].packages[seen.manifests[1].declared[0].locked.unwrap().package as usize].line,
        17
    );
}

#[test]
fn a_version_is_set_where_it_is_written() {
    let files = [("package.json", MANIFEST)];
    let seen = inventory(&files);
    assert_eq!(set(&files, &seen, "a"), "^1.0.0");
    assert_eq!(set(&files, &seen, "b"), "~2.0.0");
    assert_eq!(set(&files, &seen, "deep"), "3.0.0");
    assert_eq!(declared(&seen, "inner").through, Through::Property("a".to_owned()));
    assert_eq!(set(&files, &seen, "inner"), "^1.0.0");
    assert_eq!(declared(&seen, "git").set, None);
    assert_eq!(version(&seen, "a"), "`^1.0.0` and no lockfile says which");
    assert_eq!(version(&seen, "deep"), "3.0.0");
    assert_eq!(version(&seen, "tagged"), "`latest` is a tag that moves, and no lockfile says which");
}

#[test]
fn version_1_nests_what_is_installed() {
    let lock = r#"{ "lockfileVersion": 1, "requires": true, "dependencies": {
      "a": { "version": "1.4.0", "requires": { "c": "^1.0.0", "d": "1" },
             "dependencies": { "c": { "version": "1.9.0", "requires": { "d": "1" } } } },
      "c": { "version": "2.0.0" }, "d": { "version": "npm:e@1.1.1" } } }"#;
    let manifest = r#"{"dependencies": {"a": "1.3.0", "c": "^2", "missing": "^1"}}"#;
    let seen = inventory(&[("package.json", manifest), ("package-lock.json", lock)]);
    assert_eq!(
        shown(&seen.locks[0]),
        ["a@1.4.0 -> e@1.1.1, c@1.9.0", "c@2.0.0 -> ", "e@1.1.1 -> ", "c@1.9.0 -> e@1.1.1"]
    );
    assert_eq!(seen.findings.len(), 1);
    assert_eq!(
        seen.findings[0].message,
        "package-lock.json does not fit package.json: a is `1.3.0` there and 1.4.0 in the lockfile; missing is not in the lockfile"
    );
    assert_eq!(seen.findings[0].remedy, "run `npm install`");
}

#[test]
fn a_lockfile_made_for_another_requirement_does_not_fit() {
    let lock = r#"{"lockfileVersion": 2, "packages": {"": {"dependencies": {"a": "^1.4"}}, "node_modules/a": {"version": "1.4.0"}}}"#;
    let seen =
        inventory(&[("package.json", "{\"dependencies\": {\n\"a\": \"^2\"}}"), ("package-lock.json", lock)]);
    assert_eq!(seen.findings[0].line, 2);
    assert!(seen.findings[0].message.contains("a is `^2` there and `^1.4` in the lockfile"));
    // `npm ci` takes another requirement that the locked version fits.
    let seen =
        inventory(&[("package.json", r#"{"dependencies": {"a": "1.x"}}"#), ("package-lock.json", lock)]);
    assert_eq!(seen.findings, []);
}

#[test]
fn a_byte_order_mark_moves_nothing() {
    let files = [("package.json", "\u{feff}{\"dependencies\": {\"a\": \"1.2.3\"}}")];
    let seen = inventory(&files);
    assert_eq!((set(&files, &seen, "a"), version(&seen, "a")), ("1.2.3", "1.2.3"));
}

#[test]
fn a_range_that_the_lockfile_contradicts() {
    let lock = r#"{"lockfileVersion": 1, "dependencies": {
  "a": {"version": "1.4.0"}, "b": {"version": "3.0.0"}, "c": {"version": "2.0.0-rc.1"}, "real": {"version": "1.0.0"}
}}"#;
    let manifest = r#"{"dependencies": {
  "a": "^1.2",
  "b": "^2.1.0 || 4.x",
  "c": "^1"
}, "peerDependencies": {"real": "^9"}}"#;
    let seen = inventory(&[("package.json", manifest), ("package-lock.json", lock)]);
    assert_eq!(seen.findings.len(), 1);
    assert_eq!((seen.findings[0].path.as_str(), seen.findings[0].line), ("package.json", 3));
    assert_eq!(
        seen.findings[0].message,
        "package-lock.json does not fit package.json: b is `^2.1.0 || 4.x` there and 3.0.0 in the lockfile"
    );
}
