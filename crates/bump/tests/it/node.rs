//! npm, yarn, pnpm.

use fleetwright_bump::Verdict;

use crate::play::play;

fn json(requirement: &str) -> String {
    format!(
        "{{\n  \"name\": \"shop\",\n  \"dependencies\": {{\n    \"a\": \"{requirement}\",\n    \"z\": \"1.0.0\"\n  }}\n}}\n"
    )
}

#[test]
fn requirements_without_a_lockfile() {
    let to = |requirement: &str, to: &str| {
        let text = json(requirement);
        let done = play(&[("package.json", &text)], "npm:a", to).done();
        match done.verdict() {
            Verdict::Raised => {
                let new = done.text("package.json").to_owned();
                let from = new.find("\"a\": \"").unwrap() + 6;
                assert_eq!(text.replace(requirement, &new[from..from + new[from..].find('"').unwrap()]), new);
                new[from..].split('"').next().unwrap().to_owned()
            }
            other => format!("{other:?}"),
        }
    };
    for (requirement, wanted, expected) in [
        ("1.2.3", "2.17.1", "2.17.1"),
        ("=1.2.3", "2.17.1", "=2.17.1"),
        ("v1.2.3", "2.17.1", "v2.17.1"),
        ("^1.2.3", "2.17.1", "^2.17.1"),
        ("^1.2.3", "1.5.0", "^1.5.0"),
        ("^1", "2.0.0", "^2"),
        ("^1", "2.17.1", "^2.17.1"),
        ("^0.2", "0.3.0", "^0.3"),
        ("~1.2", "2.17.0", "~2.17"),
        ("~1.2", "2.17.1", "~2.17.1"),
        ("~1", "2.17.1", "^2.17.1"),
        ("1.x", "2.0.0", "2.x"),
        ("1.x", "2.17.1", "^2.17.1"),
        ("1.2.x", "2.17.1", "~2.17.1"),
        ("1.2", "1.3.4", "~1.3.4"),
        ("1.2", "1.3.0", "1.3"),
        (">=1.2.0", "2.17.1", ">=2.17.1"),
        (">=1.2.0 <3", "2.17.1", ">=2.17.1 <3"),
        ("1.2.0 - 2.20.0", "2.17.1", "2.17.1 - 2.20.0"),
        ("^2.17.1", "2.17.1", "Already"),
        ("^3.0.0", "2.17.1", "Newer"),
        ("2.18.0", "2.17.1", "Newer"),
        ("*", "2.17.1", "Allowed"),
        ("latest", "2.17.1", "Allowed"),
        (">1.0.0", "2.17.1", "Allowed"),
        ("^1 || ^2", "2.17.1", "Allowed"),
        ("^1.2.0-rc.1", "2.0.0-rc.2", "^2.0.0-rc.2"),
        ("npm:b@^1.0.0", "2.17.1", "none"),
    ] {
        if expected != "none" {
            assert_eq!(to(requirement, wanted), expected, "{requirement} {wanted}");
        }
    }
}

#[test]
fn what_is_not_told_by_a_version() {
    for (requirement, words) in [
        (">=1.2.0 <2", "upper end"),
        ("1.2.0 - 2.3.0", "upper end"),
        ("^1 || ^1.5", "alternatives"),
        ("git+https://h.example/a.git", "no published version"),
        ("file:../a", "leads out"),
        ("next", "no requirement"),
    ] {
        let done = play(&[("package.json", &json(requirement))], "npm:a", "2.17.1").done();
        let why = done.unknown();
        assert!(why.contains(words), "{requirement}: {why}");
    }
}

fn lock(version: &str, asked: &str) -> String {
    format!(
        r#"{{"name":"shop","lockfileVersion":3,"packages":{{"":{{"name":"shop","dependencies":{{"a":"{asked}","z":"1.0.0"}}}},"node_modules/a":{{"version":"{version}"}},"node_modules/z":{{"version":"1.0.0"}}}}}}"#
    )
}

#[test]
fn a_lockfile_that_is_behind() {
    let done = |requirement: &str, locked: &str| {
        let files = [("package.json", json(requirement)), ("package-lock.json", lock(locked, requirement))];
        let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
        play(&files, "npm:a", "2.17.1").done()
    };
    let allowed = done("^2.14.0", "2.14.1");
    assert_eq!((allowed.verdict(), allowed.done.files.len()), (&Verdict::Allowed, 0));
    assert_eq!(allowed.stale(), ["package-lock.json true 2.14.1"]);
    let there = done("^2.14.0", "2.17.1");
    assert_eq!((there.verdict(), there.stale().len()), (&Verdict::Already, 0));
    assert_eq!(done("^2.14.0", "2.18.0").verdict(), &Verdict::Newer);
    let raised = done("^1.0.0", "1.4.0");
    raised.is_with("package.json", &[("^1.0.0", "^2.17.1")]);
    assert_eq!(raised.stale(), ["package-lock.json false 1.4.0"]);
}

#[test]
fn an_alias_keeps_its_name() {
    let done = play(&[("package.json", &json("npm:b@^1.0.0"))], "npm:b", "2.0.0").done();
    done.is_with("package.json", &[("npm:b@^1.0.0", "npm:b@^2.0.0")]);
}

#[test]
fn members_of_a_workspace() {
    let root = "{\n\t\"private\": true,\n\t\"workspaces\": [\"packages/*\"]\n}\n";
    let one = "{\"name\": \"one\", \"version\": \"1.0.0\", \"dependencies\": {\"a\": \"^1.0.0\"}}";
    let two = "{\"name\": \"two\", \"devDependencies\": {\"a\": \"1.5.0\", \"one\": \"^1.0.0\"}}";
    let files =
        [("package.json", root), ("packages/one/package.json", one), ("packages/two/package.json", two)];
    let done = play(&files, "npm:a", "2.0.0").done();
    done.is_with("packages/one/package.json", &[("\"a\": \"^1.0.0\"", "\"a\": \"^2.0.0\"")]);
    done.is_with("packages/two/package.json", &[("1.5.0", "2.0.0")]);
    let own = play(&files, "npm:one", "2.0.0").done();
    assert!(own.unknown().contains("a part of this repository"));
}

#[test]
fn catalogs_and_overrides_of_pnpm() {
    let files = [
        ("package.json", "{\"name\": \"root\", \"dependencies\": {\"a\": \"catalog:\"}}\n"),
        ("packages/one/package.json", "{\"name\": \"one\", \"dependencies\": {\"a\": \"catalog:\"}}\n"),
        (
            "pnpm-workspace.yaml",
            "packages:\n  - packages/*\ncatalog:\n  a: ^1.0.0 # the one\n  z: 1.0.0\noverrides:\n  a: 1.2.3\n",
        ),
    ];
    let done = play(&files, "npm:a", "2.0.0").done();
    done.is_with("pnpm-workspace.yaml", &[("^1.0.0", "^2.0.0"), ("1.2.3", "2.0.0")]);
    assert_eq!(done.told().len(), 2);
}

#[test]
fn overrides_that_are_there() {
    let text = "{\n  \"name\": \"x\",\n  \"dependencies\": { \"a\": \"^1.0.0\" },\n  \"overrides\": { \"b\": { \"a\": \"1.1.0\" } },\n  \"resolutions\": { \"**/a\": \"1.2.0\" }\n}\n";
    let done = play(&[("package.json", text)], "npm:a", "2.0.0").done();
    done.is_with("package.json", &[("^1.0.0", "^2.0.0"), ("1.1.0", "2.0.0"), ("1.2.0", "2.0.0")]);
}

#[test]
fn what_comes_through_others() {
    let files = [
        ("package.json", "{\"name\": \"x\", \"dependencies\": {\"b\": \"^1.0.0\"}}"),
        (
            "package-lock.json",
            r#"{"name":"x","lockfileVersion":3,"packages":{"":{"name":"x","dependencies":{"b":"^1.0.0"}},"node_modules/b":{"version":"1.0.0","dependencies":{"a":"^1.0.0"}},"node_modules/a":{"version":"1.0.0"}}}"#,
        ),
    ];
    let done = play(&files, "npm:a", "1.5.0").done();
    assert_eq!(done.verdict(), &Verdict::Transitive(vec!["b 1.0.0".into(), "a 1.0.0".into()]));
    assert_eq!(done.stale(), ["package-lock.json true 1.0.0"]);
}

#[test]
fn a_lockfile_above_the_folder() {
    let files = [
        ("package.json", "{\"name\": \"x\", \"workspaces\": [\"p/*\"]}"),
        ("p/one/package.json", "{\"name\": \"one\", \"dependencies\": {\"b\": \"^1.0.0\"}}"),
        ("p/two/package.json", "{\"name\": \"two\"}"),
        (
            "package-lock.json",
            r#"{"name":"x","lockfileVersion":3,"packages":{"":{"name":"x","workspaces":["p/*"]},"node_modules/one":{"resolved":"p/one","link":true},"node_modules/two":{"resolved":"p/two","link":true},"p/one":{"name":"one","dependencies":{"b":"^1.0.0"}},"p/two":{"name":"two"},"node_modules/b":{"version":"1.0.0","dependencies":{"a":"^1.0.0"}},"node_modules/a":{"version":"1.0.0"}}}"#,
        ),
    ];
    let one = play(&files, "npm:a", "1.5.0").dir("p/one").done();
    assert_eq!(one.verdict(), &Verdict::Transitive(vec!["b 1.0.0".into(), "a 1.0.0".into()]));
    assert!(play(&files, "npm:a", "1.5.0").dir("p/two").done().done.told.is_empty());
    let entry = play(&files, "npm:a", "1.5.0").dir("p/one").overrides().done();
    assert!(entry.unknown().contains("outside of the folder"));
}
