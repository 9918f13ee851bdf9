//! What no step may touch: everything it was not asked to.

use crate::steps::changed;
use crate::world::{Entry, World};

const LFS: &[u8] = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";
const SUBMODULE: &[u8] = b"0123456789012345678901234567890123456789";
const LATIN: &[u8] = b"M\xfcnchen old\n";
const BINARY: &[u8] = b"old\0old\n";

/// A repository with everything that breaks naive tools.
fn odd() -> Vec<Entry<'static>> {
    vec![
        ("100644", "a.txt", Some(b"old\n")),
        ("100644", "crlf.txt", Some(b"old\r\nold\r\n")),
        ("100644", "mixed.txt", Some(b"old\r\nold\n\rold")),
        (
            "100644",
            ".gitattributes",
            Some(b"*.bat text eol=crlf\n*.bin filter=lfs diff=lfs merge=lfs -text\n"),
        ),
        ("100644", "a.bat", Some(b"echo old\n")),
        ("100644", "big.bin", Some(LFS)),
        ("100644", "image.dat", Some(BINARY)),
        ("100644", "latin.latin", Some(LATIN)),
        ("100755", "run.sh", Some(b"echo old\n")),
        ("120000", "link.txt", Some(b"a.txt")),
        ("120000", "out.txt", Some(b"/etc/passwd")),
        ("120000", "dangling.txt", Some(b"nowhere")),
        ("160000", "vendor/sub", Some(SUBMODULE)),
        ("100644", ".gitmodules", Some(b"[submodule \"sub\"]\n\tpath = vendor/sub\n\turl = ../sub.git\n")),
        ("100644", ".gitignore", Some(b"*.ignored\n")),
        ("100644", "kept.ignored", Some(b"old\n")),
        ("100644", "empty", Some(b"")),
        ("100644", "dir with space/\u{e9}.txt", Some(b"old\n")),
    ]
}

/// Mode, object and path of everything that differs between the base and `main`.
fn touched(world: &World) -> Vec<String> {
    let base = world.git("acme/a", &["rev-list", "--max-parents=0", "main"]);
    let diff = world
        .git("acme/a", &["-c", "core.quotePath=false", "diff-tree", "-r", "--name-status", &base, "main"]);
    diff.lines().map(|line| line.replace('\t', " ")).collect()
}

#[test]
fn declarative_steps_touch_the_matching_texts_only() {
    let world = changed(
        &odd(),
        "  steps: [{ replace: { files: ['**/*.txt', '*.bat', '*.bin', '*.dat', '*.sh'], pattern: old, with: new } }]\n",
    );
    assert_eq!(world.stages("edit"), ["acme/a merged"]);
    assert_eq!(
        touched(&world),
        ["M a.bat", "M a.txt", "M crlf.txt", "M dir with space/\u{e9}.txt", "M mixed.txt", "M run.sh"]
    );
    assert_eq!(world.show("acme/a", "main", "crlf.txt"), b"new\r\nnew\r\n");
    assert_eq!(world.show("acme/a", "main", "mixed.txt"), b"new\r\nnew\n\rnew");
    assert_eq!(world.show("acme/a", "main", "a.bat"), b"echo new\n");
    let line = world.git("acme/a", &["ls-tree", "main", "run.sh", "link.txt", "vendor/sub"]);
    let modes: Vec<&str> = line.lines().map(|line| &line[..6]).collect();
    assert_eq!(modes, ["120000", "100755", "160000"]);
}

#[test]
fn a_script_that_changes_one_file_changes_one_file() {
    let world =
        changed(&odd(), "  steps: [{ run: 'printf new > a.txt; ls > /dev/null; git status || true' }]\n");
    assert_eq!(world.stages("edit"), ["acme/a merged"]);
    assert_eq!(touched(&world), ["M a.txt"]);
}

#[test]
fn a_script_that_rewrites_everything_in_place_sees_the_bytes_of_git() {
    let world = changed(
        &odd(),
        "  steps:
    - run: |
        find . -type f ! -name sums -exec sha1sum {} + | sort -k 2 > sums
        cat link.txt > through-the-link
        readlink out.txt > leads-to; cat out.txt > leads-nowhere-of-ours 2> /dev/null || true
        ls -A vendor/sub > submodule
",
    );
    assert_eq!(world.text("acme/a", "main", "through-the-link"), "old\n");
    assert_eq!(world.text("acme/a", "main", "leads-to"), "/etc/passwd\n");
    assert_eq!(world.text("acme/a", "main", "submodule"), "");
    let sums = world.text("acme/a", "main", "sums");
    assert_eq!(sums.lines().count(), 14, "{sums}");
    // `echo old` as git stores it: neither eol nor lfs filters ran.
    assert!(sums.contains("  ./a.bat") && sums.contains("  ./big.bin"), "{sums}");
    assert_eq!(world.show("acme/a", "main", "big.bin"), LFS);
    assert_eq!(world.show("acme/a", "main", "a.bat"), b"echo old\n");
}

#[test]
fn what_is_not_utf8_fails_loudly_where_it_was_asked_for() {
    let world = World::new();
    world.repo_of("acme/a", &odd());
    let file = world
        .shift("edit", "  steps: [{ name: all, replace: { files: ['**'], pattern: old, with: new } }]\n");
    world.run(&["shift", "plan", &file]).ends(3);
    assert_eq!(
        world.stages("edit"),
        ["acme/a failed: script: all: latin.latin is not UTF-8: leave it out of `files`"]
    );
}

#[test]
fn a_script_may_change_links_modes_and_binary_files_on_purpose() {
    let world = changed(
        &odd(),
        "  steps: [{ run: 'ln -sf crlf.txt link.txt; chmod -x run.sh; printf \"\\000\" >> image.dat; rm empty; mkdir -p d/e; touch d/e/f' }]\n",
    );
    assert_eq!(touched(&world), ["A d/e/f", "D empty", "M image.dat", "M link.txt", "M run.sh"]);
    assert_eq!(world.show("acme/a", "main", "link.txt"), b"crlf.txt");
    assert_eq!(world.show("acme/a", "main", "image.dat"), [BINARY, b"\0"].concat());
    assert!(world.git("acme/a", &["ls-tree", "main", "run.sh"]).starts_with("100644 "));
}

#[test]
fn a_git_folder_that_a_script_leaves_never_becomes_part_of_the_change() {
    let world = World::new();
    world.repo("acme/a", &[("a.txt", "old\n")]);
    let before = world.git("acme/a", &["config", "--list", "--local"]);
    let file = world.shift(
        "edit",
        "  steps: [{ run: 'mkdir -p .git/hooks sub/.git; echo x > .git/config; echo x > sub/.git/HEAD; echo new > a.txt' }]
  merge: { auto: true, require: { checks: none } }
",
    );
    let output = world.run(&["shift", "apply", &file, "--wait"]);
    let stages = world.stages("edit");
    assert!(
        stages[0].starts_with("acme/a failed: policy: ") || stages == ["acme/a merged"],
        "{stages:?} {output:?}"
    );
    let tree = world.git("acme/a", &["ls-tree", "-r", "--name-only", "main"]);
    assert_eq!(tree, "a.txt");
    assert_eq!(world.git("acme/a", &["config", "--list", "--local"]), before);
}
