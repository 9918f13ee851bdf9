//! Every kind of step, through the binary: exact bytes in, exact bytes out.

use crate::world::{Entry, World};

/// Applies one shift to one repository with these files, merges it, and gives the fleet.
pub(crate) fn changed(entries: &[Entry<'_>], spec: &str) -> World {
    let world = World::new();
    world.repo_of("acme/a", entries);
    let file =
        world.shift("edit", &format!("{spec}  merge: {{ auto: true, require: {{ checks: none }} }}\n"));
    world.done(&["shift", "apply", &file, "--wait"]);
    world
}

/// What one step makes of one file.
fn becomes(path: &str, before: &str, step: &str, after: &str) {
    let entries: &[Entry<'_>] = &[("100644", path, Some(before.as_bytes()))];
    let world = changed(entries, &format!("  steps:\n    - {step}\n"));
    assert_eq!(world.stages("edit"), ["acme/a merged"], "{step}");
    assert_eq!(world.text("acme/a", "main", path), after, "{step}");
}

#[test]
fn yaml_keeps_comments_order_quotes_and_indentation() {
    becomes(
        "deploy/app.yaml",
        "# ours\nspec:\n    replicas: 1   # few\n    'image':  \"app:1\"\n    ports: [80]\n    old: gone\n",
        "yaml: { files: ['deploy/*.yaml'], set: { spec.replicas: 3, spec.image: 'app:2', spec.new.deep: true }, \
         append: { spec.ports: [443] }, delete: [spec.old] }",
        "# ours\nspec:\n    replicas: 3   # few\n    'image':  \"app:2\"\n    ports: [80, 443]\n    new:\n        \
         deep: true\n",
    );
}

#[test]
fn a_thousand_manifests_of_one_repository_are_edited_as_data() {
    let manifest = |at: usize, image: &str| {
        format!(
            "# number {at}\nkind:   Deployment\nspec: {{ 'replicas':  1,  image: \"{image}\" }} # pinned\nz: 1\na: 2\n"
        )
    };
    let olds: Vec<_> = (0..1000).map(|at| (format!("k8s/{at}.yaml"), manifest(at, "app:1"))).collect();
    let entries: Vec<Entry<'_>> =
        olds.iter().map(|(path, text)| ("100644", path.as_str(), Some(text.as_bytes()))).collect();
    let world =
        changed(&entries, "  steps:\n    - yaml: { files: ['k8s/*.yaml'], set: { spec.image: 'app:2' } }\n");
    assert_eq!(world.stages("edit"), ["acme/a merged"]);
    for (at, (path, _)) in olds.iter().enumerate().step_by(37) {
        assert_eq!(world.text("acme/a", "main", path), manifest(at, "app:2"));
    }
    let told = world.git("acme/a", &["diff", "--shortstat", "main~1", "main"]);
    assert_eq!(told.trim(), "1000 files changed, 1000 insertions(+), 1000 deletions(-)");
}

#[test]
fn of_several_documents_those_are_edited_that_hold_what_is_asked_for() {
    let all =
        "kind: Service\nmetadata: { name: a }\n---\n# runs\nkind: Deployment\nmetadata: { name: a } # ours\n";
    becomes(
        "k8s.yaml",
        all,
        "yaml: { files: ['*.yaml'], where: { kind: Deployment, metadata.name: '{{ repo.name | last }}' }, \
         set: { spec.replicas: 2 } }",
        &format!("{all}spec:\n  replicas: 2\n"),
    );
}

#[test]
fn a_repository_that_the_steps_cannot_change_is_not_opened() {
    let world = World::new();
    for (name, text) in [("acme/a", "old.example.com\n"), ("acme/b", "b\n"), ("acme/c", "c\n")] {
        world.repo(name, &[("hosts.txt", text)]);
    }
    let file = world.shift(
        "hosts",
        "  steps:\n    - replace: { files: ['**'], pattern: old.example.com, with: new, literal: true }\n",
    );
    let told = world.done(&["shift", "plan", &file]).stdout;
    assert!(told.contains("2 of 3 repositories to look at were never opened"), "{told}");
    assert_eq!(world.stages("hosts")[1..], ["acme/b unchanged", "acme/c unchanged"]);
    let again = world.done(&["shift", "plan", &file]).stdout;
    assert!(!again.contains("were never opened"), "{again}");
}

#[test]
fn json_keeps_its_comments_and_layout() {
    becomes(
        "package.json",
        "{\n\t\"name\": \"a\", // ours\n\t\"scripts\": { \"test\": \"x\" },\n\t\"old\": 1\n}",
        "json: { files: [package.json], set: { scripts.test: y }, delete: [old], merge: { license: MIT } }",
        "{\n\t\"name\": \"a\", // ours\n\t\"scripts\": { \"test\": \"y\" },\n\t\"license\": \"MIT\"\n}",
    );
}

#[test]
fn toml_keeps_its_comments_and_order() {
    becomes(
        "Cargo.toml",
        "[package]\nname = 'a'      # ours\nedition = \"2021\"\n\n[dependencies]\nserde = { version = \"1\" }\n",
        "toml: { files: [Cargo.toml], set: { package.edition: '2024', dependencies.serde.version: '1.1' } }",
        "[package]\nname = 'a'      # ours\nedition = \"2024\"\n\n[dependencies]\nserde = { version = \"1.1\" }\n",
    );
}

#[test]
fn xml_keeps_everything_it_does_not_set() {
    becomes(
        "pom.xml",
        "<?xml version=\"1.0\"?>\n<project>\n  <!-- ours -->\n  <version>1</version>\n</project>\n",
        "xml: { files: [pom.xml], set: { project.version: '2' } }",
        "<?xml version=\"1.0\"?>\n<project>\n  <!-- ours -->\n  <version>2</version>\n</project>\n",
    );
}

#[test]
fn replace_is_literal_or_has_captures() {
    becomes(
        "a.txt",
        "x1 a.c abc\n",
        "replace: { files: ['*.txt'], pattern: 'a.c', with: '$1', literal: true }",
        "x1 $1 abc\n",
    );
    becomes(
        "a.txt",
        "foo(1)\nfoo(22)\n",
        "replace: { files: ['*.txt'], pattern: 'foo\\((?<n>\\d+)\\)', with: 'bar[${n}]' }",
        "bar[1]\nbar[22]\n",
    );
}

#[test]
fn rewrite_takes_patterns_and_whole_rules() {
    becomes(
        "src/A.java",
        "class A { void f() { old( 1, /* two */ 2); /* old(3, 4) */ } }\n",
        "rewrite: { language: java, pattern: 'old($A, $B)', fix: 'fresh($B, $A)' }",
        "class A { void f() { fresh(2, 1); /* old(3, 4) */ } }\n",
    );
    becomes(
        "a.py",
        "print(x)\nlog(x)\n",
        "rewrite: { rule: { id: p, language: python, rule: { pattern: print($A), not: { pattern: print(1) } }, \
         fix: 'log($A)' } }",
        "log(x)\nlog(x)\n",
    );
}

#[test]
fn file_writes_deletes_renames_and_sets_modes() {
    let text: &[u8] = b"text\n";
    let entries: &[Entry<'_>] = &[
        ("100644", "old.md", Some(text)),
        ("100644", "tmp/a.log", Some(text)),
        ("100644", "tmp/b.log", Some(text)),
        ("100644", "run.sh", Some(text)),
        ("100755", "not.sh", Some(text)),
    ];
    let world = changed(
        entries,
        "  steps:
    - file: { path: docs/a.md, content: \"of {{ repo.name }}\\n\" }
    - file: { path: new.sh, content: \"exit 0\\n\", mode: '755' }
    - file: { path: 'tmp/**', delete: true }
    - file: { path: old.md, rename: 'docs/{{ repo.owner }}.md' }
    - file: { path: run.sh, mode: '755' }
    - file: { path: not.sh, mode: '644' }
",
    );
    let tree = world.git("acme/a", &["ls-tree", "-r", "--format=%(objectmode) %(path)", "main"]);
    assert_eq!(tree, "100644 docs/a.md\n100644 docs/acme.md\n100755 new.sh\n100644 not.sh\n100755 run.sh");
    assert_eq!(world.text("acme/a", "main", "docs/a.md"), "of acme/a\n");
}

#[test]
fn conditions_outputs_and_texts() {
    let entries: &[Entry<'_>] = &[("100644", "pom.xml", Some(b"<a/>")), ("100644", "a.txt", Some(b"one\n"))];
    let world = changed(
        entries,
        "  steps:
    - { name: npm, if: 'repo.hasFile(\"package.json\")', file: { path: npm, content: x } }
    - name: count
      if: 'repo.hasFile(\"pom.xml\")'
      run: wc -l < a.txt
      outputs: { lines: '{{ step.stdout | trim }}' }
    - file: { path: report, content: \"{{ steps.count.outputs.lines }} lines\\n\" }
    - yaml: { files: ['*.none'], set: { a: 1 } }
  pullRequest: { title: 'Count {{ steps.count.outputs.lines }}' }
",
    );
    assert_eq!(world.text("acme/a", "main", "report"), "1 lines\n");
    assert_eq!(world.git("acme/a", &["ls-tree", "--name-only", "main"]), "a.txt\npom.xml\nreport");
    assert_eq!(world.pull("acme/a", 1)["title"], "Count 1");
}

#[test]
fn not_applicable_is_neither_failed_nor_unchanged() {
    let entries: &[Entry<'_>] = &[("100644", "a.txt", Some(b"one\n"))];
    let world = changed(entries, "  steps:\n    - { name: skip, run: exit 64 }\n");
    assert_eq!(world.stages("edit"), ["acme/a notApplicable: skip says so (exit code 64)"]);
    let world = changed(entries, "  steps:\n    - { name: no, if: 'false', run: exit 1 }\n");
    assert_eq!(world.stages("edit"), ["acme/a notApplicable: the condition of no is false"]);
}

#[test]
fn a_failing_verify_step_keeps_the_change_at_home_and_cannot_change_it() {
    let world = World::new();
    world.repo("acme/good", &[("a.txt", "one\n")]);
    world.repo("acme/bad", &[("a.txt", "one\n"), ("strict", "")]);
    let file = world.shift(
        "edit",
        "  steps: [{ replace: { files: ['*.txt'], pattern: one, with: two } }]
  verify:
    - { name: test, run: 'rm a.txt; echo litter > litter; test ! -e strict' }
  merge: { auto: true, require: { checks: none } }
",
    );
    world.run(&["shift", "apply", &file, "--wait"]).ends(3);
    assert_eq!(
        world.stages("edit"),
        ["acme/bad failed: verify: verify test: exit code 1", "acme/good merged"]
    );
    assert_eq!(world.git("acme/good", &["ls-tree", "--name-only", "main"]), "a.txt");
    assert_eq!(world.text("acme/good", "main", "a.txt"), "two\n");
    let body = world.pull("acme/good", 1)["body"].as_str().unwrap().to_owned();
    assert!(body.contains(" 1 verify step(s) passed before this was pushed."), "{body}");
}

#[test]
fn a_script_sees_what_is_documented_and_nothing_else() {
    let world = World::new();
    world.repo("acme/a", &[("sub/go.mod", "m\n"), ("a.txt", "x\n")]);
    let base = world.git("acme/a", &["rev-parse", "main"]);
    world.write("helper.txt", "beside the shift\n");
    world.script(
        "look.sh",
        "#!/bin/sh
env | sort | grep -v '^_=\\|^PWD=\\|^OLDPWD=\\|^SHLVL=' > env
pwd > pwd
ls -A / > root; ls -A ~ > home; ls -A .. > above
cat \"$FLEETWRIGHT_SHIFT_DIR/helper.txt\" > helper
(echo > /dev/tcp/127.0.0.1/22) 2> /dev/null && echo reached > net
cat /proc/net/dev | tail -n +3 | cut -d: -f1 | tr -d ' ' > interfaces
touch /work/shift/x /etc/x /usr/x 2> /dev/null && echo wrote > wrote
true
",
    );
    let file = world.shift(
        "look",
        "  targets: { workspaces: { rootAtLocationOf: go.mod } }
  steps: [{ run: { command: [./look.sh], files: [helper.txt], env: { MINE: 'for {{ repo.name }}' } } }]
",
    );
    let plan = world.json(&["shift", "plan", &file]);
    let tree = plan["targets"][0]["detail"]["change"]["tree"].as_str().unwrap_or_else(|| panic!("{plan}"));
    world.done(&["shift", "apply", &file]);
    let branch = world.pull("acme/a", 1)["branch"].as_str().unwrap().to_owned();
    assert_eq!(world.git("acme/a", &["rev-parse", &format!("{branch}^{{tree}}")]), tree);
    let read = |name: &str| world.text("acme/a", &branch, &format!("sub/{name}"));
    let env = read("env");
    for line in [
        "FLEETWRIGHT_SHIFT=look",
        "FLEETWRIGHT_REPO=acme/a",
        "FLEETWRIGHT_DIR=sub",
        &format!("FLEETWRIGHT_BASE={base}"),
        "FLEETWRIGHT_DEFAULT_BRANCH=main",
        "REPOSITORY=acme/a",
        "DRY_RUN=false",
        "XARGS_REPO_NAME=a",
        "XARGS_REPO_OWNER=acme",
        "SHEPHERD_BASE_BRANCH=main",
        "MINE=for acme/a",
    ] {
        assert!(env.lines().any(|found| found == line), "no {line} in\n{env}");
    }
    let known = ["FLEETWRIGHT_", "XARGS_", "SHEPHERD_", "REPOSITORY=", "DRY_RUN=", "MINE="];
    let system = ["PATH=", "HOME=", "LANG=", "TMPDIR=", "USER="];
    let is_known = |line: &&str| known.iter().chain(&system).any(|start| line.starts_with(start));
    assert_eq!(env.lines().filter(|line| !is_known(line)).collect::<Vec<_>>(), Vec::<&str>::new());
    assert!(!env.contains("hunter2"));
    assert_eq!((read("pwd").as_str(), read("helper").as_str()), ("/work/tree/sub\n", "beside the shift\n"));
    assert_eq!((read("home").as_str(), read("interfaces").as_str()), ("", "lo\n"));
    let files = world.git("acme/a", &["ls-tree", "--name-only", &branch, "sub/"]);
    assert!(!files.contains("sub/net") && !files.contains("sub/wrote"), "{files}");
    assert!(!read("above").contains(".git"), "there is no `.git` to be seen: {}", read("above"));
    assert!(!read("root").lines().any(|name| name == "root" || name == "var"), "{}", read("root"));
}
