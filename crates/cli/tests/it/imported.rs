//! Other tools' files through the binary: imported, validated, planned.

use crate::world::World;

const BATCH: &str = r#"
version: 2
name: say-hello
description: Greets.
on:
  - repositoriesMatchingQuery: repo:^github\.com/acme/ file:^README\.md$ old
steps:
  - run: |
      for file in ${{ join repository.search_result_paths " " }}; do
        sed -i 's/old/${{ outputs.to }}new/' "$file"
      done
      cat /tmp/note.txt >> README.md
      echo "it's ${{ repository.name }}"
    container: alpine:3
    files: { /tmp/note.txt: "for ${{ repository.name }}\n" }
    outputs: { said: { value: "${{ step.stdout }}" } }
  - run: sh /tmp/tools/a.sh '${{ previous_step.stdout }}'
    if: ${{ matches repository.name "github.com/acme/*" }}
    container: alpine:3
    mount: [{ path: ./tools, mountpoint: /tmp/tools }]
changesetTemplate:
  title: Greet ${{ repository.name }}
  body: "${{ outputs.said }}"
  branch: batch/hello
  commit: { message: Greet }
"#;

#[test]
fn a_batch_spec_is_imported_and_does_what_it_did() {
    let world = World::new();
    world.repo("acme/a", &[("README.md", "old\n")]);
    world.repo("acme/b", &[("README.md", "other\n")]);
    world.repo("else/c", &[("README.md", "old\n")]);
    world.write("spec/batch.yaml", BATCH.replace("${{ outputs.to }}", ""));
    world.write("spec/tools/a.sh", "printf %s \"$1\" > said.txt\n");
    let output = world.done(&["shift", "import", "spec/batch.yaml", "--out", "shifts"]);
    assert!(output.stdout.contains("Wrote shifts/say-hello.yaml."), "{}", output.stdout);
    assert!(output.stderr.contains("spec/batch.yaml:14:5: steps[0].container: it ran in the image alpine:3"));
    world.done(&["shift", "validate", "shifts/say-hello.yaml"]);
    world.done(&["shift", "apply", "shifts/say-hello.yaml"]);
    assert_eq!(world.stages("say-hello").len(), 1);
    let text = |path: &str| world.text("acme/a", "batch/hello", path);
    assert_eq!(text("README.md"), "new\nfor acme/a\n");
    assert_eq!(text("said.txt"), "it's acme/a\n");
    let pull = world.pull("acme/a", 1);
    assert_eq!(pull["title"], "Greet acme/a");
    assert!(pull["body"].as_str().unwrap().starts_with("it's acme/a\n"), "{pull}");
    // The same again changes nothing, another content is not overwritten.
    world.done(&["shift", "import", "spec/batch.yaml", "--out", "shifts"]);
    world.write("shifts/say-hello.yaml", "mine\n");
    let said = world.run(&["shift", "import", "spec/batch.yaml", "--out", "shifts"]).ends(4).stderr;
    let refused = "shifts/say-hello.yaml is there already, with other content\n  try: another folder\n";
    assert!(said.contains(refused), "{said}");
}

#[test]
fn what_has_no_equivalent_fails_its_target_and_nothing_else() {
    let world = World::new();
    world.repo("acme/a", &[("README.md", "old\n")]);
    world.write("batch.yaml", "name: x\non: [{ repository: github.com/acme/a }]\nsteps:\n  - run: touch ${{ previous_step.modified_files }} x\n");
    let output = world.done(&["shift", "import", "batch.yaml"]);
    world.write("x.yaml", output.stdout);
    world.run(&["shift", "apply", "x.yaml", "--wait"]).ends(3);
    assert_eq!(world.stages("x"), ["acme/a failed: script: step 1 (run): exit code 2"]);
}

#[test]
fn a_migration_is_imported_as_one_document() {
    let world = World::new();
    world.write(
        "shepherd.yml",
        "id: 2026.tidy\ntitle: Tidy\nadapter: { type: github, search_query: 'org:acme filename:a.txt' }\nhooks:\n  \
         should_migrate: test -f a.txt\n  apply: mv a.txt b.txt\n  pr_message: echo \"for $SHEPHERD_GITHUB_REPO_OWNER/$SHEPHERD_GITHUB_REPO_NAME\"\n",
    );
    world.repo("acme/a", &[("a.txt", "x\n")]);
    world.repo("acme/b", &[("sub/a.txt", "x\n")]);
    let document = world.json(&["shift", "import", "shepherd.yml"]);
    assert_eq!((&document["format"], &document["name"]), (&"Shepherd migration".into(), &"2026-tidy".into()));
    assert_eq!(document["remarks"][0]["line"], 1);
    world.write("tidy.yaml", document["shift"].as_str().unwrap());
    world.done(&["shift", "apply", "tidy.yaml"]);
    assert_eq!(world.pull("acme/a", 1)["body"].as_str().unwrap().lines().next(), Some("for acme/a"));
    assert_eq!(world.stages("2026-tidy")[1], "acme/b notApplicable: step 1 (run) says so (exit code 64)");
    assert_eq!(world.git("acme/a", &["for-each-ref", "--format=%(refname:short)"]), "2026.tidy\nmain");
}
