//! `pnpm-lock.yaml` and `pnpm-workspace.yaml`.

use fleetwright_package::Through;

use crate::seen::{declared, inventory, set, shown, version};

pub(crate) const WORKSPACE: &str = "packages:\n  - 'packages/*'\n\ncatalog:\n  # stays until node 22\n  a: ^1.0.0\ncatalogs:\n  old:\n    \"@s/c\": '~3.0.0' # why\noverrides:\n  a>b: 2.1.3\n";

pub(crate) const NINTH: &str = "lockfileVersion: '9.0'

settings:
  autoInstallPeers: true

importers:

  .:
    dependencies:
      a:
        specifier: 'catalog:'
        version: 1.4.0(b@2.1.3)
      alias:
        specifier: npm:real@^5
        version: real@5.1.0
      member:
        specifier: workspace:*
        version: link:packages/member

  packages/member:
    devDependencies:
      '@s/c':
        specifier: catalog:old
        version: 3.0.7

packages:

  '@s/c@3.0.7':
    resolution: {integrity: sha512-x==}
    engines: {node: '>=6'}

  a@1.4.0:
    resolution: {integrity: sha512-y==}
    peerDependencies:
      b: ^2

  b@2.1.3:
    resolution: {integrity: sha512-z==}

  real@5.1.0:
    resolution: {integrity: sha512-r==}

snapshots:

  '@s/c@3.0.7': {}

  a@1.4.0(b@2.1.3):
    dependencies:
      b: 2.1.3

  b@2.1.3:
    optionalDependencies:
      c-alias: '@s/c@3.0.7'

  real@5.1.0:
    dependencies:
      member: link:packages/member
";

pub(crate) const FIFTH: &str = "lockfileVersion: 5.4

specifiers:
  a: ^1.0.0
  '@s/c': ^3

dependencies:
  a: 1.4.0_b@2.1.3
  '@s/c': 3.0.7

packages:

  /@s/c/3.0.7:
    resolution: {integrity: sha512-x==}
    dev: false

  /a/1.4.0_b@2.1.3:
    resolution: {integrity: sha512-x==}
    dependencies:
      b: 2.1.3
      c-alias: /@s/c/3.0.7
    dev: false

  /b/2.1.3:
    resolution: {integrity: sha512-x==}

  github.com/x/y/0123456:
    resolution: {tarball: https://codeload.example/x/y}
    name: y
    version: 0.3.0
";

const ROOT: &str = r#"{"dependencies":{"a":"catalog:","alias":"npm:real@^5","member":"workspace:*"}}"#;
const MEMBER: &str = r#"{"name":"member","version":"0.3.0","devDependencies":{"@s/c":"catalog:old"}}"#;

#[test]
fn a_workspace_with_catalogs() {
    let files = [
        ("package.json", ROOT),
        ("packages/member/package.json", MEMBER),
        ("pnpm-lock.yaml", NINTH),
        ("pnpm-workspace.yaml", WORKSPACE),
    ];
    let seen = inventory(&files);
    assert_eq!(seen.findings, []);
    let lock = shown(&seen.locks[0]);
    let all = [
        "@s/c@3.0.7 -> ",
        "a@1.4.0 -> b@2.1.3",
        "b@2.1.3 -> @s/c@3.0.7",
        "real@5.1.0 -> member@0.3.0",
        "own member@0.3.0 -> @s/c@3.0.7",
    ];
    assert_eq!(lock, all);
    assert_eq!(
        [version(&seen, "a"), version(&seen, "real"), version(&seen, "member"), version(&seen, "@s/c")],
        ["1.4.0", "5.1.0", "0.3.0", "3.0.7"]
    );
    assert_eq!(set(&files, &seen, "a"), "^1.0.0");
    assert_eq!(set(&files, &seen, "@s/c"), "~3.0.0");
    assert_eq!(set(&files, &seen, "b"), "2.1.3");
    assert_eq!(declared(&seen, "a").comment.as_deref(), Some("stays until node 22"));
    assert_eq!(declared(&seen, "@s/c").comment.as_deref(), Some("why"));
    assert_eq!(declared(&seen, "@s/c").through, Through::Catalog("old".to_owned()));
}

#[test]
fn the_fifth_and_sixth_formats() {
    let manifest = r#"{"dependencies":{"a":"^1.0.0","@s/c":"^3"}}"#;
    let seen = inventory(&[("package.json", manifest), ("pnpm-lock.yaml", FIFTH)]);
    assert_eq!(seen.findings, []);
    assert_eq!(
        shown(&seen.locks[0]),
        ["@s/c@3.0.7 -> ", "a@1.4.0 -> @s/c@3.0.7, b@2.1.3", "b@2.1.3 -> ", "y@0.3.0 -> "]
    );
    assert_eq!(version(&seen, "a"), "1.4.0");
    let sixth = "lockfileVersion: '6.0'\ndependencies:\n  a:\n    specifier: ^1.0.0\n    version: 1.4.0(b@2.1.3)\n  '@s/c':\n    specifier: ^4\n    version: 3.0.7\npackages:\n  /@s/c@3.0.7:\n    dev: false\n  /a@1.4.0(b@2.1.3):\n    dependencies:\n      b: 2.1.3\n  /b@2.1.3:\n    dev: false\n";
    let seen = inventory(&[("package.json", manifest), ("pnpm-lock.yaml", sixth)]);
    assert_eq!(shown(&seen.locks[0]), ["@s/c@3.0.7 -> ", "a@1.4.0 -> b@2.1.3", "b@2.1.3 -> "]);
    assert!(seen.findings[0].message.contains("@s/c is `^3` there and `^4` in the lockfile"));
}

#[test]
fn a_catalog_that_the_lockfile_contradicts() {
    let moved = WORKSPACE.replace("^1.0.0", "^2.0.0");
    let files = [("package.json", ROOT), ("pnpm-lock.yaml", NINTH), ("pnpm-workspace.yaml", moved.as_str())];
    let seen = inventory(&files);
    let found = seen.findings.iter().find(|finding| finding.path == "package.json");
    let message = found.map(|finding| finding.message.as_str()).unwrap_or_default();
    assert!(message.contains("a is `^2.0.0` there and 1.4.0 in the lockfile"), "{message}");
}
