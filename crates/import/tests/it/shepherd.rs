//! Migrations of Shepherd as people write them.

use fleetwright_import::Format;

use crate::{keys, script, shift};

#[test]
fn hooks_become_steps() {
    let (imported, shift) = shift(
        r#"
id: 2026.03.01-eslintrc
title: Give .eslintrc its ending
adapter:
  type: github
  search_type: code
  search_query: org:acme path:/ filename:.eslintrc
hooks:
  should_migrate:
    - ls .eslintrc
    - test "$(wc -l < .eslintrc)" -gt 1; exit $?
  post_checkout: npm install
  apply: mv .eslintrc .eslintrc.json
  pr_message:
    - echo 'Hey! This renames `.eslintrc`'
    - echo "in $SHEPHERD_GITHUB_REPO_NAME"
"#,
    );
    assert_eq!(imported.format, Format::Shepherd);
    assert_eq!(shift.metadata.name, "2026-03-01-eslintrc");
    assert_eq!(shift.title(), "Give .eslintrc its ending");
    assert_eq!(shift.spec.pull_request.branch.as_deref(), Some("2026.03.01-eslintrc"));
    assert_eq!(shift.spec.targets.repos, ["acme/*"]);
    assert_eq!(shift.spec.targets.select.as_deref(), Some("repo.hasFile(\".eslintrc\")"));
    let scripts: Vec<&str> = (0..5).map(|step| script(&shift, step)).collect();
    assert_eq!(
        scripts,
        [
            "ls .eslintrc || exit 64",
            "(\ntest \"$(wc -l < .eslintrc)\" -gt 1; exit $?\n) || exit 64",
            "npm install",
            "mv .eslintrc .eslintrc.json",
            "echo 'Hey! This renames `.eslintrc`'\necho \"in $SHEPHERD_GITHUB_REPO_NAME\"",
        ]
    );
    assert_eq!(shift.spec.steps[4].outputs["body"], "{{ step.stdout }}");
    assert_eq!(shift.spec.pull_request.body.as_deref(), Some("{{ steps.message.outputs.body }}"));
    assert_eq!(keys(&imported), ["id", "hooks.post_checkout"]);
}

#[test]
fn scripts_of_the_migration_travel_and_the_rest_is_said() {
    let (imported, shift) = shift(
        "
id: react-16
title: React 16
adapter: github
search_query: org:acme filename:package.json react
hooks:
  should_migrate: node $SHEPHERD_MIGRATION_DIR/should_migrate.js
  apply:
    - node \"${SHEPHERD_MIGRATION_DIR}\"/apply.js > $SHEPHERD_DATA_DIR/list
    - git grep -l react-addons | xargs sed -i 's/a/b/'
  pr_message: cat $SHEPHERD_DATA_DIR/list
",
    );
    assert_eq!(imported.files, ["should_migrate.js"]);
    assert_eq!(shift.spec.steps[0].run.as_ref().unwrap().files, ["should_migrate.js"]);
    assert_eq!(
        shift.spec.targets.select.as_deref(),
        Some("repo.contains(\"**/package.json\", \"(?i)react\")")
    );
    assert_eq!(keys(&imported), ["hooks.apply[0]", "hooks.apply[0]", "hooks.apply[1]", "hooks.pr_message"]);
}

#[test]
fn an_organisation_alone_is_its_repositories() {
    let (_, shift) = shift(
        "{ id: all, title: All, adapter: { type: github, org: acme }, hooks: { apply: ./x, pr_message: echo } }",
    );
    assert_eq!(shift.spec.targets.repos, ["acme/*"]);
}

#[test]
fn a_search_with_a_piece_nobody_can_translate_selects_nothing() {
    let (imported, shift) = shift(
        "{ id: big, title: Big, adapter: { type: github, search_query: 'org:acme size:>100 topic:web' }, hooks: { apply: x } }",
    );
    assert_eq!(shift.spec.targets.select.as_deref(), Some("false"));
    assert!(imported.text.contains("What could be translated: \"web\" in repo.topics"), "{}", imported.text);
    assert_eq!(keys(&imported), ["adapter.search_query"]);
}
