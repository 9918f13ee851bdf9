//! Lockfiles that are edited: the texts are what the tools themselves wrote.

use fleetwright_relock::{Moved, edit};

fn moved<'a>(name: &'a str, old: &'a str, new: &'a str) -> Moved<'a> {
    Moved { folder: "", project: Some("app"), name, old, new, kept: false }
}

/// The lines that differ, old and new.
fn differs(format: &str, text: &str, moved: &[Moved<'_>]) -> Vec<(String, String)> {
    let new = edit(format, text, moved).unwrap();
    assert_eq!(new.lines().count(), text.lines().count());
    let pairs = text.lines().zip(new.lines()).filter(|(old, new)| old != new);
    pairs.map(|(old, new)| (old.trim().to_owned(), new.trim().to_owned())).collect()
}

fn pair(old: &str, new: &str) -> (String, String) {
    (old.to_owned(), new.to_owned())
}

const NPM: &str = r#"{
  "name": "app",
  "lockfileVersion": 2,
  "packages": {
    "": { "name": "app", "dependencies": { "left": "^1.0.0" } },
    "b": { "name": "b", "peerDependencies": { "left": "^1.0.0" } },
    "node_modules/left": { "version": "1.9.0" }
  },
  "dependencies": {
    "b": { "version": "file:b", "requires": { "left": "^1.0.0" } },
    "left": { "version": "1.9.0" }
  }
}
"#;

#[test]
fn npm_copies_are_those_of_the_manifest_that_moved() {
    let root = differs("package-lock 2", NPM, &[moved("left", "^1.0.0", "^1.9.0")]);
    let own = r#""": { "name": "app", "dependencies": { "left": "^1.9.0" } },"#;
    assert_eq!(root, [pair(&own.replace("1.9", "1.0"), own)]);
    let member = Moved { folder: "b", ..moved("left", "^1.0.0", "^1.9.0") };
    let member = differs("package-lock 2", NPM, &[member]);
    assert!(
        member.len() == 2 && member[1].1.contains("requires") && member[1].1.contains("^1.9.0"),
        "{member:?}"
    );
    assert_eq!(edit("package-lock 1", "{}", &[moved("left", "1", "2")]).unwrap(), "{}");
    assert!(edit("package-lock 2", NPM, &[moved("left", "^1.1.0", "^1.9.0")]).is_err());
    assert!(edit("package-lock 2", NPM, &[moved("right", "^1.0.0", "^1.9.0")]).is_err());
}

#[test]
fn pnpm_copies_are_specifiers() {
    let nine = "lockfileVersion: '9.0'\n\ncatalogs:\n  default:\n    right:\n      specifier: ^2.0.0\n      version: 2.1.0\n\n\
                importers:\n\n  .:\n    dependencies:\n      left:\n        specifier: ^1.0.0\n        version: 1.9.0\n      \
                right:\n        specifier: 'catalog:'\n        version: 2.1.0\n\n  b:\n    devDependencies:\n      left:\n        \
                specifier: ^1.0.0\n        version: 1.9.0\n";
    let both = [moved("left", "^1.0.0", ">=1.9.0"), moved("right", "^2.0.0", "^2.1.0")];
    let told = differs("pnpm 9.0", nine, &both);
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0], pair("specifier: ^2.0.0", "specifier: ^2.1.0"));
    assert!(told[1].1 == "specifier: '>=1.9.0'" || told[1].1 == "specifier: \">=1.9.0\"", "{told:?}");
    // Twice the same catalog: it has moved already.
    assert_eq!(differs("pnpm 9.0", nine, &[both[1], both[1]]).len(), 1);
    let five = "lockfileVersion: 5.4\n\nspecifiers:\n  left: ^1.0.0\n\ndependencies:\n  left: 1.9.0\n";
    assert_eq!(differs("pnpm 5.4", five, &both[..1]).len(), 1);
    assert!(edit("pnpm 9.0", nine, &[moved("left", "~1.0.0", "^1.9.0")]).is_err());
}

#[test]
fn uv_copies_are_of_the_own_project() {
    let text = "version = 1\n\n[[package]]\nname = \"app\"\nversion = \"1\"\nsource = { virtual = \".\" }\n\n[package.metadata]\n\
                requires-dist = [\n    { name = \"click\", specifier = \">=8.0,<9\" },\n    { name = \"two\", marker = \"a\", specifier = \">=1\" },\n    \
                { name = \"two\", specifier = \">=1.1\" },\n]\n\n[package.metadata.requires-dev]\ndev = [{ name = \"pytest\", specifier = \">=8\" }]\n";
    let told = differs("uv.lock 1.3", text, &[moved("click", "<9, >=8.0", "<9, >=8.1")]);
    assert_eq!(
        told,
        [pair(
            "{ name = \"click\", specifier = \">=8.0,<9\" },",
            "{ name = \"click\", specifier = \">=8.1,<9\" },"
        )]
    );
    assert_eq!(differs("uv.lock 1.3", text, &[moved("pytest", ">=8", ">=8.1")]).len(), 1);
    for (name, old) in [("two", ">=1"), ("click", ">=7"), ("none", ">=1")] {
        assert!(edit("uv.lock 1.3", text, &[moved(name, old, ">=2")]).is_err(), "{name}");
    }
    let other = Moved { project: Some("other"), ..moved("click", ">=8.0,<9", ">=8.1,<9") };
    assert!(edit("uv.lock 1.3", text, &[other]).is_err());
}

#[test]
fn yarn_copies_are_in_the_heads() {
    let one = "# yarn lockfile v1\n\n\n\"@a/left@^1.0.0\", \"@a/left@~1.9.0\":\n  version \"1.9.0\"\n\nright@1.0.0:\n  version \"1.0.0\"\n  \
               dependencies:\n    \"@a/left\" \"~1.9.0\"\n";
    let told = differs("yarn 1", one, &[moved("@a/left", "^1.0.0", "^1.9.0")]);
    assert_eq!(told[0].1, "\"@a/left@^1.9.0\", \"@a/left@~1.9.0\":");
    // Somebody else asks for the old one still.
    let told = differs("yarn 1", one, &[moved("@a/left", "~1.9.0", "1.9.0")]);
    assert_eq!(told[0].1, "\"@a/left@1.9.0\", \"@a/left@^1.0.0\", \"@a/left@~1.9.0\":");
    assert_eq!(differs("yarn 1", one, &[moved("right", "1.0.0", "^1.0.0")])[0].1, "right@^1.0.0:");
    let berry = "__metadata:\n  version: 8\n\n\"app@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"app@workspace:.\"\n  dependencies:\n    \
                 left: \"npm:^1.0.0\"\n\n\"b@workspace:b\":\n  dependencies:\n    left: \"npm:^1.0.0\"\n\n\"left@npm:^1.0.0\":\n  version: 1.9.0\n";
    let told = differs("yarn berry 8", berry, &[moved("left", "^1.0.0", ">=1.9.0")]);
    assert_eq!(
        told,
        [
            pair("left: \"npm:^1.0.0\"", "left: \"npm:>=1.9.0\""),
            pair("\"left@npm:^1.0.0\":", "\"left@npm:>=1.9.0, left@npm:^1.0.0\":")
        ]
    );
    let several = format!("{berry}\n\"left@npm:2\":\n  version: 2.0.0\n");
    assert!(edit("yarn berry 8", &several, &[moved("left", "^1.0.0", "^1.9.0")]).is_err());
}

#[test]
fn what_keeps_a_hash_is_for_its_tool() {
    for format in ["poetry.lock 2.1", "pdm.lock 4.5", "Pipfile.lock 6", "composer.lock 2", "bun 1"] {
        assert!(edit(format, "", &[moved("a", "1", "2")]).unwrap_err().contains("not edited"), "{format}");
    }
    assert!(edit("uv.lock 1", "", &[]).is_err());
}
