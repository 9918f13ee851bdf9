//! Files that are broken or mean harm: each is a finding, and the rest is still read.

use proptest::prelude::*;

use crate::seen::inventory;

const GOOD: (&str, &str) = ("good/package.json", r#"{"name":"good","dependencies":{"a":"1.0.0"}}"#);

#[test]
fn lockfiles_of_other_versions_are_not_guessed() {
    assert!(finding("yarn.lock", "__metadata:\n  version: 99\n").contains("version 99 is not known"));
    assert!(finding("yarn.lock", "a@1:\n  version \"1\"\n").contains("version (none) is not known"));
    assert!(
        finding("pnpm-lock.yaml", "lockfileVersion: '7.0'\n").contains("lockfileVersion 7.0 is not known")
    );
    assert!(finding("bun.lock", "{\"lockfileVersion\": 7,}").contains("lockfileVersion 7 is not known"));
    assert!(finding("bun.lock", "{\"lockfileVersion\": 1").contains("no lockfile of bun"));
    assert!(
        finding("pnpm-workspace.yaml", "catalog: &a {x: *a}\n")
            .starts_with("pnpm-workspace.yaml:1 this is written")
    );
    let outside = "lockfileVersion: '9.0'\nimporters:\n  ../../x:\n    dependencies: {}\n";
    assert!(finding("pnpm-lock.yaml", outside).contains("`../../x` lies outside"));
}

fn finding(path: &str, text: &str) -> String {
    let seen = inventory(&[GOOD, (path, text)]);
    assert!(seen.manifests.iter().any(|manifest| manifest.path == GOOD.0 && manifest.declared.len() == 1));
    let finding = seen.findings.first().unwrap_or_else(|| panic!("{path} is found wrong"));
    format!("{}:{} {}", finding.path, finding.line, finding.message)
}

#[test]
fn what_cannot_be_read_is_a_finding() {
    assert!(
        finding("package.json", "{\n<<<<<<< HEAD\n}")
            .starts_with("package.json:2 the file holds merge markers")
    );
    assert!(finding("package.json", "{\n\"a\": }").starts_with("package.json:2 this is no JSON"));
    assert!(finding("package.json", "[]").contains("one JSON object"));
    assert!(finding("package.json", &"[".repeat(100_000)).contains("nesting depth"));
    assert!(finding("package.json", &" ".repeat(5 << 20)).contains("at most 4194304 are read"));
    assert!(
        finding(
            "package-lock.json",
            &format!("{}{{}}{}", "{\"dependencies\":{\"a\":".repeat(200), "}}".repeat(200))
        )
        .contains("recursion limit")
    );
    assert!(
        finding("package-lock.json", r#"{"lockfileVersion": 9}"#).contains("lockfileVersion 9 is not known")
    );
    assert!(
        finding("package-lock.json", r#"{"lockfileVersion": 3, "packages": {"../../x": {"version": "1"}}}"#)
            .contains("outside of the repository")
    );
    assert!(finding("package.json", r#"{"workspaces": ["../*"]}"#).contains("leads out of the folder"));
}

proptest! {
    #[test]
    fn mutated_files_never_panic(at in 0.0..1.0f64, cut in 0usize..40, put in ".{0,12}") {
        for (path, text) in crate::samples() {
            let floor = |mut at: usize| { at = at.min(text.len()); while !text.is_char_boundary(at) { at -= 1; } at };
            let from = floor((at * text.len() as f64) as usize);
            let to = floor(from + cut);
            let mutated = format!("{}{put}{}", &text[..from], &text[to.max(from)..]);
            inventory(&[("package.json", crate::samples()[0].1), (path, &mutated)]);
        }
    }
}
