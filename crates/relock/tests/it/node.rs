//! npm, pnpm, yarn, bun.

use fleetwright_package::Files;

use crate::{lines, lines_of};

#[test]
fn each_with_its_words_and_no_scripts() {
    let table = [
        (
            "package-lock.json=package-lock 3",
            "npm install --package-lock-only --ignore-scripts --no-audit --no-fund",
            "npm update --package-lock-only --ignore-scripts --no-audit --no-fund -- @a/b",
        ),
        (
            "pnpm-lock.yaml=pnpm 9.0",
            "pnpm install --lockfile-only --ignore-scripts --no-frozen-lockfile",
            "pnpm update --lockfile-only --ignore-scripts --no-save --recursive --depth 100 @a/b",
        ),
        (
            "yarn.lock=yarn berry 8",
            "yarn install --mode=update-lockfile",
            "no requirement in yarn.lock allows @a/b 1.2.0",
        ),
        ("yarn.lock=yarn 1", "yarn install --ignore-scripts --non-interactive", "yarn 1 cannot"),
        ("bun.lock=bun 1", "bun install --lockfile-only --ignore-scripts", "bun moves"),
        ("x=deno 4", "no tool is known for `deno 4` (x)", "no tool is known for `deno 4` (x)"),
    ];
    for (file, changed, alone) in table {
        assert_eq!(lines(file, "npm:@a/b", &["1.0.0"], ("1.2.0", false)), [changed], "{file}");
        let said = lines(file, "npm:@a/b", &["1.0.0"], ("1.2.0", true));
        assert!(said.len() == 1 && said[0].starts_with(alone), "{said:?}");
    }
}

const REAL: &str = r#"{"dependencies":{"left":"^1.0.0","right":"^1.0.0"},"devDependencies":{"wrong":"2"}}"#;

#[test]
fn npm_and_bun_are_held_by_their_manifest() {
    let files = Files::from_iter([("package.json", REAL)]);
    let npm = ("package-lock.json=package-lock 3", "npm:left");
    let held = r#"package.json = {"dependencies":{"left":"1.2.0","right":"^1.0.0"},"devDependencies":{"wrong":"2"},"overrides":{"left@1.2.0":"1.2.0"}}"#;
    let real = format!("package.json = {REAL}");
    let rest = "--package-lock-only --ignore-scripts --no-audit --no-fund";
    let install = format!("npm install {rest}");
    let update = format!("npm update {rest} -- left");
    for alone in [true, false] {
        assert_eq!(lines_of(&files, npm, &["1.0.0"], ("1.2.0", alone)), [held, &update, &real, &install]);
    }
    assert_eq!(lines_of(&files, npm, &["1.0.0", "1.3.0"], ("1.2.0", true)), [update.as_str()]);
    let own = Files::from_iter([("package.json", r#"{"overrides":{"left@1":"1.0.0"}}"#)]);
    assert_eq!(lines_of(&own, npm, &["1.0.0"], ("1.2.0", true)), [update.as_str()]);
    let elsewhere = Files::from_iter([("package.json", r#"{"dependencies":{"left":"file:./left"}}"#)]);
    assert_eq!(lines_of(&elsewhere, npm, &["1.0.0"], ("1.2.0", true)), [update.as_str()]);
    let bun = lines_of(&files, ("bun.lock=bun 1", "npm:left"), &["1.0.0"], ("1.2.0", true));
    assert!(bun[0].ends_with(r#""overrides":{"left":"1.2.0"}}"#) && bun.len() == 4, "{bun:?}");
}

#[test]
fn pnpm_is_held_where_its_version_reads_entries() {
    let pnpm = |files: &[(&str, &str)], format: &str| {
        let files = files.iter().copied().collect();
        lines_of(&files, (&format!("a/pnpm-lock.yaml={format}"), "npm:@a/left"), &["1.0.0"], ("1.2.0", true))
    };
    let install = "pnpm install --lockfile-only --ignore-scripts --no-frozen-lockfile";
    let held = r#"package.json = {"pnpm": {"overrides": {"@a/left@1.2.0": "1.2.0"}}}"#;
    let old = pnpm(&[("a/package.json", "{}")], "pnpm 6.0");
    assert_eq!(old[0].split_whitespace().collect::<String>(), held.replace(' ', ""));
    assert_eq!(old[1..], [install, "package.json = {}", install]);
    let new = pnpm(&[("a/package.json", "{}")], "pnpm 9.0");
    assert_eq!(new[1], "pnpm-workspace.yaml = packages: [\".\"]\noverrides: {\"@a/left@1.2.0\":\"1.2.0\"}");
    assert_eq!(new[4], "pnpm-workspace.yaml = nothing");
    let yaml = "packages: [x]\n";
    let new = pnpm(&[("a/package.json", "{}"), ("a/pnpm-workspace.yaml", yaml)], "pnpm 9.0");
    assert!(new[1].contains("@a/left@1.2.0") && new[4] == "pnpm-workspace.yaml = packages: [x]", "{new:?}");
    let own = "overrides:\n  '@a/left': 1.0.0\n";
    let new = pnpm(&[("a/package.json", "{}"), ("a/pnpm-workspace.yaml", own)], "pnpm 9.0");
    assert!(new.len() == 1 && new[0].starts_with("pnpm update"), "{new:?}");
}

#[test]
fn yarn_is_told_what_each_requirement_comes_to() {
    let lock = "\"left@npm:^1.0.0, left@npm:~1.2.0\":\n  version: 1.0.0\n\n\"left@npm:1 - 2\":\n  version: 1.9.0\n\n\
                \"left@npm:1.0.0\":\n  version: 1.0.0\n\n\"leftish@npm:^1.1.0\":\n  version: 1.1.0\n";
    let files =
        Files::from_iter([("yarn.lock", lock), ("b/package.json", r#"{"dependencies":{"left":">=1.1"}}"#)]);
    let berry = lines_of(&files, ("yarn.lock=yarn berry 8", "npm:left"), &["1.0.0"], ("1.2.0", false));
    let set = |asked: &str| format!("yarn set resolution left@npm:{asked} npm:1.2.0");
    assert_eq!(
        berry,
        ["yarn install --mode=update-lockfile".to_owned(), set(">=1.1"), set("^1.0.0"), set("~1.2.0")]
    );
}
