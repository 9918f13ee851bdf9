//! Pull requests as the file asks for them, and merges as real commits.

use serde_json::json;

use crate::story::REPLACE;
use crate::world::{GREEN, World};

fn merged_by(method: &str) -> (World, String) {
    let world = World::new();
    world.repo("acme/a", &[("x.txt", "old\n"), ("test.sh", GREEN)]);
    let base = world.git("acme/a", &["rev-parse", "main"]);
    let spec = REPLACE.replace("auto: true", &format!("auto: false, method: {method}"));
    let file = world.shift("swap", &spec);
    world.done(&["shift", "apply", &file]);
    let head = world.git("acme/a", &["rev-parse", "fleetwright/swap"]);
    assert_eq!(world.git("acme/a", &["rev-parse", "fleetwright/swap^"]), base);
    // The base moves on, so that the methods differ.
    world.commit("acme/a", "main", &[("100644", "more.md", Some(b"more\n"))]);
    world.done(&["shift", "merge", "swap"]);
    assert_eq!(world.stages("swap"), ["acme/a merged"]);
    assert_eq!(world.text("acme/a", "main", "x.txt"), "new\n");
    assert_eq!(world.text("acme/a", "main", "more.md"), "more\n");
    (world, head)
}

fn parents(world: &World) -> Vec<String> {
    let line = world.git("acme/a", &["log", "-1", "--format=%P", "main"]);
    line.split(' ').map(str::to_owned).collect()
}

#[test]
fn a_merge_has_two_parents() {
    let (world, head) = merged_by("merge");
    let parents = parents(&world);
    assert_eq!((parents.len(), &parents[1]), (2, &head));
    assert_eq!(world.git("acme/a", &["log", "-1", "--format=%s", &parents[0]]), "By hand");
}

#[test]
fn a_squash_is_one_new_commit_on_the_base() {
    let (world, head) = merged_by("squash");
    assert_eq!(parents(&world).len(), 1);
    assert_eq!(world.git("acme/a", &["log", "-2", "--format=%s", "main"]), "Do swap (#1)\nBy hand");
    assert_ne!(world.git("acme/a", &["rev-parse", "main"]), head);
}

#[test]
fn a_rebase_repeats_the_commit_on_the_base() {
    let (world, head) = merged_by("rebase");
    assert_eq!(parents(&world).len(), 1);
    let of = |revision: &str| world.git("acme/a", &["log", "-1", "--format=%an %ae%n%B", revision]);
    // The branch is gone, its commit is still in the repository.
    assert_eq!(of("main"), of(&head));
    assert_eq!(world.git("acme/a", &["log", "-1", "--format=%s", "main^"]), "By hand");
}

#[test]
fn the_pull_request_says_what_the_file_says() {
    let world = World::new();
    world.repo("acme/a", &[("x.txt", "old\n"), ("test.sh", GREEN)]);
    let file = world.shift(
        "swap",
        "  owner: group:default/text
  steps:
    - name: count
      run: echo 'olds=1' >> \"$FLEETWRIGHT_OUTPUT\"; sed -i s/old/new/ x.txt; printf 'said so'
      outputs: { words: '{{ step.stdout }}!' }
  pullRequest:
    branch: team/swap
    title: '{{ title }} in {{ repo.name }}'
    body: 'Because {{ steps.count.outputs.words }} ({{ steps.count.outputs.olds }})'
    commit: { message: 'swap: {{ repo.owner }}', author: 'Fleet Bot <bot@example.com>', signoff: true }
    labels: [text, fleet]
    reviewers: [bea]
    draft: true
  merge: { auto: true }
",
    );
    world.done(&["shift", "apply", &file, "--wait"]);
    let pull = world.pull("acme/a", 1);
    assert_eq!(pull["title"], "Do swap in acme/a");
    assert_eq!((&pull["labels"], &pull["reviewers"]), (&json!(["text", "fleet"]), &json!(["bea"])));
    assert_eq!((&pull["draft"], &pull["branch"]), (&json!(true), &json!("team/swap")));
    let body = pull["body"].as_str().unwrap();
    let (said, rest) = body.split_once("\n\n---\n").unwrap();
    assert_eq!(said, "Because said so! (1)");
    assert!(rest.starts_with("Made by the shift `swap` by `group:default/text`. "), "{rest}");
    let commit = world.git("acme/a", &["log", "-1", "--format=%an <%ae>%n%B", "team/swap"]);
    assert!(
        commit.starts_with("Fleet Bot <bot@example.com>\nswap: acme\n\nFleetwright-Shift: swap\n"),
        "{commit}"
    );
    assert!(commit.contains("\nSigned-off-by: Fleet Bot <bot@example.com>"), "{commit}");
    assert_eq!(world.stages("swap"), ["acme/a open: the pull request is a draft"]);
    world.done(&["repo", "pull", "acme/a", "1", "ready"]);
    world.done(&["shift", "status", "swap"]);
    assert_eq!(world.stages("swap"), ["acme/a merged"]);
}

#[test]
fn workspaces_are_one_pull_request_per_directory() {
    let world = World::new();
    let files: &[(&str, &str)] = &[
        ("services/one/go.mod", "module one\n"),
        ("services/one/x.txt", "old\n"),
        ("services/two/go.mod", "module two\n"),
        ("services/two/x.txt", "old\n"),
        ("docs/x.txt", "old\n"),
    ];
    world.repo("acme/mono", files);
    world.repo("acme/none", &[("x.txt", "old\n")]);
    let spec = REPLACE.replace("auto: true", "auto: true, require: { checks: none }");
    let file =
        world.shift("swap", &format!("  targets: {{ workspaces: {{ rootAtLocationOf: go.mod }} }}\n{spec}"));
    world.done(&["shift", "plan", &file, "--out", "patches"]);
    assert!(world.path("patches/acme__mono__services__one.patch").exists());
    let two = world.done(&["shift", "diff", "swap", "acme/mono:services/two"]).stdout;
    assert!(two.starts_with("diff --git a/services/two/x.txt b/services/two/x.txt\n"), "{two}");
    assert!(!two.contains("services/one"));
    world.done(&["shift", "apply", &file, "--wait"]);
    assert_eq!(world.stages("swap"), ["acme/mono:services/one merged", "acme/mono:services/two merged"]);
    let branches =
        [1, 2].map(|number| world.pull("acme/mono", number)["branch"].as_str().unwrap().to_owned());
    let mut branches = branches.to_vec();
    branches.sort();
    // Digits follow, so that no directory's branch is the folder of another's.
    assert!(branches[0].starts_with("fleetwright/swap/services-one-"), "{branches:?}");
    assert!(branches[1].starts_with("fleetwright/swap/services-two-"), "{branches:?}");
    for (path, text) in
        [("services/one/x.txt", "new\n"), ("services/two/x.txt", "new\n"), ("docs/x.txt", "old\n")]
    {
        assert_eq!(world.text("acme/mono", "main", path), text, "{path}");
    }
    let why = world.done(&["shift", "why", "swap", "acme/none"]).stdout;
    assert_eq!(why, "acme/none: left out: no directory has a go.mod\n");
    assert_eq!(world.json(&["shift", "logs", "swap", "acme/mono"]).as_array().unwrap().len(), 2);
}

#[test]
fn an_apply_without_a_plan_makes_one_first() {
    let world = World::new();
    world.repo("acme/a", &[("x.txt", "old\n"), ("test.sh", GREEN)]);
    let file = world.shift("swap", REPLACE);
    let said = world.done(&["shift", "apply", &file, "--wait"]).stdout;
    assert!(said.starts_with("A new round: 1 repository selected, 1 target to look at\n"), "{said}");
    assert_eq!(world.stages("swap"), ["acme/a merged"]);
}
