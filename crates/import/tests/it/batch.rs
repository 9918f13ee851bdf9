//! Batch specs as people write them.

use fleetwright_core::shift::Network;
use fleetwright_import::{Format, Pulls};

use crate::{keys, script, shift};

#[test]
fn the_first_tutorial_comes_over_whole() {
    let (imported, shift) = shift(
        r#"
version: 2
name: say-hello
description: Every README greets its reader.
on:
  - repositoriesMatchingQuery: repo:^github\.com/acme/.*$ file:^README\.md$
steps:
  - run: echo 'Hello there' | tee -a README.md
    container: alpine:3
changesetTemplate:
  title: Greet the reader
  body: A friendly first line.
  branch: batch/say-hello
  commit:
    message: Greet the reader of the README
    author: { name: Lisa Coder, email: lisa@example.com }
  published: true
"#,
    );
    assert_eq!(
        imported.text,
        r#"# Made out of spec.yaml (Sourcegraph batch spec) by `fleetwright shift import`.
# Look at each TODO before it is planned.
apiVersion: fleetwright/v1
kind: Shift
metadata:
  name: say-hello
  title: Greet the reader
  description: Every README greets its reader.
spec:
  targets:
    repos: ["acme/*"]
    select: 'repo.hasFile("README.md")'
  steps:
    # TODO: it ran in the image alpine:3: its programs must be installed here
    - run: "echo 'Hello there' | tee -a README.md"
  pullRequest:
    branch: batch/say-hello
    body: A friendly first line.
    commit:
      message: Greet the reader of the README
      author: "Lisa Coder <lisa@example.com>"
"#
    );
    assert_eq!(imported.format, Format::BatchSpec);
    assert_eq!(keys(&imported), ["steps[0].container"]);
    assert_eq!(imported.remarks[0].line, 9);
    assert_eq!(shift.title(), "Greet the reader");
    assert_eq!(shift.spec.pull_request.commit.author_parts(), Some(("Lisa Coder", "lisa@example.com")));
}

#[test]
fn named_repositories_are_names() {
    let (imported, shift) = shift(
        "
name: two
on:
  - repository: github.com/acme/app
  - repository: gitlab.example.com/team/sub/lib
steps: [{ run: make fmt }]
",
    );
    assert_eq!(shift.spec.targets.repos, ["acme/app", "team/sub/lib"]);
    assert_eq!(shift.spec.targets.select, None);
    assert_eq!(keys(&imported), ["on"]);
}

#[test]
fn a_search_and_a_name_are_one_selector() {
    let (_, shift) = shift(
        r#"
version: 2
name: both
on:
  - repositoriesMatchingQuery: repo:^github\.com/acme/ lang:python urllib2
  - repository: github.com/other/tool
steps: [{ run: make fmt }]
"#,
    );
    assert_eq!(shift.spec.targets.repos, ["acme/*", "other/tool"]);
    let select = shift.spec.targets.select.unwrap();
    assert_eq!(
        select,
        r#"(repo.owner == "acme" && repo.contains("**/*.py", "(?i)urllib2")) || repo.name == "other/tool""#
    );
}

#[test]
fn a_search_nobody_can_translate_selects_nothing() {
    let (imported, shift) = shift(
        r#"
version: 2
name: sprintf-to-itoa
on:
  - repositoriesMatchingQuery: lang:go fmt.Sprintf("%d", :[v]) patterntype:structural -file:vendor count:10
steps:
  - run: comby -in-place 'fmt.Sprintf("%d", :[v])' 'strconv.Itoa(:[v])' ${{ join repository.search_result_paths " " }}
    container: comby/comby
  - run: goimports -w ${{ join previous_step.modified_files " " }}
    container: unibeautify/goimports
"#,
    );
    assert_eq!(shift.spec.targets.select.as_deref(), Some("false"));
    assert!(imported.text.contains("TODO: no equivalent: `lang:go"), "{}", imported.text);
    assert!(
        script(&shift, 0)
            .ends_with("'strconv.Itoa(:[v])' ${SEARCH_RESULT_PATHS:?see the TODO in the shift file}")
    );
    assert_eq!(script(&shift, 1), "goimports -w ${MODIFIED_FILES:?see the TODO in the shift file}");
    assert_eq!(
        keys(&imported),
        [
            "on[0].repositoriesMatchingQuery",
            "steps[0].container",
            "steps[0].run",
            "steps[1].container",
            "steps[1].run"
        ]
    );
}

#[test]
fn the_files_of_a_search_are_found_by_grep() {
    let (_, shift) = shift(
        r#"
version: 2
name: old-to-new
on:
  - repositoriesMatchingQuery: lang:typescript OLD-VALUE
steps:
  - run: |
      IFS=$'\n'
      for file in ${{ join repository.search_result_paths "\n" }}; do
        sed -i 's/OLD-VALUE/NEW-VALUE/g' "$file"
      done
    container: alpine:3
  - run: xargs -a /tmp/found sed -i 's/a/b/'
    container: alpine:3
    files:
      /tmp/found: ${{ join repository.search_result_paths "\n" }}
"#,
    );
    let find = "grep -rsIliF --include='*.ts' --include='*.tsx' --include='*.mts' --include='*.cts' -e OLD-VALUE . \
                | sed 's|^\\./||'";
    assert!(
        script(&shift, 0).starts_with(&format!("SEARCH_RESULT_PATHS=$({find})\nIFS=")),
        "{}",
        script(&shift, 0)
    );
    assert!(script(&shift, 0).contains("for file in ${SEARCH_RESULT_PATHS}; do"));
    assert_eq!(shift.spec.steps[0].run.as_ref().unwrap().command[0], "bash");
    assert_eq!(script(&shift, 1), format!("{find} > /tmp/found\nxargs -a /tmp/found sed -i 's/a/b/'"));
}

#[test]
fn outputs_go_from_step_to_step_and_into_the_texts() {
    let (_, shift) = shift(
        r#"
name: outputs
on: [{ repository: github.com/acme/app }]
steps:
  - run: if [ -f go.mod ]; then echo true; else echo false; fi
    container: alpine:3
    outputs:
      goModExists: { value: "${{ step.stdout }}" }
  - if: ${{ outputs.goModExists }}
    run: go fmt ./...
    container: golang
  - run: echo "said ${{ previous_step.stdout }}, mod ${{ outputs.goModExists }}"
    container: alpine:3
    env:
      - WHERE: ${{ repository.name }}
    outputs:
      my-note: { value: "in ${{ step.stderr }}" }
changesetTemplate:
  title: Format ${{ repository.name }}
  body: |
    Note: ${{ outputs.my-note }}
    Helm stays: {{ .Values.image }}
  branch: fmt
  commit: { message: "Format" }
"#,
    );
    let steps = &shift.spec.steps;
    assert_eq!(steps[0].outputs["goModExists"], "{{ step.stdout }}");
    assert_eq!(
        script(&shift, 1),
        "[ \"$(printf %s \"$ONLY_IF\" | tr -d '[:space:]')\" = true ] || exit 0\ngo fmt ./..."
    );
    assert_eq!(steps[1].run.as_ref().unwrap().env["ONLY_IF"], "{{ steps.step1.outputs.goModExists }}");
    assert_eq!(steps[1].outputs["stdout"], "{{ step.stdout }}");
    assert_eq!(script(&shift, 2), "echo \"said ${STDOUT}, mod ${OUTPUT_GO_MOD_EXISTS}\"");
    let env = &steps[2].run.as_ref().unwrap().env;
    assert_eq!(env["STDOUT"], "{{ steps.step2.outputs.stdout }}");
    assert_eq!(env["WHERE"], "{{ repo.name }}");
    let pull = &shift.spec.pull_request;
    assert_eq!(pull.title.as_deref(), Some("Format {{ repo.name }}"));
    assert_eq!(
        pull.body.as_deref(),
        Some("Note: {{ steps.step3.outputs[\"my-note\"] }}\nHelm stays: {{ \"{{\" }} .Values.image }}\n")
    );
}

#[test]
fn an_output_of_a_step_that_may_be_skipped_has_a_fallback() {
    let (_, shift) = shift(
        r#"
name: skips
on: [{ repository: github.com/acme/app }]
steps:
  - run: echo one
    outputs: { x: { value: one } }
  - if: ${{ eq repository.name "github.com/acme/app" }}
    run: echo two
    outputs: { x: { value: two } }
changesetTemplate: { title: a, body: "${{ outputs.x }}", branch: b, commit: { message: c } }
"#,
    );
    assert_eq!(shift.spec.steps[1].condition.as_deref(), Some("repo.name == \"acme/app\""));
    assert_eq!(
        shift.spec.pull_request.body.as_deref(),
        Some("{{ (steps.step2.outputs.x if steps.step2 is defined else steps.step1.outputs.x) }}")
    );
}

#[test]
fn a_monorepo_is_divided() {
    let (imported, shift) = shift(
        r#"
version: 2
name: update-typescript-monorepo
on: [{ repository: github.com/acme/mono }]
workspaces:
  - rootAtLocationOf: package.json
    in: github.com/acme/mono
steps:
  - run: npm update typescript
    container: node:20
changesetTemplate:
  title: Update TypeScript in ${{ steps.path }}
  body: New TypeScript.
  branch: batch/typescript-${{ replace steps.path "/" "-" }}
  commit: { message: Update }
"#,
    );
    assert_eq!(shift.spec.targets.workspaces.unwrap().root_at_location_of, "package.json");
    assert_eq!(shift.spec.pull_request.branch.as_deref(), Some("batch/typescript"));
    assert_eq!(shift.spec.pull_request.title.as_deref(), Some("Update TypeScript in {{ path }}"));
    assert_eq!(keys(&imported), ["steps[0].container", "steps[0].run"], "{:?}", imported.remarks);
}

#[test]
fn what_was_mounted_travels() {
    let (imported, shift) = shift(
        "
name: mounts
on: [{ repository: github.com/acme/app }]
steps:
  - run: python /tmp/fix.py && sh /tmp/tools/a.sh
    container: python:3
    mount:
      - { path: ./fix.py, mountpoint: /tmp/fix.py }
      - { path: scripts, mountpoint: /tmp/tools }
    files:
      /tmp/conf/list.txt: |
        one
        two
",
    );
    assert_eq!(imported.files, ["fix.py", "scripts/a.sh", "scripts/b.sh"]);
    assert_eq!(
        script(&shift, 0),
        "mkdir -p /tmp/conf\nprintf %s \"$LIST_TXT\" > /tmp/conf/list.txt\n\
         ln -s \"$FLEETWRIGHT_SHIFT_DIR\"/fix.py /tmp/fix.py\n\
         ln -s \"$FLEETWRIGHT_SHIFT_DIR\"/scripts /tmp/tools\n\
         python /tmp/fix.py && sh /tmp/tools/a.sh"
    );
    assert_eq!(shift.spec.steps[0].run.as_ref().unwrap().env["LIST_TXT"], "one\ntwo\n");
    assert_eq!(shift.spec.steps[0].run.as_ref().unwrap().network, Network::None);
}

#[test]
fn secrets_and_quotes_are_looked_at() {
    let (imported, shift) = shift(
        r#"
name: secrets
on: [{ repository: github.com/acme/app }]
steps:
  - run: |
      sed -i 's/app/${{ repository.name }}/' config
      curl -H "Authorization: $API_TOKEN" https://example.com
    container: alpine:3
    env: [API_TOKEN, { LEVEL: 3 }]
"#,
    );
    assert_eq!(
        script(&shift, 0),
        ": \"${API_TOKEN:?see the TODO in the shift file}\"\nsed -i 's/app/'\"${FLEETWRIGHT_REPO}\"'/' config\n\
         curl -H \"Authorization: $API_TOKEN\" https://example.com\n"
    );
    assert_eq!(keys(&imported), ["steps[0].container", "steps[0].env", "steps[0].run"]);
    assert!(imported.text.contains("`curl` may need the network"));
}

#[test]
fn rules_of_publishing_are_said() {
    let published = |rule: &str| {
        shift(&format!(
            "name: p\non: [{{ repository: github.com/acme/app }}]\nsteps: [{{ run: x }}]\nchangesetTemplate:\n  \
             title: a\n  body: b\n  branch: c\n  commit: {{ message: d }}\n  fork: true\n  published: {rule}\n"
        ))
    };
    let (imported, shift) = published("draft");
    assert!(shift.spec.pull_request.draft);
    assert_eq!(keys(&imported), ["changesetTemplate.fork"]);
    let (imported, shift) = published("[{ 'github.com/acme/*': true }, { '*': draft }]");
    assert!(!shift.spec.pull_request.draft);
    assert!(
        imported.text.contains("published by rules: github.com/acme/*: true, *: draft"),
        "{}",
        imported.text
    );
    let (imported, _) = published("false");
    assert!(imported.remarks[0].remedy.contains("`shift plan`"));
}

#[test]
fn pull_requests_that_stand_already_are_named() {
    let (imported, shift) = shift(
        "
name: Track_Important
importChangesets:
  - repository: github.com/acme/app
    externalIDs: [12, '34']
  - repository: github.com/acme/lib
    externalIDs: [5]
",
    );
    let pulls = |repo: &str, numbers: &[u64]| Pulls { repo: repo.to_owned(), numbers: numbers.to_vec() };
    assert_eq!(imported.pulls, [pulls("acme/app", &[12, 34]), pulls("acme/lib", &[5])]);
    assert_eq!(imported.name, "track-important");
    assert_eq!(shift.spec.targets.select.as_deref(), Some("false"));
    assert_eq!(keys(&imported), ["name", "steps"]);
}

#[test]
fn changes_that_were_divided_are_said() {
    let (imported, _) = shift(
        "
name: grouped
on: [{ repository: github.com/acme/app }]
steps: [{ run: ./gen.sh }]
transformChanges:
  group:
    - { directory: client, branch: a }
    - { directory: server, branch: b }
",
    );
    assert_eq!(keys(&imported), ["transformChanges"]);
    assert!(imported.text.contains("not divided by client, server"), "{}", imported.text);
}
