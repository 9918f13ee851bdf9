//! `bun.lock`.

use crate::seen::{inventory, shown, version};

pub(crate) const LOCK: &str = r#"{
  "lockfileVersion": 1,
  "workspaces": {
    "": {
      "name": "root",
      "dependencies": {
        "a": "^1.0.0",
        "member": "workspace:*",
      },
    },
    "packages/member": {
      "name": "member",
      "version": "0.3.0",
      "dependencies": { "a": "^2.0.0", },
    },
  },
  "packages": {
    "a": ["a@1.4.0", "", { "dependencies": { "@s/c": "^1" } }, "sha512-,}=="],

    "@s/c": ["@s/c@1.0.0", "", {}, "sha512-x=="],

    "member": ["member@workspace:packages/member"],

    "member/a": ["a@2.1.0", "", { "dependencies": { "@s/c": "^2" }, "bin": { "a": "a.js" } }, "sha512-x=="],

    "member/a/@s/c": ["@s/c@2.0.0", "", {}, "sha512-x=="],
  }
}
"#;

#[test]
fn the_nearest_key_is_needed() {
    let files = [
        ("package.json", r#"{"name":"root","dependencies":{"a":"^1.0.0","member":"workspace:*"}}"#),
        (
            "packages/member/package.json",
            r#"{"name":"member","version":"0.3.0","dependencies":{"a":"^2.0.0"}}"#,
        ),
        ("bun.lock", LOCK),
    ];
    let seen = inventory(&files);
    assert_eq!(seen.findings, []);
    let all = [
        "a@1.4.0 -> @s/c@1.0.0",
        "@s/c@1.0.0 -> ",
        "own member@0.3.0 -> a@2.1.0",
        "a@2.1.0 -> @s/c@2.0.0",
        "@s/c@2.0.0 -> ",
    ];
    assert_eq!(shown(&seen.locks[0]), all);
    assert_eq!(seen.locks[0].packages[0].line, 18);
    assert_eq!([version(&seen, "a"), version(&seen, "member")], ["1.4.0", "0.3.0"]);
    assert_eq!(seen.manifests[1].declared[0].version.known(), Some("2.1.0"));
}

#[test]
fn a_scope_is_no_package_and_a_peer_gives_way() {
    let lock = r#"{
  "lockfileVersion": 2,
  "configVersion": 1,
  "workspaces": {
    "": {
      "dependencies": { "@s/react": "^1.0.0" },
      "devDependencies": { "react": "^19.1.0" },
      "peerDependencies": { "react": ">=18" },
    },
  },
  "packages": {
    "@s/react": ["@s/react@1.0.0", "", { "peerDependencies": { "react": ">=18" } }, "sha512-x=="],

    "@s/react/inner": ["inner@1.0.0", "", { "dependencies": { "react": "*" } }, "sha512-x=="],

    "react": ["react@19.1.2", "", {}, "sha512-x=="],
  }
}
"#;
    let manifest = r#"{"dependencies":{"@s/react":"^1.0.0"},"devDependencies":{"react":"^19.1.0"},"peerDependencies":{"react":">=18"}}"#;
    let seen = inventory(&[("package.json", manifest), ("bun.lock", lock)]);
    assert_eq!(seen.findings, []);
    let all = ["@s/react@1.0.0 -> react@19.1.2", "inner@1.0.0 -> react@19.1.2", "react@19.1.2 -> "];
    assert_eq!(shown(&seen.locks[0]), all);
}
