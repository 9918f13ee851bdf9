//! `init` and `shift new`: a beginning for a folder and for a file.

use std::fs;
use std::path::Path;

use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};

const CONFIG: &str = "\
# Where the fleet is. All paths are relative to this file.
database: sqlite:.fleetwright/fleet.db
cache: .fleetwright/cache
forges:
  # A folder of bare git repositories: ./repos/acme/payments.git is acme/payments.
  - name: local
    type: local
    root: ./repos
    # Run on every pull request, in the sandbox, on the result of the merge.
    checks:
      - { name: test, run: sh test.sh, when: test.sh }
";

const SHIFT: &str = r#"apiVersion: fleetwright/v1
kind: Shift
metadata:
  name: NAME
  title: Add an editor configuration
  description: |
    Every repository gets the same `.editorconfig`, so that editors agree on indentation.
spec:
  owner: group:default/platform
  targets:
    select: '!repo.archived && !repo.hasFile(".editorconfig")'
  steps:
    - file:
        path: .editorconfig
        content: |
          root = true

          [*]
          end_of_line = lf
          insert_final_newline = true
    # More kinds of steps: yaml, json, toml, xml, replace, rewrite, run. See docs/shift-file.md.
    # - yaml:    { files: ["deploy/**/*.yaml"], set: { "spec.replicas": 2 } }
    # - replace: { files: ["**/*.md"], pattern: 'http://', with: 'https://' }
    # - rewrite: { language: java, pattern: 'old($A)', fix: 'new($A)' }
    # - run: ./migrate.sh          # a script beside this file, in the sandbox
  pullRequest:
    title: "{{ title }}"
    body: "{{ description }}"
  merge:
    auto: true                     # merges by itself once its checks are green
    method: squash
    require: { checks: all }
"#;

pub(super) fn run(context: &Context<'_>) -> Ended {
    let config = &context.global.config;
    let example = Path::new("shifts/add-editorconfig.yaml");
    for path in [config.as_path(), example] {
        if path.exists() {
            let message = format!("{} is there already\n  try: another folder", path.display());
            return Err(Failure::refused(message));
        }
    }
    fs::create_dir_all("repos")?;
    fs::create_dir_all("shifts")?;
    fs::write(config, CONFIG)?;
    fs::write(example, SHIFT.replace("NAME", "add-editorconfig"))?;
    let ui = context.ui;
    if ui.json() {
        ui.document(&serde_json::json!({ "written": [config, example] }));
    }
    ui.say(format!("Wrote {} and {}.", config.display(), example.display()));
    ui.say("Next: put bare repositories below ./repos, such as");
    ui.say("  git clone --bare https://example.com/acme/payments.git repos/acme/payments.git");
    ui.say(format!("then: fleetwright shift plan {}", example.display()));
    Ok(Code::Done)
}

pub(super) fn new_shift(context: &Context<'_>, name: &str) -> Ended {
    let text = SHIFT.replace("NAME", name);
    let source = fleetwright_core::source::Source::parse("-", &text)?;
    fleetwright_core::shift::read(&source)?;
    match context.ui.json() {
        true => context.ui.document(&source.value()),
        false => context.ui.line(text.trim_end()),
    }
    Ok(Code::Done)
}
